//! CONTRACT, 19: every refusal of Better Auth, row by row, with its status,
//! code and message to the letter; or the reason why Docket never gives it.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::outbox::Outbox;
use crate::two_factor::{Authenticator, protected, wrong};
use crate::verification::{proven, token_from};

/// How a row is come by.
enum How {
    By(fn(&Servers) -> Reply),
    Never(&'static str),
}

use How::{By, Never};

/// Status, code, message and how it is come by. No code is an empty one.
type Row = (u16, &'static str, &'static str, How);

const NO_PASSKEYS: &str = "there are no passkeys yet";
const ALWAYS_ON: &str = "it cannot be switched off";

const TABLE: &[Row] = &[
    (
        400,
        "VALIDATION_ERROR",
        "[body.password] Invalid input: expected string, received undefined",
        By(|s| s.visitor().post("/sign-in/email", &json!({ "email": "a@b.co" }))),
    ),
    (
        400,
        "BAD_REQUEST",
        "Invalid JSON in request body",
        By(|s| s.visitor().send("POST", "/sign-in/email", &[JSON], Some("{"))),
    ),
    (400, "INVALID_EMAIL", "Invalid email", By(|s| s.visitor().sign_in("ada", PASSWORD))),
    (
        400,
        "INVALID_PASSWORD",
        "Invalid password",
        By(|s| s.somebody().post("/verify-password", &json!({ "password": "wrong-horse-9" }))),
    ),
    (400, "PASSWORD_TOO_SHORT", "Password too short", By(|s| s.sign_up("short"))),
    (400, "PASSWORD_TOO_LONG", "Password too long", By(|s| s.sign_up(&"x".repeat(129)))),
    (
        400,
        "INVALID_TOKEN",
        "Invalid token",
        By(|s| {
            let body = json!({ "newPassword": PASSWORD, "token": "unknown" });
            s.visitor().post("/reset-password", &body)
        }),
    ),
    (
        400,
        "EMAIL_CAN_NOT_BE_UPDATED",
        "Email can not be updated",
        By(|s| s.somebody().post("/update-user", &json!({ "email": "a@b.co" }))),
    ),
    (
        400,
        "FIELD_NOT_ALLOWED",
        "twoFactorEnabled is not allowed to be set",
        By(|s| s.somebody().post("/update-user", &json!({ "twoFactorEnabled": true }))),
    ),
    (
        400,
        "SESSION_EXPIRED",
        "Session expired. Re-authenticate to perform this action.",
        By(|s| aged(&s.plain).post("/delete-user", &json!({}))),
    ),
    (
        400,
        "EMAIL_MISMATCH",
        "Email mismatch",
        By(|s| s.somebody().post("/send-verification-email", &json!({ "email": "a@b.co" }))),
    ),
    (
        400,
        "EMAIL_ALREADY_VERIFIED",
        "Email is already verified",
        By(|s| {
            let mut ada = proven(&s.open, &s.outbox, &name());
            let email = ada.email.clone();
            ada.post("/send-verification-email", &json!({ "email": email }))
        }),
    ),
    (
        400,
        "FAILED_TO_UNLINK_LAST_ACCOUNT",
        "You can't unlink your last account",
        By(|s| s.somebody().post("/unlink-account", &json!({ "providerId": "credential" }))),
    ),
    (
        400,
        "CREDENTIAL_ACCOUNT_NOT_FOUND",
        "Credential account not found",
        By(|s| {
            let mut ada = s.somebody();
            let email = ada.email.clone();
            let forget = "update users set password_hash = null where email = ?1";
            s.open.change(move |tx| tx.execute(forget, [email]));
            ada.post("/verify-password", &json!({ "password": PASSWORD }))
        }),
    ),
    (400, "CHANGE_EMAIL_DISABLED", "Change email is disabled", Never(ALWAYS_ON)),
    (
        400,
        "RESET_PASSWORD_DISABLED",
        "Reset password isn't enabled",
        By(|s| {
            Browser::new(&s.closed).post("/request-password-reset", &json!({ "email": "a@b.co" }))
        }),
    ),
    (
        400,
        "VERIFICATION_EMAIL_NOT_ENABLED",
        "Verification email isn't enabled",
        By(|s| {
            Browser::new(&s.closed).post("/send-verification-email", &json!({ "email": "a@b.co" }))
        }),
    ),
    (400, "EMAIL_PASSWORD_DISABLED", "Email and password is not enabled", Never(ALWAYS_ON)),
    (
        400,
        "EMAIL_PASSWORD_SIGN_UP_DISABLED",
        "Email and password sign up is not enabled",
        By(|s| {
            let body = json!({ "name": "", "email": "a@b.co", "password": PASSWORD });
            Browser::new(&s.closed).post("/sign-up/email", &body)
        }),
    ),
    (400, "", "No fields to update", By(|s| s.somebody().post("/update-user", &json!({})))),
    (400, "", "No fields to update", By(|s| s.somebody().post("/update-session", &json!({})))),
    (
        400,
        "",
        "Email is the same",
        By(|s| {
            let mut ada = s.somebody();
            let email = ada.email.to_uppercase();
            ada.post("/change-email", &json!({ "newEmail": email }))
        }),
    ),
    (
        400,
        "",
        "Invalid callbackURL: expected a string",
        By(|s| s.visitor().post("/sign-out", &json!({ "callbackURL": 7 }))),
    ),
    (
        400,
        "TOTP_ALREADY_ENABLED",
        "TOTP is already enabled",
        By(|s| {
            let (mut ada, ..) = protected(&s.open, &name());
            ada.post("/two-factor/enable", &json!({ "password": PASSWORD }))
        }),
    ),
    (
        400,
        "TOTP_NOT_ENABLED",
        "TOTP not enabled",
        By(|s| s.somebody().post("/two-factor/get-totp-uri", &json!({ "password": PASSWORD }))),
    ),
    (
        400,
        "TWO_FACTOR_NOT_ENABLED",
        "Two factor isn't enabled",
        By(|s| s.somebody().post("/two-factor/verify-totp", &json!({ "code": "000000" }))),
    ),
    (
        400,
        "OTP_HAS_EXPIRED",
        "OTP has expired",
        By(|s| {
            let (mut ada, ..) = protected(&s.open, &name());
            ada.post("/two-factor/verify-otp", &json!({ "code": "000000" }))
        }),
    ),
    (
        400,
        "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE",
        "Too many attempts. Please request a new code.",
        By(|s| {
            let (mut waiting, authenticator) = s.challenged();
            (0..6).map(|_| guess(&mut waiting, &authenticator)).last().expect("six")
        }),
    ),
    (400, "CHALLENGE_NOT_FOUND", "Challenge not found", Never(NO_PASSKEYS)),
    (400, "AUTHENTICATION_FAILED", "Authentication failed", Never(NO_PASSKEYS)),
    (401, "UNAUTHORIZED", "Unauthorized", By(|s| s.visitor().get("/token"))),
    (
        401,
        "INVALID_EMAIL_OR_PASSWORD",
        "Invalid email or password",
        By(|s| s.visitor().sign_in("nobody@example.org", PASSWORD)),
    ),
    (401, "INVALID_TOKEN", "Invalid token", By(|s| s.visitor().get("/verify-email?token=x"))),
    (
        401,
        "TOKEN_EXPIRED",
        "Token expired",
        By(|s| {
            let token = token_from(&s.open, &s.somebody().email, 2 * 60 * 60);
            s.visitor().get(&format!("/verify-email?token={token}"))
        }),
    ),
    (
        401,
        "INVALID_CODE",
        "Invalid code",
        By(|s| {
            let (mut waiting, authenticator) = s.challenged();
            guess(&mut waiting, &authenticator)
        }),
    ),
    (
        401,
        "INVALID_BACKUP_CODE",
        "Invalid backup code",
        By(|s| {
            let (mut waiting, _) = s.challenged();
            waiting.post("/two-factor/verify-backup-code", &json!({ "code": "aaaaa-bbbbb" }))
        }),
    ),
    (
        401,
        "INVALID_TWO_FACTOR_COOKIE",
        "Invalid two factor cookie",
        By(|s| s.visitor().post("/two-factor/verify-totp", &json!({ "code": "000000" }))),
    ),
    (401, "PASSKEY_NOT_FOUND", "Passkey not found", Never(NO_PASSKEYS)),
    (
        403,
        "INVALID_ORIGIN",
        "Invalid origin",
        By(|s| {
            s.somebody().send_from("https://evil.example", "POST", "/sign-out", &[JSON], Some("{}"))
        }),
    ),
    (
        403,
        "MISSING_OR_NULL_ORIGIN",
        "Missing or null Origin",
        By(|s| s.somebody().send_from("null", "POST", "/sign-out", &[JSON], Some("{}"))),
    ),
    (
        403,
        "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
        "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
        By(|s| {
            let by = [JSON, ("sec-fetch-site", "cross-site"), ("sec-fetch-mode", "navigate")];
            s.visitor().send("POST", "/sign-in/email", &by, Some("{}"))
        }),
    ),
    (
        403,
        "INVALID_CALLBACK_URL",
        "Invalid callbackURL",
        By(|s| s.visitor().post("/sign-out", &json!({ "callbackURL": "//evil.example" }))),
    ),
    (
        403,
        "INVALID_REDIRECT_URL",
        "Invalid redirectURL",
        By(|s| s.visitor().post("/sign-out", &json!({ "redirectTo": "//evil.example" }))),
    ),
    (
        403,
        "EMAIL_NOT_VERIFIED",
        "Email not verified",
        By(|s| {
            let email = format!("{}@example.org", name());
            let body = json!({ "name": "", "email": email, "password": PASSWORD });
            let reply = Browser::new(&s.strict).post("/sign-up/email", &body);
            assert_eq!(reply.status, 200, "{}", reply.text);
            Browser::new(&s.strict).sign_in(&email, PASSWORD)
        }),
    ),
    (403, "SESSION_NOT_FRESH", "Session is not fresh", By(|s| aged(&s.open).get("/list-sessions"))),
    (
        404,
        "INVALID_TOKEN",
        "Invalid token",
        By(|s| s.somebody().post("/delete-user", &json!({ "token": "unknown" }))),
    ),
    (
        404,
        "PROVIDER_NOT_FOUND",
        "Provider not found",
        By(|s| s.visitor().post("/sign-in/social", &json!({ "provider": "github" }))),
    ),
    (
        405,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
        By(|s| s.visitor().post("/get-session", &json!({}))),
    ),
    (
        415,
        "UNSUPPORTED_MEDIA_TYPE",
        "Content-Type \"text/plain\" is not allowed. Allowed types: application/json",
        By(|s| {
            let text = [("content-type", "text/plain")];
            s.visitor().send("POST", "/sign-in/email", &text, Some("x"))
        }),
    ),
    (
        422,
        "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
        "User already exists. Use another email.",
        By(|s| {
            let email = s.somebody().email.to_uppercase();
            let body = json!({ "name": "", "email": email, "password": PASSWORD });
            s.visitor().post("/sign-up/email", &body)
        }),
    ),
    (
        422,
        "FAILED_TO_CREATE_USER",
        "Failed to create user",
        Never("what fails then is the server's: 500, 503 or 507"),
    ),
    // Better Auth gives no code here; section 22 has it as an improvement.
    (
        429,
        "TOO_MANY_REQUESTS",
        "Too many requests. Please try again later.",
        By(|s| {
            let mut visitor = Browser::new(&s.limited);
            (0..4).map(|_| visitor.sign_in("a@b.co", "wrong-horse-9")).last().expect("four")
        }),
    ),
    (
        429,
        "ACCOUNT_TEMPORARILY_LOCKED",
        "Too many failed verification attempts. Your account is temporarily locked. \
         Please try again later.",
        By(|s| {
            let (mut ada, authenticator, _) = protected(&s.open, &name());
            (0..11).map(|_| guess(&mut ada, &authenticator)).last().expect("eleven")
        }),
    ),
    (500, "FAILED_TO_VERIFY_REGISTRATION", "Failed to verify registration", Never(NO_PASSKEYS)),
];

const JSON: (&str, &str) = ("content-type", "application/json");

/// Servers of each kind that the table needs.
struct Servers {
    /// Without limits, and with mail.
    open: App,
    outbox: Outbox,
    /// The same, where an address must be proven.
    strict: App,
    _strict_outbox: Outbox,
    /// Without mail.
    plain: App,
    /// Without sign-up and without mail.
    closed: App,
    /// As it comes.
    limited: App,
}

impl Servers {
    fn start() -> Servers {
        let (open, outbox) = Outbox::start(&[]);
        let (strict, strict_outbox) = Outbox::start(&[("DOCKET_REQUIRE_EMAIL_VERIFICATION", "on")]);
        let closed = App::with(&[UNLIMITED, ("DOCKET_SIGNUP", "closed")]);
        let limited = App::start();
        let plain = App::with(&[UNLIMITED]);
        Servers { open, outbox, strict, _strict_outbox: strict_outbox, plain, closed, limited }
    }

