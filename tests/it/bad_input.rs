//! Settings: what is refused and in which words, and where each came from.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

use crate::app::{App, DOCKET};

/// A command with nothing but these variables, in a folder of its own.
struct Place {
    folder: TempDir,
    variables: Vec<(String, String)>,
}

impl Place {
    fn new() -> Place {
        Place { folder: TempDir::new().expect("a directory"), variables: Vec::new() }
    }

    fn with(variables: &[(&str, &str)]) -> Place {
        let mut place = Place::new();
        place.variables = variables.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        place
    }

    /// With this as `Rocket.toml` in the folder.
    fn file(toml: &str) -> Place {
        let place = Place::new();
        fs::write(place.folder.path().join("Rocket.toml"), toml).expect("a file");
        place
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        Command::new(DOCKET)
            .env_clear()
            .env("XDG_DATA_HOME", self.path())
            .envs(self.variables.iter().map(|(k, v)| (k, v)))
            .current_dir(self.path())
            .args(arguments)
            .stdin(Stdio::null())
            .output()
            .expect("docket runs")
    }

    /// Checks that no server starts and that the message has all of these in
    /// it; serving and printing the settings refuse alike. Nothing is made.
    fn refuses(&self, arguments: &[&str], parts: &[&str]) {
        for command in ["serve", "config"] {
            let output = self.run(&[&[command], arguments].concat());
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            assert_eq!(output.status.code(), Some(1), "{said}");
            assert!(said.starts_with("docket: "), "{said}");
            assert!(!said.contains("panicked"), "{said}");
            for part in parts {
                assert!(said.contains(part), "{part:?} is not in: {said}");
            }
        }
        assert!(!self.path().join("docket").exists(), "it made something");
    }

    /// What `docket config --json` says of a setting: its value and its origin.
    fn setting(&self, arguments: &[&str], name: &str) -> (Value, String) {
        let output = self.run(&[&["config", "--json"], arguments].concat());
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{said}");
        let rows: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let rows = rows.as_array().expect("a list");
        let row = rows.iter().find(|row| row["name"] == name).expect("the setting");
        (row["value"].clone(), row["origin"].as_str().expect("an origin").to_owned())
    }
}

#[test]
fn an_unknown_setting_is_named_with_its_origin() {
    Place::with(&[("DOCKET_PROT", "80")]).refuses(&[], &["prot", "DOCKET_PROT", "no such setting"]);
    Place::file("[default]\nprot = 80\n").refuses(&[], &["prot", "Rocket.toml", "no such setting"]);
}

#[test]
fn a_setting_outside_every_table_of_the_file_is_not_ignored() {
    Place::file("port = 9000\n").refuses(&[], &["Rocket.toml", "port"]);
}

#[test]
fn a_file_that_is_no_toml_is_named() {
    Place::file("[default\nport = 9000\n").refuses(&[], &["Rocket.toml"]);
}

#[test]
fn an_ill_typed_setting_is_named_with_its_origin() {
    for bad in ["abc", "70000", "-1", "80.5", ""] {
        Place::with(&[("DOCKET_PORT", bad)]).refuses(&[], &["port", "DOCKET_PORT"]);
    }
    Place::file("[default]\nport = \"abc\"\n").refuses(&[], &["port", "Rocket.toml"]);
    Place::file("[default]\nport = 70000\n").refuses(&[], &["port", "Rocket.toml"]);
    Place::with(&[("DOCKET_ADDRESS", "localhost")]).refuses(&[], &["address", "DOCKET_ADDRESS"]);
    Place::with(&[("DOCKET_LOG", "loud")]).refuses(&[], &["log", "DOCKET_LOG", "loud"]);
    Place::with(&[("DOCKET_BETTER_AUTH_SUBJECTS", "both")])
        .refuses(&[], &["better_auth_subjects", "DOCKET_BETTER_AUTH_SUBJECTS"]);
}

#[test]
fn an_ill_typed_flag_is_a_usage_error() {
    for arguments in [["--port", "abc"], ["--port", "70000"], ["--address", "localhost"]] {
        let output = Place::new().run(&arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains(arguments[0]) && said.contains(arguments[1]), "{said}");
    }
}

#[test]
fn a_base_url_is_an_origin() {
    for bad in ["tasks.example.org", "https://a.example/path", "ftp://a.example", "", "https://"] {
        Place::with(&[("DOCKET_BASE_URL", bad)])
            .refuses(&[], &["base_url", "DOCKET_BASE_URL", "must be an origin"]);
        Place::new()
            .refuses(&["--base-url", bad], &["base_url", "--base-url", "must be an origin"]);
    }
}

