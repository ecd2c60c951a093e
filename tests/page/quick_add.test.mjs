import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { useLanguage } from "../../static/lib/i18n.js";
import { moveRanges, parseQuickAdd } from "../../static/lib/quick_add.js";
import { tableOf } from "./table.mjs";

const NOW = { day: "2026-11-25", time: "10:00" };
const LISTS = ["Inbox", "Home", "Home office", "2026"].map((name, i) => ({ id: `list-${i}`, name }));

afterEach(() => useLanguage("en", []));

const read = (text, refused = []) => parseQuickAdd(text, NOW, LISTS, refused);
const nameOf = (list) =>
  "create" in list ? `new: ${list.create}` : LISTS.find(({ id }) => id === list.id).name;

/** What is read, in the words of the table. */
function cells(text, refused) {
  const { title, due, priority, list } = read(text, refused);
  const when = (due ?? "").replace("T", " ").replace(/:00$/, "");
  return [title, when, String(priority ?? ""), list ? nameOf(list) : ""];
}

test("titles are read as the table says", () => {
  const table = tableOf("quick_add.js");
  assert(table.length > 35);
  for (const [text, ...expected] of table) assert.deepEqual(cells(text), expected, text);
});

test("each token has its place in the text", () => {
  const text = "  pay rent tomorrow 9am p1 #home office";
  const places = read(text).tokens.map(({ kind, start, end }) => [kind, text.slice(start, end)]);
  assert.deepEqual(places, [["due", "tomorrow 9am"], ["priority", "p1"], ["list", "#home office"]]);
});

test("what is refused is text, and what it hid is found", () => {
  const text = "pay rent tomorrow p1 p2 #home";
  /** The text with each of the tokens refused in turn, as often as there is one. */
  const refuse = (kind, refused = []) => {
    const token = read(text, refused).tokens.find((token) => token.kind === kind);
    return token ? [...refused, token] : refused;
  };
  assert.deepEqual(cells(text, refuse("due")), ["pay rent tomorrow p2", "", "1", "Home"]);
  assert.deepEqual(cells(text, refuse("priority")), ["pay rent tomorrow p1", "", "2", "Home"]);
  assert.deepEqual(cells(text, refuse("list")), ["pay rent tomorrow p2 #home", "", "1", ""]);
  const none = refuse("list", refuse("priority", refuse("priority", refuse("due"))));
  assert.deepEqual(cells(text, none), [text, "", "", ""]);
  assert.deepEqual(read(text, none).tokens, []);
});

test("of two dates the one at the end counts, and the other once that is refused", () => {
  const text = "tomorrow call Bob friday";
  const [friday] = read(text).tokens;
  assert.deepEqual(cells(text), ["tomorrow call Bob", "2026-11-27", "", ""]);
  assert.deepEqual(cells(text, [friday]), ["call Bob friday", "2026-11-26", "", ""]);
});

test("a list's name keeps what would be a priority elsewhere", () => {
  const lists = [{ id: "x", name: "team p1" }];
  const { title, priority, list } = parseQuickAdd("call #team p1", NOW, lists);
  assert.deepEqual([title, priority, list], ["call", null, { id: "x" }]);
});

test("a refused place moves with its words and is forgotten with them", () => {
  const refused = [{ start: 5, end: 8 }];
  const moved = (after) => moveRanges(refused, "call fri now", after).map(({ start, end }) => after.slice(start, end));
  assert.deepEqual(moved("call fri now!"), ["fri"]);
  assert.deepEqual(moved("please call fri now"), ["fri"]);
  assert.deepEqual(moved("call fri"), ["fri"]);
  assert.deepEqual(moved("call friday now"), []);
  assert.deepEqual(moved("call xfri now"), []);
  assert.deepEqual(moved("call sat now"), []);
  assert.deepEqual(moved(""), []);
});

test("a text without tokens keeps its inner spaces", () => {
  assert.equal(read(" a  b ").title, "a  b");
});

test("German titles are read with German words", async () => {
  await useLanguage("de", []);
  assert.deepEqual(cells("Miete zahlen morgen 9 Uhr p1 #home"), ["Miete zahlen", "2026-11-26 09:00", "1", "Home"]);
  assert.deepEqual(cells("Arzt am 2. Dez um 14:00"), ["Arzt", "2026-12-02 14:00", "", ""]);
  assert.deepEqual(cells("Folien für Freitag"), ["Folien für Freitag", "", "", ""]);
  assert.deepEqual(cells("mach das so"), ["mach das so", "", "", ""]);
  assert.deepEqual(cells("guten morgen"), ["guten morgen", "", "", ""]);
});

test("no text makes it fail, and nothing that is typed is lost", () => {
  const parts = ["tomorrow", "p1", "#home", "#", "2 dec", "fri", "at", "9am", ",", "𝒳", "İ", "2026-12-02", "next", "call", "\t", ":"];
  let state = 7;
  for (let i = 0; i < 5000; i += 1) {
    const words = Array.from({ length: i % 9 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return parts[(state >>> 8) % parts.length];
    });
    const text = words.join(i % 2 ? " " : "  ");
    const { title, tokens } = read(text);
    const kept = `${title} ${tokens.map(({ start, end }) => text.slice(start, end)).join(" ")}`;
    const letters = (text) => [...text.replace(/[\s,]/g, "")].sort().join("");
    assert.equal(letters(kept), letters(text), text);
    assert(tokens.every((token, i) => i === 0 || tokens[i - 1].end <= token.start), text);
  }
});
