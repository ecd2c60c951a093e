/** Lists of one's own. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { drag } from "./harness/drag.mjs";
import { until } from "./harness/until.mjs";

claim("a list is added, gets tasks and is renamed", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  await tab.button("Add a list").click();
  await tab.page.getByRole("textbox", { name: "Name of the list" }).fill("Gardn");
  await tab.press("Enter");
  await tab.heading("Gardn").waitFor();
  await tab.add("sow peas");
  await tab.shows("sow peas");
  await named(person, "Gardn");

  await chooseInMenu(tab, "Gardn", "Rename");
  await tab.page.getByRole("textbox", { name: "Name of the list" }).fill("Garden");
  await tab.press("Enter");
  await tab.heading("Garden").waitFor();
  await named(person, "Garden");
  await tab.reload();
  await tab.heading("Garden").waitFor();
  await tab.shows("sow peas");
});

claim("a new list stands there once, and what is typed in it stays, however late the server answers", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();
  let answer;
  await tab.page.route("**/api/lists/*", async (route) => {
    const response = await route.fetch();
    await new Promise((resolve) => (answer = resolve));
    await route.fulfill({ response });
  });

  await tab.button("Add a list").click();
  await tab.page.keyboard.type("Garden");
  await tab.press("Enter");
  await tab.addField().focus();
  await tab.page.keyboard.type("sow ");
  await named(person, "Garden");
  // What comes after the list by the events shows that it has come too.
  await person.add("told of later");
  await tab.page.getByRole("link", { name: /^Inbox 1 open/ }).waitFor();
  await shown(tab, "Garden");
  answer();
  await tab.isSaved();
  await tab.page.keyboard.type("peas");
  await tab.press("Enter");

  await tab.shows("sow peas");
  await shown(tab, "Garden");
  await tab.isSaved();
  await tab.reload();
  await tab.heading("Garden").waitFor();
  await tab.shows("sow peas");
});

claim("lists are reordered by key and by menu", async (world) => {
  const { person, tab } = await world.visitor();
  for (const name of ["A", "B", "C"]) await person.addList(name);
  await shown(tab, "A", "B", "C");

  await tab.place("A").focus();
  await tab.press("Alt+ArrowDown");
  await shown(tab, "B", "A", "C");
  await chooseInMenu(tab, "C", "Move up");
  await shown(tab, "B", "C", "A");

  await named(person, "B", "C", "A");
});

claim("a list is dragged to another place, and a click on it still opens it", async (world) => {
  const { person, tab } = await world.visitor();
  for (const name of ["A", "B", "C"]) await person.addList(name);
  await shown(tab, "A", "B", "C");

  await drag(tab, tab.place("C"), tab.place("A"), 0.2);
  await shown(tab, "C", "A", "B");
  await named(person, "C", "A", "B");
  await tab.heading("Inbox").waitFor();
  await tab.press("z");
  await shown(tab, "A", "B", "C");
  await tab.place("C").click();

  await tab.heading("C").waitFor();
});

claim("the sidebar is made wider by pointer and by keys, and stays so", async (world) => {
  const { tab } = await world.visitor();
  const edge = tab.page.getByRole("separator", { name: "Width of the sidebar" });
  const isWide = (wide) =>
    until(
      async () => (await tab.page.getByRole("navigation", { name: "Views and lists" }).boundingBox()).width,
      (width) => assert.equal(width, wide),
    );
  await isWide(280);

  await edge.hover();
  await tab.page.mouse.down();
  await tab.page.mouse.move(360, 300, { steps: 3 });
  await tab.page.mouse.up();
  await isWide(360);
  await tab.reload();
  await isWide(360);
  await edge.focus();
  await tab.press("ArrowRight");
  await isWide(370);
  await tab.press("End");
  await isWide(420);
  await tab.press("Home");
  await isWide(210);
  await edge.dblclick();
  await isWide(280);
});

claim("a list is deleted with its tasks and comes back with them", async (world) => {
  const { person, tab } = await world.visitor();
  const list = await person.addList("Garden");
  await person.add("sow peas", { list_id: list.id });
  await tab.place("Garden").click();
  await tab.sees("sow peas");

  await chooseInMenu(tab, "Garden", "Delete the list");
  await shown(tab);
  await tab.heading("Inbox").waitFor();
  await named(person);
  await tab.press("z");
  await shown(tab, "Garden");
  await tab.place("Garden").click();
  await tab.shows("sow peas");

  await chooseInMenu(tab, "Garden", "Delete the list");
  await tab.place("Trash").click();
  await tab.button("Restore “Garden”").click();
  await tab.place("Garden").click();
  await tab.shows("sow peas");
  await named(person, "Garden");
});

async function chooseInMenu(tab, name, act) {
  const navigation = tab.page.getByRole("navigation", { name: "Views and lists" });
  await navigation.getByRole("listitem").filter({ hasText: name }).last().hover();
  await tab.button(`More for the list “${name}”`, navigation).click();
  await tab.page.getByRole("menuitem", { name: act }).click();
}

async function shown(tab, ...names) {
  await until(
    () => tab.page.locator("[data-own-list] .nav__name").allInnerTexts(),
    (found) => assert.deepEqual(found, names),
  );
}

/** The names of the own lists, once the server has them so. */
async function named(person, ...names) {
  await until(
    async () => (await person.api("GET", "/api/lists")).items.filter((list) => !list.is_inbox),
    (found) => assert.deepEqual(found.map((list) => list.name), names),
  );
}
