/** A menu beside the button that opened it (ARIA's menu pattern). */
import { html, Icon, useLayoutEffect, useRef } from "../lib/ui.js";
import { Dialog } from "./dialog.js";

/**
 * @typedef {{
 *   id: string,
 *   label: string,
 *   icon?: import("../lib/ui.js").IconName,
 *   keys?: string,
 *   isChecked?: boolean,
 *   isDanger?: boolean,
 *   run: () => void,
 * }} Item
 */

/** @param {{ label: string, items: (Item | null)[], anchor?: Element, onClose: () => void }} props a null is a line */
export function Menu({ label, items, anchor, onClose }) {
  const box = useRef(/** @type {HTMLElement | null} */ (null));
  const entries = () => /** @type {HTMLElement[]} */ ([...(box.current?.querySelectorAll("button") ?? [])]);
  useLayoutEffect(() => entries()[0]?.focus(), []);
  const onKeyDown = (/** @type {KeyboardEvent} */ event) => {
    const all = entries();
    const to = nextPlace(event.key, all.indexOf(/** @type {HTMLElement} */ (document.activeElement)), all);
    if (to === undefined) return;
    event.preventDefault();
    all[to].focus();
  };
  return html`
    <${Dialog} label=${label} kind="dialog--menu" anchor=${anchor} onClose=${onClose}>
      <div class="menu" role="menu" aria-label=${label} ref=${box} onKeyDown=${onKeyDown}>
        ${items.map((item, at) =>
          item === null ? html`<div class="menu__line" role="separator" key=${at}></div>` : html`<${Entry} key=${item.id} item=${item} onClose=${onClose} />`,
        )}
      </div>
    </${Dialog}>`;
}

/** @param {{ item: Item, onClose: () => void }} props */
function Entry({ item, onClose }) {
  const act = () => {
    onClose();
    // After the focus is back, so that what it opens can take it.
    setTimeout(item.run);
  };
  const isRadio = item.isChecked !== undefined;
  return html`
    <button
      class="menu__item"
      type="button"
      role=${isRadio ? "menuitemradio" : "menuitem"}
      aria-checked=${item.isChecked}
      data-danger=${item.isDanger}
      onClick=${act}
    >
      ${item.icon === undefined ? html`<span class="icon"></span>` : html`<${Icon} name=${item.icon} />`}
      <span class="menu__label">${item.label}</span>
      ${item.keys && html`<kbd aria-hidden="true">${item.keys}</kbd>`}
    </button>`;
}

/** @param {string} key @param {number} at @param {HTMLElement[]} all */
function nextPlace(key, at, all) {
  if (key === "ArrowDown") return (at + 1) % all.length;
  if (key === "ArrowUp") return (at - 1 + all.length) % all.length;
  if (key === "Home") return 0;
  if (key === "End") return all.length - 1;
  if (key.length !== 1) return undefined;
  const order = all.map((_, place) => (at + 1 + place) % all.length);
  return order.find((place) => all[place].innerText.trim().toLowerCase().startsWith(key.toLowerCase()));
}
