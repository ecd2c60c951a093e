/** Rows of tasks, of which only those in sight are drawn. */
import { html, useLayoutEffect } from "../lib/ui.js";
import * as selection from "../state/selection.js";
import { TaskRow } from "./task-row.js";
import { useWindow } from "./window.js";

const HEIGHT = 43;

/** @param {{ label: string, tasks: import("../lib/types.js").Task[] }} props */
export function TaskRows({ label, tasks }) {
  const keys = tasks.map((task) => task.id);
  const { box, from, to, above, below, reveal } = useWindow(keys, HEIGHT);
  selection.showing(keys);
  const wanted = selection.wantedFocus.value;
  useLayoutEffect(() => {
    if (wanted === null) return;
    reveal(wanted.id);
    const title = box.current?.querySelector(`[data-key="${wanted.id}"] .row__title`);
    if (title instanceof HTMLElement) title.focus();
  }, [wanted, from, to]);
  const onFocusIn = (/** @type {FocusEvent} */ event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-key]") : null;
    selection.focusIsAt(row instanceof HTMLElement ? (row.dataset.key ?? null) : null);
  };
  return html`
    <ul class="rows" aria-label=${label} ref=${box} onFocusIn=${onFocusIn} hidden=${tasks.length === 0}>
      ${above > 0 && html`<li key="above" aria-hidden="true" style=${{ height: `${above}px` }}></li>`}
      ${tasks.slice(from, to).map((task, at) => html`<${TaskRow} key=${task.id} task=${task} place=${from + at + 1} count=${tasks.length} />`)}
      ${below > 0 && html`<li key="below" aria-hidden="true" style=${{ height: `${below}px` }}></li>`}
    </ul>`;
}
