/** What a new account begins with. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { PASSWORD } from "./harness/person.mjs";
import { until } from "./harness/until.mjs";

claim("a new account has three tasks that teach, and they go like any other", async (world) => {
  const tab = await world.stranger("/sign-up");
  await tab.page.getByLabel("Name").fill("Ada");
  await tab.page.getByLabel("E-mail").fill("ada@example.org");
  await tab.page.getByLabel("Password").fill(PASSWORD);
  await tab.button("Create an account").click();

  await until(() => tab.titles(), (titles) => assert.equal(titles.length, 3));
  const [first] = await tab.titles();
  await tab.tick(first).click();
  await tab.seesNot(first);
  await tab.press("Control+a", "Delete");
  await tab.shows();
  await tab.page.getByText("Whatever comes to mind goes here first.").waitFor();
  await tab.reload();
  await tab.page.getByText("Whatever comes to mind goes here first.").waitFor();
  await tab.shows();
}, { fails: true });
