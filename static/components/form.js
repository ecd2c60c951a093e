/**
 * Forms. What is wrong with a field is said beside it, and the first such field
 * gets the focus; what is about no field is said above the button.
 */
import { createContext, html, useContext, useId, useLayoutEffect, useRef, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";

/**
 * @typedef {{ status: number, code?: string, message?: string }} AccountError
 * @typedef {Record<string, string>} Problems what is wrong, by the name of the field; "" is the form
 * @typedef {Record<string, string>} Values what was typed, by the name of the field
 */

const ProblemsOfForm = createContext(/** @type {Problems} */ ({}));

/**
 * @param {{
 *   act: (values: Values) => Promise<AccountError | null>,
 *   button: string,
 *   kind?: "primary" | "danger" | "plain",
 *   children?: any,
 *   [rest: string]: unknown,
 * }} props `act` sends what was typed, and resolves with the refusal if there is one
 */
export function Form({ act, button, kind = "primary", children, ...rest }) {
  const [isBusy, setBusy] = useState(false);
  const [problems, setProblems] = useState(/** @type {Problems} */ ({}));
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isBusy) return;
    const sent = /** @type {HTMLFormElement} */ (event.currentTarget);
    const amiss = faultsOf(sent);
    if (Object.keys(amiss).length > 0) return setProblems(amiss);
    setBusy(true);
    const refused = await outcomeOf(act, sent);
    setBusy(false);
    setProblems(refused);
    if (Object.keys(refused).length === 0) sent.reset();
  };
  return html`
    <form class="form" noValidate onSubmit=${send} ...${rest}>
      <${ProblemsOfForm.Provider} value=${problems}>${children}</${ProblemsOfForm.Provider}>
      <${FormError} text=${problems[""] ?? ""} />
      <button class=${`button button--${kind}`} aria-disabled=${isBusy}>${button}</button>
    </form>`;
}

/** What the browser can tell is wrong. @param {HTMLFormElement} form @returns {Problems} */
function faultsOf(form) {
  const inputs = [...form.elements].filter((one) => one instanceof HTMLInputElement && !one.validity.valid);
  return Object.fromEntries(
    /** @type {HTMLInputElement[]} */ (inputs).map(({ name, validity }) => {
      if (validity.valueMissing) return [name, t("error.missing")];
      return [name, t(validity.tooShort ? "error.password_short" : "error.email")];
    }),
  );
}

/**
 * @param {(values: Values) => Promise<AccountError | null>} act
 * @param {HTMLFormElement} form
 * @returns {Promise<Problems>}
 */
async function outcomeOf(act, form) {
  try {
    const typed = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
    const error = await act(Object.fromEntries(typed));
    return error === null ? {} : problemsOf(error, form);
  } catch {
    return { "": t("error.unreachable") };
  }
}

/**
 * @param {{
 *   label: string,
 *   name: string,
 *   type?: string,
 *   hint?: string,
 *   isFocused?: boolean,
 *   children?: any,
 *   [rest: string]: unknown,
 * }} props
 */
export function Field({ label, name, type = "text", hint = "", isFocused = false, children, ...rest }) {
  const id = useId();
  const input = useRef(/** @type {HTMLInputElement | null} */ (null));
  const problems = useContext(ProblemsOfForm);
  const problem = problems[name] ?? "";
  useLayoutEffect(() => {
    if (isFocused) input.current?.focus();
  }, []);
  useLayoutEffect(() => {
    if (Object.keys(problems)[0] !== name) return;
    input.current?.focus();
    input.current?.select();
  }, [problems]);
  const about = [problem && `${id}-problem`, hint && `${id}-hint`].filter(Boolean).join(" ");
  return html`
    <div class="labelled">
      <label for=${id}>${label}</label>
      <div class="labelled__box">
        <input
          class="field"
          id=${id}
          name=${name}
          type=${type}
          required
          ref=${input}
          autofocus=${isFocused}
          aria-invalid=${problem !== ""}
          aria-describedby=${about || undefined}
          ...${rest}
        />
        ${children}
      </div>
      ${problem && html`<p class="labelled__problem" id=${`${id}-problem`}>${problem}</p>`}
      ${hint && html`<p class="hint" id=${`${id}-hint`}>${hint}</p>`}
    </div>`;
}

/** A password, which can be shown. @param {{ label: string, name: string, autocomplete: string, [rest: string]: unknown }} props */
export function PasswordField(props) {
  const [isShown, setShown] = useState(false);
  return html`
    <${Field} ...${props} class="field field--secret" type=${isShown ? "text" : "password"} autocapitalize="none" spellcheck=${false}>
      <button class="field__show" type="button" onClick=${() => setShown(!isShown)}>
        ${t(isShown ? "account.hide" : "account.show")}<span class="unseen">: ${props.label}</span>
      </button>
    </${Field}>`;
}

