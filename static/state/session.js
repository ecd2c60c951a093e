/**
 * Who is here. The session itself is a cookie that no script can read; this
 * knows whether there is one, opens a sign-in over the page when it ends, and
 * leaves nothing behind when somebody leaves.
 */
import { computed, signal } from "../lib/ui.js";
import { Unreachable, careFor, forget, renew, tabs, whoIsHere } from "../lib/api.js";
import * as store from "../lib/store.js";
import * as sync from "./sync.js";
import * as tasks from "./tasks.js";
import * as undo from "./undo.js";

/** @typedef {import("../lib/types.js").Person} Person */
/** @typedef {"starting" | "in" | "out" | "ended"} Phase */

const phase = signal(/** @type {Phase} */ ("starting"));
const who = signal(/** @type {Person | null} */ (null));

/** `ended`: somebody is here, but has to sign in again. */
export const session = computed(() => phase.value);
export const person = computed(() => who.value);

/** @type {(() => void)[]} */
let waiting = [];

careFor({
  ended() {
    phase.value = "ended";
    return new Promise((resolve) => waiting.push(resolve));
  },
  renewed(claims) {
    const known = who.peek();
    if (known !== null && known.id !== claims.sub) startClean();
    else if (phase.peek() === "ended") resume();
  },
});

/** Finds out who is here, from the server or, without one, from this browser. */
export async function start() {
  const kept = /** @type {Person | undefined} */ (await store.mark("person"));
  if (kept !== undefined) await enter(kept);
  try {
    const claims = await whoIsHere();
    if (claims === null) return kept === undefined ? leave() : void (phase.value = "ended");
    if (kept !== undefined && kept.id !== claims.sub) return startClean();
    if (kept === undefined) await enter(personOf(claims));
  } catch (error) {
    if (!(error instanceof Unreachable)) throw error;
    if (kept === undefined) phase.value = "out";
  }
}

/** @param {{ sub: string, name: string, email: string }} claims @returns {Person} */
function personOf({ sub, name, email }) {
  return { id: sub, name, email };
}

/** @param {Person} them */
async function enter(them) {
  who.value = them;
  phase.value = "in";
  await store.setMark("person", them);
  await undo.load();
  await sync.start();
}

function leave() {
  phase.value = "out";
}

/** Somebody has signed in here. */
export async function signedIn() {
  const claims = await renew();
  if (claims === null) return;
  const before = who.peek();
  if (before !== null && before.id !== claims.sub) return startClean();
  if (before === null) return enter(personOf(claims));
  resume();
}

/** The same person goes on where they were. */
function resume() {
  phase.value = "in";
  const resumed = waiting;
  waiting = [];
  for (const go of resumed) go();
}

/** Somebody else is here: nothing of the one before stays. */
async function startClean() {
  forgetAll();
  await store.wipe();
  location.replace("/");
}

/** Ends the session here and in every tab. */
export async function signOut() {
  const { account } = await import("../lib/account.js");
  // Nobody asks for anything while the session goes.
  tabs.postMessage({ type: "leaving" });
  sync.stop();
  const { error } = await account.signOut().catch(() => ({ error: { status: 0 } }));
  if (error !== null) {
    tabs.postMessage({ type: "staying" });
    sync.start();
    throw new Unreachable(`status ${error.status}`);
  }
  tabs.postMessage({ type: "signed-out" });
  await signedOut();
}

async function signedOut() {
  forgetAll();
  await store.wipe();
  who.value = null;
  phase.value = "out";
  history.replaceState(null, "", "/sign-in");
  dispatchEvent(new PopStateEvent("popstate"));
}

function forgetAll() {
  sync.stop();
  forget();
  tasks.clear();
  undo.clear();
  waiting = [];
}

tabs.addEventListener("message", ({ data }) => {
  if (data.type === "leaving") sync.stop();
  if (data.type === "staying") sync.start();
  if (data.type === "signed-out") signedOut();
  if (data.type === "token" && phase.peek() === "out") signedIn();
});
