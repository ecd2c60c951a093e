//# allFunctionsCalledOnLoad
/**
 * The views that show open tasks: what each holds, in which sections and order;
 * and of its rows the one that the keys act on, and those that are chosen.
 */
import { dayWords, daysBetween, daysFrom, firstWeekdayOf, isDay, longDay, parseDue, wallOf, weekOf } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { page, refine } from "../lib/router.js";
import { dateSettings, draftsOf, today, zone } from "./device.js";
import { findList, findTask, inbox, lists, open, openIn } from "./tasks.js";
import { computed, signal } from "../lib/ui.js";

/** @typedef {import("../lib/types.js").Task} Task */

/**
 * @typedef {{
 *   key: string,
 *   title: string,
 *   hint?: string,
 *   tone?: "late",
 *   href?: string,
 *   tasks: Task[],
 *   preset?: { list_id?: string, due?: string },
 * }} Section `preset` is what a task gets that is added or dropped there
 *
 * @typedef {{
 *   title: string,
 *   sections: Section[],
 *   isManual: boolean,
 *   showsList: boolean,
 *   empty: import("../lib/i18n.js").Key,
 *   list?: import("../lib/types.js").List,
 * }} Place `isManual`: in the order that the person gives
 */

/** So many days Upcoming shows even when they are empty. */
const NEAR = 7;

/** What the calendar and the clock here show when something is due, by how it is written. */
/** @type {Map<string, { day: string, time: string }>} */
const walls = new Map();

/** @param {string} text */
function wallFor(text) {
  let wall = walls.get(text);
  if (wall === undefined) {
    const { day, time } = wallOf(parseDue(text), zone);
    wall = { day, time: time ?? "~" };
    walls.set(text, wall);
  }
  return wall;
}

/** The open tasks with a due, by its day: in no order, since most are out of sight. */
const byDay = computed(() => {
  /** @type {Map<string, Task[]>} */
  const days = new Map();
  for (const task of open.value) {
    if (task.due === null) continue;
    const { day } = wallFor(task.due);
    const tasks = days.get(day);
    if (tasks === undefined) days.set(day, [task]);
    else tasks.push(task);
  }
  return days;
});

/** The tasks of a day by their time, those without one last. @param {string} day */
function tasksOn(day) {
  const time = (/** @type {Task} */ task) => wallFor(String(task.due)).time;
  return [...(byDay.value.get(day) ?? [])].sort(
    (a, b) => compare(time(a), time(b)) || a.priority - b.priority || compare(a.id, b.id),
  );
}

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const lateDays = computed(() => [...byDay.value.keys()].filter((day) => day < today.value).sort());
const overdue = computed(() => lateDays.value.flatMap(tasksOn));
const dueToday = computed(() => tasksOn(today.value));

/** What was due before today, the longest ago first. */
export const lateTasks = computed(() => overdue.value.filter((task) => !task.completed));

/** How many are due: late ones, and all that Today shows. */
export const todayCounts = computed(() => {
  const late = lateDays.value.reduce((count, day) => count + countOn(day), 0);
  return { late, all: late + countOn(today.value) };
});

/**
 * What a view shows; nothing for one that is not there.
 *
 * @param {{ view: string, id: string }} where
 * @returns {Place | undefined}
 */
export function placeAt({ view, id }) {
  if (view === "today") return todayPlace();
  if (view === "upcoming") return upcomingPlace(chosenDay.value);
  if (view === "all") return allPlace();
  const list = view === "list" ? findList(id) : inbox.value;
  return list && listPlace(list);
}

/** @param {import("../lib/types.js").List} list @returns {Place} */
function listPlace(list) {
  const section = { key: list.id, title: "", tasks: openIn(list.id), preset: { list_id: list.id } };
  return {
    title: nameOf(list),
    sections: [section],
    isManual: true,
    showsList: false,
    empty: list.is_inbox ? "inbox.empty" : "list.empty",
    list,
  };
}

/** @param {import("../lib/types.js").List} list */
export const nameOf = (list) => (list.is_inbox ? t("view.inbox") : list.name);

/** @returns {Place} */
function todayPlace() {
  const [late, tasks] = [overdue.value, dueToday.value];
  const day = longDay(today.value, dateSettings.value.locale);
  /** @type {Section[]} */
  const sections = [{ key: "today", title: late.length > 0 ? day : "", tasks, preset: { due: today.value } }];
  if (late.length > 0) {
    sections.unshift({ key: "late", title: t("today.overdue"), tone: "late", tasks: late });
  }
  const title = t("view.today");
  return { title, sections, isManual: false, showsList: true, empty: "today.empty" };
}

/** The day in Upcoming that the address names, or today. */
export const chosenDay = computed(() => {
  const day = page.value.query.get("day") ?? "";
  return isDay(day) && day > today.value ? day : today.value;
});

/** The week that a day is in, as this person counts weeks. @param {string} day */
export function weekAround(day) {
  const { locale, firstWeekday } = dateSettings.value;
  return daysFrom(weekOf(day, firstWeekdayOf(firstWeekday, locale)), 7);
}

/** How many open tasks a day has. @param {string} day */
export const countOn = (day) => byDay.value.get(day)?.length ?? 0;

const sought = signal(/** @type {{ day: string } | null} */ (null));
/** The day that shall come into sight; the view sees to it. */
export const soughtDay = computed(() => sought.value);

/** Upcoming shows this day, with its week. @param {string} day */
export function showDay(day) {
  refine(day > today.peek() ? `/upcoming?day=${day}` : "/upcoming");
  sought.value = { day: chosenDay.peek() };
}

/** It is in sight. */
export function dayShown() {
  sought.value = null;
}

