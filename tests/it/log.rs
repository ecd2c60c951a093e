//! What the log looks like, for people and for programs.

use std::os::unix::fs::MetadataExt;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::app::{App, Reply};
use crate::service::wait_until;

const JSON: &[(&str, &str)] = &[("DOCKET_LOG_FORMAT", "json")];

fn fail_to_sign_in(app: &App) -> Reply {
    let body = json!({ "email": "nobody@example.org", "password": "not the password" });
    let headers = [("content-type", "application/json"), ("x-request-id", "from-a-proxy")];
    let path = "/api/auth/sign-in/email";
    let reply = app.request("POST", path, &headers, Some(&body.to_string()));
    assert_eq!(reply.status, 401, "{}", reply.text);
    reply
}

/// The lines of a JSON log with this message.
fn lines(app: &App, message: &str) -> Vec<Value> {
    let all: Vec<Value> = app
        .log()
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|why| panic!("{why}: {line}")))
        .collect();
    assert!(all.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()));
    all.into_iter().filter(|line| line["message"].as_str().unwrap().contains(message)).collect()
}

/// The filters that the README recommends, with an address put in.
fn filters(address: &str) -> Vec<regex::Regex> {
    let readme = include_str!("../../README.md");
    let filter = readme.split("failregex = ").nth(1).unwrap().split("\njournalmatch").next();
    let made =
        |line: &str| regex::Regex::new(&line.trim().replace("<ADDR>", &regex::escape(address)));
    filter.unwrap().lines().map(|line| made(line).unwrap()).collect()
}

#[test]
fn a_failed_sign_in_is_one_stable_line_as_text() {
    let app = App::start();
    fail_to_sign_in(&app);
    let is_it = |line: &str| line.ends_with(" WARN sign-in failed from 127.0.0.1");
    wait_until("it is said", || app.log().lines().any(is_it));
    let log = app.log();
    let line = log.lines().find(|line| is_it(line)).unwrap();
    assert!(filters("127.0.0.1")[0].is_match(line), "{line}");
    assert!(!log.contains("nobody@example.org") && !log.contains("not the password"));
}

#[test]
fn a_failed_sign_in_is_one_stable_line_as_json() {
    let app = App::with(JSON);
    fail_to_sign_in(&app);
    wait_until("it is said", || !lines(&app, "sign-in failed from").is_empty());
    let said = lines(&app, "sign-in failed from");
    assert_eq!(said[0]["message"], "sign-in failed from 127.0.0.1");
    assert_eq!(said[0]["level"], "WARN");
    assert_eq!(said[0]["request"], "from-a-proxy");
    let log = app.log();
    let line = log.lines().find(|line| line.contains("sign-in failed")).unwrap();
    assert!(filters("127.0.0.1")[1].is_match(line), "{line}");
    assert!(!log.contains("nobody@example.org") && !log.contains("not the password"));
}

#[test]
fn the_filter_finds_its_lines_in_a_journal_and_no_others() {
    let text = "2026-11-21T08:30:00.000000Z  WARN second factor failed from 2001:db8::1";
    let json = r#"{"timestamp":"2026-11-21T08:30:00.000000Z","level":"WARN","message":"second factor failed from 2001:db8::1","request":"x"}"#;
    let filters = filters("2001:db8::1");
    let finds = |line: &str| filters.iter().any(|filter| filter.is_match(line));
    for line in [text, json] {
        assert!(finds(line), "{line}");
        assert!(finds(&format!("host docket[123]: {line}")), "{line}");
        // fail2ban takes the time that it knows out of the line before.
        assert!(finds(&line.replace("2026-11-21T08:30:00.000000Z", "")), "{line}");
        assert!(!finds(&line.replace("WARN", "INFO")), "{line}");
        assert!(!finds(&line.replace("second factor", "a title: sign-in")), "{line}");
    }
}

