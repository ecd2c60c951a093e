/** For people who are not signed in, and for whoever comes by a link. */
import { html, useEffect, useState } from "../lib/ui.js";
import { info } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { go, route } from "../lib/router.js";
import { account } from "../lib/account.js";
import { person, session, signedIn } from "../state/session.js";
import { Field, Form, FormError, NewPasswordField, reasonOf } from "../components/form.js";
import { SendProof, SignInForm } from "../components/sign-in-form.js";

/**
 * @typedef {{ signup: "open" | "invite" | "closed", mail: boolean }} Server
 * @typedef {import("../components/form.js").Values} Values
 */

/** What each address shows, and its heading. */
const PAGES = /** @type {const} */ ({
  "sign-in": ["account.sign_in", SignIn],
  "sign-up": ["account.sign_up", SignUp],
  invite: ["account.sign_up", Invited],
  "forgot-password": ["account.forgot", Forgot],
  "reset-password": ["account.reset", Reset],
  "verify-email": ["account.proof", Proof],
});

/** What is said at the sign-in after something was done. */
const NOTICES = /** @type {const} */ ({ password: "account.password_set", deleted: "account.deleted" });

/** @param {{ view: string }} props */
export function Welcome({ view }) {
  const [server, setServer] = useState(/** @type {Server | null} */ (null));
  useEffect(() => {
    info().then(setServer, () => {});
  }, []);
  const [heading, Page] = PAGES[/** @type {keyof typeof PAGES} */ (view)];
  const title = t(heading);
  useEffect(() => {
    document.title = `${title} · ${t("page.name")}`;
  }, [title]);
  return html`
    <main class="welcome">
      <div class="welcome__box">
        <p class="welcome__brand"><img src="/favicon.svg" alt="" width="28" height="28" /> ${t("page.name")}</p>
        <h1>${title}</h1>
        <${Page} key=${view} server=${server} />
      </div>
    </main>`;
}

/** Into the page, at the address that was asked for if it is one of the inside. */
async function enter() {
  if (route.value.view in PAGES) go("/inbox", { replace: true });
  await signedIn();
}

/** Into a new account, where the first tasks show how it is done. */
async function enterNew() {
  await enter();
  const { addSamples } = await import("../state/samples.js");
  addSamples();
}

/** @param {{ server: Server | null }} props */
function SignIn({ server }) {
  const notice = NOTICES[/** @type {keyof typeof NOTICES} */ (route.value.query.get("notice"))];
  return html`
    <div role="status">${notice && html`<p class="form__lead">${t(notice)}</p>`}</div>
    <${SignInForm} onDone=${enter} />
    <p><a href="/forgot-password">${t("account.forgot")}</a></p>
    ${server?.signup === "open" && html`<p>${t("account.have_none")} <a href="/sign-up">${t("account.sign_up")}</a></p>`}
    ${server?.signup === "invite" && html`<p class="muted">${t("account.by_invitation")}</p>`}`;
}

/** @param {{ server: Server | null }} props */
function SignUp({ server }) {
  const isOpen = server === null || server.signup === "open";
  if (isOpen) return html`<${SignUpForm} invite=${null} />`;
  return html`
    <p>${t(server.signup === "invite" ? "account.by_invitation" : "account.closed")}</p>
    <${ToSignIn} />`;
}

/** @param {{ server: Server | null }} props */
function Invited({ server }) {
  if (isInside()) {
    return html`
      <p>${t("account.invited_already", { email: person.value?.email ?? "" })}</p>
      <p><a href="/inbox">${t("view.inbox")}</a></p>`;
  }
  if (server?.signup === "closed") return html`<p>${t("account.closed")}</p><${ToSignIn} />`;
  return html`<${SignUpForm} invite=${route.value.query.get("token") ?? ""} />`;
}

/** @param {{ invite: string | null }} props */
function SignUpForm({ invite }) {
  const [waiting, setWaiting] = useState("");
  const act = async (/** @type {Values} */ values) => {
    const { data, error } = await account.signUp.email({
      name: values.name.trim(),
      email: values.email.trim(),
      password: values.password,
      callbackURL: "/verify-email",
      ...(invite !== null && { inviteToken: invite }),
    });
    if (error !== null) return error;
    if (data?.token === null) setWaiting(values.email.trim());
    else await enterNew();
    return null;
  };
  if (waiting !== "") {
    return html`
      <p role="status">${t("account.proof_sent", { email: waiting })}</p>
      <${SendProof} email=${waiting} />
      <${ToSignIn} />`;
  }
  return html`
    <${Form} act=${act} button=${t("account.sign_up")}>
      <${Field} label=${t("account.name")} name="name" autocomplete="name" isFocused />
      <${Field} label=${t("account.email")} name="email" type="email" autocomplete="username" autocapitalize="none" />
      <${NewPasswordField} label=${t("account.password")} name="password" />
    </${Form}>
    <p>${t("account.have_one")} <a href="/sign-in">${t("account.sign_in")}</a></p>`;
}

/** @param {{ server: Server | null }} props */
function Forgot({ server }) {
  const [isSent, setSent] = useState(false);
  const act = async (/** @type {Values} */ { email }) => {
    const { error } = await account.requestPasswordReset({ email: email.trim(), redirectTo: "/reset-password" });
    if (error === null) setSent(true);
    return error;
  };
  if (isSent) return html`<p role="status">${t("account.mail_sent")}</p><${ToSignIn} />`;
  if (server?.mail === false) return html`<p>${t("account.ask_owner")}</p><${ToSignIn} />`;
  return html`
    <p class="form__lead">${t("account.forgot_how")}</p>
    <${Form} act=${act} button=${t("account.send_link")}>
      <${Field} label=${t("account.email")} name="email" type="email" autocomplete="username" autocapitalize="none" isFocused />
    </${Form}>
    <${ToSignIn} />`;
}

function Reset() {
  const token = route.value.query.get("token") ?? "";
  const act = async (/** @type {Values} */ { password }) => {
    const { error } = await account.resetPassword({ newPassword: password, token });
    if (error !== null) return error;
    // Whoever is here is asked to sign in again, over what they were at.
    go(isInside() ? "/inbox" : "/sign-in?notice=password", { replace: true });
    return null;
  };
  if (token === "") {
    return html`
      <${FormError} text=${t("error.link")} />
      <p><a href="/forgot-password">${t("account.forgot")}</a></p>`;
  }
  return html`
    <p class="form__lead">${t("account.reset_why")}</p>
    <${Form} act=${act} button=${t("account.reset")}>
      <${NewPasswordField} label=${t("account.new_password")} name="password" isFocused />
    </${Form}>
    <${ToSignIn} />`;
}

/** Where a mailed link ends that proves an address. */
function Proof() {
  const code = route.value.query.get("error");
  const inside = isInside();
  return html`
    ${code === null
      ? html`<p role="status">${t("account.proof_done")}</p>`
      : html`<${FormError} text=${reasonOf({ status: 400, code })} />`}
    <p><a href=${inside ? "/inbox" : "/sign-in"}>${t(inside ? "view.inbox" : "account.sign_in")}</a></p>`;
}

const isInside = () => session.value === "in" || session.value === "ended";

const ToSignIn = () => html`<p><a href="/sign-in">${t("account.sign_in")}</a></p>`;