/** A password to be, with what is asked of it. @param {{ label: string, name: string, isFocused?: boolean }} props */
export function NewPasswordField(props) {
  const more = { autocomplete: "new-password", minlength: 8, hint: t("account.password_hint") };
  return html`<${PasswordField} ...${props} ...${more} />`;
}

/** Tells a password manager whose password a form is about. @param {{ email: string }} props */
export function Username({ email }) {
  return html`<input hidden name="username" autocomplete="username" defaultValue=${email} readonly />`;
}

/** One of several, in a list that opens. */
/** @param {{ label: string, name: string, options: [string, string][], chosen: string }} props */
export function Choice({ label, name, options, chosen }) {
  const id = useId();
  return html`
    <div class="labelled">
      <label for=${id}>${label}</label>
      <select class="field" id=${id} name=${name}>
        ${options.map(([value, text]) => html`<option key=${value} value=${value} selected=${value === chosen}>${text}</option>`)}
      </select>
    </div>`;
}

/** @param {{ text: string }} props */
export function FormError({ text }) {
  return html`<div role="alert">${text !== "" && html`<p class="form__error">${text}</p>`}</div>`;
}

/**
 * What a refusal means in words, and which fields it may be about. Better Auth
 * gives some of its refusals no code: those go by their message.
 *
 * @type {Record<string, [import("../lib/i18n.js").Key, ...string[]]>}
 */
const REASONS = {
  INVALID_EMAIL_OR_PASSWORD: ["error.wrong_password", "password"],
  INVALID_PASSWORD: ["error.wrong_password_only", "currentPassword", "password"],
  INVALID_EMAIL: ["error.email", "email"],
  EMAIL_NOT_VERIFIED: ["error.email_unverified"],
  USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL: ["error.email_taken", "email"],
  "[body.email] Invalid email address": ["error.email", "email"],
  "[body.newEmail] Invalid email address": ["error.email", "newEmail"],
  "[body.name] must be at most 200 characters; [body.image] at most 4096": ["error.name_long", "name"],
  "Email is the same": ["error.email_same", "newEmail"],
  EMAIL_NOT_FREE: ["error.email_not_free", "newEmail"],
  EMAIL_ALREADY_VERIFIED: ["account.proof_done"],
  "Verification email isn't enabled": ["error.no_mail"],
  VERIFICATION_EMAIL_NOT_ENABLED: ["error.no_mail"],
  SESSION_NOT_FRESH: ["settings.devices_again"],
  PASSWORD_TOO_SHORT: ["error.password_short", "newPassword", "password"],
  PASSWORD_TOO_LONG: ["error.password_long", "newPassword", "password"],
  PASSWORD_TOO_COMMON: ["error.password_common", "newPassword", "password"],
  INVALID_CODE: ["error.code", "code"],
  OTP_HAS_EXPIRED: ["error.code", "code"],
  INVALID_BACKUP_CODE: ["error.recovery_code", "code"],
  TOTP_UNAVAILABLE: ["error.totp_unreadable"],
  ACCOUNT_TEMPORARILY_LOCKED: ["error.locked"],
  INVALID_TOKEN: ["error.link"],
  TOKEN_EXPIRED: ["error.link"],
  INVITE_REQUIRED: ["error.invite_needed"],
  INVALID_INVITE: ["error.invite"],
  INVITE_EMAIL_MISMATCH: ["error.invite_email", "email"],
  EMAIL_PASSWORD_SIGN_UP_DISABLED: ["account.closed"],
  EMAIL_DIFFERS: ["error.email_differs", "email"],
};

/** @param {AccountError} error @param {HTMLFormElement} form @returns {Problems} */
function problemsOf(error, form) {
  const [, ...fields] = reasonFor(error) ?? [];
  const field = fields.find((name) => form.elements.namedItem(name) !== null);
  return { [field ?? ""]: reasonOf(error) };
}

/** @param {AccountError} error */
export function reasonOf(error) {
  const reason = reasonFor(error);
  if (reason !== undefined) return t(reason[0]);
  if (error.status === 429) return t("error.too_many");
  if (error.status === 0 || error.status >= 500) return t("error.unreachable");
  return error.message ?? t("error.unreachable");
}

/** @param {AccountError} error */
const reasonFor = ({ code = "", message = "" }) => REASONS[code] ?? REASONS[message];
