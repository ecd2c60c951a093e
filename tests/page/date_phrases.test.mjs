import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { nextWeekOf, parsePhrase, weekendOf } from "../../static/lib/date_phrases.js";
import { LANGUAGES, t, useLanguage } from "../../static/lib/i18n.js";
import { tableOf } from "./table.mjs";

const NOW = { day: "2026-11-25", time: "10:00" };

afterEach(() => useLanguage("en", []));

const read = (text, now = NOW) => {
  const due = parsePhrase(text, now);
  return due === null ? "" : [due.day, due.time].filter(Boolean).join(" ");
};

test("phrases mean what the table says", () => {
  const table = tableOf("date_phrases.js");
  assert(table.length > 40);
  for (const [text, due] of table) assert.equal(read(text), due, text);
});

test("German has its own words", async () => {
  await useLanguage("de", []);
  const cases = {
    heute: "2026-11-25",
    "morgen 9 Uhr": "2026-11-26 09:00",
    übermorgen: "2026-11-27",
    "am Freitag um 14:30": "2026-11-27 14:30",
    "nächsten Freitag": "2026-12-04",
    "in 3 Tagen": "2026-11-28",
    "in einer Woche": "2026-12-02",
    "2. Dez": "2026-12-02",
    "2. Dezember 2027": "2027-12-02",
    "am Wochenende": "2026-11-28",
    "bis nächste Woche": "2026-11-30",
    so: "",
    tomorrow: "",
  };
  for (const [text, due] of Object.entries(cases)) assert.equal(read(text), due, text);
});

for (const language of Object.keys(LANGUAGES)) {
  test(`${language} names seven days and twelve months, each by words of its own`, async () => {
    await useLanguage(language, []);
    for (const [key, count] of [["phrase.weekdays", 7], ["phrase.month_names", 12]]) {
      const groups = t(key).split(", ");
      const words = groups.flatMap((group) => group.split("|"));
      assert.equal(groups.length, count);
      assert.equal(new Set(words).size, words.length);
      assert(words.every((word) => word === word.trim().toLowerCase() && word !== ""), key);
    }
  });
}

test("a weekend that has begun goes on", () => {
  assert.deepEqual(["2026-11-27", "2026-11-28", "2026-11-29"].map(weekendOf), [
    "2026-11-28",
    "2026-11-28",
    "2026-11-29",
  ]);
});

test("next week begins on the Monday after this week's Sunday", () => {
  assert.equal(nextWeekOf("2026-11-23"), "2026-11-30");
  assert.equal(nextWeekOf("2026-11-29"), "2026-11-30");
  assert.equal(read("next friday", { day: "2026-11-29", time: "10:00" }), "2026-12-04");
});

test("a weekday is never today", () => {
  for (const [day, due] of [["2026-11-26", "2026-11-27"], ["2026-11-27", "2026-12-04"]]) {
    assert.equal(read("fri", { day, time: "10:00" }), due);
  }
});

test("a date at the end of the calendar is none rather than another", () => {
  assert.equal(read("1 jan", { day: "9999-12-31", time: "10:00" }), "");
});
