/** A modal dialog: keeps the focus within, gives it back, closes with Escape. */
import { html, useLayoutEffect, useRef } from "../lib/ui.js";

/**
 * @param {{ label: string, onClose?: () => void, kind?: string, children: any }} props
 *   without `onClose` it stays until it is done
 */
export function Dialog({ label, onClose, kind = "", children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = /** @type {HTMLDialogElement} */ (box.current);
    dialog.showModal();
    return () => {
      dialog.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return html`
    <dialog
      class=${`dialog ${kind}`}
      ref=${box}
      aria-label=${label}
      onCancel=${(/** @type {Event} */ event) => {
        event.preventDefault();
        onClose?.();
      }}
      onMouseDown=${(/** @type {MouseEvent} */ event) => event.target === box.current && onClose?.()}
    >
      <div class="dialog__body">${children}</div>
    </dialog>`;
}
