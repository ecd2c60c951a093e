/** Taking one's data along, and leaving. */
import { html, useState } from "../../lib/ui.js";
import { Refused } from "../../lib/api.js";
import { offer } from "../../lib/download.js";
import { t } from "../../lib/i18n.js";
import { exportAll } from "../../state/export.js";
import { showDialog } from "../../state/device.js";
import { deleteAccount, person } from "../../state/session.js";
import { Field, Form, FormError, PasswordField, Username } from "../../components/form.js";

export function Data() {
  return html`<${Export} /><${Changes} /><${Leave} />`;
}

function Changes() {
  return html`
    <h3>${t("recent.title")}</h3>
    <p class="form__lead">${t("recent.how")}</p>
    <div class="settings__acts">
      <button class="button" type="button" aria-haspopup="dialog" onClick=${() => showDialog("recent")}>${t("recent.title")}</button>
    </div>`;
}

function Export() {
  const [isBusy, setBusy] = useState(false);
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const act = async () => {
    if (isBusy) return;
    setBusy(true);
    setProblem("");
    const now = new Date();
    try {
      const all = await exportAll(now);
      offer(`docket-${now.toISOString().slice(0, 10)}.json`, `${JSON.stringify(all, null, 2)}\n`, "application/json");
      setSaid(t("settings.exported", { count: all.tasks.length }));
    } catch (error) {
      setProblem(error instanceof Refused ? error.message : t("error.unreachable"));
    } finally {
      setBusy(false);
    }
  };
  return html`
    <h3>${t("settings.export")}</h3>
    <p class="form__lead">${t("settings.export_why")}</p>
    <div class="settings__acts">
      <button class="button" type="button" aria-disabled=${isBusy} onClick=${act}>${t("settings.export_act")}</button>
    </div>
    <p role="status">${said}</p>
    <${FormError} text=${problem} />`;
}

function Leave() {
  const email = person.value?.email ?? "";
  const act = async (/** @type {import("../../components/form.js").Values} */ values) => {
    const isSame = values.email.trim().toLowerCase() === email.toLowerCase();
    if (!isSame) return { status: 400, code: "EMAIL_DIFFERS" };
    return deleteAccount(values.password);
  };
  return html`
    <h3>${t("settings.delete")}</h3>
    <p class="form__lead">${t("settings.delete_why")}</p>
    <${Form} act=${act} button=${t("settings.delete_act")} kind="danger">
      <${Username} email=${email} />
      <${Field} label=${t("settings.delete_type", { email })} name="email" type="email" autocomplete="off" autocapitalize="none" />
      <${PasswordField} label=${t("account.password")} name="password" autocomplete="current-password" />
    </${Form}>`;
}
