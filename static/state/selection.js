/** Which row the keys act on, which rows are chosen, and which is being edited. */
import { computed, signal } from "../lib/ui.js";

/** The ids of the rows on screen, in their order, and whether that is the person's own. */
let order = /** @type {string[]} */ ([]);
let isManual = false;

const focusedId = signal(/** @type {string | null} */ (null));
const editingId = signal(/** @type {string | null} */ (null));
const chosenIds = signal(/** @type {Set<string>} */ (new Set()));
const wanted = signal(/** @type {{ id: string } | null} */ (null));

export const focused = computed(() => focusedId.value);
export const editing = computed(() => editingId.value);
export const chosen = computed(() => chosenIds.value);
/** The row that shall get the focus; the list sees to it. */
export const wantedFocus = computed(() => wanted.value);

/** The view says what it shows. @param {string[]} ids @param {boolean} manual */
export function showing(ids, manual) {
  order = ids;
  isManual = manual;
}

/** Whether the rows on screen may be put in another order. */
export const canReorder = () => isManual;

/** @param {string | null} id */
export function focusIsAt(id) {
  focusedId.value = id;
}

/** @param {string} id */
export function focusRow(id) {
  wanted.value = { id };
}

/** The focus is there. */
export function focusDone() {
  wanted.value = null;
}

/** To the row so many places away, from the top if none has it. @param {number} by */
export function moveFocus(by) {
  const at = order.indexOf(focusedId.peek() ?? "");
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : at + by;
  const id = order[Math.max(0, Math.min(order.length - 1, next))];
  if (id !== undefined) focusRow(id);
}

/** The row that will stand in the place of these when they leave. @param {Set<string>} ids */
export function neighbourOf(ids) {
  const last = order.findLastIndex((id) => ids.has(id));
  return order.slice(last + 1).find((id) => !ids.has(id)) ?? order.findLast((id) => !ids.has(id));
}

/** @param {string | null} id */
export function edit(id) {
  editingId.value = id;
}

/** @param {string} id */
export function toggleChosen(id) {
  const next = new Set(chosenIds.peek());
  if (!next.delete(id)) next.add(id);
  chosenIds.value = next;
}

/** Chooses all rows from the one with the focus to this one. @param {string} id */
export function chooseTo(id) {
  const from = Math.max(0, order.indexOf(focusedId.peek() ?? id));
  const to = order.indexOf(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  chosenIds.value = new Set([...chosenIds.peek(), ...range]);
}

export function chooseAll() {
  chosenIds.value = new Set(order);
}

/** Chooses the row with the focus and the one it moves to. @param {number} by */
export function chooseOn(by) {
  const from = focusedId.peek();
  moveFocus(by);
  const to = wanted.peek()?.id;
  if (from !== null && to !== undefined) chosenIds.value = new Set([...chosenIds.peek(), from, to]);
}

export function chooseNone() {
  if (chosenIds.peek().size > 0) chosenIds.value = new Set();
}

/** What a command acts on: the chosen rows, or the one with the focus. Never one out of sight. */
export function targets() {
  const some = chosenIds.peek().size > 0 ? chosenIds.peek() : new Set([focusedId.peek()]);
  return order.filter((id) => some.has(id));
}
