//! Programs that need Node and packages of npm. Where they cannot be had their
//! tests are left out and say so, unless `CI` is set: there they must run.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Says that a test is left out, and why. CI must not leave it out.
pub fn left_out(why: &str) {
    assert!(std::env::var_os("CI").is_none(), "CI must run this: {why}");
    // Not `eprintln`, which a passing test hides.
    let _ = std::io::stderr().write_all(format!("\nleft out: {why}\n").as_bytes());
}

/// Copies a program to a place of its own, under `name`, and installs there
/// what its lock file says. Later runs find that as it is.
pub fn install(source: &Path, name: &str) -> Result<PathBuf, String> {
    for program in ["node", "npm"] {
        let found = Command::new(program).arg("--version").stdout(Stdio::null()).status();
        found.map_err(|error| format!("{program}: {error}"))?;
    }
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    copy(source, &place).map_err(|error| format!("{}: {error}", source.display()))?;
    let lock = std::fs::read(place.join("package-lock.json"));
    let lock = lock.map_err(|error| format!("{name}/package-lock.json: {error}"))?;
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

/// Copies the files of a directory and of those below it, but no packages.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let (source, name) = (entry.path(), entry.file_name());
        if source.is_file() {
            // Not `fs::copy`, which would also copy that it cannot be written.
            std::fs::write(to.join(&name), std::fs::read(&source)?)?;
        } else if name != "node_modules" {
            copy(&source, &to.join(&name))?;
        }
    }
    Ok(())
}
