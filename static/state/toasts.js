//# allFunctionsCalledOnLoad
/** What the page says in passing, in one line, and what of it can be undone. */
import { computed, signal } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import * as store from "../lib/store.js";
import { newId } from "../lib/store.js";
import * as outbox from "./outbox.js";

/**
 * @typedef {{
 *   id: number,
 *   key: import("../lib/i18n.js").Key,
 *   params: Record<string, string | number>,
 *   canUndo: boolean,
 *   isError: boolean,
 * }} Toast
 */

const STAYS = 10_000;

const shown = signal(/** @type {Toast | null} */ (null));
const whispered = signal("");

/** The toast on screen. */
export const toast = computed(() => shown.value);
/** What a screen reader is told politely, such as where something moved to. */
export const whisper = computed(() => whispered.value);

let count = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/**
 * @param {any} key
 * @param {Record<string, string | number>} [params]
 * @param {{ canUndo?: boolean, isError?: boolean }} [how]
 */
export function say(key, params = {}, { canUndo = false, isError = false } = {}) {
  count += 1;
  shown.value = { id: count, key, params, canUndo, isError };
  hold(isError);
}

/** Keeps the toast while it is looked at; an error stays until it is closed. */
/** @param {boolean} held */
export function hold(held) {
  clearTimeout(timer);
  if (!held && shown.peek()?.isError !== true) timer = setTimeout(dismiss, STAYS);
}

export function dismiss() {
  clearTimeout(timer);
  shown.value = null;
}

/** @param {string} text */
export function announce(text) {
  whispered.value = text;
}

/**
 * Says that the server refused a change, and why.
 *
 * @param {import("../lib/types.js").Op} op
 * @param {import("../lib/types.js").Problem} problem
 */
export function complain(op, problem) {
  const reason = reasonOf(problem);
  const what = op.body?.title ?? op.body?.name ?? op.body?.description;
  const isGone = problem.status === 404;
  if (isGone && what === undefined) say("error.gone", {}, { isError: true });
  else if (isGone) say("error.gone_text", { text: String(what) }, { isError: true });
  else if (what === undefined) say("error.refused", { reason }, { isError: true });
  else say("error.refused_text", { reason, text: String(what) }, { isError: true });
}

/** What may be amiss, as the server names it: a field, or the state of things. */
const REASONS = /** @type {const} */ ({
  title: "refused.title",
  name: "refused.name",
  description: "refused.description",
  due: "refused.due",
  list_id: "refused.list",
  before: "refused.place",
  after: "refused.place",
  in_trash: "refused.in_trash",
  id_was_used: "refused.removed",
});

/** Why the server refused, in words of the page: its own are for programs. */
/** @param {import("../lib/types.js").Problem} problem */
function reasonOf({ code, detail, errors: [fault] = [] }) {
  const name = fault === undefined ? code : fault.pointer.slice(1);
  const key = Object.hasOwn(REASONS, name) ? REASONS[/** @type {keyof typeof REASONS} */ (name)] : null;
  return key === null ? detail : t(key);
}

/** @typedef {{ text: string, act: string }} Question */

const asking = signal(/** @type {Question | null} */ (null));
/** What is asked before something that cannot be undone. */
export const question = computed(() => asking.value);

/** @type {(isSure: boolean) => void} */
let settle = () => {};

/** Asks, and resolves with the answer. @param {Question} next @returns {Promise<boolean>} */
export function confirm(next) {
  asking.value = next;
  return new Promise((resolve) => {
    settle = resolve;
  });
}

/** @param {boolean} isSure */
export function answer(isSure) {
  asking.value = null;
  settle(isSure);
}

/*
 * What can be undone, newest last. An inverse is data, kept in the browser, so
 * it works after a reload too.
 */

/** @typedef {import("../lib/types.js").Inverse} Inverse */

const MOST = 50;

const stack = signal(/** @type {Inverse[]} */ ([]));

/** What can be undone, newest first. */
export const recent = computed(() => stack.value.toReversed());

export async function loadUndo() {
  stack.value = (await store.mark("undo")) ?? [];
}

/** @param {Inverse} inverse @param {boolean} isShown whether a toast says it */
export function remember(inverse, isShown) {
  replace([...stack.peek(), inverse].slice(-MOST));
  if (isShown) say(inverse.said, inverse.params, { canUndo: true });
}

/** Undoes what was done last. */
export function undo() {
  if (stack.peek().length === 0) return say("undo.nothing");
  undoLast(1);
  say("undo.undone");
}

/** Undoes a change and all that came after it, which may stand on it. @param {Inverse} inverse */
export function undoBackTo(inverse) {
  const count = stack.peek().length - stack.peek().indexOf(inverse);
  undoLast(count);
  say("undo.undone_many", { count });
}

/** @param {number} count */
function undoLast(count) {
  const undone = stack.peek().slice(-count).reverse();
  replace(stack.peek().slice(0, -count));
  const at = new Date().toISOString();
  outbox.enqueue(undone.flatMap(({ ops }) => ops).map((op) => ({ ...op, uid: newId(), at })));
}

/** @param {Inverse[]} next */
function replace(next) {
  stack.value = next;
  store.setMark("undo", next);
}

/** Forgets all of it. */
export function clearUndo() {
  stack.value = [];
}
