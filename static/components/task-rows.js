//# allFunctionsCalledOnLoad
/**
 * Rows of tasks, of which only those in sight are drawn, with the space of the
 * others kept. A row's height is measured once it is drawn and guessed before.
 */
import { html, Icon, IconButton, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import * as selection from "../state/places.js";
import { dueWords } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { openTask, page } from "../lib/router.js";
import { addBelow, dateSettings, draft, keepDraft, now, showDialog } from "../state/device.js";
import { nameOf } from "../state/places.js";
import { changeTasks, completeTasks, dropText, findList, reopenTasks, restOnTicks } from "../state/tasks.js";

/** Of a row with one line. */
const HEIGHT = 43;
/** How far beyond the edges rows are drawn. */
const MARGIN = 600;

/**
 * @param {{
 *   label: string,
 *   tasks: import("../lib/types.js").Task[],
 *   isLong?: boolean,
 *   showsList?: boolean,
 *   hidesDue?: boolean,
 * }} props
 */
export function TaskRows({ label, tasks, isLong = false, showsList = false, hidesDue = false }) {
  isDrawing = true;
  useLayoutEffect(() => {
    isDrawing = false;
  });
  const keys = tasks.map((task) => task.id);
  const { box, from, to, heightOf, reveal } = useWindow(keys, HEIGHT, isLong);
  const wanted = selection.wantedFocus.value;
  useLayoutEffect(() => {
    if (wanted === null || !keys.includes(wanted.id)) return;
    reveal(wanted.id);
    const title = box.current?.querySelector(`[data-key="${wanted.id}"] .row__title`);
    if (!(title instanceof HTMLElement)) return;
    title.focus();
    selection.focusDone();
  }, [wanted, from, to]);
  const onFocusIn = (/** @type {FocusEvent} */ event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-key]") : null;
    selection.focusIsAt(row instanceof HTMLElement ? (row.dataset.key ?? null) : null);
  };
  return html`
    <ul class="rows" aria-label=${label} ref=${box} onFocusIn=${onFocusIn} hidden=${tasks.length === 0}>
      ${stretches(keys, from, to, selection.editing.value).map(({ name, first, end, isDrawn }) =>
        isDrawn
          ? tasks.slice(first, end).map(
              (task, at) => html`
                <${TaskRow}
                  key=${task.id}
                  task=${task}
                  place=${first + at + 1}
                  count=${tasks.length}
                  showsList=${showsList}
                  hidesDue=${hidesDue}
                />`,
            )
          : html`<li key=${name} aria-hidden="true" style=${{ height: `${keys.slice(first, end).reduce((sum, key) => sum + heightOf(key), 0)}px` }}></li>`,
      ).flat()}
    </ul>`;
}

/**
 * While rows are drawn, a field in one of them can lose the focus without
 * anybody having left it: its row has another place.
 */
let isDrawing = false;

/** @typedef {{ name: string, first: number, end: number, isDrawn: boolean }} Stretch */

/**
 * The rows in sight, the space of the others, and among those the row that is
 * edited: what somebody types in stays, wherever they scroll.
 *
 * @param {string[]} keys
 * @param {number} from
 * @param {number} to
 * @param {string | null} edited
 * @returns {Stretch[]}
 */
function stretches(keys, from, to, edited) {
  const at = edited === null ? -1 : keys.indexOf(edited);
  const marks = [from, to];
  if (at >= 0 && (at < from || at >= to)) marks.push(at, at + 1);
  const ends = [...marks.sort((a, b) => a - b), keys.length];
  return ends
    .map((end, index) => ({ name: `space ${index}`, first: ends[index - 1] ?? 0, end, isDrawn: index % 2 === 1 }))
    .filter(({ first, end }) => first < end);
}

/**
 * Which rows to draw.
 *
 * @param {string[]} keys of all rows, in order
 * @param {number} guess of a row's height
 * @param {boolean} isLong whether it is worth it; else all rows are drawn
 */
