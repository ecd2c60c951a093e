//! The second factor, from setting it up to guessing at it.

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use totp_rs::{Algorithm, Secret, TOTP};

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal, set_cookies};

const CHALLENGE: &str = "better-auth.two_factor";
const TRUST: &str = "better-auth.trust_device";

/// The authenticator of one account.
pub struct Authenticator(TOTP);

impl Authenticator {
    pub fn of(uri: &str) -> Authenticator {
        let secret = uri.split("secret=").nth(1).and_then(|rest| rest.split('&').next());
        let secret = Secret::Encoded(secret.expect("a secret").into()).to_bytes().expect("base32");
        Authenticator(TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, secret))
    }

    /// The code of now, or of so many steps of half a minute later.
    pub fn code(&self, steps: i64) -> String {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").as_secs();
        self.0.generate(now.saturating_add_signed(steps * 30))
    }
}

/// Forgets which codes were used, so that a test need not wait for the next.
fn forget_used(app: &App) {
    app.change(|tx| tx.execute("update two_factors set last_step = 0", []));
}

fn unlock(app: &App) {
    app.change(|tx| tx.execute("update two_factors set locked_until = 0, failures = 0", []));
}

/// Somebody with the factor on, their authenticator and recovery codes.
pub fn protected(app: &App, name: &str) -> (Browser, Authenticator, Vec<String>) {
    let mut browser = Browser::signed_up(app, name);
    let setup = browser.post("/two-factor/enable", &json!({ "password": PASSWORD }));
    assert_eq!(setup.status, 200, "{}", setup.text);
    let authenticator = Authenticator::of(setup.body["totpURI"].as_str().expect("a URI"));
    let codes = setup.body["backupCodes"].as_array().expect("codes").iter();
    let codes = codes.map(|code| code.as_str().expect("a code").to_owned()).collect();
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(reply.status, 200, "{}", reply.text);
    browser.token = reply.body["token"].as_str().expect("a token").to_owned();
    forget_used(app);
    (browser, authenticator, codes)
}

pub fn totp(browser: &mut Browser, code: &str) -> Reply {
    browser.post("/two-factor/verify-totp", &json!({ "code": code }))
}

fn backup(browser: &mut Browser, code: &str) -> Reply {
    browser.post("/two-factor/verify-backup-code", &json!({ "code": code }))
}

/// A new browser that has given the right password.
pub fn challenged(app: &App, name: &str) -> Browser {
    let mut browser = Browser::new(app);
    let reply = browser.sign_in(&format!("{name}@example.org"), PASSWORD);
    assert_eq!(reply.body["twoFactorRedirect"], true, "{}", reply.text);
    browser
}

/// A code that is wrong now and in the steps around it.
pub fn wrong(authenticator: &Authenticator) -> String {
    let right: Vec<String> = (-2..=2).map(|step| authenticator.code(step)).collect();
    let all = (0..100).map(|n| format!("{n:06}"));
    all.into_iter().find(|code| !right.contains(code)).expect("a wrong code")
}

