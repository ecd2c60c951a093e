import assert from "node:assert/strict";
import { test } from "node:test";

import {
  addDays,
  addMonths,
  boundsAround,
  bucketOf,
  daysBetween,
  daysFrom,
  daysInMonth,
  deviceZone,
  firstWeekdayOf,
  formatDue,
  instantOf,
  isDay,
  isPast,
  monthGrid,
  movedTo,
  parseDue,
  today,
  wallNow,
  wallOf,
  weekday,
  weekOf,
} from "../../static/lib/dates.js";

// Jumps of an hour, of half an hour, at midnight, over a whole day; far from UTC on both sides.
const ZONES = [
  "UTC",
  "Europe/Berlin",
  "America/New_York",
  "America/St_Johns",
  "America/Sao_Paulo",
  "Australia/Lord_Howe",
  "Asia/Tehran",
  "Africa/Cairo",
  "Pacific/Apia",
  "Pacific/Kiritimati",
  "Pacific/Chatham",
];

/** Runs with the device set to a zone, whose `Date` is then the judge. */
function inZone(zone, work) {
  const before = process.env.TZ;
  process.env.TZ = zone;
  try {
    work();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}

/** Numbers that look random and are the same in every run. */
function* numbers(count) {
  let state = 20261202;
  for (let i = 0; i < count; i += 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const two = (number) => String(number).padStart(2, "0");
const dayIn = (date) => `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
const timeIn = (date) => `${two(date.getHours())}:${two(date.getMinutes())}`;

/** True if the clocks change in the two days from then. */
const jumpsOn = (date) =>
  new Date(date.getTime() + 2 * 86_400_000).getTimezoneOffset() !== date.getTimezoneOffset();

for (const zone of ZONES) {
  test(`today and the time on the wall are what a device in ${zone} shows`, () => {
    inZone(zone, () => {
      assert.equal(deviceZone(), zone);
      for (const number of numbers(2000)) {
        const date = new Date(Math.floor(number * 60 * 365.25 * 86_400_000));
        assert.equal(today(date, zone), dayIn(date), date.toISOString());
        assert.deepEqual(wallNow(date, zone), { day: dayIn(date), time: timeIn(date) });
        const due = parseDue(`${date.toISOString().slice(0, 16)}Z[UTC]`);
        assert.deepEqual(wallOf(due, zone), { day: dayIn(date), time: timeIn(date) });
      }
    });
  });

  test(`a time in ${zone} is the instant that a device there makes of it`, () => {
    inZone(zone, () => {
      for (const day of daysFrom("2000-01-01", 365 * 30)) {
        const [year, month, date] = day.split("-").map(Number);
        if (!jumpsOn(new Date(year, month - 1, date)) && !/-0[17]-15$/.test(day)) continue;
        for (let minutes = 0; minutes < 1440; minutes += 30) {
          const time = `${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
          const there = new Date(year, month - 1, date, Math.floor(minutes / 60), minutes % 60);
          assert.equal(instantOf(day, time, zone), there.getTime(), `${day} ${time}`);
        }
      }
    });
  });
}

test("days are counted over months, leap years and clock changes", () => {
  const cases = [
    ["2026-12-31", 1, "2027-01-01"],
    ["2028-02-28", 1, "2028-02-29"],
    ["2027-02-28", 1, "2027-03-01"],
    ["2100-02-28", 1, "2100-03-01"],
    ["2026-03-28", 2, "2026-03-30"],
    ["2026-10-24", 2, "2026-10-26"],
    ["0099-12-31", 1, "0100-01-01"],
  ];
  for (const [from, count, to] of cases) {
    assert.equal(addDays(from, count), to);
    assert.equal(addDays(to, -count), from);
    assert.equal(daysBetween(from, to), count);
  }
});

test("days stay within the years that have four digits", () => {
  assert.equal(addDays("9999-12-30", 5), "9999-12-31");
  assert.equal(addDays("0000-01-02", -5), "0000-01-01");
  assert.equal(addMonths("9999-12-05", 1), "9999-12-05");
  assert.equal(daysInMonth("9999-12-05"), 31);
});

test("a month later is the same day or the month's last", () => {
  const cases = [
    ["2026-01-31", 1, "2026-02-28"],
    ["2028-01-31", 1, "2028-02-29"],
    ["2026-08-31", 1, "2026-09-30"],
    ["2026-03-31", -1, "2026-02-28"],
    ["2026-12-15", 1, "2027-01-15"],
    ["2026-01-15", -1, "2025-12-15"],
    ["2026-05-05", 25, "2028-06-05"],
  ];
  for (const [from, count, to] of cases) assert.equal(addMonths(from, count), to, `${from} ${count}`);
});

test("a text is a day only if the calendar has it", () => {
  for (const day of ["2026-12-02", "2028-02-29", "0000-01-01", "9999-12-31"]) assert(isDay(day), day);
  const others = ["2026-02-30", "2027-02-29", "2026-13-01", "2026-00-10", "2026-1-1", "20261202", "", "x2026-12-02"];
  for (const text of others) assert(!isDay(text), text);
});

test("weekdays and weeks agree with the calendar", () => {
  assert.equal(weekday("2026-11-23"), 1);
  assert.equal(weekday("2026-11-29"), 7);
  assert.equal(weekday("1969-12-31"), 3);
  assert.equal(weekOf("2026-11-29", 1), "2026-11-23");
  assert.equal(weekOf("2026-11-29", 7), "2026-11-29");
  assert.equal(weekOf("2026-11-28", 7), "2026-11-22");
  assert.equal(weekOf("2026-11-28", 6), "2026-11-28");
});

