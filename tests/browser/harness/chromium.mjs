/** The browser: Debian's Chromium, unless `CHROMIUM` names another of its family. */
import { chromium } from "playwright-core";

/** Starts it without a window; it asks nobody but the server under test. */
export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // A name that no browser takes for this machine.
      "--host-resolver-rules=MAP plain.test 127.0.0.1",
    ],
  });
}
