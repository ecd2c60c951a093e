/** Signs in, with the second factor if there is one. */
import { html, useEffect, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { account } from "../lib/account.js";
import { signedIn } from "../state/session.js";
import { Field, Form, FormError, PasswordField, reasonOf } from "./form.js";

/** A challenge that has ended is answered no more: it begins with the password again. */
const ENDED = new Set(["INVALID_TWO_FACTOR_COOKIE", "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"]);

/**
 * @typedef {"totp" | "otp" | "recovery"} Method of the authenticator, by mail, of those that were kept
 * @typedef {{ step: "password" | "again" } | { step: "code", methods: Method[] }} State
 */

/** @param {{ email?: string, onDone?: () => Promise<void> }} props */
export function SignInForm({ email = "", onDone = signedIn }) {
  const [state, setState] = useState(/** @type {State} */ ({ step: "password" }));
  const [typed, setTyped] = useState(email);
  if (state.step === "code") {
    return html`<${CodeForm} methods=${state.methods} onDone=${onDone} onEnded=${() => setState({ step: "again" })} />`;
  }
  const onCode = (/** @type {string} */ used, /** @type {Method[]} */ methods) => {
    setTyped(used);
    setState({ step: "code", methods: [...methods, "recovery"] });
  };
  return html`
    ${state.step === "again" && html`<${FormError} text=${t("error.code_ended")} />`}
    <${PasswordForm} email=${typed} onDone=${onDone} onCode=${onCode} />`;
}

/** @param {{ email: string, onDone: () => Promise<void>, onCode: (email: string, methods: Method[]) => void }} props */
function PasswordForm({ email, onDone, onCode }) {
  const [unproven, setUnproven] = useState("");
  const act = async (/** @type {import("./form.js").Values} */ values) => {
    const typed = values.email.trim();
    const { data, error } = await account.signIn.email({ email: typed, password: values.password });
    setUnproven(error?.code === "EMAIL_NOT_VERIFIED" ? typed : "");
    if (error === null && data?.twoFactorRedirect) onCode(typed, data.twoFactorMethods ?? ["totp"]);
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

/** Has the link mailed that proves an address. @param {{ email: string, label?: string }} props */
export function SendProof({ email, label = t("account.send_proof") }) {
  const [said, setSaid] = useState("");
  const send = async () => {
    const { error } = await account
      .sendVerificationEmail({ email, callbackURL: "/verify-email" })
      .catch(() => ({ error: { status: 0 } }));
    setSaid(error === null ? t("account.proof_sent", { email }) : reasonOf(error));
  };
  return html`
    <button class="button" type="button" onClick=${send}>${label}</button>
    <p role="status">${said}</p>`;
}

/** What is said of each way, how it is changed to, and what checks its code. */
const METHODS = /** @type {const} */ ({
  totp: ["account.code", "account.code_why", "account.use_code", account.twoFactor.verifyTotp],
  otp: ["account.mailed_code", "account.mailed_why", "account.use_mail", account.twoFactor.verifyOtp],
  recovery: ["account.recovery_code", "account.recovery_why", "account.use_recovery", account.twoFactor.verifyBackupCode],
});

/** @param {{ methods: Method[], onDone: () => Promise<void>, onEnded: () => void }} props */
function CodeForm({ methods, onDone, onEnded }) {
  const [method, setMethod] = useState(methods[0]);
  const [problem, setProblem] = useState("");
  const [label, why, , verify] = METHODS[method];
  const act = async (/** @type {import("./form.js").Values} */ values) => {
    const given = { code: values.code.replace(/\s/g, ""), trustDevice: values.trust !== undefined };
    const { error } = await verify(given);
    if (error !== null && ENDED.has(error.code ?? "")) onEnded();
    else if (error === null) await onDone();
    return error;
  };
  useEffect(() => {
    setProblem("");
    if (method === "otp") account.twoFactor.sendOtp({}).then(({ error }) => error !== null && setProblem(reasonOf(error)));
  }, [method]);
  return html`
    <p class="form__lead">${t(why)}</p>
    <${FormError} text=${problem} />
    <${Form} key=${method} act=${act} button=${t("account.sign_in")}>
      <${Field}
        label=${t(label)}
        name="code"
        class="field field--code"
        autocomplete=${method === "recovery" ? "off" : "one-time-code"}
        inputmode=${method === "recovery" ? "text" : "numeric"}
        autocapitalize="none"
        spellcheck=${false}
        isFocused
      />
      <label class="check"><input type="checkbox" name="trust" /> ${t("account.trust_device")}</label>
    </${Form}>
    ${methods.map(
      (one) =>
        one !== method &&
        html`
          <button key=${one} class="button button--quiet button--flush" type="button" onClick=${() => setMethod(one)}>
            ${t(METHODS[one][2])}
          </button>`,
    )}`;
}
