/** Moments of the past in words, as this person reads dates. */
import { dateFormat, dayWords, wallNow } from "../lib/dates.js";
import { dateSettings, today, zone } from "./device.js";

/** Day and time: 20 Nov 2026, 14:05. @param {Date} moment */
export function dateTimeWords(moment) {
  const { locale, hour12 } = dateSettings.value;
  const cycle = hour12 === null ? {} : /** @type {const} */ ({ hourCycle: hour12 ? "h12" : "h23" });
  return dateFormat(locale, { dateStyle: "medium", timeStyle: "short", ...cycle }).format(moment);
}

/** The day: Today, Yesterday, 20 Nov. @param {Date} moment */
export const dayOfTime = (moment) => dayWords(wallNow(moment, zone).day, today.value, dateSettings.value.locale);
