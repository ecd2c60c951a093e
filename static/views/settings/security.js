/** Password and second factor. */
import { html } from "../../lib/ui.js";
import { account } from "../../lib/account.js";
import { t } from "../../lib/i18n.js";
import { person, replaceSession } from "../../state/session.js";
import { say } from "../../state/toasts.js";
import { Form, NewPasswordField, PasswordField, Username } from "../../components/form.js";
import { TwoFactor } from "../../components/two-factor.js";

export function Security() {
  return html`<${ChangePassword} /><${TwoFactor} />`;
}

function ChangePassword() {
  const act = async (/** @type {import("../../components/form.js").Values} */ values) => {
    const { currentPassword, newPassword } = values;
    const sent = { currentPassword, newPassword, revokeOtherSessions: values.others !== undefined };
    const { error } = await replaceSession(() => account.changePassword(sent));
    if (error === null) say("settings.password_changed");
    return error;
  };
  return html`
    <h3>${t("account.password")}</h3>
    <${Form} act=${act} button=${t("settings.change_password")}>
      <${Username} email=${person.value?.email ?? ""} />
      <${PasswordField} label=${t("settings.current_password")} name="currentPassword" autocomplete="current-password" />
      <${NewPasswordField} label=${t("account.new_password")} name="newPassword" />
      <label class="check"><input type="checkbox" name="others" defaultChecked /> ${t("settings.end_others_too")}</label>
    </${Form}>`;
}
