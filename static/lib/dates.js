//# allFunctionsCalledOnLoad
/**
 * Days and times of day, and how people read them. The API writes a due so:
 *
 * | text                                       | is                              |
 * | ------------------------------------------ | ------------------------------- |
 * | `2026-12-02`                               | that day, wherever you are      |
 * | `2026-12-02T14:00:00`                      | that time on the wall, wherever |
 * | `2026-12-02T14:00:00+01:00[Europe/Berlin]` | that time in that zone          |
 *
 * A day is counted as a number of days and never as a number of hours, so a
 * day of 23 or 25 hours is a day like any other.
 */
import { t } from "./i18n.js";

/**
 * @typedef {string} Day as `2026-12-02`
 * @typedef {string} Time as `14:00`
 * @typedef {{ day: Day, time: Time | null }} Wall what calendar and clock on the wall show
 * @typedef {Wall & { zone: string | null }} NewDue
 * @typedef {NewDue & { instant: number | null }} Due one that has a zone has an instant
 * @typedef {"overdue" | "today" | "upcoming"} Bucket
 */

const MS_PER_DAY = 86_400_000;
const FIRST_DAY = -719_528; // 0000-01-01
const LAST_DAY = 2_932_896; // 9999-12-31
const DUE =
  /^(?<day>\d{4}-\d\d-\d\d)(?:T(?<time>\d\d:\d\d)(?::\d\d)?(?:(?<offset>Z|[+-]\d\d:\d\d)?\[(?<zone>[^\]]+)\])?)?$/;

/** Undefined in a browser that has none yet. @returns {string | undefined} */
const temporalZone = () => /** @type {any} */ (globalThis).Temporal?.Now.timeZoneId();

/** The zone that this device is set to. Intl takes its time to say so. @returns {string} */
export const deviceZone = () => temporalZone() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The day it is in a zone. @param {Date} now @param {string} zone @returns {Day} */
export const today = (now, zone) => wallNow(now, zone).day;

/** The day and the time it is in a zone. @param {Date} now @param {string} zone */
export const wallNow = (now, zone) => wallIn(zone, now.getTime());

/** True if the text is a day that the calendar has. @param {string} text */
export function isDay(text) {
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;
}

/**
 * The day some days later, or earlier if negative; kept within the years that
 * have four digits.
 *
 * @param {Day} day @param {number} count @returns {Day}
 */
export function addDays(day, count) {
  const number = Math.min(Math.max(dayNumber(day) + count, FIRST_DAY), LAST_DAY);
  return new Date(number * MS_PER_DAY).toISOString().slice(0, 10);
}

/**
 * The same day some months later; the last day of the month if it is shorter.
 *
 * @param {Day} day @param {number} count @returns {Day}
 */
export function addMonths(day, count) {
  const [year, month, date] = day.split("-").map(Number);
  const months = Math.min(Math.max(year * 12 + month - 1 + count, 0), 9999 * 12 + 11);
  const first = dayOf(Math.floor(months / 12), (months % 12) + 1, 1);
  return addDays(first, Math.min(date, daysInMonth(first)) - 1);
}

/** How many days from one to the other. @param {Day} from @param {Day} to */
export const daysBetween = (from, to) => dayNumber(to) - dayNumber(from);

/** The weekday: 1 is Monday, 7 is Sunday. @param {Day} day */
export const weekday = (day) => ((((dayNumber(day) + 3) % 7) + 7) % 7) + 1;

/** The first of the day's month. @param {Day} day @returns {Day} */
export const monthOf = (day) => `${day.slice(0, 7)}-01`;

/** How many days the day's month has. @param {Day} day */
export function daysInMonth(day) {
  const thirtyFirst = Number(addDays(monthOf(day), 30).slice(8));
  return thirtyFirst === 31 ? 31 : 31 - thirtyFirst;
}

/** The day on which the day's week begins. @param {Day} day @param {number} firstWeekday @returns {Day} */
export const weekOf = (day, firstWeekday) => addDays(day, -((weekday(day) - firstWeekday + 7) % 7));

/**
 * The weeks that show a month, always six so that the grid keeps its height.
 *
 * @param {Day} day any day of the month
 * @param {number} firstWeekday
 * @returns {Day[][]}
 */
export function monthGrid(day, firstWeekday) {
  const start = weekOf(monthOf(day), firstWeekday);
  return Array.from({ length: 6 }, (_, week) => daysFrom(addDays(start, week * 7), 7));
}

/** So many days in a row. @param {Day} first @param {number} count */
export const daysFrom = (first, count) => Array.from({ length: count }, (_, i) => addDays(first, i));

