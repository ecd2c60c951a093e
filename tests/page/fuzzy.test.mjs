import assert from "node:assert/strict";
import { test } from "node:test";

import { match, rank } from "../../static/lib/fuzzy.js";
import { tableOf } from "./table.mjs";

const plain = (text) => text.replace(/[[\]]/g, "");

/** The text with its matched letters in brackets. */
function marked(text, ranges) {
  const cut = ranges.map(({ start, end }, i) => {
    const from = i === 0 ? 0 : ranges[i - 1].end;
    return `${text.slice(from, start)}[${text.slice(start, end)}]`;
  });
  return cut.join("") + text.slice(ranges.at(-1)?.end ?? 0);
}

test("texts are found, marked and ranked as the table says", () => {
  const table = tableOf("fuzzy.js");
  assert(table.length > 5);
  for (const [query, first, then, never] of table) {
    const texts = [never, then, first].filter(Boolean).map(plain);
    const found = rank(query, texts, (text) => text).map(({ item, ranges }) => marked(item, ranges));
    assert.deepEqual(found, [first, then].filter(Boolean), query);
  }
});

test("the better of two places for a letter is taken", () => {
  assert.deepEqual(match("sb", "absb side bar").ranges, [{ start: 5, end: 6 }, { start: 10, end: 11 }]);
});

test("of two that match alike the shorter is first, else the order stays", () => {
  const order = (query, texts) => rank(query, texts, (text) => text).map(({ item }) => item);
  assert.deepEqual(order("home", ["Home office", "Home"]), ["Home", "Home office"]);
  assert.deepEqual(order("a", ["ab", "ac"]), ["ab", "ac"]);
});

test("nothing typed finds everything in its order", () => {
  assert.deepEqual(rank(" ", ["long text", "b"], (text) => text), [
    { item: "long text", score: 0, ranges: [] },
    { item: "b", score: 0, ranges: [] },
  ]);
});

test("letters of any kind keep their places in the text", () => {
  for (const [query, text] of [["straße", "Lange Straße"], ["ie", "İstanbul express"], ["𝒳", "a 𝒳"], ["ö", "Öl"]]) {
    const { ranges } = match(query, text);
    assert.equal(marked(text, ranges).replace(/[[\]]/g, ""), text);
    assert(ranges.every(({ start, end }) => start < end && end <= text.length));
  }
});
