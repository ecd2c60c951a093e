/**
 * Dialogs: they keep the focus within, give it back, and close with Escape. One
 * with an anchor stands beside it; on a phone it comes up from below.
 */
import { html, IconButton, useLayoutEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";

const GAP = 4;

/**
 * @param {{ label: string, onClose?: () => void, kind?: string, anchor?: Element, children: any }} props
 *   without `onClose` it stays until it is done
 */
export function Dialog({ label, onClose, kind = "", anchor, children }) {
  const box = useRef(/** @type {HTMLDialogElement | null} */ (null));
  const isOver = useRef(false);
  // A browser may close it without asking; one that must be answered is opened again.
  const closed = () => {
    if (isOver.current) return;
    if (onClose === undefined) box.current?.showModal();
    else onClose();
  };
  useLayoutEffect(() => {
    const before = document.activeElement;
    const dialog = /** @type {HTMLDialogElement} */ (box.current);
    dialog.showModal();
    if (anchor !== undefined) stand(dialog, anchor);
    return () => {
      isOver.current = true;
      // Not `close()`, which gives a field its focus back but not its caret.
      queueMicrotask(() => before instanceof HTMLElement && before.isConnected && before.focus());
    };
  }, []);
  const kinds = `dialog ${kind} ${anchor === undefined ? "" : "dialog--beside"}`;
  return html`
    <dialog
      class=${kinds}
      ref=${box}
      aria-label=${label}
      onCancel=${(/** @type {Event} */ event) => {
        event.preventDefault();
        onClose?.();
      }}
      onClose=${closed}
      onClick=${(/** @type {MouseEvent} */ event) => event.target === box.current && onClose?.()}
    >
      <div class="dialog__body">${children}</div>
      ${anchor !== undefined && onClose !== undefined && html`<${IconButton} class="dialog__close" icon="close" label=${t("page.close")} onClick=${onClose} />`}
    </dialog>`;
}

/** Beside its anchor, wholly in sight. @param {HTMLDialogElement} dialog @param {Element} anchor */
function stand(dialog, anchor) {
  const at = anchor.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const below = at.bottom + GAP + height < innerHeight;
  const top = below ? at.bottom + GAP : Math.max(GAP, Math.min(at.top - GAP - height, innerHeight - height - GAP));
  const left = Math.min(Math.max(GAP, at.right - width), innerWidth - width - GAP);
  dialog.style.setProperty("--top", `${Math.max(GAP, top)}px`);
  dialog.style.setProperty("--left", `${Math.max(GAP, left)}px`);
}