/**
 * The weekday a week begins with: the person's setting, else what the locale
 * does, else (in browsers that do not tell) Monday.
 *
 * @param {number | null} setting @param {string} locale @returns {number}
 */
export function firstWeekdayOf(setting, locale) {
  const known = /** @type {any} */ (new Intl.Locale(locale));
  return setting ?? (known.getWeekInfo?.() ?? known.weekInfo)?.firstDay ?? 1;
}

/** Reads a due. Fails on what the API would not send. @param {string} text @returns {Due} */
export function parseDue(text) {
  const { day = "", time = null, offset, zone = null } = DUE.exec(text)?.groups ?? {};
  if (!isDay(day)) throw new RangeError(`not a due: ${text}`);
  const instant = zone === null ? null : instantOf(day, time ?? "", zone, offset);
  return { day, time, zone, instant };
}

/** Writes a due as the API takes it. @param {NewDue} due @returns {string} */
export function formatDue({ day, time, zone }) {
  if (time === null) return day;
  return zone === null ? `${day}T${time}:00` : `${day}T${time}:00[${zone}]`;
}

/**
 * The due moved to a day of somebody's calendar; the time stays, in its zone.
 *
 * @param {string | null} due @param {Day} day @param {string} here @returns {string}
 */
export function movedTo(due, day, here) {
  if (due === null) return day;
  const before = parseDue(due);
  const by = daysBetween(wallOf(before, here).day, day);
  return by === 0 ? due : formatDue({ ...before, day: addDays(before.day, by) });
}

/**
 * When a due comes for somebody in a zone. One with a zone of its own can fall
 * on another day here.
 *
 * @param {Due} due @param {string} here @returns {Wall}
 */
export const wallOf = (due, here) => (due.instant === null ? due : wallIn(here, due.instant));

/**
 * Where a due belongs in somebody's days. What was due earlier today is still
 * today's.
 *
 * @param {Due} due @param {Day} today @param {string} here @returns {Bucket}
 */
export function bucketOf(due, today, here) {
  const { day } = wallOf(due, here);
  if (day === today) return "today";
  return day < today ? "overdue" : "upcoming";
}

/** True once a due has gone by: its day, or its time. @param {Due} due @param {Date} now @param {string} here */
export function isPast(due, now, here) {
  if (due.time === null) return due.day < today(now, here);
  return (due.instant ?? instantOf(due.day, due.time, here)) < now.getTime();
}

/**
 * The bounds to ask the API for what may be due from a first day to a last. It
 * compares clocks on the wall, and zones are less than two days apart, so ask
 * for more and let `bucketOf` decide.
 *
 * @param {Day} first @param {Day} last
 */
export const boundsAround = (first, last) => ({
  due_after: addDays(first, -2),
  due_before: addDays(last, 3),
});

/**
 * The instant at which a zone's clocks show a time. A time that is skipped is
 * as much after the jump as it was to be; one that comes twice is the first.
 * (So does the server, which also sends the offset that it found.)
 *
 * @param {Day} day @param {Time} time @param {string} zone @param {string} [offset] @returns {number}
 */
export function instantOf(day, time, zone, offset) {
  if (offset !== undefined) return Date.parse(`${day}T${time}:00${offset}`);
  const wall = Date.parse(`${day}T${time}:00Z`);
  const before = wall - offsetAt(zone, wall - MS_PER_DAY);
  const after = wall - offsetAt(zone, wall + MS_PER_DAY);
  return [before, after].find((instant) => instant + offsetAt(zone, instant) === wall) ?? before;
}

/** @param {string} zone @param {number} instant @returns {{ day: Day, time: Time }} */
function wallIn(zone, instant) {
  const wall = new Date(instant + offsetAt(zone, instant)).toISOString();
  return { day: wall.slice(0, 10), time: wall.slice(11, 16) };
}

/** @type {Map<string, number>} by zone and quarter of an hour: no clock changes within one */
const offsets = new Map();

/** How far a zone's clocks are ahead of UTC, in milliseconds. @param {string} zone @param {number} instant */
function offsetAt(zone, instant) {
  const key = `${zone} ${Math.floor(instant / 900_000)}`;
  const offset = offsets.get(key) ?? findOffset(zone, instant);
  offsets.set(key, offset);
  return offset;
}

/** @param {string} zone @param {number} instant */
function findOffset(zone, instant) {
  if (zone === temporalZone()) return -60_000 * new Date(instant).getTimezoneOffset();
  const part = partsIn(zone, instant);
  const day = dayOf(Number(part.year), Number(part.month), Number(part.day));
  const wall = Date.parse(`${day}T${part.hour}:${part.minute}:${part.second}Z`);
  return wall - Math.floor(instant / 1000) * 1000;
}

