/** A tab with Docket in it: what a person finds and does there, by its names. */
import assert from "node:assert/strict";

export class Tab {
  static async open(context, path) {
    const page = await context.newPage();
    await page.goto(path);
    return new Tab(page);
  }

  constructor(page) {
    this.page = page;
  }

  /** One more tab of the same browser profile. */
  another(path = "/inbox") {
    return Tab.open(this.page.context(), path);
  }

  button(name, within = this.page) {
    return within.getByRole("button", { name, exact: true });
  }

  heading(name) {
    return this.page.getByRole("heading", { name, exact: true, level: 1 });
  }

  /** The row of a task, by its title. */
  row(title) {
    const name = this.page.locator(".row__title", { hasText: exactly(title) });
    return this.page.locator(".row").filter({ has: name });
  }

  /** The part of a row that has the focus when keys act on it. */
  rowTitle(title) {
    return this.page.locator(".row__title", { hasText: exactly(title) });
  }

  tick(title) {
    return this.row(title).getByRole("checkbox");
  }

  addField() {
    return this.page.locator("main").getByRole("textbox", { name: "Add a task" });
  }

  place(name) {
    return this.page.getByRole("navigation").getByRole("link", { name, exact: false });
  }

  toast() {
    return this.page.locator(".toast");
  }

  press(...keys) {
    return keys.reduce((before, key) => before.then(() => this.page.keyboard.press(key)), Promise.resolve());
  }

  async add(title) {
    await this.addField().fill(title);
    await this.addField().press("Enter");
  }

  async focusRow(title) {
    await this.rowTitle(title).focus();
  }

  async sees(title) {
    await this.row(title).waitFor();
  }

  async seesNot(title) {
    await this.row(title).waitFor({ state: "detached" });
  }

  async says(text) {
    await this.toast().filter({ hasText: text }).waitFor();
  }

  /** The titles on screen, in their order, once they are these. */
  async shows(...titles) {
    await until(() => this.titles(), (found) => assert.deepEqual(found, titles));
  }

  async titles() {
    return this.page.locator(".row__title").allInnerTexts();
  }

  /** Once the server has it all. */
  async isSaved() {
    await this.page.waitForFunction(
      () =>
        new Promise((resolve) => {
          const asked = indexedDB.open("docket");
          asked.onsuccess = () => {
            const count = asked.result.transaction("outbox").objectStore("outbox").count();
            count.onsuccess = () => resolve(count.result === 0);
          };
        }),
    );
  }

  async reload() {
    await this.page.reload();
  }
}

/** @param {string} text */
const exactly = (text) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);

/** Asks again and again until what comes is right. */
export async function until(ask, check, patience = 30_000) {
  const end = Date.now() + patience;
  for (;;) {
    const found = await ask();
    try {
      return check(found);
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
