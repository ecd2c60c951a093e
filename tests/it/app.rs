//! The harness: a server process with a data directory of its own, people with
//! tokens, and replies that are easy to look at.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use docket::auth::{session, user};
use docket::db::{Db, Role};
use docket::ids::UserId;
use docket::time::Timestamp;
use serde_json::Value;
use tempfile::TempDir;

/// The executable under test.
pub const DOCKET: &str = env!("CARGO_BIN_EXE_docket");

/// A running server.
pub struct App {
    pub dir: TempDir,
    pub url: String,
    child: Child,
    settings: Vec<(String, String)>,
}

/// Somebody with a token.
pub struct Person {
    pub id: UserId,
    pub token: String,
    url: String,
}

/// A reply, its body as JSON if it is JSON and else as a string.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Value,
    pub text: String,
}

impl Reply {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))?;
        Some(&found.1)
    }
}

impl App {
    /// Starts a server with nothing configured on an empty directory.
    pub fn start() -> App {
        App::with(&[])
    }

    /// Starts one with these environment variables.
    pub fn with(settings: &[(&str, &str)]) -> App {
        let dir = TempDir::new().expect("a temporary directory");
        let settings = settings.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        App::on(dir, settings)
    }

    /// Starts one on an empty directory, from a shell that first runs `prelude`
    /// (a limit, a umask).
    pub fn under(prelude: &str, settings: &[(&str, &str)]) -> App {
        let dir = TempDir::new().expect("a temporary directory");
        App::on_under(dir, settings, prelude)
    }

    /// Starts one on a directory that is there already.
    pub fn on_under(dir: TempDir, settings: &[(&str, &str)], prelude: &str) -> App {
        let settings = settings.iter().map(|(k, v)| ((*k).into(), (*v).into())).collect();
        App::spawn(dir, settings, prelude)
    }

    fn on(dir: TempDir, settings: Vec<(String, String)>) -> App {
        App::spawn(dir, settings, "true")
    }