// CONTRACT, 14
#[test]
fn it_is_set_up_by_a_first_right_code() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let setup =
        ada.post("/two-factor/enable", &json!({ "password": PASSWORD, "issuer": "My & Co" }));
    assert_eq!(setup.body["method"], "totp");
    let uri = setup.body["totpURI"].as_str().unwrap().to_owned();
    assert!(uri.starts_with("otpauth://totp/My%20%26%20Co:ada%40example.org?secret="), "{uri}");
    assert!(uri.ends_with("&issuer=My%20%26%20Co&digits=6&period=30"), "{uri}");
    let codes = setup.body["backupCodes"].as_array().unwrap();
    assert_eq!(codes.len(), 10);
    for code in codes {
        let (one, two) = code.as_str().unwrap().split_once('-').unwrap();
        let fits = |part: &str| part.len() == 5 && part.bytes().all(|b| b.is_ascii_alphanumeric());
        assert!(fits(one) && fits(two), "{code}");
    }
    // Still off: neither sign-in nor recovery codes know of it.
    assert_eq!(ada.get("/get-session").body["user"]["twoFactorEnabled"], false);
    assert!(Browser::new(&app).sign_in("ada@example.org", PASSWORD).body["token"].is_string());
    let code = codes[0].as_str().unwrap();
    assert_eq!(refusal(&backup(&mut ada, code)), (401, "INVALID_BACKUP_CODE"));
    let renew = ada.post("/two-factor/generate-backup-codes", &json!({ "password": PASSWORD }));
    assert_eq!(refusal(&renew), (400, "TWO_FACTOR_NOT_ENABLED"));

    let old = ada.token.clone();
    let authenticator = Authenticator::of(&uri);
    assert_eq!(refusal(&totp(&mut ada, &wrong(&authenticator))), (401, "INVALID_CODE"));
    let reply = totp(&mut ada, &authenticator.code(0));
    assert_eq!(reply.status, 200, "{}", reply.text);
    // The session is a new one, and the answer shows it.
    assert_eq!(reply.body["user"]["twoFactorEnabled"], true);
    let new = reply.body["token"].as_str().unwrap();
    assert_ne!(new, old);
    assert_eq!(ada.get("/get-session").body["session"]["token"], new);
    let bearer = format!("Bearer {old}");
    let reply = app.request("GET", "/api/auth/token", &[("authorization", &bearer)], None);
    assert_eq!(reply.status, 401);
    let again = ada.post("/two-factor/enable", &json!({ "password": PASSWORD }));
    assert_eq!(refusal(&again), (400, "TOTP_ALREADY_ENABLED"));
    let shown = ada.post("/two-factor/get-totp-uri", &json!({ "password": PASSWORD }));
    assert!(shown.body["totpURI"].as_str().unwrap().contains(uri.split('=').nth(1).unwrap()));
}

// CONTRACT, 14
#[test]
fn there_is_no_session_before_the_second_factor() {
    let app = App::with(&[UNLIMITED]);
    let (_, authenticator, _) = protected(&app, "ada");
    let sessions = app.count("select count(*) from sessions");
    let mut browser = Browser::new(&app);
    let reply = browser.sign_in("ada@example.org", PASSWORD);
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body, json!({ "twoFactorRedirect": true, "twoFactorMethods": ["totp"] }));
    assert_eq!(reply.header("set-auth-token"), None);
    let lines = set_cookies(&reply);
    assert_eq!(lines.len(), 3, "{lines:?}");
    let cleared = "=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax";
    assert_eq!(lines[0], format!("better-auth.session_token{cleared}"));
    assert_eq!(lines[1], format!("better-auth.session_data{cleared}"));
    assert!(lines[2].starts_with("better-auth.two_factor=2fa-"), "{}", lines[2]);
    assert!(lines[2].ends_with("; Max-Age=600; Path=/; HttpOnly; SameSite=Lax"), "{}", lines[2]);
    assert_eq!(app.count("select count(*) from sessions"), sessions);
    assert!(!browser.is_signed_in());
    let challenge = browser.cookie(CHALLENGE).unwrap().to_owned();
    // The challenge is no session, and no other cookie is a challenge.
    let mut posing = Browser::new(&app);
    posing.cookies.push(("better-auth.session_token".into(), challenge.clone()));
    assert!(!posing.is_signed_in());
    for path in ["/change-password", "/two-factor/disable", "/two-factor/enable"] {
        let body = json!({ "password": PASSWORD, "currentPassword": PASSWORD, "newPassword": "x-new-one-x" });
        assert_eq!(refusal(&browser.post(path, &body)), (401, "UNAUTHORIZED"), "{path}");
    }
    let id = challenge.split('.').next().unwrap();
    for forged in [id.to_owned(), format!("{id}.x"), challenge.replace("2fa-", "2fa-A")] {
        let mut browser = Browser::new(&app);
        browser.cookies.push((CHALLENGE.into(), forged));
        let reply = totp(&mut browser, &authenticator.code(0));
        assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
    }

    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let lines = set_cookies(&reply);
    assert!(lines[0].contains("; Max-Age=604800;"), "{lines:?}");
    assert_eq!(lines[1], format!("{CHALLENGE}{cleared}"));
    assert!(browser.is_signed_in());
    // Used once.
    browser.cookies = vec![(CHALLENGE.into(), challenge)];
    forget_used(&app);
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
}

