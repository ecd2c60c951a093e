/** Name and e-mail. */
import { html, useEffect, useState } from "../../lib/ui.js";
import { info } from "../../lib/api.js";
import { account } from "../../lib/account.js";
import { t } from "../../lib/i18n.js";
import { learnPerson, person } from "../../state/session.js";
import { say } from "../../state/toasts.js";
import { Field, Form } from "../../components/form.js";
import { NotLoaded, useLoaded } from "../../components/loaded.js";
import { SendProof } from "../../components/sign-in-form.js";

/** @typedef {import("../../components/form.js").Values} Values */

export function Profile() {
  return html`<${Name} /><${Email} />`;
}

function Name() {
  const act = async (/** @type {Values} */ { name }) => {
    const { error } = await account.updateUser({ name: name.trim() });
    if (error !== null) return error;
    await learnPerson();
    say("settings.saved");
    return null;
  };
  return html`
    <${Form} act=${act} button=${t("settings.save_name")}>
      <${Field} label=${t("account.name")} name="name" autocomplete="name" defaultValue=${person.value?.name} />
    </${Form}>`;
}

function Email() {
  const { data, error, again } = useLoaded(() => account.getSession());
  const [sends, setSends] = useState(false);
  const [said, setSaid] = useState("");
  useEffect(() => {
    info().then((server) => setSends(server.mail), () => {});
  }, []);
  const act = async (/** @type {Values} */ { newEmail }) => {
    setSaid("");
    const wanted = newEmail.trim().toLowerCase();
    const outcome = await account.changeEmail({ newEmail: wanted, callbackURL: "/verify-email" });
    if (outcome.error !== null) return outcome.error;
    const now = await account.getSession();
    await again();
    if (now.data?.user.email === wanted) {
      await learnPerson();
      setSaid(t("settings.email_changed", { email: wanted }));
      return null;
    }
    // A verified address waits for the link; any other change was not made.
    if (!now.data?.user.emailVerified) return { status: 422, code: "EMAIL_NOT_FREE" };
    setSaid(t("settings.email_asked", { email: wanted }));
    return null;
  };
  if (data === null) return error && html`<${NotLoaded} error=${error} again=${again} />`;
  const { email, emailVerified } = data.user;
  return html`
    <h3>${t("account.email")}</h3>
    <p class="form__lead">
      ${email} <span class="badge" data-good=${emailVerified}>${t(emailVerified ? "settings.email_proven" : "settings.email_unproven")}</span>
    </p>
    ${!emailVerified && sends && html`<${SendProof} key=${email} email=${email} label=${t("settings.email_prove")} />`}
    <${Form} act=${act} button=${t("settings.change_email")}>
      <${Field} label=${t("settings.new_email")} name="newEmail" type="email" autocomplete="email" autocapitalize="none" />
    </${Form}>
    <p role="status">${said}</p>`;
}
