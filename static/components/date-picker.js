/**
 * Chooses when a task is due: in words, by one tap, in a month, with a time.
 * Goes into a dialog or a popover; what is chosen is told and closes it.
 */
import { html, useId, useLayoutEffect, useState } from "../lib/ui.js";
import { dueOf, nearDays, partsOf, withDay, withTime } from "../lib/date_choices.js";
import { dueWords, shortDay, wallNow } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { takeAhead } from "../state/device.js";
import { MonthGrid } from "./month-grid.js";

/**
 * @typedef {import("../lib/dates.js").DateSettings} DateSettings
 * @typedef {(due: string | null) => void} Choose
 * @typedef {import("../lib/date_phrases.js").Now} Now
 */

/**
 * @param {{
 *   value: string | null,
 *   onChange: Choose,
 *   onClose: () => void,
 *   settings: DateSettings,
 * }} props
 */
export function DatePicker({ value, onChange, onClose, settings }) {
  const [opened] = useState(() => new Date());
  const now = wallNow(opened, settings.zone);
  const { day: chosen } = partsOf(value);
  const [day, setDay] = useState(chosen ?? now.day);

  /** @param {string | null} due */
  function choose(due) {
    onChange(due);
    onClose();
  }

  /** @param {KeyboardEvent} event */
  function leave(event) {
    if (event.key !== "Escape") return;
    event.preventDefault();
    event.stopPropagation();
    onClose();
  }

  return html`
    <div class="date-picker" role="group" aria-label=${t("date_picker.label")} onKeyDown=${leave}>
      <${Phrase} value=${value} opened=${opened} now=${now} settings=${settings} onChoose=${choose} />
      <${NearDays} value=${value} today=${now.day} locale=${settings.locale} onChoose=${choose} />
      <${MonthGrid}
        day=${day}
        chosen=${chosen}
        today=${now.day}
        settings=${settings}
        isFocused=${isTouch()}
        onMove=${setDay}
        onChoose=${(/** @type {string} */ next) => choose(withDay(value, next))}
      />
      <${Time} value=${value} now=${now} settings=${settings} onChoose=${choose} />
    </div>`;
}

/**
 * The field for words, and what they are understood as; what there is until then.
 *
 * @param {{ value: string | null, opened: Date, now: Now, settings: DateSettings, onChoose: Choose }} props
 */
function Phrase({ value, opened, now, settings, onChoose }) {
  const [typed] = useState(takeAhead);
  const [text, setText] = useState(typed.text);
  const id = useId();
  const due = dueOf(text, now);
  useLayoutEffect(() => {
    // Once the dialog is there to be closed.
    if (typed.isSent && due !== null) setTimeout(() => onChoose(due));
  }, []);
  const isOdd = text.trim() !== "" && due === null;
  const shown = due ?? value;
  const preview = isOdd ? t("date_picker.not_understood") : shown && dueWords(shown, opened, settings).full;

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    if (due !== null) onChoose(due);
  }

  return html`
    <form class="date-picker__phrase" onSubmit=${submit}>
      <input
        class="field"
        type="text"
        autocomplete="off"
        autofocus=${!isTouch()}
        enterkeyhint="done"
        aria-label=${t("date_picker.phrase")}
        aria-describedby=${id}
        placeholder=${t("date_picker.example")}
        value=${text}
        onInput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) =>
          setText(event.currentTarget.value)}
      />
      <p class="date-picker__preview" id=${id} role="status" data-odd=${isOdd}>${preview}</p>
    </form>`;
}

/** True where a focused field would bring up a keyboard over the month. */
const isTouch = () => matchMedia("(pointer: coarse)").matches;

/** @param {{ value: string | null, today: string, locale: string, onChoose: Choose }} props */
function NearDays({ value, today, locale, onChoose }) {
  return html`
    <ul class="date-picker__near">
      ${nearDays(today).map(([key, day]) => html`
        <li key=${key}>
          <button type="button" class="date-picker__choice" onClick=${() => onChoose(withDay(value, day))}>
            <span>${t(key)}</span> <span class="date-picker__day">${shortDay(day, locale)}</span>
          </button>
        </li>`)}
      <li>
        <button type="button" class="date-picker__choice" disabled=${value === null} onClick=${() => onChoose(null)}>
          ${t("date_picker.none")}
        </button>
      </li>
    </ul>`;
}

/**
 * The time of day, which waits for its button: half a time is none.
 *
 * @param {{ value: string | null, now: Now, settings: DateSettings, onChoose: Choose }} props
 */
function Time({ value, now, settings, onChoose }) {
  const { time: before, zone } = partsOf(value);
  const [time, setTime] = useState(before ?? "");
  const id = useId();
  const isElsewhere = zone != null && zone !== settings.zone;

  /** @param {Event} event */
  function submit(event) {
    event.preventDefault();
    onChoose(withTime(value, time, now));
  }

  return html`
    <form class="date-picker__time" onSubmit=${submit}>
      <label for=${id}>${t("date_picker.time")}</label>
      <input
        class="field"
        type="time"
        id=${id}
        value=${time}
        onInput=${(/** @type {Event & { currentTarget: HTMLInputElement }} */ event) =>
          setTime(event.currentTarget.value)}
      />
      <button class="button" disabled=${time === (before ?? "")}>${t("date_picker.set_time")}</button>
      ${isElsewhere && html`
        <p class="date-picker__zone">${t("date_picker.zone", { zone: zone.replaceAll("_", " ") })}</p>`}
    </form>`;
}
