/** The page without a server to load it from, and with a new version of itself. */
import assert from "node:assert/strict";
import { after } from "node:test";
import { claim } from "./harness/claim.mjs";
import { Tab } from "./harness/tab.mjs";
import { Upgrade } from "./harness/upgrade.mjs";

const upgrade = await Upgrade.listen();
after(() => upgrade.close());
const upgradable = { settings: { DOCKET_TRUSTED_ORIGINS: upgrade.url } };

claim("without its server the page opens, shows what was last seen, and keeps what is done until it is back", async (world) => {
  const { person, tab } = await world.visitor();
  for (const title of ["one", "two", "three"]) await person.add(title);
  await tab.shows("one", "two", "three");
  await tab.hasItsFiles();

  await world.server.stop();
  await tab.reload();
  await tab.shows("one", "two", "three");
  await tab.add("four");
  await tab.tick("one").click();
  await tab.shows("two", "three", "four");
  await tab.focusRow("two");
  await tab.press("2", "Alt+ArrowDown");
  await tab.shows("three", "two", "four");
  await tab.page.getByText("Offline · 4 waiting").waitFor();

  const context = tab.page.context();
  await tab.page.close();
  const later = await Tab.open(context, "/today");
  await later.page.getByText("Offline · 4 waiting").waitFor();
  await later.place("Inbox").click();
  await later.shows("three", "two", "four");

  await world.server.startAgain();
  await later.page.getByText("Offline").waitFor({ state: "detached" });
  await person.has("three", "two", "four");
  const [, two] = await person.openTasks();
  assert.equal(two.priority, 2);
}, { fails: true });

// SECURITY-BAR H12: what a person has is not among the files.
claim("what is kept of files is the program's, for a tab of somebody else too", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("a secret of Ada's");
  await tab.sees("a secret of Ada's");
  await tab.hasItsFiles();
  await tab.reload();
  await tab.sees("a secret of Ada's");
  const kept = await keptFiles(tab);
  assert.ok(kept.some(({ path }) => path === "/main.js"));
  assert.deepEqual(kept.filter(({ path, text }) => path.startsWith("/api") || text.includes("secret of Ada")), []);

  await tab.page.goto("/settings");
  await tab.button("Sign out").click();
  await tab.heading("Sign in").waitFor();
  await world.server.stop();
  await tab.page.goto("/inbox");

  await tab.heading("Sign in").waitFor();
  assert.equal(await tab.row("a secret of Ada's").count(), 0);
}, { fails: true });

claim("a page that is kept has the headers it was served with", async (world) => {
  const { tab } = await world.visitor();
  await tab.hasItsFiles();
  await world.server.stop();
  const reply = await tab.page.goto("/today");
  assert.ok(reply.fromServiceWorker());
  const headers = reply.headers();
  assert.match(headers["content-security-policy"], /script-src 'self';/);
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
}, { fails: true });

claim("a new version is offered, taken when asked for, and never mixed with the old", async (world) => {
  upgrade.standBefore(world.server);
  const { person, tab } = await world.visitor();
  await person.add("one");
  await tab.sees("one");
  await tab.hasItsFiles();
  const second = await tab.another("/inbox");
  await second.sees("one");
  await second.addField().fill("half a tho");

  upgrade.install({
    "/strings/en.js": (text) => text.replace('"view.inbox": "Inbox"', '"view.inbox": "Inbox, renewed"'),
    "/views/search.js": (text) => `${text}\ndocument.documentElement.dataset.search = "renewed";`,
  });
  await lookForNews(tab);
  const offer = tab.button("New version ready · Reload");
  await offer.click();
  await tab.heading("Inbox, renewed").waitFor();

  // The other tab stays as it is, whole and old, with what was being typed.
  assert.equal(await second.addField().inputValue(), "half a tho");
  await second.place("Search").click();
  await second.heading("Search").waitFor();
  assert.equal(await second.page.evaluate(() => document.documentElement.dataset.search), undefined);
  await second.button("New version ready · Reload").click();
  await second.place("Inbox, renewed").click();
  await second.heading("Inbox, renewed").waitFor();
  await second.place("Search").click();
  await second.heading("Search").waitFor();
  assert.equal(await second.page.evaluate(() => document.documentElement.dataset.search), "renewed");
}, upgradable);

claim("the only tab takes a new version when it is loaded again", async (world) => {
  upgrade.standBefore(world.server);
  upgrade.install({});
  const { tab } = await world.visitor();
  await tab.hasItsFiles();
  await tab.reload();
  upgrade.install({
    "/strings/en.js": (text) => text.replace('"view.inbox": "Inbox"', '"view.inbox": "Inbox, renewed"'),
  });
  await lookForNews(tab);
  await tab.button("New version ready · Reload").waitFor();
  await tab.heading("Inbox").waitFor();

  await tab.reload();

  await tab.heading("Inbox, renewed").waitFor();
}, upgradable);

/** As the page itself does when the server was away. */
async function lookForNews({ page }) {
  await page.evaluate(async () => (await navigator.serviceWorker.ready).update());
}

function keptFiles({ page }) {
  return page.evaluate(async () => {
    const found = [];
    for (const name of await caches.keys()) {
      const cache = await caches.open(name);
      for (const request of await cache.keys()) {
        const text = await (await cache.match(request)).text();
        found.push({ path: new URL(request.url).pathname, text });
      }
    }
    return found;
  });
}
