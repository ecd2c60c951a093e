//# allFunctionsCalledOnLoad
/**
 * The person's lists and tasks: what the server said, with what waits in the
 * outbox laid over it. Views read from here; verbs change it. Each verb says
 * what undoes it.
 */
import { computed, signal } from "../lib/ui.js";
import * as store from "../lib/store.js";
import { between, newId } from "../lib/store.js";
import { draft, keepDraft } from "./device.js";
import * as outbox from "./outbox.js";
import { complain, remember, say } from "./toasts.js";

/** @typedef {import("../lib/types.js").Task} Task */
/** @typedef {import("../lib/types.js").List} List */
/** @typedef {import("../lib/types.js").Thing} Thing */
/** @typedef {import("../lib/types.js").Op} Op */
/** @typedef {import("../lib/types.js").Change} Change */

/** As the server has it. */
const base = { task: /** @type {Map<string, any>} */ (new Map()), list: new Map() };
/** As it is shown. */
const shown = { task: /** @type {Map<string, Task>} */ (new Map()), list: new Map() };
/** Goes up with every change of what is shown. */
const revision = signal(0);
const filled = signal(false);
/** Tasks that were completed a moment ago: their rows stay for as long. */
const leaving = signal(/** @type {Set<string>} */ (new Set()));
/** They go together, so long after the last of them, in milliseconds: */
const LEAVES_AFTER = 1200;
/** or later where a mouse is about to tick the next, which is not to move from under it. */
const LEAVES_AT_LAST = 3000;
const clashes = signal(/** @type {import("../lib/types.js").Conflict[]} */ ([]));

/** Whether the first load is over. */
export const isFilled = computed(() => filled.value);
/** Changes that met another change of the same field. */
export const conflicts = computed(() => clashes.value);

const byPosition = (/** @type {Thing} */ a, /** @type {Thing} */ b) =>
  a.position < b.position ? -1 : a.position > b.position ? 1 : a.id < b.id ? -1 : 1;

/** The lists in their order, the Inbox first. */
export const lists = computed(() => {
  revision.value;
  const all = /** @type {List[]} */ ([...shown.list.values()]);
  return all.sort((a, b) => Number(b.is_inbox) - Number(a.is_inbox) || byPosition(a, b));
});

export const inbox = computed(() => lists.value.find((list) => list.is_inbox));

/** Every open task whose list is there, and those that have just been completed. */
export const open = computed(() => {
  revision.value;
  const found = [];
  for (const task of shown.task.values()) {
    const stays = !task.completed || leaving.value.has(task.id);
    if (stays && shown.list.has(task.list_id)) found.push(task);
  }
  return found;
});

/** Every completed task that is known here, latest first. */
export const completed = computed(() => {
  revision.value;
  const found = [];
  for (const task of shown.task.values()) {
    if (task.completed && shown.list.has(task.list_id)) found.push(task);
  }
  return found.sort((a, b) => (String(a.completed_at) < String(b.completed_at) ? 1 : -1));
});

/** How many open tasks each list has. */
export const counts = computed(() => {
  const counted = /** @type {Map<string, number>} */ (new Map());
  for (const task of open.value) if (!task.completed) counted.set(task.list_id, (counted.get(task.list_id) ?? 0) + 1);
  return counted;
});

/** The open tasks of a list in its own order. @param {string} listId */
export function openIn(listId) {
  return open.value.filter((task) => task.list_id === listId).sort(byPosition);
}

/** A task by its id, if it is known here. @param {string} id */
export function findTask(id) {
  revision.value;
  return shown.task.get(id);
}

/** A list by its id. @param {string} id @returns {List | undefined} */
export function findList(id) {
  revision.value;
  return shown.list.get(id);
}

/* What the server says */

/** Shows what this browser kept. */
export async function load() {
  const kept = [store.all("lists"), store.all("tasks"), store.mark("clashes"), outbox.load()];
  const [allLists, allTasks, unsettled] = await Promise.all(kept);
  for (const list of allLists) base.list.set(list.id, list);
  for (const task of allTasks) base.task.set(task.id, task);
  filled.value = base.list.size > 0;
  clashes.value = unsettled ?? [];
  drawAll();
}

