/**
 * Descriptions, written in Markdown, as elements of the page. Text is never
 * read as HTML: a parser makes tokens and these become elements one by one, so
 * there is nothing to sanitise. Fetched when it is first needed.
 *
 * | you write                      | is                                      |
 * | ------------------------------ | --------------------------------------- |
 * | Markdown with GitHub's tables… | elements; a line's end is kept          |
 * | `<b>`, `&amp;`                 | the text that it is                     |
 * | a link                         | one, if it leads to http, https, mailto |
 * | an image                       | a link to it: nothing is fetched        |
 * | nesting beyond all use         | the text as it was written              |
 */

import { Lexer } from "../vendor/marked-356ac98730.js";
import { h } from "./ui.js";

/**
 * @typedef {import("../vendor/marked-356ac98730.js").Token} Token
 * @typedef {import("./ui.js").Child} Child
 */

const SCHEMES = ["http:", "https:", "mailto:"];

/** Deeper elements than these say nothing more, and the browser must lay them out. */
const DEEPEST = 40;

/**
 * Renders a description.
 *
 * @param {string} text
 * @returns {Child}
 */
export function markdown(text) {
  try {
    const tokens = new Lexer({ gfm: true, breaks: true }).lex(text);
    return children(tokens, 0);
  } catch (error) {
    // The parser goes a level deeper for each level of the text, until it cannot.
    if (error instanceof RangeError) return h("p", { class: "prose__plain" }, text);
    throw error;
  }
}

/**
 * An address that may be linked, or null: only a whole one, as the browser
 * itself reads it, of a scheme that runs nothing.
 *
 * @param {string} text
 */
export function safeAddress(text) {
  const url = URL.canParse(text) ? new URL(text) : null;
  return url !== null && SCHEMES.includes(url.protocol) ? url.href : null;
}

/** What may scroll sideways can be reached by keyboard, to scroll it. */
const SCROLLS = { tabindex: 0 };

/** @type {Record<string, (token: any, depth: number) => Child>} */
const ELEMENTS = {
  space: () => null,
  def: () => null,
  hr: () => h("hr", null),
  br: () => h("br", null),
  // The page's own headings are above.
  heading: (token, depth) => h(`h${Math.min(token.depth + 2, 6)}`, null, inner(token, depth)),
  paragraph: (token, depth) => h("p", null, inner(token, depth)),
  blockquote: (token, depth) => h("blockquote", null, inner(token, depth)),
  strong: (token, depth) => h("strong", null, inner(token, depth)),
  em: (token, depth) => h("em", null, inner(token, depth)),
  del: (token, depth) => h("del", null, inner(token, depth)),
  code: (token) => h("pre", SCROLLS, h("code", null, token.text)),
  codespan: (token) => h("code", null, token.text),
  checkbox: (token) => (token.checked ? "☑ " : "☐ "),
  escape: (token) => token.text,
  text: (token, depth) => (token.tokens ? inner(token, depth) : token.text),
  html: (token) => (token.block ? h("p", null, token.raw.trimEnd()) : token.raw),
  list,
  table,
  link: (token, depth) => link(token, inner(token, depth)),
  image: (token) => link(token, token.text || token.href),
};

/** @param {Token[]} tokens @param {number} depth @returns {Child[]} */
function children(tokens, depth) {
  return tokens.map((token) => {
    if (depth > DEEPEST || !Object.hasOwn(ELEMENTS, token.type)) return token.raw;
    return ELEMENTS[token.type](token, depth);
  });
}

/** @param {Token} token @param {number} depth */
const inner = (token, depth) => children(token.tokens ?? [], depth + 1);

/** @param {any} token @param {number} depth */
function list(token, depth) {
  const items = token.items.map((/** @type {Token} */ item) => h("li", null, inner(item, depth)));
  return token.ordered ? h("ol", { start: token.start }, items) : h("ul", null, items);
}

/** @param {any} token @param {number} depth */
function table(token, depth) {
  /** @param {any[]} cells @param {string} kind */
  const row = (cells, kind) =>
    h("tr", null, cells.map((cell) => h(kind, { "data-align": cell.align }, inner(cell, depth))));
  const head = h("thead", null, row(token.header, "th"));
  const body = h("tbody", null, token.rows.map((/** @type {any[]} */ cells) => row(cells, "td")));
  return h("div", { class: "prose__table", ...SCROLLS }, h("table", null, head, body));
}

/** @param {{ href: string, title?: string | null, raw: string }} token @param {Child} content */
function link({ href, title, raw }, content) {
  const address = safeAddress(href);
  if (address === null) return raw;
  const away = { target: "_blank", rel: "noopener noreferrer" };
  return h("a", { href: address, title: title ?? undefined, ...away }, content);
}
