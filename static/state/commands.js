/**
 * Everything that can be done by a key or by its name, once. The keys, the
 * palette and the help read this table.
 */
import { commandFor } from "../lib/keys.js";
import { behind, go, route } from "../lib/router.js";
import * as device from "./device.js";
import * as selection from "./selection.js";
import * as tasks from "./tasks.js";
import { undo } from "./undo.js";

/**
 * @typedef {{
 *   id: string,
 *   title: import("../lib/i18n.js").Key,
 *   group: "go" | "task" | "page",
 *   keys: string[],
 *   when?: () => boolean,
 *   inFields?: boolean,
 *   run: () => void,
 * }} Command
 */

const some = () => selection.targets().length > 0;
const one = () => selection.targets().length === 1;

const targets = () =>
  selection.targets().flatMap((id) => {
    const task = tasks.findTask(id);
    return task === undefined ? [] : [task];
  });

/** Does something with the targets that takes them out of the view. */
/** @param {(found: import("../lib/types.js").Task[]) => void} act */
function sendOff(act) {
  const found = targets();
  const next = selection.neighbourOf(new Set(found.map((task) => task.id)));
  act(found);
  selection.chooseNone();
  if (next !== undefined) selection.focusRow(next);
}

function toggleDone() {
  const found = targets();
  if (found.every((task) => task.completed)) tasks.reopenTasks(found);
  else sendOff(tasks.completeTasks);
}

/** One step back: the panel, the selection. */
function back() {
  if (selection.chosen.peek().size > 0) return selection.chooseNone();
  if (route.peek().view === "task") go(behind() ?? "/inbox");
}

/** @type {Command[]} */
export const commands = [
  { id: "add", title: "command.add", group: "task", keys: ["q"], run: () => device.showDialog("quick-add") },
  { id: "complete", title: "command.complete", group: "task", keys: ["e"], when: some, run: toggleDone },
  {
    id: "edit",
    title: "command.edit",
    group: "task",
    keys: ["Enter", "F2"],
    when: one,
    run: () => selection.edit(selection.targets()[0]),
  },
  {
    id: "delete",
    title: "command.delete",
    group: "task",
    keys: ["Delete", "Backspace"],
    when: some,
    run: () => sendOff(tasks.deleteTasks),
  },
  { id: "undo", title: "command.undo", group: "page", keys: ["z", "Mod+z"], run: undo },
  { id: "down", title: "command.down", group: "go", keys: ["j", "ArrowDown"], run: () => selection.moveFocus(1) },
  { id: "up", title: "command.up", group: "go", keys: ["k", "ArrowUp"], run: () => selection.moveFocus(-1) },
  { id: "sidebar", title: "command.sidebar", group: "page", keys: ["m"], run: device.toggleSidebar },
  { id: "go.inbox", title: "view.inbox", group: "go", keys: ["g i"], run: () => go("/inbox") },
  { id: "back", title: "command.back", group: "go", keys: ["Escape"], run: back },
];

/** Runs the command of a key, if it has one and no dialog is open. @param {KeyboardEvent} event */
export function onKey(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
  if (event.key === "Enter" && !isOnRow(event.target)) return;
  const command = commandFor(event, commands);
  if (command === undefined) return;
  event.preventDefault();
  command.run();
}

/** Enter means the button that has the focus, unless that is the row's own. */
/** @param {EventTarget | null} target */
function isOnRow(target) {
  return target instanceof Element && target.matches(".row__title");
}
