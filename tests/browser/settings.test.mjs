/** The account and the device, in the settings and at the sign-in. */
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { claim } from "./harness/claim.mjs";
import { PASSWORD, Person } from "./harness/person.mjs";
import { until } from "./harness/until.mjs";

claim("what is wrong is said beside its field, which has the focus", async (world) => {
  await Person.signUp(world.server, "Ada");
  const tab = await world.stranger("/sign-up");
  await tab.page.getByLabel("Name").fill("Ada");
  await tab.page.getByLabel("Password").fill(PASSWORD);

  for (const [typed, reason] of [
    ["", "Fill this in."],
    ["ada", "This is not an e-mail address."],
    ["ada@example.org", "There is an account with this e-mail already."],
  ]) {
    await tab.page.getByLabel("E-mail").fill(typed);
    await tab.page.getByLabel("Password").press("Enter");
    await tab.page.getByText(reason).waitFor();
    await until(() => describedField(tab), (found) => assert.deepEqual(found, ["email", typed, reason]));
  }
}, { fails: true });

claim("an invitation opens the sign-up that is closed to others", async (world) => {
  const tab = await world.stranger("/sign-up");
  await tab.page.getByText("New accounts are by invitation.").waitFor();
  const invitation = new URL(world.server.run("user", "invite").trim());

  await tab.page.goto(invitation.pathname + invitation.search);
  await tab.page.getByLabel("Name").fill("Ada");
  await tab.page.getByLabel("E-mail").fill("ada@example.org");
  await tab.page.getByLabel("Password").fill(PASSWORD);
  await tab.button("Create an account").click();

  await tab.heading("Inbox").waitFor();
}, { settings: { DOCKET_SIGNUP: "invite" } });

claim("a link sets a new password, and without mail the page says who gives it", async (world) => {
  const ada = await Person.signUp(world.server, "Ada");
  const tab = await world.stranger("/forgot-password");
  await tab.page.getByText("This server sends no mail.").waitFor();
  const link = new URL(world.server.run("user", "reset-link", ada.email).trim());

  await tab.page.goto(link.pathname + link.search);
  await tab.page.getByLabel("New password").fill("nine paper lanterns");
  await tab.button("Set a new password").click();

  await tab.page.getByText("Your new password is set.").waitFor();
  await signIn(tab, "nine paper lanterns");
  await tab.heading("Inbox").waitFor();
});

claim("a new name and a new e-mail show in every tab", async (world) => {
  const { tab } = await world.visitor("Ada", "/settings/profile");
  const second = await tab.another();

  await tab.page.getByLabel("Name").fill("Ada King");
  await tab.button("Save the name").click();
  await tab.page.getByLabel("New e-mail").fill("king@example.org");
  await tab.button("Change the e-mail").click();

  await tab.page.getByText("Your e-mail is king@example.org now.").waitFor();
  await second.page.locator(".sidebar").getByText("Ada King").waitFor();
});

claim("the second factor is set up, asked for, and a recovery code stands in for it", async (world) => {
  const { tab } = await world.visitor("Ada", "/settings/security");
  await tab.button("Turn on").click();
  await tab.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await tab.button("Continue").click();
  await tab.page.getByRole("img", { name: "QR code" }).waitFor();
  const secret = await tab.page.locator(".secret").innerText();
  await tab.page.getByLabel("Code from your authenticator").fill(totp(secret));
  await tab.button("Turn on").click();
  await tab.page.getByRole("heading", { name: "Your recovery codes" }).waitFor();
  const recovery = await tab.page.locator(".codes code").first().innerText();
  await tab.button("I have kept them").click();
  await tab.page.getByText("On: signing in takes a code").waitFor();
  await until(() => tab.focusedText(), (text) => assert.equal(text, "Two-factor authentication"));

  const elsewhere = await world.stranger("/");
  await signIn(elsewhere, PASSWORD);
  await elsewhere.button("Use a recovery code").click();
  await elsewhere.page.getByLabel("Recovery code").fill(recovery);
  await elsewhere.page.getByLabel("Do not ask again on this device").check();
  await elsewhere.button("Sign in").click();
  await elsewhere.heading("Inbox").waitFor();

  await elsewhere.page.goto("/settings");
  await elsewhere.button("Sign out").click();
  await elsewhere.heading("Sign in").waitFor();
  await signIn(elsewhere, PASSWORD);
  await elsewhere.heading("Inbox").waitFor();
});