const CLOCK = /** @type {const} */ ({
  hourCycle: "h23",
  year: "numeric",
  month: "2-digit",
  day: "2-digit",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
});

/** @param {string} zone @param {number} instant @returns {Record<string, string>} */
function partsIn(zone, instant) {
  const parts = dateFormat("en-US", { ...CLOCK, timeZone: zone }).formatToParts(instant);
  return Object.fromEntries(parts.map(({ type, value }) => [type, value]));
}

/** @param {Day} day */
function dayNumber(day) {
  return Math.floor(Date.parse(`${day}T00:00:00Z`) / MS_PER_DAY);
}

/** @param {number} year @param {number} month @param {number} date @returns {Day} */
function dayOf(year, month, date) {
  const digits = (/** @type {number} */ number, /** @type {number} */ width) =>
    String(number).padStart(width, "0");
  return `${digits(year, 4)}-${digits(month, 2)}-${digits(date, 2)}`;
}

/** Intl's formatters, kept: making one is slow, and a list asks for each of its rows. */
/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/** Intl's formatter for these options. @param {string} locale @param {Intl.DateTimeFormatOptions} options */
export function dateFormat(locale, options) {
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, format);
  return format;
}

/* In words, as the person reads them */

/**
 * How somebody reads dates. Null is what the locale does.
 *
 * @typedef {{
 *   locale: string,
 *   zone: string,
 *   hour12: boolean | null,
 *   firstWeekday: number | null,
 * }} DateSettings
 *
 * @typedef {{ clock: string, text: string, full: string, late: string, isPast: boolean }} DueWords
 *   `clock` is its time or empty, `text` for a row, `full` for a tooltip, `late` as "3 days late" or empty
 */

/**
 * A due in words.
 *
 * @param {string} text as the API writes it
 * @param {Date} now
 * @param {DateSettings} settings
 * @returns {DueWords}
 */
export function dueWords(text, now, settings) {
  const due = parseDue(text);
  const thisDay = today(now, settings.zone);
  const { day, time } = wallOf(due, settings.zone);
  const clock = time === null ? "" : timeWords(time, settings);
  const elsewhere = due.day !== day || due.time !== time;
  const full = withTime(longDay(day, settings.locale), clock);
  return {
    clock,
    text: withTime(dayWords(day, thisDay, settings.locale), clock),
    full: elsewhere ? t("date.elsewhere", { here: full, there: zoneWords(due, settings) }) : full,
    late: bucketOf(due, thisDay, settings.zone) === "overdue" ? lateWords(day, thisDay) : "",
    isPast: isPast(due, now, settings.zone),
  };
}

/**
 * A day as a row shows it: Today, Tomorrow, Fri, 2 Dec, 2 Dec 2027.
 *
 * @param {Day} day
 * @param {Day} today
 * @param {string} locale
 */
export function dayWords(day, today, locale) {
  const away = daysBetween(today, day);
  if (away === 0) return t("date.today");
  if (away === 1) return t("date.tomorrow");
  if (away === -1) return t("date.yesterday");
  if (away > 1 && away < 7) return inForm(day, locale, "weekday");
  return inForm(day, locale, day.slice(0, 4) === today.slice(0, 4) ? "date" : "dated");
}

/** A day in full: Wednesday, 2 December 2026. @param {Day} day @param {string} locale */
export const longDay = (day, locale) => inForm(day, locale, "long");

/** A day as a picker's button shows it: Wed 2 Dec. @param {Day} day @param {string} locale */
export const shortDay = (day, locale) =>
  format(day, locale, { weekday: "short", day: "numeric", month: "short" });

/** A month: December 2026. @param {Day} day @param {string} locale */
export const monthWords = (day, locale) => format(day, locale, { month: "long", year: "numeric" });

/** A weekday's name. @param {Day} day @param {string} locale @param {"long" | "short" | "narrow"} length */
export const weekdayWords = (day, locale, length) => format(day, locale, { weekday: length });

/** How late a day is: "3 days late". @param {Day} day @param {Day} today */
export const lateWords = (day, today) => t("date.days_late", { count: daysBetween(day, today) });

/**
 * A time of day, by the clock of 12 or 24 hours.
 *
 * @param {Time} time
 * @param {Pick<DateSettings, "locale" | "hour12">} settings
 */
