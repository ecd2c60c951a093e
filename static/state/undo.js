/**
 * What can be undone, newest last. An inverse is data, kept in the browser, so
 * it works after a reload too.
 */
import { computed, signal } from "../lib/ui.js";
import * as store from "../lib/store.js";
import { newId } from "../lib/store.js";
import * as outbox from "./outbox.js";
import { say } from "./toasts.js";

/** @typedef {import("../lib/types.js").Inverse} Inverse */

const MOST = 50;

const stack = signal(/** @type {Inverse[]} */ ([]));

/** What was done last and can be undone, newest last. */
export const undoable = computed(() => stack.value);

export async function load() {
  stack.value = (await store.mark("undo")) ?? [];
}

/** @param {Inverse} inverse @param {boolean} isShown whether a toast says it */
export function remember(inverse, isShown) {
  replace([...stack.peek(), inverse].slice(-MOST));
  if (isShown) say(inverse.said, inverse.params, { canUndo: true });
}

/** The server gave something another id. @param {string} from @param {string} to */
export function followId(from, to) {
  const ops = (/** @type {Inverse} */ { ops }) =>
    ops.map((op) => (op.id === from ? { ...op, id: to } : op));
  replace(stack.peek().map((inverse) => ({ ...inverse, ops: ops(inverse) })));
}

/** Undoes what was done last. */
export function undo() {
  const last = stack.peek().at(-1);
  if (last === undefined) return say("undo.nothing");
  replace(stack.peek().slice(0, -1));
  const at = new Date().toISOString();
  outbox.enqueue(last.ops.map((op) => ({ ...op, uid: newId(), at })));
  say("undo.undone");
}

/** @param {Inverse[]} next */
function replace(next) {
  stack.value = next;
  store.setMark("undo", next);
}

/** Forgets all of it. */
export function clear() {
  stack.value = [];
}
