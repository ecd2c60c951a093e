/** Without the server: what is shown, what waits, and in which order it goes. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("what is done without the server waits, says so, and is sent in order", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("here before");
  await tab.sees("here before");

  await tab.hasItsFiles();
  await world.server.stop();
  await tab.add("first");
  await badge(tab, "Offline · 1 waiting");
  await tab.add("second");
  await tab.tick("here before").click();
  await badge(tab, "Offline · 3 waiting");
  await tab.shows("first", "second");
  const answered = writes(tab.page);
  await world.server.startAgain();

  await tab.page.locator(".connection__badge").waitFor({ state: "detached" });
  await person.has("first", "second");
  await until(() => answered, (found) => assert.deepEqual(found, ["PUT 201", "PUT 201", "PATCH 200"]));
}, { fails: true });

claim("what waits survives a closed tab", async (world) => {
  const { person, tab } = await world.visitor();
  await tab.heading("Inbox").waitFor();
  await tab.hasItsFiles();
  await world.server.stop();
  await tab.add("not sent yet");
  await badge(tab, "Offline · 1 waiting");

  const { page } = tab;
  const context = page.context();
  await page.close();
  await world.server.startAgain();
  const again = await context.newPage();
  await again.goto("/inbox");

  await again.locator(".row__title", { hasText: "not sent yet" }).waitFor();
  await person.has("not sent yet");
}, { fails: true });

claim("what happened meanwhile is there after the server is back", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("before");
  await tab.sees("before");

  await tab.hasItsFiles();
  await tab.page.context().setOffline(true);
  await tab.add("mine, meanwhile");
  await badge(tab, "Offline · 1 waiting");
  await person.add("theirs, meanwhile");
  await tab.page.context().setOffline(false);

  await tab.sees("theirs, meanwhile");
  await person.has("before", "theirs, meanwhile", "mine, meanwhile");
}, { fails: true });

claim("what waits is listed, can be edited and given up, and that can be undone", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("here before");
  await tab.sees("here before");
  await tab.hasItsFiles();
  await world.server.stop();
  await tab.add("wanted");
  await tab.add("not wanted");
  await tab.tick("here before").click();
  await tab.page.getByRole("button", { name: "Offline · 3 waiting" }).click();
  const queue = tab.page.getByRole("dialog", { name: "Waiting for the server" });
  await until(
    () => queue.getByRole("listitem").allInnerTexts(),
    (texts) => assert.deepEqual(texts.map((text) => text.trim()), ["Added “wanted”", "Added “not wanted”", "Done: “here before”"]),
  );

  await tab.button("Discard: Added “not wanted”", queue).click();
  await tab.button("Discard: Done: “here before”", queue).click();
  await tab.button("Close", queue).click();
  await tab.shows("here before", "wanted");
  await tab.press("z");
  await tab.shows("wanted");
  await tab.page.getByRole("button", { name: "Offline · 2 waiting" }).click();
  await tab.button("Edit: Added “wanted”", queue).click();
  await tab.page.getByRole("textbox", { name: "Title" }).fill("wanted much");
  await tab.press("Enter");
  await tab.sees("wanted much");
  await tab.page.getByRole("button", { name: "Offline · 3 waiting" }).click();

  await world.server.startAgain();
  await tab.button("Try now", queue).click();
  await queue.getByText("The server has everything.").waitFor();
  await person.has("wanted much");
}, { fails: true });

claim("a task for a list that was deleted meanwhile is in the Inbox, and that is said", async (world) => {
  const { person, tab } = await world.visitor();
  const home = await person.addList("Home");
  const first = await person.add("at home", { list_id: home.id });
  await tab.page.goto(`/lists/${home.id}`);
  await tab.sees("at home");
  await tab.hasItsFiles();
  await tab.page.context().setOffline(true);
  await tab.add("typed there");
  await tab.focusRow("at home");
  await tab.press("Shift+Enter");
  await tab.page.keyboard.type("behind it");
  await tab.press("Enter", "Escape");
  await badge(tab, "Offline · 2 waiting");
  await person.api("DELETE", `/api/lists/${home.id}`);
  await tab.page.context().setOffline(false);

  await tab.says("The list was deleted elsewhere. In the Inbox now: “");
  await person.has("typed there", "behind it");
  assert.equal((await person.openTasks()).some((task) => task.id === first.id), false);
}, { fails: true });

claim("why something was not saved is told in the page's own words", async (world) => {
  const { person, tab } = await world.visitor();
  const home = await person.addList("Home");
  await person.add("to be moved");
  await tab.sees("to be moved");
  await tab.hasItsFiles();
  await tab.page.context().setOffline(true);
  await tab.focusRow("to be moved");
  await tab.press("v");
  await tab.page.keyboard.type("Home");
  await tab.press("Enter");
  await badge(tab, "Offline · 1 waiting");
  await person.api("DELETE", `/api/lists/${home.id}`);
  await tab.page.context().setOffline(false);

  await tab.says("Not saved: the list was deleted elsewhere");
  await tab.sees("to be moved");
}, { fails: true });

async function badge(tab, words) {
  await tab.page.locator(".connection__badge", { hasText: words }).waitFor();
}

/** The writes that the server answers from now on. */
function writes(page) {
  const answered = [];
  page.on("response", (response) => {
    const method = response.request().method();
    const isWrite = method !== "GET" && new URL(response.url()).pathname.startsWith("/api/tasks");
    if (isWrite) answered.push(`${method} ${response.status()}`);
  });
  return answered;
}
