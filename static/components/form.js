/** Fields with their labels and what is wrong with them. */
import { html, useId, useLayoutEffect, useRef } from "../lib/ui.js";
import { t } from "../lib/i18n.js";

/**
 * @param {{
 *   label: string,
 *   name: string,
 *   type?: string,
 *   hint?: string,
 *   isFocused?: boolean,
 *   [rest: string]: unknown,
 * }} props
 */
export function Field({ label, name, type = "text", hint, isFocused = false, ...rest }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  useLayoutEffect(() => {
    if (isFocused) input.current?.focus();
  }, []);
  return html`
    <div class="labelled">
      <label for=${id}>${label}</label>
      <input class="field" id=${id} name=${name} type=${type} required ref=${input} aria-describedby=${hint && `${id}-hint`} ...${rest} />
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>`;
}

/** @param {{ text: string }} props */
export function FormError({ text }) {
  return html`<div role="alert">${text !== "" && html`<p class="form__error">${text}</p>`}</div>`;
}

/** What an account's refusal means, in words. */
const REASONS = /** @type {const} */ ({
  INVALID_EMAIL_OR_PASSWORD: "error.wrong_password",
  INVALID_PASSWORD: "error.wrong_password_only",
  INVALID_EMAIL: "error.email",
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: "error.email_taken",
  PASSWORD_TOO_SHORT: "error.password_short",
  PASSWORD_TOO_LONG: "error.password_long",
  PASSWORD_TOO_COMMON: "error.password_common",
  INVALID_CODE: "error.code",
  INVALID_BACKUP_CODE: "error.code",
  INVALID_TOKEN: "error.link",
});

/** @param {{ status: number, code?: string, message?: string }} error */
export function reasonOf(error) {
  const key = REASONS[/** @type {keyof typeof REASONS} */ (error.code)];
  if (key !== undefined) return t(key);
  if (error.status === 429) return t("error.too_many");
  if (error.status === 0 || error.status >= 500) return t("error.unreachable");
  return error.message ?? t("error.unreachable");
}
