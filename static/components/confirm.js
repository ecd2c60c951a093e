/** Asks before what cannot be undone. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { answer, question } from "../state/toasts.js";
import { Dialog } from "./dialog.js";

export function Confirm() {
  const asked = question.value;
  if (asked === null) return null;
  return html`
    <${Dialog} label=${asked.text} onClose=${() => answer(false)}>
      <p>${asked.text}</p>
      <div class="dialog__acts">
        <button class="button" type="button" onClick=${() => answer(false)}>${t("page.cancel")}</button>
        <button class="button button--danger" type="button" onClick=${() => answer(true)}>${asked.act}</button>
      </div>
    </${Dialog}>`;
}
