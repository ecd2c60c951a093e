/** Everything that a person does with tasks and lists, without a pointer. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { PASSWORD } from "./harness/person.mjs";
import { until } from "./harness/until.mjs";

claim("a person signs up, works and leaves by keyboard alone", async (world) => {
  const tab = await world.stranger("/sign-up");
  await tab.page.getByLabel("Name").waitFor();
  await tabTo(tab, "Name");
  for (const text of ["Ada", "ada@example.org", PASSWORD]) {
    await tab.page.keyboard.type(text);
    if (text !== PASSWORD) await tab.press("Tab");
  }
  await tab.press("Enter");
  await tab.heading("Inbox").waitFor();

  await removeSamples(tab);
  await add(tab, "buy milk");
  await add(tab, "call Grace");
  await add(tab, "sow peas");
  await tab.shows("buy milk", "call Grace", "sow peas");
  await rename(tab);
  await reorder(tab);
  await complete(tab);
  await remove(tab);
  await tab.press("g", "s");
  await tab.heading("Settings").waitFor();
  await tabTo(tab, "Sign out");
  await tab.press("Enter");

  await tab.heading("Sign in").waitFor();
});

async function removeSamples(tab) {
  await until(() => tab.titles(), (titles) => assert.equal(titles.length, 3));
  await tab.press("j", "Control+a", "Delete");
  await tab.shows();
}

async function add(tab, title) {
  await tab.press("q");
  await tab.page.getByRole("dialog").getByRole("textbox").waitFor();
  await tab.page.keyboard.type(title);
  await tab.press("Enter");
  await tab.page.getByRole("dialog").waitFor({ state: "detached" });
  await tab.sees(title);
}

async function rename(tab) {
  await tab.press("j", "Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).waitFor();
  await tab.page.keyboard.type(" and bread");
  await tab.press("Enter");
  await tab.shows("buy milk and bread", "call Grace", "sow peas");
}

async function reorder(tab) {
  await focusIs(tab, "buy milk and bread");
  await tab.press("Alt+ArrowDown");
  await tab.shows("call Grace", "buy milk and bread", "sow peas");
  await focusIs(tab, "buy milk and bread");
}

async function complete(tab) {
  await tab.press("e");
  await tab.shows("call Grace", "sow peas");
  await tab.press("z");
  await tab.shows("call Grace", "buy milk and bread", "sow peas");
}

async function remove(tab) {
  await stepTo(tab, "sow peas");
  await tab.press("Delete");
  await tab.shows("call Grace", "buy milk and bread");
  await tab.press("g", "r");
  await tabTo(tab, "Restore “sow peas”");
  await tab.press("Enter");
  await tab.press("g", "i");
  await tab.shows("call Grace", "buy milk and bread", "sow peas");
}

claim("date, priority, list and description are set by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  const list = await person.addList("Garden");
  await person.add("sow peas");
  await tab.place("Garden").waitFor();
  await tab.sees("sow peas");

  await tab.press("j", "1");
  await tab.press("t");
  await tab.page.getByRole("dialog").waitFor();
  await tab.page.keyboard.type("2 jan 2040");
  await tab.press("Enter");
  await focusIs(tab, "sow peas");
  await tab.press("o");
  await tab.panel().waitFor();
  await tabTo(tab, "Add a description");
  await tab.press("Enter");
  await tab.page.keyboard.type("in **rows**");
  await tab.press("Control+Enter");
  await tab.press("Escape");
  await tab.panel().waitFor({ state: "detached" });
  await focusIs(tab, "sow peas");
  await tab.press("v");
  await tab.page.getByRole("combobox").waitFor();
  await tab.page.keyboard.type("gar");
  await tab.press("Enter");

  await until(() => person.openTasks(), ([task]) => {
    assert.equal(task.priority, 1);
    assert.equal(task.due, "2040-01-02");
    assert.equal(task.description, "in **rows**");
    assert.equal(task.list_id, list.id);
  });
});

claim("several are selected and deleted by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c", "d"]) await person.add(title);
  await tab.shows("a", "b", "c", "d");

  await tab.press("j", "j", "x", "Shift+ArrowDown");
  await tab.page.getByText("2 selected").waitFor();
  await tab.press("Delete");

  await tab.shows("a", "d");
  await person.has("a", "d");
  await tab.press("z");
  await tab.shows("a", "b", "c", "d");
});

claim("the focus is with its row, or in its place, after an undo", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c"]) await person.add(title);
  await tab.shows("a", "b", "c");
  await tab.press("j", "Alt+ArrowDown", "Alt+ArrowDown");
  await tab.shows("b", "c", "a");
  await tab.press("z", "z");
  await tab.shows("a", "b", "c");
  await focusIs(tab, "a");

  await tab.press("j", "Shift+Enter");
  await tab.page.keyboard.type("below b");
  await tab.press("Enter", "Escape");
  await tab.shows("a", "b", "below b", "c");
  await focusIs(tab, "below b");
  await tab.press("z");
  await tab.shows("a", "b", "c");
  await focusIs(tab, "c");
});

claim("lists are made, renamed, moved and deleted by keyboard alone", async (world) => {
  const { tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  for (const name of ["Home", "Garden"]) {
    await tabTo(tab, "Add a list");
    await tab.press("Enter");
    await tab.page.keyboard.type(name);
    await tab.press("Enter");
    await tab.heading(name).waitFor();
  }
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Home", "Garden"]));
  await tab.place("Garden").focus();
  await tab.press("Alt+ArrowUp");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Garden", "Home"]));
  await inMenu(tab, "Home", "Rename");
  await tab.page.keyboard.type("House");
  await tab.press("Enter");
  await tab.heading("House").waitFor();
  await until(() => focusedLabel(tab), (label) => assert.equal(label, "More for the list “House”"));
  await inMenu(tab, "Garden", "Delete the list");

  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["House"]));
});

claim("a title is typed at the foot of a list, and what was not meant is refused, by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  const list = await person.addList("Garden");
  await tab.place("Garden").waitFor();

  // The first of this name is the button that opens the dialog.
  await tabTo(tab, "Add a task");
  await tab.press("Tab");
  await tabTo(tab, "Add a task");
  await tab.page.keyboard.type("read p1 2 jan 2040 #garden");
  await tab.chip("Garden").waitFor();
  await tabTo(tab, "Priority 1: not meant, keep it as text");
  await tab.press("Enter");
  await tab.chip("Priority 1").waitFor({ state: "detached" });
  await tab.press("Enter");

  await until(() => person.openTasks(), ([task]) => {
    assert.equal(task.title, "read p1");
    assert.equal(task.priority, 4);
    assert.equal(task.due, "2040-01-02");
    assert.equal(task.list_id, list.id);
  });
  await tab.press("Escape", "z");
  await person.has();
});

claim("every change of a task is taken back by Z", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  for (const title of ["a", "b"]) await person.add(title, { due: "2040-01-02" });
  await tab.place("Garden").waitFor();
  await tab.shows("a", "b");
  const before = await looks(person);
  await tab.press("j");

  const changes = {
    title: () => typed(tab, ["Enter"], "x", ["Enter"]),
    priority: () => tab.press("2"),
    day: () => tab.press("Alt+]"),
    date: () => typed(tab, ["t"], "3 mar 2041", ["Enter"]),
    list: () => typed(tab, ["v"], "gar", ["Enter"]),
    order: () => tab.press("Alt+ArrowDown"),
    done: () => tab.press("e"),
    trash: () => tab.press("Delete"),
  };
  for (const [name, change] of Object.entries(changes)) {
    await focusIs(tab, "a");
    await change();
    await until(() => looks(person), (now) => assert.notDeepEqual(now, before, name));
    await tab.press("z");
    await until(() => looks(person), (now) => assert.deepEqual(now, before, name));
    await tab.shows("a", "b");
    await tab.press("ArrowUp");
  }
});

claim("every change of several tasks is taken back by Z", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  for (const title of ["a", "b", "c"]) await person.add(title, { due: "2040-01-02" });
  await tab.place("Garden").waitFor();
  await tab.shows("a", "b", "c");
  const before = await looks(person);

  const changes = {
    priority: () => tab.press("1"),
    day: () => tab.press("Alt+["),
    date: () => typed(tab, ["t"], "3 mar 2041", ["Enter"]),
    list: () => typed(tab, ["v"], "gar", ["Enter"]),
    done: () => tab.press("e"),
    trash: () => tab.press("Delete"),
  };
  for (const [name, change] of Object.entries(changes)) {
    await stepTo(tab, "a", "ArrowUp");
    await tab.press("x", "Shift+ArrowDown");
    await tab.page.getByText("2 selected").waitFor();
    await change();
    await until(() => looks(person), (now) => assert.equal(differences(now, before), 2, name));
    await tab.press("Escape", "z");
    await until(() => looks(person), (now) => assert.deepEqual(now, before, name));
    await tab.shows("a", "b", "c");
  }
});

claim("every change of a list is taken back by Z", async (world) => {
  const { tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();
  const add = async (name) => {
    await tabTo(tab, "Add a list");
    await typed(tab, ["Enter"], name, ["Enter"]);
    await tab.heading(name).waitFor();
  };
  await add("Home");
  await tab.press("z");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, []));

  await add("Home");
  await add("Garden");
  await inMenu(tab, "Garden", "Move up");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Garden", "Home"]));
  await tab.press("z");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Home", "Garden"]));
  await inMenu(tab, "Home", "Rename");
  await typed(tab, [], "House", ["Enter"]);
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["House", "Garden"]));
  await tab.press("z");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Home", "Garden"]));
  await inMenu(tab, "Home", "Delete the list");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Garden"]));
  await tab.press("z");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Home", "Garden"]));
});

claim("what is searched for is found, opened and completed by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("sow peas");
  await person.add("buy milk");
  await tab.shows("sow peas", "buy milk");

  await tab.press("/");
  await tab.page.keyboard.type("peas");
  await tab.shows("sow peas");
  await tabTo(tab, "sow peas");
  await tab.press("o");
  await tab.panel().waitFor();
  await tab.press("Escape");
  await focusIs(tab, "sow peas");
  await tab.press("e");

  await person.has("buy milk");
  await tab.press("z");
  await person.has("sow peas", "buy milk");
});

claim("the menu of a row and the days of a month are used by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c"]) await person.add(title, { due: "2040-01-02" });
  await tab.shows("a", "b", "c");
  await tab.press("j", ".");
  await tab.page.getByRole("menu").waitFor();
  await tab.page.keyboard.type("moveto");
  await tab.press("End", "ArrowUp", "Enter");
  await tab.shows("b", "c", "a");
  await focusIs(tab, "a");

  await tab.press("t");
  await tab.page.getByRole("dialog").waitFor();
  await tabTo(tab, "Monday, 2 January 2040");
  await tab.press("ArrowRight", "ArrowDown", "PageDown", "Enter");

  await until(() => person.openTasks(), (tasks) => {
    assert.equal(tasks.find(({ title }) => title === "a").due, "2040-02-10");
  });
});

claim("a list comes out of the trash, and the trash is emptied, by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  for (const name of ["Home", "Garden"]) {
    const list = await person.addList(name);
    await person.api("DELETE", `/api/lists/${list.id}`);
  }
  await tab.press("g", "r");
  await tab.button("Restore “Home”").waitFor();

  await tabTo(tab, "Restore “Home”");
  await tab.press("Enter");
  await until(() => ownLists(tab), (names) => assert.deepEqual(names, ["Home"]));
  await tabTo(tab, "Empty the trash");
  await tab.press("Enter");
  const dialog = tab.page.getByRole("dialog");
  await dialog.waitFor();
  await tab.press("Tab", "Enter");

  await tab.page.getByText("The trash is empty.").waitFor();
});

claim("a name and the colours are set, and somebody signs in, by keyboard alone", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();
  await tab.press("g", "s");
  await tabTo(tab, "Name");
  await typed(tab, ["Control+a"], "Ada Lovelace", ["Enter"]);
  await tab.page.getByRole("link", { name: "Ada Lovelace: settings" }).waitFor();
  await tab.page.getByRole("link", { name: "Appearance" }).focus();
  await tab.press("Enter");
  await tabTo(tab, "As the system");
  await tab.press("ArrowDown", "ArrowDown");
  await until(() => tab.page.evaluate(() => document.documentElement.dataset.theme), (theme) => assert.equal(theme, "dark"));
  await tabTo(tab, "Sign out");
  await tab.press("Enter");

  await tab.heading("Sign in").waitFor();
  await tabTo(tab, "E-mail");
  await typed(tab, [], person.email, ["Tab"]);
  await typed(tab, [], PASSWORD, ["Enter"]);
  await tab.heading("Inbox").waitFor();
});

claim("the palette does by name what has no key at hand", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  await tab.place("Garden").waitFor();

  await tab.press("Control+k");
  await tab.page.getByRole("combobox").waitFor();
  await tab.page.keyboard.type("gard");
  await tab.page.getByRole("option", { name: /Garden/ }).first().waitFor();
  await tab.press("Enter");

  await tab.heading("Garden").waitFor();
});

claim("? shows the keys, and Escape goes one step back each time", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("one");
  await tab.rowTitle("one").click();
  await tab.panel().waitFor();

  await tab.press("?");
  const keys = tab.page.getByRole("dialog", { name: "All keys" });
  await keys.waitFor();
  await tab.press("Escape");
  await keys.waitFor({ state: "detached" });
  await tab.panel().waitFor();
  await tab.press("Escape");
  await tab.panel().waitFor({ state: "detached" });
});

claim("what is typed on the way to a field gets there whole, however late that comes", async (world) => {
  for (const [key, file, label] of [
    ["/", "views/search", "Words in a title or a description"],
    ["q", "components/quick-add", "Add a task"],
    ["v", "components/move", "Name of a list"],
    ["t", "components/due", "Due, in words"],
  ]) {
    const { person, tab } = await world.visitor(`Ada ${key}`);
    await person.add("here");
    await tab.sees("here");
    await tab.focusRow("here");
    // It comes in the middle of the words.
    let typed = 0;
    await tab.page.route(`**/${file}.js`, async (route) => {
      await until(() => typed, (count) => assert.ok(count >= 8));
      await route.continue();
    });

    await tab.page.keyboard.press(key);
    for (const letter of "a piece of paper, please") {
      await tab.page.keyboard.type(letter, { delay: 15 });
      typed += 1;
    }

    const where = tab.page.getByLabel(label, { exact: true }).and(tab.page.locator("input")).last();
    await until(() => where.inputValue(), (found) => assert.equal(found, "a piece of paper, please"));
  }
});

claim("what is sent before its field has come is done once it has", async (world) => {
  const { person, tab } = await world.visitor();
  const home = await person.addList("Home");
  const task = await person.add("here");
  await tab.sees("here");
  await tab.page.route(/components\/(due|move)\.js/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    await route.continue();
  });

  await tab.focusRow("here");
  await tab.press("t");
  await tab.page.keyboard.type("2 jan 2040");
  await tab.press("Enter");
  await until(() => person.openTasks(), ([{ due }]) => assert.equal(due, "2040-01-02"));
  await focusIs(tab, "here");
  await tab.press("v");
  await tab.page.keyboard.type("hom");
  await tab.press("Enter");
  await until(() => person.openTasks(), ([{ list_id, id }]) => assert.deepEqual([list_id, id], [home.id, task.id]));
});

claim("single keys do nothing while somebody types, or when they are switched off", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("stays");
  await tab.sees("stays");
  await tab.addField().focus();
  await tab.page.keyboard.type("ezqx");
  assert.equal(await tab.addField().inputValue(), "ezqx");
  await tab.press("Escape");

  await tab.press("?");
  await tab.page.getByRole("dialog").getByRole("checkbox").uncheck();
  await tab.press("Escape");
  await tab.focusRow("stays");
  await tab.press("e", "Delete");
  await tab.seesNot("stays");
  await tab.place("Trash").click();
  await tab.button("Restore “stays”").waitFor();
});

/** Presses Tab until what has this name has the focus. */
async function tabTo(tab, name) {
  const wanted = tab.page.locator(":focus").and(
    tab.page.getByRole("button", { name, exact: true }).or(tab.page.getByLabel(name, { exact: true })),
  );
  for (let presses = 0; presses < 80; presses += 1) {
    if ((await wanted.count()) > 0) return;
    await tab.press("Tab");
  }
  assert.fail(`Tab never comes to ${name}`);
}

/** Goes from row to row until one has the focus. */
async function stepTo(tab, title, key = "j") {
  await until(async () => {
    await tab.press(key);
    return tab.focusedText();
  }, (found) => assert.equal(found.trim(), title));
}

/** Keys, then text in the field they lead to, then keys. */
async function typed(tab, before, text, after) {
  await tab.press(...before);
  await tab.page.waitForFunction(() => document.activeElement?.matches("input, textarea"));
  await tab.page.keyboard.type(text);
  await tab.press(...after);
}

/** What the server has of each task, in their order, as far as Z brings it back. */
async function looks(person) {
  const tasks = await person.openTasks();
  return tasks.map(({ title, priority, due, list_id }) => ({ title, priority, due, list_id }));
}

/** How many of the tasks are not as they were. */
function differences(now, before) {
  return before.filter((one) => !now.some((other) => JSON.stringify(one) === JSON.stringify(other))).length;
}

async function focusIs(tab, text) {
  await until(() => tab.focusedText(), (found) => assert.equal(found.trim(), text));
}

/** The name of the button that has the focus. */
function focusedLabel(tab) {
  return tab.page.evaluate(() => document.activeElement?.getAttribute("aria-label"));
}

async function inMenu(tab, list, act) {
  await tabTo(tab, `More for the list “${list}”`);
  await tab.press("Enter");
  await tab.page.getByRole("menu").waitFor();
  await tab.page.keyboard.type(act.slice(0, 3));
  await tab.press("Enter");
}

function ownLists(tab) {
  return tab.page.locator("[data-own-list] .nav__name").allInnerTexts();
}