#[test]
fn a_wish_to_be_forgotten_is_kept_over_the_second_factor_and_taken_back() {
    let app = App::with(&[UNLIMITED]);
    let (_, authenticator, _) = protected(&app, "ada");
    let mut browser = Browser::new(&app);
    let body = json!({ "email": "ada@example.org", "password": PASSWORD, "rememberMe": false });
    browser.post("/sign-in/email", &body);
    let reply = totp(&mut browser, &authenticator.code(0));
    assert!(!set_cookies(&reply)[0].contains("Max-Age"), "{:?}", set_cookies(&reply));
    assert!(browser.cookie("better-auth.dont_remember").is_some());
    assert_eq!(app.count("select count(*) from sessions where remembered = 0"), 1);

    forget_used(&app);
    browser.sign_in("ada@example.org", PASSWORD);
    let reply = totp(&mut browser, &authenticator.code(0));
    assert!(set_cookies(&reply)[0].contains("Max-Age=604800"), "{:?}", set_cookies(&reply));
    assert_eq!(browser.cookie("better-auth.dont_remember"), None);
}

#[test]
fn each_code_works_once() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, authenticator, codes) = protected(&app, "ada");
    let (mut one, mut two) = (challenged(&app, "ada"), challenged(&app, "ada"));
    let code = authenticator.code(0);
    assert_eq!(totp(&mut one, &code).status, 200);
    assert_eq!(refusal(&totp(&mut two, &code)), (401, "INVALID_CODE"));
    assert_eq!(refusal(&totp(&mut ada, &code)), (401, "INVALID_CODE"));
    assert_eq!(totp(&mut two, &authenticator.code(1)).status, 200, "the next one is good");

    let (mut one, mut two) = (challenged(&app, "ada"), challenged(&app, "ada"));
    assert_eq!(refusal(&backup(&mut one, "aaaaa-aaaaa")), (401, "INVALID_BACKUP_CODE"));
    let reply = backup(&mut one, &codes[3]);
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.body["token"].is_string() && one.is_signed_in());
    assert_eq!(refusal(&backup(&mut two, &codes[3])), (401, "INVALID_BACKUP_CODE"));
    let body = json!({ "code": codes[4], "disableSession": true });
    let reply = two.post("/two-factor/verify-backup-code", &body);
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(reply.body.get("token").is_none() && reply.body["user"].is_object());
    assert!(!two.is_signed_in());

    let renewed = ada.post("/two-factor/generate-backup-codes", &json!({ "password": PASSWORD }));
    assert_eq!((renewed.status, &renewed.body["status"]), (200, &json!(true)));
    let mut one = challenged(&app, "ada");
    assert_eq!(refusal(&backup(&mut one, &codes[5])), (401, "INVALID_BACKUP_CODE"));
    let new = renewed.body["backupCodes"][0].as_str().unwrap();
    assert_eq!(backup(&mut one, new).status, 200);
}

#[test]
fn a_challenge_ends_after_five_wrong_codes_and_after_ten_minutes() {
    let app = App::with(&[UNLIMITED]);
    let (_, authenticator, _) = protected(&app, "ada");
    let mut browser = challenged(&app, "ada");
    for _ in 0..5 {
        let reply = totp(&mut browser, &wrong(&authenticator));
        assert_eq!(refusal(&reply), (401, "INVALID_CODE"));
    }
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"));
    assert_eq!(reply.body["message"], "Too many attempts. Please request a new code.");
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
    // Recovery codes share the count.
    unlock(&app);
    let mut browser = challenged(&app, "ada");
    for _ in 0..5 {
        assert_eq!(refusal(&backup(&mut browser, "x")), (401, "INVALID_BACKUP_CODE"));
    }
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"));

    unlock(&app);
    let mut browser = challenged(&app, "ada");
    app.change(|tx| tx.execute("update challenges set expires_at = expires_at - 600000", []));
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
}

