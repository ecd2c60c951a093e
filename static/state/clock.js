/** What time it is, to the minute, and how this person reads dates. */
import { computed, signal } from "../lib/ui.js";
import { deviceZone, today as dayIn, wallNow } from "../lib/dates.js";
import { locale } from "../lib/i18n.js";

/** @typedef {import("../lib/date_words.js").DateSettings} DateSettings */

const HOURS = "docket.hours";
const WEEKDAY = "docket.weekday";

const minute = signal(new Date());

export const now = computed(() => minute.value);
export const zone = deviceZone();
export const today = computed(() => dayIn(minute.value, zone));

/** Now as typed dates are read against. */
export const wall = () => wallNow(new Date(), zone);

const chosen = signal(read());

/** How dates are written; null means as the locale does. */
export const dateSettings = computed(() => ({ locale: locale(), zone, ...chosen.value }));

/** @returns {{ hour12: boolean | null, firstWeekday: number | null }} */
function read() {
  const hours = localStorage.getItem(HOURS);
  const weekday = Number(localStorage.getItem(WEEKDAY));
  return { hour12: hours === null ? null : hours === "12", firstWeekday: weekday || null };
}

/** @param {"12" | "24" | null} hours @param {number | null} firstWeekday */
export function chooseDates(hours, firstWeekday) {
  for (const [key, value] of /** @type {const} */ ([[HOURS, hours], [WEEKDAY, firstWeekday]])) {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, String(value));
  }
  chosen.value = read();
}

setInterval(() => {
  minute.value = new Date();
}, 30_000);
document.addEventListener("visibilitychange", () => {
  minute.value = new Date();
});
