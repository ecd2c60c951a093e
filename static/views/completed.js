/** What is done, latest first, read page by page. */
import { html, useEffect, useState } from "../lib/ui.js";
import { request } from "../lib/api.js";
import { dayWords, today as dayIn } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { dateSettings, today, zone } from "../state/device.js";
import * as selection from "../state/places.js";
import { completed, meet } from "../state/tasks.js";
import { TaskRows } from "../components/task-rows.js";

const PAGE = "/api/tasks?completed=true&sort=-completed_at&limit=50";

export function Completed() {
  const [cursor, setCursor] = useState(/** @type {string | null} */ (null));
  /** How far back the pages went that were read; null before the first, "" at the end. */
  const [horizon, setHorizon] = useState(/** @type {string | null} */ (null));
  const [hasFailed, setFailed] = useState(false);
  const read = async () => {
    try {
      const at = cursor === null ? "" : `&cursor=${encodeURIComponent(cursor)}`;
      const page = await request("GET", PAGE + at);
      meet(page.items);
      setCursor(page.next_cursor);
      setHorizon(page.next_cursor === null ? "" : page.items.at(-1).completed_at);
      setFailed(false);
    } catch {
      setFailed(true);
    }
  };
  useEffect(() => {
    document.title = `${t("view.completed")} · ${t("page.name")}`;
    read();
  }, []);
  const tasks = completed.value.filter((task) => horizon === null || String(task.completed_at) >= horizon);
  selection.showing(tasks.map((task) => task.id), false);
  return html`
    <div class="view">
      <header class="view__header"><h1>${t("view.completed")}</h1></header>
      ${hasFailed && html`<p class="notice" role="alert">${t("error.unreachable")}</p>`}
      ${horizon !== null && tasks.length === 0 && html`<p class="empty">${t("completed.empty")}</p>`}
      ${byDay(tasks).map(
        ([day, some]) => html`
          <section class="section" key=${day} aria-label=${day}>
            <h2 class="section__title">${day}</h2>
            <${TaskRows} label=${day} tasks=${some} showsList isLong=${tasks.length > 150} />
          </section>`,
      )}
      ${cursor !== null && html`<button class="button" type="button" onClick=${read}>${t("page.more")}</button>`}
    </div>`;
}

/** @param {import("../lib/types.js").Task[]} tasks */
function byDay(tasks) {
  /** @type {Map<string, import("../lib/types.js").Task[]>} */
  const days = new Map();
  for (const task of tasks) {
    const day = dayIn(new Date(String(task.completed_at)), zone);
    const words = dayWords(day, today.value, dateSettings.value.locale);
    days.set(words, [...(days.get(words) ?? []), task]);
  }
  return [...days];
}
