/** Moves all that is late to one day; shows what would move from where to where first. */
import { html, useId, useState } from "../lib/ui.js";
import { nearDays } from "../lib/date_choices.js";
import { dueWords, movedTo, shortDay } from "../lib/dates.js";
import { t } from "../lib/i18n.js";
import { reschedule } from "../state/acts.js";
import { dateSettings, now, today, zone } from "../state/device.js";
import { lateTasks } from "../state/places.js";
import { Dialog } from "./dialog.js";
import { MonthGrid } from "./month-grid.js";

/** @param {{ onClose: () => void }} props */
export function Reschedule({ onClose }) {
  const [to, setTo] = useState(today.value);
  const tasks = lateTasks.value;
  const count = tasks.length;
  const submit = (/** @type {Event} */ event) => {
    event.preventDefault();
    onClose();
    // After the focus is back, so that a row can take it.
    if (count > 0) setTimeout(() => reschedule(tasks.map((task) => ({ task, to }))));
  };
  return html`
    <${Dialog} label=${t("today.reschedule")} onClose=${onClose}>
      <form onSubmit=${submit}>
        <h2>${t("today.reschedule")}</h2>
        <${Days} to=${to} onChoose=${setTo} />
        <p class="moves__title" role="status">${t("reschedule.count", { count, day: shortDay(to, dateSettings.value.locale) })}</p>
        <ul class="moves" tabindex="0" aria-label=${t("reschedule.preview")}>
          ${tasks.map((task) => html`<${Moved} key=${task.id} task=${task} to=${to} />`)}
        </ul>
        <div class="dialog__acts">
          <button class="button" type="button" onClick=${onClose}>${t("page.cancel")}</button>
          <button class="button button--primary" disabled=${count === 0}>${t("reschedule.act", { count })}</button>
        </div>
      </form>
    </${Dialog}>`;
}

/** @param {{ to: string, onChoose: (day: string) => void }} props */
function Days({ to, onChoose }) {
  const name = useId();
  const [isOther, setOther] = useState(false);
  const choice = (/** @type {boolean} */ checked, /** @type {string} */ words, /** @type {string} */ day, /** @type {() => void} */ choose) => html`
    <label class="choice">
      <input type="radio" name=${name} checked=${checked} onChange=${choose} />
      <span>${words}</span> <span class="date-picker__day">${day}</span>
    </label>`;
  const near = nearDays(today.value);
  const at = isOther ? -1 : near.findIndex(([, day]) => day === to);
  return html`
    <fieldset class="days">
      <legend class="unseen">${t("reschedule.to")}</legend>
      ${near.map(([key, day], place) =>
        choice(place === at, t(key), shortDay(day, dateSettings.value.locale), () => {
          setOther(false);
          onChoose(day);
        }),
      )}
      ${choice(isOther, t("reschedule.other"), "", () => setOther(true))}
    </fieldset>
    ${isOther && html`<${Month} day=${to} onChoose=${onChoose} />`}`;
}

/** @param {{ day: string, onChoose: (day: string) => void }} props */
function Month({ day: chosen, onChoose }) {
  const [day, setDay] = useState(chosen);
  const choose = (/** @type {string} */ next) => {
    setDay(next);
    onChoose(next);
  };
  return html`
    <${MonthGrid}
      day=${day}
      chosen=${chosen}
      today=${today.value}
      settings=${dateSettings.value}
      isFocused=${false}
      onMove=${setDay}
      onChoose=${choose}
    />`;
}

/** @param {{ task: import("../lib/types.js").Task, to: string }} props */
function Moved({ task, to }) {
  const words = (/** @type {string} */ due) => dueWords(due, now.value, dateSettings.value).text;
  const due = String(task.due);
  return html`
    <li class="moves__one">
      <span class="moves__task">${task.title}</span>
      <span class="moves__days">
        <span class="due" data-late="true">${words(due)}</span>
        <span aria-hidden="true"> → </span><span class="unseen">, ${t("reschedule.then")} </span>${words(movedTo(due, to, zone))}
      </span>
    </li>`;
}
