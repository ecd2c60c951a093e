/** The description of a task: shown as Markdown, edited as it was typed. */
import { html, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { markdown } from "../lib/markdown.js";
import { t } from "../lib/i18n.js";
import { changeTasks } from "../state/tasks.js";
import { isLeft } from "./task-rows.js";

/** What was typed and not yet saved, by task: nothing is lost when a panel closes. */
/** @type {Map<string, string>} */
const drafts = new Map();

/** @param {{ task: import("../lib/types.js").Task }} props */
export function Notes({ task }) {
  const [isEdited, setEdited] = useState(drafts.has(task.id));
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const before = useRef(task);
  useLayoutEffect(() => {
    if (!isEdited || field.current === null) return;
    field.current.focus();
    field.current.setSelectionRange(field.current.value.length, field.current.value.length);
  }, [isEdited]);
  const edit = () => {
    before.current = task;
    setEdited(true);
  };
  const save = () => {
    // Not by the ref, which is empty when the panel closes under the field.
    const description = drafts.get(task.id) ?? before.current.description;
    drafts.delete(task.id);
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
        maxlength="16384"
        aria-label=${t("detail.notes")}
        placeholder=${t("detail.notes_hint")}
        defaultValue=${drafts.get(task.id) ?? before.current.description}
        onInput=${(/** @type {Event} */ event) => drafts.set(task.id, /** @type {HTMLTextAreaElement} */ (event.target).value)}
        onBlur=${() => isLeft() && save()}
        onKeyDown=${onKeyDown}
      ></textarea>`;
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