test("a month's grid holds the month in six whole weeks", () => {
  for (const firstWeekday of [1, 6, 7]) {
    for (let month = "2024-01-15"; month < "2029-01-01"; month = addMonths(month, 1)) {
      const grid = monthGrid(month, firstWeekday);
      const days = grid.flat();
      assert.deepEqual(days, daysFrom(days[0], 42));
      assert(grid.every((week) => week.length === 7 && weekday(week[0]) === firstWeekday));
      const own = days.filter((day) => day.startsWith(month.slice(0, 7)));
      assert.equal(own.length, daysInMonth(month));
      assert(days.indexOf(own[0]) < 7);
    }
  }
});

test("a week begins where the setting says, else where the locale does", () => {
  assert.equal(firstWeekdayOf(6, "en-US"), 6);
  assert.equal(firstWeekdayOf(null, "en-US"), 7);
  assert.equal(firstWeekdayOf(null, "de-DE"), 1);
});

test("the three kinds of due are read as the server writes them", () => {
  const zoned = "2026-12-02T14:00:00+01:00[Europe/Berlin]";
  const instant = Date.UTC(2026, 11, 2, 13);
  const none = { time: null, zone: null, instant: null };
  assert.deepEqual({ ...parseDue("2026-12-02") }, { day: "2026-12-02", ...none });
  assert.deepEqual(parseDue("2026-12-02T14:00:00"), { ...none, day: "2026-12-02", time: "14:00" });
  const read = { day: "2026-12-02", time: "14:00", zone: "Europe/Berlin", instant };
  assert.deepEqual(parseDue(zoned), read);
  assert.deepEqual(parseDue("2026-12-02T14:00[Europe/Berlin]"), read);
  for (const text of ["", "tomorrow", "2026-02-30", "2026-12-02T14:00+01:00", "2026-12-02[Europe/Berlin]"]) {
    assert.throws(() => parseDue(text), RangeError, text);
  }
});

test("a zone that this browser does not know is told by its offset", () => {
  assert.equal(parseDue("2026-12-02T14:00:00+01:00[Europe/Newtown]").instant, Date.UTC(2026, 11, 2, 13));
});

test("a due is written as the server takes it", () => {
  const due = { day: "2026-12-02", time: "14:00", zone: "Europe/Berlin" };
  assert.equal(formatDue(due), "2026-12-02T14:00:00[Europe/Berlin]");
  assert.equal(formatDue({ ...due, zone: null }), "2026-12-02T14:00:00");
  assert.equal(formatDue({ ...due, time: null }), "2026-12-02");
});

test("a due falls on the person's own day", () => {
  const late = parseDue("2026-12-02T22:00:00-05:00[America/New_York]");
  assert.deepEqual(wallOf(late, "Europe/Berlin"), { day: "2026-12-03", time: "04:00" });
  assert.equal(bucketOf(late, "2026-12-03", "Europe/Berlin"), "today");
  assert.equal(bucketOf(late, "2026-12-02", "Europe/Berlin"), "upcoming");
  assert.equal(bucketOf(late, "2026-12-03", "America/New_York"), "overdue");
  assert.equal(bucketOf(parseDue("2026-12-02T09:00:00"), "2026-12-02", "Asia/Tokyo"), "today");
});

test("a day is past when it is over, a time when it has come", () => {
  const now = new Date("2026-12-02T13:30:00Z");
  const past = (text, here) => isPast(parseDue(text), now, here);
  assert.equal(past("2026-12-02", "Europe/Berlin"), false);
  assert.equal(past("2026-12-02", "Pacific/Kiritimati"), true);
  assert.equal(past("2026-12-02T14:00:00", "Europe/Berlin"), true);
  assert.equal(past("2026-12-02T14:00:00", "Europe/London"), false);
  assert.equal(past("2026-12-02T14:00[Europe/Berlin]", "America/New_York"), true);
});

test("the bounds for the API hold what falls in the range in any two zones", () => {
  const { due_after, due_before } = boundsAround("2026-12-02", "2026-12-02");
  for (const [there, here] of [["Pacific/Kiritimati", "Etc/GMT+12"], ["Etc/GMT+12", "Pacific/Kiritimati"]]) {
    for (let hour = 0; hour < 240; hour += 1) {
      const instant = Date.UTC(2026, 10, 28, hour);
      const wall = wallOf({ day: "", time: "", zone: "", instant }, there);
      if (wallOf({ day: "", time: "", zone: "", instant }, here).day !== "2026-12-02") continue;
      assert(wall.day >= due_after && wall.day < due_before, wall.day);
    }
  }
});

test("a due moves to a day of the calendar here, and keeps its time there", () => {
  const late = "2026-12-02T23:00:00-05:00[America/New_York]"; // the 3rd in Berlin
  const cases = [
    [null, "2026-12-05", "2026-12-05"],
    ["2026-12-02", "2026-12-05", "2026-12-05"],
    ["2026-12-02T14:00:00", "2026-12-01", "2026-12-01T14:00:00"],
    [late, "2026-12-03", late],
    [late, "2026-12-04", "2026-12-03T23:00:00[America/New_York]"],
  ];
  for (const [due, day, moved] of cases) assert.equal(movedTo(due, day, "Europe/Berlin"), moved);
});
