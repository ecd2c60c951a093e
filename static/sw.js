/**
 * Keeps the page's files, so that it opens and works without a network. It
 * keeps files of the program only: what a person has comes from `/api`, which
 * this never touches, and is kept by the page itself.
 *
 * The server puts one line before this: `build` names the files of this version
 * with their hashes. All of them are fetched beside those of the version
 * before, and a file with another hash is not taken, so versions never mix: a
 * tab has the files of the version that it was opened with until it is closed
 * or loaded again.
 */

/** @type {import("./lib/worker.js").Worker} */
const worker = /** @type {any} */ (self);

const FILES = "docket-files-";
const OWN = FILES + build.version;
/** Which tab has which version: requests named by a tab's id, answered by a cache's name. */
const TABS = "docket-tabs";

const pages = build.pages.map((path) => new RegExp(`^${path.replace(/<\w+>/g, "[^/]+")}$`));

worker.addEventListener("install", (event) => {
  // Where files change while they are worked on, nobody needs to be asked.
  if (!build.is_fixed) worker.skipWaiting();
  event.waitUntil(keepAll());
});

worker.addEventListener("activate", (event) => {
  event.waitUntil(takeOver());
});

worker.addEventListener("message", ({ data }) => {
  if (data === "take over") worker.skipWaiting();
});

worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin || pathname.startsWith("/api/")) return;
  if (request.mode !== "navigate") event.respondWith(answer(event, pathname, versionOf(event.clientId)));
  else if (pages.some((page) => page.test(pathname))) event.respondWith(openPage(event));
});

/**
 * Opens the page in a tab. If a new version waits and there is no other tab, it
 * need not wait any longer.
 *
 * @param {import("./lib/worker.js").FetchEvent} event
 */
async function openPage(event) {
  const { waiting } = worker.registration;
  if (waiting !== null && (await tabsNow()).length <= 1) {
    waiting.postMessage("take over");
    return new Response(AGAIN, { headers: { "Content-Type": "text/html", Refresh: "0" } });
  }
  event.waitUntil(remember(event.resultingClientId));
  return answer(event, "/", Promise.resolve(OWN));
}

/** An empty page until then; without an icon of its own a browser asks for one. */
const AGAIN = '<!doctype html><link rel="icon" href="/favicon.svg">';

const tabsNow = () => worker.clients.matchAll({ type: "window", includeUncontrolled: true });

/**
 * A file as it was when the tab was opened. What was not kept, and everything
 * while it is being worked on, comes from the network if there is one.
 *
 * @param {import("./lib/worker.js").FetchEvent} event
 * @param {string} path
 * @param {Promise<string>} version
 */
async function answer(event, path, version) {
  const kept = await (await caches.open(await version)).match(path);
  if (kept !== undefined && build.is_fixed) return kept;
  try {
    return await fetch(event.request);
  } catch (error) {
    if (kept !== undefined) return kept;
    throw error;
  }
}

/** @type {Map<string, Promise<string>>} */
const known = new Map();

/** The cache that a tab has its files from. @param {string} id */
function versionOf(id) {
  const version = known.get(id) ?? readVersion(id);
  known.set(id, version);
  return version;
}

/** @param {string} id */
async function readVersion(id) {
  const noted = await (await caches.open(TABS)).match(`/${id}`);
  return noted === undefined ? OWN : noted.text();
}

/** Notes for the versions to come that a tab has this one. @param {string} id */
async function remember(id) {
  known.set(id, Promise.resolve(OWN));
  await (await caches.open(TABS)).put(`/${id}`, new Response(OWN));
}

/** Fetches every file, without haste: the page may be busy. */
async function keepAll() {
  const cache = await caches.open(OWN);
  for (const [path, hash] of Object.entries(build.files)) {
    await cache.put(path, await findFile(path, hash));
  }
}

/**
 * A file of this version: from the version before or from what the browser has
 * just loaded, if they have it, else from the server. None if the server has
 * moved on, and then this version is not needed either.
 *
 * @param {string} path
 * @param {string} hash
 * @returns {Promise<Response>}
 */
async function findFile(path, hash) {
  const places = [
    () => caches.match(path),
    () => fetch(path, { cache: "force-cache" }),
    () => fetch(path, { cache: "reload" }),
  ];
  for (const look of places) {
    const found = await look();
    if (found?.ok && (await hashOf(found.clone())) === hash) return found;
  }
  throw new Error(`${path} is not of this version`);
}

/** @param {Response} response */
async function hashOf(response) {
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", await response.arrayBuffer()));
  return [...hash.subarray(0, 12)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Serves every tab from now on. One that was there before any version has this one. */
async function takeOver() {
  const tabs = await caches.open(TABS);
  for (const { id } of await tabsNow()) {
    if ((await tabs.match(`/${id}`)) === undefined) await remember(id);
  }
  await worker.clients.claim();
  await tidy();
}

/** Forgets tabs that are closed, and versions that no tab has. */
async function tidy() {
  const tabs = await caches.open(TABS);
  const used = new Set([OWN]);
  for (const request of await tabs.keys()) {
    const id = new URL(request.url).pathname.slice(1);
    if ((await worker.clients.get(id)) === undefined) await tabs.delete(request);
    else used.add(await readVersion(id));
  }
  const { installing, waiting } = worker.registration;
  if (installing !== null || waiting !== null) return;
  const old = (await caches.keys()).filter((name) => name.startsWith(FILES) && !used.has(name));
  await Promise.all(old.map((name) => caches.delete(name)));
}
