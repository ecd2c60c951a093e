//# allFunctionsCalledOnLoad
/**
 * The only module that calls `fetch`; what `early.js` has asked before is taken
 * here. It holds the token (in memory, nowhere else), renews it with one renewal
 * in flight across all tabs, and answers a 401 by renewing once and trying
 * again. When the session has ended, requests wait here until somebody has
 * signed in.
 */

/** @typedef {import("./types.js").Problem} Problem */

/** The server said no. */
export class Refused extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
    this.status = problem.status;
  }
}

/** No answer, or none that means anything: the same may work later. */
export class Unreachable extends Error {}

const TIMEOUT = 20_000;
/** A token this near its end, in milliseconds, is renewed first. */
const NEARLY_OVER = 60_000;
const LATER = new Set([408, 425, 429, 500, 502, 503, 504, 507]);

/**
 * `until` is by the clock here, which may be wrong: only how long a token lasts is taken from it.
 *
 * @type {{ text: string, claims: { sub: string, name: string, email: string, iat: number, exp: number }, until: number } | null}
 */
let token = null;

/** What the page does when a session ends or belongs to somebody else. */
const care = {
  /** @type {() => Promise<void>} resolves when there is a session again */
  ended: () => Promise.resolve(),
  /** @type {(claims: { sub: string, name: string, email: string }) => void} */
  renewed: () => {},
};

/** @param {Partial<typeof care>} hooks */
export function careFor(hooks) {
  Object.assign(care, hooks);
}

/** Tabs tell each other what they learn: tokens, changes, sign-outs. */
export const tabs = new BroadcastChannel("docket");
tabs.addEventListener("message", ({ data }) => {
  if (data.type === "token") adopt(data.text);
});

/** @param {string} text */
function adopt(text) {
  const part = text.split(".")[1].replace(/-/g, "+").replace(/_/g, "/");
  const bytes = Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0));
  const claims = JSON.parse(new TextDecoder().decode(bytes));
  token = { text, claims, until: Date.now() + (claims.exp - claims.iat) * 1000 };
  care.renewed(token.claims);
}

/** @type {Map<string, Promise<unknown>>} */
const turns = new Map();

/**
 * Does what only one tab does at a time. A browser has no locks for a page that
 * came by plain http from another machine: there a tab takes turns with itself
 * only, and all that is done this way may be done twice.
 *
 * @template T
 * @param {string} name
 * @param {() => Promise<T>} act
 * @param {LockOptions} [options]
 * @returns {Promise<T>}
 */
export async function alone(name, act, options = {}) {
  if ("locks" in navigator) return navigator.locks.request(name, options, act);
  const turn = (turns.get(name) ?? Promise.resolve()).then(act);
  turns.set(name, turn.catch(() => {}));
  return turn;
}

/** Forgets the token: nobody is signed in here. */
export function forget() {
  token = null;
}

/** Takes an answer that `early.js` has asked for: once, for it grows old. @param {"session" | "changes"} of */
function takeEarly(of) {
  const asked = window.early[of];
  window.early[of] = null;
  return asked;
}

/** Who is signed in, with a first token, or `null`; nobody is no error here. */
export async function whoIsHere() {
  const reply = (await takeEarly("session")) ?? (await reach("/api/auth/get-session", {}));
  if (!reply.ok) throw new Unreachable(`status ${reply.status}`);
  // Unread, it would keep its connection for as long as the request may take.
  await reply.body?.cancel();
  const text = reply.headers.get("set-auth-jwt");
  if (text !== null) adopt(text);
  return token?.claims ?? null;
}

/** Gets a new token, or `null` when there is no session. */
export async function renew() {
  const before = token;
  return alone("docket-token", async () => {
    if (token !== null && token !== before) return token.claims;
    const reply = await reach("/api/auth/token", {});
    if (reply.status === 401) return null;
    if (!reply.ok) throw new Unreachable(`status ${reply.status}`);
    const { token: text } = await reply.json();
    adopt(text);
    tabs.postMessage({ type: "token", text });
    return /** @type {NonNullable<typeof token>} */ (token).claims;
  });
}

/** A token that will last for this request; waits for a sign-in if it must. */
async function lasting() {
  while (token === null || token.until - Date.now() < NEARLY_OVER) {
    if ((await renew()) === null) await care.ended();
  }
  return token.text;
}

/**
 * @param {string} path
 * @param {RequestInit} options
 */
async function reach(path, options) {
  const signal = options.signal ?? AbortSignal.timeout(TIMEOUT);
  try {
    return await fetch(path, { ...options, signal });
  } catch (error) {
    throw new Unreachable(String(error));
  }
}

/**
 * A request with the token, tried once more with a new one after a 401.
 *
 * @param {string} path
 * @param {RequestInit} options
 */
async function authorised(path, options) {
  for (let tries = 0; ; tries += 1) {
    const used = await lasting();
    const headers = { ...options.headers, Authorization: `Bearer ${used}` };
    const reply = await reach(path, { ...options, headers });
    if (reply.status !== 401) return reply;
    if (token?.text === used) token = null;
    if (tries > 1) throw new Unreachable("every token is refused");
  }
}

/**
 * Asks the API. Resolves with the body, or fails with `Refused` or
 * `Unreachable`.
 *
 * @param {string} method
 * @param {string} path
 * @param {{ body?: object, headers?: Record<string, string> }} [options]
 * @returns {Promise<any>}
 */
export async function request(method, path, { body, headers = {} } = {}) {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  if (body !== undefined) headers = { "Content-Type": "application/json", ...headers };
  const reply = await authorised(path, { method, headers, ...sent });
  if (LATER.has(reply.status)) throw new Unreachable(`status ${reply.status}`);
  if (reply.status === 204) return null;
  const answer = await reply.json().catch(() => {
    throw new Unreachable("the answer is cut short");
  });
  if (!reply.ok) throw new Refused(answer);
  return answer;
}

/** The first of all that ever changed, for a browser that keeps nothing yet. */
export async function firstChanges() {
  const early = await takeEarly("changes");
  if (early?.ok) return early.json();
  return request("GET", "/api/changes?limit=200");
}

/**
 * Every item of a collection, page by page.
 *
 * @param {string} path with a query
 * @param {(items: any[]) => void} take
 */
export async function everyPage(path, take) {
  /** @type {string | null} */
  let cursor = null;
  do {
    const at = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
    const page = await request("GET", path + at);
    take(page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
}

/**
 * Opens the events after a cursor. EventSource cannot send a token, so the
 * stream is read by hand.
 *
 * @param {string | null} cursor
 * @param {AbortSignal} signal
 */
export async function openEvents(cursor, signal) {
  /** @type {Record<string, string>} */
  const headers = cursor === null ? {} : { "Last-Event-ID": cursor };
  const reply = await authorised("/api/events", { headers, signal });
  if (reply.status === 410) throw new Refused(await reply.json());
  if (!reply.ok || reply.body === null) throw new Unreachable(`status ${reply.status}`);
  return reply.body.pipeThrough(new TextDecoderStream()).getReader();
}

/** What the server is: anybody may ask. */
export async function info() {
  const reply = await reach("/api/info", {});
  if (!reply.ok) throw new Unreachable(`status ${reply.status}`);
  return reply.json();
}
