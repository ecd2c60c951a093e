/**
 * Moves things with the pointer: a task to another place in its list, to a
 * list in the sidebar, to another day; a list to another place among the lists.
 * Everything it does has a key and a menu too.
 */
import { movedTo } from "../lib/dates.js";
import { placeList } from "../state/acts.js";
import { zone } from "../state/device.js";
import { canReorder } from "../state/places.js";
import { changeTasks, findList, findTask, moveTasks, reorderTask } from "../state/tasks.js";

/** @typedef {import("../lib/types.js").Task} Task */
/** @typedef {import("../lib/types.js").List} List */
/** @typedef {{ mark: HTMLElement, side: string, drop: () => void }} Target */

/** So near an edge it scrolls, so far each time, and so often: pixels and milliseconds. */
const EDGE = 60;
const STEP = 12;
const ROLL = 16;
/** So far a hand may shake in a click. */
const SHAKE = 5;

/** @param {PointerEvent} event @param {HTMLElement} row @param {Task} task */
export function dragTask(event, row, task) {
  startDrag(event, row, (x, y) => taskTarget(x, y, task));
}

/** @param {PointerEvent} event @param {HTMLElement} item @param {List} list */
export function dragList(event, item, list) {
  startDrag(event, item, (x, y) => listTarget(x, y, list));
}

/**
 * @param {PointerEvent} event
 * @param {HTMLElement} moved
 * @param {(x: number, y: number) => Target | null} find what lies under the pointer and would take it
 */
function startDrag(event, moved, find) {
  /** @type {Target | null} */
  let target = null;
  let hasBegun = false;
  const mark = (/** @type {Target | null} */ next) => {
    target?.mark.removeAttribute("data-drop");
    next?.mark.setAttribute("data-drop", next.side);
    target = next;
  };
  const over = new AbortController();
  const { signal } = over;
  const end = () => {
    mark(null);
    moved.removeAttribute("data-dragged");
    over.abort();
  };
  let { clientX: x, clientY: y } = event;
  document.addEventListener("pointermove", ({ clientX, clientY }) => {
    [x, y] = [clientX, clientY];
    hasBegun ||= Math.hypot(x - event.clientX, y - event.clientY) > SHAKE;
    if (!hasBegun) return;
    moved.setAttribute("data-dragged", "true");
    mark(find(x, y));
  }, { signal });
  const rolling = setInterval(() => {
    if (hasBegun && scrollNear(y, moved.closest(".sidebar") ?? window)) mark(find(x, y));
  }, ROLL);
  signal.addEventListener("abort", () => clearInterval(rolling));
  document.addEventListener("pointerup", () => {
    const { drop } = target ?? {};
    end();
    if (hasBegun) swallowClick();
    drop?.();
  }, { signal });
  document.addEventListener("pointercancel", end, { signal });
  document.addEventListener("keydown", (key) => {
    if (key.key !== "Escape") return;
    key.preventDefault();
    key.stopPropagation();
    end();
    swallowClick();
  }, { signal, capture: true });
}

/** The end of a drag is no click on what lies there. */
function swallowClick() {
  const over = new AbortController();
  document.addEventListener("click", (click) => {
    click.preventDefault();
    click.stopPropagation();
  }, { capture: true, once: true, signal: over.signal });
  document.addEventListener("pointerdown", () => over.abort(), { capture: true, once: true });
  document.addEventListener("keydown", () => over.abort(), { capture: true, once: true });
}

/** Goes on for as long as the pointer is held near an edge. @param {number} y @param {Element | Window} box */
function scrollNear(y, box) {
  const by = y < EDGE ? -STEP : y > innerHeight - EDGE ? STEP : 0;
  if (by !== 0) box.scrollBy({ top: by });
  return by !== 0;
}

/** @param {number} x @param {number} y @param {string} selector */
function under(x, y, selector) {
  return /** @type {HTMLElement | null} */ (document.elementFromPoint(x, y)?.closest(selector) ?? null);
}

/** @param {number} x @param {number} y @param {Task} task @returns {Target | null} */
function taskTarget(x, y, task) {
  const list = under(x, y, "[data-list]");
  if (list !== null) {
    return { mark: list, side: "into", drop: () => moveTasks([task], String(list.dataset.list)) };
  }
  const day = under(x, y, "[data-due]");
  if (day !== null) {
    const due = movedTo(task.due, String(day.dataset.due), zone);
    return { mark: day, side: "into", drop: () => changeTasks([task], { due }) };
  }
  const row = under(x, y, ".row");
  const other = findTask(row?.dataset.key ?? "");
  if (row === null || other === undefined || !canReorder()) return null;
  if (other.id === task.id || other.list_id !== task.list_id) return null;
  const side = sideOf(row, y);
  return { mark: row, side, drop: () => reorderTask(task, { [side]: other.id }) };
}

/** @param {number} x @param {number} y @param {List} list @returns {Target | null} */
function listTarget(x, y, list) {
  const item = under(x, y, ".nav__item");
  const other = findList(item?.dataset.key ?? "");
  if (item === null || other === undefined || other.id === list.id) return null;
  const side = sideOf(item, y);
  return { mark: item, side, drop: () => placeList(list, { [side]: other.id }) };
}

/** @param {HTMLElement} element @param {number} y */
function sideOf(element, y) {
  const { top, height } = element.getBoundingClientRect();
  return y < top + height / 2 ? "before" : "after";
}