/** Takes the whole of what there is, in the place of all before. */
/** @param {List[]} allLists @param {Task[]} allTasks */
export async function fill(allLists, allTasks) {
  base.list = new Map(allLists.map((list) => [list.id, list]));
  base.task = new Map(allTasks.map((task) => [task.id, task]));
  filled.value = true;
  drawAll();
  const [oldTasks, oldLists] = [await store.all("tasks"), await store.all("lists")];
  const gone = (/** @type {Thing[]} */ old, /** @type {Map<string, any>} */ now) =>
    old.map((one) => one.id).filter((id) => !now.has(id));
  await store.save("lists", allLists, gone(oldLists, base.list));
  const kept = allTasks.filter((task) => !task.completed);
  await store.save("tasks", kept, gone(oldTasks, base.task));
}

/** Takes changes in the order they happened. @param {Change[]} changes */
export function take(changes) {
  for (const change of changes) {
    const thing = change.type === "task" ? change.task : change.list;
    known(change.type, change.id, thing);
  }
  revision.value += 1;
}

/** Takes tasks that were asked for, such as completed ones. @param {Task[]} tasks */
export function meet(tasks) {
  take(tasks.map((task) => ({ type: "task", id: task.id, deleted: false, task })));
}

/**
 * Notes how something is now, unless something newer is known.
 *
 * @param {"task" | "list"} of
 * @param {string} id
 * @param {Thing | null} thing
 */
function known(of, id, thing) {
  const before = base[of].get(id);
  if (thing !== null && before !== undefined && before.version >= thing.version) return;
  if (thing === null) base[of].delete(id);
  else base[of].set(id, thing);
  draw(of, id);
  keepSoon(of, id);
}

const unkept = { task: new Set(), list: new Set() };
/** @type {ReturnType<typeof setTimeout> | undefined} */
let keeping;

/** Writes to the browser's store in batches. @param {"task" | "list"} of @param {string} id */
function keepSoon(of, id) {
  unkept[of].add(id);
  keeping ??= setTimeout(keep, 200);
}

/** Writes to the browser's store what it does not have yet. */
export async function keep() {
  clearTimeout(keeping);
  keeping = undefined;
  for (const of of /** @type {const} */ (["list", "task"])) {
    const ids = [...unkept[of]];
    unkept[of].clear();
    const stays = (/** @type {string} */ id) => base[of].has(id) && !base[of].get(id).completed;
    const puts = ids.filter(stays).map((id) => base[of].get(id));
    await store.save(`${of}s`, puts, ids.filter((id) => !stays(id)));
  }
}

/* What is shown */

function drawAll() {
  for (const of of /** @type {const} */ (["list", "task"])) {
    shown[of].clear();
    const ids = outbox.pending.peek().filter((op) => op.of === of).map((op) => op.id);
    for (const id of [...base[of].keys(), ...ids]) draw(of, id);
  }
  revision.value += 1;
}

/** Lays what waits over what the server said. @param {"task" | "list"} of @param {string} id */
function draw(of, id) {
  let thing = base[of].get(id);
  for (const op of outbox.pending.peek()) {
    if (op.id === id && op.of === of) thing = after(op, thing);
  }
  if (thing === undefined) shown[of].delete(id);
  else shown[of].set(id, thing);
}

/**
 * How something is after a change.
 *
 * @param {Op} op
 * @param {any} thing
 */
function after(op, thing) {
  if (op.kind === "delete") return undefined;
  if (op.kind === "restore") return thing ?? op.thing;
  if (op.kind === "add" && thing !== undefined) return thing;
  const { before: _before, after: _after, ...fields } = op.body ?? {};
  if (op.kind === "add") return { ...blank(op), ...fields };
  if (thing === undefined) return undefined;
  const next = { ...thing, ...fields, position: op.position ?? thing.position };
  if ("completed" in fields) next.completed_at = fields.completed ? op.at : null;
  return next;
}

