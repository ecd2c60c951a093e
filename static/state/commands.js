//# allFunctionsCalledOnLoad
/**
 * Everything that can be done by a key or by its name, once. The keys, the
 * palette and the help read this table. Keys are written `e`, `Shift+ArrowDown`,
 * `Mod+k` (Ctrl, or Cmd on a Mac), and two in a row: `g t`. Plain keys never
 * fire in fields.
 */
import { t } from "../lib/i18n.js";
import { closeTask, go, openTask, route } from "../lib/router.js";
import * as device from "./device.js";
import { nameOf } from "./places.js";
import { sendOff, targets } from "./places.js";
import * as selection from "./places.js";
import * as tasks from "./tasks.js";
import { say, undo } from "./toasts.js";

/**
 * @typedef {{
 *   id: string,
 *   title: import("../lib/i18n.js").Key,
 *   params?: () => Record<string, string | number>,
 *   group: "go" | "task" | "choose" | "page",
 *   keys: string[],
 *   when?: () => boolean,
 *   inFields?: boolean,
 *   run: () => void,
 *   steps?: () => Step[],
 * }} Command
 *
 * @typedef {{ id: string, text: string, run: () => void }} Step what the palette asks next
 */

const some = () => targets().length > 0;
const one = () => targets().length === 1;
const dated = () => targets().some((task) => task.due !== null);
const orderable = () => one() && selection.canReorder();

/** The row that a dialog stands beside. */
function anchor() {
  const [task] = targets();
  return document.querySelector(`[data-key="${task?.id}"] .row__acts`) ?? undefined;
}

/** @param {string} name */
const open = (name) => () => device.showDialog(name, { tasks: targets(), anchor: anchor() });

/** The same of a dialog that one types in. @param {string} name */
const openToType = (name) => () => {
  device.awaitField();
  open(name)();
};

/** @param {string} path */
const to = (path) => () => go(path);

function toggleDone() {
  const found = targets();
  if (found.every((task) => task.completed)) tasks.reopenTasks(found);
  else sendOff(found, tasks.completeTasks);
}

/** One step back: the drawer, the chosen rows, then the panel. */
function back() {
  if (device.drawerOpen.peek()) return device.setDrawer(false);
  if (selection.chosen.peek().size > 0) return selection.chooseNone();
  if (route.peek().view !== "task") return;
  const { id } = route.peek();
  const task = tasks.findTask(id);
  closeTask(task === undefined ? undefined : `/lists/${task.list_id}`);
  selection.focusRow(id);
}

/** Undoes; the focus stays with its row, wherever that goes, or is in its place. */
function undoHere() {
  const id = selection.focused.peek();
  const next = selection.neighbourOf(new Set([String(id)]));
  undo();
  const kept = tasks.findTask(String(id)) === undefined ? next : id;
  if (id !== null && kept !== undefined && route.peek().view !== "task") selection.focusRow(String(kept));
}

/** The own list in the sidebar that has the focus. */
function focusedList() {
  const link = document.activeElement?.closest("[data-own-list]");
  return link instanceof HTMLElement ? tasks.findList(link.dataset.ownList ?? "") : undefined;
}

/** What takes more than a verb is fetched when it is first done. @param {(acts: typeof import("./acts.js")) => void} run */
const fetchActs = (run) => import("./acts.js").then(run, () => say("error.part", {}, { isError: true }));

/** @param {1 | -1} by */
function shift(by) {
  const chosen = targets();
  fetchActs(({ shiftDay }) => shiftDay(chosen, by));
}

/** @param {number} by */
function move(by) {
  const [list, [task]] = [focusedList(), targets()];
  fetchActs(({ moveBy, moveListBy }) => (list === undefined ? moveBy(task, by) : moveListBy(list, by)));
}
const movable = () => focusedList() !== undefined || orderable();

/** @type {Command[]} */
const priorities = [1, 2, 3, 4].map((priority) => ({
  id: `priority.${priority}`,
  title: priority === 4 ? "task.no_priority" : "task.priority",
  params: () => ({ priority }),
  group: "task",
  keys: [String(priority)],
  when: some,
  run: () => tasks.changeTasks(targets(), { priority }),
}));

/** @returns {Step[]} */
function listsToMoveTo() {
  const chosen = targets();
  return tasks.lists.peek().map((list) => ({ id: list.id, text: nameOf(list), run: () => tasks.moveTasks(chosen, list.id) }));
}

/** @returns {Step[]} */
const themes = () =>
  THEMES.map((theme) => ({ id: theme, text: t(`settings.theme.${theme}`), run: () => device.setTheme(theme) }));
const THEMES = /** @type {const} */ (["system", "light", "dark"]);

