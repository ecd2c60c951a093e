/**
 * Moves a task with the pointer: to another place in its list, to a list in
 * the sidebar, to another day. Everything it does has a key and a menu too.
 */
import { canReorder } from "../state/places.js";
import { changeTasks, findTask, moveTasks, reorderTask } from "../state/tasks.js";

/** @typedef {import("../lib/types.js").Task} Task */
/** @typedef {{ mark: HTMLElement, side: string, drop: () => void }} Target */

const EDGE = 60;

/** @param {HTMLElement} row @param {Task} task */
export function startDrag(row, task) {
  /** @type {Target | null} */
  let target = null;
  const mark = (/** @type {Target | null} */ next) => {
    target?.mark.removeAttribute("data-drop");
    next?.mark.setAttribute("data-drop", next.side);
    target = next;
  };
  const over = new AbortController();
  const { signal } = over;
  const end = () => {
    mark(null);
    row.removeAttribute("data-dragged");
    over.abort();
  };
  row.setAttribute("data-dragged", "true");
  document.addEventListener("pointermove", (move) => {
    scrollNear(move.clientY);
    mark(targetAt(move.clientX, move.clientY, task));
  }, { signal });
  document.addEventListener("pointerup", () => {
    const { drop } = target ?? {};
    end();
    drop?.();
  }, { signal });
  document.addEventListener("pointercancel", end, { signal });
  document.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.preventDefault();
    key.stopPropagation();
    end();
  }, { signal, capture: true });
}

/** @param {number} y */
function scrollNear(y) {
  if (y < EDGE) scrollBy({ top: -12 });
  if (y > innerHeight - EDGE) scrollBy({ top: 12 });
}

/**
 * What lies under the pointer and would take the task.
 *
 * @param {number} x
 * @param {number} y
 * @param {Task} task
 * @returns {Target | null}
 */
function targetAt(x, y, task) {
  const found = document.elementFromPoint(x, y);
  const list = /** @type {HTMLElement | null} */ (found?.closest("[data-list]") ?? null);
  if (list !== null) {
    return { mark: list, side: "into", drop: () => moveTasks([task], String(list.dataset.list)) };
  }
  const day = /** @type {HTMLElement | null} */ (found?.closest("[data-due]") ?? null);
  if (day !== null) {
    const due = dayChanged(task.due, String(day.dataset.due));
    return { mark: day, side: "into", drop: () => changeTasks([task], { due }) };
  }
  const row = /** @type {HTMLElement | null} */ (found?.closest(".row") ?? null);
  return row === null || !canReorder() ? null : besides(row, y, task);
}

/** @param {HTMLElement} row @param {number} y @param {Task} task @returns {Target | null} */
function besides(row, y, task) {
  const other = findTask(row.dataset.key ?? "");
  if (other === undefined || other.id === task.id || other.list_id !== task.list_id) return null;
  const { top, height } = row.getBoundingClientRect();
  const side = y < top + height / 2 ? "before" : "after";
  return { mark: row, side, drop: () => reorderTask(task, { [side]: other.id }) };
}

/** The same time on another day. @param {string | null} due @param {string} day */
export function dayChanged(due, day) {
  const time = due?.slice(10).replace(/[+-]\d\d:\d\d(:\d\d)?(?=\[)/, "") ?? "";
  return day + time;
}
