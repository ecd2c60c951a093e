//! A mail server that speaks enough SMTP (RFC 5321) to be sent to, over TLS too,
//! and keeps what it is told.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned};
use tempfile::TempDir;

/// Long enough for a busy machine.
const SOON: Duration = Duration::from_secs(60);

/// How the server wants to be spoken to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Plain,
    Starttls,
    Implicit,
    /// It takes connections and never says a word.
    Silent,
}

/// A mail as it arrived.
#[derive(Clone, Debug)]
pub struct Letter {
    pub to: String,
    pub text: String,
}

impl Letter {
    /// The value of a header, which stands on one line in ours.
    pub fn header(&self, name: &str) -> Option<&str> {
        let head = self.text.split("\r\n\r\n").next().unwrap_or_default();
        let line = head.lines().find(|line| {
            line.split_once(':').is_some_and(|(known, _)| known.eq_ignore_ascii_case(name))
        })?;
        Some(line.split_once(':')?.1.trim())
    }

    /// The text as a person reads it: soft line breaks joined (RFC 2045, 6.7).
    pub fn body(&self) -> String {
        let (_, body) = self.text.split_once("\r\n\r\n").expect("a body");
        match self.header("Content-Transfer-Encoding") {
            Some("quoted-printable") => body.replace("=\r\n", "").replace("=3D", "="),
            _ => body.to_owned(),
        }
    }

    /// The first address in the text.
    pub fn link(&self) -> String {
        let body = self.body();
        let at = body.find("http").expect("a link");
        body[at..].split_whitespace().next().expect("a link").to_owned()
    }
}

#[derive(Default)]
struct Heard {
    letters: Vec<Letter>,
    /// Every line of every client, and whether it came encrypted.
    lines: Vec<(String, bool)>,
    /// Answers to the next recipients instead of 250.
    refusals: VecDeque<&'static str>,
}

/// A running server; it ends with the tests.
pub struct Smtp {
    pub port: u16,
    heard: Arc<Mutex<Heard>>,
    folder: TempDir,
}

impl Smtp {
    pub fn start(kind: Kind) -> Smtp {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let folder = TempDir::new().expect("a directory");
        let key = rcgen::generate_simple_self_signed(["localhost".to_owned()]).expect("a key");
        std::fs::write(folder.path().join("ca.pem"), key.cert.pem()).expect("a file");
        let private = PrivateKeyDer::try_from(key.signing_key.serialize_der()).expect("a key");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![key.cert.der().clone()], private)
            .expect("a certificate");
        let (tls, heard) = (Arc::new(tls), Arc::new(Mutex::new(Heard::default())));
        let kept = heard.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tls, heard) = (tls.clone(), kept.clone());
                thread::spawn(move || serve(kind, stream, &tls, &heard));
            }
        });
        Smtp { port, heard, folder }
    }

    /// The certificate that it shows.
    pub fn certificate(&self) -> PathBuf {
        self.folder.path().join("ca.pem")
    }

    /// Answers the next recipient with this instead of taking it.
    pub fn refuse_next(&self, answer: &'static str) {
        self.heard.lock().expect("no panic").refusals.push_back(answer);
    }

    /// The first letters to arrive, this many.
    pub fn letters(&self, count: usize) -> Vec<Letter> {
        let begun = Instant::now();
        loop {
            let letters = self.heard.lock().expect("no panic").letters.clone();
            if letters.len() >= count {
                return letters;
            }
            assert!(begun.elapsed() < SOON, "{count} letters; there are {letters:?}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// What clients said so far, and whether it came encrypted.
    pub fn lines(&self) -> Vec<(String, bool)> {
        self.heard.lock().expect("no panic").lines.clone()
    }
}

fn serve(kind: Kind, mut stream: TcpStream, tls: &Arc<ServerConfig>, heard: &Mutex<Heard>) {
    match kind {
        Kind::Silent => thread::sleep(SOON),
        Kind::Plain => {
            let _ = talk(&mut stream, "", false, heard);
        }
        Kind::Implicit => serve_encrypted(stream, tls, heard, true),
        Kind::Starttls => {
            if talk(&mut stream, "STARTTLS", false, heard).is_some() {
                serve_encrypted(stream, tls, heard, false);
            }
        }
    }
}

fn serve_encrypted(stream: TcpStream, tls: &Arc<ServerConfig>, heard: &Mutex<Heard>, greet: bool) {
    let connection = ServerConnection::new(tls.clone()).expect("a connection");
    let mut stream = StreamOwned::new(connection, stream);
    let _ = match greet {
        true => talk(&mut stream, "AUTH PLAIN", true, heard),
        false => converse(&mut stream, "AUTH PLAIN", true, heard),
    };
}

fn talk(
    stream: &mut (impl Read + Write),
    offer: &str,
    encrypted: bool,
    heard: &Mutex<Heard>,
) -> Option<()> {
    say(stream, "220 mail.example.org ready")?;
    converse(stream, offer, encrypted, heard)
}

/// Answers until the client goes, which is `None`, or wants to be encrypted.
fn converse(
    stream: &mut (impl Read + Write),
    offer: &str,
    encrypted: bool,
    heard: &Mutex<Heard>,
) -> Option<()> {
    let mut to = String::new();
    loop {
        let line = line(stream)?;
        heard.lock().expect("no panic").lines.push((line.clone(), encrypted));
        let verb = line.split(' ').next().unwrap_or_default().to_uppercase();
        match verb.as_str() {
            "EHLO" if offer.is_empty() => say(stream, "250 mail.example.org")?,
            "EHLO" => say(stream, &format!("250-mail.example.org\r\n250 {offer}"))?,
            "AUTH" => say(stream, "235 welcome")?,
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                let refusal = heard.lock().expect("no panic").refusals.pop_front();
                say(stream, refusal.unwrap_or("250 ok"))?;
            }
            "DATA" => {
                say(stream, "354 go on")?;
                let text = data(stream)?;
                let letter = Letter { to: to.clone(), text };
                heard.lock().expect("no panic").letters.push(letter);
                say(stream, "250 2.0.0 kept as 7")?;
            }
            "STARTTLS" => return say(stream, "220 go on"),
            "QUIT" => say(stream, "221 bye")?,
            _ => say(stream, "250 ok")?,
        }
    }
}

fn say(stream: &mut impl Write, line: &str) -> Option<()> {
    stream.write_all(format!("{line}\r\n").as_bytes()).ok()?;
    stream.flush().ok()
}

/// A line without its end, read so that no byte after it is taken.
fn line(stream: &mut impl Read) -> Option<String> {
    let mut bytes = Vec::new();
    while !bytes.ends_with(b"\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).ok()?;
        bytes.push(byte[0]);
    }
    bytes.truncate(bytes.len() - 2);
    String::from_utf8(bytes).ok()
}

fn data(stream: &mut impl Read) -> Option<String> {
    let mut text = String::new();
    loop {
        match line(stream)? {
            end if end == "." => return Some(text),
            line => text.push_str(&format!("{line}\r\n")),
        }
    }
}
