/**
 * A test is a claim about the page. Each has a server and a browser profile of
 * its own; the browser itself is shared by the claims of one file.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./chromium.mjs";
import { Person } from "./person.mjs";
import { Server } from "./server.mjs";
import { slowDown } from "./slowness.mjs";
import { Tab } from "./tab.mjs";
import { PATIENCE } from "./until.mjs";

const WIDE = { width: 1200, height: 800 };

let browser;

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

/**
 * @param {string} name
 * @param {(world: World) => Promise<void>} prove
 * @param {{ settings?: object, size?: object, theme?: string, fails?: boolean }} [how]
 *   `fails`: requests are refused or lost here, which the browser itself notes
 */
export function claim(name, prove, { settings = {}, ...how } = {}) {
  test(name, { timeout: 10 * PATIENCE }, async () => {
    const world = new World(await Server.start(settings), how);
    try {
      await prove(world);
      assert.deepEqual(world.complaints, [], "the browser complains");
    } catch (error) {
      throw new Error(`${error.message}\n${await world.describe()}`, { cause: error });
    } finally {
      await world.end();
    }
  });
}

/** What a claim has at hand. */
class World {
  /** Errors on the console, and reports of what the CSP kept out. */
  complaints = [];
  #how;
  #contexts = [];

  constructor(server, how) {
    this.server = server;
    this.#how = how;
  }

  /** A browser profile: cookies and storage of its own. */
  async profile(how = {}) {
    const { size = WIDE, theme = "light", touch = false } = { ...this.#how, ...how };
    const context = await browser.newContext({
      baseURL: this.server.url,
      viewport: size,
      colorScheme: theme,
      hasTouch: touch,
      reducedMotion: "reduce",
      locale: "en-GB",
      timezoneId: "Europe/Berlin",
    });
    context.setDefaultTimeout(PATIENCE);
    context.on("page", (page) => this.#watch(page));
    await slowDown(context);
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`the CSP keeps out ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
    this.#contexts.push(context);
    return context;
  }

  /** A tab of a new profile, where nobody is signed in. */
  async stranger(path = "/", how = {}) {
    const context = await this.profile(how);
    return Tab.open(context, path);
  }

  /** Somebody new with a tab where they are signed in. */
  async visitor(name = "Ada", path = "/inbox", how = {}) {
    const person = await Person.signUp(this.server, name);
    const tab = await this.visit(person, path, how);
    return { person, tab };
  }

  /** A tab of a new profile where this person is signed in. */
  async visit(person, path = "/inbox", how = {}) {
    const context = await this.profile(how);
    const [cookie, value] = person.cookie.split(/=(.*)/s);
    await context.addCookies([{ name: cookie, value, url: this.server.url }]);
    return Tab.open(context, path);
  }

  #watch(page) {
    page.on("pageerror", (error) => this.complaints.push(error.stack));
    page.on("console", (message) => {
      const text = message.text();
      const isRequest = /^(Failed to load resource|An unknown error occurred when fetching the script)/.test(text);
      // That something changed meanwhile is an answer which the page settles by itself.
      const isExpected = isRequest && (this.#how.fails || text.includes("412"));
      if (message.type() !== "error" || isExpected) return;
      this.complaints.push(`${text} ${message.location().url}`);
    });
  }

  /** What is on the screens, for whoever reads of a failure. */
  async describe() {
    const pages = this.#contexts.flatMap((context) => context.pages());
    const texts = pages.map(async (page) => {
      const text = await page.ariaSnapshot({ timeout: 2000 }).catch(String);
      return `--- ${page.url()}\n${text}`;
    });
    return [...this.complaints, ...(await Promise.all(texts)), this.server.log()].join("\n");
  }

  async end() {
    await Promise.all(this.#contexts.map((context) => context.close()));
    await this.server.end();
  }
}
