//# allFunctionsCalledOnLoad
/**
 * What this browser keeps of one person: the open tasks, the lists, the queue
 * of writes and a few marks. Where IndexedDB is refused (a private window) it
 * is all kept in memory and goes with the page.
 */

/** It was opened while the modules came. */
const open = () => window.early.db;

/** @type {Record<string, Map<any, any>>} */
const memory = { tasks: new Map(), lists: new Map(), outbox: new Map(), marks: new Map() };
let lastSeq = 0;

/** Whether what is kept outlives the page and is shared by tabs. */
export const isShared = async () => (await open()) !== null;

/**
 * @template T
 * @param {IDBRequest<T>} asked
 * @returns {Promise<T>}
 */
function result(asked) {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
}

/** @param {string} name @returns {Promise<any[]>} */
export async function all(name) {
  const db = await open();
  if (db === null) return [...memory[name].values()];
  return result(db.transaction(name).objectStore(name).getAll());
}

/**
 * Puts and removes things of one kind, all or nothing.
 *
 * @param {string} name
 * @param {any[]} puts
 * @param {any[]} [removals] their keys
 */
export async function save(name, puts, removals = []) {
  const db = await open();
  if (db === null) {
    for (const one of puts) memory[name].set(one.id ?? one.seq, one);
    for (const key of removals) memory[name].delete(key);
    return;
  }
  const done = db.transaction(name, "readwrite");
  const kept = done.objectStore(name);
  for (const one of puts) kept.put(one);
  for (const key of removals) kept.delete(key);
  await finished(done);
}

/**
 * Ends a transaction that has been asked for all it is to do. Left to end by
 * itself it would wait for the page, and be undone if that goes away first.
 *
 * @param {IDBTransaction} transaction
 * @returns {Promise<void>}
 */
function finished(transaction) {
  transaction.commit();
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onerror = transaction.onabort = () => reject(transaction.error);
  });
}

/**
 * Adds to the end of the queue, all or nothing; each op gets its place.
 *
 * @param {import("./types.js").Op[]} ops
 */
export async function enqueue(ops) {
  const db = await open();
  if (db === null) {
    for (const op of ops) memory.outbox.set((lastSeq += 1), Object.assign(op, { seq: lastSeq }));
    return;
  }
  const done = db.transaction("outbox", "readwrite");
  for (const op of ops) {
    const { seq: _, ...fresh } = op;
    const asked = done.objectStore("outbox").add(fresh);
    asked.onsuccess = () => (op.seq = Number(asked.result));
  }
  await finished(done);
}

/** The oldest of the queue. @returns {Promise<import("./types.js").Op | undefined>} */
export async function first() {
  const db = await open();
  if (db === null) return memory.outbox.values().next().value;
  return (await result(db.transaction("outbox").objectStore("outbox").getAll(null, 1)))[0];
}

/** @param {import("./types.js").Op[]} puts @param {number[]} removals */
export async function saveQueue(puts, removals) {
  if ((await open()) !== null) return save("outbox", puts, removals);
  for (const one of puts) memory.outbox.set(one.seq, one);
  for (const key of removals) memory.outbox.delete(key);
}

/** A mark by its name: the cursor, the person, what can be undone. @param {string} key */
export async function mark(key) {
  const db = await open();
  if (db === null) return memory.marks.get(key);
  return result(db.transaction("marks").objectStore("marks").get(key));
}

/** @param {string} key @param {any} value */
export async function setMark(key, value) {
  const db = await open();
  if (db === null) return void memory.marks.set(key, value);
  const done = db.transaction("marks", "readwrite");
  done.objectStore("marks").put(value, key);
  await finished(done);
}

/** Leaves nothing of the person in this browser; what `sw.js` keeps is the program's. */
export async function wipe() {
  for (const kept of Object.values(memory)) kept.clear();
  localStorage.clear();
  sessionStorage.clear();
  const db = await open();
  if (db === null) return;
  const names = [...db.objectStoreNames];
  const done = db.transaction(names, "readwrite");
  for (const name of names) done.objectStore(name).clear();
  await finished(done);
}

/** A new UUIDv7 (RFC 9562, 5.7): the time, then chance. */
export function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const now = Date.now();
  for (let at = 0; at < 6; at += 1) bytes[at] = Math.floor(now / 2 ** (8 * (5 - at))) % 256;
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

const DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/**
 * A rank that sorts after `low` and before `high`, byte by byte. It stands for
 * the server's own until that is known.
 *
 * @param {string | null} low
 * @param {string | null} high
 */
export function between(low, high) {
  let rank = "";
  for (let at = 0; ; at += 1) {
    const from = low !== null && at < low.length ? DIGITS.indexOf(low[at]) : 0;
    const to = high !== null ? (at < high.length ? DIGITS.indexOf(high[at]) : 0) : DIGITS.length;
    if (to - from > 1) return rank + DIGITS[Math.floor((from + to) / 2)];
    rank += DIGITS[from];
    if (to > from) high = null;
  }
}
