/** Where the focus goes when its row does. */

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
    if (button.isConnected) return;
    gone.disconnect();
    // Somebody is elsewhere already.
    if (document.activeElement !== document.body) return;
    const left = buttons();
    const after = list.parentElement?.querySelector(".dialog__acts button") ?? document.getElementById("main");
    const next = left[Math.min(at, left.length - 1)] ?? after;
    if (next instanceof HTMLElement) next.focus();
  });
  gone.observe(list, { childList: true });
}
