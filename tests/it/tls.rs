//! Https from certificate files.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};

use crate::app::{App, signal};
use crate::service::{Certificate, curl, fetch, set_mode, wait_until};

fn start(certificate: &Certificate, more: &[(&str, &str)]) -> App {
    let settings = certificate.settings();
    let mut all: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.extend(more);
    App::with(&all)
}

/// `host:port` of a server that speaks TLS.
fn address(app: &App) -> &str {
    app.url.strip_prefix("https://").expect("an https URL")
}

fn get(app: &App, certificate: &Certificate, path: &str) -> String {
    let authority = certificate.cert().display().to_string();
    let url = format!("{}{path}", app.url);
    fetch(&["--include", "--http1.1", "--cacert", &authority, &url])
}

/// Shakes hands, offering these protocols, and gives what was agreed on.
fn shake_hands(
    address: &str,
    certificate: &Certificate,
    protocols: &[&str],
) -> std::io::Result<Option<Vec<u8>>> {
    let mut roots = RootCertStore::empty();
    let cert = rustls::pki_types::CertificateDer::from_pem_file(certificate.cert());
    roots.add(cert.expect("PEM")).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    let name = ServerName::try_from("localhost").expect("a name");
    let client = ClientConnection::new(Arc::new(config), name).expect("a client");
    let mut stream = StreamOwned::new(client, TcpStream::connect(address)?);
    stream.write_all(b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
    let mut reply = [0; 12];
    stream.read_exact(&mut reply)?;
    assert_eq!(&reply, b"HTTP/1.1 200");
    Ok(stream.conn.alpn_protocol().map(<[u8]>::to_vec))
}

#[test]
fn https_is_served_and_http_is_not() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    assert!(app.url.starts_with("https://127.0.0.1:"), "{}", app.url);

    let reply = get(&app, &certificate, "/healthz");
    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    let plain = curl(&[&format!("http://{}/healthz", address(&app))]);
    assert!(!plain.status.success());
    let stranger = curl(&[&format!("{}/healthz", app.url)]);
    assert!(!stranger.status.success(), "nobody signed this certificate");
}

#[test]
fn only_http_1_is_agreed_on() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    let shake = |protocols: &[&str]| shake_hands(address(&app), &certificate, protocols);

    assert_eq!(shake(&["h2", "http/1.1"]).unwrap(), Some(b"http/1.1".to_vec()));
    assert_eq!(shake(&[]).unwrap(), None);
    assert!(shake(&["h2"]).is_err(), "there is nothing to agree on");
}

// SECURITY-BAR S2
#[test]
fn tokens_and_cookies_are_those_of_https() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    let authority = certificate.cert().display().to_string();
    let url = format!("{}/api/auth/sign-up/email", app.url);
    let body = r#"{"name":"Ada","email":"ada@example.org","password":"correct horse battery"}"#;
    let json = "content-type: application/json";
    let origin = format!("origin: {}", app.url);

    let reply = fetch(&[
        "--include",
        "--cacert",
        &authority,
        "--header",
        json,
        "--header",
        &origin,
        "--data",
        body,
        &url,
    ]);

    assert!(reply.starts_with("HTTP/1.1 200"), "{reply}");
    let cookie = reply.lines().find(|line| line.to_lowercase().starts_with("set-cookie")).unwrap();
    assert!(cookie.contains(" Secure;") && cookie.contains("__Secure-"), "{cookie}");
    assert!(app.run(&["token", "issue", "--user", "ada@example.org"]).contains('.'));
}

#[test]
fn browsers_are_bound_to_https_only_where_the_host_is_ours() {
    let certificate = Certificate::new();
    let bound = |base_url: &[(&str, &str)]| {
        let app = start(&certificate, base_url);
        get(&app, &certificate, "/")
            .to_lowercase()
            .contains("\nstrict-transport-security: max-age=31536000\r")
    };
    assert!(bound(&[("DOCKET_BASE_URL", "https://tasks.example.org")]));
    assert!(!bound(&[("DOCKET_BASE_URL", "https://nas.example.org:8443")]));
    assert!(!bound(&[]), "it has a port");
}

#[test]
fn plain_http_behind_a_proxy_binds_browsers_too() {
    let app = App::with(&[("DOCKET_BASE_URL", "https://tasks.example.org")]);
    let header = "strict-transport-security";
    assert_eq!(app.get("/").header(header), Some("max-age=31536000"));
    assert_eq!(App::start().get("/").header(header), None);
}

#[test]
fn a_new_certificate_is_shown_after_a_hangup() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    get(&app, &certificate, "/healthz");
    certificate.renew();
    assert!(shake_hands(address(&app), &certificate, &[]).is_err(), "the old one is shown");

    signal(app.pid(), "HUP");

    wait_until("the new one is shown", || shake_hands(address(&app), &certificate, &[]).is_ok());
    assert!(app.log().contains("the certificate was read anew"), "{}", app.log());
}

#[test]
fn a_bad_new_certificate_leaves_the_old_one() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    let (cert, key) = (certificate.cert(), certificate.key());
    let old = std::fs::read(&cert).unwrap();
    let other = Certificate::new();
    std::fs::copy(other.cert(), &cert).unwrap();

    signal(app.pid(), "HUP");

    let why = format!(
        "the certificate from before goes on: the key in {} is not that of the certificate in {}",
        key.display(),
        cert.display()
    );
    wait_until("it is said", || app.log().contains(&why));
    std::fs::write(&cert, old).unwrap();
    get(&app, &certificate, "/healthz");
}

