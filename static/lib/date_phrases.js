/**
 * Days and times as people write them, in the words of the language in use
 * (`phrase.…` in its table). A whole text is one phrase or none: `quick_add.js`
 * looks for the phrases in a title.
 *
 * Read on Wednesday 25 November 2026 at 10:00:
 *
 * | you write               | due              |
 * | ----------------------- | ---------------- |
 * | `today`                 | 2026-11-25       |
 * | `tod`                   | 2026-11-25       |
 * | `tomorrow`              | 2026-11-26       |
 * | `tom`                   | 2026-11-26       |
 * | `Tom`                   |                  |
 * | `day after tomorrow`    | 2026-11-27       |
 * | `fri`                   | 2026-11-27       |
 * | `Fri`                   | 2026-11-27       |
 * | `friday`                | 2026-11-27       |
 * | `by friday`             | 2026-11-27       |
 * | `this friday`           | 2026-11-27       |
 * | `next friday`           | 2026-12-04       |
 * | `SAT`                   |                  |
 * | `sat`                   | 2026-11-28       |
 * | `wed`                   | 2026-12-02       |
 * | `weekend`               | 2026-11-28       |
 * | `this weekend`          | 2026-11-28       |
 * | `next week`             | 2026-11-30       |
 * | `in 3 days`             | 2026-11-28       |
 * | `in a week`             | 2026-12-02       |
 * | `in 2 months`           | 2027-01-25       |
 * | `2 dec`                 | 2026-12-02       |
 * | `dec 2`                 | 2026-12-02       |
 * | `2nd December 2027`     | 2027-12-02       |
 * | `Wed, 2 Dec 2026`       | 2026-12-02       |
 * | `May 5`                 | 2027-05-05       |
 * | `29 feb`                | 2028-02-29       |
 * | `31 nov`                |                  |
 * | `may`                   |                  |
 * | `2026-12-02`            | 2026-12-02       |
 * | `2026-02-30`            |                  |
 * | `2026-12-02 14:00`      | 2026-12-02 14:00 |
 * | `2026-12-02T14:00`      | 2026-12-02 14:00 |
 * | `tomorrow 9am`          | 2026-11-26 09:00 |
 * | `tomorrow at 9:30 pm`   | 2026-11-26 21:30 |
 * | `9am tomorrow`          | 2026-11-26 09:00 |
 * | `at 9am on friday`      | 2026-11-27 09:00 |
 * | `fri 12am`              | 2026-11-27 00:00 |
 * | `tomorrow noon`         | 2026-11-26 12:00 |
 * | `tomorrow at 9`         | 2026-11-26 09:00 |
 * | `tomorrow at 3`         | 2026-11-26 15:00 |
 * | `tomorrow 9`            |                  |
 * | `tomorrow 25:00`        |                  |
 * | `11am`                  | 2026-11-25 11:00 |
 * | `9am`                   | 2026-11-26 09:00 |
 * | `at 14:00`              | 2026-11-25 14:00 |
 * | `14:00`                 |                  |
 * | `friday morning`        |                  |
 *
 * A time alone is the next time that the clock shows it. `14:00` alone is too
 * often something else (John 3:16), and a short form that is written as a name
 * is a name.
 */

import { addDays, addMonths, isDay, weekday, weekOf } from "./dates.js";
import { t } from "./i18n.js";

/**
 * @typedef {import("./dates.js").Day} Day
 * @typedef {import("./dates.js").Wall} Wall
 * @typedef {Wall & { time: import("./dates.js").Time }} Now
 * @typedef {Wall & { hasDay: boolean }} Phrase whether a day is named, and not a time alone
 * @typedef {{ time: import("./dates.js").Time, isPlain: boolean }} Clock plain: too plain to stand alone
 */

const MONDAY = 1;
const SATURDAY = 6;

/**
 * Reads a phrase that is nothing but a day, a time or both.
 *
 * @param {string} text
 * @param {Now} now
 * @returns {Phrase | null}
 */
