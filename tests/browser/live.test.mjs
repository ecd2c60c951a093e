/** What changes elsewhere, and what the server does not take. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("two tabs show each other's changes", async (world) => {
  const { person, tab } = await world.visitor();
  const second = await tab.another();
  await second.heading("Inbox").waitFor();

  await tab.add("from the first");
  await second.sees("from the first");
  await second.add("from the second");
  await tab.sees("from the second");
  await second.tick("from the first").click();
  await tab.seesNot("from the first");

  await person.has("from the second");
});

claim("two browsers show each other's changes", async (world) => {
  const { person, tab } = await world.visitor();
  const phone = await world.visit(await person.signInElsewhere());

  await tab.add("seen from the desk");
  await phone.sees("seen from the desk");
  await phone.tick("seen from the desk").click();

  await tab.seesNot("seen from the desk");
});

claim("what a program changes appears without a reload", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();

  const task = await person.add("from a script");
  await tab.sees("from a script");
  await person.change(task, { title: "renamed by a script" });
  await tab.sees("renamed by a script");
  await person.addList("Made by a script");
  await tab.place("Made by a script").waitFor();
  await person.api("DELETE", `/api/tasks/${task.id}`);
  await tab.seesNot("renamed by a script");
});

claim("what somebody is typing stays while the task changes elsewhere", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("draft");
  await tab.focusRow("draft");
  await tab.press("Enter");
  const editor = tab.page.getByRole("textbox", { name: "Title" });
  await editor.fill("a better draft");

  await person.change(task, { priority: 1 });
  await person.add("and something else");
  await tab.sees("and something else");

  assert.equal(await editor.inputValue(), "a better draft");
  await tab.press("Enter");
  await until(() => person.openTasks(), ([first]) => {
    assert.equal(first.title, "a better draft");
    assert.equal(first.priority, 1);
  });
}, { fails: true });

claim("a title changed here and elsewhere shows both, and keeps the chosen one", async (world) => {
  for (const side of ["Yours", "From elsewhere"]) {
    const { person, tab } = await world.visitor(side.split(" ")[0]);
    const task = await person.add("meet Grace");
    await tab.focusRow("meet Grace");
    await tab.press("Enter");
    await tab.page.getByRole("textbox", { name: "Title" }).fill("meet Grace at noon");
    await person.change(task, { title: "meet Grace at one" });
    await tab.press("Enter");

    const dialog = tab.page.getByRole("dialog", { name: "Changed in two places" });
    await dialog.getByText("meet Grace at noon").waitFor();
    await dialog.getByText("meet Grace at one").last().waitFor();
    await dialog.getByRole("radio", { name: side }).check();
    await tab.button("Keep these", dialog).click();

    const kept = side === "Yours" ? "meet Grace at noon" : "meet Grace at one";
    await tab.shows(kept);
    await person.has(kept);
  }
}, { fails: true });

claim("a change that the server refuses goes back, with the reason", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("keep this title");
  await tab.sees("keep this title");
  await tab.page.route(`**/api/tasks/${task.id}`, (route) => {
    const problem = { status: 422, title: "Unprocessable", detail: "the title is not to its liking" };
    return route.fulfill({ status: 422, contentType: "application/problem+json", json: problem });
  });

  await tab.focusRow("keep this title");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("another title");
  await tab.press("Enter");

  const alert = tab.page.getByRole("alert");
  await alert.getByText("the title is not to its liking").waitFor();
  await alert.getByText("another title").waitFor();
  await tab.shows("keep this title");
  await person.has("keep this title");
}, { fails: true });

claim("a change to what was deleted elsewhere says so", async (world) => {
  const { person, tab } = await world.visitor();
  const task = await person.add("short-lived");
  await tab.focusRow("short-lived");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("long-lived");
  // The page hears of it only after it has sent its own change.
  await tab.page.route(`**/api/tasks/${task.id}`, async (route) => {
    await person.api("DELETE", `/api/tasks/${task.id}`);
    await route.continue();
  }, { times: 1 });
  await tab.press("Enter");

  await tab.page.getByRole("alert").getByText("deleted elsewhere").waitFor();
  await tab.seesNot("long-lived");
}, { fails: true });
