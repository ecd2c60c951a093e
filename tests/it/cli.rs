//! The command line: help that is true, exit codes, and what goes where.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::app::{self, App, DOCKET};
use crate::import;

/// Every command, as words on the line.
pub const COMMANDS: &[&[&str]] = &[
    &[],
    &["serve"],
    &["config"],
    &["config", "print"],
    &["config", "check"],
    &["config", "explain"],
    &["healthcheck"],
    &["migrate"],
    &["migrate", "status"],
    &["migrate", "up"],
    &["migrate", "rehearse"],
    &["backup"],
    &["backup", "now"],
    &["backup", "list"],
    &["backup", "verify"],
    &["backup", "prune"],
    &["restore"],
    &["rollback"],
    &["user"],
    &["user", "add"],
    &["user", "invite"],
    &["user", "invites"],
    &["user", "uninvite"],
    &["user", "list"],
    &["user", "show"],
    &["user", "rename"],
    &["user", "email"],
    &["user", "password"],
    &["user", "reset-link"],
    &["user", "unlock"],
    &["user", "mfa-reset"],
    &["user", "export"],
    &["user", "disable"],
    &["user", "enable"],
    &["user", "delete"],
    &["user", "undelete"],
    &["export"],
    &["import"],
    &["import", "better-auth"],
    &["import", "json"],
    &["imports"],
    &["imports", "list"],
    &["imports", "undo"],
    &["mail"],
    &["mail", "test"],
    &["key"],
    &["key", "list"],
    &["key", "rotate"],
    &["token"],
    &["token", "issue"],
    &["token", "check"],
    &["token", "list"],
    &["token", "revoke"],
    &["key", "retire"],
    &["session"],
    &["session", "list"],
    &["session", "revoke"],
    &["issuer"],
    &["issuer", "list"],
    &["issuer", "test"],
    &["audit"],
    &["audit", "list"],
    &["audit", "tail"],
    &["doctor"],
    &["isolation-check"],
    &["completions"],
    &["man"],
    &["service"],
    &["version"],
];

fn run(dir: &Path, arguments: &[&str]) -> Output {
    run_with_input(dir, arguments, "")
}

pub fn run_with_input(dir: &Path, arguments: &[&str], input: &str) -> Output {
    let mut child = app::command(dir, &[])
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docket runs");
    // A command that does not read its input may be gone.
    let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
    child.wait_with_output().expect("it ends")
}

pub fn code(dir: &Path, arguments: &[&str]) -> i32 {
    let output = run(dir, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!said.contains("panicked"), "{arguments:?}: {said}");
    output.status.code().expect("an exit code")
}

pub fn stdout(dir: &Path, arguments: &[&str]) -> String {
    let output = run(dir, arguments);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "docket {arguments:?}: {said}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

fn help(command: &[&str], flag: &str) -> String {
    let dir = TempDir::new().expect("a directory");
    let text = stdout(dir.path(), &[command, &[flag]].concat());
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0);
    text
}

#[test]
fn every_command_is_listed_here() {
    for command in COMMANDS {
        let text = help(command, "-h");
        let Some((_, listed)) = text.split_once("\nCommands:\n") else { continue };
        for line in listed.lines().take_while(|line| line.starts_with("  ")) {
            let name = line.split_whitespace().next().expect("a name");
            let full = [command, [name].as_slice()].concat();
            assert!(name == "help" || COMMANDS.contains(&full.as_slice()), "{full:?}");
        }
    }
}

#[test]
fn short_help_fits_a_screen_and_long_help_ends_with_examples() {
    for command in COMMANDS {
        let short = help(command, "-h");
        assert!(short.contains("Usage: docket"), "{command:?}: {short}");
        // What lists many commands is as long as they are many.
        let lines = if short.contains("\nCommands:\n") { 40 } else { 24 };
        assert!(short.lines().count() <= lines, "{command:?}: {short}");
        let long = help(command, "--help");
        let (_, examples) = long.split_once("\nExamples:\n").unwrap_or_else(|| {
            panic!("docket {command:?} --help has no examples: {long}");
        });
        assert!(examples.lines().count() > 0);
        let last = examples.lines().all(|line| line.contains("docket") || line.contains("curl"));
        assert!(last, "{command:?} does not end with them: {long}");
    }
}

