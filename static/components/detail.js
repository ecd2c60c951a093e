/** All of one task: beside the list on wide screens, over it on a phone. */
import { html, Icon, IconButton, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { Refused, request } from "../lib/api.js";
import { dueWords } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { closeTask } from "../lib/router.js";
import { dateSettings, draft, keepDraft, now, showDialog } from "../state/device.js";
import { online } from "../state/outbox.js";
import { nameOf } from "../state/places.js";
import { changeTasks, deleteTasks, dropText, findList, findTask, isFilled, meet } from "../state/tasks.js";
import { Notes } from "./notes.js";
import { begunUpon, keepDraftOf, Tick } from "./task-rows.js";

/** @typedef {import("../lib/types.js").Task} Task */

/** @param {{ id: string }} props */
export function Detail({ id }) {
  const task = findTask(id);
  const [why, setWhy] = useState(/** @type {"" | "detail.missing" | "error.unreachable"} */ (""));
  const panel = useRef(/** @type {HTMLElement | null} */ (null));
  useEffect(() => {
    setWhy("");
    if (task !== undefined || !isFilled.value) return;
    // Completed long ago, perhaps: the server knows.
    request("GET", `/api/tasks/${id}`).then(
      (found) => meet([found]),
      (error) => setWhy(error instanceof Refused ? "detail.missing" : "error.unreachable"),
    );
  }, [id, task === undefined, isFilled.value, online.value]);
  useLayoutEffect(() => {
    // Where somebody was typing when the page went away, they are already.
    if (!panel.current?.contains(document.activeElement)) panel.current?.focus();
  }, [id, task === undefined && why === ""]);
  const close = () => closeTask(task === undefined ? "/inbox" : `/lists/${task.list_id}`);
  if (task === undefined && why === "") return null;
  return html`
    <aside class="detail" aria-label=${t("detail.name")} tabindex="-1" ref=${panel} data-key=${id}>
      <div class="detail__bar">
        ${task !== undefined && html`<${Where} task=${task} />`}
        <${IconButton} icon="close" label=${t("detail.close")} onClick=${close} />
      </div>
      ${task === undefined ? html`<p class="empty">${why !== "" && t(why)}</p>` : html`<${Whole} key=${id} task=${task} onClose=${close} />`}
    </aside>`;
}

/** @param {{ task: Task }} props */
function Where({ task }) {
  const list = findList(task.list_id);
  const move = (/** @type {Event} */ event) => showDialog("move", { tasks: [task], anchor: event.currentTarget });
  return html`
    <button class="button button--small button--quiet detail__list" type="button" onClick=${move}>
      <${Icon} name=${list?.is_inbox ? "inbox" : "list"} />
      <span class="unseen">${t("command.move")}: </span>${list && nameOf(list)}
    </button>`;
}

/** @param {{ task: Task, onClose: () => void }} props */
function Whole({ task, onClose }) {
  const remove = () => {
    onClose();
    deleteTasks([task]);
  };
  return html`
    <div class="detail__head" data-done=${task.completed}>
      <${Tick} task=${task} />
      <${Title} task=${task} />
    </div>
    <dl class="detail__fields">
      <dt>${t("detail.due")}</dt>
      <dd><${DueField} task=${task} /></dd>
      <dt id="detail-priority">${t("detail.priority")}</dt>
      <dd><${Priority} task=${task} /></dd>
    </dl>
    <${Notes} task=${task} />
    <div class="detail__foot">
      <span class="muted">${t("detail.made", { day: madeOn(task) })}</span>
      <button class="button button--small button--danger" type="button" onClick=${remove}>${t("command.delete")}</button>
    </div>`;
}

/** @param {Task} task */
const madeOn = (task) =>
  new Date(task.created_at).toLocaleDateString(dateSettings.value.locale, { day: "numeric", month: "long", year: "numeric" });

/** @param {{ task: Task }} props */
function Title({ task }) {
  const field = useRef(/** @type {HTMLTextAreaElement | null} */ (null));
  const key = `title ${task.id}`;
  const typed = draft(key);
  // What changes elsewhere shows, unless somebody is typing here.
  const before = begunUpon(task, "title", typed);
  useLayoutEffect(() => {
    if (typed !== null) field.current?.focus();
  }, []);
  const save = () => {
    const title = (draft(key)?.text ?? "").replace(/\s*\n\s*/g, " ").trim();
    keepDraft(key, null);
    if (title !== "") changeTasks([before], { title });
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === "Escape") {
      dropText(before, "title", draft(key)?.text.trim() ?? "");
      keepDraft(key, null);
    }
    field.current?.closest("aside")?.focus();
  };
  return html`
    <textarea
      class="detail__title"
      ref=${field}
      rows="1"
      maxlength="500"
      aria-label=${t("task.title")}
      value=${typed?.text ?? task.title}
      onInput=${(/** @type {Event} */ event) => keepDraftOf(key, before, "title", event)}
      onBlur=${save}
      onKeyDown=${onKeyDown}
    ></textarea>`;
}

/** @param {{ task: Task }} props */
function DueField({ task }) {
  const due = task.due === null ? null : dueWords(task.due, now.value, dateSettings.value);
  const open = (/** @type {Event} */ event) => showDialog("due", { tasks: [task], anchor: event.currentTarget });
  return html`
    <button class="button button--small" type="button" aria-haspopup="dialog" title=${due?.full} data-late=${due?.isPast} onClick=${open}>
      <${Icon} name="today" />${due === null ? t("detail.no_due") : due.text}
      ${due !== null && due.late !== "" && html` <span class="due" data-late="true">${due.late}</span>`}
    </button>
    ${due !== null && html`<${IconButton} icon="close" label=${t("detail.clear_due")} onClick=${() => changeTasks([task], { due: null })} />`}`;
}

/** @param {{ task: Task }} props */
function Priority({ task }) {
  return html`
    <div class="segments" role="radiogroup" aria-labelledby="detail-priority">
      ${[1, 2, 3, 4].map(
        (priority) => html`
          <label class="segment" data-priority=${priority} key=${priority}>
            <input
              type="radio"
              name="priority"
              checked=${task.priority === priority}
              onChange=${() => changeTasks([task], { priority })}
            />
            <${Icon} name="flag" />${t(priority === 4 ? "detail.no_priority" : "task.priority_short", { priority })}
          </label>`,
      )}
    </div>`;
}
