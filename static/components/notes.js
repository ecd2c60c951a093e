/** The description of a task: shown as Markdown, edited as it was typed. */
import { html, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { markdown } from "../lib/markdown.js";
import { t } from "../lib/i18n.js";
import { draft, keepDraft } from "../state/device.js";
import { changeTasks } from "../state/tasks.js";
import { begunUpon, isLeft, keepDraftOf } from "./task-rows.js";

/** What the server keeps at most, as UTF-8. */
const MOST_BYTES = 16_384;

const bytesOf = (/** @type {string} */ text) => new TextEncoder().encode(text).length;

/** @param {{ task: import("../lib/types.js").Task }} props */
export function Notes({ task }) {
  const key = `notes ${task.id}`;
  // What was typed and not yet saved: nothing is lost when a panel closes.
  const typed = draft(key);
  const [isEdited, setEdited] = useState(typed !== null);
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const before = useRef(begunUpon(task, "description", typed));
  useLayoutEffect(() => {
    if (!isEdited || field.current === null) return;
    field.current.focus();
    field.current.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [isEdited]);
  const edit = () => {
    before.current = task;
    setEdited(true);
  };
  const excess = bytesOf(typed?.text ?? "") - MOST_BYTES;
  const save = () => {
    // Not by the ref, which is empty when the panel closes under the field.
    const description = draft(key)?.text ?? before.current.description;
    // It stays here, with what is wrong said below it.
    if (bytesOf(description) > MOST_BYTES) return;
    keepDraft(key, null);
    changeTasks([before.current], { description });
    setEdited(false);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const isDone = event.key === "Escape" || (event.key === "Enter" && (event.ctrlKey || event.metaKey));
    if (!isDone || event.isComposing) return;
    event.preventDefault();
    event.stopPropagation();
    field.current?.closest("aside")?.focus();
  };
  if (isEdited) {
    return html`
      <textarea
        class="notes notes--edited"
        ref=${field}
        rows="6"
        aria-label=${t("detail.notes")}
        placeholder=${t("detail.notes_hint")}
        value=${typed?.text ?? before.current.description}
        onInput=${(/** @type {Event} */ event) => keepDraftOf(key, before.current, "description", event)}
        aria-invalid=${excess > 0}
        onBlur=${() => isLeft() && save()}
        onKeyDown=${onKeyDown}
      ></textarea>
      ${excess > 0 && html`<p class="form__error" role="alert">${t("detail.notes_too_long", { count: excess })}</p>`}`;
  }
  const onClick = (/** @type {Event} */ event) => {
    if (event.target instanceof Element && event.target.closest("a, input") === null) edit();
  };
  return html`
    <div class="notes">
      ${task.description !== "" && html`<div class="prose" onClick=${onClick}>${markdown(task.description)}</div>`}
      <button class="button button--small button--quiet" type="button" onClick=${edit}>
        ${t(task.description === "" ? "detail.add_notes" : "detail.edit_notes")}
      </button>
    </div>`;
}