    fn spawn(dir: TempDir, settings: Vec<(String, String)>, prelude: &str) -> App {
        let mut child = command_under(prelude, dir.path(), &settings)
            .env("DOCKET_LOG_FORMAT", format_of_log(&settings))
            .args(["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .stderr(log_file(dir.path()))
            .spawn()
            .expect("docket starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("its output"))
            .read_line(&mut line)
            .expect("a line");
        let url = line.trim().strip_prefix("Docket is ready at ").map(str::to_owned);
        let Some(url) = url else {
            let _ = child.wait();
            panic!("docket did not start: {line}{}", read_log(dir.path()));
        };
        App { dir, url, child, settings }
    }

    /// A command on the same data directory, with the same settings.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = command(self.dir.path(), &self.settings);
        command.args(arguments);
        command
    }

    /// Runs a command and gives its standard output; it must succeed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).stdin(Stdio::null()).output().expect("docket runs");
        let errors = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "docket {arguments:?}: {errors}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// Makes an account with a token of the server's own.
    pub fn user(&self, name: &str) -> Person {
        let db = Db::open(self.dir.path(), Role::Command).expect("the database opens");
        let email = user::Email::parse(&format!("{name}@example.org")).expect("an address");
        let (url, name, now) = (self.url.clone(), name.to_owned(), Timestamp::now());
        let (id, token) = db
            .write_now(move |tx| {
                let user = user::add(tx, email, &name, None, now)?;
                let owner = user::find(tx, user.id.as_str())?;
                Ok((user.id, session::issue_token(tx, owner, &url, 3600, now)?))
            })
            .expect("an account");
        db.close();
        Person { id, token, url: self.url.clone() }
    }

    /// Somebody whose token is this, whoever made it.
    pub fn bearer(&self, token: &str) -> Person {
        Person { id: UserId::new(), token: token.to_owned(), url: self.url.clone() }
    }

    /// A request without a token.
    pub fn get(&self, path: &str) -> Reply {
        request(&self.url, "GET", path, &[], None)
    }

    /// A request without a token, of any kind.
    pub fn request(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        request(&self.url, method, path, headers, body)
    }

    /// `host:port` to connect to.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("an http URL")
    }

    /// Sends bytes as they are and reads until the server closes, or `seconds` have passed.
    pub fn raw(&self, bytes: &[u8], seconds: u64) -> String {
        let mut stream = TcpStream::connect(self.address()).expect("a connection");
        stream.set_read_timeout(Some(Duration::from_secs(seconds))).expect("a timeout");
        // The server may close before it has read everything.
        let _ = stream.write_all(bytes);
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        String::from_utf8_lossy(&reply).into_owned()
    }

    /// A change by another process than the server, as commands make them.
    pub fn change(
        &self,
        work: impl FnOnce(&docket::db::Tx) -> rusqlite::Result<usize> + Send + 'static,
    ) -> usize {
        let db = Db::open(self.dir.path(), Role::Command).expect("the database opens");
        let changed = db.write_now(move |tx| Ok(work(tx)?)).expect("a change");
        db.close();
        changed
    }

    /// A number from the database.
    pub fn count(&self, sql: &str) -> i64 {
        let db = Db::open(self.dir.path(), Role::Command).expect("the database opens");
        let sql = sql.to_owned();
        let number = db.write_now(move |tx| Ok(tx.query_row(&sql, [], |row| row.get(0))?));
        db.close();
        number.expect("a number")
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What the server logged so far.
    pub fn log(&self) -> String {
        read_log(self.dir.path())
    }

    /// Asks it to stop, and gives its exit code.
    pub fn stop(&mut self) -> Option<i32> {
        signal(self.pid(), "TERM");
        self.wait()
    }

    /// Waits for the process to end.
    pub fn wait(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            if let Some(status) = self.child.try_wait().expect("a child") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("docket did not stop: {}", self.log());
    }

    /// Kills it without warning and starts it again on the same directory and
    /// under the same address settings; the port is a new one.
    pub fn kill_and_restart(mut self) -> App {
        self.child.kill().expect("it runs");
        let _ = self.child.wait();
        let dir = std::mem::replace(&mut self.dir, TempDir::new().expect("a directory"));
        App::on(dir, self.settings.clone())
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Sends a signal by name.
pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").args([&format!("-{name}"), &pid.to_string()]).status();
    assert!(sent.expect("kill runs").success());
}

/// A docket command that sees none of the caller's own settings.
pub fn command(data_dir: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new(DOCKET);
    command.env_clear().env("DOCKET_DATA_DIR", data_dir).current_dir("/");
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command
}

/// The same from a shell that first runs `prelude`.
pub fn command_under(prelude: &str, data_dir: &Path, settings: &[(String, String)]) -> Command {
    let mut command = Command::new("/bin/sh");
    command.env_clear().env("DOCKET_DATA_DIR", data_dir).current_dir("/");
    command.envs(settings.iter().map(|(name, value)| (name, value)));
    command.args(["-c", &format!("{prelude}; exec \"$0\" \"$@\""), DOCKET]);
    command
}

/// Text, which tests look for, unless they say otherwise.
fn format_of_log(settings: &[(String, String)]) -> &str {
    let said = settings.iter().find(|(name, _)| name == "DOCKET_LOG_FORMAT");
    said.map_or("text", |(_, format)| format)
}

fn log_file(dir: &Path) -> std::fs::File {
    std::fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(dir.join("test.log"))
        .expect("a log file")
}

fn read_log(dir: &Path) -> String {
    std::fs::read_to_string(dir.join("test.log")).unwrap_or_default()
}

impl Person {
    pub fn get(&self, path: &str) -> Reply {
        self.send("GET", path, &[], None)
    }

    pub fn delete(&self, path: &str) -> Reply {
        self.send("DELETE", path, &[], None)
    }

    pub fn post(&self, path: &str, body: &Value) -> Reply {
        self.json("POST", path, body)
    }

    pub fn put(&self, path: &str, body: &Value) -> Reply {
        self.json("PUT", path, body)
    }

    pub fn patch(&self, path: &str, body: &Value) -> Reply {
        self.json("PATCH", path, body)
    }

    pub fn json(&self, method: &str, path: &str, body: &Value) -> Reply {
        let json = [("content-type", "application/json")];
        self.send(method, path, &json, Some(&body.to_string()))
    }

    /// Any request, with the token and these headers.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Reply {
        let bearer = format!("Bearer {}", self.token);
        let headers = [&[("authorization", bearer.as_str())], headers].concat();
        request(&self.url, method, path, &headers, body)
    }

    /// `host:port` to connect to.
    pub fn address(&self) -> &str {
        self.url.strip_prefix("http://").expect("an http URL")
    }

    /// Adds a task with this title and gives it.
    pub fn add(&self, title: &str) -> Value {
        let reply = self.post("/api/tasks", &serde_json::json!({ "title": title }));
        assert_eq!(reply.status, 201, "{}", reply.text);
        reply.body
    }
}

/// One request on a connection of its own, written and read by hand so that
/// nothing between the test and the server changes it.
pub fn request(
    url: &str,
    method: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<&str>,
) -> Reply {
    let address = url.strip_prefix("http://").expect("an http URL");
    let mut stream = TcpStream::connect(address).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n");
    for (name, value) in headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if let Some(body) = body {
        head.push_str(&format!("content-length: {}\r\n", body.len()));
    }
    head.push_str("\r\n");
    head.push_str(body.unwrap_or_default());
    // A server that refuses early may close before it has read everything.
    let _ = stream.write_all(head.as_bytes());
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    parse(&bytes)
}

/// Reads a reply as it came over the wire.
pub fn parse(bytes: &[u8]) -> Reply {
    let split = bytes.windows(4).position(|part| part == b"\r\n\r\n");
    let split = split.unwrap_or_else(|| panic!("no reply: {:?}", String::from_utf8_lossy(bytes)));
    let head = String::from_utf8_lossy(&bytes[..split]).into_owned();
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .collect();
    let text = String::from_utf8_lossy(&bytes[split + 4..]).into_owned();
    let body = serde_json::from_str(&text).unwrap_or_else(|_| Value::String(text.clone()));
    Reply { status: status.parse().expect("a number"), headers, body, text }
}