function toggleCharacterKeys() {
  const isOn = !device.characterKeys.peek();
  device.setCharacterKeys(isOn);
  say(isOn ? "keys.are_on" : "keys.are_off");
}

function palette() {
  device.awaitField();
  device.showDialog("palette");
}

function search() {
  const field = document.querySelector("input[type=search]");
  if (field instanceof HTMLElement) return field.focus();
  device.awaitField();
  go("/search");
}

/** @type {Command[]} The sections, for the palette. */
const settings = /** @type {const} */ (["profile", "security", "devices", "tokens", "activity", "appearance", "data"]).map((section) => ({
  id: `settings.${section}`,
  title: "command.settings",
  params: () => ({ section: t(`settings.${section}`) }),
  group: "go",
  keys: [],
  run: to(`/settings/${section}`),
}));

/** @type {Command[]} */
export const commands = [
  { id: "add", title: "command.add", group: "task", keys: ["q"], run: device.quickAdd },
  { id: "add.below", title: "command.add_below", group: "task", keys: ["Shift+Enter"], when: one, run: () => device.addBelow(targets()[0]) },
  { id: "complete", title: "command.complete", group: "task", keys: ["e"], when: some, run: toggleDone },
  { id: "edit", title: "command.edit", group: "task", keys: ["Enter", "F2"], when: one, run: () => selection.edit(targets()[0].id) },
  { id: "open", title: "command.open", group: "task", keys: ["o"], when: one, run: () => openTask(targets()[0].id) },
  { id: "due", title: "command.due", group: "task", keys: ["t"], when: some, run: openToType("due") },
  { id: "later", title: "command.later", group: "task", keys: ["Alt+]"], when: dated, run: () => shift(1) },
  { id: "earlier", title: "command.earlier", group: "task", keys: ["Alt+["], when: dated, run: () => shift(-1) },
  { id: "reschedule", title: "command.reschedule", group: "page", keys: [], when: () => selection.lateTasks.peek().length > 0, run: () => device.showDialog("reschedule") },
  { id: "move", title: "command.move", group: "task", keys: ["v"], when: some, run: openToType("move"), steps: listsToMoveTo },
  { id: "menu", title: "command.menu", group: "task", keys: [".", "ContextMenu"], when: some, run: open("task-menu") },
  ...priorities,
  { id: "up", title: "command.move_up", group: "task", keys: ["Alt+ArrowUp"], when: movable, run: () => move(-1) },
  { id: "down", title: "command.move_down", group: "task", keys: ["Alt+ArrowDown"], when: movable, run: () => move(1) },
  { id: "delete", title: "command.delete", group: "task", keys: ["Delete", "Backspace"], when: some, run: () => sendOff(targets(), tasks.deleteTasks) },
  { id: "next", title: "command.down", group: "choose", keys: ["j", "ArrowDown"], run: () => selection.moveFocus(1) },
  { id: "previous", title: "command.up", group: "choose", keys: ["k", "ArrowUp"], run: () => selection.moveFocus(-1) },
  { id: "select", title: "command.select", group: "choose", keys: ["x"], when: () => selection.focused.peek() !== null, run: () => selection.toggleChosen(String(selection.focused.peek())) },
  { id: "select.next", title: "command.select_next", group: "choose", keys: ["Shift+ArrowDown", "Shift+j"], run: () => selection.chooseOn(1) },
  { id: "select.previous", title: "command.select_previous", group: "choose", keys: ["Shift+ArrowUp", "Shift+k"], run: () => selection.chooseOn(-1) },
  { id: "select.all", title: "command.select_all", group: "choose", keys: ["Mod+a"], run: selection.chooseAll },
  { id: "back", title: "command.back", group: "page", keys: ["Escape"], run: back },
  { id: "undo", title: "command.undo", group: "page", keys: ["z", "Mod+z"], run: undoHere },
  { id: "recent", title: "recent.title", group: "page", keys: [], run: () => device.showDialog("recent") },
  { id: "palette", title: "command.palette", group: "page", keys: ["Mod+k"], inFields: true, run: palette },
  { id: "keys", title: "command.keys", group: "page", keys: ["?"], run: () => device.showDialog("keys") },
  { id: "keys.characters", title: "command.characters", group: "page", keys: [], run: toggleCharacterKeys },
  { id: "theme", title: "settings.theme", group: "page", keys: [], run: to("/settings/appearance"), steps: themes },
  { id: "search", title: "view.search", group: "go", keys: ["/"], run: search },
  { id: "sidebar", title: "command.sidebar", group: "page", keys: ["m"], run: device.toggleSidebar },
  { id: "go.inbox", title: "view.inbox", group: "go", keys: ["g i"], run: to("/inbox") },
  { id: "go.today", title: "view.today", group: "go", keys: ["g t"], run: to("/today") },
  { id: "go.upcoming", title: "view.upcoming", group: "go", keys: ["g u"], run: to("/upcoming") },
  { id: "go.all", title: "view.all", group: "go", keys: ["g a"], run: to("/all") },
  { id: "go.completed", title: "view.completed", group: "go", keys: ["g c"], run: to("/completed") },
  { id: "go.trash", title: "view.trash", group: "go", keys: ["g r"], run: to("/trash") },
  { id: "go.settings", title: "settings.title", group: "go", keys: ["g s"], run: to("/settings") },
  ...settings,
];