/** A new thing before the server has seen it. @param {Op} op */
function blank(op) {
  const times = { created_at: op.at, updated_at: op.at };
  const common = { id: op.id, position: op.position ?? "z", version: 0, ...times };
  if (op.of === "list") return { ...common, name: "", is_inbox: false };
  const empty = { description: "", completed: false, completed_at: null, priority: 4, due: null };
  return { ...common, title: "", list_id: inbox.peek()?.id ?? "", ...empty };
}

outbox.listen({
  touched(ops) {
    for (const op of ops) draw(op.of, op.id);
    revision.value += 1;
  },
  done(op, thing) {
    known(op.of, op.id, thing);
  },
  refused(op, problem) {
    keepTyped(op);
    complain(op, problem);
  },
  displaced(op) {
    say("task.displaced", { text: String(op.body?.title) });
  },
  conflict(op, current) {
    const others = clashes.peek().filter((one) => one.op.uid !== op.uid);
    return setClashes([...others, { op, current: /** @type {Task} */ (current) }]);
  },
});

/** A description that the server refused is in its field again, once its task is. @param {Op} op */
function keepTyped({ of, id, version, body, seen }) {
  const text = body?.description;
  const key = `notes ${id}`;
  if (of !== "task" || typeof text !== "string" || text === "" || draft(key) !== null) return;
  keepDraft(key, { text, version, was: String(seen?.description ?? "") });
}

/** What waits for an answer is kept: half of it is nowhere else. @param {import("../lib/types.js").Conflict[]} next */
function setClashes(next) {
  clashes.value = next;
  return store.setMark("clashes", next);
}

/** Forgets everything. */
export function clear() {
  base.task.clear();
  base.list.clear();
  outbox.clear();
  clashes.value = [];
  filled.value = false;
  drawAll();
}

/* Verbs. Each makes ops, and the ops that undo them. */

/**
 * @typedef {{
 *   title: string,
 *   list_id?: string,
 *   description?: string,
 *   due?: string | null,
 *   priority?: number,
 * }} NewTask
 */

/**
 * Adds a task to the end of its list, or behind another one. Tells its id.
 *
 * @param {NewTask} given
 * @param {{ after?: string }} [place]
 */
export function addTask(given, place = {}) {
  const listId = given.list_id ?? inbox.peek()?.id;
  const id = newId();
  const position = placeIn(listId ?? "", place);
  const body = { ...given, ...(listId !== undefined && { list_id: listId }), ...place };
  perform("undo.added", { title: given.title }, [op("add", "task", id, { body, position })], [
    op("delete", "task", id),
  ]);
  return id;
}

/** Adds tasks without a word, and without an undo: the page itself does it. @param {NewTask[]} given */
export function addQuietly(given) {
  let last = /** @type {string | null} */ (null);
  const ops = given.map((body) => {
    last = between(last, null);
    return op("add", "task", newId(), { body, position: last });
  });
  outbox.enqueue(ops);
}

/**
 * Changes fields of tasks, all in one step.
 *
 * @param {Task[]} tasks
 * @param {Record<string, unknown>} fields
 * @param {import("../lib/i18n.js").Key} said
 */
export function changeTasks(tasks, fields, said = "undo.changed") {
  changeEach(tasks.map((task) => [task, fields]), said);
}

/**
 * Changes each task by fields of its own, all in one step. `more` is what is
 * said of it besides their titles.
 *
 * @param {[Task, Record<string, unknown>][]} changes
 * @param {import("../lib/i18n.js").Key} said
 * @param {Record<string, string>} [more]
 */
export function changeEach(changes, said, more = {}) {
  const real = changes.filter(([task, fields]) => namesIn(fields).some((name) => task[name] !== fields[name]));
  if (real.length === 0) return;
  perform(
    said,
    { ...about(real.map(([task]) => task)), ...more },
    real.map(([task, fields]) => patch(task, fields)),
    real.map(([task, fields]) => op("change", "task", task.id, { body: seenOf(task, fields) })),
  );
}

/**
 * Gives up what was typed in the place of a text; undoing takes it after all.
 *
 * @param {Task} task
 * @param {"title" | "description"} field
 * @param {string} text
 */
