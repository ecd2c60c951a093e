//! The official client, which needs Node. Without Node this is left out and
//! says so, unless `CI` is set: there it must run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::app::App;
use crate::browser::UNLIMITED;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/better-auth/client-check");

/// Installs the check once; later runs find it as it is.
fn install() -> Result<PathBuf, String> {
    for program in ["node", "npm"] {
        let found = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        found.map_err(|error| format!("{program}: {error}"))?;
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join("better-auth-client-check");
    std::fs::create_dir_all(&place).map_err(|error| error.to_string())?;
    let lock = std::fs::read(Path::new(SOURCE).join("package-lock.json"))
        .map_err(|error| format!("{SOURCE}: {error}"))?;
    for file in ["check.mjs", "package.json", "package-lock.json"] {
        let text = std::fs::read(Path::new(SOURCE).join(file));
        text.and_then(|text| std::fs::write(place.join(file), text))
            .map_err(|error| format!("{file}: {error}"))?;
    }
    let done = place.join("installed");
    if std::fs::read(&done).is_ok_and(|before| before == lock) {
        return Ok(place);
    }
    let output = Command::new("npm")
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&place)
        .output()
        .map_err(|error| error.to_string())?;
    if !output.status.success() {
        return Err(format!("npm ci: {}", String::from_utf8_lossy(&output.stderr)));
    }
    std::fs::write(&done, lock).map_err(|error| error.to_string())?;
    Ok(place)
}

#[test]
fn the_official_client_finds_nothing_wrong() {
    let place = match install() {
        Ok(place) => place,
        Err(why) => {
            assert!(std::env::var_os("CI").is_none(), "CI must run this: {why}");
            let line = format!("\nleft out, as the official client cannot be started: {why}\n");
            // Not `eprintln`, which a passing test hides.
            let _ = std::io::stderr().write_all(line.as_bytes());
            return;
        }
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
