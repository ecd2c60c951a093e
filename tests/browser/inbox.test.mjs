/** Adding, editing, completing and deleting in one list. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/tab.mjs";

claim("what is typed in the field at the foot is added, in order, and kept", async (world) => {
  const { person, tab } = await world.visitor();

  await tab.add("buy milk");
  await tab.add("call Grace");

  await tab.shows("buy milk", "call Grace");
  await until(() => person.openTitles(), (titles) => assert.deepEqual(titles, ["buy milk", "call Grace"]));
  await tab.reload();
  await tab.shows("buy milk", "call Grace");
});

claim("Q adds from anywhere", async (world) => {
  const { tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  await tab.press("q");
  await tab.page.getByRole("dialog").getByRole("textbox").waitFor();
  await tab.page.keyboard.type("water the plants");
  await tab.press("Enter");

  await tab.sees("water the plants");
});

claim("a title is edited in place, and Escape leaves it as it was", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("by milk");
  await tab.sees("by milk");

  await tab.focusRow("by milk");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("buy milk");
  await tab.press("Enter");
  await tab.sees("buy milk");
  await until(() => person.openTitles(), (titles) => assert.deepEqual(titles, ["buy milk"]));

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
  await until(() => person.openTitles(), (titles) => assert.deepEqual(titles, ["two"]));
  await tab.toast().getByRole("button", { name: "Undo" }).click();
  await tab.shows("one", "two");

  await tab.focusRow("two");
  await tab.press("e");
  await tab.shows("one");
  await tab.press("z");
  await tab.shows("one", "two");
  await until(() => person.openTitles(), (titles) => assert.deepEqual(titles, ["one", "two"]));
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
  await until(() => person.openTitles(), (titles) => assert.deepEqual(titles, ["keep me"]));
});
