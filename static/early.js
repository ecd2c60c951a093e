// Runs before the first paint, and before any module is here: those wait.

// A dark page is never white first.
{
  const theme = localStorage.getItem("docket.theme");
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
  if (localStorage.getItem("docket.density") === "compact") document.documentElement.dataset.density = "compact";
}

/**
 * What takes its time is begun while the modules come: what this browser keeps
 * (for `lib/store.js`) is opened, and who is here is asked, and then what there
 * is if nothing of it is kept (for `lib/api.js`). Null is none.
 */
{
  /** @param {string} path @param {HeadersInit} [headers] */
  const ask = (path, headers) => fetch(path, { headers, signal: AbortSignal.timeout(20_000) }).catch(() => null);

  /** @returns {Promise<IDBDatabase | null>} */
  const open = () =>
    new Promise((resolve) => {
      try {
        const asked = indexedDB.open("docket", 1);
        asked.onupgradeneeded = () => {
          const db = asked.result;
          db.createObjectStore("tasks", { keyPath: "id" });
          db.createObjectStore("lists", { keyPath: "id" });
          db.createObjectStore("outbox", { keyPath: "seq", autoIncrement: true });
          db.createObjectStore("marks");
        };
        asked.onsuccess = () => resolve(asked.result);
        asked.onerror = () => resolve(null);
      } catch {
        resolve(null);
      }
    });

  const db = open();
  const session = ask("/api/auth/get-session");
  const changes = session.then((reply) => {
    const token = reply?.headers.get("set-auth-jwt");
    // A hint that needs no waiting: if it is wrong, one request more or less is sent.
    const isKept = localStorage.getItem("docket.kept") !== null;
    return token && !isKept ? ask("/api/changes?limit=200", { Authorization: `Bearer ${token}` }) : null;
  });
  window.early = { db, session, changes };
}
