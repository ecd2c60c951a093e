//! Serving in other ways than plain HTTP on a port: what the tests of it share.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A certificate for `localhost` and its key, in files.
pub struct Certificate {
    pub folder: TempDir,
}

impl Certificate {
    pub fn new() -> Certificate {
        let certificate = Certificate { folder: TempDir::new().expect("a directory") };
        certificate.renew();
        certificate
    }

    pub fn cert(&self) -> PathBuf {
        self.folder.path().join("cert.pem")
    }

    pub fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    /// Puts a new one into the same files.
    pub fn renew(&self) {
        let names = ["localhost", "127.0.0.1", "tasks.example.org"].map(str::to_owned);
        let made = rcgen::generate_simple_self_signed(names).expect("a key");
        std::fs::write(self.cert(), made.cert.pem()).expect("a file");
        std::fs::write(self.key(), made.signing_key.serialize_pem()).expect("a file");
        set_mode(&self.key(), 0o600);
    }

    /// The settings that serve with it.
    pub fn settings(&self) -> [(String, String); 2] {
        let text = |path: PathBuf| path.display().to_string();
        [("DOCKET_TLS_CERT".into(), text(self.cert())), ("DOCKET_TLS_KEY".into(), text(self.key()))]
    }
}

pub fn set_mode(file: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let mode = std::fs::Permissions::from_mode(mode);
    std::fs::set_permissions(file, mode).expect("a mode");
}

/// Runs curl, which speaks TLS and to Unix sockets.
pub fn curl(arguments: &[&str]) -> Output {
    let mut command = Command::new("curl");
    command.args(["--silent", "--show-error", "--max-time", "30", "--noproxy", "*"]);
    command.args(arguments).output().expect("curl runs")
}

/// What curl was answered; it must be answered.
pub fn fetch(arguments: &[&str]) -> String {
    let output = curl(arguments);
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "curl {arguments:?}: {errors}");
    String::from_utf8(output.stdout).expect("UTF-8")
}

/// Waits until something is so, and panics with `what` if it does not come about.
pub fn wait_until(what: &str, is_so: impl Fn() -> bool) {
    let begun = Instant::now();
    while !is_so() {
        assert!(begun.elapsed() < Duration::from_secs(20), "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}
