/** A month as a grid of days, for the keyboard too (ARIA's grid pattern for dates). */
import { html, Icon, useLayoutEffect, useRef } from "../lib/ui.js";
import { dayForKey } from "../lib/date_choices.js";
import { addMonths, firstWeekdayOf, longDay, monthGrid, monthOf, monthWords, weekdayWords } from "../lib/dates.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {import("../lib/dates.js").Day} Day
 * @typedef {{
 *   day: Day,
 *   chosen: Day | undefined,
 *   today: Day,
 *   settings: import("../lib/dates.js").DateSettings,
 *   isFocused: boolean,
 *   onMove: (day: Day) => void,
 *   onChoose: (day: Day) => void,
 * }} Props `day` is where the keyboard is; its month is shown. If `isFocused`, a
 *   dialog that opens puts the focus there
 */

/** @param {Props} props */
export function MonthGrid({ day, chosen, today, settings, isFocused, onMove, onChoose }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const byKey = useRef(false);
  const firstWeekday = firstWeekdayOf(settings.firstWeekday, settings.locale);
  const weeks = monthGrid(day, firstWeekday);

  useLayoutEffect(() => {
    if (byKey.current) /** @type {HTMLElement} */ (box.current?.querySelector('[tabindex="0"]')).focus();
    byKey.current = false;
  }, [day]);

  /** @param {KeyboardEvent} event */
  function move(event) {
    const next = event.ctrlKey || event.metaKey || event.altKey ? null : dayForKey(day, event, firstWeekday);
    if (next === null) return;
    event.preventDefault();
    event.stopPropagation();
    byKey.current = next !== day;
    onMove(next);
  }

  return html`
    <div class="month">
      <${MonthHeader} day=${day} locale=${settings.locale} onMove=${onMove} />
      <table class="month__grid" role="grid" aria-label=${monthWords(day, settings.locale)} ref=${box} onKeyDown=${move}>
        <thead>
          <tr>
            ${weeks[0].map((weekday) => html`
              <th scope="col" abbr=${weekdayWords(weekday, settings.locale, "long")}>
                ${weekdayWords(weekday, settings.locale, "short")}
              </th>`)}
          </tr>
        </thead>
        <tbody>
          ${weeks.map((week) => html`
            <tr key=${week[0]}>
              ${week.map((one) => html`
                <${DayCell}
                  key=${one}
                  day=${one}
                  isHere=${one === day}
                  isFocused=${isFocused && one === day}
                  isChosen=${one === chosen}
                  isToday=${one === today}
                  isOutside=${monthOf(one) !== monthOf(day)}
                  locale=${settings.locale}
                  onChoose=${onChoose}
                />`)}
            </tr>`)}
        </tbody>
      </table>
    </div>`;
}

/** @param {{ day: Day, locale: string, onMove: (day: Day) => void }} props */
function MonthHeader({ day, locale, onMove }) {
  /** @param {number} count @param {import("../lib/i18n.js").Key} name */
  const button = (count, name) => html`
    <button
      type="button"
      class=${count < 0 ? "icon-button month__back" : "icon-button"}
      aria-label=${t(name)}
      onClick=${() => onMove(addMonths(day, count))}
    >
      <${Icon} name="chevron" />
    </button>`;
  return html`
    <div class="month__header">
      <span class="month__name" aria-live="polite">${monthWords(day, locale)}</span>
      ${button(-1, "date_picker.previous_month")} ${button(1, "date_picker.next_month")}
    </div>`;
}

/**
 * @param {{
 *   day: Day,
 *   isHere: boolean,
 *   isFocused: boolean,
 *   isChosen: boolean,
 *   isToday: boolean,
 *   isOutside: boolean,
 *   locale: string,
 *   onChoose: (day: Day) => void,
 * }} props
 */
function DayCell({ day, isHere, isFocused, isChosen, isToday, isOutside, locale, onChoose }) {
  return html`
    <td role="gridcell" aria-selected=${isChosen ? "true" : "false"}>
      <button
        type="button"
        class="month__day"
        data-outside=${isOutside}
        tabindex=${isHere ? 0 : -1}
        autofocus=${isFocused}
        aria-label=${longDay(day, locale)}
        aria-current=${isToday ? "date" : undefined}
        onClick=${() => onChoose(day)}
      >
        ${Number(day.slice(8))}
      </button>
    </td>`;
}
