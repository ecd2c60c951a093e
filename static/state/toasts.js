/** What the page says in passing: one line, with Undo where that is possible. */
import { computed, signal } from "../lib/ui.js";

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
  const fault = problem.errors?.[0];
  const name = fault?.pointer.replace(/^\//, "") ?? "";
  const reason = fault === undefined ? problem.detail : `${name} ${fault.detail}`;
  const what = op.body?.title ?? op.body?.name;
  const isGone = problem.status === 404;
  if (isGone) say("error.gone", {}, { isError: true });
  else if (what === undefined) say("error.refused", { reason }, { isError: true });
  else say("error.refused_text", { reason, text: String(what) }, { isError: true });
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
