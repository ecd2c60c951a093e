//! `docket doctor`: says of each thing how it is, and what to do.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Stdio;

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App};
use crate::browser::{Browser, PASSWORD};
use crate::cli::stdout;

/// What it found: its exit code, and the findings.
fn examined(dir: &Path, settings: &[(&str, &str)], flags: &[&str]) -> (Option<i32>, Vec<Value>) {
    let output = app::command(dir, &[])
        .envs(settings.iter().copied())
        .args([&["doctor", "--json"], flags].concat())
        .stdin(Stdio::null())
        .output()
        .expect("docket runs");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{said}");
    let told: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let findings = told["findings"].as_array().expect("a list").clone();
    let bad = findings.iter().any(|finding| finding["level"] == "problem");
    assert_eq!(told["healthy"], !bad, "{told}");
    for finding in &findings {
        // Whatever is not well comes with a way out.
        assert_eq!(finding["todo"].is_null(), finding["level"] == "ok", "{finding}");
    }
    (output.status.code(), findings)
}

/// The worst that one check says, and all its words.
fn of(findings: &[Value], check: &str) -> (String, String) {
    let order = ["ok", "note", "warning", "problem"];
    let own: Vec<&Value> = findings.iter().filter(|finding| finding["check"] == check).collect();
    let place = |finding: &&Value| order.iter().position(|level| finding["level"] == *level);
    let worst = own.iter().filter_map(place).max().unwrap_or_else(|| panic!("no {check}"));
    let words: Vec<String> = own.iter().map(|finding| finding.to_string()).collect();
    (order[worst].to_owned(), words.join("\n"))
}

/// A directory at rest, with a task and a backup in it.
fn at_rest() -> TempDir {
    let mut app = App::start();
    app.user("ada").add("milk");
    app.run(&["backup", "now"]);
    assert_eq!(app.stop(), Some(0));
    std::mem::replace(&mut app.dir, TempDir::new().expect("a directory"))
}

fn change(dir: &Path, sql: &str) {
    let conn = Connection::open(dir.join("docket.db")).expect("it opens");
    conn.execute_batch(sql).expect("it changes");
}

#[test]
fn all_is_well_beside_a_server_and_without_one() {
    let mut app = App::start();
    app.user("ada").add("milk");
    app.run(&["backup", "now"]);
    for is_served in [true, false] {
        let (code, findings) = examined(app.dir.path(), &[], &[]);
        assert_eq!(code, Some(0), "{findings:?}");
        for check in ["settings", "address", "proxy", "sign-up", "limits", "issuers", "data"] {
            assert_eq!(of(&findings, check).0, "ok", "{check}: {findings:?}");
        }
        for check in ["permissions", "disk", "schema", "soundness", "clock", "keys", "secret"] {
            assert_eq!(of(&findings, check).0, "ok", "{check}: {findings:?}");
        }
        assert!(of(&findings, "backups").1.contains("proven again"), "{findings:?}");
        assert_eq!(of(&findings, "data").1.contains("served just now"), is_served);
        if is_served {
            assert_eq!(app.stop(), Some(0));
        }
    }
    let text = stdout(app.dir.path(), &["doctor", "--quick", "--offline"]);
    assert!(text.contains("ok       schema") && text.contains("note     mail"), "{text}");
}

#[test]
fn what_the_settings_open_to_others_is_told() {
    let dir = at_rest();
    let https = ("DOCKET_BASE_URL", "https://tasks.example.org");
    let anywhere = ("DOCKET_ADDRESS", "0.0.0.0");
    let proxy = ("DOCKET_TRUSTED_PROXIES", "127.0.0.1");
    let with = |settings: &[(&str, &str)], check: &str| {
        of(&examined(dir.path(), settings, &["--quick", "--offline"]).1, check)
    };
    for (settings, check, level, word) in [
        (&[anywhere][..], "address", "problem", "base_url"),
        (&[("DOCKET_BASE_URL", "http://tasks.example.org")], "address", "warning", "plain http"),
        (&[https], "address", "ok", "https"),
        (&[https], "proxy", "warning", "trusted_proxies is empty"),
        (&[https, proxy], "proxy", "ok", "fits"),
        (&[https, ("DOCKET_TRUSTED_PROXIES", "0.0.0.0/0")], "proxy", "problem", "0.0.0.0/0"),
        (&[https, ("DOCKET_TRUSTED_PROXIES", "10.0.0.0/7")], "proxy", "warning", "/7"),
        (&[https], "sign-up", "warning", "invite"),
        (&[https, ("DOCKET_SIGNUP", "invite")], "sign-up", "ok", "invite"),
        (&[https, ("DOCKET_RATE_LIMITS", "off")], "limits", "problem", "rate_limits"),
        (&[("DOCKET_RATE_LIMITS", "off")], "limits", "warning", "rate_limits"),
        (&[("DOCKET_MAIL_OUTBOX", "/tmp/outbox")], "mail", "warning", "/tmp/outbox"),
        (&[("DOCKET_BACKUP", "off")], "backups", "warning", "by themselves"),
    ] {
        let (found, words) = with(settings, check);
        assert!(found == level && words.contains(word), "{settings:?}: {words}");
    }
}

#[test]
fn settings_that_cannot_be_used_are_told_and_no_more() {
    let dir = at_rest();
    let (code, findings) = examined(dir.path(), &[("DOCKET_PORT", "many")], &[]);
    assert_eq!((code, findings.len()), (Some(7), 1), "{findings:?}");
    assert!(of(&findings, "settings").1.contains("DOCKET_PORT"), "{findings:?}");
}

