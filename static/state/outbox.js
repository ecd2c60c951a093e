//# allFunctionsCalledOnLoad
/**
 * The one queue of writes. A change is shown at once and stands here until the
 * server has answered; the queue is kept in the browser, so it survives a
 * reload and a closed tab. One tab at a time sends, in order. Every write may
 * be repeated: what is new has an id that we chose.
 */
import { computed, signal } from "../lib/ui.js";
import { Refused, Unreachable, alone, request, tabs } from "../lib/api.js";
import * as store from "../lib/store.js";

/** @typedef {import("../lib/types.js").Op} Op */
/** @typedef {import("../lib/types.js").Thing} Thing */
/** @typedef {import("../lib/types.js").Problem} Problem */

const queue = signal(/** @type {Op[]} */ ([]));
const reachable = signal(true);

/** What has not reached the server, oldest first. */
export const pending = computed(() => queue.value);
/** Whether the last request was answered. */
export const online = computed(() => reachable.value);

/** Told what becomes of an op; `state/tasks.js` listens. */
const told = {
  /** @type {(ops: Op[]) => void} what they touch looks different now */
  touched: () => {},
  /** @type {(op: Op, thing: Thing | null) => void} the server did it */
  done: () => {},
  /** @type {(op: Op, problem: Problem) => void} the server refused it */
  refused: () => {},
  /** @type {(op: Op) => void} its list is gone: it goes to the Inbox */
  displaced: () => {},
  /** @type {(op: Op, current: Thing) => Promise<void>} both sides changed the same; resolves once that is kept */
  conflict: async () => {},
};

/** @param {Partial<typeof told>} listeners */
export function listen(listeners) {
  Object.assign(told, listeners);
}

/** Notes whether the server was reached. @param {boolean} was */
export function reached(was) {
  if (was && !reachable.peek()) wake();
  reachable.value = was;
}

/** The last write of what is in memory already. @type {Promise<void>} */
let saved = Promise.resolve();

/** @param {Op[]} puts @param {Op[]} removals */
function save(puts, removals) {
  saved = store.saveQueue(puts, removals.map((op) => Number(op.seq)));
  return saved;
}

/** Reads what an earlier page or another tab left. */
export async function load() {
  let write;
  /** @type {Op[]} */
  let kept;
  do {
    write = saved;
    await write;
    kept = await store.all("outbox");
  } while (write !== saved);
  const known = new Set(kept.map((op) => op.uid));
  const unwritten = queue.peek().filter((op) => op.seq === undefined && !known.has(op.uid));
  replace([...kept, ...unwritten]);
}

/** @param {Op[]} ops */
function replace(ops) {
  const before = queue.peek();
  queue.value = ops;
  told.touched([...before, ...ops]);
}

/** Shows the changes at once and sends them when it can. @param {Op[]} ops */
export async function enqueue(ops) {
  queue.value = [...queue.peek(), ...ops];
  told.touched(ops);
  await store.enqueue(ops);
  tabs.postMessage({ type: "outbox" });
  await drain();
}

/**
 * Gives up waiting changes; says which still waited, in the order of sending,
 * in one step with showing it: the next key may be to undo it.
 *
 * @param {Op[]} ops
 * @param {(given: Op[]) => void} say
 */
export async function discard(ops, say) {
  const uids = new Set(ops.map((op) => op.uid));
  // Not while they are on their way: nobody could say what came of them.
  return alone("docket-outbox", async () => {
    const given = queue.peek().filter((op) => uids.has(op.uid));
    await store.saveQueue([], given.map((op) => Number(op.seq)));
    replace(queue.peek().filter((op) => !uids.has(op.uid)));
    say(given);
    tabs.postMessage({ type: "outbox" });
  });
}

tabs.addEventListener("message", ({ data }) => {
  if (data.type === "outbox") load().then(drain);
  if (data.type === "sent") settle(data.op, () => told.done(data.op, data.thing));
});

/** Drops an op from the queue and says what came of it, in one step. */
/** @param {Op} op @param {() => void} say */
function settle(op, say) {
  queue.value = queue.peek().filter((one) => one.uid !== op.uid);
  say();
  told.touched([op]);
}

/** Waits for what is on its way; tells whether all is sent. */
export async function isSent() {
  await drain();
  await alone("docket-outbox", async () => {});
  return queue.peek().length === 0;
}

/** The fields that say where something goes. */
const PLACES = new Set(["list_id", "before", "after"]);

let draining = false;
let again = false;
let pause = 0;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let timer;

/** Tries at once, whatever the pause was. */
export function wake() {
  clearTimeout(timer);
  pause = 0;
  return drain();
}

/** Sends what waits, oldest first, as the only tab to do so. */
async function drain() {
  if (draining) {
    again = true;
    return;
  }
  draining = true;
  try {
    do {
      again = false;
      await alone("docket-outbox", sendAll);
    } while (again);
  } finally {
    draining = false;
  }
}

