/** For people who are not signed in: sign in, sign up, set a new password. */
import { html, useEffect, useState } from "../lib/ui.js";
import { info } from "../lib/api.js";
import { t } from "../lib/i18n.js";
import { go, route } from "../lib/router.js";
import { account } from "../lib/account.js";
import { signedIn } from "../state/session.js";
import { Field, FormError } from "../components/form.js";
import { SignInForm, useSending } from "../components/sign-in-form.js";

/** @param {{ view: string }} props */
export function Welcome({ view }) {
  const [isOpen, setOpen] = useState(false);
  useEffect(() => {
    info().then((server) => setOpen(server.signup_open), () => {});
  }, []);
  const title = t(TITLES[/** @type {keyof typeof TITLES} */ (view)]);
  useEffect(() => {
    document.title = `${title} · ${t("page.name")}`;
  }, [title]);
  return html`
    <main class="welcome">
      <div class="welcome__box">
        <p class="welcome__brand"><img src="/favicon.svg" alt="" width="28" height="28" /> ${t("page.name")}</p>
        <h1>${title}</h1>
        <${Form} view=${view} isOpen=${isOpen} />
      </div>
    </main>`;
}

const TITLES = /** @type {const} */ ({
  "sign-in": "account.sign_in",
  "sign-up": "account.sign_up",
  invite: "account.sign_up",
  "forgot-password": "account.forgot",
  "reset-password": "account.reset",
});

/** @param {{ view: string, isOpen: boolean }} props */
function Form({ view, isOpen }) {
  if (view === "sign-up" || view === "invite") {
    return html`<${SignUp} /><p>${t("account.have_one")} <a href="/sign-in">${t("account.sign_in")}</a></p>`;
  }
  if (view === "forgot-password") return html`<${Forgot} /><p><a href="/sign-in">${t("account.sign_in")}</a></p>`;
  if (view === "reset-password") return html`<${Reset} /><p><a href="/sign-in">${t("account.sign_in")}</a></p>`;
  return html`
    <${SignInForm} />
    <p><a href="/forgot-password">${t("account.forgot")}</a></p>
    ${isOpen && html`<p>${t("account.have_none")} <a href="/sign-up">${t("account.sign_up")}</a></p>`}`;
}

function SignUp() {
  const invite = route.value.view === "invite" ? route.value.query.get("token") : null;
  const [send, isBusy, problem] = useSending(async (form) => {
    const { error } = await account.signUp.email({
      name: String(form.get("name")).trim(),
      email: String(form.get("email")).trim(),
      password: String(form.get("password")),
      ...(invite !== null && { inviteToken: invite }),
    });
    if (error !== null) return error;
    go("/inbox", { replace: true });
    await signedIn();
    return null;
  });
  return html`
    <form class="form" onSubmit=${send}>
      <${Field} label=${t("account.name")} name="name" autocomplete="name" isFocused />
      <${Field} label=${t("account.email")} name="email" type="email" autocomplete="username" />
      <${Field}
        label=${t("account.password")}
        name="password"
        type="password"
        autocomplete="new-password"
        minlength="8"
        hint=${t("account.password_hint")}
      />
      <${FormError} text=${problem} />
      <button class="button button--primary" disabled=${isBusy}>${t("account.sign_up")}</button>
    </form>`;
}

function Forgot() {
  const [isSent, setSent] = useState(false);
  const [send, isBusy, problem] = useSending(async (form) => {
    const email = String(form.get("email")).trim();
    const { error } = await account.requestPasswordReset({ email, redirectTo: "/reset-password" });
    if (error === null) setSent(true);
    return error;
  });
  if (isSent) return html`<p role="status">${t("account.mail_sent")}</p>`;
  return html`
    <form class="form" onSubmit=${send}>
      <${Field} label=${t("account.email")} name="email" type="email" autocomplete="username" isFocused />
      <${FormError} text=${problem} />
      <button class="button button--primary" disabled=${isBusy}>${t("account.send_link")}</button>
    </form>`;
}

function Reset() {
  const token = route.value.query.get("token") ?? "";
  const [isDone, setDone] = useState(false);
  const [send, isBusy, problem] = useSending(async (form) => {
    const { error } = await account.resetPassword({ newPassword: String(form.get("password")), token });
    if (error === null) setDone(true);
    return error;
  });
  if (isDone) return html`<p role="status">${t("account.password_set")}</p>`;
  if (token === "") return html`<p role="alert">${t("error.link")}</p>`;
  return html`
    <form class="form" onSubmit=${send}>
      <${Field}
        label=${t("account.new_password")}
        name="password"
        type="password"
        autocomplete="new-password"
        minlength="8"
        hint=${t("account.password_hint")}
        isFocused
      />
      <${FormError} text=${problem} />
      <button class="button button--primary" disabled=${isBusy}>${t("account.reset")}</button>
    </form>`;
}
