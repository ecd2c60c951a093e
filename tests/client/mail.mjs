// What the official client does with invitations and mail: BASE_URL is the
// server, where sign-up is for the invited, OUTBOX_FILE has its mails, and
// INVITE_TOKEN is an invitation for ada@example.com.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createAuthClient } from "better-auth/client";
import { twoFactorClient } from "better-auth/client/plugins";

const { BASE_URL: base, OUTBOX_FILE: outbox, INVITE_TOKEN: inviteToken } = process.env;
const password = "correct-horse-9";
const cookies = new Map();

/** As a browser's, with one jar of cookies. */
async function browse(url, init) {
  const headers = new Headers(init.headers);
  headers.set("origin", base);
  headers.set("cookie", [...cookies].map(([name, value]) => `${name}=${value}`).join("; "));
  const response = await fetch(url, { ...init, headers, redirect: "manual" });
  for (const line of response.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line);
    if (line.includes("Max-Age=0;")) cookies.delete(name);
    else cookies.set(name, value);
  }
  return response;
}

const auth = createAuthClient({
  baseURL: base,
  plugins: [twoFactorClient()],
  fetchOptions: { customFetchImpl: browse },
});

/** The token of the mail that is this one of its kind. */
async function mailed(kind, number = 0) {
  for (let tries = 0; tries < 600; tries += 1) {
    const lines = readFileSync(outbox, { encoding: "utf8", flag: "a+" }).split("\n").slice(0, -1);
    const mail = lines.map((line) => JSON.parse(line)).filter((mail) => mail.kind === kind)[number];
    if (mail) return mail.token;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail of the kind ${kind}`);
}

/** What came, which must be no error. */
function good({ data, error }) {
  assert.equal(error, null);
  return data;
}

const signUp = (email, more) => auth.signUp.email({ name: "Ada", email, password, ...more });
const code = async (kind) => (await kind).error?.code;

assert.equal(await code(signUp("ada@example.com")), "INVITE_REQUIRED");
assert.equal(await code(signUp("eve@example.com", { inviteToken })), "INVITE_EMAIL_MISMATCH");
good(await signUp("ada@example.com", { inviteToken }));
assert.equal(await code(signUp("ada@example.com", { inviteToken })), "INVALID_INVITE");

good(await auth.sendVerificationEmail({ email: "ada@example.com", callbackURL: "/" }));
good(await auth.verifyEmail({ query: { token: await mailed("verify-email") } }));
assert.equal(good(await auth.getSession()).user.emailVerified, true);

good(await auth.changeEmail({ newEmail: "new@example.com" }));
assert.equal(good(await auth.getSession()).user.email, "ada@example.com");
good(await auth.verifyEmail({ query: { token: await mailed("change-email") } }));
assert.equal(good(await auth.getSession()).user.email, "new@example.com");

good(await auth.twoFactor.enable({ password }));
good(await auth.twoFactor.sendOtp());
good(await auth.twoFactor.verifyOtp({ code: await mailed("otp") }));
good(await auth.signOut());
const { twoFactorMethods } = good(await auth.signIn.email({ email: "new@example.com", password }));
assert.deepEqual(twoFactorMethods, ["otp"]);
good(await auth.twoFactor.sendOtp());
good(await auth.twoFactor.verifyOtp({ code: await mailed("otp", 1) }));

assert.equal(good(await auth.deleteUser()).message, "Verification email sent");
good(await auth.deleteUser({ token: await mailed("delete-account") }));
assert.equal(good(await auth.getSession()), null);
console.log("all went through");
