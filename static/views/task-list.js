//# allFunctionsCalledOnLoad
/** Open tasks in sections: the Inbox, a list, Today, Upcoming, All; and the field that adds to them. */
import { html, Icon, IconButton, lazily, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { dueWords, longDay } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { page } from "../lib/router.js";
import { nameOf, placeAt } from "../state/places.js";
import * as selection from "../state/places.js";
import { addList, addTask, findList, findTask, isFilled, lists, renameList } from "../state/tasks.js";
import { dateSettings, draft, keepDraft, nameOfAdding, now, renaming, showDialog, startRenaming, takeAhead, today, wall } from "../state/device.js";
import { TaskRows } from "../components/task-rows.js";

/** Above so many rows only those in sight are drawn. */
const FEW = 150;
/** So many sections are drawn, and as many again when their end comes near. */
const SOME = 14;

const WeekStrip = lazily(async () => (await import("../components/week-strip.js")).WeekStrip, "week");

export function TaskListView() {
  const where = whereabouts();
  const { view, id } = where;
  const place = placeAt(where);
  const title = place?.title ?? "";
  useEffect(() => {
    document.title = title === "" ? t("page.name") : `${title} · ${t("page.name")}`;
  }, [title]);
  useEffect(() => selection.chooseNone, [view, id]);
  const { drawn, end } = useGrowing(place?.sections ?? [], view + id);
  useEffect(() => {
    if (view === "upcoming" && selection.chosenDay.peek() > today.peek()) selection.showDay(selection.chosenDay.peek());
  }, [view]);
  if (place === undefined) {
    return isFilled.value && html`<${Missing} />`;
  }
  const ids = place.sections.flatMap((section) => section.tasks.map((task) => task.id));
  selection.showing(ids, place.isManual);
  const isEmpty = ids.length === 0;
  return html`
    <div class="view" key=${view + id} data-view=${view}>
      <${ListHeader} place=${place} view=${view} />
      ${view === "upcoming" && html`<div class="week"><${WeekStrip} /></div>`}
      ${isEmpty && html`<p class="empty">${t(place.empty)}</p>`}
      ${drawn.map(
        (section) => html`
          <${Section} key=${section.key} section=${section} place=${place} isLong=${ids.length > FEW} view=${view} />`,
      )}
      ${drawn.length < place.sections.length && html`<div ref=${end} aria-hidden="true"></div>`}
      ${view === "all" && html`<${AddField} />`}
    </div>`;
}

/**
 * As many of the sections as somebody has come to, by scrolling or by the keys:
 * hundreds of days are too much to draw at once.
 *
 * @param {import("../state/places.js").Section[]} sections
 * @param {string} where they are; another view begins at its top
 */
function useGrowing(sections, where) {
  const [grown, setGrown] = useState({ where, count: SOME });
  const count = grown.where === where ? grown.count : SOME;
  const end = useRef(/** @type {Element | null} */ (null));
  useEffect(() => {
    if (end.current === null) return;
    const near = new IntersectionObserver(
      ([{ isIntersecting }]) => isIntersecting && setGrown({ where, count: count + SOME }),
      { rootMargin: "1200px" },
    );
    near.observe(end.current);
    return () => near.disconnect();
  }, [where, count, count < sections.length]);
  const wanted = selection.wantedFocus.value;
  useLayoutEffect(() => {
    if (wanted === null) return;
    const at = sections.findIndex(({ tasks }) => tasks.some(({ id }) => id === wanted.id));
    if (at >= count) setGrown({ where, count: at + SOME });
  }, [wanted]);
  const sought = selection.soughtDay.value;
  useLayoutEffect(() => {
    if (sought === null) return;
    const at = sections.findIndex(({ key }) => key === sought.day);
    if (at >= count) return setGrown({ where, count: at + SOME });
    document.querySelector(`[data-section="${sought.day}"]`)?.scrollIntoView();
    selection.dayShown();
  }, [sought, count]);
  return { drawn: sections.slice(0, count), end };
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
        ? html`<h1><${Rename} list=${list} /></h1>`
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
  const key = `name ${list.id}`;
  const typed = draft(key);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => (typed === null ? field.current?.select() : field.current?.focus()), []);
  const close = (/** @type {boolean} */ isSaved) => {
    const name = field.current?.value.trim() ?? "";
    keepDraft(key, null);
    if (isSaved && name !== "" && renaming.peek() === list.id) renameList(list, name);
    startRenaming(null);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    const header = field.current?.closest("header");
    close(event.key === "Enter");
    header?.querySelector("button")?.focus();
  };
  return html`
    <input
      class="field view__rename"
      ref=${field}
      value=${typed?.text ?? list.name}
      maxlength="200"
      aria-label=${t("list.name")}
      onInput=${(/** @type {Event} */ event) => keepDraft(key, { text: /** @type {HTMLInputElement} */ (event.target).value })}
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
        ${tone === "late" &&
        html`<button class="button button--small button--quiet" type="button" aria-haspopup="dialog" onClick=${() => showDialog("reschedule")}>
          ${t("today.reschedule")}
        </button>`}
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

/* The field that adds tasks: at the foot of a list, and in the quick-add dialog */

/** @typedef {import("../lib/quick_add.js").Token} Token */
/** @typedef {import("../lib/quick_add.js").Range} Range */

/**
 * @param {{
 *   preset?: { list_id?: string, due?: string },
 *   name?: string,
 *   isQuiet?: boolean,
 *   isFocused?: boolean,
 *   after?: import("../lib/types.js").Task,
 *   onAdded?: () => void,
 * }} props `preset` is what a task gets unless its title says otherwise
 */
export function AddField({ preset = {}, name = "", isQuiet = false, isFocused = false, after, onAdded }) {
  // What is typed and not yet added stays for when the field is back.
  const key = nameOfAdding(preset);
  const { text, refused = [] } = draft(key) ?? { text: "" };
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    if (!isFocused) return;
    field.current?.focus();
    const ahead = takeAhead();
    if (ahead.text !== "") keepDraft(key, { text: text + ahead.text, refused });
    // Once the field has the text.
    if (ahead.isSent) setTimeout(() => field.current?.form?.requestSubmit());
  }, []);
  const [reader, setReader] = useState(reading);
  const parsed = text === "" || reader === null ? null : reader.parseQuickAdd(text, wall(), named(), refused);

  const type = (/** @type {string} */ next) => {
    if (next === "") return keepDraft(key, null);
    keepDraft(key, { text: next, refused: reader === null ? refused : reader.moveRanges(refused, text, next) });
  };
  const submit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (text.trim() === "" || parsed?.title.trim() === "") return;
    // At once: the next title may be typed while the reader is still on its way.
    keepDraft(key, null);
    add(parsed ?? (await understand(text)), preset, after);
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
            keepDraft(key, { text, refused: [...refused, token] });
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
/** @type {ReturnType<typeof fetchReader> | null} */
let coming = null;

/** One wait for all: those who wait for a module in several imports of it may be told out of order. */
function toRead() {
  coming ??= fetchReader().catch((error) => {
    coming = null;
    throw error;
  });
  return coming;
}

async function fetchReader() {
  const reader = await import("../lib/quick_add.js");
  // The first reading takes longer than a key press may.
  reader.parseQuickAdd("a", wall(), []);
  return (reading = reader);
}

/** What was typed before the reader was there: all of it is the title if there is no other. @param {string} text */
async function understand(text) {
  const understood = await toRead().then((reader) => reader.parseQuickAdd(text, wall(), named()), () => null);
  if (understood !== null && understood.title.trim() !== "") return understood;
  return { title: text.trim(), due: null, priority: null, list: null };
}

/** The lists by the names that people see. */
const named = () => lists.value.map((list) => ({ id: list.id, name: nameOf(list) }));

/**
 * @param {Omit<import("../lib/quick_add.js").QuickAdd, "tokens">} parsed
 * @param {{ list_id?: string, due?: string }} preset
 * @param {import("../lib/types.js").Task} [after]
 */
function add({ title, due, priority, list }, preset, after) {
  const chosen = list === null ? preset.list_id : "id" in list ? list.id : addList(list.create);
  const given = {
    title,
    ...(chosen !== undefined && { list_id: chosen }),
    due: due ?? preset.due ?? null,
    priority: priority ?? 4,
  };
  const isBelow = after !== undefined && findTask(after.id)?.list_id === chosen;
  const id = addTask(given, isBelow ? { after: after.id } : {});
  // After the dialog has given the focus back.
  if (isBelow) setTimeout(() => selection.focusRow(id));
}

/** A token as its chip says it. @param {Token} token */
function wordsOf(token) {
  if (token.kind === "due") return dueWords(token.due, now.value, dateSettings.value).full;
  if (token.kind === "priority") return t("task.priority", { priority: token.priority });
  if ("create" in token.list) return t("task.new_list", { name: token.list.create });
  const list = findList(token.list.id);
  return list === undefined ? "" : nameOf(list);
}
