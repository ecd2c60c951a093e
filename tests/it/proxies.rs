//! Docket behind the proxies whose configuration `docket service` prints: the real
//! programs, where they are installed.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use tempfile::TempDir;

use crate::app::App;
use crate::service::{Certificate, curl, fetch, wait_until};

const HOST: &str = "tasks.example.org";
const BASE_URL: &str = "https://tasks.example.org";

/// Where Docket listens for the proxy.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Port,
    Socket,
}

/// Docket and a proxy before it.
struct Behind {
    app: App,
    proxy: Child,
    port: u16,
    certificate: Certificate,
    folder: TempDir,
}

impl Behind {
    /// Starts a proxy by a command that is given its folder, with a configuration
    /// that is made of the printed one.
    fn start(
        way: Way,
        kind: &str,
        adapt: impl Fn(&str, u16, &Certificate) -> String,
        command: impl Fn(&Path) -> Command,
    ) -> Behind {
        let folder = TempDir::new().unwrap();
        let socket = folder.path().join("docket.sock").display().to_string();
        let proxies = if way == Way::Port { "127.0.0.1" } else { "unix" };
        let mut settings = vec![("DOCKET_BASE_URL", BASE_URL), ("DOCKET_TRUSTED_PROXIES", proxies)];
        if way == Way::Socket {
            settings.push(("DOCKET_UNIX_SOCKET", &socket));
        }
        let app = App::with(&settings);
        let certificate = Certificate::new();
        let port = free_port();
        let printed = app.run(&["service", kind]);
        let printed = match way {
            Way::Port => printed.replace("127.0.0.1:8000", app.address()),
            // The comment becomes the line, and the line a comment.
            Way::Socket => printed
                .replace("server 127.0.0.1:8000", "#server 127.0.0.1:8000")
                .replace("reverse_proxy 127.0.0.1:8000", "#reverse_proxy 127.0.0.1:8000")
                .replace("#server unix:/run/docket/docket.sock", &format!("server unix:{socket}"))
                .replace(
                    "#reverse_proxy unix//run/docket/docket.sock",
                    &format!("reverse_proxy unix/{socket}"),
                ),
        };
        std::fs::write(folder.path().join("config"), adapt(&printed, port, &certificate)).unwrap();
        let log = std::fs::File::create(folder.path().join("log")).unwrap();
        let mut command = command(folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        let proxy = command.spawn().expect("the proxy starts");
        let behind = Behind { app, proxy, port, certificate, folder };
        wait_until("the proxy is there", || behind.is_there());
        behind
    }

    fn is_there(&self) -> bool {
        let (arguments, url) = (self.arguments(), self.url("/healthz"));
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain([&*url]).collect();
        let output = curl(&arguments);
        output.stdout.ends_with(b"\r\n\r\nok\n")
    }

    fn url(&self, path: &str) -> String {
        format!("https://{HOST}:{}{path}", self.port)
    }

    /// The client is 127.0.0.2, which neither Docket nor the proxy is.
    fn arguments(&self) -> Vec<String> {
        let authority = self.certificate.cert().display().to_string();
        let resolve = format!("{HOST}:{}:127.0.0.1", self.port);
        ["--interface", "127.0.0.2", "--cacert", &authority, "--resolve", &resolve, "--include"]
            .map(str::to_owned)
            .to_vec()
    }

    fn send(&self, path: &str, headers: &[&str], body: &str) -> String {
        let (mut arguments, url) = (self.arguments(), self.url(path));
        for header in headers {
            arguments.extend(["--header".to_owned(), (*header).to_owned()]);
        }
        let file = self.folder.path().join("body");
        std::fs::write(&file, body).unwrap();
        let body = format!("@{}", file.display());
        let more = ["--header", "content-type: application/json", "--data-binary", &body, &url];
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).chain(more).collect();
        fetch(&arguments)
    }

    /// Listens for events; each line comes by the channel as soon as it is there.
    fn listen(&self, token: &str) -> (Child, Receiver<String>) {
        let mut command = Command::new("curl");
        command.args(self.arguments()).args(["--silent", "--no-buffer", "--header"]);
        command.arg(format!("authorization: Bearer {token}")).arg(self.url("/api/events"));
        let mut child = command.stdout(Stdio::piped()).spawn().expect("curl runs");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (sender, receiver) = channel();
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        (child, receiver)
    }
}

impl Drop for Behind {
    fn drop(&mut self) {
        let _ = self.proxy.kill();
        let _ = self.proxy.wait();
        if std::thread::panicking() {
            let log = std::fs::read_to_string(self.folder.path().join("log"));
            eprintln!("the proxy: {}", log.unwrap_or_default());
        }
    }
}

/// A port that nobody has at the moment.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn is_installed(program: &str) -> bool {
    let is_there = Command::new(program).arg("-h").output().is_ok();
    if !is_there {
        eprintln!("left out: there is no {program} here");
    }
    is_there
}

