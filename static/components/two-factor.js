/** The second factor: turned on in three steps, renewed, turned off. */
import { html, useRef, useState } from "../lib/ui.js";
import { account } from "../lib/account.js";
import { t } from "../lib/i18n.js";
import { qrCode } from "../lib/qr.js";
import { person, replaceSession } from "../state/session.js";
import { say } from "../state/toasts.js";
import { Field, Form, PasswordField, Username } from "./form.js";
import { NotLoaded, useLoaded } from "./loaded.js";
import { RecoveryCodes, focusOnce } from "./recovery-codes.js";

/**
 * @typedef {import("./form.js").Values} Values
 * @typedef {{ step: "rest" | "on" | "off" | "renew" }
 *   | { step: "scan", uri: string, codes: string[] }
 *   | { step: "codes", codes: string[] }} State
 */

export function TwoFactor() {
  const { data, error, again } = useLoaded(() => account.getSession());
  const [state, setState] = useState(/** @type {State} */ ({ step: "rest" }));
  const heading = useRef(/** @type {HTMLElement | null} */ (null));
  const rest = () => setState({ step: "rest" });
  const restAgain = async () => {
    await again();
    rest();
    // The button that had it is gone with its step.
    heading.current?.focus();
  };
  const isOn = data?.user.twoFactorEnabled ?? false;
  if (data === null) return error && html`<${NotLoaded} error=${error} again=${again} />`;
  return html`
    <h3 tabindex="-1" ref=${heading}>${t("settings.two_factor")}</h3>
    ${state.step === "rest" && html`<${Rest} isOn=${isOn} onStep=${(/** @type {any} */ step) => setState({ step })} />`}
    ${state.step === "on" && html`<${TurnOn} onScan=${setState} onCancel=${rest} />`}
    ${state.step === "scan" && html`<${Scan} ...${state} onCodes=${setState} onCancel=${rest} />`}
    ${state.step === "renew" && html`<${Renew} onCodes=${setState} onCancel=${rest} />`}
    ${state.step === "off" && html`<${TurnOff} onDone=${restAgain} onCancel=${rest} />`}
    ${state.step === "codes" && html`<${RecoveryCodes} codes=${state.codes} onDone=${restAgain} />`}`;
}

/** @param {{ isOn: boolean, onStep: (step: "on" | "off" | "renew") => void }} props */
function Rest({ isOn, onStep }) {
  if (!isOn) {
    return html`
      <p class="form__lead">${t("settings.two_factor_why")}</p>
      <div class="settings__acts">
        <button class="button" type="button" onClick=${() => onStep("on")}>${t("settings.turn_on")}</button>
      </div>`;
  }
  return html`
    <p class="form__lead"><span class="badge" data-good>${t("settings.two_factor_on")}</span></p>
    <div class="settings__acts">
      <button class="button" type="button" onClick=${() => onStep("renew")}>${t("settings.renew_codes")}</button>
      <button class="button button--danger" type="button" onClick=${() => onStep("off")}>${t("settings.turn_off")}</button>
    </div>`;
}

/** @param {{ onScan: (state: State) => void, onCancel: () => void }} props */
function TurnOn({ onScan, onCancel }) {
  const act = async (/** @type {Values} */ { password }) => {
    const { data, error } = await account.twoFactor.enable({ password });
    if (data !== null) onScan({ step: "scan", uri: data.totpURI, codes: data.backupCodes });
    return error;
  };
  return html`<${Prove} act=${act} button=${t("settings.go_on")} onCancel=${onCancel} />`;
}

/** @param {{ onCodes: (state: State) => void, onCancel: () => void }} props */
function Renew({ onCodes, onCancel }) {
  const act = async (/** @type {Values} */ { password }) => {
    const { data, error } = await account.twoFactor.generateBackupCodes({ password });
    if (data !== null) onCodes({ step: "codes", codes: data.backupCodes });
    return error;
  };
  return html`
    <p class="form__lead">${t("settings.renew_why")}</p>
    <${Prove} act=${act} button=${t("settings.renew_codes")} onCancel=${onCancel} />`;
}

/** @param {{ onDone: () => void, onCancel: () => void }} props */
function TurnOff({ onDone, onCancel }) {
  const act = async (/** @type {Values} */ { password }) => {
    const { error } = await replaceSession(() => account.twoFactor.disable({ password }));
    if (error !== null) return error;
    say("settings.two_factor_ended");
    onDone();
    return null;
  };
  return html`
    <p class="form__lead">${t("settings.turn_off_why")}</p>
    <${Prove} act=${act} button=${t("settings.turn_off")} kind="danger" onCancel=${onCancel} />`;
}

/**
 * Asks for the password before something that matters.
 *
 * @param {{ act: (values: Values) => Promise<any>, button: string, kind?: "primary" | "danger", onCancel: () => void }} props
 */
function Prove({ act, button, kind = "primary", onCancel }) {
  return html`
    <${Form} act=${act} button=${button} kind=${kind}>
      <${Username} email=${person.value?.email ?? ""} />
      <${PasswordField} label=${t("account.password")} name="password" autocomplete="current-password" isFocused />
    </${Form}>
    <${Cancel} onCancel=${onCancel} />`;
}

/** @param {{ uri: string, codes: string[], onCodes: (state: State) => void, onCancel: () => void }} props */
function Scan({ uri, codes, onCodes, onCancel }) {
  const act = async (/** @type {Values} */ { code }) => {
    const sent = { code: code.replace(/\s/g, "") };
    const { error } = await replaceSession(() => account.twoFactor.verifyTotp(sent));
    if (error === null) onCodes({ step: "codes", codes });
    return error;
  };
  const secret = new URL(uri).searchParams.get("secret") ?? "";
  return html`
    <p class="form__lead" tabindex="-1" ref=${focusOnce}>${t("settings.scan")}</p>
    <${QrCode} text=${uri} />
    <p class="form__lead"><a href=${uri}>${t("settings.open_app")}</a></p>
    <p class="form__lead">${t("settings.type_secret")}</p>
    <p class="secret"><code>${secret.match(/.{1,4}/g)?.join(" ")}</code></p>
    <${Form} act=${act} button=${t("settings.turn_on")}>
      <${Field} label=${t("account.code")} name="code" class="field field--code" autocomplete="one-time-code" inputmode="numeric" />
    </${Form}>
    <${Cancel} onCancel=${onCancel} />`;
}

/** @param {{ text: string }} props */
function QrCode({ text }) {
  const { size, path } = qrCode(text);
  return html`
    <svg class="qr" viewBox=${`0 0 ${size} ${size}`} role="img" aria-label=${t("settings.qr")}>
      <path d=${path} />
    </svg>`;
}

/** @param {{ onCancel: () => void }} props */
const Cancel = ({ onCancel }) =>
  html`<button class="button button--quiet button--flush" type="button" onClick=${onCancel}>${t("page.cancel")}</button>`;
