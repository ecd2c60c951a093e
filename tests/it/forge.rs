//! Tokens made by hand, right and wrong, and a server that publishes keys.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, EncodingKey};
use p256::pkcs8::EncodePrivateKey;
use rsa::pkcs1::EncodeRsaPrivateKey;
use rsa::traits::PublicKeyParts;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Value, json};

use crate::app::{App, Person};

/// A secret that is long enough.
pub const SECRET: &str = "correct-horse-battery-staple-0123456789";

/// The present, in seconds since 1970.
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    i64::try_from(since.as_secs()).expect("a clock before the end of time")
}

pub fn base64url(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// A private key of any kind that a token can be signed with.
#[derive(Clone)]
pub struct Key {
    pub algorithm: Algorithm,
    encoding: EncodingKey,
    public: Value,
}

impl Key {
    pub fn ed25519(seed: &[u8; 32]) -> Key {
        let prefix = "302e020100300506032b657004220420";
        let prefix = (0..prefix.len()).step_by(2).map(|at| &prefix[at..at + 2]);
        let mut der: Vec<u8> =
            prefix.map(|hex| u8::from_str_radix(hex, 16).expect("hex")).collect();
        der.extend(seed);
        let public = SigningKey::from_bytes(seed).verifying_key();
        let public = json!({
            "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "x": base64url(public.as_bytes()),
        });
        Key { algorithm: Algorithm::EdDSA, encoding: EncodingKey::from_ed_der(&der), public }
    }

    pub fn es256() -> Key {
        let secret = p256::SecretKey::from_slice(&[7; 32]).expect("a scalar");
        let der = secret.to_pkcs8_der().expect("DER");
        let point = secret.public_key();
        let point = p256::EncodedPoint::from(point);
        let public = json!({
            "kty": "EC", "crv": "P-256", "alg": "ES256",
            "x": base64url(point.x().expect("x")),
            "y": base64url(point.y().expect("y")),
        });
        let encoding = EncodingKey::from_ec_der(der.as_bytes());
        Key { algorithm: Algorithm::ES256, encoding, public }
    }

    pub fn rs256() -> Key {
        Key::rsa(Algorithm::RS256, "RS256", rsa_2048())
    }

    pub fn ps256() -> Key {
        Key::rsa(Algorithm::PS256, "PS256", rsa_2048())
    }

    pub fn rsa(algorithm: Algorithm, alg: &str, key: &rsa::RsaPrivateKey) -> Key {
        let der = key.to_pkcs1_der().expect("DER");
        let public = json!({
            "kty": "RSA", "alg": alg,
            "n": base64url(key.n().to_bytes_be()),
            "e": base64url(key.e().to_bytes_be()),
        });
        Key { algorithm, encoding: EncodingKey::from_rsa_der(der.as_bytes()), public }
    }

    pub fn hmac(secret: impl AsRef<[u8]>) -> Key {
        let encoding = EncodingKey::from_secret(secret.as_ref());
        Key { algorithm: Algorithm::HS256, encoding, public: Value::Null }
    }

    /// The same private key, used as this algorithm.
    pub fn signing_as(mut self, algorithm: Algorithm) -> Key {
        self.algorithm = algorithm;
        self
    }

    /// Its public half as a JWK with this `kid`.
    pub fn jwk(&self, kid: &str) -> Value {
        with(&self.public, "kid", json!(kid))
    }

    /// A token of these two texts, whatever they are.
    pub fn sign_text(&self, header: &str, claims: &str) -> String {
        self.sign_message(&format!("{}.{}", base64url(header), base64url(claims)))
    }

    pub fn sign_message(&self, message: &str) -> String {
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &self.encoding, self.algorithm)
                .expect("a signature");
        format!("{message}.{signature}")
    }

    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        self.sign_text(&header.to_string(), &claims.to_string())
    }
}

/// Making one takes a moment, so that all tests share it.
pub fn rsa_2048() -> &'static rsa::RsaPrivateKey {
    static KEY: OnceLock<rsa::RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| rsa::RsaPrivateKey::new(&mut rand_core::OsRng, 2048).expect("a key"))
}

/// The object with this member set.
pub fn with(object: &Value, name: &str, value: Value) -> Value {
    let mut changed = object.clone();
    changed[name] = value;
    changed
}

/// The object without this member.
pub fn without(object: &Value, name: &str) -> Value {
    let mut changed = object.clone();
    changed.as_object_mut().expect("an object").remove(name);
    changed
}

/// Everything that is needed to make a token as the server itself does.
pub struct Own {
    pub key: Key,
    pub public: [u8; 32],
    pub header: Value,
    pub claims: Value,
}

impl Own {
    /// The server's signing key, read beside it, and what its token for this
    /// person says.
    pub fn of(app: &App, person: &Person) -> Own {
        let (kid, seed) = signing_key(app.dir.path());
        let claims = person.token.split('.').nth(1).expect("three segments");
        let claims = URL_SAFE_NO_PAD.decode(claims).expect("base64url");
        Own {
            key: Key::ed25519(&seed),
            public: SigningKey::from_bytes(&seed).verifying_key().to_bytes(),
            header: json!({ "typ": "JWT", "alg": "EdDSA", "kid": kid }),
            claims: serde_json::from_slice(&claims).expect("JSON"),
        }
    }

