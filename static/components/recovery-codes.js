/** The recovery codes, shown this once, and ways to keep them. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { offer } from "../lib/download.js";
import { person } from "../state/session.js";

/** @param {{ codes: string[], onDone: () => void }} props */
export function RecoveryCodes({ codes, onDone }) {
  const [said, setSaid] = useState("");
  const copy = async () => {
    await navigator.clipboard.writeText(codes.join("\n"));
    setSaid(t("settings.copied"));
  };
  const text = () => `${t("settings.codes_of", { email: person.value?.email ?? "" })}\n\n${codes.join("\n")}\n`;
  return html`
    <h4 tabindex="-1" ref=${focusOnce}>${t("settings.codes")}</h4>
    <p class="form__lead">${t("settings.codes_why")}</p>
    <ul class="codes">
      ${codes.map((code) => html`<li key=${code}><code>${code}</code></li>`)}
    </ul>
    <div class="settings__acts">
      <button class="button" type="button" onClick=${copy}>${t("settings.copy")}</button>
      <button class="button" type="button" onClick=${() => offer("docket-recovery-codes.txt", text(), "text/plain")}>
        ${t("settings.download")}
      </button>
      <button class="button" type="button" onClick=${() => print()}>${t("settings.print")}</button>
    </div>
    <p role="status">${said}</p>
    <button class="button button--primary" type="button" onClick=${onDone}>${t("settings.codes_kept")}</button>`;
}

/** Where a step begins: what it says is read first. @param {HTMLElement | null} heading */
export function focusOnce(heading) {
  heading?.focus();
}
