//# allFunctionsCalledOnLoad
/**
 * What is this device's alone: what is open on the page, how the person likes
 * it to look, its clock, and the files that its browser keeps.
 */
import { computed, effect, signal } from "../lib/ui.js";
import { deviceZone, today as dayIn, wallNow } from "../lib/dates.js";
import { locale } from "../lib/i18n.js";
import { online } from "./outbox.js";

/** @typedef {"light" | "dark" | "system"} Theme */

const SIDEBAR = "docket.sidebar";
const WIDTH = "docket.sidebar.width";
const THEME = "docket.theme";
const CHARACTERS = "docket.keys";
const USED = "docket.used";

const open = signal(localStorage.getItem(SIDEBAR) !== "closed");
const drawer = signal(false);
const dialog = signal(/** @type {{ name: string, props: object } | null} */ (null));
const characters = signal(localStorage.getItem(CHARACTERS) !== "off");

/** Whether the sidebar is there on wide screens. */
export const sidebarOpen = computed(() => open.value);
/** Whether it covers the page on a phone. */
export const drawerOpen = computed(() => drawer.value);
export const isMac = /Mac|iP(hone|ad|od)/.test(navigator.platform);

/** The dialog over the page, by its name in `main.js`. */
export const openDialog = computed(() => dialog.value);

export function toggleSidebar() {
  if (matchMedia("(max-width: 43.75rem)").matches) return setDrawer(!drawer.peek());
  open.value = !open.peek();
  localStorage.setItem(SIDEBAR, open.value ? "open" : "closed");
}

/** The narrowest and the widest that the sidebar may be, in pixels, */
export const SIDEBAR_WIDTHS = /** @type {const} */ ([210, 420]);
/** and how wide it is unless somebody says otherwise. */
const USUAL_WIDTH = 280;

const width = signal(Number(localStorage.getItem(WIDTH)) || USUAL_WIDTH);
export const sidebarWidth = computed(() => width.value);

/** @param {number | null} pixels null is the usual width */
export function setSidebarWidth(pixels) {
  const [narrowest, widest] = SIDEBAR_WIDTHS;
  width.value = Math.min(Math.max(Math.round(pixels ?? USUAL_WIDTH), narrowest), widest);
  if (pixels === null) localStorage.removeItem(WIDTH);
  else localStorage.setItem(WIDTH, String(width.value));
}

/** @param {boolean} isOpen */
export function setDrawer(isOpen) {
  drawer.value = isOpen;
}

/** @param {string} name @param {object} [props] */
export function showDialog(name, props = {}) {
  dialog.value = { name, props };
}

/** What was typed after a key that opens a field, before the field was there. */
let ahead = /** @type {{ text: string, isSent: boolean, since: number } | null} */ (null);

/** How long a field may take to come, in milliseconds. */
const COMES_WITHIN = 5_000;

/** A field is on its way: what is typed now is for it. */
export function awaitField() {
  ahead = { text: "", isSent: false, since: Date.now() };
}

/** Keeps a key for the field that is on its way; tells whether there is one. @param {KeyboardEvent} event */
export function typeAhead(event) {
  if (ahead === null || Date.now() - ahead.since > COMES_WITHIN) return false;
  const isText = event.key.length === 1 && !event.ctrlKey && !event.metaKey;
  if (isText && !ahead.isSent) ahead.text += event.key;
  if (event.key === "Enter") ahead.isSent = true;
  return true;
}

/** The field is there, and takes what was typed for it, up to Enter. */
export function takeAhead() {
  const { text, isSent } = ahead ?? { text: "", isSent: false };
  ahead = null;
  return { text, isSent };
}

/** Opens the dialog that adds a task. */
export function quickAdd() {
  awaitField();
  showDialog("quick-add");
}

/** Opens it for a task that shall stand below another one. @param {import("../lib/types.js").Task} after */
export function addBelow(after) {
  awaitField();
  showDialog("quick-add", { after });
}

export function closeDialog() {
  // What was typed for one that could not come is not for the next.
  ahead = null;
  dialog.value = null;
}

