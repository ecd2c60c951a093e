//! Codes by mail as a second factor.

use std::thread;

use serde_json::json;

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal};
use crate::outbox::Outbox;
use crate::two_factor::Authenticator;

const ADA: &str = "ada@example.org";

fn send(browser: &mut Browser) {
    let reply = browser.post("/two-factor/send-otp", &json!({}));
    assert_eq!((reply.status, &reply.body), (200, &json!({ "status": true })), "{}", reply.text);
}

fn verify(browser: &mut Browser, code: &str) -> Reply {
    browser.post("/two-factor/verify-otp", &json!({ "code": code }))
}

/// The code of the mail that is this one in order.
fn code(outbox: &Outbox, number: usize) -> String {
    let mail = outbox.mail("otp", ADA, number);
    assert_eq!(mail["url"], "");
    let code = mail["token"].as_str().expect("a code").to_owned();
    assert!(code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit()), "{code}");
    code
}

fn wrong(code: &str) -> String {
    if code == "000000" { "000001".to_owned() } else { "000000".to_owned() }
}

/// Somebody whose second factor is their mailbox.
fn protected(app: &App, outbox: &Outbox) -> Browser {
    let mut ada = Browser::signed_up(app, "ada");
    let setup = ada.post("/two-factor/enable", &json!({ "password": PASSWORD, "method": "otp" }));
    assert_eq!(setup.status, 200, "{}", setup.text);
    send(&mut ada);
    let reply = verify(&mut ada, &code(outbox, 0));
    assert_eq!(reply.body["user"]["twoFactorEnabled"], true, "{}", reply.text);
    ada
}

fn waiting(app: &App) -> Browser {
    let mut browser = Browser::new(app);
    let reply = browser.sign_in(ADA, PASSWORD);
    assert_eq!(reply.body["twoFactorRedirect"], true, "{}", reply.text);
    browser
}

// CONTRACT, 14
#[test]
fn a_mailed_code_is_a_second_factor_and_works_once() {
    let (app, outbox) = Outbox::start(&[]);
    protected(&app, &outbox);
    let mut browser = Browser::new(&app);
    let reply = browser.sign_in(ADA, PASSWORD);
    // There is no authenticator to ask.
    assert_eq!(reply.body, json!({ "twoFactorRedirect": true, "twoFactorMethods": ["otp"] }));
    assert_eq!(refusal(&verify(&mut browser, "123456")), (400, "OTP_HAS_EXPIRED"));
    send(&mut browser);
    let code = code(&outbox, 1);
    assert_eq!(refusal(&verify(&mut browser, &wrong(&code))), (401, "INVALID_CODE"));

    let mut others: Vec<Browser> = (0..3).map(|_| waiting(&app)).collect();
    let statuses: Vec<u16> = thread::scope(|scope| {
        let code = code.as_str();
        let tries: Vec<_> = others
            .iter_mut()
            .map(|browser| scope.spawn(move || verify(browser, code).status))
            .collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    let signed_in = others.iter_mut().filter(|browser| !browser.cookies.is_empty());
    assert_eq!(signed_in.filter_map(|b| b.is_signed_in().then_some(())).count(), 1);
}

// CONTRACT, 14
#[test]
fn an_authenticator_and_the_mailbox_are_both_offered() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    let setup = ada.post("/two-factor/enable", &json!({ "password": PASSWORD })).body;
    let authenticator = Authenticator::of(setup["totpURI"].as_str().unwrap());
    let first = json!({ "code": authenticator.code(0) });
    assert_eq!(ada.post("/two-factor/verify-totp", &first).status, 200);
    let mut browser = Browser::new(&app);
    let reply = browser.sign_in(ADA, PASSWORD);
    assert_eq!(reply.body["twoFactorMethods"], json!(["totp", "otp"]));
    send(&mut browser);
    let code = code(&outbox, 0);
    let body = json!({ "code": code, "trustDevice": true });
    assert_eq!(browser.post("/two-factor/verify-otp", &body).status, 200);
    assert!(browser.is_signed_in());
    // The device is trusted from now on.
    browser.post("/sign-out", &json!({}));
    assert!(browser.sign_in(ADA, PASSWORD).body["token"].is_string());
}

#[test]
fn a_newer_code_a_new_password_or_five_minutes_end_a_code() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = protected(&app, &outbox);
    let mut browser = waiting(&app);
    send(&mut browser);
    send(&mut browser);
    let (older, newer) = (code(&outbox, 1), code(&outbox, 2));
    if older != newer {
        assert_eq!(refusal(&verify(&mut browser, &older)), (401, "INVALID_CODE"));
    }
    app.change(|tx| tx.execute("update mailed_codes set expires_at = expires_at - 300000", []));
    assert_eq!(refusal(&verify(&mut browser, &newer)), (400, "OTP_HAS_EXPIRED"));

    send(&mut browser);
    let last = code(&outbox, 3);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "staple battery" });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    assert_eq!(refusal(&verify(&mut browser, &last)), (401, "INVALID_TWO_FACTOR_COOKIE"));
    assert_eq!(app.count("select count(*) from mailed_codes"), 0);
}

