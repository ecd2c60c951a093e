/** Adds a task from anywhere (`Q`): to what is on screen, else to the Inbox. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { page } from "../lib/router.js";
import { today } from "../state/device.js";
import { findList } from "../state/tasks.js";
import { AddField } from "../views/task-list.js";
import { Dialog } from "./dialog.js";

/** @param {{ onClose: () => void }} props */
export function QuickAdd({ onClose }) {
  const { view, id } = page.value;
  const list = view === "list" ? findList(id) : undefined;
  const preset = {
    ...(list !== undefined && { list_id: list.id }),
    ...(view === "today" && { due: today.value }),
  };
  return html`
    <${Dialog} label=${t("command.add")} kind="dialog--top" onClose=${onClose}>
      <${AddField} preset=${preset} isFocused onAdded=${onClose} />
      <p class="dialog__hint">${t("task.add_hint")}</p>
    </${Dialog}>`;
}
