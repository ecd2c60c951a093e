/** Adding tasks, and what is understood in a title. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("what is typed in the field at the foot is added, in order, and kept", async (world) => {
  const { person, tab } = await world.visitor();

  await tab.add("buy milk");
  await tab.add("call Grace");

  await tab.shows("buy milk", "call Grace");
  await person.has("buy milk", "call Grace");
  await tab.reload();
  await tab.shows("buy milk", "call Grace");
});

claim("a title typed and sent before its dialog has come is added", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("above it");
  await tab.sees("above it");
  await tab.page.route("**/components/quick-add.js*", async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 700));
    await route.continue();
  });

  await tab.press("j", "Shift+Enter");
  await tab.page.keyboard.type("below it");
  // Nobody knows yet where what comes after it should go.
  await tab.press("Enter", "x", "e");

  await tab.shows("above it", "below it");
  await person.has("above it", "below it");
});

claim("titles typed before their reader has come are all added", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/trash");
  await tab.heading("Trash").waitFor();
  let answer;
  const isAsked = new Promise((asked) => {
    tab.page.route("**/lib/quick_add.js", async (route) => {
      asked();
      await new Promise((resolve) => (answer = resolve));
      await route.continue();
    });
  });
  await tab.place("Inbox").click();

  await tab.add("buy milk p1");
  await isAsked;
  await tab.add("call Grace");
  await tab.addField().fill("not yet");
  answer();

  await tab.shows("buy milk", "call Grace");
  await person.has("buy milk", "call Grace");
  assert.equal(await tab.addField().inputValue(), "not yet");
});

claim("Q adds from anywhere", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/trash");
  await tab.heading("Trash").waitFor();

  await tab.press("q");
  await tab.page.getByRole("dialog").getByRole("textbox").fill("water the plants");
  await tab.press("Enter");

  await person.has("water the plants");
  await tab.place("Inbox").click();
  await tab.sees("water the plants");
});

claim("Shift Enter saves what is edited and adds below it, in its list", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["by milk", "call Grace"]) await person.add(title);
  await tab.focusRow("by milk");

  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("buy milk");
  await tab.press("Shift+Enter");
  const dialog = tab.page.getByRole("dialog", { name: "Add a task below" });
  await dialog.getByRole("textbox").fill("buy bread");
  await tab.press("Enter");
  await tab.shows("buy milk", "buy bread", "call Grace");
  await until(() => tab.focusedText(), (text) => assert.equal(text, "buy bread"));
  await tab.chooseInMenu("call Grace", "Add below");
  await dialog.getByRole("textbox").fill("sow peas p1");
  await tab.press("Enter");

  await person.has("buy milk", "buy bread", "call Grace", "sow peas");
  await tab.press("z");
  await person.has("buy milk", "buy bread", "call Grace");
});

claim("a date, a priority and a list in the title are understood", async (world) => {
  const { person, tab } = await world.visitor();
  const garden = await person.addList("Garden");
  await tab.place("Garden").waitFor();

  await tab.addField().fill("plant bulbs 2 dec 2040 p1 #garden");
  await tab.chip(/2 Dec/).waitFor();
  await tab.chip("Priority 1").waitFor();
  await tab.chip("Garden").waitFor();
  await tab.addField().press("Enter");

  await person.has("plant bulbs");
  const [task] = await person.openTasks();
  assert.equal(task.due, "2040-12-02");
  assert.equal(task.priority, 1);
  assert.equal(task.list_id, garden.id);
});

claim("what was not meant is refused by its chip and stays text", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  await tab.addField().fill("read Fri 2 p1");
  await tab.chip("Priority 1").click();
  await tab.chip("Priority 1").waitFor({ state: "detached" });
  await tab.addField().press("Enter");

  await until(() => person.openTasks(), ([task]) => {
    assert.match(task.title, /p1/);
    assert.equal(task.priority, 4);
  });
});

claim("a list that is not there yet is made with its first task", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  await tab.addField().fill("buy paint #Workshop");
  await tab.chip("New list: Workshop").waitFor();
  await tab.addField().press("Enter");

  await tab.place("Workshop").click();
  await tab.sees("buy paint");
  await person.has("buy paint");
  const [task] = await person.openTasks();
  const { items } = await person.api("GET", "/api/lists");
  assert.equal(items.find((list) => list.name === "Workshop")?.id, task.list_id);
});

claim("what is typed and not yet added is there again after a look elsewhere", async (world) => {
  const { tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  await tab.addField().fill("half a thou");
  await tab.place("Trash").click();
  await tab.heading("Trash").waitFor();
  await tab.place("Inbox").click();

  await until(() => tab.addField().inputValue(), (text) => assert.equal(text, "half a thou"));
});

claim("Today takes what is added there as due today", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/today");
  await tab.heading("Today").waitFor();

  await tab.add("take the bins out");

  await tab.sees("take the bins out");
  await until(() => person.openTasks(), ([task]) => assert.match(task.due, /^\d{4}-\d\d-\d\d$/));
  await tab.place("Inbox").click();
  await tab.row("take the bins out").getByText("Today").waitFor();
});
