/** What the first load of the signed-in page costs, as far as it can be counted. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { firstLoad } from "./harness/measure.mjs";
import { furnish } from "./harness/screens.mjs";
import { Person } from "./harness/person.mjs";

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
