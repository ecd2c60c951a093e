/** Signs in, with the second factor if there is one. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { account } from "../lib/account.js";
import { signedIn } from "../state/session.js";
import { Field, Form, FormError, PasswordField, reasonOf } from "./form.js";

/** A challenge that has ended is answered no more: it begins with the password again. */
const ENDED = new Set(["INVALID_TWO_FACTOR_COOKIE", "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"]);

/** @param {{ email?: string, onDone?: () => Promise<void> }} props */
export function SignInForm({ email = "", onDone = signedIn }) {
  const [step, setStep] = useState(/** @type {"password" | "code" | "again"} */ ("password"));
  const [typed, setTyped] = useState(email);
  if (step === "code") return html`<${CodeForm} onDone=${onDone} onEnded=${() => setStep("again")} />`;
  const onCode = (/** @type {string} */ used) => {
    setTyped(used);
    setStep("code");
  };
  return html`
    ${step === "again" && html`<${FormError} text=${t("error.code_ended")} />`}
    <${PasswordForm} email=${typed} onDone=${onDone} onCode=${onCode} />`;
}

/** @param {{ email: string, onDone: () => Promise<void>, onCode: (email: string) => void }} props */
function PasswordForm({ email, onDone, onCode }) {
  const [unproven, setUnproven] = useState("");
  const act = async (/** @type {import("./form.js").Values} */ values) => {
    const typed = values.email.trim();
    const { data, error } = await account.signIn.email({ email: typed, password: values.password });
    setUnproven(error?.code === "EMAIL_NOT_VERIFIED" ? typed : "");
    if (error === null && data?.twoFactorRedirect) onCode(typed);
    else if (error === null) await onDone();
    return error;
  };
  return html`
    <${Form} act=${act} button=${t("account.sign_in")}>
      <${Field}
        label=${t("account.email")}
        name="email"
        type="email"
        autocomplete="username"
        autocapitalize="none"
        defaultValue=${email}
        isFocused=${email === ""}
      />
      <${PasswordField}
        label=${t("account.password")}
        name="password"
        autocomplete="current-password"
        isFocused=${email !== ""}
      />
    </${Form}>
    ${unproven !== "" && html`<${SendProof} key=${unproven} email=${unproven} />`}`;
}

/** Has the link mailed that proves an address. @param {{ email: string }} props */
export function SendProof({ email }) {
  const [said, setSaid] = useState("");
  const send = async () => {
    const { error } = await account
      .sendVerificationEmail({ email, callbackURL: "/verify-email" })
      .catch(() => ({ error: { status: 0 } }));
    setSaid(error === null ? t("account.proof_sent", { email }) : reasonOf(error));
  };
  return html`
    <button class="button" type="button" onClick=${send}>${t("account.send_proof")}</button>
    <p role="status">${said}</p>`;
}

/** @param {{ onDone: () => Promise<void>, onEnded: () => void }} props */
function CodeForm({ onDone, onEnded }) {
  const [isRecovery, setRecovery] = useState(false);
  const act = async (/** @type {import("./form.js").Values} */ values) => {
    const given = { code: values.code.replace(/\s/g, ""), trustDevice: values.trust !== undefined };
    const { twoFactor } = account;
    const { error } = await (isRecovery ? twoFactor.verifyBackupCode(given) : twoFactor.verifyTotp(given));
    if (error !== null && ENDED.has(error.code ?? "")) onEnded();
    else if (error === null) await onDone();
    return error;
  };
  const label = t(isRecovery ? "account.recovery_code" : "account.code");
  return html`
    <p class="form__lead">${t(isRecovery ? "account.recovery_why" : "account.code_why")}</p>
    <${Form} key=${label} act=${act} button=${t("account.sign_in")}>
      <${Field}
        label=${label}
        name="code"
        class="field field--code"
        autocomplete=${isRecovery ? "off" : "one-time-code"}
        inputmode=${isRecovery ? "text" : "numeric"}
        autocapitalize="none"
        spellcheck=${false}
        isFocused
      />
      <label class="check"><input type="checkbox" name="trust" /> ${t("account.trust_device")}</label>
    </${Form}>
    <button class="button button--quiet button--flush" type="button" onClick=${() => setRecovery(!isRecovery)}>
      ${t(isRecovery ? "account.use_code" : "account.use_recovery")}
    </button>`;
}