export function dropText(task, field, text) {
  if (text === "" || text === task[field]) return;
  remember({ said: "undo.dropped", params: { text }, ops: [patch(task, { [field]: text })] }, true);
}

/** @param {Task[]} tasks */
export function completeTasks(tasks) {
  leaving.value = new Set([...leaving.peek(), ...tasks.map((task) => task.id)]);
  tickedAt = Date.now();
  leaveSoon();
  changeTasks(tasks, { completed: true }, "undo.completed");
}

let tickedAt = 0;
let isResting = false;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let goes;

/** Says whether a mouse is on a tick. @param {boolean} isOn */
export function restOnTicks(isOn) {
  isResting = isOn;
  if (leaving.peek().size > 0) leaveSoon();
}

function leaveSoon() {
  clearTimeout(goes);
  const stay = isResting ? LEAVES_AT_LAST : LEAVES_AFTER;
  goes = setTimeout(() => {
    isResting = false;
    leaving.value = new Set();
  }, Math.max(0, tickedAt + stay - Date.now()));
}

/** @param {Task[]} tasks */
export function reopenTasks(tasks) {
  changeTasks(tasks, { completed: false }, "undo.reopened");
}

/** To the trash. @param {Task[]} tasks */
export function deleteTasks(tasks) {
  perform(
    "undo.deleted",
    about(tasks),
    tasks.map((task) => op("delete", "task", task.id, { thing: task })),
    tasks.map((task) => op("restore", "task", task.id, { thing: task })),
  );
}

/** Out of the trash. @param {Task[]} tasks */
export function restoreTasks(tasks) {
  perform(
    "undo.restored",
    about(tasks),
    tasks.map((task) => op("restore", "task", task.id, { thing: task })),
    tasks.map((task) => op("delete", "task", task.id)),
  );
}

/** To the end of another list. @param {Task[]} tasks @param {string} listId */
export function moveTasks(tasks, listId) {
  const moved = tasks.filter((task) => task.list_id !== listId);
  if (moved.length === 0) return;
  let last = openIn(listId).at(-1)?.position ?? null;
  const ops = moved.map((task) => {
    last = between(last, null);
    const seen = { list_id: task.list_id };
    const { version } = task;
    return op("change", "task", task.id, { body: { list_id: listId }, position: last, version, seen });
  });
  const name = shown.list.get(listId)?.name ?? "";
  perform("undo.moved", { ...about(moved), list: name }, ops, putBack(moved));
}

/**
 * To another place in its list.
 *
 * @param {Task} task
 * @param {{ before?: string, after?: string }} place
 */
export function reorderTask(task, place) {
  const position = placeIn(task.list_id, place);
  const ops = [op("change", "task", task.id, { body: place, position })];
  perform("undo.reordered", about([task]), ops, putBack([task]), false);
}

/**
 * Puts tasks back to the lists and the places where they are now, from the
 * first to the last: each behind its neighbour, which is there again by then.
 *
 * @param {Task[]} tasks
 */
function putBack(tasks) {
  const ids = new Set(tasks.map((task) => task.id));
  return [...tasks].sort(byPosition).map((task) => {
    const siblings = openIn(task.list_id);
    const at = siblings.findIndex((one) => one.id === task.id);
    const behind = siblings[at - 1];
    const next = siblings.find((one, place) => place > at && !ids.has(one.id));
    const place = behind ? { after: behind.id } : next ? { before: next.id } : {};
    return op("change", "task", task.id, { body: { list_id: task.list_id, ...place }, position: task.position });
  });
}

/** A rank in a list. @param {string} listId @param {{ before?: string, after?: string }} place */
function placeIn(listId, place) {
  return rank(openIn(listId), place);
}

/** @param {Thing[]} siblings @param {{ before?: string, after?: string }} place */
function rank(siblings, { before, after }) {
  const at = siblings.findIndex((one) => one.id === (before ?? after));
  if (at < 0) return between(siblings.at(-1)?.position ?? null, null);
  const low = before === undefined ? siblings[at] : siblings[at - 1];
  const high = before === undefined ? siblings[at + 1] : siblings[at];
  return between(low?.position ?? null, high?.position ?? null);
}

