/** Rows of tasks, of which only those in sight are drawn. */
import { html, useLayoutEffect } from "../lib/ui.js";
import * as selection from "../state/selection.js";
import { TaskRow } from "./task-row.js";
import { useWindow } from "./window.js";

const HEIGHT = 43;

/**
 * @param {{
 *   label: string,
 *   tasks: import("../lib/types.js").Task[],
 *   isLong?: boolean,
 *   showsList?: boolean,
 *   hidesDue?: boolean,
 * }} props
 */
export function TaskRows({ label, tasks, isLong = false, showsList = false, hidesDue = false }) {
  const keys = tasks.map((task) => task.id);
  const { box, from, to, above, below, reveal } = useWindow(keys, HEIGHT, isLong);
  const wanted = selection.wantedFocus.value;
  useLayoutEffect(() => {
    if (wanted === null || !keys.includes(wanted.id)) return;
    reveal(wanted.id);
    const title = box.current?.querySelector(`[data-key="${wanted.id}"] .row__title`);
    if (!(title instanceof HTMLElement)) return;
    title.focus();
    selection.focusDone();
  }, [wanted, from, to]);
  const onFocusIn = (/** @type {FocusEvent} */ event) => {
    const row = event.target instanceof Element ? event.target.closest("[data-key]") : null;
    selection.focusIsAt(row instanceof HTMLElement ? (row.dataset.key ?? null) : null);
  };
  return html`
    <ul class="rows" aria-label=${label} ref=${box} onFocusIn=${onFocusIn} hidden=${tasks.length === 0}>
      ${above > 0 && html`<li key="above" aria-hidden="true" style=${{ height: `${above}px` }}></li>`}
      ${tasks.slice(from, to).map(
        (task, at) => html`
          <${TaskRow}
            key=${task.id}
            task=${task}
            place=${from + at + 1}
            count=${tasks.length}
            showsList=${showsList}
            hidesDue=${hidesDue}
          />`,
      )}
      ${below > 0 && html`<li key="below" aria-hidden="true" style=${{ height: `${below}px` }}></li>`}
    </ul>`;
}
