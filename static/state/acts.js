/** What rows and lists do by key and menu: verbs that also see to the focus and say where things went. */
import { addDays, longDay, movedTo, parseDue, wallOf } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { page } from "../lib/router.js";
import { dateSettings, today, zone } from "./device.js";
import { nameOf } from "./places.js";
import * as selection from "./places.js";
import { changeEach, findList, lists, openIn, reorderList, reorderTask } from "./tasks.js";
import { announce } from "./toasts.js";

/** @typedef {import("../lib/types.js").Task} Task */

/**
 * Moves tasks by a day. What is late becomes today's, and nothing goes back
 * into the past.
 *
 * @param {Task[]} tasks
 * @param {1 | -1} by
 */
export function shiftDay(tasks, by) {
  const moves = tasks.flatMap((task) => {
    const to = dayAfter(task, by);
    return to === null || to < today.peek() ? [] : [{ task, to }];
  });
  if (moves.length > 0) reschedule(moves, by > 0 ? "undo.later" : "undo.earlier");
}

/** @param {Task} task @param {number} by @returns {string | null} */
function dayAfter({ due }, by) {
  if (due === null) return null;
  const { day } = wallOf(parseDue(due), zone);
  return by > 0 && day < today.peek() ? today.peek() : addDays(day, by);
}

/**
 * Moves tasks to days; the focus stays on the first, or goes on if it leaves.
 *
 * @param {{ task: Task, to: string }[]} moves
 * @param {import("../lib/i18n.js").Key} said
 */
export function reschedule(moves, said = "undo.rescheduled") {
  const [{ task: first, to }] = moves;
  const day = longDay(to, dateSettings.peek().locale);
  const act = () => changeEach(moves.map(({ task, to }) => [task, { due: movedTo(task.due, to, zone) }]), said, { day });
  const leaves = page.peek().view === "today" && moves.some(({ to }) => to > today.peek());
  if (leaves) return selection.sendOff(moves.map(({ task }) => task), act);
  act();
  selection.focusRow(first.id);
}

/** Moves a task some places in its list. @param {Task} task @param {number} by */
export function moveBy(task, by) {
  const siblings = openIn(task.list_id);
  const at = siblings.findIndex((one) => one.id === task.id);
  const other = siblings[at + by];
  if (other === undefined || !selection.canReorder()) return;
  reorderTask(task, by < 0 ? { before: other.id } : { after: other.id });
  sayPlace(task);
}

/** Moves a task to the top or the bottom of its list. @param {Task} task @param {"top" | "bottom"} end */
export function moveToEnd(task, end) {
  const siblings = openIn(task.list_id).filter((one) => one.id !== task.id);
  const other = end === "top" ? siblings[0] : siblings.at(-1);
  if (other === undefined) return;
  reorderTask(task, end === "top" ? { before: other.id } : { after: other.id });
  sayPlace(task);
}

/** @param {Task} task */
function sayPlace(task) {
  const siblings = openIn(task.list_id);
  const place = siblings.findIndex((one) => one.id === task.id) + 1;
  const list = findList(task.list_id);
  announce(t("task.placed", { place, all: siblings.length, list: list ? nameOf(list) : "" }));
  selection.focusRow(task.id);
}

/** Moves a list some places. @param {import("../lib/types.js").List} list @param {number} by */
export function moveListBy(list, by) {
  const own = lists.peek().filter((one) => !one.is_inbox);
  const at = own.findIndex((one) => one.id === list.id);
  const other = own[at + by];
  if (other !== undefined) placeList(list, by < 0 ? { before: other.id } : { after: other.id });
}

/** Moves a list beside another one. @param {import("../lib/types.js").List} list @param {{ before?: string, after?: string }} place */
export function placeList(list, place) {
  reorderList(list, place);
  const own = lists.peek().filter((one) => !one.is_inbox);
  announce(t("list.placed", { place: own.findIndex((one) => one.id === list.id) + 1, all: own.length }));
}
