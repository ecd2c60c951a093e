/** What is typed and not yet saved: no reload, closed tab or midnight loses a word of it. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("what is typed and not yet added is there after a reload, with what was refused in it", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.addField().fill("read p1 tomorrow");
  await tab.chip("Priority 1").click();
  await tab.chip("Priority 1").waitFor({ state: "detached" });

  await tab.reload();
  await valueIs(tab.addField(), "read p1 tomorrow");
  await tab.addField().focus();
  await tab.chip(/20\d\d/).waitFor();
  assert.equal(await tab.chip("Priority 1").count(), 0);
  await tab.press("Enter");

  await person.has("read p1");
  await tab.sees("read p1");
  await tab.reload();
  await tab.sees("read p1");
  assert.equal(await tab.addField().inputValue(), "");
});

claim("each list and the dialog keep their own words, in every tab", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  await tab.addField().fill("for the Inbox");
  await tab.place("Garden").click();
  await tab.heading("Garden").waitFor();
  await tab.addField().fill("for the garden");
  await tab.press("Escape", "q");
  const dialog = tab.page.getByRole("dialog").getByRole("textbox");
  await valueIs(dialog, "for the garden");
  await dialog.fill("for the garden, peas");
  await tab.press("Escape");
  await valueIs(tab.addField(), "for the garden, peas");

  const { page } = tab;
  const context = page.context();
  await page.close();
  const again = await tabIn(context, tab);
  await valueIs(again.addField(), "for the Inbox");
  const other = await again.another();
  await valueIs(other.addField(), "for the Inbox");
  await again.addField().press("Enter");
  await valueIs(other.addField(), "");

  await person.has("for the Inbox");
});

claim("a title is edited on after a reload, and knows what it was begun upon", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("meet Grace");
  await tab.focusRow("meet Grace");
  await tab.press("Enter");
  await editor(tab).waitFor();
  await tab.page.keyboard.type(" at noon");
  await tab.reload();
  await valueIs(editor(tab), "meet Grace at noon");
  await isFocused(editor(tab));
  await tab.page.keyboard.type(" sharp");

  await person.change(task, { title: "meet Grace at one" });
  await tab.press("Enter");

  const dialog = tab.page.getByRole("dialog", { name: "Changed in two places" });
  await dialog.getByText("meet Grace at noon sharp").waitFor();
  // The page goes away before it has kept what it knows of the task, and what
  // the server has by now comes after the choice.
  await until(() => keptTitle(tab, task.id), (title) => assert.equal(title, "meet Grace at one"));
  await tab.page.evaluate(putKept, task);
  let isChosen = false;
  await tab.page.route(/\/api\/(changes|events)/, async (route) => {
    await until(() => isChosen, assert.ok);
    await route.continue();
  });
  await tab.reload();
  await dialog.getByText("meet Grace at noon sharp").waitFor();
  await dialog.getByRole("radio", { name: "Yours" }).check();
  await tab.button("Keep these", dialog).click();
  await person.has("meet Grace at noon sharp");
  isChosen = true;
  await tab.sees("meet Grace at noon sharp");
}, { fails: true });

/** What the browser keeps of a task. */
const keptTitle = (tab, id) =>
  tab.page.evaluate(async (id) => {
    const opened = indexedDB.open("docket");
    await new Promise((resolve) => (opened.onsuccess = resolve));
    const asked = opened.result.transaction("tasks").objectStore("tasks").get(id);
    await new Promise((resolve) => (asked.onsuccess = resolve));
    opened.result.close();
    return asked.result?.title;
  }, id);

/** In the page: has the browser keep a task as it was. */
async function putKept(task) {
  const opened = indexedDB.open("docket");
  await new Promise((resolve) => (opened.onsuccess = resolve));
  const change = opened.result.transaction("tasks", "readwrite");
  change.objectStore("tasks").put(task);
  await new Promise((resolve) => (change.oncomplete = resolve));
  opened.result.close();
}

