//! The official client, which needs Node. Without Node this is left out and
//! says so, unless `CI` is set: there it must run.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use crate::app::App;
use crate::browser::UNLIMITED;
use crate::invites::invite;
use crate::node;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/better-auth/client-check");

/// Where the client is, installed once for whoever needs it here.
static PLACE: LazyLock<Result<PathBuf, String>> =
    LazyLock::new(|| node::install(Path::new(SOURCE), "better-auth-client-check"));

#[test]
fn the_official_client_finds_nothing_wrong() {
    let place = match &*PLACE {
        Ok(place) => place,
        Err(why) => return node::left_out(&format!("the official client: {why}")),
    };
    let mails = tempfile::TempDir::new().unwrap();
    let outbox = mails.path().join("outbox");
    let app = App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", outbox.to_str().unwrap())]);
    let limited = App::start();

    let output = Command::new("node")
        .arg("check.mjs")
        .current_dir(place)
        .env("BASE_URL", &app.url)
        .env("OUTBOX_FILE", &outbox)
        .env("RATE_LIMITED_URL", &limited.url)
        .output()
        .unwrap();

    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", app.log());
    let last = text.lines().last().unwrap_or_default();
    assert_eq!(last, "62 passed, 0 failed", "{text}");
    assert!(!text.lines().any(|line| line.starts_with("skip")), "{text}");
}

#[test]
fn the_official_client_gets_through_invitations_and_mail() {
    let place = match &*PLACE {
        Ok(place) => place,
        Err(why) => return node::left_out(&format!("the official client: {why}")),
    };
    std::fs::write(place.join("mail.mjs"), include_str!("../client/mail.mjs")).unwrap();
    let mails = tempfile::TempDir::new().unwrap();
    let outbox = mails.path().join("outbox");
    let mail = ("DOCKET_MAIL_OUTBOX", outbox.to_str().unwrap());
    let app = App::with(&[UNLIMITED, mail, ("DOCKET_SIGNUP", "invite")]);

    let output = Command::new("node")
        .arg("mail.mjs")
        .current_dir(place)
        .env("BASE_URL", &app.url)
        .env("OUTBOX_FILE", &outbox)
        .env("INVITE_TOKEN", invite(&app, Some("ada@example.com")))
        .output()
        .unwrap();

    let said = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(said.trim(), "all went through", "{errors}{}", app.log());
}
