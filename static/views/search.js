/** Finds words in what is open, at once, and in what is done, from the server. */
import { html, useEffect, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { request } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { page, refine } from "../lib/router.js";
import { takeAhead } from "../state/device.js";
import * as selection from "../state/places.js";
import { completed, meet, open } from "../state/tasks.js";
import { announce } from "../state/toasts.js";
import { TaskRows } from "../components/task-rows.js";

/** After the last letter, in milliseconds. */
const PAUSE = 250;

export function Search() {
  const [query, setQuery] = useState(() => (page.value.query.get("q") ?? "") + takeAhead().text);
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    document.title = `${t("view.search")} · ${t("page.name")}`;
    field.current?.focus();
  }, []);
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const fits = (/** @type {import("../lib/types.js").Task} */ task) => {
    const text = `${task.title}\n${task.description}`.toLowerCase();
    return words.length > 0 && words.every((word) => text.includes(word));
  };
  const found = open.value.filter(fits);
  const done = completed.value.filter(fits);
  useEffect(() => {
    if (words.length === 0) return;
    const timer = setTimeout(async () => {
      refine(`/search?q=${encodeURIComponent(query)}`);
      const q = encodeURIComponent(query.trim());
      const reply = await request("GET", `/api/tasks?q=${q}&completed=true&limit=50`).catch(() => null);
      if (reply !== null) meet(reply.items);
      announce(t("search.found", { count: found.length }));
    }, PAUSE);
    return () => clearTimeout(timer);
  }, [query]);
  selection.showing([...found, ...done].map((task) => task.id), false);
  const isLong = found.length + done.length > 150;
  return html`
    <div class="view">
      <header class="view__header"><h1>${t("view.search")}</h1></header>
      <input
        class="field"
        type="search"
        ref=${field}
        maxlength="200"
        value=${query}
        aria-label=${t("search.field")}
        placeholder=${t("search.field")}
        onInput=${(/** @type {Event} */ event) => setQuery(/** @type {HTMLInputElement} */ (event.target).value)}
      />
      ${words.length > 0 && found.length + done.length === 0 && html`<p class="empty">${t("search.none")}</p>`}
      <section class="section"><${TaskRows} label=${t("view.search")} tasks=${found} showsList isLong=${isLong} /></section>
      ${done.length > 0 &&
      html`<section class="section">
        <h2 class="section__title">${t("view.completed")}</h2>
        <${TaskRows} label=${t("view.completed")} tasks=${done} showsList isLong=${isLong} />
      </section>`}
    </div>`;
}