claim("an editor that is open in two tabs is done in both", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("by milk");
  await tab.focusRow("by milk");
  await tab.press("Enter");
  await editor(tab).fill("buy mil");
  const other = await tab.another();
  await valueIs(editor(other), "buy mil");

  await tab.page.bringToFront();
  await editor(tab).fill("buy milk");
  await valueIs(editor(other), "buy milk");
  await tab.press("Enter");

  await editor(other).waitFor({ state: "detached" });
  await other.sees("buy milk");
  await person.has("buy milk");
});

claim("Escape in an editor gives up what was typed, and Z takes it after all", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("buy milk");
  await tab.focusRow("buy milk");
  await tab.press("Enter");
  await editor(tab).fill("buy milk and bread");

  await tab.press("Escape");
  await tab.says("Not kept: “buy milk and bread”");
  await tab.shows("buy milk");
  await tab.reload();
  await tab.shows("buy milk");
  await tab.press("z");

  await tab.shows("buy milk and bread");
  await person.has("buy milk and bread");
});

claim("title and description are typed on in the panel after a reload", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("meet Grace");
  await tab.rowTitle("meet Grace").click();
  const title = tab.panel().getByRole("textbox", { name: "Title" });
  await title.fill("meet Grace at noon");
  await tab.reload();
  await valueIs(title, "meet Grace at noon");
  await isFocused(title);
  await tab.press("Enter");
  await person.has("meet Grace at noon");

  await tab.button("Add a description").click();
  const notes = tab.panel().getByRole("textbox", { name: "Description" });
  await notes.fill("by the river");
  await tab.reload();
  await valueIs(notes, "by the river");
  await isFocused(notes);
  await tab.page.keyboard.type(", with a hat");
  await tab.press("Control+Enter");

  await until(() => person.api("GET", `/api/tasks/${task.id}`), ({ description }) => {
    assert.equal(description, "by the river, with a hat");
  });
});

claim("the name of a list is typed on after a reload", async (world) => {
  const { tab } = await world.visitor();
  await tab.button("Add a list").click();
  await tab.page.keyboard.type("Gar");
  await tab.reload();
  const name = tab.page.getByRole("textbox", { name: "Name of the list" });
  await valueIs(name, "Gar");
  await isFocused(name);
  await tab.page.keyboard.type("den");
  await tab.press("Enter");
  await tab.heading("Garden").waitFor();

  await tab.heading("Garden").dblclick();
  await name.fill("Gardens of ");
  await tab.reload();
  await valueIs(name, "Gardens of ");
  await tab.page.keyboard.type("Ada");
  await tab.press("Enter");
  await tab.heading("Gardens of Ada").waitFor();
});

claim("what was typed for a day is today's when the day has come", async (world) => {
  const { person, tab } = await world.visitor("Ada", "about:blank");
  const evening = new Date();
  evening.setUTCHours(22, 50, 0); // ten minutes before midnight in winter there, or after it in summer
  await tab.page.clock.install({ time: evening });
  await tab.page.goto("/today");
  await tab.addField().fill("late thought");
  await tab.page.goto("/upcoming");
  await tab.page.getByRole("textbox", { name: /^Add a task on/ }).nth(1).fill("for tomorrow");

  await tab.page.clock.setSystemTime(evening.getTime() + 86_400_000);
  await tab.page.goto("/today");
  await valueIs(tab.addField(), "late thought for tomorrow");
  await tab.addField().press("Enter");

  await until(() => person.openTasks(), (tasks) => assert.ok(tasks.some(({ title }) => title === "late thought for tomorrow")));
});

claim("signing out leaves nothing of what was typed", async (world) => {
  const { tab } = await world.visitor();
  await tab.addField().fill("a secret");
  await tab.page.goto("/settings");
  await tab.button("Sign out").click();
  await tab.heading("Sign in").waitFor();

  assert.deepEqual((await tab.stored()).filter((one) => /secret|draft/.test(one)), []);
});

const editor = (tab) => tab.page.locator("main").getByRole("textbox", { name: "Title" });

async function valueIs(field, text) {
  await until(() => field.inputValue(), (found) => assert.equal(found, text));
}

async function isFocused(field) {
  await until(() => field.evaluate((element) => element === document.activeElement), assert.ok);
}

async function tabIn(context, { constructor: Tab }) {
  return Tab.open(context, "/inbox");
}
