/**
 * Keys as commands have them: `e`, `Shift+ArrowDown`, `Mod+k` (Ctrl, or Cmd on
 * a Mac), and two in a row: `g t`. Plain keys never fire in fields.
 */

import { t } from "./i18n.js";

export const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);
const SEQUENCE = 1200;

/** With Alt, a Mac writes other signs: these two are known by their place. */
const PLACES = /** @type {Record<string, string>} */ ({ BracketLeft: "[", BracketRight: "]" });

let before = "";
let beforeAt = 0;

/** What a key event is called. @param {KeyboardEvent} event */
export function nameOf(event) {
  const mod = isMac ? event.metaKey : event.ctrlKey;
  const written = (event.altKey ? PLACES[event.code] : undefined) ?? event.key;
  const letter = written.length === 1;
  const key = letter ? written.toLowerCase() : written;
  const parts = [];
  if (mod) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && !(letter && key === key.toUpperCase())) parts.push("Shift");
  return [...parts, key].join("+");
}

/** Keys whose name differs from language to language, and those that have a sign. */
const NAMED = /** @type {const} */ (["Alt", "Backspace", "ContextMenu", "Delete", "Enter", "Shift"]);
/** @type {Record<string, string>} */
const SIGNS = { ArrowUp: "↑", ArrowDown: "↓", ArrowLeft: "←", ArrowRight: "→", Escape: "Esc" };

/** Keys as people read them: `Ctrl K`, `Alt ↑`, `G T`. @param {string} keys */
export function printed(keys) {
  return keys.split(/[+ ]/).map(printedKey).join(" ");
}

/** @param {string} key */
function printedKey(key) {
  if (key === "Mod") return isMac ? "⌘" : t("key.Ctrl");
  const name = NAMED.find((one) => one === key);
  return name === undefined ? (SIGNS[key] ?? key.toUpperCase()) : t(`key.${name}`);
}

/** Whether a key event is one character by itself, which a person may switch off (WCAG 2.1.4). */
/** @param {KeyboardEvent} event */
export function isCharacter(event) {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Whether what is typed goes into a field. @param {EventTarget | null} target */
export function isField(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.matches("textarea, select");
}

/** Whether the key goes from one radio button to the next. @param {KeyboardEvent} event */
const movesRadio = ({ key, target }) =>
  key.startsWith("Arrow") && target instanceof HTMLInputElement && target.type === "radio";

/**
 * The command that a key event asks for.
 *
 * @template {{ keys: string[], inFields?: boolean, when?: () => boolean }} C
 * @param {KeyboardEvent} event
 * @param {C[]} commands
 * @returns {C | undefined}
 */
export function commandFor(event, commands) {
  if (event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const name = nameOf(event);
  const sequence = event.timeStamp - beforeAt < SEQUENCE ? `${before} ${name}` : "";
  const inField = isField(event.target) || movesRadio(event);
  const fits = (/** @type {C} */ one) => (!inField || one.inFields) && (one.when?.() ?? true);
  const has = (/** @type {string} */ keys) =>
    commands.find((one) => one.keys.includes(keys) && fits(one));
  const found = (sequence !== "" && has(sequence)) || has(name) || undefined;
  before = found === undefined && !inField ? name : "";
  beforeAt = event.timeStamp;
  return found;
}
