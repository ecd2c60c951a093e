/**
 * Measures the page in Chromium and prints a table; nothing passes or fails.
 *
 *     DOCKET_PROGRAM=../../target/release/docket node measure.mjs [TASKS]
 *
 * `cold load` opens the signed-in page with nothing in any cache. It is
 * interactive once its rows are painted and no script runs for 50 ms or longer
 * any more. The others are the time from the key or the click to the frame that
 * shows what it did, in the Inbox, in All and in Upcoming, with so many open tasks
 * (5000) in the Inbox, due on the days of a year.
 */
import { launch } from "./harness/chromium.mjs";
import { firstLoad, interactive, reaction } from "./harness/measure.mjs";
import { Person } from "./harness/person.mjs";
import { furnish } from "./harness/screens.mjs";
import { Server } from "./harness/server.mjs";

const [tasks = "5000"] = process.argv.slice(2);
const TIMES = 20;
const VIEWS = ["inbox", "all", "upcoming"];
/** Adding so many at once keeps the server busy and no connection waiting. */
const AT_ONCE = 16;

/** What is done, and what then says in the page that it shows. */
const ACTS = [
  [
    "a key press (J)",
    (page) => page.keyboard.press("j"),
    () => document.activeElement !== window.focusedBefore,
  ],
  [
    "a tick (E)",
    (page) => page.keyboard.press("e"),
    () => window.rowBefore.dataset.done === "true",
  ],
  [
    "an add (Enter)",
    async (page) => {
      const field = page.locator("main .add__field").last();
      await field.fill("one more");
      await field.press("Enter");
    },
    () => document.querySelector("main .add__field").value === "" && window.countBefore !== window.countNow(),
  ],
];

const server = await Server.start();
const browser = await launch();
try {
  await measureLoad();
  await measureReactions();
} finally {
  await browser.close();
  await server.end();
}

async function measureLoad() {
  const person = await Person.signUp(server, "Ada");
  await furnish(person);
  const { requests, bytes, addresses } = await firstLoad(await tabFor(person), "/inbox");
  console.log(addresses.join("\n"), "\n");
  console.log(`cold load: ${requests} requests, ${(bytes / 1000).toFixed(1)} kB over the wire`);
  for (const slowdown of [1, 4]) {
    const times = [];
    for (let time = 0; time < 5; time += 1) {
      times.push(await interactive(await tabFor(person, slowdown), "/inbox"));
    }
    print("cold load until interactive", slowdown, times);
  }
}

async function measureReactions() {
  const person = await Person.signUp(server, "Grace");
  await fill(person, Number(tasks));
  for (const slowdown of [1, 4]) {
    for (const view of VIEWS) await measureView(person, slowdown, view);
  }
}

async function measureView(person, slowdown, view) {
  const page = await tabFor(person, slowdown);
  await page.goto(`/${view}`);
  await page.locator(".nav__count", { hasText: /\d{4}/ }).first().waitFor({ timeout: 120_000 });
  for (const [name, act, shows] of ACTS) {
    const times = [];
    for (let time = 0; time < TIMES; time += 1) times.push(await reaction(page, act, shows));
    print(`${name}, ${tasks} open tasks, ${view}`, slowdown, times);
  }
  await page.context().close();
}

async function tabFor(person, slowdown = 1) {
  const context = await browser.newContext({ baseURL: server.url, locale: "en-GB" });
  const [name, value] = person.cookie.split(/=(.*)/s);
  await context.addCookies([{ name, value, url: server.url }]);
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await client.send("Emulation.setCPUThrottlingRate", { rate: slowdown });
  return page;
}

async function fill(person, count) {
  let left = count;
  const add = async () => {
    while (left > 0) {
      left -= 1;
      const due = dayFromNow(left % 365);
      await person.add(`Call the plumber about number ${left}`, { due });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, add));
}

function dayFromNow(days) {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}

function print(name, slowdown, times) {
  const sorted = times.toSorted((a, b) => a - b);
  const [median, worst] = [sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((one) => `${Math.round(one)} ms`);
  console.log(`${name.padEnd(48)} CPU /${slowdown}   median ${median.padStart(7)}   worst ${worst.padStart(7)}`);
}
