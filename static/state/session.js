//# allFunctionsCalledOnLoad
/**
 * Who is here. The session itself is a cookie that no script can read; this
 * knows whether there is one, opens a sign-in over the page when it ends, and
 * leaves nothing behind when somebody leaves.
 */
import { computed, once, signal } from "../lib/ui.js";
import { Unreachable, careFor, forget, renew, tabs, whoIsHere } from "../lib/api.js";
import * as store from "../lib/store.js";
import * as sync from "./sync.js";
import * as tasks from "./tasks.js";
import { clearUndo, loadUndo } from "./toasts.js";

/** @typedef {import("../lib/types.js").Person} Person */
/** @typedef {"starting" | "in" | "out" | "ended"} Phase */

const phase = signal(/** @type {Phase} */ ("starting"));
const who = signal(/** @type {Person | null} */ (null));

/** So long, in milliseconds, an empty page is better than one without its tasks. */
const SOON = 250;

/** `ended`: somebody is here, but has to sign in again. */
export const session = computed(() => phase.value);
export const person = computed(() => who.value);

/** @type {(() => void)[]} */
let waiting = [];

careFor({
  ended() {
    phase.value = "ended";
    // Only one tab sends and listens, and it may not be the one in use.
    tabs.postMessage({ type: "ended" });
    return new Promise((resolve) => waiting.push(resolve));
  },
  renewed(claims) {
    const known = who.peek();
    if (known !== null && known.id !== claims.sub) return startClean();
    if (known !== null) remember(personOf(claims));
    if (phase.peek() === "ended") resume();
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

/**
 * Lets somebody in, with their tasks if those are about to be there: what is
 * drawn once is drawn sooner.
 *
 * @param {Person} them
 */
async function enter(them) {
  const begun = Promise.all([remember(them), loadUndo(), sync.start()]);
  await Promise.race([once(() => tasks.isFilled.value), new Promise((resolve) => setTimeout(resolve, SOON))]);
  if (phase.peek() !== "ended") phase.value = "in";
  await begun;
}

/** @param {Person} them */
async function remember(them) {
  const { id, name, email } = who.peek() ?? {};
  if (id === them.id && name === them.name && email === them.email) return;
  who.value = them;
  await store.setMark("person", them);
}

/** Learns the person's new name and e-mail, in every tab: they come with a token. */
export async function learnPerson() {
  forget();
  await renew();
}

/**
 * Does what puts another session in the place of this one. The old one's
 * tokens are refused from then on, so nobody asks for anything meanwhile.
 *
 * @template T
 * @param {() => Promise<T>} act
 */
export async function replaceSession(act) {
  tabs.postMessage({ type: "leaving" });
  sync.stop();
  try {
    return await act();
  } finally {
    await learnPerson().catch(() => {});
    tabs.postMessage({ type: "staying" });
    sync.start();
  }
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
const startClean = () => leaveNothing("/");

/** Ends the session here and in every tab. */
export async function signOut() {
  const error = await leaveBy((account) => account.signOut(), "/sign-in");
  if (error !== null) throw new Unreachable(`status ${error.status}`);
}

/** Removes the person and all that is theirs; resolves with the refusal. @param {string} password */
export function deleteAccount(password) {
  return leaveBy((account) => account.deleteUser({ password }), "/sign-in?notice=deleted");
}

/**
 * Leaves in every tab if the server lets go. Nobody asks it for anything
 * meanwhile.
 *
 * @param {(account: import("../vendor/better-auth-aab8664f80.js").AuthClient) => Promise<{ error: any }>} act
 * @param {string} address where to then
 */
async function leaveBy(act, address) {
  const { account } = await import("../lib/account.js");
  tabs.postMessage({ type: "leaving" });
  sync.stop();
  const { error } = await act(account).catch(() => ({ error: { status: 0 } }));
  if (error !== null) {
    tabs.postMessage({ type: "staying" });
    sync.start();
    return error;
  }
  tabs.postMessage({ type: "signed-out" });
  await leaveNothing(address);
  return null;
}

/** The page begins afresh, so that nothing of theirs is in memory either. @param {string} address */
async function leaveNothing(address) {
  phase.value = "starting";
  forgetAll();
  await store.wipe();
  location.replace(address);
}

function forgetAll() {
  sync.stop();
  forget();
  tasks.clear();
  clearUndo();
  waiting = [];
}

tabs.addEventListener("message", ({ data }) => {
  if (data.type === "leaving") sync.stop();
  if (data.type === "staying") sync.start();
  if (data.type === "signed-out") leaveNothing("/sign-in");
  if (data.type === "ended" && phase.peek() === "in") phase.value = "ended";
  if (data.type === "token" && phase.peek() === "out") signedIn();
});
