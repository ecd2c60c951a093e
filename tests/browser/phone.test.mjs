/** What is different with fingers and on a narrow screen. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

const phone = { size: { width: 375, height: 640 }, touch: true };

claim("one after the other is added, and ticked, with a finger", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["buy milk", "pay rent"]) {
    await plus(tab).tap();
    await tab.page.getByRole("dialog").getByRole("textbox").fill(title);
    await tab.press("Enter");
    await tab.sees(title);
  }
  await tab.tick("buy milk").tap();
  await tab.says("Done: “buy milk”");

  // What is said does not lie on what is needed next.
  const { x, y, width, height } = await plus(tab).boundingBox();
  const isFree = ([left, top]) => document.elementFromPoint(left, top).closest(".fab") !== null;
  assert.equal(await tab.page.evaluate(isFree, [x + width / 2, y + height / 2]), true);
  await person.has("pay rent");
}, phone);

claim("a finger that has chosen one row chooses on, and a tap opens again when none is chosen", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["a", "b", "c"]) await person.add(title);
  await tab.shows("a", "b", "c");
  await tab.button("More for “a”").tap();
  await tab.page.getByRole("menuitem", { name: /^Select/ }).tap();
  await tab.rowTitle("b").tap();
  const bar = tab.page.getByRole("toolbar");
  await bar.getByText("2 selected").waitFor();
  await tab.button("Delete", bar).tap();
  await tab.shows("c");

  await tab.rowTitle("c").tap();
  await tab.panel().waitFor();
}, phone);

claim("the drawer opens from the foot, and Escape closes it", async (world) => {
  const { tab } = await world.visitor();
  const browse = tab.button("Browse");
  const isOpen = (wanted) => until(() => browse.getAttribute("aria-expanded"), (found) => assert.equal(found, wanted));
  await browse.tap();
  await isOpen("true");
  await tab.press("Escape");
  await isOpen("false");
  await browse.tap();
  await tab.place("Trash").tap();
  await tab.heading("Trash").waitFor();
  await isOpen("false");
}, phone);

const plus = (tab) => tab.page.locator(".fab");
