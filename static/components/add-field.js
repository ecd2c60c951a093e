/**
 * The field that adds tasks: at the foot of a list, and in the quick-add
 * dialog. What is understood in the title shows as chips that can be refused.
 */
import { html, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { dueWords } from "../lib/date_words.js";
import { t } from "../lib/i18n.js";
import { dateSettings, now, wall } from "../state/clock.js";
import { takeAhead } from "../state/device.js";
import { nameOf } from "../state/places.js";
import { addList, addTask, findList, lists } from "../state/tasks.js";
import { Icon } from "./icon.js";

/** @typedef {import("../lib/quick_add.js").Token} Token */
/** @typedef {import("../lib/quick_add.js").Range} Range */

/** What was typed and not yet added stays for when the field is back. @type {Map<string, string>} */
const drafts = new Map();

/**
 * @param {{
 *   preset?: { list_id?: string, due?: string },
 *   name?: string,
 *   isQuiet?: boolean,
 *   isFocused?: boolean,
 *   onAdded?: () => void,
 * }} props `preset` is what a task gets unless its title says otherwise
 */
export function AddField({ preset = {}, name = "", isQuiet = false, isFocused = false, onAdded }) {
  const key = `${preset.list_id}/${preset.due}`;
  const [text, setText] = useState(() => (drafts.get(key) ?? "") + (isFocused ? takeAhead() : ""));
  const [refused, setRefused] = useState(/** @type {Range[]} */ ([]));
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    if (isFocused) field.current?.focus();
  }, []);
  const [reader, setReader] = useState(reading);
  const parsed = text === "" || reader === null ? null : reader.parseQuickAdd(text, wall(), named(), refused);

  const type = (/** @type {string} */ next) => {
    if (reader !== null) setRefused(reader.moveRanges(refused, text, next));
    setText(next);
    drafts.set(key, next);
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const understood = parsed ?? (await understand(text));
    if (understood.title.trim() === "") return;
    add(understood, preset);
    setText("");
    setRefused([]);
    drafts.delete(key);
    onAdded?.();
  };
  const label = name === "" ? t("task.add") : t("task.add_on", { day: name });
  return html`
    <form class="add" data-quiet=${isQuiet} onSubmit=${submit}>
      <div class="add__line">
        <${Icon} name="plus" />
        <input
          class="add__field"
          ref=${field}
          value=${text}
          maxlength="500"
          autocomplete="off"
          enterkeyhint="done"
          aria-label=${label}
          placeholder=${isFocused ? t("task.add_example") : t("task.add")}
          onFocus=${() => toRead().then(setReader, () => {})}
          onInput=${(/** @type {Event} */ event) => type(/** @type {HTMLInputElement} */ (event.target).value)}
          onKeyDown=${(/** @type {KeyboardEvent} */ event) => event.key === "Escape" && !isFocused && field.current?.blur()}
        />
      </div>
      ${parsed !== null &&
      parsed.tokens.length > 0 &&
      html`<div class="add__chips">
        ${parsed.tokens.map((token) => {
          const words = wordsOf(token);
          const refuse = () => {
            setRefused([...refused, token]);
            field.current?.focus();
          };
          return html`<button class="chip" type="button" key=${token.kind} aria-label=${t("task.refuse", { words })} onClick=${refuse}>
            ${words}<${Icon} name="close" />
          </button>`;
        })}
      </div>`}
    </form>`;
}

/** What reads titles, once somebody is about to type one. */
/** @type {typeof import("../lib/quick_add.js") | null} */
let reading = null;

async function toRead() {
  if (reading === null) {
    reading = await import("../lib/quick_add.js");
    // The first reading takes longer than a key press may.
    reading.parseQuickAdd("a", wall(), []);
  }
  return reading;
}

/** What was typed before the reader was there. @param {string} text */
async function understand(text) {
  try {
    return (await toRead()).parseQuickAdd(text, wall(), named());
  } catch {
    return { title: text, due: null, priority: null, list: null };
  }
}

/** The lists by the names that people see. */
const named = () => lists.value.map((list) => ({ id: list.id, name: nameOf(list) }));

/**
 * @param {Omit<import("../lib/quick_add.js").QuickAdd, "tokens">} parsed
 * @param {{ list_id?: string, due?: string }} preset
 */
function add({ title, due, priority, list }, preset) {
  const chosen = list === null ? preset.list_id : "id" in list ? list.id : addList(list.create);
  addTask({
    title,
    ...(chosen !== undefined && { list_id: chosen }),
    due: due ?? preset.due ?? null,
    priority: priority ?? 4,
  });
}

/** A token as its chip says it. @param {Token} token */
function wordsOf(token) {
  if (token.kind === "due") return dueWords(token.due, now.value, dateSettings.value).full;
  if (token.kind === "priority") return t("task.priority", { priority: token.priority });
  if ("create" in token.list) return t("task.new_list", { name: token.list.create });
  const list = findList(token.list.id);
  return list === undefined ? "" : nameOf(list);
}