// CONTRACT, 14
#[test]
fn guesses_at_a_mailed_code_are_counted() {
    let (app, outbox) = Outbox::start(&[]);
    protected(&app, &outbox);
    let mut browser = waiting(&app);
    send(&mut browser);
    let right = code(&outbox, 1);
    for _ in 0..5 {
        assert_eq!(refusal(&verify(&mut browser, &wrong(&right))), (401, "INVALID_CODE"));
    }
    let reply = verify(&mut browser, &right);
    assert_eq!(refusal(&reply), (400, "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE"));
    // Five more in a row, over another challenge, and nothing is looked at.
    let mut again = waiting(&app);
    for _ in 0..5 {
        assert_eq!(refusal(&verify(&mut again, &wrong(&right))), (401, "INVALID_CODE"));
    }
    let mut locked = waiting(&app);
    for path in ["/two-factor/verify-otp", "/two-factor/send-otp"] {
        let reply = locked.post(path, &json!({ "code": right }));
        assert_eq!(refusal(&reply), (429, "ACCOUNT_TEMPORARILY_LOCKED"), "{path}");
    }
}

// SECURITY-BAR H16, S18: neither the log nor the database holds a code.
#[test]
fn a_code_is_kept_under_the_servers_secret() {
    let (app, outbox) = Outbox::start(&[("DOCKET_LOG", "trace")]);
    let mut ada = protected(&app, &outbox);
    send(&mut ada);
    let code = code(&outbox, 1);
    let mac = app.count("select length(code_mac) from mailed_codes");
    assert_eq!(mac, 44);
    let words: Vec<String> =
        app.log().split(|c: char| !c.is_ascii_alphanumeric()).map(str::to_owned).collect();
    assert!(!words.contains(&code));
}

#[test]
fn no_code_is_mailed_for_nobody_for_nothing_or_without_mail() {
    let (app, outbox) = Outbox::start(&[]);
    let mut nobody = Browser::new(&app);
    let reply = nobody.post("/two-factor/send-otp", &json!({}));
    assert_eq!(refusal(&reply), (401, "INVALID_TWO_FACTOR_COOKIE"));
    let mut ada = Browser::signed_up(&app, "ada");
    let reply = ada.post("/two-factor/send-otp", &json!({}));
    assert_eq!(refusal(&reply), (400, "TWO_FACTOR_NOT_ENABLED"));
    assert!(outbox.mails("otp", ADA).is_empty());

    let without = App::with(&[UNLIMITED]);
    let mut bob = Browser::signed_up(&without, "bob");
    let reply = bob.post("/two-factor/send-otp", &json!({}));
    assert_eq!(refusal(&reply), (400, "OTP_NOT_CONFIGURED"));
}
