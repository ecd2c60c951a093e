/** The head of a view: its title, and for a list of one's own what can be done with it. */
import { html, useLayoutEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { dateSettings, today } from "../state/clock.js";
import { longDay } from "../lib/date_words.js";
import { renaming, showDialog, startRenaming } from "../state/device.js";
import { renameList } from "../state/tasks.js";
import { IconButton } from "./icon.js";

/** @typedef {import("../lib/types.js").List} List */

/** @param {{ place: import("../state/places.js").Place, view: string }} props */
export function ListHeader({ place, view }) {
  const { list, title } = place;
  const isOwn = list !== undefined && !list.is_inbox;
  const isRenamed = isOwn && renaming.value === list.id;
  return html`
    <header class="view__header">
      ${isRenamed
        ? html`<${Rename} list=${list} />`
        : html`<h1 onDblClick=${() => isOwn && startRenaming(list.id)}>${title}</h1>`}
      ${view === "today" && html`<p class="view__context">${longDay(today.value, dateSettings.value.locale)}</p>`}
      ${isOwn &&
      html`<${IconButton}
        icon="more"
        label=${t("list.menu", { name: list.name })}
        aria-haspopup="menu"
        onClick=${(/** @type {Event} */ event) => showDialog("list-menu", { list, anchor: event.currentTarget })}
      />`}
    </header>`;
}

/** @param {{ list: List }} props */
function Rename({ list }) {
  const field = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => field.current?.select(), []);
  const close = (/** @type {boolean} */ isSaved) => {
    const name = field.current?.value.trim() ?? "";
    if (isSaved && name !== "" && renaming.peek() === list.id) renameList(list, name);
    startRenaming(null);
  };
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    if (event.isComposing || (event.key !== "Enter" && event.key !== "Escape")) return;
    event.preventDefault();
    close(event.key === "Enter");
  };
  return html`
    <input
      class="field view__rename"
      ref=${field}
      value=${list.name}
      maxlength="200"
      aria-label=${t("list.name")}
      onKeyDown=${onKeyDown}
      onBlur=${() => close(true)}
    />`;
}
