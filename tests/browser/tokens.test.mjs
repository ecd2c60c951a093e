/** Personal access tokens: made, shown once, used and revoked. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";

claim("a token is shown once, lets a script in, and is out when it is revoked", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/settings/tokens");
  await person.add("water the plants");

  await tab.page.getByLabel("Name").fill("Phone");
  await tab.page.getByLabel("It may").selectOption({ label: "read tasks" });
  await tab.button("Make the token").click();
  const token = await tab.page.getByText(/^dkt_/).innerText();
  const ask = (how = {}) =>
    fetch(`${world.server.url}/api/tasks`, { ...how, headers: { Authorization: `Bearer ${token}` } });

  const { items } = await (await ask()).json();
  assert.ok(items.some((task) => task.title === "water the plants"));
  assert.equal((await ask({ method: "POST" })).status, 403);
  await tab.reload();
  await tab.page.getByText("read tasks · ").waitFor();
  assert.equal(await tab.page.getByText(/^dkt_/).count(), 0);

  await tab.button("Revoke: Phone").click();
  await tab.page.getByText("Phone is revoked").waitFor();
  assert.equal((await ask()).status, 401);
});
