/** Chooses when tasks are due. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { dateSettings } from "../state/device.js";
import { changeTasks } from "../state/tasks.js";
import { DatePicker } from "./date-picker.js";
import { Dialog } from "./dialog.js";

/** @param {{ tasks: import("../lib/types.js").Task[], anchor?: Element, onClose: () => void }} props */
export function Due({ tasks, anchor, onClose }) {
  const dues = new Set(tasks.map((task) => task.due));
  return html`
    <${Dialog} label=${t("command.due")} kind="dialog--menu" anchor=${anchor} onClose=${onClose}>
      <${DatePicker}
        value=${dues.size === 1 ? tasks[0].due : null}
        settings=${dateSettings.value}
        onChange=${(/** @type {string | null} */ due) => changeTasks(tasks, { due })}
        onClose=${onClose}
      />
    </${Dialog}>`;
}