fn wait_for(lines: &Receiver<String>, part: &str) {
    loop {
        let line = lines.recv_timeout(Duration::from_secs(12));
        if line.unwrap_or_else(|why| panic!("{part} does not come: {why}")).contains(part) {
            return;
        }
    }
}

/// What has to be so behind any proxy.
fn try_it(behind: &Behind) {
    let origin = format!("origin: {BASE_URL}");
    let account = r#"{"name":"Ada","email":"ada@example.org","password":"correct horse battery"}"#;
    let reply = behind.send("/api/auth/sign-up/email", &[&origin], account);
    assert!(reply.contains(" 200"), "{reply}");
    let cookie = reply.lines().find(|line| line.to_lowercase().starts_with("set-cookie:")).unwrap();
    assert!(cookie.contains("__Secure-") && cookie.contains(" Secure;"), "{cookie}");
    assert!(reply.to_lowercase().contains("strict-transport-security"), "{reply}");

    // SECURITY-BAR S11: what a client says about itself is not believed.
    let wrong = r#"{"email":"ada@example.org","password":"not the password"}"#;
    let lie = "x-forwarded-for: 203.0.113.99";
    let reply = behind.send("/api/auth/sign-in/email", &[&origin, lie], wrong);
    assert!(reply.contains("INVALID_EMAIL_OR_PASSWORD"), "{reply}");
    wait_until("the failure is on record", || {
        behind.app.run(&["audit", "list", "--kind", "sign_in_failed"]).contains("127.0.0.2")
    });
    assert!(!behind.app.run(&["audit", "list"]).contains("203.0.113.99"));
    assert!(behind.app.log().contains("sign-in failed from 127.0.0.2\n"), "{}", behind.app.log());

    let token = behind.app.run(&["token", "issue", "--user", "ada@example.org"]);
    let token = token.trim();
    let (mut child, lines) = behind.listen(token);
    wait_for(&lines, "event:ready");
    let bearer = format!("authorization: Bearer {token}");
    let reply = behind.send("/api/tasks", &[&bearer], r#"{"title":"seen at once"}"#);
    assert!(reply.contains(" 201"), "{reply}");
    wait_for(&lines, "seen at once");
    child.kill().unwrap();
    child.wait().unwrap();

    let large = format!(r#"{{"title":"{}"}}"#, "x".repeat(300_000));
    let reply = behind.send("/api/tasks", &[&bearer], &large);
    // Also by a proxy that is still sending when it is refused.
    assert!(reply.contains(" 413"), "{reply}");
}

fn caddy(way: Way) -> Option<Behind> {
    let adapt = |printed: &str, port: u16, certificate: &Certificate| {
        let (cert, key) = (certificate.cert(), certificate.key());
        let site = format!("{HOST}:{port} {{\n\ttls {} {}", cert.display(), key.display());
        let global = "{\n\tadmin off\n\tauto_https off\n}\n";
        format!("{global}{}", printed.replace(&format!("{HOST} {{"), &site))
    };
    let command = |folder: &Path| {
        let mut command = Command::new("caddy");
        command.env("HOME", folder).env("XDG_DATA_HOME", folder).env("XDG_CONFIG_HOME", folder);
        command.args(["run", "--adapter", "caddyfile", "--config"]).arg(folder.join("config"));
        command
    };
    is_installed("caddy").then(|| Behind::start(way, "caddy", adapt, command))
}

fn nginx(way: Way) -> Option<Behind> {
    let adapt = |printed: &str, port: u16, certificate: &Certificate| {
        let (cert, key) = (certificate.cert(), certificate.key());
        let paths = format!("/etc/letsencrypt/live/{HOST}");
        let site = printed
            .replace("listen [::]:443 ssl http2;", "")
            .replace("listen [::]:80;", "")
            .replace("listen 443", &format!("listen 127.0.0.1:{port}"))
            .replace("listen 80;", &format!("listen 127.0.0.1:{};", free_port()))
            .replace(&format!("{paths}/fullchain.pem"), &cert.display().to_string())
            .replace(&format!("{paths}/privkey.pem"), &key.display().to_string());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {name};\n"))
            .concat();
        format!(
            "daemon off; master_process off; pid nginx.pid; events {{}}\n\
             http {{ access_log off;\n{temporary}{site} }}\n"
        )
    };
    let command = |folder: &Path| {
        let mut command = Command::new("nginx");
        command.arg("-p").arg(folder).arg("-c").arg(folder.join("config"));
        command.args(["-e", "stderr"]);
        command
    };
    is_installed("nginx").then(|| Behind::start(way, "nginx", adapt, command))
}

#[test]
fn behind_caddy_by_a_port() {
    caddy(Way::Port).inspect(try_it);
}

#[test]
fn behind_caddy_by_a_socket() {
    caddy(Way::Socket).inspect(try_it);
}

#[test]
fn behind_nginx_by_a_port() {
    nginx(Way::Port).inspect(try_it);
}

#[test]
fn behind_nginx_by_a_socket() {
    nginx(Way::Socket).inspect(try_it);
}
