/** Today and Upcoming: what is late, the week, and from day to day. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { drag } from "./harness/drag.mjs";
import { until } from "./harness/until.mjs";

claim("all that is late moves to a chosen day, as the preview says, and back in one step", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/today");
  await person.add("pay rent", { due: day(-3) });
  await person.add("call Grace", { due: `${day(-1)}T14:00` });
  await person.add("rest", { due: day(0) });
  await tab.shows("pay rent", "call Grace", "rest");

  await tab.button("Reschedule all").click();
  const dialog = tab.page.getByRole("dialog", { name: "Reschedule all" });
  await dialog.getByText("2 tasks move to").waitFor();
  await dialog.getByRole("radio", { name: /Tomorrow/ }).check();
  const preview = dialog.getByRole("list", { name: "What moves" });
  await until(
    async () => (await preview.getByRole("listitem").allInnerTexts()).map((text) => text.replace(/\s+/g, " ")),
    ([first, second]) => {
      assert.match(first, /^pay rent .+ → , then Tomorrow$/);
      assert.match(second, /^call Grace Yesterday 14:00 → , then Tomorrow 14:00$/);
    },
  );
  await tab.button("Move 2 tasks", dialog).click();

  await tab.shows("rest");
  await due(person, { "pay rent": day(1), "call Grace": `${day(1)}T14:00:00`, rest: day(0) });
  await tab.press("z");
  await tab.shows("pay rent", "call Grace", "rest");
  await due(person, { "pay rent": day(-3), "call Grace": `${day(-1)}T14:00:00`, rest: day(0) });
});

claim("what is late is rescheduled to any day by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/today");
  await person.add("pay rent", { due: day(-3) });
  await tab.sees("pay rent");

  await tab.press("Control+k");
  await tab.page.getByRole("combobox").waitFor();
  await tab.page.keyboard.type("reschedule");
  await tab.press("Enter");
  const dialog = tab.page.getByRole("dialog", { name: "Reschedule all" });
  await dialog.waitFor();
  await dialog.getByRole("radio", { name: "Another day" }).focus();
  await tab.press("Space", "Tab", "Tab", "Tab", "ArrowRight", "ArrowRight", "Enter");
  await dialog.getByRole("radio", { name: "Another day" }).focus();
  await tab.press("Enter");

  await due(person, { "pay rent": day(2) });
});

claim("the week above Upcoming leads to its days, to other weeks and back to today", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/upcoming");
  await person.add("far away", { due: day(30) });
  await tab.sees("far away");
  const week = tab.page.getByRole("toolbar", { name: "Days of the week" });
  await week.getByRole("button", { pressed: true, name: words(day(0)) }).waitFor();

  await tab.button("Next week").click();
  await week.getByRole("button", { pressed: true }).first().focus();
  const chosen = await tab.page.evaluate(() => new URL(location.href).searchParams.get("day"));
  assert.equal(new Date(`${chosen}T00:00:00Z`).getUTCDay(), 1, "a week begins on Monday here");
  await inSight(tab, chosen);
  await tab.press("ArrowRight");
  await week.getByRole("button", { pressed: true, name: words(later(chosen, 1)) }).waitFor();
  await inSight(tab, later(chosen, 1));
  await tab.reload();
  await week.getByRole("button", { pressed: true, name: words(later(chosen, 1)) }).waitFor();
  await inSight(tab, later(chosen, 1));

  await tab.button("Today", tab.page.locator(".week")).click();
  await week.getByRole("button", { pressed: true, name: words(day(0)) }).waitFor();
  await inSight(tab, day(0));
  assert.ok(await tab.button("Previous week").isDisabled());
});

claim("the month above Upcoming leads to any day, and a task is added there", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/upcoming");
  await tab.page.getByRole("button", { name: /choose a day$/ }).click();
  const dialog = tab.page.getByRole("dialog", { name: "Go to a day" });
  await dialog.waitFor();

  await tab.press("PageDown", "PageDown", "Enter");
  await dialog.waitFor({ state: "detached" });
  const chosen = await tab.page.evaluate(() => new URL(location.href).searchParams.get("day"));
  await inSight(tab, chosen);
  await tab.page.getByRole("textbox", { name: `Add a task on ${words(chosen)}` }).fill("sow peas");
  await tab.press("Enter");

  await due(person, { "sow peas": chosen });
});

claim("Alt and a bracket move a row to the next day and back, and Z undoes it", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/upcoming");
  await person.add("plan", { due: `${day(0)}T09:30` });
  await person.add("rest", { due: day(0) });
  await tab.focusRow("plan");

  await tab.press("Alt+]");
  await inDay(tab, day(1), "plan");
  await tab.press("Alt+]");
  await inDay(tab, day(2), "plan");
  assert.equal(await tab.focusedText(), "plan");
  await due(person, { plan: `${day(2)}T09:30:00`, rest: day(0) });
  await tab.press("Alt+[");
  await inDay(tab, day(1), "plan");
  await tab.press("z");
  await inDay(tab, day(2), "plan");
  await due(person, { plan: `${day(2)}T09:30:00`, rest: day(0) });

  await tab.focusRow("rest");
  await tab.press("Alt+[");
  await tab.press("x", "Alt+]");
  await inDay(tab, day(1), "rest");
  await due(person, { plan: `${day(2)}T09:30:00`, rest: day(1) });
});

claim("what is late and shifted by a day is today's", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/today");
  await person.add("late", { due: day(-9) });
  await person.add("later", { due: day(-2) });
  await tab.focusRow("late");

  await tab.press("Alt+]");
  await inDay(tab, day(0), "late");
  await tab.chooseInMenu("later", "A day later");
  await inDay(tab, day(0), "later");
  await tab.focusRow("late");
  await tab.press("Alt+]");

  await tab.shows("later");
  await due(person, { late: day(1), later: day(0) });
  assert.equal(await tab.focusedText(), "later");
});

claim("a row is dragged to another day, and to a day of the week above", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/upcoming");
  await person.add("plan", { due: day(0) });
  await tab.sees("plan");

  await drag(tab, tab.row("plan").locator(".row__grip"), tab.page.locator(`[data-section="${day(1)}"]`));
  await inDay(tab, day(1), "plan");
  await tab.button("Next week").click();
  const chosen = await tab.page.evaluate(() => new URL(location.href).searchParams.get("day"));
  await tab.row("plan").scrollIntoViewIfNeeded();
  await drag(tab, tab.row("plan").locator(".row__grip"), tab.page.locator(`.week__day[data-due="${chosen}"]`));

  await due(person, { plan: chosen });
});

/** A day of the calendar that the browser has. */
function day(from) {
  const today = new Intl.DateTimeFormat("en-CA", { timeZone: "Europe/Berlin" }).format(Date.now());
  return later(today, from);
}

function later(from, days) {
  return new Date(Date.parse(`${from}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

/** A day as the page names it in full. */
function words(one) {
  const how = { weekday: "long", day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };
  return new Date(`${one}T00:00:00Z`).toLocaleDateString("en-GB", how);
}

async function inDay(tab, one, title) {
  const section = tab.page.locator(`[data-section="${one}"], [data-due="${one}"]`);
  await section.locator(".row__title", { hasText: title }).waitFor();
}

/** A day's heading stands below the week, within the window. */
async function inSight(tab, one) {
  await until(
    () =>
      tab.page.evaluate((key) => {
        const top = document.querySelector(`[data-section="${key}"]`)?.getBoundingClientRect().top;
        const { bottom } = document.querySelector(".week").getBoundingClientRect();
        return { top, isBelow: top >= bottom - 2, isHigh: top < innerHeight - 40 };
      }, one),
    ({ top, isBelow, isHigh }) => assert.ok(isBelow && isHigh, `${one} is at ${top}`),
  );
}

/** Once the server has these dues, by title. */
async function due(person, expected) {
  await until(
    async () => Object.fromEntries((await person.openTasks()).map((task) => [task.title, task.due])),
    (found) => assert.deepEqual(found, expected),
  );
}
