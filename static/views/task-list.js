/** Open tasks in sections: the Inbox, a list, Today, Upcoming, All. */
import { html, useEffect, useLayoutEffect, useRef } from "../lib/ui.js";
import { longDay } from "../lib/date_words.js";
import { t } from "../lib/i18n.js";
import { go, page } from "../lib/router.js";
import { placeAt } from "../state/places.js";
import * as selection from "../state/selection.js";
import { findTask, isFilled, renameList } from "../state/tasks.js";
import { dateSettings, today } from "../state/clock.js";
import { renaming, showDialog, startRenaming } from "../state/device.js";
import { AddField } from "../components/add-field.js";
import { IconButton } from "../components/icon.js";
import { TaskRows } from "../components/task-rows.js";

/** Above so many rows only those in sight are drawn. */
const FEW = 150;

export function TaskListView() {
  const where = whereabouts();
  const { view, id } = where;
  const place = placeAt(where);
  const title = place?.title ?? "";
  useEffect(() => {
    document.title = title === "" ? t("page.name") : `${title} · ${t("page.name")}`;
  }, [title]);
  useEffect(() => {
    // A new list has its own address once the server has named it.
    if (view === "list" && place?.list !== undefined && place.list.id !== id) {
      go(`/lists/${place.list.id}`, { replace: true });
    }
  }, [view, id, place?.list?.id]);
  useEffect(() => selection.chooseNone, [view, id]);
  if (place === undefined) {
    return isFilled.value && html`<${Missing} />`;
  }
  const ids = place.sections.flatMap((section) => section.tasks.map((task) => task.id));
  selection.showing(ids, place.isManual);
  const isEmpty = ids.length === 0;
  return html`
    <div class="view" key=${view + id}>
      <${ListHeader} place=${place} view=${view} />
      ${isEmpty && html`<p class="empty">${t(place.empty)}</p>`}
      ${place.sections.map(
        (section) => html`
          <${Section} key=${section.key} section=${section} place=${place} isLong=${ids.length > FEW} view=${view} />`,
      )}
      ${view === "all" && html`<${AddField} />`}
    </div>`;
}

/** The title, and for a list of one's own what can be done with it. */
/** @param {{ place: import("../state/places.js").Place, view: string }} props */
function ListHeader({ place, view }) {
  const { list, title } = place;
  const isOwn = list !== undefined && !list.is_inbox;
  const isRenamed = isOwn && renaming.value === list.id;
  return html`
    <header class="view__header">
      ${isRenamed
        ? html`<${Rename} list=${list} />`
        : html`<h1 onDblClick=${() => isOwn && startRenaming(list.id)}>${title}</h1>`}
      ${view === "today" && place.sections.length === 1 && html`<p class="view__context">${longDay(today.value, dateSettings.value.locale)}</p>`}
      ${isOwn &&
      html`<${IconButton}
        icon="more"
        label=${t("list.menu", { name: list.name })}
        aria-haspopup="menu"
        onClick=${(/** @type {Event} */ event) => showDialog("list-menu", { list, anchor: event.currentTarget })}
      />`}
    </header>`;
}

/** @param {{ list: import("../lib/types.js").List }} props */
function Rename({ list }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.select(), []);
  const close = (/** @type {boolean} */ isSaved) => {
    const name = field.current?.value.trim() ?? "";
    if (isSaved && name !== "" && renaming.peek() === list.id) renameList(list, name);
    startRenaming(null);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    close(event.key === "Enter");
  };
  return html`
    <input
      class="field view__rename"
      ref=${field}
      value=${list.name}
      maxlength="200"
      aria-label=${t("list.name")}
      onKeyDown=${onKeyDown}
      onBlur=${() => close(true)}
    />`;
}

function Missing() {
  return html`
    <div class="view">
      <header class="view__header"><h1>${t("list.missing")}</h1></header>
      <p class="empty">${t("list.missing_why")}</p>
    </div>`;
}

/** The view on screen. A task opened from nowhere has its list behind it. */
function whereabouts() {
  const where = page.value;
  if (where.view !== "task") return where;
  const task = findTask(where.id);
  return { view: task === undefined ? "inbox" : "list", id: task?.list_id ?? "" };
}

/**
 * @param {{
 *   section: import("../state/places.js").Section,
 *   place: import("../state/places.js").Place,
 *   isLong: boolean,
 *   view: string,
 * }} props
 */
function Section({ section, place, isLong, view }) {
  const { key, title, hint, tone, href, tasks, preset } = section;
  return html`
    <section class="section" data-section=${key} data-due=${preset?.due} aria-label=${title || place.title}>
      ${title !== "" &&
      html`<h2 class="section__title" data-tone=${tone}>
        ${href === undefined ? title : html`<a href=${href}>${title}</a>`}
        ${hint && html` <span class="section__hint">${hint}</span>`}
        ${tone === "late" && html`<${Reschedule} tasks=${tasks} />`}
      </h2>`}
      <${TaskRows}
        label=${title || place.title}
        tasks=${tasks}
        isLong=${isLong}
        showsList=${place.showsList}
        hidesDue=${view === "upcoming" || (view === "today" && tone !== "late")}
      />
      ${view !== "all" && preset !== undefined && html`<${AddField} preset=${preset} isQuiet=${view === "upcoming"} name=${view === "upcoming" ? title : ""} />`}
    </section>`;
}

/** @param {{ tasks: import("../lib/types.js").Task[] }} props */
function Reschedule({ tasks }) {
  const open = (/** @type {Event} */ event) => showDialog("due", { tasks, anchor: event.currentTarget });
  return html`<button class="button button--small button--quiet" type="button" onClick=${open}>${t("today.reschedule")}</button>`;
}
