/** How far down a page is, when somebody goes elsewhere and comes back. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("a view opens at its top, and Back and a reload find the place where one was", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/all");
  const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => person.add(`task ${number}`, { due: "2040-01-02" })));
  await until(() => tab.titles(), (titles) => assert.equal(titles.length, 60));

  await scrollTo(tab, 900);
  await tab.place("Inbox").click();
  await tab.heading("Inbox").waitFor();
  await isAt(tab, 0);
  await scrollTo(tab, 500);
  await tab.page.goBack();
  await tab.heading("All").waitFor();
  await isAt(tab, 900);
  await tab.page.goForward();
  await tab.heading("Inbox").waitFor();
  await isAt(tab, 500);
  await tab.reload();
  await tab.sees("task 1");
  await isAt(tab, 500);
});

claim("a task that is opened and closed leaves its list where it was", async (world) => {
  const { person, tab } = await world.visitor();
  const numbers = Array.from({ length: 60 }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => person.add(`task ${number}`)));
  await until(() => tab.titles(), (titles) => assert.equal(titles.length, 60));

  await scrollTo(tab, 700);
  await tab.page.evaluate(() => document.querySelectorAll(".row__title")[20].click());
  await tab.panel().waitFor();
  await isAt(tab, 700);
  await tab.press("Escape");
  await tab.panel().waitFor({ state: "detached" });
  await isAt(tab, 700);
});

/** Scrolls, and waits until it is noted where to. */
async function scrollTo(tab, top) {
  await tab.page.evaluate((down) => window.scrollTo(0, down), top);
  await tab.page.waitForFunction((down) => history.state?.down === down, top);
}

const isAt = (tab, top) => until(() => tab.page.evaluate(() => window.scrollY), (down) => assert.equal(down, top));
