/** A list of open tasks with a field at its foot: the Inbox, or an own list. */
import { html, useEffect } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { go, route } from "../lib/router.js";
import * as selection from "../state/selection.js";
import { findList, inbox, isFilled, openIn } from "../state/tasks.js";
import { AddField } from "../components/add-field.js";
import { TaskRows } from "../components/task-rows.js";

export function TaskListView() {
  const { view, id } = route.value;
  const list = view === "list" ? findList(id) : inbox.value;
  const title = list === undefined ? "" : list.is_inbox ? t("view.inbox") : list.name;
  useEffect(() => {
    document.title = title === "" ? t("page.name") : `${title} · ${t("page.name")}`;
  }, [title]);
  useEffect(() => {
    // A new list has its own address once the server has named it.
    if (view === "list" && list !== undefined && list.id !== id) go(`/lists/${list.id}`, { replace: true });
  }, [view, id, list?.id]);
  useEffect(() => selection.chooseNone, [view, id]);
  if (list === undefined) {
    return isFilled.value && html`<div class="view"><p class="empty">${t("list.missing")}</p></div>`;
  }
  const tasks = openIn(list.id);
  return html`
    <div class="view" key=${list.id}>
      <header class="view__header"><h1>${title}</h1></header>
      <${TaskRows} label=${title} tasks=${tasks} />
      ${tasks.length === 0 && html`<p class="empty">${t(list.is_inbox ? "inbox.empty" : "list.empty")}</p>`}
      <${AddField} listId=${list.id} />
    </div>`;
}
