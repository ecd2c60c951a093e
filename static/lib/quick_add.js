/**
 * Reads what is typed into the title of a new task: a date, a priority and a
 * list. What was understood is a token with its place in the text, so that it
 * can be shown, and refused: then it is text again.
 *
 * Typed on Wednesday 25 November 2026 at 10:00, with the lists Inbox, Home,
 * Home office and 2026:
 *
 * | you type                           | title                        | due              | p | list         |
 * | ---------------------------------- | ---------------------------- | ---------------- | - | ------------ |
 * | `pay rent tomorrow`                | pay rent                     | 2026-11-26       |   |              |
 * | `pay rent tomorrow 9am p1 #home`   | pay rent                     | 2026-11-26 09:00 | 1 | Home         |
 * | `p2 #home pay rent 2 dec`          | pay rent                     | 2026-12-02       | 2 | Home         |
 * | `pay rent #home by 2 dec`          | pay rent                     | 2026-12-02       |   | Home         |
 * | `tomorrow pay rent`                | pay rent                     | 2026-11-26       |   |              |
 * | `Friday: call Bob`                 | call Bob                     | 2026-11-27       |   |              |
 * | `2026-12-02 14:00 dentist`         | dentist                      | 2026-12-02 14:00 |   |              |
 * | `call Bob, next friday.`           | call Bob                     | 2026-12-04       |   |              |
 * | `trip this weekend`                | trip                         | 2026-11-28       |   |              |
 * | `standup at 9:30`                  | standup                      | 2026-11-26 09:30 |   |              |
 * | `read May report`                  | read May report              |                  |   |              |
 * | `call 2 dec shops`                 | call 2 dec shops             |                  |   |              |
 * | `ask about tomorrow's talk`        | ask about tomorrow's talk    |                  |   |              |
 * | `watch Tomorrow Never Dies`        | watch Tomorrow Never Dies    |                  |   |              |
 * | `call Tom`                         | call Tom                     |                  |   |              |
 * | `tom card`                         | tom card                     |                  |   |              |
 * | `Friday prayers`                   | Friday prayers               |                  |   |              |
 * | `weekend bag`                      | weekend bag                  |                  |   |              |
 * | `slides for friday`                | slides for friday            |                  |   |              |
 * | `move lunch to 2 dec`              | move lunch to 2 dec          |                  |   |              |
 * | `water plants every friday`        | water plants every friday    |                  |   |              |
 * | `get some sun`                     | get some sun                 |                  |   |              |
 * | `plan black friday`                | plan black friday            |                  |   |              |
 * | `tomorrow morning call Bob`        | tomorrow morning call Bob    |                  |   |              |
 * | `read John 3:16`                   | read John 3:16               |                  |   |              |
 * | `9am standup`                      | 9am standup                  |                  |   |              |
 * | `tomorrow`                         | tomorrow                     |                  |   |              |
 * | `#home tomorrow`                   | tomorrow                     |                  |   | Home         |
 * | `fri call Bob tomorrow`            | fri call Bob                 | 2026-11-26       |   |              |
 * | `P1 call Bob`                      | call Bob                     |                  | 1 |              |
 * | `buy P2 masks`                     | buy P2 masks                 |                  |   |              |
 * | `fix p5 and xp1`                   | fix p5 and xp1               |                  |   |              |
 * | `p1 or p2`                         | or p2                        |                  | 1 |              |
 * | `#HOME OFFICE desk`                | desk                         |                  |   | Home office  |
 * | `#home officer`                    | officer                      |                  |   | Home         |
 * | `desk (#home)`                     | desk (#home)                 |                  |   |              |
 * | `desk #garden`                     | desk                         |                  |   | new: garden  |
 * | `desk #Bücher-2`                   | desk                         |                  |   | new: Bücher-2 |
 * | `#2026 taxes`                      | taxes                        |                  |   | 2026         |
 * | `fix #123`                         | fix #123                     |                  |   |              |
 * | `learn C#`                         | learn C#                     |                  |   |              |
 * | `p1`                               |                              |                  | 1 |              |
 *
 * - A priority and a list may be anywhere, each once: the first counts.
 * - A date counts at the end, and at the beginning if it can hardly be a name
 *   or the first half of a compound. Within a sentence a word is a word, and
 *   so is a date that its neighbour makes part of one ("for friday").
 * - A title is never emptied by a date.
 */

import { formatDue } from "./dates.js";
import { parsePhrase, wordsFor } from "./date_phrases.js";