/** Adds a list at the end; tells its id. @param {string} name */
export function addList(name) {
  const id = newId();
  const position = rank(lists.peek().filter((list) => !list.is_inbox), {});
  perform("undo.list_added", { name }, [op("add", "list", id, { body: { name }, position })], [
    op("delete", "list", id),
  ]);
  return id;
}

/** @param {List} list @param {string} name */
export function renameList(list, name) {
  if (name === list.name) return;
  const { version } = list;
  const seen = { name: list.name };
  perform(
    "undo.list_renamed",
    { name },
    [op("change", "list", list.id, { body: { name }, version, seen })],
    [op("change", "list", list.id, { body: { name: list.name } })],
  );
}

/** @param {List} list @param {{ before?: string, after?: string }} place */
export function reorderList(list, place) {
  const own = lists.peek().filter((one) => !one.is_inbox);
  const at = own.findIndex((one) => one.id === list.id);
  const back = at > 0 ? { after: own[at - 1].id } : { before: own[1]?.id };
  const position = rank(own, place);
  perform(
    "undo.list_reordered",
    { name: list.name },
    [op("change", "list", list.id, { body: place, position })],
    [op("change", "list", list.id, { body: back, position: list.position })],
    false,
  );
}

/** To the trash, with its tasks. @param {List} list */
export function deleteList(list) {
  perform("undo.list_deleted", { name: list.name }, [op("delete", "list", list.id, { thing: list })], [
    op("restore", "list", list.id, { thing: list }),
  ]);
}

/** Out of the trash, with its tasks. @param {List} list */
export function restoreList(list) {
  perform("undo.list_restored", { name: list.name }, [
    op("restore", "list", list.id, { thing: list }),
  ], [op("delete", "list", list.id)]);
}

/** Gives up changes that wait to be sent. @param {Op[]} waiting */
export function giveUp(waiting) {
  return outbox.discard(waiting, (given) => {
    const params = { count: given.length };
    if (given.length > 0) remember({ said: "undo.discarded", params, ops: given }, true);
  });
}

/** Settles a conflict with the fields that were chosen. */
/** @param {import("../lib/types.js").Conflict} conflict @param {Record<string, unknown>} fields */
export function settle(conflict, fields) {
  setClashes(clashes.peek().filter((one) => one !== conflict));
  const now = shown.task.get(conflict.op.id);
  // After a reload the answer that tells of the conflict may be newer than what is shown.
  const isNewer = now !== undefined && now.version >= conflict.current.version;
  changeTasks([isNewer ? now : conflict.current], fields);
}

/**
 * @param {Op["kind"]} kind
 * @param {Op["of"]} of
 * @param {string} id
 * @param {Partial<Op>} [rest]
 * @returns {Op}
 */
function op(kind, of, id, rest = {}) {
  return { kind, of, id, uid: newId(), at: new Date().toISOString(), ...rest };
}

/** A patch that knows what it was made upon. @param {Task} task @param {Record<string, unknown>} body */
function patch(task, body) {
  const version = task.version > 0 ? task.version : undefined;
  return op("change", "task", task.id, { body, seen: seenOf(task, body), version });
}

/** What a task has now of the fields that a patch changes. @param {Task} task @param {Record<string, unknown>} fields */
const seenOf = (task, fields) => Object.fromEntries(namesIn(fields).map((name) => [name, task[name]]));

const namesIn = (/** @type {object} */ fields) => /** @type {(keyof Task)[]} */ (Object.keys(fields));

/** @param {Task[]} tasks */
function about(tasks) {
  return { count: tasks.length, title: tasks[0]?.title ?? "" };
}

/**
 * Does it, and remembers how to undo it.
 *
 * @param {import("../lib/i18n.js").Key} said
 * @param {Record<string, string | number>} params
 * @param {Op[]} ops
 * @param {Op[]} inverse
 * @param {boolean} [isShown] whether a toast says it
 */
function perform(said, params, ops, inverse, isShown = true) {
  const key = Number(params.count ?? 1) === 1 ? said : `${said}_many`;
  remember({ said: key, params, ops: inverse }, isShown);
  outbox.enqueue(ops);
}
