//! Running under systemd, which is played here by a socket.

use std::collections::BTreeSet;
use std::os::unix::fs::MetadataExt;
use std::os::unix::net::UnixDatagram;
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::app::{App, DOCKET};

/// What systemd listens at.
struct Manager {
    folder: TempDir,
    socket: UnixDatagram,
}

impl Manager {
    fn new() -> Manager {
        let folder = TempDir::new().unwrap();
        let socket = UnixDatagram::bind(folder.path().join("notify")).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        Manager { folder, socket }
    }

    fn path(&self) -> String {
        self.folder.path().join("notify").display().to_string()
    }

    fn hear(&self) -> String {
        let mut buffer = [0; 1024];
        let length = self.socket.recv(&mut buffer).expect("systemd is told something");
        String::from_utf8_lossy(&buffer[..length]).trim().to_owned()
    }
}

#[test]
fn readiness_and_the_end_are_told() {
    let manager = Manager::new();
    let mut app = App::with(&[("NOTIFY_SOCKET", &manager.path())]);
    assert_eq!(manager.hear(), "READY=1");
    assert_eq!(app.get("/readyz").status, 200);
    assert_eq!(app.stop(), Some(0));
    assert_eq!(manager.hear(), "STOPPING=1", "and nothing about a watchdog");
}

#[test]
fn the_watchdog_hears_again_and_again_while_the_server_lives() {
    let manager = Manager::new();
    let settings = [("NOTIFY_SOCKET", manager.path()), ("WATCHDOG_USEC", "400000".to_owned())];
    let settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let mut app = App::with(&settings);
    let heard: Vec<String> = (0..4).map(|_| manager.hear()).collect();
    assert_eq!(heard.iter().filter(|said| *said == "READY=1").count(), 1, "{heard:?}");
    assert_eq!(heard.iter().filter(|said| *said == "WATCHDOG=1").count(), 3, "{heard:?}");
    assert_eq!(app.stop(), Some(0));
    while manager.hear() != "STOPPING=1" {}
}

#[test]
fn a_manager_that_is_gone_is_no_reason_to_fail() {
    let mut app = App::with(&[("NOTIFY_SOCKET", "/nowhere/notify")]);
    assert_eq!(app.get("/readyz").status, 200);
    assert_eq!(app.stop(), Some(0));
    assert!(app.log().contains("systemd cannot be told"), "{}", app.log());
}

// Whose service it is, root runs its commands; only root can play both.
#[test]
fn what_root_makes_beside_a_service_is_the_services() {
    const SERVICE: u32 = 65532;
    if !rustix::process::geteuid().is_root() {
        eprintln!("left out: only root can try this");
        return;
    }
    let folder = TempDir::new().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir(&data).unwrap();
    std::os::unix::fs::chown(&data, Some(SERVICE), Some(SERVICE)).unwrap();
    for arguments in [&["user", "add", "ada@example.org"][..], &["backup", "now"]] {
        let mut command = crate::app::command(&data, &[]);
        let output = command.args(arguments).stdin(std::process::Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {output:?}");
    }
    let mut seen = 0;
    for folder in [data.clone(), data.join("backups")] {
        assert_eq!(std::fs::metadata(&folder).unwrap().uid(), SERVICE);
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            assert_eq!(std::fs::metadata(&path).unwrap().uid(), SERVICE, "{}", path.display());
            seen += 1;
        }
    }
    assert!(seen > 5, "{seen} files");
}

fn printed(kind: &str) -> String {
    let output = Command::new(DOCKET).env_clear().args(["service", kind]).output().unwrap();
    assert!(output.status.success(), "{kind}");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn systemd_finds_nothing_wrong_with_the_unit() {
    if Command::new("systemd-analyze").arg("--version").output().is_err() {
        eprintln!("left out: there is no systemd-analyze here");
        return;
    }
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("docket.service");
    std::fs::write(&file, printed("systemd").replace("/usr/local/bin/docket", DOCKET)).unwrap();
    let mut command = Command::new("systemd-analyze");
    let output = command.args(["verify", "--man=no"]).arg(&file).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let ours: Vec<&str> = said.lines().filter(|line| line.contains("docket.service")).collect();
    assert!(ours.is_empty(), "{said}");
}

#[test]
fn what_is_printed_for_others_names_settings_that_there_are() {
    let known: BTreeSet<String> =
        docket::config::SETTINGS.iter().map(|setting| setting.name.to_owned()).collect();
    let mut named = BTreeSet::new();
    for kind in ["systemd", "caddy", "nginx", "traefik", "fail2ban"] {
        let text = printed(kind);
        let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        for word in words.filter_map(|word| word.strip_prefix("DOCKET_")) {
            let setting = word.to_lowercase();
            let setting = setting.strip_suffix("_file").unwrap_or(&setting);
            assert!(known.contains(setting), "{kind}: {word}");
            named.insert(setting.to_owned());
        }
    }
    assert!(named.len() > 5, "{named:?}");
    assert!(include_str!("../../README.md").contains(printed("fail2ban").trim()));
}
