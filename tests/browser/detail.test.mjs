/** All of one task, at an address of its own; and what a description may do. */
import assert from "node:assert/strict";
import { claim } from "./harness/claim.mjs";
import { until } from "./harness/until.mjs";

claim("a task has an address: it opens, reloads, and Back closes it", async (world) => {
  const { person, tab } = await world.visitor("Ada", "/all");
  const task = await person.add("pay rent", { description: "to *Mrs Hudson*" });
  await tab.rowTitle("pay rent").click();

  await tab.panel().waitFor();
  assert.equal(new URL(tab.page.url()).pathname, `/tasks/${task.id}`);
  await tab.panel().getByText("Mrs Hudson").waitFor();
  await tab.heading("All").waitFor();
  await tab.reload();
  await tab.panel().getByText("Mrs Hudson").waitFor();
  await tab.heading("All").waitFor();

  await tab.page.goBack();
  await tab.panel().waitFor({ state: "detached" });
  assert.equal(new URL(tab.page.url()).pathname, "/all");
  await tab.page.goForward();
  await tab.panel().waitFor();
});

claim("a link to a task opens it over its list", async (world) => {
  const { person } = await world.visitor();
  const list = await person.addList("Garden");
  const task = await person.add("sow peas", { list_id: list.id });

  const tab = await world.visit(person, `/tasks/${task.id}`);

  await tab.panel().waitFor();
  await tab.heading("Garden").waitFor();
  await tab.button("Close the task").click();
  await tab.page.waitForURL(`**/lists/${list.id}`);
});

claim("title, description, priority and date are changed in the panel", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("pay rnt");
  await tab.rowTitle("pay rnt").click();
  const panel = tab.panel();

  await panel.getByRole("textbox", { name: "Title" }).fill("pay rent");
  await tab.press("Enter");
  await tab.sees("pay rent");
  await panel.getByRole("button", { name: "Add a description" }).click();
  await panel.getByRole("textbox", { name: "Description" }).fill("by **bank**");
  await tab.press("Escape");
  await panel.locator("strong", { hasText: "bank" }).waitFor();
  await panel.locator("label.segment").nth(1).click();
  await panel.getByRole("button", { name: "No date" }).click();
  await tab.page.getByRole("dialog").getByRole("button", { name: /^Today/ }).click();

  await until(() => person.openTasks(), ([task]) => {
    assert.equal(task.title, "pay rent");
    assert.equal(task.description, "by **bank**");
    assert.equal(task.priority, 2);
    assert.match(task.due, /^\d{4}-\d\d-\d\d$/);
  });
});

claim("what is typed when the panel closes is kept", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("write a letter");
  await tab.rowTitle("write a letter").click();
  await tab.panel().getByRole("button", { name: "Add a description" }).click();

  await tab.page.keyboard.type("Dear Grace,");
  await tab.page.goBack();
  await tab.panel().waitFor({ state: "detached" });
  await tab.rowTitle("write a letter").click();

  await tab.panel().getByText("Dear Grace,").waitFor();
});

/** What would run if it were read as HTML, or followed as an address. */
const EVIL = [
  '<img src=x onerror="window.ran = 1">',
  '<script>window.ran = 1</script>',
  '"><svg onload="window.ran = 1">',
  "[click](javascript:window.ran=1)",
  "[click](data:text/html,<script>window.ran=1</script>)",
  "![x](javascript:window.ran=1)",
  "<a href=javascript:window.ran=1>click</a>",
  '<iframe srcdoc="<script>parent.ran=1</script>"></iframe>',
];

claim("a title that is typed when the panel or the view goes away is kept", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("one");
  await tab.place("Trash").click();
  await tab.place("Inbox").click();
  await tab.rowTitle("one").click();
  await tab.panel().getByRole("textbox", { name: "Title" }).fill("two");
  await tab.page.goBack();
  await person.has("two");

  await tab.focusRow("two");
  await tab.press("Enter");
  await tab.page.getByRole("textbox", { name: "Title" }).fill("three");
  await tab.page.goBack();
  await person.has("three");
});

claim("nothing that somebody wrote is run or fetched", async (world) => {
  const { person, tab } = await world.visitor(EVIL[0]);
  const list = await person.addList(EVIL[1]);
  await person.add(EVIL[0], { list_id: list.id, description: EVIL.join("\n\n") });
  await tab.place(EVIL[1]).click();
  await tab.heading(EVIL[1]).waitFor();

  await tab.rowTitle(EVIL[0]).click();
  await tab.panel().getByText("click").first().waitFor();
  await tab.panel().getByText("click").first().click();
  await tab.press("Escape");
  await tab.tick(EVIL[0]).first().click();
  await tab.says(EVIL[0]);

  assert.equal(await tab.page.evaluate(() => window.ran), undefined);
  assert.equal(await tab.page.locator("#root img, #root iframe, #root script").count(), 0);
  assert.equal(await tab.page.locator('#root a[href^="javascript"], #root a[href^="data"]').count(), 0);
  assert.equal(tab.page.context().pages().length, 1);
});

claim("a description is shown as the Markdown it is", async (world) => {
  const { person, tab } = await world.visitor();
  await person.add("read", { description: "# Books\n\n- [x] one\n- [ ] two\n\n`code` and [a link](https://example.org/)" });
  await tab.rowTitle("read").click();

  await tab.panel().getByRole("heading", { name: "Books" }).waitFor();
  await tab.panel().locator("code", { hasText: "code" }).waitFor();
  const link = tab.panel().getByRole("link", { name: "a link" });
  assert.equal(await link.getAttribute("href"), "https://example.org/");
  assert.match(await link.getAttribute("rel"), /noopener|noreferrer/);
});