export function parsePhrase(text, now) {
  const words = text.trim().split(/\s+/).map((word) => word.replace(/,$/, ""));
  for (let at = words.length; at > 0; at -= 1) {
    const [head, tail] = [words.slice(0, at), words.slice(at)];
    const due = together(head, tail, now) ?? together(tail, head, now);
    if (due) return due;
  }
  return null;
}

/**
 * The coming Saturday; during a weekend, today.
 *
 * @param {Day} today @returns {Day}
 */
export const weekendOf = (today) =>
  weekday(today) >= SATURDAY ? today : addDays(weekOf(today, MONDAY), 5);

/** The Monday of next week. @param {Day} today @returns {Day} */
export const nextWeekOf = (today) => addDays(weekOf(today, MONDAY), 7);

/** The words that the language has for something. @param {import("./i18n.js").Key} key */
export const wordsFor = (key) => t(key).split("|");

/** @param {string[]} dayWords @param {string[]} timeWords @param {Now} now @returns {Phrase | null} */
function together(dayWords, timeWords, now) {
  const clock = timeWords.length > 0 ? parseTime(timeWords) : null;
  if (timeWords.length > 0 && !clock) return null;
  if (dayWords.length === 0) return clock && !clock.isPlain ? nextTime(clock.time, now) : null;
  const stamp = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d)$/i.exec(dayWords.join(" "));
  if (stamp && !clock) return together([stamp[1]], [stamp[2]], now);
  const day = parseDay(dayWords, now.day);
  return day === null ? null : { day, time: clock?.time ?? null, hasDay: true };
}

/** @param {import("./dates.js").Time} time @param {Now} now @returns {Phrase} */
function nextTime(time, now) {
  const day = time > now.time ? now.day : addDays(now.day, 1);
  return { day, time, hasDay: false };
}

/** @param {string[]} words @param {Day} today @returns {Day | null} */
function parseDay(words, today) {
  const lead = wordsFor("phrase.lead");
  const rest = words.slice(words.findIndex((word) => !lead.includes(word.toLowerCase())));
  const text = rest.join(" ");
  return (
    nearDay(text, today) ??
    weekdayAfter(text, today) ??
    dayInSome(text.toLowerCase(), today) ??
    dateOf(rest, today) ??
    (rest.length > 1 && weekdayNumber(rest[0]) ? dateOf(rest.slice(1), today) : null)
  );
}

/** @param {string} text @param {Day} today @returns {Day | null} */
function nearDay(text, today) {
  const isShort = text.length <= 3;
  /** @param {import("./i18n.js").Key} key */
  const is = (key) => wordsFor(key).includes(isShort ? text : text.toLowerCase());
  if (is("phrase.today")) return today;
  if (is("phrase.tomorrow")) return addDays(today, 1);
  if (is("phrase.day_after_tomorrow")) return addDays(today, 2);
  if (is("phrase.weekend")) return weekendOf(today);
  return is("phrase.next_week") ? nextWeekOf(today) : null;
}

/** @param {string} text @param {Day} today @returns {Day | null} */
function weekdayAfter(text, today) {
  const [first, ...rest] = text.split(" ");
  const isNext = rest.length > 0 && wordsFor("phrase.next").includes(first.toLowerCase());
  const number = weekdayNumber(isNext ? rest.join(" ") : text);
  if (number === null) return null;
  if (isNext) return addDays(nextWeekOf(today), number - 1);
  return addDays(today, (number - weekday(today) + 6) % 7 + 1);
}

/** 1 is Monday. @param {string} word @returns {number | null} */
function weekdayNumber(word) {
  const isName = word.length <= 3 && word === word.toUpperCase();
  return isName ? null : groupOf(word, "phrase.weekdays");
}

/** Which of the groups of words has this one, from 1. @param {string} word @param {import("./i18n.js").Key} key */
function groupOf(word, key) {
  const groups = t(key).split(", ");
  return groups.findIndex((group) => group.split("|").includes(word.toLowerCase())) + 1 || null;
}

