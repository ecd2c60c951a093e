/** Where the person is signed in, and how to end that. */
import { html, useState } from "../../lib/ui.js";
import { account } from "../../lib/account.js";
import { t } from "../../lib/i18n.js";
import { deviceOf } from "../../lib/user_agent.js";
import { person, replaceSession } from "../../state/session.js";
import { dateTimeWords, dayOfTime } from "../../state/moments.js";
import { FormError, reasonOf } from "../../components/form.js";
import { NotLoaded, useLoaded } from "../../components/loaded.js";
import { SignInForm } from "../../components/sign-in-form.js";

/** @typedef {import("../../vendor/better-auth-aab8664f80.js").Session} Session */

export function Devices() {
  const { data, error, again } = useLoaded(async () => {
    const [own, all] = await Promise.all([account.getSession(), account.listSessions()]);
    if (own.data === null || all.data === null) return { data: null, error: own.error ?? all.error };
    return { data: { own: own.data.session.token, all: all.data.reverse() }, error: null };
  });
  const [said, setSaid] = useState("");
  const [problem, setProblem] = useState("");
  const end = async (/** @type {() => Promise<any>} */ act, /** @type {string} */ words) => {
    const outcome = await act().catch(() => ({ error: { status: 0 } }));
    setProblem(outcome.error === null ? "" : reasonOf(outcome.error));
    if (outcome.error !== null) return;
    await again();
    setSaid(words);
  };
  if (error?.code === "SESSION_NOT_FRESH") return html`<${Refresh} onDone=${again} />`;
  if (data === null) return error && html`<${NotLoaded} error=${error} again=${again} />`;
  const isOwn = (/** @type {Session} */ { token }) => token === data.own;
  const others = data.all.filter((one) => !isOwn(one));
  const endOne = (/** @type {Session} */ { token, userAgent }) =>
    end(() => account.revokeSession({ token }), t("settings.ended", { device: deviceWords(userAgent) }));
  const endOthers = () => end(() => account.revokeOtherSessions(), t("settings.ended_others"));
  return html`
    <p class="form__lead">${t("settings.devices_why")}</p>
    <ul class="entries">
      ${[...data.all.filter(isOwn), ...others].map(
        (one) => html`<${Device} key=${one.id} session=${one} isOwn=${isOwn(one)} onEnd=${() => endOne(one)} />`,
      )}
    </ul>
    ${others.length > 0 &&
    html`<button class="button" type="button" onClick=${endOthers}>${t("settings.end_others")}</button>`}
    <p role="status">${said}</p>
    <${FormError} text=${problem} />`;
}

/** @param {{ session: Session, isOwn: boolean, onEnd: () => void }} props */
function Device({ session: { userAgent, ipAddress, createdAt, updatedAt }, isOwn, onEnd }) {
  const name = deviceWords(userAgent);
  const since = t("settings.device_since", { time: dateTimeWords(createdAt) });
  const seen = t("settings.device_seen", { day: dayOfTime(updatedAt) });
  return html`
    <li class="entry">
      <div class="entry__text">
        <strong>${name}</strong> ${isOwn && html`<span class="badge" data-good>${t("settings.this_device")}</span>`}
        <p class="entry__more">${[since, isOwn ? "" : seen, ipAddress].filter(Boolean).join(" · ")}</p>
      </div>
      ${!isOwn &&
      html`
        <button class="button" type="button" aria-label=${`${t("account.sign_out")}: ${name}`} onClick=${onEnd}>
          ${t("account.sign_out")}
        </button>`}
    </li>`;
}

/** @param {string} userAgent */
export function deviceWords(userAgent) {
  const { browser, system } = deviceOf(userAgent);
  if (browser !== "" && system !== "") return t("settings.device", { browser, system });
  return browser || system || t("settings.device_unknown");
}

/**
 * The list is shown to whoever has signed in today. Signing in again makes a
 * new session, and the old one of this browser is of no use any more.
 *
 * @param {{ onDone: () => Promise<void> }} props
 */
function Refresh({ onDone }) {
  const [before] = useState(() => account.getSession().catch(() => null));
  const finish = async () => {
    const old = (await before)?.data?.session.token;
    await replaceSession(async () => old && account.revokeSession({ token: old }).catch(() => null));
    await onDone();
  };
  return html`
    <p class="form__lead">${t("settings.devices_again")}</p>
    <${SignInForm} email=${person.value?.email ?? ""} onDone=${finish} />`;
}
