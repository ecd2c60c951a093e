/** The session ends while somebody works. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { PASSWORD, Person } from "./harness/person.mjs";

claim("a session that ends under an open editor loses nothing", async (world) => {
  const { person, tab } = await world.visitor();
  const elsewhere = await person.signInElsewhere();
  await elsewhere.add("a title");
  await tab.focusRow("a title");
  await tab.press("Enter");
  const editor = tab.page.getByRole("textbox", { name: "Title", includeHidden: true });
  await editor.fill("a longer title");
  const address = tab.page.url();

  await elsewhere.auth("POST", "revoke-other-sessions", {});
  await signInOver(tab).waitFor();
  assert.equal(await editor.inputValue(), "a longer title");
  await signIn(tab, PASSWORD);
  await signInOver(tab).waitFor({ state: "detached" });

  assert.equal(tab.page.url(), address);
  await tab.page.keyboard.type(" yet");
  await tab.press("Enter");
  await tab.sees("a longer title yet");
  await elsewhere.has("a longer title yet");
}, { fails: true });

claim("what is typed and not yet added stays through a sign-in", async (world) => {
  const { person, tab } = await world.visitor();
  const elsewhere = await person.signInElsewhere();
  await tab.heading("Inbox").waitFor();
  await tab.addField().fill("written too late");
  await elsewhere.auth("POST", "revoke-other-sessions", {});
  await signInOver(tab).waitFor();

  await signIn(tab, "not the password");
  await signInOver(tab).getByText("The e-mail or the password is wrong.").waitFor();
  await signIn(tab, PASSWORD);
  await signInOver(tab).waitFor({ state: "detached" });
  assert.equal(await tab.addField().inputValue(), "written too late");
  await tab.addField().press("Enter");

  await elsewhere.has("written too late");
}, { fails: true });

claim("somebody else who signs in there starts clean", async (world) => {
  await Person.signUp(world.server, "Bob");
  const { person, tab } = await world.visitor("Ada");
  const elsewhere = await person.signInElsewhere();
  await elsewhere.add("a secret of Ada's");
  await tab.sees("a secret of Ada's");
  await elsewhere.auth("POST", "revoke-other-sessions", {});
  await signInOver(tab).waitFor();

  await signInOver(tab).getByLabel("E-mail").fill("bob@example.org");
  await signIn(tab, PASSWORD);

  await tab.page.getByRole("link", { name: "Bob: settings" }).waitFor();
  await tab.heading("Inbox").waitFor();
  await tab.shows();
  await tab.press("z");
  await tab.says("nothing to undo");
  const kept = await tab.stored();
  assert.doesNotMatch(kept.join("\n"), /Ada|ada@example/);
}, { fails: true });

claim("every tab asks to sign in again, and one sign-in answers all", async (world) => {
  const { person, tab } = await world.visitor();
  const elsewhere = await person.signInElsewhere();
  const second = await tab.another();
  await second.heading("Inbox").waitFor();
  await knowsWhoIsHere(second);
  await elsewhere.auth("POST", "revoke-other-sessions", {});
  await signInOver(tab).waitFor();
  await signInOver(second).waitFor();

  await signIn(tab, PASSWORD);

  await signInOver(second).waitFor({ state: "detached" });
  await second.add("goes on");
  await elsewhere.has("goes on");
}, { fails: true });

/** Until then the answer may still be on its way, and of before the end. */
async function knowsWhoIsHere(tab) {
  await tab.page.waitForFunction(
    () => performance.getEntriesByName(`${location.origin}/api/auth/get-session`).length > 0,
  );
}

const signInOver = (tab) => tab.page.getByRole("dialog", { name: "Sign in again" });

async function signIn(tab, password) {
  await signInOver(tab).getByLabel("Password").fill(password);
  await tab.button("Sign in", signInOver(tab)).click();
}
