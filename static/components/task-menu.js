/** What can be done with a task, or with all that are chosen. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { openTask } from "../lib/router.js";
import { addBelow, showDialog } from "../state/device.js";
import { moveBy, moveToEnd, shiftDay } from "../state/acts.js";
import * as selection from "../state/places.js";
import { changeTasks, deleteTasks } from "../state/tasks.js";
import { printed } from "./keys.js";
import { Menu } from "./menu.js";

/** @typedef {import("../lib/types.js").Task} Task */

/** @param {{ tasks: Task[], anchor?: Element, onClose: () => void }} props */
export function TaskMenu({ tasks, anchor, onClose }) {
  const label = t("task.menu_name", { count: tasks.length });
  return html`<${Menu} label=${label} anchor=${anchor} items=${itemsFor(tasks, anchor)} onClose=${onClose} />`;
}

/** @param {Task[]} tasks @param {Element | undefined} anchor @returns {(import("./menu.js").Item | null)[]} */
function itemsFor(tasks, anchor) {
  const [task] = tasks;
  const isOne = tasks.length === 1;
  /** @type {import("./menu.js").Item[]} */
  const own = [
    { id: "open", label: t("command.open"), icon: "sidebar", keys: "O", run: () => openTask(task.id) },
    { id: "edit", label: t("command.edit"), icon: "edit", keys: printed("Enter"), run: () => selection.edit(task.id) },
    { id: "below", label: t("command.add_below"), icon: "plus", keys: printed("Shift+Enter"), run: () => addBelow(task) },
    { id: "select", label: t("command.select"), icon: "completed", keys: "X", run: () => selection.toggleChosen(task.id) },
  ];
  /** @type {import("./menu.js").Item[]} */
  const order = [
    { id: "up", label: t("command.move_up"), keys: printed("Alt+ArrowUp"), run: () => moveBy(task, -1) },
    { id: "down", label: t("command.move_down"), keys: printed("Alt+ArrowDown"), run: () => moveBy(task, 1) },
    { id: "top", label: t("command.move_top"), run: () => moveToEnd(task, "top") },
    { id: "bottom", label: t("command.move_bottom"), run: () => moveToEnd(task, "bottom") },
  ];
  /** @type {import("./menu.js").Item[]} */
  const days = [
    { id: "later", label: t("command.later"), keys: printed("Alt+]"), run: () => shiftDay(tasks, 1) },
    { id: "earlier", label: t("command.earlier"), keys: printed("Alt+["), run: () => shiftDay(tasks, -1) },
  ];
  return [
    ...(isOne ? [...own, null] : []),
    { id: "due", label: t("command.due"), icon: "today", keys: "T", run: () => showDialog("due", { tasks, anchor }) },
    ...(tasks.some((one) => one.due !== null) ? days : []),
    { id: "move", label: t("command.move"), icon: "move", keys: "V", run: () => showDialog("move", { tasks, anchor }) },
    null,
    ...[1, 2, 3, 4].map((priority) => ({
      id: `p${priority}`,
      label: t(priority === 4 ? "task.no_priority" : "task.priority", { priority }),
      icon: /** @type {const} */ ("flag"),
      keys: String(priority),
      isChecked: tasks.every((one) => one.priority === priority),
      run: () => changeTasks(tasks, { priority }),
    })),
    ...(isOne && selection.canReorder() ? [null, ...order] : []),
    null,
    {
      id: "delete",
      label: t("command.delete"),
      icon: "trash",
      keys: printed("Delete"),
      isDanger: true,
      run: () => selection.sendOff(tasks, deleteTasks),
    },
  ];
}
