//! Deleting one's account by a mailed link.

use std::thread;

use serde_json::json;

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, refusal};
use crate::outbox::Outbox;

fn ask(browser: &mut Browser, outbox: &Outbox) -> String {
    let reply = browser.post("/delete-user", &json!({ "callbackURL": "/goodbye" }));
    let expected = json!({ "success": true, "message": "Verification email sent" });
    assert_eq!((reply.status, &reply.body), (200, &expected), "{}", reply.text);
    outbox.mail("delete-account", &browser.email, 0)["url"].as_str().expect("a link").to_owned()
}

fn open(browser: &mut Browser, app: &App, url: &str) -> Reply {
    browser.get(url.strip_prefix(&format!("{}/api/auth", app.url)).expect("an address of ours"))
}

fn people(app: &App) -> i64 {
    app.count("select count(*) from users")
}

// CONTRACT, 6
#[test]
fn without_the_password_a_mail_asks_once_more() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    let url = ask(&mut ada, &outbox);
    assert_eq!(people(&app), 1);
    assert!(ada.is_signed_in());

    let reply = open(&mut ada, &app, &url);
    let page = format!("{}/goodbye", app.url);
    assert_eq!((reply.status, reply.header("location")), (302, Some(page.as_str())));
    assert_eq!(people(&app), 0);
    assert_eq!(ada.cookie("better-auth.session_token"), None);
    assert_eq!(Browser::new(&app).sign_in("ada@example.org", PASSWORD).status, 401);
}

#[test]
fn the_mailed_token_may_be_posted_instead() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    ask(&mut ada, &outbox);
    let token = outbox.token("delete-account", &ada.email);
    let reply = ada.post("/delete-user", &json!({ "token": token }));
    assert_eq!(reply.body, json!({ "success": true, "message": "User deleted" }));
    assert_eq!(people(&app), 0);
}

#[test]
fn of_several_who_open_the_link_at_once_one_deletes() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    let url = ask(&mut ada, &outbox);
    let statuses: Vec<u16> = thread::scope(|scope| {
        let tries: Vec<_> = (0..3)
            .map(|_| {
                let (mut browser, app, url) = (ada.clone(), &app, url.as_str());
                scope.spawn(move || open(&mut browser, app, url).status)
            })
            .collect();
        tries.into_iter().map(|attempt| attempt.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 302).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|status| [302, 401].contains(status)), "{statuses:?}");
}

// SECURITY-BAR A1, S16, S18
#[test]
fn the_link_is_for_its_own_person_while_it_lasts() {
    let (app, outbox) = Outbox::start(&[]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut bob = Browser::signed_up(&app, "bob");
    let url = ask(&mut ada, &outbox);
    let token = outbox.token("delete-account", &ada.email);

    assert_eq!(refusal(&open(&mut bob, &app, &url)), (404, "INVALID_TOKEN"));
    let posted = bob.post("/delete-user", &json!({ "token": token }));
    assert_eq!(refusal(&posted), (404, "INVALID_TOKEN"));
    assert_eq!(refusal(&open(&mut Browser::new(&app), &app, &url)), (401, "UNAUTHORIZED"));
    let away = format!("/delete-user/callback?token={token}&callbackURL=//evil.example");
    assert_eq!(refusal(&ada.get(&away)), (403, "INVALID_CALLBACK_URL"));
    assert_eq!(refusal(&ada.get("/delete-user/callback")), (400, "VALIDATION_ERROR"));
    // It sets no password.
    let reset = json!({ "token": token, "newPassword": "staple battery" });
    let reply = Browser::new(&app).post("/reset-password", &reset);
    assert_eq!(refusal(&reply), (400, "INVALID_TOKEN"));

    let day = app.count("select expires_at - created_at from links where kind = 'delete-account'");
    assert_eq!(day, 24 * 60 * 60 * 1000);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "staple battery" });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    assert_eq!(refusal(&open(&mut ada, &app, &url)), (404, "INVALID_TOKEN"));
    assert_eq!(people(&app), 2);
}
