/**
 * Has the service worker keep the page's files, and says when there is a new
 * version of them. It is never taken while somebody works, only when asked for.
 */
import { effect } from "../lib/ui.js";
import { offerVersion } from "./device.js";
import { online } from "./outbox.js";

/** A worker that has not taken over by then waits to be asked. */
const WAITS_AFTER = 1000;
/** How often a page that stays open asks for a new version. */
const SELDOM = 30 * 60_000;

/** Without a secure origin there are no workers, and the page needs its server. */
export async function keepFiles() {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker
    .register("/sw.js", { updateViaCache: "none" })
    // The server is out of reach; the worker of before goes on.
    .catch(() => navigator.serviceWorker.getRegistration());
  if (registration === undefined) return;
  watch(registration);
  askAgain(registration);
}

/** @param {ServiceWorkerRegistration} registration */
function watch(registration) {
  const offer = () => {
    const isNews = registration.waiting !== null && navigator.serviceWorker.controller !== null;
    if (isNews) offerVersion(() => take(registration));
  };
  offer();
  registration.addEventListener("updatefound", () => {
    const { installing } = registration;
    installing?.addEventListener("statechange", () => {
      if (installing.state === "installed") setTimeout(offer, WAITS_AFTER);
    });
  });
}

/** Loads the page again with its new files, which another tab may have taken already. */
/** @param {ServiceWorkerRegistration} registration */
function take({ waiting }) {
  if (waiting === null) return location.reload();
  navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
  waiting.postMessage("take over");
}

/** Looks for a new version after the server was away, and now and then. */
/** @param {ServiceWorkerRegistration} registration */
function askAgain(registration) {
  let last = Date.now();
  const ask = () => {
    last = Date.now();
    registration.update().catch(() => {});
  };
  let wasOnline = true;
  effect(() => {
    if (online.value && !wasOnline) ask();
    wasOnline = online.value;
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && Date.now() - last > SELDOM) ask();
  });
}
