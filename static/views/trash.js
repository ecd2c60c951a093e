/** What was deleted, latest first: it can come back until the trash is emptied. */
import { html, Icon, useEffect, useRef, useState } from "../lib/ui.js";
import { request, Unreachable } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { confirm, say } from "../state/toasts.js";
import { restoreList, restoreTasks } from "../state/tasks.js";
import { focusInPlace } from "../components/in-place.js";
import { isSent, online, pending } from "../state/outbox.js";

/** @typedef {{ type: "task" | "list", deleted_at: string, task?: any, list?: any }} Item */

export function Trash() {
  const [items, setItems] = useState(/** @type {Item[] | null} */ (null));
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null));
  /** What is asked last counts: an older answer may come after it. */
  const asked = useRef(0);
  const read = async (/** @type {string | null} */ from) => {
    const turn = (asked.current += 1);
    try {
      const at = from === null ? "" : `&cursor=${encodeURIComponent(from)}`;
      const page = await request("GET", `/api/trash?limit=100${at}`);
      // With something on its way to the server this is old, and is asked again.
      if (turn !== asked.current || pending.peek().length > 0) return;
      setItems((before) => [...(from === null ? [] : (before ?? [])), ...page.items]);
      setCursor(page.next_cursor);
    } catch {
      say("error.unreachable", {}, { isError: true });
    }
  };
  const waiting = pending.value.length;
  useEffect(() => {
    document.title = `${t("view.trash")} · ${t("page.name")}`;
    // What has just been deleted or restored is there once it was sent.
    if (waiting === 0) read(null);
  }, [waiting]);
  const restore = (/** @type {Item} */ item, /** @type {Event} */ event) => {
    focusInPlace(event);
    // What is on its way from the server still has it.
    asked.current += 1;
    setItems((before) => (before ?? []).filter((one) => one !== item));
    if (item.type === "task") restoreTasks([item.task]);
    else restoreList(item.list);
  };
  const empty = async () => {
    if (!(await confirm({ text: t("trash.empty_sure"), act: t("trash.empty_act") }))) return;
    try {
      // What was restored just now must be out of it by then.
      if (!(await isSent())) throw new Unreachable();
      await request("DELETE", "/api/trash");
      asked.current += 1;
      setItems([]);
      setCursor(null);
    } catch {
      say("error.unreachable", {}, { isError: true });
    }
  };
  return html`
    <div class="view">
      <header class="view__header">
        <h1>${t("view.trash")}</h1>
        ${items !== null && items.length > 0 && html`<button class="button button--danger" type="button" onClick=${empty}>${t("trash.empty_act")}</button>`}
      </header>
      ${items === null && !online.value && html`<p class="empty">${t("error.unreachable")}</p>`}
      ${items?.length === 0 && html`<p class="empty">${t("trash.empty")}</p>`}
      <ul class="rows" aria-label=${t("view.trash")} hidden=${!items?.length}>
        ${items?.map((item) => html`<${Row} key=${(item.task ?? item.list).id} item=${item} onRestore=${(/** @type {Event} */ event) => restore(item, event)} />`)}
      </ul>
      ${cursor !== null && html`<button class="button" type="button" onClick=${() => read(cursor)}>${t("page.more")}</button>`}
    </div>`;
}

/** @param {{ item: Item, onRestore: (event: Event) => void }} props */
function Row({ item, onRestore }) {
  const isList = item.type === "list";
  const name = isList ? item.list.name : item.task.title;
  return html`
    <li class="row row--plain">
      <${Icon} name=${isList ? "list" : "trash"} />
      <div class="row__body">
        <span class="row__text">${name}</span>
        ${isList && html`<div class="row__meta">${t("trash.list")}</div>`}
      </div>
      <button class="button button--small" type="button" aria-label=${t("trash.restore", { name })} onClick=${onRestore}>
        ${t("trash.restore_act")}
      </button>
    </li>`;
}