function useWindow(keys, guess, isLong) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const heights = useRef(/** @type {Map<string, number>} */ (new Map()));
  const [range, setRange] = useState({ from: 0, to: 0 });

  const look = () => {
    if (!isLong || box.current === null) return;
    const top = -box.current.getBoundingClientRect().top;
    const next = rangeOf(keys, heights.current, guess, top - MARGIN, top + innerHeight + MARGIN);
    setRange((now) => (now.from === next.from && now.to === next.to ? now : next));
  };

  useLayoutEffect(() => {
    if (!isLong) return;
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [keys.length, isLong]);

  useLayoutEffect(() => {
    if (!isLong) return;
    for (const row of box.current?.children ?? []) {
      const { key } = /** @type {HTMLElement} */ (row).dataset;
      if (key !== undefined) heights.current.set(key, row.getBoundingClientRect().height);
    }
  });

  const heightOf = (/** @type {string} */ key) => heights.current.get(key) ?? guess;
  if (!isLong) return { box, from: 0, to: keys.length, heightOf, reveal: () => {} };
  const to = Math.min(range.to, keys.length);
  const from = Math.min(range.from, to);
  const reveal = (/** @type {string} */ key) => {
    const at = keys.indexOf(key);
    if (at < 0 || (at >= from && at < to) || box.current === null) return;
    const above = keys.slice(0, at).reduce((sum, key) => sum + heightOf(key), 0);
    const top = box.current.getBoundingClientRect().top + scrollY + above;
    scrollTo({ top: top - innerHeight / 2 });
    look();
  };
  return { box, from, to, heightOf, reveal };
}

/**
 * @param {string[]} keys
 * @param {Map<string, number>} heights
 * @param {number} guess
 * @param {number} top
 * @param {number} bottom
 */
function rangeOf(keys, heights, guess, top, bottom) {
  let at = 0;
  let y = 0;
  const height = () => heights.get(keys[at]) ?? guess;
  while (at < keys.length && y + height() < top) y += heights.get(keys[at++]) ?? guess;
  const from = at;
  while (at < keys.length && y < bottom) y += heights.get(keys[at++]) ?? guess;
  return { from, to: at };
}

/* One row: tick, title, what can be done; or the editor in its place */

/** @typedef {import("../lib/types.js").Task} Task */

