/** What a date picker offers: days of one tap, the ways of its keys, the due it makes. */

import { nextWeekOf, parsePhrase, weekendOf } from "./date_phrases.js";
import { addDays, addMonths, formatDue, parseDue, weekOf } from "./dates.js";

/**
 * @typedef {import("./dates.js").Day} Day
 * @typedef {import("./dates.js").NewDue} NewDue
 * @typedef {import("./date_phrases.js").Now} Now
 */

/** The days of one tap, by the keys of their names. @param {Day} today */
export const nearDays = (today) =>
  /** @type {const} */ ([
    ["date.today", today],
    ["date.tomorrow", addDays(today, 1)],
    ["date_picker.weekend", weekendOf(today)],
    ["date_picker.next_week", nextWeekOf(today)],
  ]);

/**
 * Where a key leads in a grid of days (the ARIA grid pattern for dates). Null
 * if the key is not the grid's.
 *
 * @param {Day} day
 * @param {{ key: string, shiftKey: boolean }} event
 * @param {number} firstWeekday
 * @returns {Day | null}
 */
export function dayForKey(day, { key, shiftKey }, firstWeekday) {
  const months = shiftKey ? 12 : 1;
  switch (key) {
    case "ArrowLeft":
      return addDays(day, -1);
    case "ArrowRight":
      return addDays(day, 1);
    case "ArrowUp":
      return addDays(day, -7);
    case "ArrowDown":
      return addDays(day, 7);
    case "Home":
      return weekOf(day, firstWeekday);
    case "End":
      return addDays(weekOf(day, firstWeekday), 6);
    case "PageUp":
      return addMonths(day, -months);
    case "PageDown":
      return addMonths(day, months);
    default:
      return null;
  }
}

/** A due taken apart for editing; nothing of it if there is none. @param {string | null} value @returns {Partial<NewDue>} */
export const partsOf = (value) => (value === null ? {} : parseDue(value));

/**
 * The due for a day: the time stays, in its zone.
 *
 * @param {string | null} value @param {Day} day
 */
export function withDay(value, day) {
  const { time = null, zone = null } = partsOf(value);
  return formatDue({ day, time, zone });
}

/**
 * The due for a time; an empty one makes it a whole day. Without a day it is
 * the next time that the clock shows it.
 *
 * @param {string | null} value @param {string} time @param {Now} now
 */
export function withTime(value, time, now) {
  const { day, zone = null } = partsOf(value);
  if (time === "") return day === undefined ? null : formatDue({ day, time: null, zone });
  const next = time > now.time ? now.day : addDays(now.day, 1);
  return formatDue({ day: day ?? next, time, zone });
}

/** The due for a phrase, here; null if it is none. @param {string} text @param {Now} now */
export function dueOf(text, now) {
  const phrase = parsePhrase(text, now);
  return phrase && formatDue({ day: phrase.day, time: phrase.time, zone: null });
}
