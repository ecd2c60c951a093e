/** Over the page when the session has ended: nothing behind it is lost. */
import { html } from "../lib/ui.js";
import { t } from "../lib/i18n.js";
import { person, signOut } from "../state/session.js";
import { Dialog } from "./dialog.js";
import { SignInForm } from "./sign-in-form.js";

export function SignInAgain() {
  return html`
    <${Dialog} label=${t("account.again")}>
      <h2>${t("account.again")}</h2>
      <p>${t("account.again_why")}</p>
      <${SignInForm} email=${person.value?.email ?? ""} />
      <button class="button button--quiet" type="button" onClick=${signOut}>${t("account.sign_out")}</button>
    </${Dialog}>`;
}