async function sendAll() {
  for (;;) {
    const kept = await store.first();
    if (kept === undefined) return;
    const op = queue.peek().find((one) => one.uid === kept.uid) ?? kept;
    op.seq = kept.seq;
    try {
      await send(op);
      pause = 0;
      reachable.value = true;
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
      reachable.value = false;
      pause = Math.min(pause * 2 + 1, 30);
      timer = setTimeout(drain, pause * 1000);
      return;
    }
  }
}

/** @param {Op} op */
async function send(op) {
  try {
    const thing = await write(op);
    // In memory first and at once, or a change made meanwhile would be missed.
    const moved = follow(op, thing);
    settle(op, () => told.done(op, thing));
    told.touched(moved);
    await save(moved.filter((one) => one.seq !== undefined), [op]);
    tabs.postMessage({ type: "sent", op, thing });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    await refused(op, error.problem);
  }
}

/**
 * One op as a request.
 *
 * @param {Op} op
 * @returns {Promise<Thing | null>}
 */
function write(op) {
  const path = `/api/${op.of}s/${op.id}`;
  if (op.kind === "delete") return request("DELETE", path);
  if (op.kind === "restore") return request("POST", `${path}/restore`, { body: {} });
  if (op.kind === "add") {
    return request("PUT", path, { body: op.body, headers: { "If-None-Match": "*" } });
  }
  /** @type {Record<string, string>} */
  const headers = op.version === undefined ? {} : { "If-Match": `"${op.version}"` };
  return request("PATCH", path, { body: op.body, headers });
}

/**
 * Ops behind a sent one were made upon its result: they follow to the new
 * version. Tells which did.
 *
 * @param {Op} sent
 * @param {Thing | null} thing
 */
function follow(sent, thing) {
  if (thing === null) return [];
  return queue.peek().filter((one) => {
    const isUponIt = one.uid !== sent.uid && one.id === sent.id && one.of === sent.of;
    if (!isUponIt || one.version === undefined || one.version === thing.version) return false;
    one.version = thing.version;
    return true;
  });
}

/**
 * What to do when the server refuses: nothing to do is done, what only fell
 * behind is tried upon the new version, and the rest goes back.
 *
 * @param {Op} op
 * @param {Problem} problem
 */
async function refused(op, problem) {
  const current = problem.current;
  if (problem.status === 412 && current !== undefined) {
    const clash = op.kind === "change" ? clashing(op, current) : [];
    if (op.kind === "change" && clash.length === 0) {
      op.version = current.version;
      return save([op], []);
    }
    // Until both are kept, the op is: a page that goes away now asks again.
    if (clash.length > 0) await told.conflict(op, current);
    await remove(op);
    told.done(op, current);
    return;
  }
  if (op.kind === "add" && isMisplaced(op, problem)) return save([op], []);
  const held = problem.status === 404 ? await heldAlready(op) : undefined;
  await remove(op);
  if (held !== undefined) told.done(op, held);
  else told.refused(op, problem);
}

/**
 * Takes from something new what only said where it goes, if that is what is
 * refused: its list or its neighbour went meanwhile, and what was typed is not
 * lost for that. Without it, it goes to the end, and to the Inbox.
 *
 * @param {Op} op
 * @param {Problem} problem
 */
function isMisplaced(op, problem) {
  const { body = {} } = op;
  const amiss = (problem.errors ?? []).map(({ pointer }) => pointer.slice(1));
  if (amiss.length === 0 || !amiss.every((name) => PLACES.has(name) && name in body)) return false;
  op.body = Object.fromEntries(Object.entries(body).filter(([name]) => !amiss.includes(name)));
  if (amiss.includes("list_id")) told.displaced(op);
  told.touched([op]);
  return true;
}

/**
 * What a repeated op has left behind, whose first answer was lost: what was
 * removed is gone, and what was restored is there.
 *
 * @param {Op} op
 * @returns {Promise<Thing | null | undefined>} undefined if it has not been done
 */
async function heldAlready(op) {
  if (op.kind === "delete") return null;
  if (op.kind !== "restore") return undefined;
  return request("GET", `/api/${op.of}s/${op.id}`).catch((error) => {
    if (!(error instanceof Refused)) throw error;
  });
}

/** @param {Op} op */
async function remove(op) {
  settle(op, () => {});
  await save([], [op]);
  tabs.postMessage({ type: "outbox" });
}

/**
 * The fields that both sides changed, to different values.
 *
 * @param {Op} op
 * @param {Thing} current
 */
function clashing(op, current) {
  const theirs = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (current));
  const { body = {}, seen = {} } = op;
  return Object.keys(seen).filter(
    (field) => theirs[field] !== seen[field] && theirs[field] !== body[field],
  );
}

/** Forgets all of it: somebody else is here now. */
export function clear() {
  queue.value = [];
}

window.addEventListener("online", wake);
