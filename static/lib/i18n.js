//# allFunctionsCalledOnLoad
/**
 * The page's words, from the table of the language in use. English is always
 * there; another table is fetched when it is chosen.
 */

import english from "../strings/en.js";

/**
 * @typedef {string | Partial<Record<Intl.LDMLPluralRule, string>>} Text one text, or a form
 *   for each plural
 * @typedef {keyof typeof english} Key
 * @typedef {Record<Key, Text>} Table
 */

/** The languages there are, by their own names. */
export const LANGUAGES = { en: "English", de: "Deutsch" };

/** @typedef {keyof typeof LANGUAGES} Language */

/** Where the person's choice is kept on this device. Absent means the browser's. */
export const LANGUAGE_SETTING = "docket.language";

/** @type {Record<Language, () => Promise<{ default: Table }>>} */
const TABLES = {
  en: async () => ({ default: english }),
  de: () => import("../strings/de.js"),
};

/** @type {{ table: Table, language: Language, locale: string, plurals?: Intl.PluralRules }} */
let current = { table: english, language: "en", locale: "en" };

/** The language in use, as `<html lang>` wants it. */
export const language = () => current.language;

/** The language with its region if the browser names one (`en-GB`): for Intl. */
export const locale = () => current.locale;

/**
 * Picks the language: the chosen one, else the first of the preferred that
 * there is, else English.
 *
 * @param {string | null} chosen
 * @param {readonly string[]} preferred locales, best first
 * @returns {{ language: Language, locale: string }}
 */
export function pickLanguage(chosen, preferred) {
  const known = preferred.filter((locale) => isLanguage(languageOf(locale)));
  const wanted = chosen !== null && isLanguage(chosen) ? chosen : languageOf(known[0] ?? "en");
  const language = isLanguage(wanted) ? wanted : "en";
  return { language, locale: known.find((locale) => languageOf(locale) === language) ?? language };
}

/**
 * Fetches the table of a language and uses it from then on. Fails if it cannot
 * be fetched, and the one in use stays.
 *
 * @param {string | null} chosen
 * @param {readonly string[]} preferred locales, best first
 */
export async function useLanguage(chosen, preferred) {
  const picked = pickLanguage(chosen, preferred);
  const { default: table } = await TABLES[picked.language]();
  current = { table, ...picked };
}

/**
 * The text for a key, with its placeholders filled. Numbers are written as
 * the language writes them; `count` also chooses the plural.
 *
 * @param {Key} key
 * @param {Record<string, string | number>} [params]
 * @returns {string}
 */
export function t(key, params = {}) {
  const text = current.table[key];
  const form = typeof text === "string" ? text : pluralOf(text, Number(params.count));
  return form.replace(/\{(\w+)\}/g, (placeholder, name) => {
    const value = params[name];
    if (value === undefined) return placeholder;
    return typeof value === "number" ? numberWords(value) : value;
  });
}

/** A number as the language writes it. Those of up to three digits are alike in all there are, and Intl is slow. @param {number} value */
function numberWords(value) {
  const isShort = Number.isInteger(value) && value >= 0 && value < 1000;
  return isShort ? String(value) : value.toLocaleString(current.locale);
}

/** @param {Exclude<Text, string>} forms @param {number} count @returns {string} */
function pluralOf(forms, count) {
  current.plurals ??= new Intl.PluralRules(current.locale);
  const form = current.plurals.select(count);
  return forms[form] ?? forms.other ?? "";
}

/** @param {string} text @returns {text is Language} */
function isLanguage(text) {
  return Object.hasOwn(LANGUAGES, text);
}

/** @param {string} locale */
function languageOf(locale) {
  return locale.toLowerCase().split("-")[0];
}
