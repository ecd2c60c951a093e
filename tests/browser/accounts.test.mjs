/** Coming and going: sign up, sign in, sign out. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { PASSWORD, Person } from "./harness/person.mjs";

claim("a stranger signs up and is in the inbox", async (world) => {
  const tab = await world.stranger("/sign-up");

  await tab.page.getByLabel("Name").fill("Ada");
  await tab.page.getByLabel("E-mail").fill("ada@example.org");
  await tab.page.getByLabel("Password").fill(PASSWORD);
  await tab.button("Create an account").click();

  await tab.heading("Inbox").waitFor();
  assert.equal(new URL(tab.page.url()).pathname, "/inbox");
  await tab.reload();
  await tab.heading("Inbox").waitFor();
});

claim("who has an account signs in, after a wrong password as well", async (world) => {
  await Person.signUp(world.server, "Ada");
  const tab = await world.stranger("/");

  await signIn(tab, "not this one");
  await tab.page.getByText("The e-mail or the password is wrong.").waitFor();
  await signIn(tab, PASSWORD);

  await tab.heading("Inbox").waitFor();
}, { fails: true });

claim("a deep link asks who is there and then leads where it points", async (world) => {
  const ada = await Person.signUp(world.server, "Ada");
  const list = await ada.addList("Garden");
  const tab = await world.stranger(`/lists/${list.id}`);

  await signIn(tab, PASSWORD);

  await tab.heading("Garden").waitFor();
});

claim("signing out in one tab signs out all and leaves nothing behind", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("a secret of Ada's");
  await tab.sees("a secret of Ada's");
  const second = await tab.another();
  await second.sees("a secret of Ada's");

  await tab.page.goto("/settings");
  await tab.button("Sign out").click();

  for (const one of [tab, second]) {
    await one.heading("Sign in").waitFor();
    assert.deepEqual(await one.stored(), []);
  }
  const again = await tab.another("/inbox");
  await again.heading("Sign in").waitFor();
});

async function signIn(tab, password) {
  await tab.page.getByLabel("E-mail").fill("ada@example.org");
  await tab.page.getByLabel("Password").fill(password);
  await tab.button("Sign in").click();
}
