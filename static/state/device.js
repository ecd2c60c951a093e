/** What this device remembers of the look of the page. */
import { computed, signal } from "../lib/ui.js";

/** @typedef {"light" | "dark" | "system"} Theme */

const SIDEBAR = "docket.sidebar";
const THEME = "docket.theme";
const CHARACTERS = "docket.keys";
const USED = "docket.used";

const open = signal(localStorage.getItem(SIDEBAR) !== "closed");
const drawer = signal(false);
const renamed = signal(/** @type {string | null} */ (null));
const dialog = signal(/** @type {{ name: string, props: object } | null} */ (null));
const characters = signal(localStorage.getItem(CHARACTERS) !== "off");

/** Whether the sidebar is there on wide screens. */
export const sidebarOpen = computed(() => open.value);
/** Whether it covers the page on a phone. */
export const drawerOpen = computed(() => drawer.value);
/** The dialog over the page, by its name in `components/lazy.js`. */
export const openDialog = computed(() => dialog.value);

/** The list whose name is being edited, by its id. */
export const renaming = computed(() => renamed.value);

/** @param {string | null} id */
export function startRenaming(id) {
  renamed.value = id;
}

export function toggleSidebar() {
  if (matchMedia("(max-width: 43.75rem)").matches) return setDrawer(!drawer.peek());
  open.value = !open.peek();
  localStorage.setItem(SIDEBAR, open.value ? "open" : "closed");
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
let ahead = /** @type {{ text: string, since: number } | null} */ (null);

/** How long a field may take to come, in milliseconds. */
const COMES_WITHIN = 5_000;

/** A field is on its way: what is typed now is for it. */
export function awaitField() {
  ahead = { text: "", since: Date.now() };
}

/** Keeps a key for the field that is on its way; tells whether there is one. @param {KeyboardEvent} event */
export function typeAhead(event) {
  if (ahead === null || Date.now() - ahead.since > COMES_WITHIN) return false;
  if (event.key.length === 1 && !event.ctrlKey && !event.metaKey) ahead.text += event.key;
  return true;
}

/** The field is there, and takes what was typed for it. */
export function takeAhead() {
  const text = ahead?.text ?? "";
  ahead = null;
  return text;
}

/** Opens the dialog that adds a task. */
export function quickAdd() {
  awaitField();
  showDialog("quick-add");
}

export function closeDialog() {
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

const version = signal(/** @type {(() => void) | null} */ (null));

/** Reloads into the new version of the page, when there is one. */
export const newVersion = computed(() => version.value);

/** @param {() => void} take */
export function offerVersion(take) {
  version.value = take;
}
