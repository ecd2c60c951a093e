/** How the page looks and listens on this device. */
import { html, useState } from "../../lib/ui.js";
import { addDays, weekdayWords } from "../../lib/dates.js";
import { LANGUAGES, locale, t } from "../../lib/i18n.js";
import { characterKeys, chooseDates, dateSettings, setCharacterKeys, setTheme, theme } from "../../state/device.js";
import { chosenLanguage, density, setDensity, setLanguage } from "../../state/preferences.js";
import { Choices } from "../../components/choices.js";
import { Choice, Form } from "../../components/form.js";

const MONDAY = "2026-01-05";

export function Appearance() {
  return html`
    <p class="form__lead">${t("settings.appearance_why")}</p>
    <${Look} />
    <${Dates} />
    <label class="check check--tall">
      <input type="checkbox" checked=${characterKeys.value} onChange=${(/** @type {any} */ event) => setCharacterKeys(event.target.checked)} />
      ${t("keys.on")}
    </label>
    <p class="hint">${t("keys.on_hint")}</p>
    <${Language} />`;
}

function Look() {
  const [chosen, setChosen] = useState(theme());
  const choose = (/** @type {import("../../state/device.js").Theme} */ next) => {
    setTheme(next);
    setChosen(next);
  };
  const themes = /** @type {const} */ (["system", "light", "dark"]);
  const densities = /** @type {const} */ (["comfortable", "compact"]);
  return html`
    <${Choices}
      legend=${t("settings.theme")}
      options=${themes.map((one) => [one, t(`settings.theme.${one}`)])}
      chosen=${chosen}
      onChoose=${choose}
    />
    <${Choices}
      legend=${t("settings.density")}
      options=${densities.map((one) => [one, t(`settings.density.${one}`)])}
      chosen=${density.value}
      onChoose=${setDensity}
    />`;
}

function Dates() {
  const { hour12, firstWeekday } = dateSettings.value;
  const hours = hour12 === null ? "locale" : hour12 ? "12" : "24";
  const weekday = String(firstWeekday ?? "locale");
  const choose = (/** @type {string} */ clock, /** @type {string} */ first) =>
    chooseDates(clock === "12" || clock === "24" ? clock : null, Number(first) || null);
  const weekdays = [7, 1, 6].map((day) => [String(day), weekdayWords(addDays(MONDAY, day - 1), locale(), "long")]);
  return html`
    <${Choices}
      legend=${t("settings.weekday")}
      options=${[["locale", t("settings.as_language")], ...weekdays]}
      chosen=${weekday}
      onChoose=${(/** @type {string} */ next) => choose(hours, next)}
    />
    <${Choices}
      legend=${t("settings.clock")}
      options=${[["locale", t("settings.as_language")], ["24", t("settings.clock.24")], ["12", t("settings.clock.12")]]}
      chosen=${hours}
      onChoose=${(/** @type {string} */ next) => choose(next, weekday)}
    />`;
}

/** Not at once when one is chosen: the page begins anew. */
function Language() {
  const act = async (/** @type {import("../../components/form.js").Values} */ { language }) => {
    await setLanguage(language || null);
    return null;
  };
  const options = /** @type {[string, string][]} */ ([["", t("settings.as_browser")], ...Object.entries(LANGUAGES)]);
  return html`
    <${Form} act=${act} button=${t("settings.use_language")} kind="plain">
      <${Choice} label=${t("settings.language")} name="language" options=${options} chosen=${chosenLanguage() ?? ""} />
    </${Form}>`;
}
