/** The person's account and how the page looks on this device. */
import { html, useEffect, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { setTheme, theme } from "../state/device.js";
import { person, signOut } from "../state/session.js";
import { say } from "../state/toasts.js";

const THEMES = /** @type {const} */ (["system", "light", "dark"]);

export function Settings() {
  const [chosen, setChosen] = useState(theme());
  useEffect(() => {
    document.title = `${t("settings.title")} · ${t("page.name")}`;
  }, []);
  const leave = () => signOut().catch(() => say("error.unreachable", {}, { isError: true }));
  return html`
    <div class="view">
      <header class="view__header"><h1>${t("settings.title")}</h1></header>
      <p>${person.value?.name}<br /><span class="muted">${person.value?.email}</span></p>
      <fieldset class="choices">
        <legend>${t("settings.theme")}</legend>
        ${THEMES.map(
          (one) => html`
            <label class="choice">
              <input
                type="radio"
                name="theme"
                checked=${chosen === one}
                onChange=${() => {
                  setTheme(one);
                  setChosen(one);
                }}
              />
              ${t(`settings.theme.${one}`)}
            </label>`,
        )}
      </fieldset>
      <button class="button" type="button" onClick=${leave}>${t("account.sign_out")}</button>
    </div>`;
}
