/**
 * The device that a User-Agent header stands for, as its person knows it:
 *
 * | header has                       | browser | system  |
 * | -------------------------------- | ------- | ------- |
 * | `Windows NT … Chrome/… Edg/…`    | Edge    | Windows |
 * | `Android … Chrome/…`             | Chrome  | Android |
 * | `Macintosh … Version/… Safari/…` | Safari  | macOS   |
 * | `X11; Linux … Firefox/…`         | Firefox | Linux   |
 * | `curl/8.5.0`                     | curl    |         |
 *
 * Browsers claim to be one another, so the first that fits counts.
 */

const BROWSERS = /** @type {const} */ ([
  ["Edge", /\bEdg(?:e|A|iOS)?\//],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser\//],
  ["Vivaldi", /\bVivaldi\//],
  ["Firefox", /\b(?:Firefox|FxiOS)\//],
  ["Chrome", /\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ["Safari", /\bVersion\/.*\bSafari\//],
]);

const SYSTEMS = /** @type {const} */ ([
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Windows", /\bWindows\b/],
  ["macOS", /\bMacintosh\b/],
  ["Linux", /\bLinux\b/],
]);

/**
 * Empty where it does not say. A program goes by the first word of its own.
 *
 * @param {string} header
 * @returns {{ browser: string, system: string }}
 */
export function deviceOf(header) {
  const program = /^[\w.-]+(?=\/|$)/.exec(header)?.[0] ?? "";
  const browser = named(BROWSERS, header) || (program === "Mozilla" ? "" : program);
  return { browser, system: named(SYSTEMS, header) };
}

/** @param {readonly (readonly [string, RegExp])[]} table @param {string} header */
const named = (table, header) => table.find(([, pattern]) => pattern.test(header))?.[0] ?? "";