#[test]
fn an_issuer_is_asked_unless_nobody_is_to_be() {
    let dir = at_rest();
    let issuers = json!([{ "issuer": "https://app.example.org",
        "jwks_url": "http://127.0.0.1:1/jwks" }])
    .to_string();
    let settings = [("DOCKET_ISSUERS", issuers.as_str())];
    let (code, findings) = examined(dir.path(), &settings, &["--quick"]);
    assert_eq!(code, Some(7), "{findings:?}");
    assert!(of(&findings, "issuers").1.contains("cannot be had"), "{findings:?}");
    assert_eq!(examined(dir.path(), &settings, &["--quick", "--offline"]).0, Some(0));
}

#[test]
fn a_directory_without_data_is_told() {
    let dir = TempDir::new().expect("a directory");
    for place in [dir.path().to_owned(), dir.path().join("nowhere")] {
        let (code, findings) = examined(&place, &[], &["--offline"]);
        assert_eq!(code, Some(7), "{findings:?}");
        assert_eq!(of(&findings, "data").0, "problem");
    }
    assert_eq!(fs::read_dir(dir.path()).expect("a directory").count(), 0);
}

#[test]
fn what_others_may_read_is_named() {
    let dir = at_rest();
    let open = dir.path().join("docket.db");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o640)).expect("a mode");
    let (code, findings) = examined(dir.path(), &[], &["--quick", "--offline"]);
    let (level, words) = of(&findings, "permissions");
    assert_eq!((code, level.as_str()), (Some(7), "problem"), "{words}");
    assert!(words.contains("docket.db") && words.contains("chmod"), "{words}");
}

#[test]
fn data_that_contradicts_itself_is_found() {
    let dir = at_rest();
    let soundness = |flags: &[&str]| of(&examined(dir.path(), &[], flags).1, "soundness");
    change(dir.path(), "update list_counts set open = open + 1");
    assert!(soundness(&[]).1.contains("count of tasks"), "{}", soundness(&[]).1);
    assert_eq!(soundness(&["--quick"]).0, "ok");
    change(dir.path(), "update list_counts set open = open - 1; update revisions set revision = 0");
    assert!(soundness(&[]).1.contains("revision"), "{}", soundness(&[]).1);
    change(dir.path(), "update revisions set revision = 99, indexed = 1");
    assert!(soundness(&[]).1.contains("an index lacks"), "{}", soundness(&[]).1);
    change(
        dir.path(),
        "update revisions set indexed = 0; pragma foreign_keys = off; delete from users",
    );
    assert!(soundness(&[]).1.contains("without its parent"), "{}", soundness(&[]).1);
}

#[test]
fn a_damaged_file_is_found() {
    let dir = at_rest();
    let file = dir.path().join("docket.db");
    let mut bytes = fs::read(&file).expect("it is there");
    let end = bytes.len();
    bytes[end - 3 * 4096..].fill(0x55);
    fs::write(&file, bytes).expect("it is written");
    let (code, findings) = examined(dir.path(), &[], &["--offline"]);
    assert_eq!(code, Some(7), "{findings:?}");
    assert_eq!(of(&findings, "soundness").0, "problem");
    fs::write(&file, b"no database at all").expect("it is written");
    assert_eq!(of(&examined(dir.path(), &[], &["--offline"]).1, "schema").0, "problem");
}

#[test]
fn a_clock_that_is_behind_the_data_is_found() {
    let dir = at_rest();
    change(dir.path(), "update tasks set updated_at = 4000000000000");
    let (code, findings) = examined(dir.path(), &[], &["--quick", "--offline"]);
    assert_eq!(code, Some(7), "{findings:?}");
    assert!(of(&findings, "clock").1.contains("2096"), "{findings:?}");
}

#[test]
fn a_backup_that_is_damaged_missing_or_in_pieces_is_told() {
    let dir = at_rest();
    let backups = |flags: &[&str]| of(&examined(dir.path(), &[], flags).1, "backups");
    let listed: Value =
        serde_json::from_str(&stdout(dir.path(), &["backup", "list", "--json"])).expect("JSON");
    let file = Path::new(listed[0]["file"].as_str().expect("a path")).to_owned();
    let good = fs::read(&file).expect("it is there");
    let mut bad = good.clone();
    bad[good.len() / 2] ^= 1;
    fs::write(&file, bad).expect("it is written");
    assert!(backups(&[]).0 == "problem" && backups(&[]).1.contains("not good"));
    assert_eq!(backups(&["--quick"]).0, "note", "{}", backups(&["--quick"]).1);
    fs::write(&file, &good[..good.len() / 2]).expect("it is written");
    let (level, words) = backups(&[]);
    assert!(level == "warning" && words.contains("no whole backups"), "{words}");
    fs::remove_dir_all(dir.path().join("backups")).expect("it is there");
    assert!(backups(&[]).1.contains("there is none"), "{}", backups(&[]).1);
}

#[test]
fn a_secret_that_does_not_open_what_is_sealed_is_found() {
    let mut app = App::start();
    let mut ada = Browser::signed_up(&app, "ada");
    let reply = ada.post("/two-factor/enable", &json!({ "password": PASSWORD }));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(app.stop(), Some(0));
    change(app.dir.path(), "update two_factors set verified = 1");
    let secret = || of(&examined(app.dir.path(), &[], &["--quick", "--offline"]).1, "secret");
    assert_eq!(secret().0, "ok", "{}", secret().1);
    let file = app.dir.path().join("docket.secret");
    fs::remove_file(&file).expect("it is there");
    assert!(secret().0 == "problem" && secret().1.contains("1 second factors"), "{}", secret().1);
    assert!(!file.exists(), "looking made one");
    fs::write(&file, "another secret, which is long enough").expect("it is written");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("a mode");
    assert_eq!(secret().0, "problem", "{}", secret().1);
}
