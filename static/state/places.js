/** The views that show open tasks: what each holds, in which sections and order. */
import { addDays, daysBetween, parseDue, wallOf } from "../lib/dates.js";
import { dayWords, longDay } from "../lib/date_words.js";
import { t } from "../lib/i18n.js";
import { dateSettings, today, zone } from "./clock.js";
import { findList, inbox, lists, open, openIn } from "./tasks.js";
import { computed } from "../lib/ui.js";

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

/** Days that Upcoming shows even when they are empty. */
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

/** Where and when each open task with a due is. */
const dated = computed(() =>
  open.value
    .filter((task) => task.due !== null)
    .map((task) => ({ task, ...wallFor(String(task.due)) }))
    .sort(
      (a, b) =>
        compare(a.day, b.day) ||
        compare(a.time, b.time) ||
        a.task.priority - b.task.priority ||
        compare(a.task.id, b.task.id),
    ),
);

/** @param {string} a @param {string} b */
const compare = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

const overdue = computed(() => dated.value.filter(({ day }) => day < today.value));
const dueToday = computed(() => dated.value.filter(({ day }) => day === today.value));

/** How many are due: late ones, and all that Today shows. */
export const todayCounts = computed(() => ({
  late: overdue.value.length,
  all: overdue.value.length + dueToday.value.length,
}));

/**
 * What a view shows; nothing for one that is not there.
 *
 * @param {{ view: string, id: string }} where
 * @returns {Place | undefined}
 */
export function placeAt({ view, id }) {
  if (view === "today") return todayPlace();
  if (view === "upcoming") return upcomingPlace();
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
  const late = overdue.value.map(({ task }) => task);
  const tasks = dueToday.value.map(({ task }) => task);
  const day = longDay(today.value, dateSettings.value.locale);
  /** @type {Section[]} */
  const sections = [{ key: "today", title: late.length > 0 ? day : "", tasks, preset: { due: today.value } }];
  if (late.length > 0) {
    sections.unshift({ key: "late", title: t("today.overdue"), tone: "late", tasks: late });
  }
  const title = t("view.today");
  return { title, sections, isManual: false, showsList: true, empty: "today.empty" };
}

/** @returns {Place} */
function upcomingPlace() {
  /** @type {Map<string, Task[]>} */
  const days = new Map();
  for (let at = 0; at < NEAR; at += 1) days.set(addDays(today.value, at), []);
  for (const { task, day } of dated.value) {
    if (day < today.value) continue;
    const tasks = days.get(day);
    if (tasks === undefined) days.set(day, [task]);
    else tasks.push(task);
  }
  const { locale } = dateSettings.value;
  const sections = [...days].map(([day, tasks]) => {
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