claim("a device that is shown out asks to sign in again", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/settings/devices");
  const other = await world.visit(await person.signInElsewhere());
  await other.heading("Inbox").waitFor();

  await tab.reload();
  await tab.button("Sign out all other devices").click();

  await tab.page.getByText("All other devices are signed out").waitFor();
  await other.page.getByRole("dialog", { name: "Sign in again" }).waitFor();
}, { fails: true });

claim("a new password ends other sessions, and this one goes on without an error", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/settings/security");
  await tab.page.getByLabel("Current password").fill(PASSWORD);
  await tab.page.getByLabel("New password").fill("nine paper lanterns");
  await tab.button("Change the password").click();
  await tab.says("Your new password is set");

  const reply = await fetch(`${world.server.url}/api/auth/get-session`, { headers: { Cookie: person.cookie } });
  assert.equal(await reply.json(), null);
  await tab.page.goto("/inbox");
  await tab.add("after the change");
  await tab.isSaved();
});

claim("the export has the profile, the lists and every task", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/settings/data");
  await person.addList("Garden");
  const done = await person.add("done");
  await person.change(done, { completed: true });
  const gone = await person.add("in the trash");
  await person.api("DELETE", `/api/tasks/${gone.id}`);

  const [download] = await Promise.all([tab.page.waitForEvent("download"), tab.button("Export my data").click()]);

  const all = JSON.parse(readFileSync(await download.path(), "utf8"));
  assert.equal(all.profile.email, person.email);
  assert.deepEqual(all.lists.map((list) => list.name).sort(), ["Garden", "Inbox"]);
  assert.deepEqual(all.tasks.map((task) => task.title), ["done"]);
  assert.deepEqual(all.trash.map((item) => item.task.title), ["in the trash"]);
});

claim("an account is deleted by its name and its password, and nothing stays", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/settings/data");
  await tab.page.getByLabel("Type ada@example.org to confirm").fill("bob@example.org");
  await tab.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
  await tab.button("Delete my account").click();
  await tab.page.getByText("This is not the address of your account.").waitFor();

  await tab.page.getByLabel("Type ada@example.org to confirm").fill(person.email);
  await tab.button("Delete my account").click();

  await tab.page.getByText("Your account and everything in it is deleted.").waitFor();
  assert.deepEqual(await tab.stored(), []);
  await signIn(tab, PASSWORD);
  await tab.page.getByText("The e-mail or the password is wrong.").waitFor();
}, { fails: true });

claim("what the device remembers is kept through a reload, and goes with the sign-out", async (world) => {
  const { tab } = await world.visitor("Ada", "/settings/appearance");
  await tab.page.getByRole("radio", { name: "Dark" }).check();
  await tab.page.getByRole("radio", { name: "Compact" }).check();
  await tab.page.getByLabel("Language", { exact: true }).selectOption("de");
  await tab.button("Use this language").click();
  await tab.heading("Einstellungen").waitFor();
  assert.deepEqual(await looks(tab), ["de", "dark", "compact"]);

  await tab.button("Abmelden").click();
  await tab.heading("Sign in").waitFor();
  assert.deepEqual(await looks(tab), ["en", undefined, undefined]);
});

async function signIn(tab, password) {
  await tab.page.getByLabel("E-mail").fill("ada@example.org");
  await tab.page.getByLabel("Password").fill(password);
  await tab.button("Sign in").click();
}

/** The field that has the focus: its name, what is in it, what is said of it. */
const describedField = (tab) =>
  tab.page.evaluate(() => {
    const field = document.activeElement;
    const ids = field.getAttribute("aria-describedby") ?? "";
    return [field.name, field.value, ...ids.split(" ").map((id) => document.getElementById(id)?.textContent)];
  });

const looks = (tab) =>
  tab.page.evaluate(() => {
    const { lang, dataset } = document.documentElement;
    return [lang, dataset.theme, dataset.density];
  });

/** The code of now (RFC 6238) for a secret in base32. */
function totp(secret) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/\s/g, "")].map((letter) => letters.indexOf(letter).toString(2).padStart(5, "0"));
  const bytes = bits.join("").match(/.{8}/g).map((byte) => Number.parseInt(byte, 2));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const mac = createHmac("sha1", Buffer.from(bytes)).update(counter).digest();
  const number = mac.readUInt32BE(mac[19] & 15) & 0x7fffffff;
  return String(number % 1_000_000).padStart(6, "0");
}