/** @returns {Theme} */
export const theme = () => /** @type {Theme} */ (localStorage.getItem(THEME) ?? "system");

/** @param {Theme} next */
export function setTheme(next) {
  if (next === "system") {
    localStorage.removeItem(THEME);
    delete document.documentElement.dataset.theme;
  } else {
    localStorage.setItem(THEME, next);
    document.documentElement.dataset.theme = next;
  }
  colourFrame(next);
}

/** Has the browser's own frame follow, which by itself knows the system's theme only. */
/** @param {Theme} chosen */
function colourFrame(chosen) {
  for (const one of ["light", "dark"]) {
    const meta = document.querySelector(`meta[data-theme="${one}"]`);
    const media = chosen === "system" ? `(prefers-color-scheme: ${one})` : chosen === one ? "all" : "not all";
    meta?.setAttribute("media", media);
  }
}
colourFrame(theme());

/** Whether single characters are commands; those with Ctrl, Alt or a name always are. */
export const characterKeys = computed(() => characters.value);

/** @param {boolean} isOn */
export function setCharacterKeys(isOn) {
  characters.value = isOn;
  if (isOn) localStorage.removeItem(CHARACTERS);
  else localStorage.setItem(CHARACTERS, "off");
}

/** What was chosen in the palette, latest first. @returns {string[]} */
export const usedEntries = () => JSON.parse(localStorage.getItem(USED) ?? "[]");

/** @param {string[]} ids */
export function setUsedEntries(ids) {
  localStorage.setItem(USED, JSON.stringify(ids));
}

/*
 * What is typed and not yet saved. It is written down with every key, where a
 * tab that is closed at once cannot lose it and other tabs see it; signing out
 * wipes it.
 */

/**
 * @typedef {{
 *   text: string,
 *   version?: number,
 *   was?: string,
 *   refused?: import("../lib/quick_add.js").Range[],
 * }} Draft of a change, also what it was begun upon; of a new title, also what
 *   is meant as it stands there
 */

const DRAFT = "docket.draft ";

/** @type {Map<string, import("../lib/ui.js").Signal<Draft | null>>} */
const drafts = new Map();

/** @param {string} key */
function draftAt(key) {
  const found = drafts.get(key) ?? signal(readDraft(localStorage.getItem(DRAFT + key)));
  drafts.set(key, found);
  return found;
}

/** @param {string | null} text @returns {Draft | null} */
const readDraft = (text) => (text === null ? null : JSON.parse(text));

/** What is typed and not yet saved, by the name of its field. @param {string} key */
export const draft = (key) => draftAt(key).value;

/** @param {string} key @param {Draft | null} next null when it is saved, or given up */
export function keepDraft(key, next) {
  draftAt(key).value = next;
  if (next === null) return localStorage.removeItem(DRAFT + key);
  try {
    localStorage.setItem(DRAFT + key, JSON.stringify(next));
  } catch {
    // The browser has no room left: it is kept for as long as the page is there.
  }
}

addEventListener("storage", ({ key, newValue }) => {
  if (key?.startsWith(DRAFT)) draftAt(key.slice(DRAFT.length)).value = readDraft(newValue);
});

/** What has a draft in a field of this kind: the rest of their names. @param {string} kind */
export function draftsOf(kind) {
  const begin = `${DRAFT}${kind} `;
  return Object.keys(localStorage).flatMap((key) => (key.startsWith(begin) ? [key.slice(begin.length)] : []));
}

const renamed = signal(/** @type {string | null} */ (draftsOf("name")[0] ?? null));

/** The list whose name is being edited, by its id. */
export const renaming = computed(() => renamed.value);

/** @param {string | null} id */
export function startRenaming(id) {
  renamed.value = id;
}

/**
 * The name of a field that adds to a list, a day or both. That of today has no
 * date, so that it goes on after midnight.
 *
 * @param {{ list_id?: string, due?: string }} preset
 */
export const nameOfAdding = ({ list_id = "", due = "" }) => `add ${list_id}/${due === today.value ? TODAY : due}`;

const TODAY = "today";