#[test]
fn issuers_that_cannot_be_used_are_named() {
    let origin = "DOCKET_ISSUERS";
    for (bad, parts) in [
        ("nonsense", ["issuers", "sequence"]),
        ("[nonsense", ["issuers", "JSON nor TOML"]),
        ("[{}]", ["issuers", "issuer"]),
        (r#"[{"issuer":"https://a.example"}]"#, ["https://a.example", "jwks_url or jwks_file"]),
        (r#"[{"issuer":"","jwks_url":"https://a.example"}]"#, ["issuers", "must not be empty"]),
        (r#"[{"issuer":"a","jwks_url":"a.example/jwks"}]"#, ["a.example/jwks", "is no URL"]),
        (r#"[{"issuer":"a","jwks_uri":"https://a.example"}]"#, ["issuers", "jwks_uri"]),
        (
            r#"[{"issuer":"a","jwks_file":"a"},{"issuer":"a","jwks_file":"b"}]"#,
            ["issuers", "listed twice"],
        ),
    ] {
        Place::with(&[(origin, bad)]).refuses(&[], &[&[origin], parts.as_slice()].concat());
    }
    Place::file("[[default.issuers]]\nissuer = \"a\"\n")
        .refuses(&[], &["issuers", "Rocket.toml", "jwks_url or jwks_file"]);
}

// SECURITY-BAR T17
#[test]
fn a_bad_secret_is_refused_without_being_shown() {
    let short = "only-31-bytes-long-this-secret1";
    for variable in ["BETTER_AUTH_SECRET", "DOCKET_BETTER_AUTH_SECRET"] {
        let place = Place::with(&[(variable, short)]);
        place.refuses(&[], &["better_auth_secret", variable, "at least 32 bytes", "31"]);
        let output = place.run(&["config"]);
        assert!(!String::from_utf8_lossy(&output.stderr).contains(short));
    }
    for placeholder in ["x".repeat(40).as_str(), "better-auth-secret-12345678901234567890"] {
        Place::with(&[("BETTER_AUTH_SECRET", placeholder)])
            .refuses(&[], &["better_auth_secret", "BETTER_AUTH_SECRET", "placeholder"]);
    }
    Place::with(&[("BETTER_AUTH_SECRET_FILE", "/nowhere/secret")])
        .refuses(&[], &["/nowhere/secret", "BETTER_AUTH_SECRET_FILE"]);
}

// SECURITY-BAR H16: nor is one that is no text, or the password in an address.
#[test]
fn a_secret_of_the_wrong_kind_is_not_shown() {
    let place = Place::new();
    fs::write(place.path().join("p.toml"), "[default]\nsmtp_password = 998877665544\n")
        .expect("a file");
    for arguments in [["--config", "p.toml", "config"].as_slice(), &["--config", "p.toml"]] {
        let output = place.run(arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(said.contains("smtp_password") && said.contains("in quotes"), "{said}");
        assert!(!said.contains("998877665544"), "{said}");
    }
    let issuers = r#"[{"issuer":"a","jwks_url":"https://ada:topsecret@example.org/jwks@1"}]"#;
    let place = Place::with(&[("DOCKET_ISSUERS", issuers)]);
    let text = String::from_utf8(place.run(&["config"]).stdout).expect("UTF-8");
    assert!(text.contains("https://ada:********@example.org/jwks@1"), "{text}");
}

#[test]
fn a_settings_file_that_was_named_must_exist() {
    Place::new().refuses(&["--config", "nowhere.toml"], &["no settings file nowhere.toml"]);
    Place::with(&[("DOCKET_CONFIG", "nowhere.toml")])
        .refuses(&[], &["no settings file nowhere.toml"]);
}

#[test]
fn a_busy_port_is_named_and_leaves_no_database() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let place = Place::new();

    let output = place.run(&["serve", "--port", &port]);

    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("docket: cannot listen on 127.0.0.1:"), "{said}");
    assert!(said.contains(&port) && said.contains("try --port 0"), "{said}");
    assert!(!said.contains("panicked"), "{said}");
    assert!(!place.path().join("docket/docket.db").exists());
}

#[test]
fn an_address_that_is_not_ours_is_named() {
    let output = Place::new().run(&["serve", "--port", "0", "--address", "203.0.113.7"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("cannot listen on 203.0.113.7"), "{said}");
}

#[test]
fn a_flag_wins_over_the_environment_that_over_the_file_that_over_the_default() {
    let mut place = Place::new();
    let from = |place: &Place, arguments: &[&str]| place.setting(arguments, "port");
    assert_eq!(from(&place, &[]), (8000.into(), "the default".into()));

    fs::write(place.path().join("Rocket.toml"), "[default]\nport = 1001\n").expect("a file");
    let (port, origin) = from(&place, &[]);
    assert!(port == 1001 && origin.ends_with("Rocket.toml"), "{port} {origin}");

    place.variables.push(("DOCKET_PORT".into(), "1002".into()));
    assert_eq!(from(&place, &[]), (1002.into(), "the environment variable DOCKET_PORT".into()));
    assert_eq!(from(&place, &["--port", "1003"]), (1003.into(), "the flag --port".into()));

    fs::write(place.path().join("other.toml"), "[default]\naddress = \"::1\"\n").expect("a file");
    let (address, origin) = place.setting(&["--config", "other.toml"], "address");
    assert!(address == "::1" && origin.ends_with("other.toml"), "{address} {origin}");
}

#[test]
fn every_setting_is_printed_and_secrets_are_masked() {
    let secret = "0123456789abcdef0123456789abcdef";
    let mut place = Place::with(&[("BETTER_AUTH_SECRET", secret)]);
    for arguments in [["config"].as_slice(), &["config", "--json"]] {
        let output = place.run(arguments);
        assert!(output.status.success());
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        assert!(!text.contains(secret), "{text}");
        assert!(text.contains("********"), "{text}");
        for setting in docket::config::SETTINGS {
            assert!(text.contains(setting.name), "{} is missing: {text}", setting.name);
        }
    }
    let masked = |place: &Place| place.setting(&[], "better_auth_secret");
    let origin = "the environment variable BETTER_AUTH_SECRET";
    assert_eq!(masked(&place), ("********".into(), origin.into()));

    fs::write(place.path().join("secret"), format!("{secret}\n")).expect("a file");
    let path = place.path().join("secret").to_str().expect("UTF-8").to_owned();
    for variable in ["BETTER_AUTH_SECRET_FILE", "DOCKET_BETTER_AUTH_SECRET_FILE"] {
        place.variables = vec![(variable.into(), path.clone())];
        let origin = format!("the environment variable {variable}");
        assert_eq!(masked(&place), ("********".into(), origin));
    }
    place.variables = vec![
        ("DOCKET_BETTER_AUTH_SECRET".into(), secret.into()),
        ("BETTER_AUTH_SECRET".into(), "too short, and not looked at".into()),
    ];
    let origin = "the environment variable DOCKET_BETTER_AUTH_SECRET";
    assert_eq!(masked(&place), ("********".into(), origin.into()));
}

// SECURITY-BAR T17: unset and empty are off.
#[test]
fn an_empty_secret_is_none() {
    let app = App::with(&[("BETTER_AUTH_SECRET", "")]);
    assert_eq!(app.get("/healthz").status, 200);
}

#[test]
fn the_data_directory_follows_the_desktop_rules() {
    let data_dir = |place: &Place| place.setting(&[], "data_dir").0;
    for (variables, expected) in [
        ([("XDG_DATA_HOME", "/xdg"), ("HOME", "/home/ada")], "/xdg/docket"),
        ([("XDG_DATA_HOME", ""), ("HOME", "/home/ada")], "/home/ada/.local/share/docket"),
        ([("XDG_DATA_HOME", "relative"), ("HOME", "/home/ada")], "/home/ada/.local/share/docket"),
        ([("XDG_DATA_HOME", ""), ("HOME", "")], "docket-data"),
        ([("XDG_DATA_HOME", "/xdg"), ("DOCKET_DATA_DIR", "/mine")], "/mine"),
    ] {
        assert_eq!(data_dir(&Place::with(&variables)), expected, "{variables:?}");
    }
}

#[test]
fn a_directory_for_everybody_is_not_closed() {
    use std::os::unix::fs::PermissionsExt;
    let dir = tempfile::TempDir::new().unwrap();
    let open = std::fs::Permissions::from_mode(0o1777);
    std::fs::set_permissions(dir.path(), open.clone()).unwrap();

    let output = crate::app::command(dir.path(), &[]).arg("migrate").output().unwrap();

    assert_eq!(output.status.code(), Some(1));
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(message.contains("is for everybody"), "{message}");
    let mode = std::fs::metadata(dir.path()).unwrap().permissions().mode();
    assert_eq!(mode & 0o7777, 0o1777);
}
