/**
 * Rows of tasks, of which only those in sight are drawn, with the space of the
 * others kept. A row's height is measured once it is drawn and guessed before.
 */
import { html, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import * as selection from "../state/selection.js";
import { TaskRow } from "./task-row.js";

/** Of a row with one line. */
const HEIGHT = 43;
/** How far beyond the edges rows are drawn. */
const MARGIN = 600;

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

/**
 * Which rows to draw.
 *
 * @param {string[]} keys of all rows, in order
 * @param {number} guess of a row's height
 * @param {boolean} isLong whether it is worth it; else all rows are drawn
 */
function useWindow(keys, guess, isLong) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const heights = useRef(/** @type {Map<string, number>} */ (new Map()));
  const [range, setRange] = useState({ from: 0, to: 0 });

  const look = () => {
    if (!isLong || box.current === null) return;
    const top = -box.current.getBoundingClientRect().top;
    const next = rangeOf(keys, heights.current, guess, top - MARGIN, top + innerHeight + MARGIN);
    setRange((now) => (now.from === next.from && now.to === next.to ? now : next));
  };

  useLayoutEffect(() => {
    if (!isLong) return;
    look();
    addEventListener("scroll", look, { passive: true });
    addEventListener("resize", look);
    return () => {
      removeEventListener("scroll", look);
      removeEventListener("resize", look);
    };
  }, [keys.length, isLong]);

  useLayoutEffect(() => {
    if (!isLong) return;
    for (const row of box.current?.children ?? []) {
      const { key } = /** @type {HTMLElement} */ (row).dataset;
      if (key !== undefined) heights.current.set(key, row.getBoundingClientRect().height);
    }
  });

  if (!isLong) return { box, from: 0, to: keys.length, above: 0, below: 0, reveal: () => {} };
  const to = Math.min(range.to, keys.length);
  const from = Math.min(range.from, to);
  const heightOf = (/** @type {string} */ key) => heights.current.get(key) ?? guess;
  const sum = (/** @type {string[]} */ some) => some.reduce((all, key) => all + heightOf(key), 0);
  const reveal = (/** @type {string} */ key) => {
    const at = keys.indexOf(key);
    if (at < 0 || (at >= from && at < to) || box.current === null) return;
    const top = box.current.getBoundingClientRect().top + scrollY + sum(keys.slice(0, at));
    scrollTo({ top: top - innerHeight / 2 });
    look();
  };
  return { box, from, to, above: sum(keys.slice(0, from)), below: sum(keys.slice(to)), reveal };
}

/**
 * @param {string[]} keys
 * @param {Map<string, number>} heights
 * @param {number} guess
 * @param {number} top
 * @param {number} bottom
 */
function rangeOf(keys, heights, guess, top, bottom) {
  let at = 0;
  let y = 0;
  const height = () => heights.get(keys[at]) ?? guess;
  while (at < keys.length && y + height() < top) y += heights.get(keys[at++]) ?? guess;
  const from = at;
  while (at < keys.length && y < bottom) y += heights.get(keys[at++]) ?? guess;
  return { from, to: at };
}
