/** Intl's formatters, kept: making one is slow, and a list asks for each of its rows. */

/** @type {Map<string, Intl.DateTimeFormat>} */
const made = new Map();

/** @param {string} locale @param {Intl.DateTimeFormatOptions} options */
export function dateFormat(locale, options) {
  const key = `${locale} ${JSON.stringify(options)}`;
  const format = made.get(key) ?? new Intl.DateTimeFormat(locale, options);
  made.set(key, format);
  return format;
}
