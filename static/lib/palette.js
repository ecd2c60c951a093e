/**
 * What the palette shows for what is typed in it.
 *
 * | you type | you see                                                  |
 * | -------- | -------------------------------------------------------- |
 * |          | what was used last, then every command                   |
 * | `milk`   | whatever matches, best kind first, a few of each         |
 * | `>dark`  | commands only                                            |
 * | `#home`  | lists only                                               |
 */
import { rank } from "./fuzzy.js";

/**
 * @typedef {"command" | "list" | "setting" | "task"} Kind
 *
 * @typedef {{
 *   id: string,
 *   kind: Kind,
 *   text: string,
 *   icon?: import("./ui.js").IconName,
 *   hint?: string,
 *   keys?: string,
 *   run: () => void,
 *   steps?: () => Entry[],
 * }} Entry `steps`: what there is to choose next, in the place of running it
 *
 * @typedef {{ entry: Entry, ranges: import("./fuzzy.js").Range[] }} Hit
 * @typedef {{ kind: Kind | "recent", hits: Hit[] }} Section
 */

/** @type {Record<string, Kind>} */
const PREFIXES = { ">": "command", "#": "list" };
/** @type {Kind[]} */
const KINDS = ["command", "list", "setting", "task"];

/** How many of a kind beside others, how many alone, and how many used last. */
const FEW = 6;
const MANY = 50;
const RECENT = 5;

/**
 * @param {string} typed
 * @param {readonly Entry[]} entries
 * @param {readonly string[]} [recent] their ids, latest first
 * @returns {Section[]}
 */
export function find(typed, entries, recent = []) {
  const only = PREFIXES[typed.trimStart()[0]];
  const query = (only === undefined ? typed : typed.trimStart().slice(1)).trim();
  if (query === "" && only === undefined) return untyped(entries, recent);
  const most = only === undefined ? FEW : MANY;
  return KINDS.filter((kind) => only === undefined || kind === only)
    .map((kind) => ranked(kind, query, entries))
    .filter(({ hits }) => hits.length > 0)
    .sort((a, b) => b.score - a.score)
    .map(({ kind, hits }) => ({ kind, hits: hits.slice(0, most) }));
}

/** @param {Kind} kind @param {string} query @param {readonly Entry[]} entries */
function ranked(kind, query, entries) {
  const likely = likeliest(query, entries.filter((entry) => entry.kind === kind));
  const found = rank(query, likely, (entry) => entry.text);
  const hits = found.map(({ item, ranges }) => ({ entry: item, ranges }));
  return { kind, hits, score: found[0]?.score ?? 0 };
}

/**
 * Those worth weighing letter by letter. Of thousands, a word that begins as
 * typed is better than any other match, so a page of such words will do.
 *
 * @param {string} query
 * @param {readonly Entry[]} entries
 */
function likeliest(query, entries) {
  if (entries.length <= 10 * MANY || query === "") return entries;
  const start = ` ${query.toLowerCase()}`;
  const words = entries.filter((entry) => ` ${entry.text.toLowerCase()}`.includes(start));
  return words.length < MANY ? entries : words.slice(0, 4 * MANY);
}

/** @param {readonly Entry[]} entries @param {readonly string[]} recent @returns {Section[]} */
function untyped(entries, recent) {
  const last = recent.flatMap((id) => entries.find((entry) => entry.id === id) ?? []).slice(0, RECENT);
  const rest = entries.filter((entry) => entry.kind === "command" && !last.includes(entry));
  const plain = (/** @type {Entry[]} */ some) => some.map((entry) => ({ entry, ranges: [] }));
  /** @type {Section[]} */
  const sections = [
    { kind: "recent", hits: plain(last) },
    { kind: "command", hits: plain(rest) },
  ];
  return sections.filter(({ hits }) => hits.length > 0);
}

/** The ids used last with this one before them. @param {readonly string[]} recent @param {string} id */
export function used(recent, id) {
  return [id, ...recent.filter((one) => one !== id)].slice(0, 2 * RECENT);
}

/**
 * A text in parts, those that were matched marked.
 *
 * @param {string} text
 * @param {import("./fuzzy.js").Range[]} ranges
 */
export function marked(text, ranges) {
  const parts = [];
  let at = 0;
  for (const { start, end } of ranges) {
    parts.push({ text: text.slice(at, start), isMatch: false }, { text: text.slice(start, end), isMatch: true });
    at = end;
  }
  parts.push({ text: text.slice(at), isMatch: false });
  return parts.filter((part) => part.text !== "");
}
