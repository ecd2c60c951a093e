/** One row of a list: tick, title, what can be done; or the editor in its place. */
import { html, useLayoutEffect, useRef } from "../lib/ui.js";
import { dueWords } from "../lib/date_words.js";
import { t } from "../lib/i18n.js";
import { openTask, page } from "../lib/router.js";
import { dateSettings, now } from "../state/clock.js";
import { showDialog } from "../state/device.js";
import { nameOf } from "../state/places.js";
import * as selection from "../state/selection.js";
import { changeTasks, completeTasks, findList, reopenTasks } from "../state/tasks.js";
import { Icon, IconButton } from "./icon.js";

/** @typedef {import("../lib/types.js").Task} Task */

/** @param {{ task: Task, place: number, count: number, showsList: boolean, hidesDue: boolean }} props */
export function TaskRow({ task, place, count, ...rest }) {
  const isEdited = selection.editing.value === task.id;
  const isChosen = selection.chosen.value.has(task.id);
  const onClick = (/** @type {MouseEvent} */ event) => {
    if (!event.metaKey && !event.ctrlKey && !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.shiftKey) selection.chooseTo(task.id);
    else selection.toggleChosen(task.id);
  };
  return html`
    <li
      class="row"
      data-key=${task.id}
      data-done=${task.completed}
      data-chosen=${isChosen}
      aria-posinset=${place}
      aria-setsize=${count}
      onClickCapture=${isEdited ? undefined : onClick}
    >
      ${isEdited
        ? html`<${RowEditor} task=${task} />`
        : html`<${RowShown} task=${task} isChosen=${isChosen} ...${rest} />`}
    </li>`;
}

/** @param {{ task: Task, isChosen: boolean, showsList: boolean, hidesDue: boolean }} props */
function RowShown({ task, isChosen, ...rest }) {
  const { title } = task;
  const menu = (/** @type {Event} */ event) =>
    showDialog("task-menu", { tasks: [task], anchor: event.currentTarget });
  return html`
    <span class="row__grip" aria-hidden="true" onPointerDown=${(/** @type {PointerEvent} */ event) => drag(event, task)}>
      <${Icon} name="grip" />
    </span>
    <${Tick} task=${task} />
    <div class="row__body">
      <button
        class="row__title"
        type="button"
        aria-pressed=${selection.chosen.value.size > 0 ? isChosen : undefined}
        onClick=${() => openTask(task.id)}
      >${title}</button>
      <${Meta} task=${task} ...${rest} />
    </div>
    <span class="row__acts">
      <${IconButton} class="row__wide" icon="edit" label=${t("task.edit", { title })} onClick=${() => selection.edit(task.id)} />
      <${IconButton}
        class="row__wide"
        icon="today"
        label=${t("task.set_due", { title })}
        onClick=${(/** @type {Event} */ event) => showDialog("due", { tasks: [task], anchor: event.currentTarget })}
      />
      <${IconButton} icon="more" label=${t("task.menu", { title })} aria-haspopup="menu" onClick=${menu} />
    </span>`;
}

/** @param {PointerEvent} event @param {Task} task */
async function drag(event, task) {
  event.preventDefault();
  const row = /** @type {Element} */ (event.currentTarget).closest(".row");
  const { startDrag } = await import("./drag.js");
  if (event.button === 0 && row instanceof HTMLElement) startDrag(row, task);
}

/** The second line: when, where, and whether there is more. */
/** @param {{ task: Task, showsList: boolean, hidesDue: boolean }} props */
function Meta({ task, showsList, hidesDue }) {
  const due = task.due === null ? null : dueWords(task.due, now.value, dateSettings.value);
  // Under a day's heading only the time is news.
  const when = hidesDue ? (due?.clock ?? "") : (due?.text ?? "");
  const list = showsList ? findList(task.list_id) : undefined;
  if (when === "" && list === undefined && task.description === "") return null;
  return html`
    <div class="row__meta">
      ${due !== null && when !== "" && html`<span class="due" data-late=${due.isPast} title=${due.full}>${when}${due.late !== "" && html`<span class="unseen">, ${due.late}</span>`}</span>`}
      ${task.description !== "" && html`<span class="row__note"><${Icon} name="note" /><span class="unseen">${t("task.has_note")}</span></span>`}
      ${list !== undefined && html`<span class="row__list">${nameOf(list)}</span>`}
    </div>`;
}

/** The checkbox of a task. @param {{ task: Task }} props */
export function Tick({ task }) {
  const { title, priority } = task;
  const act = () => (task.completed ? reopenTasks([task]) : leave(task));
  const name = t("task.complete", { title });
  return html`
    <button
      class="tick"
      type="button"
      role="checkbox"
      aria-checked=${task.completed}
      aria-label=${priority === 4 ? name : `${name}, ${t("task.priority", { priority })}`}
      data-priority=${priority}
      onClick=${act}
    >
      <span class="tick__ring"><${Icon} name="check" /></span>
    </button>`;
}

/** Completes; in a list, the keyboard goes on with the next row. @param {Task} task */
function leave(task) {
  const next = selection.neighbourOf(new Set([task.id]));
  completeTasks([task]);
  if (page.peek().view !== "task" && next !== undefined) selection.focusRow(next);
}

/** Whether a field was left for good: not for another window, nor for a dialog over it. */
export const isLeft = () => document.hasFocus() && document.querySelector("dialog[open]") === null;

/** @param {{ task: Task }} props */
function RowEditor({ task }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const isOver = useRef(false);
  // What was there when the editing began, whatever comes from elsewhere meanwhile.
  const before = useRef(task).current;
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(before.title.length, before.title.length);
  }, []);
  const close = (/** @type {Event} */ event, /** @type {boolean} */ isSaved, /** @type {boolean} */ keepsFocus) => {
    if (isOver.current) return;
    isOver.current = true;
    // Not by the ref, which is empty when the view goes away under the editor.
    const { value } = /** @type {HTMLTextAreaElement} */ (event.currentTarget);
    const title = value.replace(/\s*\n\s*/g, " ").trim();
    if (isSaved && title !== "") changeTasks([before], { title });
    if (keepsFocus) selection.focusRow(task.id);
    selection.edit(null);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    close(event, event.key === "Enter", true);
  };
  return html`
    <span class="row__grip"></span>
    <span class="tick" data-priority=${task.priority}><span class="tick__ring"></span></span>
    <textarea
      class="row__editor"
      ref=${field}
      rows="1"
      maxlength="500"
      aria-label=${t("task.title")}
      defaultValue=${before.title}
      onKeyDown=${onKeyDown}
      onBlur=${(/** @type {Event} */ event) => isLeft() && close(event, true, false)}
    ></textarea>`;
}
