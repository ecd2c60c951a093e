/** Days and dues in words, as the person reads them. */

import { bucketOf, dateFormat, daysBetween, isPast, parseDue, today as todayIn, wallOf } from "./dates.js";
import { t } from "./i18n.js";

/**
 * @typedef {import("./dates.js").Day} Day
 * @typedef {import("./dates.js").Time} Time
 * @typedef {import("./dates.js").Due} Due
 *
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
  const today = todayIn(now, settings.zone);
  const { day, time } = wallOf(due, settings.zone);
  const clock = time === null ? "" : timeWords(time, settings);
  const elsewhere = due.day !== day || due.time !== time;
  const full = withTime(longDay(day, settings.locale), clock);
  return {
    clock,
    text: withTime(dayWords(day, today, settings.locale), clock),
    full: elsewhere ? t("date.elsewhere", { here: full, there: zoneWords(due, settings) }) : full,
    late: bucketOf(due, today, settings.zone) === "overdue" ? lateWords(day, today) : "",
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
  if (away > 1 && away < 7) return format(day, locale, { weekday: "short" });
  const year = day.slice(0, 4) === today.slice(0, 4) ? {} : /** @type {const} */ ({ year: "numeric" });
  return format(day, locale, { day: "numeric", month: "short", ...year });
}

/** A day in full: Wednesday, 2 December 2026. @param {Day} day @param {string} locale */
export const longDay = (day, locale) =>
  format(day, locale, { weekday: "long", day: "numeric", month: "long", year: "numeric" });

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
