/** By plain http from another machine: a browser has no locks and no workers there. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { Person } from "./harness/person.mjs";

claim("a page that came by plain http from another machine works too", async (world) => {
  const { server } = world;
  const person = await Person.signUp({ url: server.url }, "Ada");
  await person.add("by the API");
  server.url = server.url.replace("127.0.0.1", "plain.test");
  const tab = await world.visit(person);

  await tab.sees("by the API");
  assert.equal(await tab.page.evaluate(() => isSecureContext), false);
  await tab.add("by the page");
  await person.has("by the API", "by the page");
  await person.add("live");
  await tab.sees("live");
  const second = await tab.another();
  await second.tick("live").click();
  await tab.seesNot("live");

  // The browser notes that it leaves out what needs https.
  world.complaints = world.complaints.filter((text) => !text.includes("Cross-Origin-Opener-Policy"));
});