    fn visitor(&self) -> Browser {
        Browser::new(&self.open)
    }

    fn somebody(&self) -> Browser {
        Browser::signed_up(&self.open, &name())
    }

    fn sign_up(&self, password: &str) -> Reply {
        let body = json!({ "name": "", "email": "new@example.org", "password": password });
        self.visitor().post("/sign-up/email", &body)
    }

    /// A browser that is asked for the second factor.
    fn challenged(&self) -> (Browser, Authenticator) {
        let (ada, authenticator, _) = protected(&self.open, &name());
        let mut waiting = self.visitor();
        let reply = waiting.sign_in(&ada.email, PASSWORD);
        assert_eq!(reply.body["twoFactorRedirect"], true, "{}", reply.text);
        (waiting, authenticator)
    }
}

fn guess(browser: &mut Browser, authenticator: &Authenticator) -> Reply {
    browser.post("/two-factor/verify-totp", &json!({ "code": wrong(authenticator) }))
}

/// A name that nobody has.
fn name() -> String {
    format!("p{}", Uuid::now_v7().simple())
}

#[test]
fn every_refusal_of_better_auth_reads_as_there() {
    let servers = Servers::start();
    let mut given = 0;
    for (status, code, message, how) in TABLE {
        let By(provoke) = how else { continue };
        let reply = provoke(&servers);
        let what = format!("{status} {code} {message}: {} {}", reply.status, reply.text);
        assert_eq!(reply.status, *status, "{what}");
        assert_eq!(reply.body["message"], *message, "{what}");
        let expected = if code.is_empty() { Value::Null } else { json!(code) };
        assert_eq!(reply.body["code"], expected, "{what}");
        assert_eq!(reply.header("content-type"), Some("application/json"), "{what}");
        given += 1;
    }
    assert_eq!(given, 47);
}

#[test]
fn what_is_never_refused_has_a_reason() {
    let never = TABLE.iter().filter_map(|(_, code, _, how)| match how {
        Never(reason) => Some((*code, *reason)),
        By(_) => None,
    });
    let sources = concat!(env!("CARGO_MANIFEST_DIR"), "/src/http/auth");
    for (code, reason) in never {
        assert!(!reason.is_empty());
        for file in std::fs::read_dir(sources).expect("the sources") {
            let text = std::fs::read_to_string(file.expect("a file").path()).expect("UTF-8");
            assert!(!text.contains(code), "{code} is given after all, though {reason}");
        }
    }
}

/// Somebody whose session is two days old.
fn aged(app: &App) -> Browser {
    let ada = Browser::signed_up(app, &name());
    let email = ada.email.clone();
    let age = "update sessions set created_at = created_at - 172800000
               where owner = (select owner from users where email = ?1)";
    assert_eq!(app.change(move |tx| tx.execute(age, [email])), 1);
    ada
}