export function timeWords(time, { locale, hour12 }) {
  const known = KNOWN.get(locale);
  if (known !== undefined) return clockWords(time, known, hour12 ?? known.isHour12);
  const cycle = hour12 === null ? {} : /** @type {const} */ ({ hourCycle: hour12 ? "h12" : "h23" });
  const options = /** @type {const} */ ({ hour: "numeric", minute: "2-digit", timeZone: "UTC" });
  return dateFormat(locale, { ...options, ...cycle }).format(Date.parse(`1970-01-01T${time}:00Z`));
}

/** @param {Due} due @param {DateSettings} settings */
function zoneWords({ day, time, zone }, settings) {
  const there = withTime(shortDay(day, settings.locale), timeWords(time ?? "", settings));
  return `${there} ${(zone ?? "").replaceAll("_", " ")}`;
}

/** @param {string} day @param {string} time */
const withTime = (day, time) => (time === "" ? day : t("date.at", { day, time }));

/** @param {Day} day @param {string} locale @param {Intl.DateTimeFormatOptions} options */
const format = (day, locale, options) =>
  dateFormat(locale, { ...options, timeZone: "UTC" }).format(Date.parse(`${day}T00:00:00Z`));

/* What Intl would write, for the locales most often met. Its first word costs a page
   25 to 35 ms, four times that on a phone. A test holds these against it. */

/** What rows and headings need of it. */
const FORMS = /** @type {const} */ ({
  weekday: { weekday: "short" },
  date: { day: "numeric", month: "short" },
  dated: { day: "numeric", month: "short", year: "numeric" },
  long: { weekday: "long", day: "numeric", month: "long", year: "numeric" },
});

/**
 * @typedef {Record<"weekdays" | "weekdaysShort" | "months" | "monthsShort", string[]>} Names
 * @typedef {Names & Record<Exclude<keyof typeof FORMS, "weekday">, string> & {
 *   isHour12: boolean, marks: [string, string], padsHour: boolean,
 * }} Known
 */

const words = (/** @type {string} */ text) => text.split(" ");

/** @type {Names} */
const ENGLISH = {
  weekdays: words("Monday Tuesday Wednesday Thursday Friday Saturday Sunday"),
  weekdaysShort: words("Mon Tue Wed Thu Fri Sat Sun"),
  months: words("January February March April May June July August September October November December"),
  monthsShort: words("Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
};

/** @type {Known} */
const AMERICAN = {
  ...ENGLISH,
  date: "{mon} {day}",
  dated: "{mon} {day}, {year}",
  long: "{weekday}, {month} {day}, {year}",
  isHour12: true,
  marks: ["AM", "PM"],
  padsHour: true,
};

/** @type {Known} */
const BRITISH = {
  ...ENGLISH,
  monthsShort: words("Jan Feb Mar Apr May Jun Jul Aug Sept Oct Nov Dec"),
  date: "{day} {mon}",
  dated: "{day} {mon} {year}",
  long: "{weekday}, {day} {month} {year}",
  isHour12: false,
  marks: ["am", "pm"],
  padsHour: false,
};

/** @type {Known} */
const GERMAN = {
  weekdays: words("Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag"),
  weekdaysShort: words("Mo Di Mi Do Fr Sa So"),
  months: words("Januar Februar März April Mai Juni Juli August September Oktober November Dezember"),
  monthsShort: words("Jan. Feb. März Apr. Mai Juni Juli Aug. Sept. Okt. Nov. Dez."),
  date: "{day}. {mon}",
  dated: "{day}. {mon} {year}",
  long: "{weekday}, {day}. {month} {year}",
  isHour12: false,
  marks: ["AM", "PM"],
  padsHour: false,
};

const KNOWN = new Map(
  Object.entries({ en: AMERICAN, "en-US": AMERICAN, "en-GB": BRITISH, de: GERMAN, "de-DE": GERMAN }),
);

/** @param {Day} day @param {string} locale @param {keyof typeof FORMS} form */
function inForm(day, locale, form) {
  const known = KNOWN.get(locale);
  if (known === undefined) return format(day, locale, FORMS[form]);
  const [year, month, date] = day.split("-").map(Number);
  const at = weekday(day) - 1;
  if (form === "weekday") return known.weekdaysShort[at];
  return known[form]
    .replace("{weekday}", known.weekdays[at])
    .replace("{month}", known.months[month - 1])
    .replace("{mon}", known.monthsShort[month - 1])
    .replace("{day}", String(date))
    .replace("{year}", String(year));
}

/** @param {Time} time @param {Known} known @param {boolean} isHour12 */
function clockWords(time, known, isHour12) {
  const hour = Number(time.slice(0, 2));
  if (isHour12) return `${hour % 12 || 12}${time.slice(2)}\u202f${known.marks[hour < 12 ? 0 : 1]}`;
  return known.padsHour ? time : `${hour}${time.slice(2)}`;
}
