/** What the first load of the signed-in page costs, as far as it can be counted. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { firstLoad } from "./harness/measure.mjs";
import { furnish } from "./harness/screens.mjs";
import { Person } from "./harness/person.mjs";

claim("the first load is at most 120 kB over the wire", async (world) => {
  const person = await Person.signUp(world.server, "Ada");
  await furnish(person);
  const tab = await world.visit(person, "about:blank");

  const { bytes, addresses } = await firstLoad(tab.page, "/inbox");

  assert.ok(addresses.length > 1);
  assert.ok(bytes <= 120_000, `${bytes} bytes:\n${addresses.join("\n")}`);
});