#[test]
fn examples_work_when_pasted() {
    let mut app = App::start();
    app.run(&["user", "add", "ada@example.org"]);
    app.run(&["user", "add", "bob@example.org"]);
    app.run(&["user", "add", "zoe@example.org"]);
    app.change(|tx| {
        tx.execute(
            "insert into two_factors (owner, secret_sealed, backup_hashes)
             values (1, x'', x'')",
            [],
        )
    });
    let token = app.run(&["token", "issue", "--user", "zoe@example.org"]);
    let folder = TempDir::new().expect("a directory");
    std::fs::write(folder.path().join("token.txt"), &token).expect("a file");
    std::fs::write(folder.path().join("better-auth.db"), import::dump()).expect("a file");
    std::fs::write(folder.path().join("old-secret.txt"), import::SECRET).expect("a file");
    for command in COMMANDS {
        let long = help(command, "--help");
        let (_, examples) = long.split_once("\nExamples:\n").expect("examples");
        for line in examples.lines().map(str::trim) {
            paste(&app, folder.path(), token.trim(), line);
        }
    }
    assert_eq!(app.stop(), Some(0));
}

/// The key that signed a token.
fn kid(token: &str) -> String {
    let header = jsonwebtoken::decode_header(token).expect("a header");
    header.kid.expect("a kid")
}

/// Runs a line of an example as a shell would, beside a running server.
fn paste(app: &App, folder: &Path, token: &str, line: &str) {
    // These serve, or need a Mac's clipboard, or a mail server, or a client that
    // may not be there.
    let serves = line.split(" && ").any(|part| {
        part == "docket" || part.starts_with("docket serve") || part.starts_with("docket --")
    });
    // These are for a directory that no server uses.
    let offline = ["docket restore", "docket rollback"].iter().any(|part| line.contains(part));
    // This one goes on until it is interrupted.
    let follows = line.contains("--follow");
    let needs = ["pbpaste", "mail test", "unix:/run/"].iter().any(|part| line.contains(part));
    if serves || offline || follows || needs || line.starts_with("curl") {
        return;
    }
    // An account that is there already would be a conflict.
    let other = format!("user add x{}", uuid::Uuid::now_v7().simple());
    let line = line.replace("user add ", &other).replace("http://127.0.0.1:8000", &app.url);
    let port = app.url.rsplit(':').next().expect("a port");
    let line = line.replace("--port 8000", &format!("--port {port}"));
    let output = Command::new("/bin/sh")
        .env_clear()
        .env(
            "PATH",
            format!("{}:/usr/bin:/bin", Path::new(DOCKET).parent().expect("a folder").display()),
        )
        .env("DOCKET_DATA_DIR", app.dir.path())
        .env("TOKEN", token)
        .env("KID", kid(token))
        .current_dir(folder)
        .args(["-c", &line])
        .stdin(Stdio::null())
        .output()
        .expect("a shell");
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{line}: {said}");
}

