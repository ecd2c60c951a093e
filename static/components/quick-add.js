/** Adds a task from anywhere (`Q`): into the list on screen, else the Inbox. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { route } from "../lib/router.js";
import { findList } from "../state/tasks.js";
import { AddField } from "./add-field.js";
import { Dialog } from "./dialog.js";

/** @param {{ onClose: () => void }} props */
export function QuickAdd({ onClose }) {
  const { view, id } = route.value;
  const list = view === "list" ? findList(id) : undefined;
  return html`
    <${Dialog} label=${t("command.add")} kind="dialog--top" onClose=${onClose}>
      <${AddField} listId=${list?.id} isFocused onAdded=${onClose} />
    </${Dialog}>`;
}