/* Which of them a key asks for */

/** Within so many milliseconds a second key belongs to the first. */
const SEQUENCE = 1200;

/** With Alt, a Mac writes other signs: these two are known by their place. */
const PLACES = /** @type {Record<string, string>} */ ({ BracketLeft: "[", BracketRight: "]" });

let before = "";
let beforeAt = 0;

/** What a key event is called. @param {KeyboardEvent} event */
function keyOf(event) {
  const mod = device.isMac ? event.metaKey : event.ctrlKey;
  const written = (event.altKey ? PLACES[event.code] : undefined) ?? event.key;
  const letter = written.length === 1;
  const key = letter ? written.toLowerCase() : written;
  const parts = [];
  if (mod) parts.push("Mod");
  if (event.altKey) parts.push("Alt");
  if (event.shiftKey && !(letter && key === key.toUpperCase())) parts.push("Shift");
  return [...parts, key].join("+");
}

/** Whether a key event is one character by itself, which a person may switch off (WCAG 2.1.4). */
/** @param {KeyboardEvent} event */
function isCharacter(event) {
  return event.key.length === 1 && !event.ctrlKey && !event.metaKey && !event.altKey;
}

/** Whether what is typed goes into a field. @param {EventTarget | null} target */
function isField(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) return !["checkbox", "radio"].includes(target.type);
  return target.matches("textarea, select");
}

/** Whether the key goes from one radio button to the next. @param {KeyboardEvent} event */
const movesRadio = ({ key, target }) =>
  key.startsWith("Arrow") && target instanceof HTMLInputElement && target.type === "radio";

/** In milliseconds: who types does not pause for longer. */
const PAUSE = 1500;
/** What ends typing: somebody means to be elsewhere. */
const ENDS = new Set(["Enter", "Escape", "Tab"]);

/** When somebody last typed into a field that they have not left themselves. */
let typedAt = -Infinity;

document.addEventListener("input", ({ target, timeStamp }) => isField(target) && (typedAt = timeStamp), true);
document.addEventListener("pointerdown", () => (typedAt = -Infinity), true);
document.addEventListener("keydown", ({ key }) => ENDS.has(key) && (typedAt = -Infinity), true);

/** Whether a key was meant for a field that went away under the hands. @param {KeyboardEvent} event */
function isTyped(event) {
  const isText = isCharacter(event) || event.key === "Backspace" || event.key === "Delete";
  if (!isText || isField(event.target) || event.timeStamp - typedAt > PAUSE) return false;
  typedAt = event.timeStamp;
  return true;
}

/** The command that a key event asks for. @param {KeyboardEvent} event */
function commandFor(event) {
  if (event.isComposing || ["Shift", "Control", "Alt", "Meta"].includes(event.key)) return;
  const name = keyOf(event);
  const sequence = event.timeStamp - beforeAt < SEQUENCE ? `${before} ${name}` : "";
  const inField = isField(event.target) || movesRadio(event);
  const fits = (/** @type {Command} */ one) => (!inField || one.inFields) && (one.when?.() ?? true);
  const has = (/** @type {string} */ keys) => commands.find((one) => one.keys.includes(keys) && fits(one));
  const found = (sequence !== "" && has(sequence)) || has(name) || undefined;
  before = found === undefined && !inField ? name : "";
  beforeAt = event.timeStamp;
  return found;
}

/** Runs the command of a key, if it has one and no dialog is open. @param {KeyboardEvent} event */
export function onKey(event) {
  if (event.defaultPrevented || document.querySelector("dialog[open]") !== null) return;
  // A dialog is on its way: what is typed is for it, and no command.
  if (device.typeAhead(event) || device.openDialog.peek() !== null) return event.preventDefault();
  if (isTyped(event)) return event.preventDefault();
  if (event.key === "Enter" && !isOnRow(event.target)) return;
  if (isCharacter(event) && !device.characterKeys.peek()) return;
  const command = commandFor(event);
  if (command === undefined) return;
  event.preventDefault();
  command.run();
}

/** Enter means the button that has the focus, unless that is the row's own. */
/** @param {EventTarget | null} target */
function isOnRow(target) {
  return target instanceof Element && target.matches(".row__title");
}