/** Those from today on that have tasks. */
const comingDays = () => [...byDay.value.keys()].filter((day) => day >= today.value);

/** The days that are near, those of the week somebody looks at, and all with tasks. */
/** @param {string} chosen @returns {Place} */
function upcomingPlace(chosen) {
  const week = weekAround(chosen).filter((day) => day >= today.value);
  const days = [...new Set([...daysFrom(today.value, NEAR), ...week, ...comingDays()])].sort();
  const { locale } = dateSettings.value;
  const sections = days.map((day) => {
    const tasks = tasksOn(day);
    const isNear = daysBetween(today.value, day) < 2;
    const hint = isNear ? dayWords(day, today.value, locale) : "";
    return { key: day, title: longDay(day, locale), hint, tasks, preset: { due: day } };
  });
  const title = t("view.upcoming");
  return { title, sections, isManual: false, showsList: true, empty: "upcoming.empty" };
}

/** @returns {Place} */
function allPlace() {
  /** @type {Map<string, Task[]>} */
  const byList = new Map(lists.value.map((list) => [list.id, []]));
  for (const task of open.value) byList.get(task.list_id)?.push(task);
  const sections = lists.value
    .map((list) => ({
      key: list.id,
      title: nameOf(list),
      href: list.is_inbox ? "/inbox" : `/lists/${list.id}`,
      tasks: (byList.get(list.id) ?? []).sort((a, b) => compare(a.position, b.position)),
      preset: { list_id: list.id },
    }))
    .filter(({ tasks }) => tasks.length > 0);
  return { title: t("view.all"), sections, isManual: true, showsList: false, empty: "all.empty" };
}

/* The rows on screen */

/** The ids of the rows on screen, in their order, and whether that is the person's own. */
let order = /** @type {string[]} */ ([]);
let isManual = false;

const focusedId = signal(/** @type {string | null} */ (null));
// Where somebody was typing when the page went away, it goes on.
const editingId = signal(/** @type {string | null} */ (draftsOf("row")[0] ?? null));
const chosenIds = signal(/** @type {Set<string>} */ (new Set()));
const wanted = signal(/** @type {{ id: string } | null} */ (null));

export const focused = computed(() => focusedId.value);
export const editing = computed(() => editingId.value);
export const chosen = computed(() => chosenIds.value);
/** The row that shall get the focus; the list sees to it. */
export const wantedFocus = computed(() => wanted.value);

/** The view says what it shows. @param {string[]} ids @param {boolean} manual */
export function showing(ids, manual) {
  order = ids;
  isManual = manual;
}

/** Whether the rows on screen may be put in another order. */
export const canReorder = () => isManual;

/** @param {string | null} id */
export function focusIsAt(id) {
  focusedId.value = id;
}

/** @param {string} id */
export function focusRow(id) {
  wanted.value = { id };
  // At once: the next key may come before the row is drawn with the focus.
  focusedId.value = id;
}

/** The focus is there. */
export function focusDone() {
  wanted.value = null;
}

/** To the row so many places away, from the top if none has it. @param {number} by */
export function moveFocus(by) {
  const at = order.indexOf(focusedId.peek() ?? "");
  const next = at < 0 ? (by > 0 ? 0 : order.length - 1) : at + by;
  const id = order[Math.max(0, Math.min(order.length - 1, next))];
  if (id !== undefined) focusRow(id);
}

/** The row that will stand in the place of these when they leave. @param {Set<string>} ids */
export function neighbourOf(ids) {
  const last = order.findLastIndex((id) => ids.has(id));
  return order.slice(last + 1).find((id) => !ids.has(id)) ?? order.findLast((id) => !ids.has(id));
}

/** @param {string | null} id */
export function edit(id) {
  editingId.value = id;
}

/** @param {string} id */
export function toggleChosen(id) {
  const next = new Set(chosenIds.peek());
  if (!next.delete(id)) next.add(id);
  chosenIds.value = next;
}

/** Chooses all rows from the one with the focus to this one. @param {string} id */
export function chooseTo(id) {
  const from = Math.max(0, order.indexOf(focusedId.peek() ?? id));
  const to = order.indexOf(id);
  const range = order.slice(Math.min(from, to), Math.max(from, to) + 1);
  chosenIds.value = new Set([...chosenIds.peek(), ...range]);
}

export function chooseAll() {
  chosenIds.value = new Set(order);
}

/** Chooses the row with the focus and the one it moves to. @param {number} by */
export function chooseOn(by) {
  const from = focusedId.peek();
  moveFocus(by);
  const to = wanted.peek()?.id;
  if (from !== null && to !== undefined) chosenIds.value = new Set([...chosenIds.peek(), from, to]);
}

export function chooseNone() {
  if (chosenIds.peek().size > 0) chosenIds.value = new Set();
}

/** Views without rows to act on. */
const ROWLESS = new Set(["trash", "settings"]);

/** The tasks that a command acts on: the chosen rows, or the one with the focus. Never one out of sight. */
export function targets() {
  if (ROWLESS.has(page.peek().view)) return [];
  const some = chosenIds.peek().size > 0 ? chosenIds.peek() : new Set([focusedId.peek()]);
  return order.filter((id) => some.has(id)).flatMap((id) => findTask(id) ?? []);
}

/**
 * Does something that takes tasks out of the view; the focus goes on to the
 * next row.
 *
 * @param {Task[]} tasks
 * @param {(tasks: Task[]) => void} act
 */
export function sendOff(tasks, act) {
  const next = neighbourOf(new Set(tasks.map((task) => task.id)));
  act(tasks);
  chooseNone();
  if (next !== undefined) focusRow(next);
}