/**
 * @typedef {{ start: number, end: number }} Range of the text, the end not included
 * @typedef {{ id: string, name: string }} List
 * @typedef {{ id: string } | { create: string }} ListChoice one of the lists, or a name for a new one
 *
 * @typedef {import("./date_phrases.js").Now} Now
 *
 * @typedef {Range & { kind: "due", due: string }} DueToken
 * @typedef {Range & { kind: "priority", priority: number }} PriorityToken
 * @typedef {Range & { kind: "list", list: ListChoice }} ListToken
 * @typedef {DueToken | PriorityToken | ListToken} Token
 *
 * @typedef {{
 *   title: string,
 *   due: string | null,
 *   priority: number | null,
 *   list: ListChoice | null,
 *   tokens: Token[],
 * }} QuickAdd `due` as the API takes it; tokens in the order of the text
 *
 * @typedef {Range & { text: string }} Word
 */

/** At most as many words as the longest phrase has. */
const LONGEST_PHRASE = 8;

const NEAR_DAYS = /** @type {const} */ ([
  "phrase.today",
  "phrase.tomorrow",
  "phrase.day_after_tomorrow",
]);

/**
 * Reads a title.
 *
 * @param {string} text
 * @param {Now} now
 * @param {readonly List[]} lists
 * @param {readonly Range[]} [refused] places that are to be text
 * @returns {QuickAdd}
 */
export function parseQuickAdd(text, now, lists, refused = []) {
  /** @type {Token[]} */
  const tokens = [];
  /** @param {readonly Token[]} candidates */
  const take = (candidates) => {
    const taken = [...refused, ...tokens];
    const token = candidates.find((token) => !taken.some((other) => overlap(token, other)));
    if (token) tokens.push(token);
  };
  take(listTokens(text, lists));
  take(priorityTokens(text));
  take(dueTokens(text, now, tokens));
  tokens.sort((a, b) => a.start - b.start);
  return { title: without(text, tokens), tokens, ...valuesOf(tokens) };
}

/**
 * The refused places after the text was edited. One whose words were changed
 * is refused no longer.
 *
 * @param {readonly Range[]} refused
 * @param {string} before
 * @param {string} after
 * @returns {Range[]}
 */
export function moveRanges(refused, before, after) {
  const shorter = Math.min(before.length, after.length);
  let same = 0;
  while (same < shorter && before[same] === after[same]) same += 1;
  let sameAtEnd = 0;
  while (sameAtEnd < shorter - same && before.at(-1 - sameAtEnd) === after.at(-1 - sameAtEnd)) sameAtEnd += 1;
  const shift = after.length - before.length;
  return refused
    .filter(({ start, end }) => end <= same || start >= before.length - sameAtEnd)
    .map(({ start, end }) => (end <= same ? { start, end } : { start: start + shift, end: end + shift }))
    .filter((range) => isWhole(after, range));
}

/** @param {Token[]} tokens */
function valuesOf(tokens) {
  /** @type {{ due: string | null, priority: number | null, list: ListChoice | null }} */
  const values = { due: null, priority: null, list: null };
  for (const token of tokens) {
    if (token.kind === "due") values.due = token.due;
    else if (token.kind === "priority") values.priority = token.priority;
    else values.list = token.list;
  }
  return values;
}

/** @param {string} text @param {readonly List[]} lists @returns {ListToken[]} */
function listTokens(text, lists) {
  const longestFirst = [...lists].sort((a, b) => b.name.length - a.name.length);
  return [...text.matchAll(/(?<!\S)#(?=\S)/g)].flatMap(({ index: start }) => {
    const found = longestFirst.find(({ name }) => isNamed(text, start + 1, name));
    if (found) {
      return { kind: "list", start, end: start + 1 + found.name.length, list: { id: found.id } };
    }
    const name = /^[\p{L}\p{M}\p{N}_-]*\p{L}[\p{L}\p{M}\p{N}_-]*/u.exec(text.slice(start + 1))?.[0];
    return name ? { kind: "list", start, end: start + 1 + name.length, list: { create: name } } : [];
  });
}

/** True if the text has the name there, whole. @param {string} text @param {number} at @param {string} name */
function isNamed(text, at, name) {
  const end = at + name.length;
  const isSame = text.slice(at, end).toLowerCase() === name.toLowerCase();
  return isSame && !/^[\p{L}\p{M}\p{N}_-]/u.test(text.slice(end));
}

