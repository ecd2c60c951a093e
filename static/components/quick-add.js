/** Adds a task from anywhere (`Q`): to what is on screen, else to the Inbox; or below another one. */
import { html } from "../lib/ui.js";
import { parseDue, wallOf } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { page } from "../lib/router.js";
import { today, zone } from "../state/device.js";
import { canReorder } from "../state/places.js";
import { findList } from "../state/tasks.js";
import { AddField } from "../views/task-list.js";
import { Dialog } from "./dialog.js";

/** @param {{ after?: import("../lib/types.js").Task, onClose: () => void }} props */
export function QuickAdd({ after, onClose }) {
  const label = after === undefined ? t("command.add") : t("task.add_below", { title: after.title });
  return html`
    <${Dialog} label=${label} kind="dialog--top" onClose=${onClose}>
      <${AddField} preset=${after === undefined ? presetHere() : presetOf(after)} after=${after} isFocused onAdded=${onClose} />
      <p class="dialog__hint">${t("task.add_hint")}</p>
    </${Dialog}>`;
}

/** What a task gets that is added to what is on screen. */
function presetHere() {
  const { view, id } = page.value;
  const list = view === "list" ? findList(id) : undefined;
  return {
    ...(list !== undefined && { list_id: list.id }),
    ...(view === "today" && { due: today.value }),
  };
}

/** The list of another task; among days its day too. @param {import("../lib/types.js").Task} after */
function presetOf({ list_id, due }) {
  if (due === null || canReorder()) return { list_id };
  return { list_id, due: wallOf(parseDue(due), zone).day };
}
