/** What can be done with the rows that are chosen. */
import { html, Icon, IconButton } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { showDialog } from "../state/device.js";
import { sendOff, targets } from "../state/places.js";
import * as selection from "../state/places.js";
import { completeTasks, deleteTasks } from "../state/tasks.js";

export function BulkBar() {
  const count = selection.chosen.value.size;
  const open = (/** @type {string} */ name) => (/** @type {Event} */ event) =>
    showDialog(name, { tasks: targets(), anchor: event.currentTarget });
  return html`
    <div class="bulk" role="toolbar" aria-label=${t("bulk.name")}>
      <span class="bulk__count" role="status">${t("bulk.count", { count })}</span>
      <${Act} icon="check" label=${t("bulk.complete")} onClick=${() => sendOff(targets(), completeTasks)} />
      <${Act} icon="today" label=${t("bulk.due")} onClick=${open("due")} />
      <${Act} icon="move" label=${t("bulk.move")} onClick=${open("move")} />
      <${Act} icon="flag" label=${t("bulk.more")} onClick=${open("task-menu")} />
      <${Act} icon="trash" label=${t("command.delete")} onClick=${() => sendOff(targets(), deleteTasks)} />
      <${IconButton} icon="close" label=${t("bulk.none")} onClick=${selection.chooseNone} />
    </div>`;
}

/** @param {{ icon: import("../lib/ui.js").IconName, label: string, onClick: (event: Event) => void }} props */
function Act({ icon, label, onClick }) {
  return html`
    <button class="bulk__act" type="button" aria-label=${label} title=${label} onClick=${onClick}>
      <${Icon} name=${icon} /><span class="bulk__label">${label}</span>
    </button>`;
}