/** @param {string} text @param {Day} today @returns {Day | null} */
function dayInSome(text, today) {
  const [lead, number, unit, ...others] = text.split(" ");
  if (!wordsFor("phrase.in").includes(lead) || unit === undefined || others.length > 0) return null;
  const count = wordsFor("phrase.one").includes(number) ? 1 : Number(/^\d{1,3}$/.exec(number)?.[0]);
  if (!count) return null;
  if (wordsFor("phrase.days").includes(unit)) return addDays(today, count);
  if (wordsFor("phrase.weeks").includes(unit)) return addDays(today, count * 7);
  return wordsFor("phrase.months").includes(unit) ? addMonths(today, count) : null;
}

/** @param {string[]} words @param {Day} today @returns {Day | null} */
function dateOf(words, today) {
  if (words.length === 1) return isDay(words[0]) ? words[0] : null;
  const [first, second, year, ...others] = words;
  const isMonthFirst = monthNumber(first) !== null;
  const month = monthNumber(isMonthFirst ? first : second);
  const date = /^(\d{1,2})(?:st|nd|rd|th|\.)?$/i.exec(isMonthFirst ? second : first)?.[1];
  if (month === null || date === undefined || others.length > 0) return null;
  const monthAndDate = `${String(month).padStart(2, "0")}-${date.padStart(2, "0")}`;
  if (year !== undefined) return existing(`${year}-${monthAndDate}`);
  return nextYearly(monthAndDate, today);
}

/** @param {string} word */
const monthNumber = (word) => groupOf(word.replace(/\.$/, ""), "phrase.month_names");

/** @param {Day} day */
const existing = (day) => (isDay(day) ? day : null);

/** The next day of this name; a leap day can be eight years away. @param {string} monthAndDate @param {Day} today */
function nextYearly(monthAndDate, today) {
  const year = Number(today.slice(0, 4));
  const years = Array.from({ length: 9 }, (_, i) => String(year + i).padStart(4, "0"));
  const days = years.map((year) => `${year}-${monthAndDate}`);
  return days.find((day) => isDay(day) && day >= today) ?? null;
}

/** @param {string[]} words @returns {Clock | null} */
function parseTime(words) {
  const hasLead = wordsFor("phrase.at").includes(words[0].toLowerCase());
  const text = words.slice(hasLead ? 1 : 0).join(" ").toLowerCase();
  if (wordsFor("phrase.noon").includes(text)) return { time: "12:00", isPlain: true };
  const match = /^(\d{1,2})(?:[:.](\d\d))?(?: ?(\D+))?$/.exec(text);
  if (!match) return null;
  const [, hour, minute, suffix] = match;
  const hasHourWord = suffix !== undefined && wordsFor("phrase.oclock").includes(suffix);
  if (suffix !== undefined && !hasHourWord) return twelveHours(Number(hour), minute ?? "00", suffix);
  if (minute === undefined && !hasLead && !hasHourWord) return null;
  if (text.includes(".") && !hasLead && !hasHourWord) return null;
  // "At 3" is seldom said of the night.
  const isAfternoon = minute === undefined && Number(hour) >= 1 && Number(hour) <= 6;
  const isPlain = !hasHourWord && (!hasLead || minute === undefined);
  return clockOf(Number(hour) + (isAfternoon ? 12 : 0), minute ?? "00", isPlain);
}

/** @param {number} hour @param {string} minute @param {string} suffix @returns {Clock | null} */
function twelveHours(hour, minute, suffix) {
  const half = /^(a|p)\.?m\.?$/.exec(suffix)?.[1];
  if (half === undefined || hour < 1 || hour > 12) return null;
  return clockOf((hour % 12) + (half === "p" ? 12 : 0), minute, false);
}

/** @param {number} hour @param {string} minute @param {boolean} isPlain @returns {Clock | null} */
function clockOf(hour, minute, isPlain) {
  if (hour > 23 || Number(minute) > 59) return null;
  return { time: `${String(hour).padStart(2, "0")}:${minute}`, isPlain };
}
