//# allFunctionsCalledOnLoad
/** The address of the page as a signal: the view, and what it is about. */
import { computed, signal } from "./ui.js";

/**
 * @typedef {{ view: string, id: string, query: URLSearchParams, path: string }} Route
 */

/** Views with an address of one word. */
const PLAIN = new Set([
  ...["inbox", "today", "upcoming", "all", "completed", "trash", "search", "settings"],
  ...["sign-in", "sign-up", "invite", "forgot-password", "reset-password", "verify-email"],
]);

/** The parts of the settings, each with an address below theirs. */
export const SETTINGS = /** @type {const} */ (["profile", "security", "devices", "tokens", "activity", "appearance", "data"]);

const current = signal(read());

/** Where the page is. */
export const route = computed(() => current.value);

/** The view that is on screen: under the panel of a task, the one it was opened from. */
export const page = computed(() => {
  const { view } = current.value;
  const under = behind();
  return view === "task" && under !== null ? parse(...split(under)) : current.value;
});

/** @param {string} address @returns {[string, string]} */
function split(address) {
  const url = new URL(address, location.origin);
  return [url.pathname, url.search];
}

/** Opens the panel of a task over the view that is on screen. @param {string} id */
export function openTask(id) {
  const under = current.peek().view === "task" ? behind() : location.pathname + location.search;
  go(`/tasks/${id}`, { behind: under, replace: current.peek().view === "task" });
}

/** Closes the panel. @param {string} otherwise where to when it was opened from nowhere */
export function closeTask(otherwise = "/inbox") {
  if (current.peek().view === "task") go(behind() ?? otherwise);
}

/** @returns {Route} */
function read() {
  return parse(location.pathname, location.search);
}

/** @param {string} path @param {string} search @returns {Route} */
export function parse(path, search = "") {
  const [, first = "", second = ""] = path.split("/");
  const query = new URLSearchParams(search);
  if (first === "lists" || first === "tasks") {
    return { view: first === "lists" ? "list" : "task", id: second, query, path };
  }
  return { view: PLAIN.has(first) ? first : "inbox", id: second, query, path };
}

/**
 * Goes to an address. `behind` is where closing leads back to.
 *
 * @param {string} address
 * @param {{ replace?: boolean, behind?: string | null }} [how]
 */
export function go(address, { replace = false, behind = null } = {}) {
  if (address === location.pathname + location.search) return;
  const state = { behind };
  keepScroll();
  if (replace) history.replaceState(state, "", address);
  else history.pushState(state, "", address);
  current.value = read();
}

/** Changes the address of the view on screen, under a panel too, as a part of the same visit. */
/** @param {string} address */
export function refine(address) {
  if (current.peek().view === "task") history.replaceState({ ...history.state, behind: address }, "");
  else history.replaceState(history.state, "", address);
  current.value = read();
}

/** The view under a panel: kept with the entry, so that a reload knows it. */
export function behind() {
  const address = history.state?.behind;
  return typeof address === "string" ? address : null;
}

window.addEventListener("popstate", () => {
  clearTimeout(scrolling);
  current.value = read();
});

/* How far down each entry of the history was: the browser would scroll before there is anything to see */

/** Without a scroll for so many milliseconds it has come to rest. */
const REST = 150;

/** @type {ReturnType<typeof setTimeout> | undefined} */
let scrolling;

history.scrollRestoration = "manual";
window.addEventListener("pagehide", keepScroll);
window.addEventListener("scroll", () => {
  isScrolled = true;
  clearTimeout(scrolling);
  scrolling = setTimeout(keepScroll, REST);
}, { passive: true });

/** Until then the page need not be laid out to know how far down it is. */
let isScrolled = false;

function keepScroll() {
  clearTimeout(scrolling);
  if (!isScrolled) return;
  history.replaceState({ ...history.state, down: scrollY }, "");
}

/** Scrolls to where this entry was left; a new one begins at its top. */
export function scrollBack() {
  const down = history.state?.down ?? 0;
  if (isScrolled || down > 0) scrollTo({ top: down, behavior: "instant" });
}

/** Links within the page do not load it again. */
document.addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const link = event.target instanceof Element ? event.target.closest("a[href]") : null;
  if (!(link instanceof HTMLAnchorElement) || link.target !== "" || link.download !== "") return;
  if (link.origin !== location.origin || link.pathname.startsWith("/api/")) return;
  event.preventDefault();
  go(link.pathname + link.search);
});
