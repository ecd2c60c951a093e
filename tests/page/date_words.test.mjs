import assert from "node:assert/strict";
import { afterEach, test } from "node:test";

import { addDays, dayWords, dueWords, longDay, monthWords, timeWords, weekdayWords } from "../../static/lib/dates.js";
import { useLanguage } from "../../static/lib/i18n.js";

const BRITISH = { locale: "en-GB", zone: "Europe/London", hour12: null, firstWeekday: null };
// A Wednesday.
const NOW = new Date("2026-11-25T10:00:00Z");

// What ICU writes differs a little from one version to the next.
const plain = (text) => text.replaceAll(",", "").replaceAll("\u202f", " ");

afterEach(() => useLanguage("en", []));

test("a near day has a name, a far one its date, and its year if it is another", () => {
  const cases = {
    "2026-11-25": "Today",
    "2026-11-26": "Tomorrow",
    "2026-11-24": "Yesterday",
    "2026-11-27": "Fri",
    "2026-12-01": "Tue",
    "2026-12-02": "2 Dec",
    "2026-11-23": "23 Nov",
    "2027-01-05": "5 Jan 2027",
  };
  for (const [day, words] of Object.entries(cases)) {
    assert.equal(dayWords(day, "2026-11-25", "en-GB"), words, day);
  }
});

test("a due has words for the row, for a tooltip and for its lateness", () => {
  const words = (due, now) => {
    const { text, full, late, isPast } = dueWords(due, now, BRITISH);
    return [text, plain(full), late, isPast];
  };
  const tomorrow = ["Tomorrow", "Thursday 26 November 2026", "", false];
  assert.deepEqual(words("2026-11-26", NOW), tomorrow);
  const late = ["22 Nov 14:00", "Sunday 22 November 2026 14:00", "3 days late", true];
  assert.deepEqual(words("2026-11-22T14:00:00", NOW), late);
  const evening = new Date("2026-11-25T18:00:00Z");
  const earlier = ["Today 14:00", "Wednesday 25 November 2026 14:00", "", true];
  assert.deepEqual(words("2026-11-25T14:00:00", evening), earlier);
});

test("the zone of a due is told only where it is another", () => {
  const due = "2026-12-01T10:30:00+09:00[Asia/Tokyo]";
  const here = dueWords(due, NOW, { ...BRITISH, zone: "America/New_York" });
  assert.equal(here.text, "Mon 20:30");
  assert.equal(plain(here.full), "Monday 30 November 2026 20:30 (Tue 1 Dec 10:30 Asia/Tokyo)");
  const there = dueWords(due, NOW, { ...BRITISH, zone: "Asia/Tokyo" });
  assert.equal(plain(there.full), "Tuesday 1 December 2026 10:30");
});

test("a time follows the setting, else the locale", () => {
  const words = (time, locale, hour12) => plain(timeWords(time, { locale, hour12 }));
  assert.equal(words("14:00", "en-US", null), "2:00 PM");
  assert.equal(words("14:00", "en-US", false), "14:00");
  assert.match(words("00:05", "en-US", false), /^0?0:05$/);
  assert.match(words("00:05", "de-DE", true), /^12:05 /);
  assert.equal(words("14:00", "de-DE", null), "14:00");
});

test("words come in the person's language", async () => {
  await useLanguage("de", ["de-DE"]);
  const german = { ...BRITISH, locale: "de-DE", zone: "Europe/Berlin" };
  assert.equal(dueWords("2026-11-26T14:00:00", NOW, german).text, "Morgen 14:00");
  assert.equal(dueWords("2026-11-24", NOW, german).late, "1 Tag zu spät");
  assert.equal(monthWords("2026-12-02", "de-DE"), "Dezember 2026");
  assert.equal(weekdayWords("2026-12-02", "de-DE", "long"), "Mittwoch");
});

test("the locales that are known by heart are written as Intl does", () => {
  const today = "2026-01-15";
  const intl = (day, locale, options) =>
    plain(new Intl.DateTimeFormat(locale, { ...options, timeZone: "UTC" }).format(Date.parse(day)));
  const date = { day: "numeric", month: "short" };
  for (const locale of ["en", "en-US", "en-GB", "de", "de-DE"]) {
    for (let month = 1; month <= 12; month += 1) {
      const [day, next] = [2026, 2027].map((year) => `${year}-${String(month).padStart(2, "0")}-09`);
      const words = (one) => plain(dayWords(one, today, locale));
      // The 9th of the first month is in the past, so all of them are dates.
      assert.equal(words(day), intl(day, locale, date));
      assert.equal(words(next), intl(next, locale, { ...date, year: "numeric" }));
      assert.equal(plain(longDay(day, locale)), intl(day, locale, { ...date, month: "long", weekday: "long", year: "numeric" }));
    }
    for (let ahead = 2; ahead < 7; ahead += 1) {
      const day = addDays(today, ahead);
      assert.equal(dayWords(day, today, locale), intl(day, locale, { weekday: "short" }));
    }
    for (const time of ["00:05", "09:30", "12:00", "14:59", "23:00"]) {
      for (const hourCycle of [undefined, "h12", "h23"]) {
        const hour12 = hourCycle === undefined ? null : hourCycle === "h12";
        const there = intl(`1970-01-01T${time}Z`, locale, { hour: "numeric", minute: "2-digit", hourCycle });
        // Whether an hour has two digits is another matter from one version of ICU to the next.
        assert.equal(plain(timeWords(time, { locale, hour12 })).replace(/^0/, ""), there.replace(/^0/, ""));
      }
    }
  }
});