/** @param {string} text @returns {PriorityToken[]} */
function priorityTokens(text) {
  // A phone begins with a capital.
  const found = [...text.matchAll(/(?<!\S)p([1-4])(?!\S)|^\s*P([1-4])(?!\S)/g)];
  return found.map(({ 0: { length }, 1: small, 2: capital, index }) => ({
    kind: "priority",
    start: index + length - 2,
    end: index + length,
    priority: Number(small ?? capital),
  }));
}

/**
 * The date at the end of the text, then the one at its beginning.
 *
 * @param {string} text
 * @param {Now} now
 * @param {Range[]} taken
 * @returns {DueToken[]}
 */
function dueTokens(text, now, taken) {
  const runs = runsOf(text, taken);
  const count = runs.flat().length;
  const dates = [dueAtEnd(runs.at(-1) ?? [], count, now), dueAtStart(runs[0] ?? [], count, now)];
  return dates.filter((date) => date !== null);
}

/** The stretches of words that no token interrupts. @param {string} text @param {Range[]} taken */
function runsOf(text, taken) {
  /** @type {Word[][]} */
  const runs = [[]];
  for (const { 0: word, index: start } of text.matchAll(/\S+/g)) {
    const place = { start, end: start + word.length };
    if (taken.some((token) => overlap(place, token))) runs.push([]);
    else runs[runs.length - 1].push({ ...place, text: word });
  }
  return runs.filter((run) => run.length > 0);
}

/**
 * @param {Word[]} words
 * @param {number} count how many words the title has in all
 * @param {Now} now
 * @returns {DueToken | null}
 */
function dueAtEnd(words, count, now) {
  for (let length = Math.min(words.length, LONGEST_PHRASE); length > 0; length -= 1) {
    const phrase = words.slice(-length);
    const due = parsePhrase(textOf(phrase).replace(/[.,!]+$/, ""), now);
    if (!due) continue;
    const isSentence = isOneOf(words.at(-length - 1), "phrase.not_after");
    return length === count || isSentence ? null : tokenOf(phrase, due);
  }
  return null;
}

/**
 * @param {Word[]} words
 * @param {number} count how many words the title has in all
 * @param {Now} now
 * @returns {DueToken | null}
 */
function dueAtStart(words, count, now) {
  for (let length = Math.min(words.length, LONGEST_PHRASE); length > 0; length -= 1) {
    const phrase = words.slice(0, length);
    const due = parsePhrase(textOf(phrase).replace(/[,:]$/, ""), now);
    if (!due) continue;
    const isSentence = isOneOf(words[length], "phrase.not_before");
    const isClear = due.hasDay && isClearly(textOf(phrase));
    return length === count || isSentence || !isClear ? null : tokenOf(phrase, due);
  }
  return null;
}

/**
 * True for a phrase that can hardly be a name or half of a compound: it is set
 * off, or has a number or several words, or is a near day in full.
 *
 * @param {string} phrase
 */
function isClearly(phrase) {
  if (/[\s\d]|[,:]$/.test(phrase)) return true;
  return phrase.length > 3 && NEAR_DAYS.some((key) => wordsFor(key).includes(phrase.toLowerCase()));
}

/** @param {Word[]} words */
const textOf = (words) => words.map(({ text }) => text).join(" ");

/** @param {Word | undefined} word @param {import("./i18n.js").Key} key */
const isOneOf = (word, key) => word !== undefined && wordsFor(key).includes(word.text.toLowerCase());

/** @param {Word[]} words @param {import("./dates.js").Wall} wall @returns {DueToken} */
function tokenOf(words, { day, time }) {
  const due = formatDue({ day, time, zone: null });
  return { kind: "due", start: words[0].start, end: words[words.length - 1].end, due };
}

/** The text with the tokens cut out, and the comma that one of them hung on. @param {string} text @param {Range[]} tokens */
function without(text, tokens) {
  let title = text;
  for (const { start, end } of tokens.toReversed()) {
    const after = title.slice(end).trimStart();
    const before = title.slice(0, start).trimEnd();
    if (after === "") title = before.replace(/,$/, "");
    else title = before === "" ? after : `${before} ${after}`;
  }
  return title.trim();
}

/** @param {Range} one @param {Range} other */
const overlap = (one, other) => one.start < other.end && other.start < one.end;

/** True if the place begins and ends where words do. @param {string} text @param {Range} range */
const isWhole = (text, { start, end }) =>
  !/\S/.test(text[start - 1] ?? "") && !/\S/.test(text[end] ?? "");