/** @param {{ task: Task, place: number, count: number, showsList: boolean, hidesDue: boolean }} props */
export function TaskRow({ task, place, count, ...rest }) {
  const isEdited = selection.editing.value === task.id;
  const isChosen = selection.chosen.value.has(task.id);
  const onClick = (/** @type {MouseEvent} */ event) => {
    // A finger that has chosen one row chooses on.
    const isChoosing = isTouch(event) && selection.chosen.peek().size > 0;
    if (!event.metaKey && !event.ctrlKey && !event.shiftKey && !isChoosing) return;
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

/** Whether a finger has tapped, on a title. @param {MouseEvent} event */
const isTouch = (event) =>
  /** @type {PointerEvent} */ (event).pointerType === "touch" && event.target instanceof Element && event.target.closest(".row__body") !== null;

/** @param {{ task: Task, isChosen: boolean, showsList: boolean, hidesDue: boolean }} props */
function RowShown({ task, isChosen, ...rest }) {
  const { title } = task;
  const grip = (/** @type {PointerEvent} */ event) => {
    event.preventDefault();
    drag(event, (rest, moved) => rest.dragTask(event, moved, task));
  };
  const menu = (/** @type {Event} */ event) =>
    showDialog("task-menu", { tasks: [task], anchor: event.currentTarget });
  return html`
    <span class="row__grip" aria-hidden="true" onPointerDown=${grip}>
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

/**
 * Begins to drag what a handle is of. What the pointer does before the rest of
 * it is here is done then.
 *
 * @param {PointerEvent} event
 * @param {(drag: typeof import("./drag.js"), moved: HTMLElement) => void} begin
 */
export async function drag(event, begin) {
  const moved = /** @type {Element} */ (event.currentTarget).closest("li");
  if (event.button !== 0 || moved === null) return;
  /** @type {PointerEvent[]} */
  const early = [];
  const types = /** @type {const} */ (["pointermove", "pointerup", "pointercancel"]);
  const keep = (/** @type {PointerEvent} */ one) => void early.push(one);
  for (const type of types) document.addEventListener(type, keep);
  const rest = await import("./drag.js").catch(() => null);
  for (const type of types) document.removeEventListener(type, keep);
  if (rest === null) return;
  begin(rest, moved);
  for (const one of early) document.dispatchEvent(new PointerEvent(one.type, one));
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
      ${due !== null && when !== "" && html`<span class="due" data-late=${due.isPast} title=${due.full}>${when}${due.late !== "" && ` · ${due.late}`}</span>`}
      ${task.description !== "" && html`<span class="row__note"><${Icon} name="note" /><span class="unseen">${t("task.has_note")}</span></span>`}
      ${list !== undefined && html`<span class="row__list">${nameOf(list)}</span>`}
    </div>`;
}

/** The checkbox of a task. @param {{ task: Task }} props */
export function Tick({ task }) {
  const { title, priority } = task;
  const act = () => (task.completed ? reopenTasks([task]) : leave(task));
  const rest = (/** @type {PointerEvent} */ event) => restOnTicks(event.pointerType === "mouse" && event.type === "pointerenter");
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
      onPointerEnter=${rest}
      onPointerLeave=${rest}
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

/**
 * A task as it was when somebody began to type a change of it.
 *
 * @param {Task} task
 * @param {"title" | "description"} field
 * @param {import("../state/device.js").Draft | null} typed
 */
export function begunUpon(task, field, typed) {
  return typed === null ? task : { ...task, version: typed.version ?? 0, [field]: typed.was ?? "" };
}

/** @param {string} key @param {Task} before @param {"title" | "description"} field @param {Event} event */
export function keepDraftOf(key, before, field, event) {
  const { value } = /** @type {HTMLTextAreaElement} */ (event.target);
  keepDraft(key, { text: value, version: before.version, was: before[field] });
}

/** Whether a field was left for good: not for another window, nor for a dialog over it. */
export const isLeft = () => document.hasFocus() && document.querySelector("dialog[open]") === null;

/** @param {{ task: Task }} props */
function RowEditor({ task }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const isOver = useRef(false);
  const key = `row ${task.id}`;
  const typed = draft(key);
  // What was there when the editing began, whatever comes from elsewhere meanwhile.
  const before = useRef(begunUpon(task, "title", typed)).current;
  useLayoutEffect(() => {
    field.current?.focus();
    field.current?.setSelectionRange(field.current.value.length, field.current.value.length);
    return () => {
      const left = draft(key);
      if (!isOver.current && left !== null) save(left.text);
    };
  }, []);
  const isMoved = useRef(false);
  useLayoutEffect(() => {
    if (isMoved.current) field.current?.focus();
    isMoved.current = false;
  });
  const hadDraft = useRef(false);
  useEffect(() => {
    // Another tab has it open too, and is done.
    if (typed === null && hadDraft.current && !isOver.current) selection.edit(null);
    hadDraft.current = typed !== null;
  }, [typed === null]);
  const save = (/** @type {string} */ text, isSaved = true) => {
    isOver.current = true;
    const title = text.replace(/\s*\n\s*/g, " ").trim();
    keepDraft(key, null);
    if (isSaved && title !== "") changeTasks([before], { title });
    else if (!isSaved) dropText(before, "title", title);
    selection.edit(null);
  };
  const close = (/** @type {Event} */ event, /** @type {boolean} */ isSaved, /** @type {boolean} */ keepsFocus) => {
    if (isOver.current) return;
    // Not by the ref, which is empty when the view goes away under the editor.
    save(/** @type {HTMLTextAreaElement} */ (event.currentTarget).value, isSaved);
    if (keepsFocus) selection.focusRow(task.id);
  };
  const onBlur = (/** @type {FocusEvent} */ event) => {
    isMoved.current = isDrawing;
    if (!isDrawing && isLeft()) close(event, true, false);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    close(event, event.key === "Enter", true);
    if (event.key === "Enter" && event.shiftKey) addBelow(task);
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
      value=${typed?.text ?? before.title}
      onInput=${(/** @type {Event} */ event) => keepDraftOf(key, before, "title", event)}
      onKeyDown=${onKeyDown}
      onBlur=${onBlur}
    ></textarea>`;
}