#[test]
fn exit_codes_are_as_documented() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    assert_eq!(code(dir, &["user", "add", "ada@example.org"]), 0);
    assert_eq!(code(dir, &["user", "add", "ADA@example.org"]), 4);
    assert_eq!(code(dir, &["user", "add", "no address"]), 1);
    for command in [["user", "disable"], ["user", "enable"]] {
        assert_eq!(code(dir, &[command[0], command[1], "bob@example.org"]), 3);
        assert_eq!(code(dir, &[command[0], command[1], "ada@example.org"]), 0);
    }
    assert_eq!(code(dir, &["token", "issue", "--user", "bob@example.org"]), 3);
    assert_eq!(code(dir, &["token", "check", "no.token.atall"]), 1);
    assert_eq!(code(dir, &["token", "issue", "--user", "ada@example.org"]), 0);
    assert_eq!(code(dir, &["user", "disable", "ada@example.org"]), 0);
    assert_eq!(code(dir, &["token", "issue", "--user", "ada@example.org"]), 4);
    for usage in [
        ["nonsense"].as_slice(),
        &["user"],
        &["user", "add"],
        &["token", "issue"],
        &["user", "add", "bob@example.org", "--password", "secret"],
        &["serve", "--nonsense"],
    ] {
        assert_eq!(code(dir, usage), 2, "{usage:?}");
    }
    let documented = help(&[], "--help");
    for line in [
        "0  done",
        "1  failed",
        "2  the command line",
        "3  no such",
        "4  it conflicts",
        "7  a check",
    ] {
        assert!(documented.contains(line), "{documented}");
    }
}

#[test]
fn a_password_is_read_from_standard_input_and_never_shown() {
    let dir = TempDir::new().expect("a directory");
    let password = "correct horse battery staple";
    let add = ["user", "add", "ada@example.org", "--password-stdin", "--json"];
    let output = run_with_input(dir.path(), &add, &format!("{password}\nnot this\n"));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let made: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(made["email"], "ada@example.org");

    let listed = stdout(dir.path(), &["user", "list", "--json"]);
    for text in [&listed, &stdout(dir.path(), &["user", "list"]), &made.to_string()] {
        for secret in ["argon2", "hash", "password", password] {
            assert!(!text.contains(secret), "{text}");
        }
    }
    let rows: Value = serde_json::from_str(&listed).expect("JSON");
    assert_eq!(rows[0], made);

    let add = ["user", "add", "bob@example.org", "--password-stdin"];
    for bad in ["\n", "short\n", &format!("{}\n", "x".repeat(200))] {
        let output = run_with_input(dir.path(), &add, bad);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{bad:?}: {said}");
        assert!(said.contains("password"), "{said}");
    }
    assert!(!stdout(dir.path(), &["user", "list"]).contains("bob"));
}

#[test]
fn a_token_is_printed_alone_and_checks_out() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    let id = stdout(dir, &["user", "add", "ada@example.org", "--name", "Ada"]);
    let output = run(dir, &["token", "issue", "--user", id.trim()]);
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let token = printed.strip_suffix('\n').expect("one line");
    assert_eq!(token.split('.').count(), 3);
    assert!(!token.contains(char::is_whitespace));

    assert!(stdout(dir, &["token", "check", token]).ends_with("accepted\n"));
    let output = run_with_input(dir, &["token", "check", "-", "--json"], &printed);
    assert!(output.status.success());
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(verdict["accepted"], true);

    stdout(dir, &["user", "disable", "ada@example.org"]);
    let output = run_with_input(dir, &["token", "check", "-", "--json"], &printed);
    assert_eq!(output.status.code(), Some(1));
    let verdict: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(verdict["accepted"], false);
    let last = verdict["steps"].as_array().and_then(|steps| steps.last()).expect("a step");
    assert_eq!(last["passed"], false);
}

#[test]
fn a_time_to_live_is_written_in_several_ways_and_has_limits() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    stdout(dir, &["user", "add", "ada@example.org"]);
    for (text, seconds) in [
        ("90s", 90),
        ("15m", 900),
        ("1h", 3600),
        ("1h 30m", 5400),
        ("7d", 604_800),
        ("PT90S", 90),
        ("P1D", 86_400),
        ("30d", 2_592_000),
        ("1s", 1),
    ] {
        let token = stdout(dir, &["token", "issue", "--user", "ada@example.org", "--ttl", text]);
        assert_eq!(lifetime(&token), seconds, "{text}");
    }
    let default = stdout(dir, &["token", "issue", "--user", "ada@example.org"]);
    assert_eq!(lifetime(&default), 900);
    for bad in ["0s", "-1h", "31d", "1y", "1mo", "soon", "", "90", "1.5", "99999999999999h"] {
        let ttl = format!("--ttl={bad}");
        let output = run(dir, &["token", "issue", "--user", "ada@example.org", &ttl]);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{bad:?}: {said}");
        assert!(said.contains("--ttl") && !said.contains("panicked"), "{said}");
        assert!(output.stdout.is_empty());
    }
}