#[test]
fn a_hangup_changes_how_much_is_logged() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("docket.toml");
    let write = |text: &str| std::fs::write(&file, format!("[default]\n{text}\n")).unwrap();
    write("log = \"error\"");
    let app = App::with(&[("DOCKET_CONFIG", file.to_str().unwrap())]);
    assert!(!app.log().contains("a head must come"), "{}", app.log());

    write("log = \"debug\"");
    signal(app.pid(), "HUP");
    wait_until("it is said", || app.log().contains("the level of the log is debug"));

    write("log = \"loud\"");
    signal(app.pid(), "HUP");
    wait_until("it is said", || app.log().contains("the settings from before go on"));
    assert_eq!(app.get("/healthz").status, 200);
}

#[test]
fn what_cannot_be_served_with_is_refused_by_name() {
    let (one, other) = (Certificate::new(), Certificate::new());
    let text = |path: std::path::PathBuf| path.display().to_string();
    let empty = text(one.folder.path().join("empty.pem"));
    std::fs::write(&empty, "").unwrap();
    let broken = text(one.folder.path().join("broken.pem"));
    std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n").unwrap();
    let rubbish = text(one.folder.path().join("rubbish.pem"));
    std::fs::write(&rubbish, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        .unwrap();
    let (cert, key) = (text(one.cert()), text(one.key()));
    for (cert, key, said) in [
        (
            cert.as_str(),
            "",
            "tls_cert from the environment variable DOCKET_TLS_CERT: needs tls_key",
        ),
        ("", key.as_str(), "tls_key from the environment variable DOCKET_TLS_KEY: needs tls_cert"),
        ("/nowhere.pem", &key, "cannot read the certificate /nowhere.pem"),
        (&cert, "/nowhere.pem", "cannot read the key /nowhere.pem"),
        (&empty, &key, "there is no certificate (PEM) in"),
        (&cert, &cert, "there is no key (PEM) in"),
        (&broken, &key, "broken.pem is broken"),
        (&rubbish, &key, "rubbish.pem cannot be used"),
        (&cert, &text(other.key()), "is not that of the certificate in"),
    ] {
        let folder = tempfile::TempDir::new().unwrap();
        let settings = [("DOCKET_TLS_CERT", cert), ("DOCKET_TLS_KEY", key)]
            .map(|(name, value)| (name.to_owned(), value.to_owned()));
        for command in [&["serve", "--port", "0"][..], &["config", "check"]] {
            let output =
                crate::app::command(folder.path(), &settings).args(command).output().unwrap();
            let all = [output.stdout, output.stderr].concat();
            let all = String::from_utf8_lossy(&all);
            assert!(!output.status.success() && all.contains(said), "{said}: {all}");
        }
        assert!(!folder.path().join("docket.db").exists(), "{said}: nothing was begun");
    }
}

#[test]
fn a_key_for_everybody_is_warned_of() {
    let certificate = Certificate::new();
    let said = "others on this machine may use the key";
    assert!(!start(&certificate, &[]).log().contains(said));
    set_mode(&certificate.key(), 0o640);
    assert!(!start(&certificate, &[]).log().contains(said), "a group is meant");
    set_mode(&certificate.key(), 0o644);
    assert!(start(&certificate, &[]).log().contains(said));
}

// SECURITY-BAR H6: a client that is slow at the handshake is let go like others.
#[test]
fn a_handshake_has_no_more_time_than_a_head() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    let begun = Instant::now();
    let silent = TcpStream::connect(address(&app)).unwrap();
    let mut dripping = TcpStream::connect(address(&app)).unwrap();
    // The head of a record of 300 bytes, which then come one by one.
    dripping.write_all(&[0x16, 3, 1, 1, 44, 1]).unwrap();
    for mut stream in [&silent, &dripping] {
        stream.set_read_timeout(Some(Duration::from_millis(200))).unwrap();
        loop {
            assert!(begun.elapsed() < Duration::from_secs(40), "it is still open");
            let _ = (&dripping).write_all(&[0]);
            match stream.read(&mut [0; 16]) {
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
                _ => break,
            }
        }
    }
    assert!(begun.elapsed() > Duration::from_secs(5), "{:?}", begun.elapsed());
}

// SECURITY-BAR D6
#[test]
fn a_handshake_does_not_hold_up_the_end() {
    let certificate = Certificate::new();
    let mut app = start(&certificate, &[]);
    let _silent = TcpStream::connect(address(&app)).unwrap();
    get(&app, &certificate, "/healthz");
    assert_eq!(app.stop(), Some(0));
    assert!(!app.log().contains("did not finish"), "{}", app.log());
}

#[test]
fn the_health_check_asks_a_server_of_https() {
    let certificate = Certificate::new();
    let app = start(&certificate, &[]);
    let port = address(&app).rsplit(':').next().unwrap();
    assert_eq!(app.run(&["healthcheck", "--port", port]), "ready\n");
    let output = app.command(&["healthcheck", "--url", &app.url]).output().unwrap();
    assert_eq!(output.status.code(), Some(6), "an address that was named is verified");
}