    pub fn kid(&self) -> &str {
        self.header["kid"].as_str().expect("a kid")
    }

    /// Signed as it should be, with this header.
    pub fn header(&self, header: &Value) -> String {
        self.key.sign(header, &self.claims)
    }

    /// Signed as it should be, with one member of the header changed.
    pub fn header_with(&self, name: &str, value: Value) -> String {
        self.header(&with(&self.header, name, value))
    }

    /// Signed as it should be, with these claims.
    pub fn claims(&self, claims: &Value) -> String {
        self.key.sign(&self.header, claims)
    }

    /// Signed as it should be, with one claim changed.
    pub fn claims_with(&self, name: &str, value: Value) -> String {
        self.claims(&with(&self.claims, name, value))
    }

    pub fn good(&self) -> String {
        self.claims(&self.claims)
    }
}

/// The name and seed of the key that signs.
pub fn signing_key(data_dir: &Path) -> (String, [u8; 32]) {
    let file = data_dir.join("docket.db");
    let conn = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .expect("the database opens");
    conn.query_row("select kid, seed from signing_keys where retired_at is null", [], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })
    .expect("a signing key")
}

/// What the key server does when it is asked.
#[derive(Clone)]
pub enum Answer {
    /// A JWK Set, or anything else.
    Body(String),
    Status(u16),
    Redirect(String),
    /// The body after a wait.
    After(Duration, String),
    /// Bytes without an end.
    Endless,
    /// A head, then a byte now and then.
    Drip,
}

/// An issuer's key address: answers as it is told to and counts.
pub struct KeyServer {
    pub url: String,
    pub issuer: String,
    answer: Arc<Mutex<Answer>>,
    counts: Arc<Counts>,
}

#[derive(Default)]
struct Counts {
    asked: AtomicUsize,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl KeyServer {
    /// Publishes these keys.
    pub fn with(keys: &[Value]) -> KeyServer {
        KeyServer::start(Answer::Body(json!({ "keys": keys }).to_string()))
    }

    pub fn start(answer: Answer) -> KeyServer {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let issuer = format!("http://{}", listener.local_addr().expect("an address"));
        let answer = Arc::new(Mutex::new(answer));
        let counts = Arc::new(Counts::default());
        let (shared, counted) = (answer.clone(), counts.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let answer = shared.lock().expect("no panic").clone();
                let counts = counted.clone();
                std::thread::spawn(move || counts.serve(stream, &answer));
            }
        });
        KeyServer { url: format!("{issuer}/jwks"), issuer, answer, counts }
    }

    pub fn now(&self, answer: Answer) {
        *self.answer.lock().expect("no panic") = answer;
    }

    pub fn publish(&self, keys: &[Value]) {
        self.now(Answer::Body(json!({ "keys": keys }).to_string()));
    }

    /// How many connections came.
    pub fn asked(&self) -> usize {
        self.counts.asked.load(Ordering::SeqCst)
    }

    /// How many connections were open at the same time.
    pub fn most_at_once(&self) -> usize {
        self.counts.most_at_once.load(Ordering::SeqCst)
    }
}

impl Counts {
    fn serve(&self, mut stream: TcpStream, answer: &Answer) {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let at_once = self.at_once.fetch_add(1, Ordering::SeqCst) + 1;
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        // Whoever asked may go away at any time.
        let _ = respond(&mut stream, answer);
        self.at_once.fetch_sub(1, Ordering::SeqCst);
    }
}

fn respond(stream: &mut TcpStream, answer: &Answer) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    while lines.next().transpose()?.is_some_and(|line| !line.is_empty()) {}
    let mut send = |status: u16, more: &str, body: &str| {
        let length = body.len();
        let head = format!("HTTP/1.1 {status} X\r\nconnection: close\r\ncontent-length: {length}");
        stream.write_all(format!("{head}\r\n{more}\r\n{body}").as_bytes())
    };
    match answer {
        Answer::Body(body) => send(200, "", body),
        Answer::Status(status) => send(*status, "", ""),
        Answer::Redirect(to) => send(302, &format!("location: {to}\r\n"), ""),
        Answer::After(wait, body) => {
            std::thread::sleep(*wait);
            send(200, "", body)
        }
        Answer::Endless => {
            stream.write_all(b"HTTP/1.1 200 X\r\n\r\n{\"keys\":[")?;
            loop {
                stream.write_all(&[b' '; 4096])?;
            }
        }
        Answer::Drip => {
            stream.write_all(b"HTTP/1.1 200 X\r\n\r\n")?;
            loop {
                stream.write_all(b" ")?;
                std::thread::sleep(Duration::from_millis(200));
            }
        }
    }
}
