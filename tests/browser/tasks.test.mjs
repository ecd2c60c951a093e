/** What is done to a task: edit, complete, delete, undo, restore, search, several at once. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("a title is edited in place, and Escape leaves it as it was", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("by milk");
  await tab.sees("by milk");

  await tab.focusRow("by milk");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("buy milk");
  await tab.press("Enter");
  await tab.sees("buy milk");
  await person.has("buy milk");

  await tab.focusRow("buy milk");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("sell milk");
  await tab.press("Escape");
  await tab.sees("buy milk");
});

claim("a tick completes, and the toast or Z brings it back", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("one");
  await person.add("two");
  await tab.shows("one", "two");

  await tab.tick("one").click();
  await tab.shows("two");
  await person.has("two");
  await tab.toast().getByRole("button", { name: "Undo" }).click();
  await tab.shows("one", "two");

  await tab.focusRow("two");
  await tab.press("e");
  await tab.shows("one");
  await tab.press("z");
  await tab.shows("one", "two");
  await person.has("one", "two");
});

claim("undo works after a reload as well", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("keep me");
  await tab.focusRow("keep me");

  await tab.press("Delete");
  await tab.seesNot("keep me");
  await tab.isSaved();
  await tab.reload();
  await tab.heading("Inbox").waitFor();
  await tab.press("z");

  await tab.sees("keep me");
  await person.has("keep me");
});

claim("what was done lately is listed, and undone back to any of it", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.add("buy milk");
  await tab.add("pay rent");
  await tab.tick("buy milk").click();
  await tab.shows("pay rent");
  await tab.press("Control+k");
  await tab.page.keyboard.type("recent changes");
  await tab.press("Enter");

  const dialog = tab.page.getByRole("dialog", { name: "Recent changes" });
  const texts = () => dialog.locator(".queue__what").allInnerTexts();
  await until(texts, (found) => assert.deepEqual(found, ["Done: “buy milk”", "Added “pay rent”", "Added “buy milk”"]));
  await tab.button("Undo: Done: “buy milk”", dialog).click();
  await until(texts, (found) => assert.deepEqual(found, ["Added “pay rent”", "Added “buy milk”"]));
  await person.has("buy milk", "pay rent");
  await tab.button("Undo to here: Added “buy milk”", dialog).click();
  await dialog.getByText("There is nothing to undo").waitFor();
  await tab.button("Close", dialog).click();
  await tab.shows();
  await person.has();
});

claim("what is in the trash is restored, or removed for good", async (world) => {
  const { person, tab } = await world.visitor();
  const [keep, gone] = [await person.add("keep"), await person.add("gone")];
  await tab.shows("keep", "gone");

  for (const title of ["keep", "gone"]) {
    await tab.focusRow(title);
    await tab.press("Delete");
    await tab.seesNot(title);
  }
  await tab.place("Trash").click();
  await tab.button("Restore “keep”").click();
  await person.has("keep");
  await tab.button("Empty the trash").click();
  await tab.button("Empty the trash", tab.page.getByRole("dialog")).click();

  await tab.page.getByText("The trash is empty.").waitFor();
  await tab.place("Inbox").click();
  await tab.shows("keep");
  assert.equal((await person.api("GET", `/api/tasks/${keep.id}`)).title, "keep");
  await assert.rejects(person.api("POST", `/api/tasks/${gone.id}/restore`, {}), /404/);
});

claim("what is restored is out of the trash before that is emptied, however slow it is", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["wanted", "not wanted"]) {
    const task = await person.add(title);
    await person.api("DELETE", `/api/tasks/${task.id}`);
  }
  await tab.place("Trash").click();
  let answer;
  const isAnswered = new Promise((resolve) => (answer = resolve));
  await tab.page.route("**/restore", async (route) => {
    await isAnswered;
    await route.continue();
  });
  await tab.button("Restore “wanted”").click();

  await tab.button("Empty the trash").click();
  await tab.button("Empty the trash", tab.page.getByRole("dialog")).click();
  // Time enough for what should not be asked for yet.
  await tab.page.waitForTimeout(300);
  answer();

  await tab.page.getByText("The trash is empty.").waitFor();
  await person.has("wanted");
});

claim("search finds words of titles and descriptions, open and done", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("call the plumber");
  await person.add("kitchen", { description: "the plumber needs a key" });
  await person.add("feed the cat");
  const done = await person.add("pay the plumber of last year");
  await person.change(done, { completed: true });
  await tab.sees("feed the cat");

  await tab.press("/");
  await tab.page.getByRole("searchbox").fill("PLUMBER the");
  await tab.shows("call the plumber", "kitchen", "pay the plumber of last year");
  await tab.page.getByRole("searchbox").fill("wombat");
  await tab.page.getByText("Nothing has all these words.").waitFor();

  await tab.page.getByRole("searchbox").fill("cat");
  await tab.page.waitForURL("**/search?q=cat");
  await tab.reload();
  await tab.shows("feed the cat");
});

claim("a task that is opened at once from what was found stays open", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/search");
  await person.add("sow peas");
  await tab.page.getByRole("searchbox").fill("peas");
  await tab.rowTitle("sow peas").click();
  await tab.panel().waitFor();

  await tab.page.waitForFunction(() => history.state?.behind === "/search?q=peas");
  await tab.panel().waitFor();
  await tab.press("Escape");

  await tab.panel().waitFor({ state: "detached" });
  await tab.shows("sow peas");
  assert.equal(await tab.page.getByRole("searchbox").inputValue(), "peas");
});

claim("several are selected, completed together and brought back together", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c", "d"]) await person.add(title);
  await tab.shows("a", "b", "c", "d");

  await tab.rowTitle("a").click({ modifiers: ["ControlOrMeta"] });
  await tab.rowTitle("c").click({ modifiers: ["ControlOrMeta"] });
  const bar = tab.page.getByRole("toolbar", { name: "The selected tasks" });
  await bar.getByText("2 selected").waitFor();
  await tab.button("Complete", bar).click();
  await tab.shows("b", "d");
  await person.has("b", "d");

  await tab.press("z");
  await tab.shows("a", "b", "c", "d");
  await person.has("a", "b", "c", "d");
});

claim("a date is chosen by a tap, and in words", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("pay rent");
  await tab.focusRow("pay rent");

  await tab.press("t");
  await tab.page.getByRole("dialog").getByRole("button", { name: /^Tomorrow/ }).click();
  await tab.row("pay rent").getByText("Tomorrow").waitFor();
  await tab.focusRow("pay rent");
  await tab.press("t");
  await tab.page.getByRole("dialog").getByRole("textbox").first().fill("2 jan 2040 9:30");
  await tab.press("Enter");

  await until(() => person.openTasks(), ([task]) => assert.match(task.due, /^2040-01-02T09:30/));
});

claim("what is done is on its own page and can be reopened there", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("walk the dog");
  await tab.tick("walk the dog").click();
  await tab.seesNot("walk the dog");

  await tab.place("Completed").click();
  await tab.tick("walk the dog").click();

  await person.has("walk the dog");
  await tab.place("Inbox").click();
  await tab.sees("walk the dog");
});
