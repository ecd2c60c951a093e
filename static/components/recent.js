/** What was done lately, newest first: each can be undone, with all that came after it. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { recent, undo, undoBackTo } from "../state/toasts.js";
import { Dialog } from "./dialog.js";
import { focusInPlace } from "./in-place.js";

/** @typedef {import("../lib/types.js").Inverse} Inverse */

/** @param {{ onClose: () => void }} props */
export function Recent({ onClose }) {
  const changes = recent.value;
  return html`
    <${Dialog} label=${t("recent.title")} onClose=${onClose}>
      <h2>${t("recent.title")}</h2>
      <p class="muted">${changes.length === 0 ? t("undo.nothing") : t("recent.how")}</p>
      <ul class="queue">
        ${changes.map((change, at) => html`<${Change} change=${change} isLast=${at === 0} />`)}
      </ul>
      <div class="dialog__acts">
        <button class="button" type="button" onClick=${onClose}>${t("page.close")}</button>
      </div>
    </${Dialog}>`;
}

/** @param {{ change: Inverse, isLast: boolean }} props */
function Change({ change, isLast }) {
  const what = t(/** @type {any} */ (change.said), change.params);
  const act = (/** @type {Event} */ event) => {
    focusInPlace(event);
    if (isLast) undo();
    else undoBackTo(change);
  };
  return html`
    <li class="queue__one">
      <span class="queue__what">${what}</span>
      <button
        class="button button--small button--quiet"
        type="button"
        aria-label=${isLast ? t("recent.undo", { what }) : t("recent.undo_to", { what })}
        onClick=${act}
      >
        ${isLast ? t("command.undo") : t("recent.to_here")}
      </button>
    </li>`;
}