#[test]
fn lines_about_a_request_have_its_id() {
    let app = App::with(JSON);
    let headers = [("authorization", "Bearer no.token.atall"), ("x-request-id", "abc-1")];
    let reply = app.request("GET", "/api/tasks", &headers, None);
    assert_eq!(reply.status, 401, "{}", reply.text);
    wait_until("it is said", || !lines(&app, "token refused").is_empty());
    let said = &lines(&app, "token refused")[0];
    assert_eq!((&said["request"], &said["level"]), (&json!("abc-1"), &json!("INFO")));
    assert!(said["step"].is_string(), "{said}");
    assert!(!app.log().contains("atall"));

    let body = r#"{"name":"Ada","email":"ada@example.org","password":"correct horse battery"}"#;
    let headers = [("content-type", "application/json"), ("x-request-id", "abc-2")];
    let reply = app.request("POST", "/api/auth/sign-up/email", &headers, Some(body));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let of_sign_up = || lines(&app, "account").into_iter().find(|line| line["request"] == "abc-2");
    wait_until("it is said", || of_sign_up().is_some());
    assert_eq!(of_sign_up().unwrap()["address"], "127.0.0.1");
    assert!(!app.log().contains("ada@example.org") && !app.log().contains("correct horse"));
}

/// The first thing that a server says with these variables, its log going to a file.
fn first_line(variables: &[(&str, String)]) -> String {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("log");
    let log = std::fs::File::create(&file).unwrap();
    let meta = log.metadata().unwrap();
    let here = format!("{}:{}", meta.dev(), meta.ino());
    let mut command = Command::new(crate::app::DOCKET);
    command.env_clear().env("DOCKET_DATA_DIR", folder.path()).args(["serve", "--port", "0"]);
    command.envs(variables.iter().map(|(name, value)| (*name, value.replace("HERE", &here))));
    let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    wait_until("it says something", || std::fs::read_to_string(&file).unwrap().contains('\n'));
    child.kill().unwrap();
    child.wait().unwrap();
    std::fs::read_to_string(&file).unwrap().lines().next().unwrap().to_owned()
}

#[test]
fn json_is_for_programs_and_text_for_people() {
    let is_json = |variables: &[(&str, &str)]| {
        let owned: Vec<(&str, String)> =
            variables.iter().map(|(name, value)| (*name, (*value).to_owned())).collect();
        first_line(&owned).starts_with('{')
    };
    assert!(is_json(&[]), "a file is no terminal");
    assert!(!is_json(&[("JOURNAL_STREAM", "HERE")]), "people read the journal");
    assert!(is_json(&[("JOURNAL_STREAM", "1:2")]), "the journal is elsewhere");
    assert!(is_json(&[("JOURNAL_STREAM", "HERE"), ("DOCKET_LOG_FORMAT", "json")]));
    assert!(!is_json(&[("DOCKET_LOG_FORMAT", "text")]));
}

#[test]
fn a_command_tells_its_owner_in_text_unless_asked_for_json() {
    let said = |format: &str| {
        let folder = tempfile::TempDir::new().unwrap();
        let issuers = r#"[{"issuer":"https://app.example.org","jwks_file":"/nowhere.json"}]"#;
        let settings = [("DOCKET_ISSUERS", issuers), ("DOCKET_LOG_FORMAT", format)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        let mut command = crate::app::command(folder.path(), &settings);
        let token = forged_token();
        let output = command.args(["token", "check", &token]).output().unwrap();
        String::from_utf8(output.stderr).unwrap()
    };
    let is_json = |text: &str| text.lines().any(|line| line.starts_with("{\"timestamp\""));
    let (auto, json) = (said("auto"), said("json"));
    assert!(auto.contains(" WARN cannot get the issuer's keys") && !is_json(&auto), "{auto}");
    assert!(json.contains("cannot get the issuer's keys") && is_json(&json), "{json}");
}

/// A token that leads to the keys of an issuer, and no further.
fn forged_token() -> String {
    use base64::Engine;
    let encode = |text: &str| base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(text);
    let header = encode(r#"{"alg":"EdDSA","typ":"JWT","kid":"one"}"#);
    let claims = encode(r#"{"iss":"https://app.example.org","sub":"ada","exp":4102444800}"#);
    format!("{header}.{claims}.{}", encode(&"x".repeat(64)))
}
