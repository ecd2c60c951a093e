/** What somebody is doing goes on, whatever happens around it. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("an editor stays, with its text and its caret, while its row gets another place", async (world) => {
  const { person, tab } = await world.visitor();
  const [first, , last] = [await person.add("buy"), await person.add("b"), await person.add("c")];
  await tab.shows("buy", "b", "c");
  await tab.focusRow("buy");
  await tab.press("Enter");
  await tab.page.keyboard.type(" milk today");
  await tab.press(...Array.from({ length: 6 }, () => "ArrowLeft"));

  await person.change(first, { after: last.id });
  await until(() => tab.titles(), (titles) => assert.deepEqual(titles, ["b", "c"]));
  await until(
    () => tab.page.evaluate(() => document.querySelector(".rows").lastElementChild.contains(document.activeElement)),
    (isThere) => assert.equal(isThere, true),
  );
  await tab.page.keyboard.type(" and bread");
  await tab.press("Enter");

  await tab.shows("b", "c", "buy milk and bread today");
  await person.has("b", "c", "buy milk and bread today");
});

claim("an editor stays while its row is scrolled out of sight", async (world) => {
  const { person, tab } = await world.visitor();
  const numbers = Array.from({ length: 200 }, (_, index) => index + 1);
  for (let from = 0; from < 200; from += 20) {
    await Promise.all(numbers.slice(from, from + 20).map((number) => person.add(`task ${number}`)));
  }
  await tab.page.locator(".nav__count", { hasText: "200" }).first().waitFor();
  const title = await tab.page.locator(".row__title").nth(2).innerText();
  await tab.focusRow(title);
  await tab.press("Enter");
  await tab.page.keyboard.type(" half");
  await tab.page.evaluate(() => window.scrollTo(0, 6000));
  await tab.sees("task 150");

  await tab.page.keyboard.type(" typed");
  await tab.press("Enter");

  await until(() => person.openTasks(), (tasks) => assert.ok(tasks.some((task) => task.title === `${title} half typed`)));
  assert.equal((await person.openTasks()).length, 200);
});

claim("what is typed on when a field goes away does nothing else, and what was typed is saved", async (world) => {
  const { person, tab } = await world.visitor();
  const [first] = [await person.add("buy"), await person.add("call Grace"), await person.add("sow peas")];
  await tab.shows("buy", "call Grace", "sow peas");
  await tab.focusRow("buy");
  await tab.press("Enter");
  await tab.page.keyboard.type(" milk");
  await person.change(first, { completed: true });
  await tab.shows("call Grace", "sow peas");

  await tab.page.keyboard.type(" je1x");
  await tab.press("Backspace");

  await until(() => person.api("GET", `/api/tasks/${first.id}`), ({ title }) => assert.equal(title, "buy milk"));
  await person.has("call Grace", "sow peas");
  assert.deepEqual((await person.openTasks()).map(({ priority }) => priority), [4, 4]);
  // Somebody who pauses, or says that they are done, is typing no more.
  await tab.press("Escape", "j", "1");
  await until(() => person.openTasks(), (tasks) => assert.equal(tasks.some(({ priority }) => priority === 1), true));
});

claim("several are ticked one after the other, each where it was", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c", "d", "e"]) await person.add(title);
  await tab.shows("a", "b", "c", "d", "e");
  const places = [];
  for (const title of ["a", "b", "c"]) places.push(await tab.tick(title).boundingBox());
  for (const { x, y } of places) {
    await tab.page.mouse.click(x + 8, y + 8);
    // Longer than a row that nobody points at would stay.
    await tab.page.waitForTimeout(700);
  }

  await tab.shows("d", "e");
  await person.has("d", "e");
});

claim("a description that is too long, or of a task that went, stays in its field", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("write");
  await tab.rowTitle("write").click();
  await tab.button("Add a description").click();
  const notes = tab.panel().getByRole("textbox", { name: "Description" });
  await notes.fill("ж".repeat(8193));
  await tab.press("Control+Enter");
  await tab.panel().getByText("2 bytes too long").waitFor();
  await tab.reload();
  await notes.waitFor();
  assert.equal((await notes.inputValue()).length, 8193);

  await notes.fill("precious words");
  await person.api("DELETE", `/api/tasks/${task.id}`);
  await tab.page.getByRole("alert").getByText("precious words").waitFor();
  await tab.panel().getByText("There is no such task").waitFor();
  await person.api("POST", `/api/tasks/${task.id}/restore`);
  await notes.waitFor();
  assert.equal(await notes.inputValue(), "precious words");
  await tab.press("Control+Enter");
  await until(() => person.openTasks(), ([{ description }]) => assert.equal(description, "precious words"));
}, { fails: true });

claim("the name of a new list waits while somebody is in another window", async (world) => {
  const { tab } = await world.visitor();
  await tab.button("Add a list").click();
  await tab.page.keyboard.type("Holi");
  await tab.page.evaluate(() => {
    document.hasFocus = () => false;
    document.activeElement.blur();
  });
  const name = tab.page.getByRole("textbox", { name: "Name of the list" });
  assert.equal(await name.inputValue(), "Holi");
  await tab.page.evaluate(() => delete document.hasFocus);
  await name.focus();
  await name.press("End");
  await tab.page.keyboard.type("days");
  await tab.press("Enter");
  await tab.heading("Holidays").waitFor();
});

claim("the focus goes to what comes into the place of what went", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c"]) await person.api("DELETE", `/api/tasks/${(await person.add(title)).id}`);
  await tab.press("g", "r");
  await tab.button("Restore “c”").waitFor();
  const focused = (name) =>
    until(() => tab.page.evaluate(() => document.activeElement.getAttribute("aria-label") ?? document.activeElement.id), (found) => assert.equal(found, name));
  await tab.button("Restore “b”").focus();
  await tab.press("Enter");
  await focused("Restore “a”");
  await tab.press("Enter");
  await focused("Restore “c”");
  await tab.press("Enter");
  await focused("main");
  await tab.button("Add a list").focus();
  await tab.press("Enter", "Escape");
  await until(() => tab.page.evaluate(() => document.activeElement.textContent.trim()), (found) => assert.equal(found, "Add a list"));
});

claim("a key right after a choice by keys is a command as ever", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("pay rent");
  await tab.rowTitle("pay rent").click();
  await tab.panel().getByRole("radio", { name: "None" }).focus();
  await tab.press("ArrowLeft", "e");
  await until(() => person.api("GET", `/api/tasks/${task.id}`), ({ priority, completed }) => assert.deepEqual([priority, completed], [3, true]));
});
