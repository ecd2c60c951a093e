/** Where the focus goes when its row does. */

/** By then, in milliseconds, a list is as it stays. */
const SETTLED = 5000;

/**
 * Once a button has gone with its row, the one that came into its place has the
 * focus, or the last, or else what follows the list.
 *
 * @param {Event} event of the button
 */
export function focusInPlace({ currentTarget }) {
  const button = /** @type {HTMLElement} */ (currentTarget);
  const list = /** @type {HTMLElement} */ (button.closest("ul"));
  const buttons = () => [...list.querySelectorAll("button")];
  const at = buttons().findIndex((one) => one === button);
  const gone = new MutationObserver(() => {
    // Or somebody is elsewhere already.
    if (button.isConnected || document.activeElement !== document.body) return;
    const left = buttons();
    const after = list.parentElement?.querySelector(".dialog__acts button") ?? document.getElementById("main");
    const next = left[Math.min(at, left.length - 1)] ?? after;
    if (next instanceof HTMLElement) next.focus();
  });
  gone.observe(list, { childList: true });
  // The answer of the server may take away more of them.
  setTimeout(() => gone.disconnect(), SETTLED);
}
