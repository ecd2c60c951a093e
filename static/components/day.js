/** Chooses a day in a month. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { dateSettings, today } from "../state/device.js";
import { Dialog } from "./dialog.js";
import { MonthGrid } from "./month-grid.js";

/** @param {{ day: string, onChoose: (day: string) => void, anchor?: Element, onClose: () => void }} props */
export function Day({ day: before, onChoose, anchor, onClose }) {
  const [day, setDay] = useState(before);
  const choose = (/** @type {string} */ chosen) => {
    onClose();
    onChoose(chosen);
  };
  return html`
    <${Dialog} label=${t("week.choose")} kind="dialog--menu" anchor=${anchor} onClose=${onClose}>
      <${MonthGrid}
        day=${day}
        chosen=${before}
        today=${today.value}
        settings=${dateSettings.value}
        isFocused=${true}
        onMove=${setDay}
        onChoose=${choose}
      />
    </${Dialog}>`;
}
