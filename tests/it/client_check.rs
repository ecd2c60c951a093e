//! The official client, which needs Node. Without Node this is left out and
//! says so, unless `CI` is set: there it must run.

use std::path::Path;
use std::process::Command;

use crate::app::App;
use crate::browser::UNLIMITED;
use crate::node;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/better-auth/client-check");

#[test]
fn the_official_client_finds_nothing_wrong() {
    let place = match node::install(Path::new(SOURCE), "better-auth-client-check") {
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
