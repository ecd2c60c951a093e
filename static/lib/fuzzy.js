/**
 * Finds what somebody means by a few letters, for the command palette: letters
 * in the right order, best at the beginnings of words or in a row.
 *
 * | you type  | first               | then            | never    |
 * | --------- | ------------------- | --------------- | -------- |
 * | `qa`      | [Q]uick [a]dd       |                 | Aqua     |
 * | `add`     | [Add] task          | [Ad]vance[d]    | Aldo     |
 * | `theme`   | Change [theme]      | [The] [m]on[e]y | Thesis   |
 * | `mv home` | [M]o[v]e to [Home]  |                 | Homework |
 * | `cafe`    | [Café] visits       | [Ca]re[f]r[e]e  | Face     |
 * | `rent`    | Pay [rent]          | Pa[rent]        | Ten      |
 * | `ss`      | [S]earch [S]ettings |                 | Set      |
 */

/**
 * @typedef {{ start: number, end: number }} Range of the text, the end not included
 * @typedef {{ score: number, ranges: Range[] }} Match
 * @typedef {{ score: number, place: number, before: Way | undefined }} Way to a letter's place
 */

const TEXT_START = 14;
const WORD_START = 10;
const IN_A_ROW = 6;
const LOOSE = -4;

/**
 * Matches letters with a text. Null if they do not occur in this order, or
 * only here and there. No letters match every text.
 *
 * @param {string} query
 * @param {string} text
 * @returns {Match | null}
 */
export function match(query, text) {
  const wanted = fold(query.replace(/\s+/g, ""));
  if (wanted.length === 0) return { score: 0, ranges: [] };
  const letters = fold(text);
  if (!isIn(wanted, letters)) return null;
  const way = bestWay(wanted, letters, text);
  return way && way.score > 0 ? { score: way.score, ranges: rangesOf(way) } : null;
}

/**
 * The items that match, best first; of those that match alike the shorter
 * text, else they keep their order.
 *
 * @template T
 * @param {string} query
 * @param {readonly T[]} items
 * @param {(item: T) => string} textOf
 * @returns {(Match & { item: T })[]}
 */
export function rank(query, items, textOf) {
  const found = items.flatMap((item) => {
    const matched = match(query, textOf(item));
    return matched === null ? [] : [{ ...matched, item }];
  });
  if (query.trim() === "") return found;
  return found.sort((a, b) => b.score - a.score || textOf(a.item).length - textOf(b.item).length);
}

/** The letters without case and accents, each in its place in the text. @param {string} text */
function fold(text) {
  if (/^[\x00-\x7f]*$/.test(text)) return text.toLowerCase();
  const places = Array.from({ length: text.length }, (_, place) => text[place]);
  return places.map((letter) => letter.normalize("NFD")[0].toLowerCase()[0]).join("");
}

/** True if the letters occur in this order. @param {string} wanted @param {string} letters */
function isIn(wanted, letters) {
  let place = -1;
  for (const letter of wanted) {
    place = letters.indexOf(letter, place + 1);
    if (place === -1) return false;
  }
  return true;
}

/**
 * The best way through the wanted letters: for each letter and place the best
 * of the ways that lead there.
 *
 * @param {string} wanted
 * @param {string} letters
 * @param {string} text
 */
function bestWay(wanted, letters, text) {
  /** @type {Way[]} by place, in the order of the text */
  let ways = [];
  for (const [order, letter] of wanted.split("").entries()) {
    const before = ways;
    ways = [];
    let next = 0;
    /** @type {Way | undefined} the best that ends before the place, and not right before it */
    let passed;
    for (let place = letters.indexOf(letter); place !== -1; place = letters.indexOf(letter, place + 1)) {
      while (before[next]?.place < place - 1) passed = better(passed, before[next++]);
      const start = startScore(text, place);
      const last = before[next]?.place === place - 1 ? before[next] : undefined;
      const step = last && wayTo(place, last, Math.max(start, IN_A_ROW));
      const jump = order === 0 || passed ? wayTo(place, passed, start || LOOSE) : undefined;
      const way = better(jump, step);
      if (way) ways.push(way);
    }
  }
  return ways.reduce(better, /** @type {Way | undefined} */ (undefined));
}

/** What a place is worth as a beginning: of the text, of a word, of none. @param {string} text @param {number} place */
function startScore(text, place) {
  if (place === 0) return TEXT_START;
  const [before, here] = [text[place - 1], text[place]];
  const isStart = isLetter(here) && (!isLetter(before) || (isSmall(before) && !isSmall(here)));
  return isStart ? WORD_START : 0;
}

/** @param {string} character */
const isLetter = (character) => /[\p{L}\p{N}]/u.test(character);

/** @param {string} character */
const isSmall = (character) => /\p{Ll}/u.test(character);

/** @param {number} place @param {Way | undefined} before @param {number} score @returns {Way} */
const wayTo = (place, before, score) => ({ place, before, score: (before?.score ?? 0) + score });

/** @param {Way | undefined} one @param {Way | undefined} other */
const better = (one, other) => (!one || (other && other.score > one.score) ? other : one);

/** The places of a way, those in a row as one. @param {Way} way */
function rangesOf(way) {
  /** @type {Range[]} */
  const ranges = [];
  for (let at = /** @type {Way | undefined} */ (way); at; at = at.before) {
    if (ranges[0]?.start === at.place + 1) ranges[0].start = at.place;
    else ranges.unshift({ start: at.place, end: at.place + 1 });
  }
  return ranges;
}
