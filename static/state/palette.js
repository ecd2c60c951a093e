/** What the palette can find: what applies now of the commands, the lists, the settings, the open tasks. */
import { t } from "../lib/i18n.js";
import { SETTINGS, go, openTask } from "../lib/router.js";
import { commands } from "./commands.js";
import { nameOf, targets } from "./places.js";
import { findList, lists, open } from "./tasks.js";

/** @typedef {import("../lib/palette.js").Entry} Entry */
/** @typedef {import("./commands.js").Command} Command */

/** The icons of commands; one without is known by its words. @type {Record<string, import("../lib/ui.js").IconName>} */
const ICONS = {
  add: "plus", complete: "check", edit: "edit", open: "note", due: "today", move: "move", delete: "trash",
  up: "up", down: "down", undo: "undo", search: "search", sidebar: "sidebar",
  "go.inbox": "inbox", "go.today": "today", "go.upcoming": "upcoming", "go.all": "all",
  "go.completed": "completed", "go.trash": "trash", "go.settings": "settings",
};

/** Those that only a key makes sense of. */
const BY_KEY_ONLY = new Set(["palette", "back", "menu", "next", "previous", "select.next", "select.previous"]);

/** @returns {Entry[]} */
export function entriesNow() {
  const about = aboutTargets();
  const usable = commands.filter((command) => !BY_KEY_ONLY.has(command.id) && (command.when?.() ?? true));
  return [
    ...usable.map((command) => ofCommand(command, about)),
    ...lists.peek().filter((list) => !list.is_inbox).map(ofList),
    ...SETTINGS.map(ofSetting),
    ...open.peek().map(ofTask),
  ];
}

/** What a command would act on, in words. */
function aboutTargets() {
  const chosen = targets();
  if (chosen.length === 1) return t("palette.about_one", { title: chosen[0].title });
  return t("palette.about_many", { count: chosen.length });
}

/** @param {Command} command @param {string} about @returns {Entry} */
function ofCommand({ id, title, params, group, keys, when, run, steps }, about) {
  const actsOnTasks = group === "task" && when !== undefined;
  return {
    id,
    kind: "command",
    text: t(title, params?.()),
    icon: id.startsWith("priority.") ? "flag" : ICONS[id],
    hint: actsOnTasks ? about : undefined,
    keys: keys[0],
    run,
    steps: steps && (() => steps().map((step) => ({ ...step, kind: "command" }))),
  };
}

/** @param {import("../lib/types.js").List} list @returns {Entry} */
function ofList(list) {
  return { id: list.id, kind: "list", text: nameOf(list), icon: "list", run: () => go(`/lists/${list.id}`) };
}

/** @param {typeof SETTINGS[number]} section @returns {Entry} */
function ofSetting(section) {
  const text = t(`settings.${section}`);
  return { id: `settings.${section}`, kind: "setting", text, icon: "settings", run: () => go(`/settings/${section}`) };
}

/** @param {import("../lib/types.js").Task} task @returns {Entry} */
function ofTask(task) {
  const list = findList(task.list_id);
  const hint = list === undefined ? "" : nameOf(list);
  return { id: task.id, kind: "task", text: task.title, icon: "note", hint, run: () => openTask(task.id) };
}
