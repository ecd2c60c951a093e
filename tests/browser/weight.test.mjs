/** What the first load of the signed-in page costs, as far as it can be counted. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { firstLoad } from "./harness/measure.mjs";
import { furnish } from "./harness/screens.mjs";
import { Person } from "./harness/person.mjs";
import { until } from "./harness/until.mjs";

claim("the first load is at most 25 requests and 120 kB over the wire", async (world) => {
  const person = await Person.signUp(world.server, "Ada");
  await furnish(person);
  const tab = await world.visit(person, "about:blank");

  const { bytes, requests, addresses } = await firstLoad(tab.page, "/inbox");

  assert.ok(addresses.length > 1);
  assert.ok(requests <= 25, `${requests} requests:\n${addresses.join("\n")}`);
  assert.ok(bytes <= 120_000, `${bytes} bytes:\n${addresses.join("\n")}`);
});

claim("every module of the first screen is asked for at once", async (world) => {
  const { tab } = await world.visitor();
  await tab.addField().waitFor();

  const { loaded, named } = await tab.page.evaluate(() => {
    const paths = performance.getEntriesByType("resource").map(({ name }) => new URL(name).pathname);
    const links = [...document.querySelectorAll("link[rel=modulepreload]")];
    const others = ["/early.js", "/main.js", "/sw.js"];
    return {
      loaded: paths.filter((path) => path.endsWith(".js") && !others.includes(path)),
      named: links.map((link) => link.getAttribute("href")),
    };
  });

  assert.deepEqual([...new Set(loaded)].sort(), named.sort());
});

claim("what is kept is not asked for again", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("buy milk");
  await tab.sees("buy milk");
  const asked = [];
  tab.page.on("request", (request) => asked.push(request.url().replace(world.server.url, "")));
  // The page that goes may still ask for something after the other was asked for.
  tab.page.on("framenavigated", () => (asked.length = 0));
  const load = async () => {
    await tab.reload();
    await tab.sees("buy milk");
    await until(() => asked, (found) => assert.ok(found.includes("/api/events")));
    return asked.includes("/api/changes?limit=200");
  };

  await until(load, (isAsked) => assert.equal(isAsked, false));
  // A browser that keeps it, but does not say so at once, learns to, and may before it has asked.
  await tab.page.evaluate(() => localStorage.removeItem("docket.kept"));
  await load();
  assert.equal(await load(), false);
});
