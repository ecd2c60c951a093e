//! Commands about the program itself: its settings, its health, its manual.

use std::io::{BufRead, BufReader};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App};
use crate::cli::{COMMANDS, code, stdout};

fn with(settings: &[(&str, &str)], arguments: &[&str]) -> Output {
    let dir = TempDir::new().expect("a directory");
    let output = app::command(dir.path(), &[])
        .envs(settings.iter().copied())
        .args(arguments)
        .stdin(Stdio::null())
        .output()
        .expect("docket runs");
    assert_eq!(std::fs::read_dir(dir.path()).expect("a directory").count(), 0, "{arguments:?}");
    output
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn all_that_is_wrong_with_the_settings_is_told_at_once() {
    let check = ["config", "check"];
    let fine = with(&[], &check);
    assert_eq!(fine.status.code(), Some(0), "{}", text(&fine.stderr));
    assert!(fine.stdout.is_empty());

    let wrong = [("DOCKET_COLOUR", "red"), ("DOCKET_SHAPE", "round"), ("DOCKET_PORT", "many")];
    let found = with(&wrong, &check);
    assert_eq!(found.status.code(), Some(7));
    let said = text(&found.stdout);
    for part in ["colour", "DOCKET_COLOUR", "shape", "no such setting", "port", "DOCKET_PORT"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let found = with(&wrong, &["config", "check", "--json"]);
    let found: Vec<String> = serde_json::from_slice(&found.stdout).expect("JSON");
    assert_eq!(found.len(), 3, "{found:?}");

    for (name, value, part) in [
        ("DOCKET_AUDIT_DAYS", "0", "audit_days"),
        ("DOCKET_BETTER_AUTH_SECRET", "short", "better_auth_secret"),
        ("DOCKET_ISSUERS", r#"[{"issuer":"a","jwks_file":"/nowhere/keys"}]"#, "/nowhere/keys"),
        ("DOCKET_CONFIG", "/nowhere/Rocket.toml", "/nowhere/Rocket.toml"),
    ] {
        let found = with(&[(name, value)], &check);
        assert_eq!(found.status.code(), Some(7), "{name}");
        assert!(text(&found.stdout).contains(part), "{}", text(&found.stdout));
    }
}

#[test]
fn a_setting_is_explained_with_its_value_and_where_that_came_from() {
    let settings = [("DOCKET_SIGNUP", "closed")];
    let said = text(&with(&settings, &["config", "explain", "signup"]).stdout);
    for part in ["Who may make an account", "closed", "DOCKET_SIGNUP", "open", "Rocket.toml"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let said = with(&settings, &["config", "explain", "port", "--json"]).stdout;
    let said: Value = serde_json::from_slice(&said).expect("JSON");
    assert_eq!((&said["value"], &said["default"]), (&json!(8000), &json!(8000)));
    assert_eq!((&said["flag"], &said["environment"]), (&json!("--port"), &json!("DOCKET_PORT")));
    assert_eq!(with(&[], &["config", "explain", "colour"]).status.code(), Some(3));

    for setting in docket::config::SETTINGS {
        let output = with(&[], &["config", "explain", setting.name]);
        assert_eq!(output.status.code(), Some(0), "{}", setting.name);
    }
    let secret = "a secret that nobody may see at all";
    for arguments in [["config", "explain", "better_auth_secret"].as_slice(), &["config", "print"]]
    {
        let output = with(&[("BETTER_AUTH_SECRET", secret)], arguments);
        assert!(!text(&output.stdout).contains(secret), "{arguments:?}");
        assert!(text(&output.stdout).contains("********"), "{arguments:?}");
    }
    let (alone, print) =
        (with(&[], &["config", "--json"]), with(&[], &["config", "print", "--json"]));
    let rows =
        |output: Output| -> Vec<Value> { serde_json::from_slice(&output.stdout).expect("JSON") };
    let (alone, print) = (rows(alone), rows(print));
    assert_eq!((alone.len(), &alone[1..]), (docket::config::SETTINGS.len(), &print[1..]));
}

#[test]
fn a_health_check_tells_whether_the_server_is_ready() {
    let mut app = App::start();
    let port = app.url.rsplit(':').next().expect("a port").to_owned();
    let url = app.url.clone();
    let checks: [&[&str]; 3] = [
        &["healthcheck", "--port", &port],
        &["healthcheck", "--url", &url],
        &["healthcheck", "--address", "0.0.0.0", "--port", &port, "--json"],
    ];
    for check in checks {
        app.run(check);
    }
    let reply: Value = serde_json::from_str(&app.run(checks[2])).expect("JSON");
    assert_eq!(reply, json!({ "url": format!("{url}/readyz"), "ready": true, "failure": null }));
    let elsewhere = ["healthcheck", "--url", &format!("{url}/nowhere")];
    assert_eq!(code(app.dir.path(), &elsewhere), 6);

    assert_eq!(app.stop(), Some(0));
    for check in checks {
        assert_eq!(code(app.dir.path(), check), 6, "{check:?}");
    }
}

#[test]
fn every_shell_gets_its_completions() {
    let dir = TempDir::new().expect("a directory");
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = stdout(dir.path(), &["completions", shell]);
        for part in ["docket", "healthcheck", "undelete", "data-dir"] {
            assert!(script.contains(part), "{shell} knows nothing of {part}");
        }
    }
    assert_eq!(code(dir.path(), &["completions", "tcsh"]), 2);
    let script = stdout(dir.path(), &["completions", "bash"]);
    let file = dir.path().join("docket.bash");
    std::fs::write(&file, script).expect("a file");
    let checked = Command::new("bash").arg("-n").arg(&file).status();
    assert!(checked.expect("bash runs").success());
}

#[test]
fn every_command_has_a_manual_page() {
    let dir = TempDir::new().expect("a directory");
    let page = stdout(dir.path(), &["man"]);
    assert!(page.contains(".TH docket 1"), "{page}");
    assert!(page.contains("Exit codes"), "{page}");
    let folder = dir.path().join("pages");
    let folder = folder.to_str().expect("UTF-8");
    assert_eq!(code(dir.path(), &["man", folder]), 1, "there is no such directory");
    std::fs::create_dir(folder).expect("a directory");
    assert_eq!(code(dir.path(), &["man", folder]), 0);
    for command in COMMANDS {
        let name = [&["docket"], *command].concat().join("-");
        let page = Path::new(folder).join(format!("{name}.1"));
        let page = std::fs::read_to_string(&page).unwrap_or_else(|_| panic!("no page {name}"));
        assert!(page.contains("SYNOPSIS") && page.contains("Examples:"), "{name}: {page}");
    }
}

#[test]
fn the_version_is_told_whatever_the_settings_say() {
    let output = with(&[("DOCKET_PORT", "many")], &["version", "--json"]);
    let version: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["sqlite"], rusqlite::version());
    assert_eq!(with(&[("DOCKET_PORT", "many")], &["config"]).status.code(), Some(1));
    let dir = TempDir::new().expect("a directory");
    let status = stdout(dir.path(), &["migrate", "status", "--json"]);
    let status: Value = serde_json::from_str(&status).expect("JSON");
    assert_eq!(version["schema"], status["latest"]);
    assert!(stdout(dir.path(), &["version"]).starts_with("docket "));
}

#[test]
fn exit_codes_are_told_where_one_looks_for_them() {
    let dir = TempDir::new().expect("a directory");
    for arguments in [["help", "exit-codes"].as_slice(), &["exit-codes"], &["--help"]] {
        let said = stdout(dir.path(), arguments);
        for code in
            ["0  done", "1  failed", "2  the", "3  no", "4  it", "5  denied", "6  busy", "7  a"]
        {
            assert!(said.contains(code), "{code}: {said}");
        }
        assert!(said.contains("130  interrupted"), "{said}");
    }
}

#[test]
fn what_the_machine_forbids_is_told_apart() {
    let dir = TempDir::new().expect("a directory");
    let closed = dir.path().join("closed");
    std::fs::create_dir(&closed).expect("a directory");
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o000);
    std::fs::set_permissions(&closed, mode).expect("its owner may");
    let mut command = app::command(&closed.join("data"), &[]);
    if rustix::process::geteuid().is_root() {
        // Nothing is forbidden to root.
        command.uid(65_534).gid(65_534);
    }
    let output = match command.args(["user", "list"]).output() {
        Ok(output) => output,
        Err(error) => return eprintln!("left out: nobody else can run docket here: {error}"),
    };
    let said = text(&output.stderr);
    assert_eq!(output.status.code(), Some(5), "{said}");
    assert!(said.contains("cannot make the data directory") && said.contains("closed"), "{said}");
}

#[test]
fn an_interrupt_ends_a_command_as_a_shell_expects() {
    let app = App::start();
    app.run(&["user", "add", "ada@example.org"]);
    let follow = ["audit", "tail", "--follow"];
    let mut child = app.command(&follow).stdout(Stdio::piped()).spawn().expect("docket runs");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    assert!(line.contains("account_added"), "{line}");
    app::signal(child.id(), "INT");
    // What a shell shows as 130.
    assert_eq!(child.wait().expect("it ends").signal(), Some(2));
}

#[test]
fn the_log_is_coloured_only_where_that_is_wanted() {
    for (settings, coloured) in [
        ([("CLICOLOR_FORCE", "1"), ("NO_COLOR", "")], true),
        ([("CLICOLOR_FORCE", "1"), ("NO_COLOR", "1")], false),
        ([("CLICOLOR_FORCE", "0"), ("NO_COLOR", "")], false),
    ] {
        let log = App::with(&settings).log();
        assert!(log.contains("INFO"), "{log}");
        assert_eq!(log.contains('\u{1b}'), coloured, "{settings:?}: {log}");
    }
}

#[test]
fn what_is_said_and_how_can_be_chosen() {
    let dir = TempDir::new().expect("a directory");
    let dir = dir.path();
    for name in ["ada", "bob"] {
        assert_eq!(code(dir, &["user", "add", &format!("{name}@example.org")]), 0);
    }
    // A line of JSON for each, whether or not --json is there as well.
    for arguments in
        [["user", "list", "--ndjson"].as_slice(), &["user", "list", "--json", "--ndjson"]]
    {
        let lines = stdout(dir, arguments);
        let emails: Vec<Value> = lines
            .lines()
            .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["email"].clone())
            .collect();
        assert_eq!(emails, [json!("ada@example.org"), json!("bob@example.org")]);
    }
    // What is printed alone for people has a name for programs.
    for (arguments, member) in [
        (["token", "issue", "--user", "ada@example.org", "--json"].as_slice(), "token"),
        (&["user", "reset-link", "ada@example.org", "--json"], "url"),
        (&["key", "rotate", "--json"], "kid"),
    ] {
        let told: Value = serde_json::from_str(&stdout(dir, arguments)).expect("JSON");
        assert!(told[member].is_string(), "{arguments:?}: {told}");
    }
    let ended = stdout(dir, &["session", "revoke", "--user", "ada@example.org", "--json"]);
    let ended: Vec<String> = serde_json::from_str(&ended).expect("JSON");
    assert_eq!(ended.len(), 1);
    assert_eq!(stdout(dir, &["version", "--ndjson"]).lines().count(), 1);
    assert_eq!(code(dir, &["user", "disable", "ada@example.org", "--ndjson"]), 2);

    let said = |arguments: &[&str]| {
        let output = app::command(dir, &[]).args(arguments).output().expect("docket runs");
        assert!(!output.stdout.is_empty(), "{arguments:?}");
        text(&output.stderr)
    };
    assert!(said(&["backup", "now"]).contains("proven"));
    assert_eq!(said(&["backup", "now", "--quiet"]), "");
    let failed = app::command(dir, &[]).args(["--quiet", "user", "show", "eve"]).output();
    assert!(text(&failed.expect("docket runs").stderr).contains("no such"));
}
