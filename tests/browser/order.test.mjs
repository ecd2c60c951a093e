/** The order of tasks, and the list they are in: by key, by menu, by pointer. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { drag } from "./harness/drag.mjs";
import { until } from "./harness/until.mjs";

claim("Alt and an arrow move a task, and say to where", async (world) => {
  const { person, tab } = await three(world);
  await tab.focusRow("a");

  await tab.press("Alt+ArrowDown");
  await tab.shows("b", "a", "c");
  await tab.page.getByText("Moved to position 2 of 3 in Inbox").waitFor({ state: "attached" });
  await tab.press("Alt+ArrowDown");
  await tab.shows("b", "c", "a");
  await person.has("b", "c", "a");
  assert.equal(await tab.focusedText(), "a");

  await tab.press("Alt+ArrowUp");
  await person.has("b", "a", "c");
  await tab.press("z");
  await tab.shows("b", "c", "a");
  await person.has("b", "c", "a");
});

claim("the menu moves a task to the top and to the bottom", async (world) => {
  const { person, tab } = await three(world);

  await tab.chooseInMenu("c", "Move to the top");
  await tab.shows("c", "a", "b");
  await tab.chooseInMenu("a", "Move to the bottom");
  await tab.shows("c", "b", "a");

  await person.has("c", "b", "a");
  await tab.reload();
  await tab.shows("c", "b", "a");
});

claim("a row is dragged to another place", async (world) => {
  const { person, tab } = await three(world);

  await drag(tab, await grip(tab, "c"), tab.row("a"), 0.2);

  await tab.shows("c", "a", "b");
  await person.has("c", "a", "b");
});

claim("a drag that Escape ends moves nothing", async (world) => {
  const { tab } = await three(world);
  const grip = tab.row("c").locator(".row__grip");
  await tab.row("c").hover();
  await grip.hover();

  await tab.page.mouse.down();
  await tab.row("a").hover();
  await tab.press("Escape");
  await tab.page.mouse.up();

  await tab.shows("a", "b", "c");
});

claim("V moves a task to another list, and Z brings it back", async (world) => {
  const { person, tab } = await three(world);
  const list = await person.addList("Garden");
  await tab.place("Garden").waitFor();
  await tab.focusRow("b");

  await tab.press("v");
  await tab.page.getByRole("combobox", { name: "Name of a list" }).fill("gar");
  await tab.press("Enter");
  await tab.shows("a", "c");
  await until(() => tab.page.evaluate(() => document.activeElement.textContent), (text) => assert.equal(text.trim(), "c"));
  await listOf(person, "b", list.id);

  await tab.press("z");
  await tab.shows("a", "b", "c");
});

claim("a row is dragged onto a list in the sidebar", async (world) => {
  const { person, tab } = await three(world);
  const list = await person.addList("Garden");
  await tab.place("Garden").waitFor();

  await drag(tab, await grip(tab, "b"), tab.place("Garden"));

  await tab.shows("a", "c");
  await listOf(person, "b", list.id);
});

async function three(world) {
  const visitor = await world.visitor();
  for (const title of ["a", "b", "c"]) await visitor.person.add(title);
  await visitor.tab.shows("a", "b", "c");
  return visitor;
}

async function listOf(person, title, id) {
  await until(
    () => person.openTasks(),
    (tasks) => assert.equal(tasks.find((task) => task.title === title)?.list_id, id),
  );
}

/** The handle of a row, which shows under the pointer. */
async function grip(tab, title) {
  await tab.row(title).hover();
  return tab.row(title).locator(".row__grip");
}