#[test]
fn guessing_over_fresh_challenges_locks_the_second_factor() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, authenticator, codes) = protected(&app, "ada");
    for _ in 0..10 {
        let mut browser = challenged(&app, "ada");
        let reply = totp(&mut browser, &wrong(&authenticator));
        assert_eq!(refusal(&reply), (401, "INVALID_CODE"));
    }
    for mut browser in [challenged(&app, "ada"), ada.clone()] {
        let reply = totp(&mut browser, &authenticator.code(0));
        assert_eq!(refusal(&reply), (429, "ACCOUNT_TEMPORARILY_LOCKED"));
        assert!(reply.header("retry-after").is_some());
        let reply = backup(&mut browser, &codes[0]);
        assert_eq!(refusal(&reply), (429, "ACCOUNT_TEMPORARILY_LOCKED"));
    }
    assert!(ada.is_signed_in(), "who is in stays in");
    app.change(|tx| tx.execute("update two_factors set locked_until = locked_until - 900000", []));
    assert_eq!(totp(&mut challenged(&app, "ada"), &authenticator.code(0)).status, 200);
}

// SECURITY-BAR S10
#[test]
fn guesses_are_limited_by_address() {
    let app = App::start();
    let (_, authenticator, _) = protected(&app, "ada");
    // Setting it up took one request to each of the two addresses below.
    let mut browser = challenged(&app, "ada");
    for _ in 0..2 {
        assert_eq!(refusal(&totp(&mut browser, &wrong(&authenticator))), (401, "INVALID_CODE"));
    }
    let reply = totp(&mut browser, &authenticator.code(0));
    assert_eq!(refusal(&reply), (429, "TOO_MANY_REQUESTS"));
}

#[test]
fn a_trusted_device_needs_no_second_factor_for_a_month() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, authenticator, _) = protected(&app, "ada");
    protected(&app, "bob");
    let mut browser = challenged(&app, "ada");
    let body = json!({ "code": authenticator.code(0), "trustDevice": true });
    let reply = browser.post("/two-factor/verify-totp", &body);
    let line = set_cookies(&reply).into_iter().find(|line| line.starts_with(TRUST));
    let line = line.expect("a cookie");
    assert!(line.ends_with("; Max-Age=2592000; Path=/; HttpOnly; SameSite=Lax"), "{line}");
    let first = browser.cookie(TRUST).unwrap().to_owned();
    browser.post("/sign-out", &json!({}));
    let trusting = |cookie: &str| {
        let mut browser = Browser::new(&app);
        browser.cookies.push((TRUST.into(), cookie.into()));
        browser
    };
    assert!(!trusting(&first).is_signed_in(), "it is no session");

    let reply = browser.sign_in("ada@example.org", PASSWORD);
    assert!(reply.body["token"].is_string(), "{}", reply.text);
    assert!(browser.is_signed_in());
    // It is renewed, and the old one is good for nothing.
    let second = browser.cookie(TRUST).unwrap().to_owned();
    assert_ne!(first, second);
    let asks = |reply: &Reply| reply.body["twoFactorRedirect"] == true;
    assert!(asks(&trusting(&first).sign_in("ada@example.org", PASSWORD)));
    // It stands for no password, and for nobody else.
    assert_eq!(trusting(&second).sign_in("ada@example.org", "wrong-password").status, 401);
    assert!(asks(&trusting(&second).sign_in("bob@example.org", PASSWORD)));
    let forged = second.replace("trust-device-", "trust-device-A");
    assert!(asks(&trusting(&forged).sign_in("ada@example.org", PASSWORD)));
    app.change(|tx| tx.execute("update challenges set expires_at = 1 where kind = 'trust'", []));
    assert!(asks(&trusting(&second).sign_in("ada@example.org", PASSWORD)));
    app.change(|tx| {
        tx.execute("update challenges set expires_at = 9000000000000 where kind = 'trust'", [])
    });
    assert!(!asks(&trusting(&second).sign_in("ada@example.org", PASSWORD)));
    ada.post("/two-factor/disable", &json!({ "password": PASSWORD }));
    assert_eq!(app.count("select count(*) from challenges where kind = 'trust'"), 0);
}

