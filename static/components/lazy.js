/** Views and dialogs that are fetched when they are first shown. */
import { html, useEffect, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";

/** @typedef {() => Promise<(props: any) => any>} Fetch */

/** @type {Record<string, Fetch>} */
const PARTS = {
  welcome: async () => (await import("../views/welcome.js")).Welcome,
  "sign-in-again": async () => (await import("../components/sign-in-again.js")).SignInAgain,
  settings: async () => (await import("../views/settings.js")).Settings,
  "quick-add": async () => (await import("../components/quick-add.js")).QuickAdd,
};

/** @type {Map<string, (props: any) => any>} */
const fetched = new Map();

/** One of them by name; what else is given goes to it. @param {{ name: string }} props */
export function Lazy({ name, ...rest }) {
  const [, drawAgain] = useState(0);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    if (fetched.has(name)) return;
    PARTS[name]().then(
      (part) => {
        fetched.set(name, part);
        drawAgain((count) => count + 1);
      },
      () => setFailed(true),
    );
  }, [name]);
  const Part = fetched.get(name);
  if (Part !== undefined) return html`<${Part} ...${rest} />`;
  return failed && html`<p class="notice" role="alert">${t("error.part")}</p>`;
}

/** Fetches a part before it is needed. @param {string} name */
export async function prefetch(name) {
  if (!fetched.has(name)) fetched.set(name, await PARTS[name]());
}
