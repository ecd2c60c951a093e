/** A tab with Docket in it: what a person finds and does there, by its names. */
import assert from "node:assert/strict";
import { PATIENCE, until } from "./until.mjs";

/** The address of a tab with nothing in it yet. */
export const BLANK = "about:blank";

export class Tab {
  static async open(context, path) {
    const page = await context.newPage();
    await page.goto(path);
    // Before that there is nobody who would press a key.
    if (path !== BLANK) await page.locator("main").waitFor();
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

  /** What was understood in a title. */
  chip(words) {
    return this.page.locator(".chip", { hasText: words });
  }

  /** A view or a list in the sidebar. */
  place(name) {
    const words = this.page.locator(".nav__name", { hasText: exactly(name) });
    return this.page.locator(".sidebar .nav__link").filter({ has: words });
  }

  /** All of one task. */
  panel() {
    return this.page.getByRole("complementary", { name: "Task" });
  }

  /** Does what the menu of a row offers. */
  async chooseInMenu(title, act) {
    await this.row(title).hover();
    await this.button(`More for “${title}”`).click();
    await this.page.getByRole("menuitem", { name: act }).click();
  }

  /** What has the focus says this. */
  focusedText() {
    return this.page.evaluate(() => document.activeElement?.textContent);
  }

  toast() {
    return this.page.locator(".toast");
  }

  /** Keys one after the other, each once the page has shown what the one before did. */
  async press(...keys) {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      // A page that goes away shows nothing more.
      await this.page.evaluate(() => new Promise(requestAnimationFrame)).catch(() => {});
    }
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

  /** What the browser keeps of the person, other than cookies that no script reads. */
  stored() {
    return this.page.evaluate(async () => {
      const found = [...Object.keys(localStorage), ...Object.keys(sessionStorage)];
      if (document.cookie !== "") found.push(document.cookie);
      for (const { name } of await indexedDB.databases()) {
        const db = await new Promise((resolve) => {
          const asked = indexedDB.open(name);
          asked.onsuccess = () => resolve(asked.result);
        });
        for (const kind of db.objectStoreNames) {
          const items = await new Promise((resolve) => {
            const asked = db.transaction(kind).objectStore(kind).getAll();
            asked.onsuccess = () => resolve(asked.result);
          });
          found.push(...items.map((item) => `${kind}: ${JSON.stringify(item)}`));
        }
        db.close();
      }
      for (const name of await caches.keys()) {
        const kept = await (await caches.open(name)).keys();
        found.push(...kept.map((request) => request.url).filter((url) => url.includes("/api/")));
      }
      return found;
    });
  }

  /** Once the worker has every file of the page and answers for this tab. */
  async hasItsFiles() {
    // All hundred of them, one after the other, of a server that compresses each anew.
    const timeout = 3 * PATIENCE;
    await this.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated", undefined, { timeout });
  }

  async reload() {
    await this.page.reload();
  }
}

/** @param {string} text */
const exactly = (text) => new RegExp(`^\\s*${text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}\\s*$`);
