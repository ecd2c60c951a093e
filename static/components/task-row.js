/** One row of a list: tick, title, what can be done; or the editor in its place. */
import { html, useLayoutEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import * as selection from "../state/selection.js";
import { changeTasks, completeTasks, deleteTasks, reopenTasks } from "../state/tasks.js";
import { Icon, IconButton } from "./icon.js";

/** @typedef {import("../lib/types.js").Task} Task */

/** @param {{ task: Task, place: number, count: number }} props */
export function TaskRow({ task, place, count }) {
  const isEdited = selection.editing.value === task.id;
  const isChosen = selection.chosen.value.has(task.id);
  return html`
    <li
      class="row"
      data-key=${task.id}
      data-done=${task.completed}
      data-chosen=${isChosen}
      aria-posinset=${place}
      aria-setsize=${count}
    >
      ${isEdited ? html`<${RowEditor} task=${task} />` : html`<${RowShown} task=${task} />`}
    </li>`;
}

/** @param {{ task: Task }} props */
function RowShown({ task }) {
  return html`
    <${Tick} task=${task} />
    <button class="row__title" type="button" onClick=${() => selection.edit(task.id)}>${task.title}</button>
    <span class="row__acts">
      <${IconButton} icon="edit" label=${t("task.edit", { title: task.title })} onClick=${() => selection.edit(task.id)} />
      <${IconButton} icon="trash" label=${t("task.delete", { title: task.title })} onClick=${() => leave(task, deleteTasks)} />
    </span>`;
}

/** The checkbox of a task. @param {{ task: Task }} props */
export function Tick({ task }) {
  const act = () => (task.completed ? reopenTasks([task]) : leave(task, completeTasks));
  return html`
    <button
      class="tick"
      type="button"
      role="checkbox"
      aria-checked=${task.completed}
      aria-label=${t("task.complete", { title: task.title })}
      data-priority=${task.priority}
      onClick=${act}
    >
      <span class="tick__ring"><${Icon} name="check" /></span>
    </button>`;
}

/** Takes a task out of the view; the keyboard goes on with the next row. */
/** @param {Task} task @param {(tasks: Task[]) => void} act */
function leave(task, act) {
  const next = selection.neighbourOf(new Set([task.id]));
  act([task]);
  if (next !== undefined) selection.focusRow(next);
}

/** @param {{ task: Task }} props */
function RowEditor({ task }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const isOver = useRef(false);
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(task.title.length, task.title.length);
  }, []);
  const close = (/** @type {boolean} */ isSaved, /** @type {boolean} */ keepsFocus) => {
    if (isOver.current) return;
    isOver.current = true;
    const title = (field.current?.value ?? "").replace(/\s*\n\s*/g, " ").trim();
    if (isSaved && title !== "") changeTasks([task], { title });
    selection.edit(null);
    if (keepsFocus) selection.focusRow(task.id);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    close(event.key === "Enter", true);
  };
  return html`
    <span class="tick" data-priority=${task.priority}><span class="tick__ring"></span></span>
    <textarea
      class="row__editor"
      ref=${field}
      rows="1"
      maxlength="500"
      aria-label=${t("task.title")}
      onKeyDown=${onKeyDown}
      onBlur=${() => close(true, false)}
    >${task.title}</textarea>`;
}
