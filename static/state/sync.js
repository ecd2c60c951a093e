//# allFunctionsCalledOnLoad
/**
 * Keeps what is known here true. One tab reads the events of the server and
 * tells the others, because a browser allows few connections to one host; when
 * it closes, the next one takes over. After sleep or a lost connection the
 * stream goes on from the last cursor, so nothing is missed.
 */
import { Refused, alone, everyPage, firstChanges, openEvents, request, tabs } from "../lib/api.js";
import * as store from "../lib/store.js";
import { reached, wake } from "./outbox.js";
import * as tasks from "./tasks.js";

/** @typedef {import("../lib/types.js").Change} Change */

/** The server says something every 15 seconds; after this it is gone. */
const SILENCE = 40_000;
const LONGEST_PAUSE = 30;

/** @type {string | null} */
let cursor = null;
let stopped = new AbortController();

/** Shows what is kept, or else what there is, and from then on what happens. */
export async function start() {
  const { signal } = (stopped = new AbortController());
  // The mark first: what comes after it may be there already, and is taken twice.
  const [kept] = await Promise.all([store.mark("cursor"), tasks.load()]);
  cursor = kept ?? null;
  wake();
  // If that fails, whoever follows tries again.
  if (cursor === null) await fillAtOnce().catch(() => {});
  else catchUp();
  const isShared = await store.isShared();
  if (signal.aborted) return;
  if (!isShared) return void follow();
  // `early.js` need not ask for all of it the next time.
  if (cursor !== null) localStorage.setItem("docket.kept", "");
  alone("docket-events", follow, { signal }).catch(() => {});
}

export function stop() {
  stopped.abort();
  cursor = null;
}

tabs.addEventListener("message", async ({ data }) => {
  if (data.type === "changes") {
    tasks.take(data.changes);
    cursor = data.cursor;
    reached(true);
  }
  if (data.type === "filled") {
    await tasks.load();
    cursor = data.cursor;
  }
});

/** Another tab may have been the one that listened; ask what it missed. */
async function catchUp() {
  try {
    for (let more = true; more && cursor !== null; ) {
      const page = await request("GET", `/api/changes?since=${encodeURIComponent(cursor)}&limit=200`);
      tasks.take(page.items);
      cursor = page.next_cursor;
      more = page.has_more;
    }
    reached(true);
  } catch (error) {
    if (error instanceof Refused) cursor = null;
    else reached(false);
  }
}

/** Reads events for as long as the person is here. */
async function follow() {
  const { signal } = stopped;
  cursor = (await store.mark("cursor")) ?? cursor;
  for (let pause = 0; !signal.aborted; ) {
    try {
      if (cursor === null) await fillAtOnce();
      await listen(signal, () => {
        pause = 0;
      });
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof Refused) cursor = null;
      else reached(false);
      pause = Math.min(pause * 2 + 1, LONGEST_PAUSE);
    }
    await wakeOr(pause);
  }
}

let hope = () => {};

/** Tries at once, whatever the pause was. */
export async function tryNow() {
  hope();
  await Promise.all([wake(), cursor === null ? undefined : catchUp()]);
}

/** Waits, but not longer than until there is reason to hope. @param {number} seconds */
function wakeOr(seconds) {
  return new Promise((resolve) => {
    hope = () => resolve(undefined);
    setTimeout(resolve, seconds * 1000);
    window.addEventListener("online", resolve, { once: true });
    document.addEventListener("visibilitychange", resolve, { once: true });
    stopped.signal.addEventListener("abort", resolve, { once: true });
  });
}

/**
 * Reads one stream until it ends.
 *
 * @param {AbortSignal} signal
 * @param {() => void} opened
 */
async function listen(signal, opened) {
  const silence = new AbortController();
  let timer = setTimeout(() => silence.abort(), SILENCE);
  const reader = await openEvents(cursor, AbortSignal.any([signal, silence.signal]));
  opened();
  reached(true);
  let rest = "";
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      clearTimeout(timer);
      timer = setTimeout(() => silence.abort(), SILENCE);
      const parts = (rest + value).split("\n\n");
      rest = parts.pop() ?? "";
      await heard(parts.map(parse));
    }
  } finally {
    clearTimeout(timer);
  }
}

/** One event (WHATWG HTML, 9.2.6), of the simple form that the server sends. */
/** @param {string} text */
function parse(text) {
  const event = { id: "", event: "", data: "" };
  for (const line of text.split("\n")) {
    const at = line.indexOf(":");
    const name = line.slice(0, at);
    if (name === "id" || name === "event" || name === "data") {
      event[name] += line.slice(at + 1).replace(/^ /, "");
    }
  }
  return event;
}

/** @param {{ id: string, event: string, data: string }[]} events */
async function heard(events) {
  const changes = /** @type {Change[]} */ ([]);
  for (const { id, event, data } of events) {
    if (event === "ready") await fill(id);
    if (event === "change") changes.push(JSON.parse(data));
    if (id !== "") cursor = id;
  }
  if (changes.length === 0) return;
  tasks.take(changes);
  tabs.postMessage({ type: "changes", changes, cursor });
  // A tab that opens now goes on from this mark with what is kept.
  const upTo = cursor;
  await tasks.keep();
  await store.setMark("cursor", upTo);
}

/**
 * Reads everything there ever was, if that is little: one request says it all.
 * If it is not, the events begin, and say from where on.
 */
async function fillAtOnce() {
  const page = await firstChanges();
  if (page.has_more) return;
  const changes = /** @type {Change[]} */ (page.items);
  const lists = changes.flatMap((change) => (change.type === "list" && change.list) || []);
  const found = changes.flatMap((change) => (change.type === "task" && change.task) || []);
  await filled(lists, found, page.next_cursor);
}

/** Reads everything that is open, for the first time here. @param {string} from */
async function fill(from) {
  /** @type {import("../lib/types.js").Task[]} */
  const found = [];
  const [lists] = await Promise.all([
    request("GET", "/api/lists"),
    everyPage("/api/tasks?completed=false&sort=position&limit=200", (items) => found.push(...items)),
  ]);
  await filled(lists.items, found, from);
}

/**
 * @param {import("../lib/types.js").List[]} lists
 * @param {import("../lib/types.js").Task[]} found
 * @param {string} from
 */
async function filled(lists, found, from) {
  await tasks.fill(lists, found);
  cursor = from;
  await store.setMark("cursor", from);
  tabs.postMessage({ type: "filled", cursor: from });
}

document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible" && cursor !== null) catchUp();
});
