/** What somebody chose for this device in the settings alone. */
import { LANGUAGE_SETTING, useLanguage } from "../lib/i18n.js";
import { computed, signal } from "../lib/ui.js";

/** @typedef {"comfortable" | "compact"} Density */

// early.js reads it before the first paint.
const DENSITY = "docket.density";

const chosenDensity = signal(/** @type {Density} */ (localStorage.getItem(DENSITY) ?? "comfortable"));

export const density = computed(() => chosenDensity.value);

/** @param {Density} next */
export function setDensity(next) {
  chosenDensity.value = next;
  keep(DENSITY, next === "compact" ? next : null);
  if (next === "compact") document.documentElement.dataset.density = next;
  else delete document.documentElement.dataset.density;
}

/** The language that was chosen, or null for the browser's. */
export const chosenLanguage = () => localStorage.getItem(LANGUAGE_SETTING);

/** Begins the page anew in another language, once its words are here. @param {string | null} next */
export async function setLanguage(next) {
  await useLanguage(next, navigator.languages);
  keep(LANGUAGE_SETTING, next);
  location.reload();
}

/** @param {string} key @param {string | null} value null is the usual, which need not be kept */
function keep(key, value) {
  if (value === null) localStorage.removeItem(key);
  else localStorage.setItem(key, value);
}