#[test]
fn it_is_turned_off_by_its_owner_with_a_password() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, _, codes) = protected(&app, "ada");
    let waiting = challenged(&app, "ada");
    let reply = ada.post("/two-factor/disable", &json!({ "password": "wrong-password" }));
    assert_eq!(refusal(&reply), (400, "INVALID_PASSWORD"));
    let old = ada.token.clone();

    let reply = ada.post("/two-factor/disable", &json!({ "password": PASSWORD }));

    assert_eq!((reply.status, reply.text.as_str()), (200, r#"{"status":true}"#));
    let session = ada.get("/get-session").body;
    assert_eq!(session["user"]["twoFactorEnabled"], false);
    assert_ne!(session["session"]["token"], old.as_str());
    assert!(Browser::new(&app).sign_in("ada@example.org", PASSWORD).body["token"].is_string());
    let reply = backup(&mut waiting.clone(), &codes[0]);
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
    assert_eq!(app.count("select count(*) from two_factors"), 0);
}

// SECURITY-BAR S5, S6
#[test]
fn a_waiting_sign_in_ends_with_what_it_stood_on() {
    let app = App::with(&[UNLIMITED]);
    let (mut ada, authenticator, codes) = protected(&app, "ada");
    let mut waiting = challenged(&app, "ada");
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "a-new-passphrase" });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    let reply = totp(&mut waiting, &authenticator.code(0));
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"), "the password is another");

    let mut waiting = Browser::new(&app);
    waiting.sign_in("ada@example.org", "a-new-passphrase");
    app.run(&["user", "disable", "ada@example.org"]);
    let reply = backup(&mut waiting, &codes[0]);
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"), "the account is disabled");
    app.run(&["user", "enable", "ada@example.org"]);
    let reply = backup(&mut waiting, &codes[0]);
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"), "what was ended stays ended");
    assert_eq!(app.count("select count(*) from sessions"), 0);
}

#[test]
fn codes_are_text_and_nothing_else() {
    let app = App::with(&[UNLIMITED]);
    let (_, authenticator, _) = protected(&app, "ada");
    let right = authenticator.code(0);
    for code in [
        json!(null),
        json!(right.parse::<u32>().unwrap_or_default()),
        json!([right]),
        json!({ "code": right }),
        json!(true),
    ] {
        let mut browser = challenged(&app, "ada");
        let reply = browser.post("/two-factor/verify-totp", &json!({ "code": code }));
        assert_eq!(refusal(&reply), (400, "VALIDATION_ERROR"), "{code}");
    }
    for code in [String::new(), format!(" {right}"), format!("{right}0"), "x".repeat(100_000)] {
        let mut browser = challenged(&app, "ada");
        assert_eq!(refusal(&totp(&mut browser, &code)), (401, "INVALID_CODE"));
        unlock(&app);
    }
    let reply = Browser::new(&app).post("/two-factor/verify-totp", &Value::Null);
    assert_eq!(refusal(&reply), (400, "VALIDATION_ERROR"));
}

// The secret's file was lost, or another one was put in its place.
#[test]
fn without_the_servers_secret_recovery_codes_still_work() {
    let mut app = App::with(&[UNLIMITED]);
    let (_, authenticator, codes) = protected(&app, "ada");
    assert_eq!(app.stop(), Some(0));
    assert!(!app.log().contains("cannot be read"), "{}", app.log());
    std::fs::remove_file(app.dir.path().join("docket.secret")).expect("the secret");
    let app = app.kill_and_restart();
    let warning = "WARN 1 second factors cannot be read: docket.secret";
    assert!(app.log().contains(warning), "{}", app.log());

    let mut ada = challenged(&app, "ada");
    for _ in 0..12 {
        let reply = totp(&mut ada, &authenticator.code(0));
        assert_eq!(refusal(&reply), (400, "TOTP_UNAVAILABLE"), "{}", reply.text);
    }
    assert!(app.log().contains("ERROR a second factor cannot be read"), "{}", app.log());
    let reply = backup(&mut ada, &codes[0]);
    assert_eq!(reply.status, 200, "it counted as no failure: {}", reply.text);
    let password = json!({ "password": PASSWORD });
    let reply = ada.post("/two-factor/get-totp-uri", &password);
    assert_eq!(refusal(&reply), (400, "TOTP_UNAVAILABLE"), "{}", reply.text);
    // And it is set up anew.
    assert_eq!(ada.post("/two-factor/disable", &password).status, 200);
    let setup = ada.post("/two-factor/enable", &password);
    let authenticator = Authenticator::of(setup.body["totpURI"].as_str().expect("a URI"));
    assert_eq!(totp(&mut ada, &authenticator.code(0)).status, 200);
}
