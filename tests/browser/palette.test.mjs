/** Everything by its name (`Ctrl K`), and the keys that do it at once (`?`). */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("a command is found by a few letters, shows its key, and acts on the chosen rows", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  for (const title of ["one", "two", "three"]) await person.add(title);
  await tab.shows("one", "two", "three");
  await tab.focusRow("one");
  await tab.press("x", "j", "x", "Control+k");
  const palette = new Palette(tab);

  await palette.type("prio 1");
  await palette.isAt("Priority 1");
  assert.match(await palette.chosen().innerText(), /2 tasks\s+1$/);
  await tab.press("Enter");

  await tab.says("Changed 2 tasks");
  await until(() => person.openTasks(), (tasks) => assert.deepEqual(tasks.map((task) => task.priority), [1, 1, 4]));
});

claim("a step asks for more, Backspace and Escape go back by one", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Garden");
  await person.add("plant roses");
  await tab.focusRow("plant roses");
  await tab.press("Control+k");
  const palette = new Palette(tab);

  await palette.type("move to");
  await tab.press("Enter");
  await palette.isAt("Inbox");
  await tab.press("Backspace");
  await palette.isAt("Move to a list");
  await tab.press("Enter");
  await palette.isAt("Inbox");
  await tab.press("Escape");
  await palette.isAt("Move to a list");
  await tab.press("Enter");
  await palette.type("gard");
  await tab.press("Enter");

  await tab.says("Moved “plant roses” to Garden");
  await tab.seesNot("plant roses");
});

claim("tasks and lists are found too, # keeps to lists, and what was used comes first", async (world) => {
  const { person, tab } = await world.visitor();
  await person.addList("Boats");
  await person.add("paint the boat");
  await tab.focusRow("paint the boat");
  await tab.press("Control+k");
  const palette = new Palette(tab);

  await palette.type("boat");
  assert.equal(await palette.options().count(), 2);
  await tab.page.getByRole("status").filter({ hasText: "2 results" }).waitFor();
  await palette.type("#boat");
  await palette.isAt("Boats");
  assert.equal(await palette.options().count(), 1);
  await tab.press("Enter");
  await tab.heading("Boats").waitFor();

  await tab.press("Control+k");
  await palette.isAt("Boats");
  await tab.press("Escape");
  await palette.options().first().waitFor({ state: "detached" });
});

claim("? shows every key, and single keys can be switched off", async (world) => {
  const { tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();
  await tab.press("?");
  const keys = tab.page.getByRole("dialog", { name: "All keys" });
  await keys.getByText("Ctrl K").waitFor();
  await tab.page.keyboard.type("undo");
  await keys.getByText("Ctrl K").waitFor({ state: "detached" });
  await keys.getByText("Ctrl Z").waitFor();

  await keys.getByRole("checkbox").uncheck();
  await tab.press("Escape");
  await keys.waitFor({ state: "detached" });
  await tab.press("?", "q", "g", "t", "Control+k");
  await new Palette(tab).options().first().waitFor();
  assert.equal(await tab.page.getByRole("dialog").count(), 1);
  assert.equal(new URL(tab.page.url()).pathname, "/inbox");
});

class Palette {
  constructor(tab) {
    this.field = tab.page.getByRole("combobox");
    this.page = tab.page;
  }

  options() {
    return this.page.getByRole("option");
  }

  /** The option that Enter takes, as a screen reader is told of it. */
  chosen() {
    return this.page.getByRole("option", { selected: true });
  }

  async type(text) {
    await this.field.fill(text);
  }

  async isAt(text) {
    await this.chosen().filter({ hasText: text }).waitFor();
    const [active, id] = [await this.field.getAttribute("aria-activedescendant"), await this.chosen().getAttribute("id")];
    assert.equal(active, id);
  }
}
