/** The week above Upcoming: its days, the ways to other weeks, and any month. */
import { html, Icon, IconButton, useLayoutEffect, useRef } from "../lib/ui.js";
import { addDays, longDay, monthWords, weekdayWords } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { dateSettings, showDialog, today } from "../state/device.js";
import { chosenDay, countOn, showDay, weekAround } from "../state/places.js";

/** @typedef {import("../lib/dates.js").Day} Day */

const STEPS = /** @type {Record<string, number>} */ ({ ArrowLeft: -1, ArrowRight: 1, PageUp: -7, PageDown: 7 });

export function WeekStrip() {
  const chosen = chosenDay.value;
  const week = weekAround(chosen);
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const byKey = useRef(false);
  useLayoutEffect(() => {
    if (byKey.current) /** @type {HTMLElement | null} */ (box.current?.querySelector('[tabindex="0"]'))?.focus();
    byKey.current = false;
  }, [chosen]);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const by = STEPS[event.key];
    if (by === undefined || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    event.preventDefault();
    const day = addDays(chosen, by);
    byKey.current = day >= today.value;
    if (day >= today.value) showDay(day);
  };
  return html`
    <div class="week__bar">
      <${Month} day=${chosen} />
      <${IconButton} icon="back" label=${t("week.previous")} disabled=${week[0] <= today.value} onClick=${() => showDay(addDays(week[0], -7))} />
      <button class="button button--small" type="button" onClick=${() => showDay(today.value)}>${t("date.today")}</button>
      <${IconButton} icon="chevron" label=${t("week.next")} onClick=${() => showDay(addDays(week[0], 7))} />
    </div>
    <div class="week__days" role="toolbar" aria-label=${t("week.name")} ref=${box} onKeyDown=${onKeyDown}>
      ${week.map((day) => html`<${DayButton} key=${day} day=${day} isChosen=${day === chosen} />`)}
    </div>`;
}

/** @param {{ day: Day, isChosen: boolean }} props */
function DayButton({ day, isChosen }) {
  const { locale } = dateSettings.value;
  const isOver = day < today.value;
  const count = isOver ? 0 : countOn(day);
  const name = `${longDay(day, locale)}${count > 0 ? `, ${t("count.open", { count })}` : ""}`;
  return html`
    <button
      class="week__day"
      type="button"
      disabled=${isOver}
      tabindex=${isChosen ? 0 : -1}
      aria-pressed=${isChosen}
      aria-current=${day === today.value ? "date" : undefined}
      data-due=${isOver ? undefined : day}
      onClick=${() => showDay(day)}
    >
      <span class="unseen">${name}</span>
      <span class="week__weekday" aria-hidden="true">${weekdayWords(day, locale, "short")}</span>
      <span class="week__date" aria-hidden="true">${Number(day.slice(8))}</span>
      <span class="week__count" aria-hidden="true">${count > 0 ? count : ""}</span>
    </button>`;
}

/** Opens a month, to go to any day of it. @param {{ day: Day }} props */
function Month({ day }) {
  const open = (/** @type {Event} */ event) => showDialog("day", { day, onChoose: showDay, anchor: event.currentTarget });
  const name = monthWords(day, dateSettings.value.locale);
  return html`
    <button class="button button--small button--quiet week__month" type="button" aria-haspopup="dialog" aria-label=${t("week.month", { month: name })} onClick=${open}>
      ${name}<${Icon} name="down" />
    </button>`;
}