/** What was typed for a day that has come, or gone by, is today's. */
function bringToToday() {
  for (const name of draftsOf("add")) {
    const [list, day] = name.split("/");
    if (day === "" || day > today.value) continue;
    const [from, to] = [`add ${name}`, `add ${list}/${TODAY}`];
    const texts = [to, from].flatMap((key) => draftAt(key).peek()?.text ?? []);
    keepDraft(to, { text: texts.join(" ") });
    keepDraft(from, null);
  }
}

const version = signal(/** @type {(() => void) | null} */ (null));

/** Reloads into the new version of the page, when there is one. */
export const newVersion = computed(() => version.value);

/** @param {() => void} take */
export function offerVersion(take) {
  version.value = take;
}

/* The clock, and how dates are read */

/** @typedef {import("../lib/dates.js").DateSettings} DateSettings */

const HOURS = "docket.hours";
const WEEKDAY = "docket.weekday";

const minute = signal(new Date());

export const now = computed(() => minute.value);
export const zone = deviceZone();
export const today = computed(() => dayIn(minute.value, zone));

/** Now as typed dates are read against. */
export const wall = () => wallNow(new Date(), zone);

const chosen = signal(read());

/** How dates are written; null means as the locale does. */
export const dateSettings = computed(() => ({ locale: locale(), zone, ...chosen.value }));

/** @returns {{ hour12: boolean | null, firstWeekday: number | null }} */
function read() {
  const hours = localStorage.getItem(HOURS);
  const weekday = Number(localStorage.getItem(WEEKDAY));
  return { hour12: hours === null ? null : hours === "12", firstWeekday: weekday || null };
}

/** @param {"12" | "24" | null} hours @param {number | null} firstWeekday */
export function chooseDates(hours, firstWeekday) {
  for (const [key, value] of /** @type {const} */ ([[HOURS, hours], [WEEKDAY, firstWeekday]])) {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, String(value));
  }
  chosen.value = read();
}

effect(bringToToday);

setInterval(() => {
  minute.value = new Date();
}, 30_000);
document.addEventListener("visibilitychange", () => {
  minute.value = new Date();
});

/*
 * The service worker keeps the page's files. A new version of them is never
 * taken while somebody works, only when asked for.
 */

/** A worker that has not taken over by then waits to be asked. */
const WAITS_AFTER = 1000;
/** What a click asked for is answered by then, and a worker that has not let go needs help. */
const [ANSWERED_AFTER, LETS_GO_AFTER] = [300, 3000];
/** How often a page that stays open asks for a new version. */
const SELDOM = 30 * 60_000;

/** Without a secure origin there are no workers, and the page needs its server. */
export async function keepFiles() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker
    .register("/sw.js", { updateViaCache: "none" })
    // The server is out of reach; the worker of before goes on.
    .catch(() => navigator.serviceWorker.getRegistration());
  if (registration === undefined) return;
  watch(registration);
  askAgain(registration);
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const offer = () => {
    const isNews = registration.waiting !== null && navigator.serviceWorker.controller !== null;
    if (isNews) offerVersion(() => take(registration));
  };
  offer();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") setTimeout(offer, WAITS_AFTER);
    });
  });
}

/** Loads the page again with its new files, which another tab may have taken already. */
/** @param {ServiceWorkerRegistration} registration */
function take({ waiting }) {
  if (waiting === null) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  // Chromium keeps an old worker that answers a request just then, such as one
  // for the keys, which the click asks for; a tab that is loaded again lets go.
  setTimeout(() => waiting.postMessage("take over"), ANSWERED_AFTER);
  setTimeout(() => location.reload(), LETS_GO_AFTER);
}

/** Looks for a new version after the server was away, and now and then. */
/** @param {ServiceWorkerRegistration} registration */
function askAgain(registration) {
  let last = Date.now();
  const ask = () => {
    last = Date.now();
    registration.update().catch(() => {});
  };
  let wasOnline = true;
  effect(() => {
    if (online.value && !wasOnline) ask();
    wasOnline = online.value;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last > SELDOM) ask();
  });
}
