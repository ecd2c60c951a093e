/**
 * Makes pictures of the screens, in the light, in the dark and on a phone.
 *
 *     DOCKET_PROGRAM=../../target/release/docket node screenshots.mjs [FOLDER]
 *
 * They go into a folder for temporary files unless another one is named.
 */
import { mkdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { launch } from "./harness/chromium.mjs";
import { Person } from "./harness/person.mjs";
import { doors, furnish, overlays, screens, show } from "./harness/screens.mjs";
import { Server } from "./harness/server.mjs";
import { Tab } from "./harness/tab.mjs";

const KINDS = {
  light: { viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: "dark" },
  phone: { viewport: { width: 375, height: 720 }, deviceScaleFactor: 2, hasTouch: true },
};

const [folder = join(tmpdir(), "docket-screenshots")] = process.argv.slice(2);
const server = await Server.start();
const browser = await launch();
try {
  const person = await Person.signUp(server, "Ada");
  const known = await furnish(person);
  for (const [kind, how] of Object.entries(KINDS)) {
    mkdirSync(join(folder, kind), { recursive: true });
    const context = await browser.newContext({ baseURL: server.url, locale: "en-GB", ...how });
    await picture(context, kind, doors);
    const [name, value] = person.cookie.split(/=(.*)/s);
    await context.addCookies([{ name, value, url: server.url }]);
    await picture(context, kind, [...screens(known), ...overlays(known)]);
    await context.close();
  }
  console.log(`the pictures are in ${folder}`);
} finally {
  await browser.close();
  await server.end();
}

async function picture(context, kind, all) {
  const tab = await Tab.open(context, "/");
  for (const screen of all) {
    const path = join(folder, kind, `${screen[0].replace(/\W+/g, "-")}.png`);
    await show(tab, screen, (page) => page.screenshot({ path, animations: "disabled" }));
  }
  await tab.page.close();
}