fn lifetime(token: &str) -> i64 {
    use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine};
    let claims = token.split('.').nth(1).expect("claims");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    claims["exp"].as_i64().expect("a number") - claims["iat"].as_i64().expect("a number")
}

#[test]
fn looking_where_a_database_stands_makes_nothing() {
    let outside = TempDir::new().expect("a directory");
    let dir = outside.path().join("data");
    for _ in 0..2 {
        let text = stdout(&dir, &["migrate", "status"]);
        assert!(text.contains("version   0 of") && text.contains("0001_foundation"), "{text}");
        assert!(!dir.exists());
    }
    assert!(stdout(&dir, &["migrate"]).starts_with("migrated from version 0 to "));
    assert!(stdout(&dir, &["migrate"]).starts_with("already at version "));
    let status: Value =
        serde_json::from_str(&stdout(&dir, &["migrate", "status", "--json"])).expect("JSON");
    assert_eq!(status["version"], status["latest"]);
    assert_eq!(status["pending"], serde_json::json!([]));
}

#[test]
fn commands_leave_nothing_but_the_database_and_answer_again() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    stdout(dir, &["user", "add", "ada@example.org"]);
    for round in 0..25 {
        for command in [
            ["user", "list"].as_slice(),
            &["token", "issue", "--user", "ada@example.org"],
            &["user", "disable", "bob@example.org"],
            &["migrate", "status"],
            &["migrate"],
            &["token", "check", "no.token.atall"],
        ] {
            run(dir, command);
            let names: Vec<String> = std::fs::read_dir(dir)
                .expect("a directory")
                .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
                .collect();
            assert_eq!(names, ["docket.db"], "after {command:?} in round {round}");
        }
    }
}

#[test]
fn a_reader_that_went_away_is_no_failure() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    stdout(dir, &["user", "add", "ada@example.org"]);
    for command in ["config", "config --json", "user list", "--help", "nonsense", "user disable x"]
    {
        // `true` reads nothing; the status is the command's own.
        let line = format!("{{ sleep 0.1; $DOCKET {command}; echo $? >&3; }} 2>&1 | true");
        let output = Command::new("/bin/sh")
            .env_clear()
            .envs([("PATH", "/usr/bin:/bin"), ("DOCKET", DOCKET)])
            .env("DOCKET_DATA_DIR", dir)
            .args(["-c", &format!("{{ {line}; }} 3>&1")])
            .output()
            .expect("a shell");
        let expected = match command {
            "nonsense" => "2",
            "user disable x" => "3",
            _ => "0",
        };
        assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), expected, "{command}");
    }
}

#[test]
fn the_server_goes_on_when_nobody_reads_its_output() {
    let dir = TempDir::new().expect("a directory");
    let mut child = app::command(dir.path(), &[])
        .args(["--port", "0"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("docket starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    drop(child.stderr.take());
    let url = line.trim().strip_prefix("Docket is ready at ").expect("its address").to_owned();

    for _ in 0..3 {
        let bad = [("authorization", "Bearer no.token.atall")];
        assert_eq!(app::request(&url, "GET", "/api/tasks", &bad, None).status, 401);
    }
    assert_eq!(app::request(&url, "GET", "/readyz", &[], None).status, 200);
    app::signal(child.id(), "TERM");
    assert_eq!(child.wait().expect("it ends").code(), Some(0));
}
