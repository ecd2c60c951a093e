/** Every screen: what axe finds, and whether it fits a phone. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { claim } from "./harness/claim.mjs";
import { Person } from "./harness/person.mjs";
import { doors, furnish, overlays, screens, show } from "./harness/screens.mjs";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const phone = { size: { width: 375, height: 640 }, touch: true };

for (const [what, all] of Object.entries({ screen: everyScreen, "dialog, menu or editor": everyOverlay })) {
  claim(`axe finds nothing on any ${what}, in the light and in the dark`, async (world) => {
    const found = await all(world, {}, async (page) => {
      const light = await violations(page, "light");
      return [...light, ...(await violations(page, "dark"))];
    });
    assert.deepEqual(found, []);
  }, { fails: true });

  claim(`no ${what} scrolls sideways on a phone of 375 or 320 pixels`, async (world) => {
    const found = await all(world, phone, async (page) => {
      const usual = await overflows(page, 375);
      return [...usual, ...(await overflows(page, 320))];
    });
    assert.deepEqual(found, []);
  }, { fails: true });
}

async function everyScreen(world, how, look) {
  const stranger = await world.stranger("/sign-in", how);
  const outside = await lookAt(stranger, doors, look);
  const person = await Person.signUp(world.server, "Ada");
  const tab = await world.visit(person, "/inbox", how);
  const empty = await lookAt(tab, [["empty inbox", "/inbox"], ["empty today", "/today"], ["empty trash", "/trash"]], look);
  const full = await lookAt(tab, screens(await furnish(person)), look);
  return [...outside, ...empty, ...full];
}

async function everyOverlay(world, how, look) {
  const { person, tab } = await world.visitor("Ada", "/inbox", how);
  return lookAt(tab, overlays(await furnish(person)), look);
}

/** What is found wrong, each time with the name of where. */
async function lookAt(tab, all, look) {
  const found = [];
  for (const screen of all) {
    await show(tab, screen, async (page) => {
      found.push(...(await look(page)).map((one) => `${screen[0]}: ${one}`));
    });
  }
  return found;
}

async function violations(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => (await window.axe.run({ resultTypes: ["violations"] })).violations);
  return found.flatMap(({ id, nodes }) => nodes.map((node) => `${colorScheme} ${id} ${node.target} ${node.failureSummary}`));
}

/** What stands out of the screen at the right, other than in a box that scrolls. */
async function overflows(page, width) {
  await page.setViewportSize({ width, height: 640 });
  return page.evaluate(() => {
    const wide = document.documentElement.scrollWidth > innerWidth ? ["the page scrolls"] : [];
    const scrolls = (element) => {
      const box = element.parentElement?.closest("*");
      if (!box) return false;
      return ["auto", "scroll"].includes(getComputedStyle(box).overflowX) || scrolls(box);
    };
    for (const element of document.querySelectorAll("button, a, input, textarea, h1, h2, p")) {
      const { right, width, left } = element.getBoundingClientRect();
      const isShown = width > 1 && element.checkVisibility() && right > 0 && left < innerWidth;
      if (isShown && right > innerWidth + 1 && !scrolls(element)) wide.push(element.outerHTML.slice(0, 100));
    }
    return wide;
  });
}
