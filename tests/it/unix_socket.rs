//! Listening on a Unix socket.

use std::os::unix::fs::{FileTypeExt, PermissionsExt};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Output;

use tempfile::TempDir;

use crate::app::{App, signal};
use crate::service::{fetch, wait_until};

const BASE_URL: &str = "https://tasks.example.org";

fn start(socket: &Path, more: &[(&str, &str)]) -> App {
    start_under("true", socket, more)
}

fn start_under(prelude: &str, socket: &Path, more: &[(&str, &str)]) -> App {
    let socket = socket.to_str().unwrap();
    let settings = [("DOCKET_UNIX_SOCKET", socket), ("DOCKET_BASE_URL", BASE_URL)];
    App::under(prelude, &[&settings, more].concat())
}

/// A start that fails.
fn refused(socket: &str, base_url: &str) -> String {
    let folder = TempDir::new().unwrap();
    let settings = [("DOCKET_UNIX_SOCKET", socket), ("DOCKET_BASE_URL", base_url)]
        .map(|(name, value)| (name.to_owned(), value.to_owned()));
    let settings = if base_url.is_empty() { &settings[..1] } else { &settings[..] };
    let mut command = crate::app::command(folder.path(), settings);
    let Output { status, stderr, .. } = command.arg("serve").output().unwrap();
    assert!(!status.success());
    String::from_utf8(stderr).unwrap()
}

fn get(socket: &Path, path: &str) -> String {
    let socket = socket.to_str().unwrap();
    fetch(&["--include", "--unix-socket", socket, &format!("http://docket{path}")])
}

/// Signs in wrongly, saying that one comes from elsewhere.
fn fail_to_sign_in(socket: &Path, forwarded_for: &str) {
    let reply = fetch(&[
        "--unix-socket",
        socket.to_str().unwrap(),
        "--header",
        "content-type: application/json",
        "--header",
        &format!("x-forwarded-for: {forwarded_for}"),
        "--data",
        r#"{"email":"nobody@example.org","password":"not the password"}"#,
        "http://docket/api/auth/sign-in/email",
    ]);
    assert!(reply.contains("INVALID_EMAIL_OR_PASSWORD"), "{reply}");
}

#[test]
fn requests_are_answered_on_the_socket() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docket.sock");
    let mut app = start(&socket, &[]);
    assert_eq!(app.url, format!("unix:{}", socket.display()));

    assert!(get(&socket, "/healthz").starts_with("HTTP/1.1 200"));
    assert_eq!(app.run(&["healthcheck"]), "ready\n");
    assert_eq!(app.run(&["healthcheck", "--url", &app.url]), "ready\n");
    assert_eq!(app.stop(), Some(0));

    assert!(!socket.exists(), "it is gone with the server");
    let output = app.command(&["healthcheck"]).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
}

#[test]
fn the_mode_is_as_set_whatever_the_umask() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docket.sock");
    for (umask, setting, mode) in [
        ("umask 0", None, 0o660),
        ("umask 077", None, 0o660),
        ("umask 022", Some("0600"), 0o600),
        ("umask 077", Some("666"), 0o666),
    ] {
        let setting = setting.map(|mode| ("DOCKET_UNIX_SOCKET_MODE", mode));
        let mut app = start_under(umask, &socket, setting.as_slice());
        let found = socket.symlink_metadata().unwrap();
        assert!(found.file_type().is_socket());
        assert_eq!(found.permissions().mode() & 0o777, mode, "{umask} {setting:?}");
        assert_eq!(app.stop(), Some(0));
    }
}

#[test]
fn what_a_killed_server_left_is_replaced() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docket.sock");
    let mut app = start(&socket, &[]);
    signal(app.pid(), "KILL");
    app.wait();
    assert!(socket.exists(), "nobody removed it");

    let _app = start(&socket, &[]);
    assert!(get(&socket, "/healthz").starts_with("HTTP/1.1 200"));
}

#[test]
fn a_living_socket_and_other_files_are_left_alone() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docket.sock");
    let _other = UnixListener::bind(&socket).unwrap();
    let said = refused(socket.to_str().unwrap(), BASE_URL);
    assert!(said.contains("docket.sock: another program listens there"), "{said}");
    assert!(socket.exists());

    let file = folder.path().join("notes.txt");
    std::fs::write(&file, "notes").unwrap();
    let said = refused(file.to_str().unwrap(), BASE_URL);
    assert!(said.contains("it is there already, and is no socket"), "{said}");
    assert_eq!(std::fs::read_to_string(&file).unwrap(), "notes");

    let said = refused("/nowhere/docket.sock", BASE_URL);
    assert!(said.contains("cannot listen on /nowhere/docket.sock"), "{said}");
    let said = refused(socket.to_str().unwrap(), "");
    assert!(said.contains("needs base_url"), "{said}");
}

// SECURITY-BAR S11
#[test]
fn a_forwarded_address_is_believed_only_if_the_socket_is_trusted() {
    let folder = TempDir::new().unwrap();
    let socket = folder.path().join("docket.sock");
    let failed_from = |proxies: &str, forwarded_for: &str, address: &str| {
        let app = start(&socket, &[("DOCKET_TRUSTED_PROXIES", proxies)]);
        fail_to_sign_in(&socket, forwarded_for);
        let said = format!("sign-in failed from {address}\n");
        wait_until(&format!("{proxies} {forwarded_for} {address}"), || app.log().contains(&said));
    };
    failed_from("", "203.0.113.7", "127.0.0.1");
    failed_from("127.0.0.1/32,0.0.0.0/0", "203.0.113.7", "127.0.0.1");
    failed_from("unix", "203.0.113.7", "203.0.113.7");
    failed_from("unix", "198.51.100.1, 203.0.113.7", "203.0.113.7");
    failed_from("unix,203.0.113.0/24", "198.51.100.1, 203.0.113.7", "198.51.100.1");
    failed_from("unix", "nonsense", "127.0.0.1");
}
