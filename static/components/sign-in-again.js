/** Over the page when the session has ended: nothing behind it is lost. */
import { html, useState } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { person, signOut } from "../state/session.js";
import { Dialog } from "./dialog.js";
import { FormError } from "./form.js";
import { SignInForm } from "./sign-in-form.js";

export function SignInAgain() {
  const [problem, setProblem] = useState("");
  const leave = () => signOut().catch(() => setProblem(t("error.unreachable")));
  return html`
    <${Dialog} label=${t("account.again")} kind="dialog--narrow">
      <h2>${t("account.again")}</h2>
      <p>${t("account.again_why")}</p>
      <${SignInForm} email=${person.value?.email ?? ""} />
      <p><a href="/forgot-password" target="_blank">${t("account.forgot")}</a></p>
      <${FormError} text=${problem} />
      <button class="button button--quiet button--flush" type="button" onClick=${leave}>${t("account.sign_out")}</button>
    </${Dialog}>`;
}
