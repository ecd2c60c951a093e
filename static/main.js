/**
 * Docket's page. What calls what, from the top:
 *
 *     main.js -> components/ views/ -> state/ -> lib/ -> the server
 *
 * `main.js` finds out who is here and draws either a sign-in or the shell.
 *
 * `components/shell.js` is the frame: sidebar, the view that the address names,
 * the panel of one task, the bar of toasts. Views are in `views/`, one to an
 * address; all but the task lists are fetched when first opened: add one to the
 * table in `components/lazy.js`.
 *
 * `state/` holds signals and the verbs that change them; nothing else assigns
 * `.value`. `session` knows who is here. `tasks` has every open task and list
 * in memory, in two layers: what the server said, and over it what waits in
 * `outbox`, the one queue of writes. A verb such as `completeTasks` makes ops
 * (plain data), shows them at once by laying them over, queues them, and hands
 * the ops that undo them to `undo`. When the server answers, the op leaves the
 * queue and the answer becomes the base. `sync` feeds the base from the
 * server's events; one tab listens for all. `selection` is which rows are
 * chosen, and which one the keys act on.
 *
 * `state/commands.js` is the one table of what can be done: an id, a title, the
 * keys, when it applies, and what it runs. Keys, palette and help all read it.
 *
 * `lib/api.js` is the only file that calls `fetch`; it keeps the token in
 * memory and has requests wait while somebody signs in again. `lib/store.js` is
 * IndexedDB: the last seen data, the queue, what can be undone. `lib/i18n.js`
 * has every word from `strings/`.
 *
 * `sw.js` is the service worker: it keeps the page's files, so that it opens
 * without a network, and changes to a new version of them when nobody minds.
 *
 * Tabs are told of tokens, changes, sent ops and sign-outs on one
 * BroadcastChannel (`tabs` in `lib/api.js`). What needs one tab only (renewing,
 * sending, listening) holds a Web Lock.
 */
import { html, render, useEffect } from "./lib/ui.js";
import { LANGUAGE_SETTING, language, useLanguage } from "./lib/i18n.js";
import { go, route } from "./lib/router.js";
import { session, start } from "./state/session.js";
import { Shell } from "./components/shell.js";
import { Lazy } from "./components/lazy.js";

/** Addresses for people who are not signed in, */
const OUTSIDE = new Set(["sign-in", "sign-up"]);
/** and those that anybody may open, mostly by a link. */
const BY_LINK = new Set(["invite", "forgot-password", "reset-password", "verify-email"]);

function App() {
  const phase = session.value;
  const { view } = route.value;
  const isInside = phase === "in" || phase === "ended";
  useEffect(() => {
    if (isInside && OUTSIDE.has(view)) go("/inbox", { replace: true });
  }, [isInside, view]);
  if (phase === "starting") return null;
  if (!isInside || BY_LINK.has(view)) {
    const isKnown = OUTSIDE.has(view) || BY_LINK.has(view);
    return html`<${Lazy} name="welcome" view=${isKnown ? view : "sign-in"} />`;
  }
  return html`
    <${Shell} />
    ${phase === "ended" && html`<${Lazy} name="sign-in-again" />`}`;
}

async function main() {
  await useLanguage(localStorage.getItem(LANGUAGE_SETTING), navigator.languages);
  document.documentElement.lang = language();
  const root = /** @type {Element} */ (document.getElementById("root"));
  render(html`<${App} />`, root);
  await start();
  whenIdle(async () => (await import("./state/version.js")).keepFiles());
}

/** @param {() => void} act */
function whenIdle(act) {
  if ("requestIdleCallback" in window) requestIdleCallback(act, { timeout: 5000 });
  else setTimeout(act, 1000);
}

main();
