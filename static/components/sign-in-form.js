/** Signs in, with the second factor if there is one. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { account } from "../lib/account.js";
import { signedIn } from "../state/session.js";
import { Field, FormError, reasonOf } from "./form.js";

/** @param {{ email?: string }} props */
export function SignInForm({ email = "" }) {
  const [needsCode, setNeedsCode] = useState(false);
  if (needsCode) return html`<${CodeForm} />`;
  return html`<${PasswordForm} email=${email} onCode=${() => setNeedsCode(true)} />`;
}

/** @param {{ email: string, onCode: () => void }} props */
function PasswordForm({ email, onCode }) {
  const [send, isBusy, problem] = useSending(async (form) => {
    const outcome = await account.signIn.email({
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
    });
    if (outcome.error === null && outcome.data?.twoFactorRedirect) onCode();
    else if (outcome.error === null) await signedIn();
    return outcome.error;
  });
  return html`
    <form class="form" onSubmit=${send}>
      <${Field} label=${t("account.email")} name="email" type="email" autocomplete="username" value=${email} isFocused=${email === ""} />
      <${Field} label=${t("account.password")} name="password" type="password" autocomplete="current-password" isFocused=${email !== ""} />
      <${FormError} text=${problem} />
      <button class="button button--primary" disabled=${isBusy}>${t("account.sign_in")}</button>
    </form>`;
}

function CodeForm() {
  const [isRecovery, setRecovery] = useState(false);
  const [send, isBusy, problem] = useSending(async (form) => {
    const given = { code: String(form.get("code")).trim(), trustDevice: form.get("trust") !== null };
    const { twoFactor } = account;
    const outcome = await (isRecovery ? twoFactor.verifyBackupCode(given) : twoFactor.verifyTotp(given));
    if (outcome.error === null) await signedIn();
    return outcome.error;
  });
  const label = t(isRecovery ? "account.recovery_code" : "account.code");
  return html`
    <form class="form" onSubmit=${send}>
      <${Field}
        key=${label}
        label=${label}
        name="code"
        autocomplete="one-time-code"
        inputmode=${isRecovery ? "text" : "numeric"}
        isFocused
      />
      <label class="check"><input type="checkbox" name="trust" /> ${t("account.trust_device")}</label>
      <${FormError} text=${problem} />
      <button class="button button--primary" disabled=${isBusy}>${t("account.sign_in")}</button>
      <button class="button button--quiet" type="button" onClick=${() => setRecovery(!isRecovery)}>
        ${t(isRecovery ? "account.use_code" : "account.use_recovery")}
      </button>
    </form>`;
}

/**
 * Sends a form once at a time and tells why it failed.
 *
 * @param {(form: FormData) => Promise<{ status: number, code?: string, message?: string } | null>} act
 * @returns {[(event: SubmitEvent) => void, boolean, string]}
 */
export function useSending(act) {
  const [isBusy, setBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const send = async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    if (isBusy) return;
    setBusy(true);
    setProblem("");
    try {
      const error = await act(new FormData(/** @type {HTMLFormElement} */ (event.target)));
      if (error !== null) setProblem(reasonOf(error));
    } catch {
      setProblem(t("error.unreachable"));
    } finally {
      setBusy(false);
    }
  };
  return [send, isBusy, problem];
}
