import assert from "node:assert/strict";
import { test } from "node:test";

import { dayForKey, dueOf, nearDays, withDay, withTime } from "../../static/lib/date_choices.js";

const NOW = { day: "2026-11-25", time: "10:00" };
const ZONED = "2026-12-02T14:00:00+01:00[Europe/Berlin]";

test("the days of one tap are those of this week and the next", () => {
  const days = nearDays("2026-11-25").map(([, day]) => day);
  assert.deepEqual(days, ["2026-11-25", "2026-11-26", "2026-11-28", "2026-11-30"]);
});

test("each key of the grid leads where the pattern for date grids says", () => {
  const cases = [
    ["ArrowLeft", "2026-11-24"],
    ["ArrowRight", "2026-11-26"],
    ["ArrowUp", "2026-11-18"],
    ["ArrowDown", "2026-12-02"],
    ["Home", "2026-11-23"],
    ["End", "2026-11-29"],
    ["PageUp", "2026-10-25"],
    ["PageDown", "2026-12-25"],
    ["Enter", null],
    ["a", null],
  ];
  for (const [key, day] of cases) {
    assert.equal(dayForKey("2026-11-25", { key, shiftKey: false }, 1), day, key);
  }
  assert.equal(dayForKey("2028-02-29", { key: "PageDown", shiftKey: true }, 1), "2029-02-28");
  assert.equal(dayForKey("2026-11-25", { key: "Home", shiftKey: false }, 7), "2026-11-22");
});

test("another day keeps the time and its zone", () => {
  assert.equal(withDay(null, "2026-12-05"), "2026-12-05");
  assert.equal(withDay("2026-12-02", "2026-12-05"), "2026-12-05");
  assert.equal(withDay("2026-12-02T14:00:00", "2026-12-05"), "2026-12-05T14:00:00");
  assert.equal(withDay(ZONED, "2026-12-05"), "2026-12-05T14:00:00[Europe/Berlin]");
});

test("another time keeps the day and its zone, and an empty one leaves the day", () => {
  assert.equal(withTime("2026-12-02", "09:30", NOW), "2026-12-02T09:30:00");
  assert.equal(withTime(ZONED, "09:30", NOW), "2026-12-02T09:30:00[Europe/Berlin]");
  assert.equal(withTime(ZONED, "", NOW), "2026-12-02");
  assert.equal(withTime(null, "", NOW), null);
});

test("a time without a day is the next of that time", () => {
  assert.equal(withTime(null, "10:30", NOW), "2026-11-25T10:30:00");
  assert.equal(withTime(null, "09:30", NOW), "2026-11-26T09:30:00");
});

test("a phrase becomes a due", () => {
  assert.equal(dueOf("fri 9am", NOW), "2026-11-27T09:00:00");
  assert.equal(dueOf("tomorrow", NOW), "2026-11-26");
  assert.equal(dueOf("call Bob", NOW), null);
  assert.equal(dueOf("", NOW), null);
});
