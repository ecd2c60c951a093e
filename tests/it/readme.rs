//! The README tells the truth: its settings exist, its commands work.

use std::process::{Command, Stdio};

use crate::app::{App, DOCKET};

const README: &str = include_str!("../../README.md");

#[test]
fn every_setting_is_in_the_readme() {
    for setting in docket::config::SETTINGS {
        assert!(README.contains(&format!("| `{}` |", setting.name)), "{}", setting.name);
        assert!(!setting.help.is_empty(), "{}", setting.name);
    }
}

#[test]
fn every_setting_is_in_the_settings_file() {
    let file = include_str!("../../Rocket.toml");
    for setting in docket::config::SETTINGS {
        assert!(file.contains(setting.name), "{}", setting.name);
    }
}

#[test]
fn the_commands_of_the_readme_work() {
    let app = App::start();
    let folder = std::path::Path::new(DOCKET).parent().unwrap().display().to_string();
    let path = format!("{folder}:{}", std::env::var("PATH").unwrap());
    let blocks: Vec<&str> = README
        .split("<!-- tested -->\n```sh\n")
        .skip(1)
        .map(|rest| rest.split("```").next().unwrap())
        .collect();
    assert!(blocks.len() >= 2);

    for block in blocks {
        let script = block
            .replace("http://127.0.0.1:8000", &app.url)
            .replace("curl -s", "curl -sSf")
            .replace("better-auth.db", "tests/fixtures/better-auth.sql");
        let output = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &script])
            .env("PATH", &path)
            .env("DOCKET_DATA_DIR", app.dir.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{script}\n{errors}");
    }
}

/// Nobody builds the image here: at least what it copies and sets is there.
#[test]
fn the_dockerfile_names_what_there_is() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let file = include_str!("../../Dockerfile");
    let copied = file
        .lines()
        .filter_map(|line| line.strip_prefix("COPY "))
        .filter(|line| !line.starts_with("--"));
    let sources: Vec<&str> = copied.flat_map(|line| line.split(' ').rev().skip(1)).collect();
    for needed in ["Cargo.toml", "Cargo.lock", ".cargo", "src", "static", "tests", "benches"] {
        assert!(sources.contains(&needed) && root.join(needed).exists(), "{needed}");
    }
    let rust = include_str!("../../Cargo.toml").split("rust-version = \"").nth(1).unwrap();
    assert!(file.contains(&format!("rust:{}-alpine", rust.split('"').next().unwrap())));
    let settings = file.split("DOCKET_").skip(1).map(|rest| rest.split('=').next().unwrap());
    for setting in settings.map(str::to_lowercase) {
        assert!(docket::config::SETTINGS.iter().any(|known| known.name == setting), "{setting}");
    }
}
