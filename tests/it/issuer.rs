//! Real tokens of a real Better Auth server, which needs Node. Without Node
//! these tests are left out and say so, unless `CI` is set: there they must run.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::app::{App, Reply};
use crate::forge::{Key, SECRET, base64url};
use crate::node;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/better-auth/issuer");

/// Where the server was installed, if it can be.
fn installed() -> Option<&'static Path> {
    static PLACE: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    match PLACE.get_or_init(|| node::install(Path::new(SOURCE), "better-auth-issuer")) {
        Ok(place) => Some(place),
        Err(why) => {
            node::left_out(&format!("no Better Auth server can be started: {why}"));
            None
        }
    }
}

/// A running Better Auth server.
struct Issuer {
    url: String,
    child: Child,
}

impl Issuer {
    /// Starts one that signs with `alg`.
    fn start(alg: &str) -> Option<Issuer> {
        let place = installed()?;
        let port = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr();
        let port = port.expect("an address").port();
        let child = Command::new("node")
            .arg("server.mjs")
            .current_dir(place)
            .env("PORT", port.to_string())
            .env("ALG", alg)
            .env("BETTER_AUTH_SECRET", SECRET)
            .env("COOKIE_CACHE", "jwt")
            .stdout(Stdio::null())
            .spawn()
            .expect("node starts");
        let issuer = Issuer { url: format!("http://127.0.0.1:{port}"), child };
        let begun = Instant::now();
        while ureq::get(format!("{}/__health", issuer.url)).call().is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the issuer does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(issuer)
    }

    fn post(&self, path: &str, body: &Value) -> (Value, Vec<String>) {
        let mut response = ureq::post(format!("{}{path}", self.url))
            .header("content-type", "application/json")
            .header("origin", &self.url)
            .send(body.to_string())
            .expect("an answer");
        let cookies = response.headers().get_all("set-cookie").iter();
        let cookies = cookies.map(|cookie| cookie.to_str().expect("ASCII").to_owned()).collect();
        let text = response.body_mut().read_to_string().expect("a body");
        (serde_json::from_str(&text).expect("JSON"), cookies)
    }

    fn get(&self, path: &str, bearer: &str) -> Value {
        let mut response = ureq::get(format!("{}{path}", self.url))
            .header("authorization", format!("Bearer {bearer}"))
            .call()
            .expect("an answer");
        let text = response.body_mut().read_to_string().expect("a body");
        serde_json::from_str(&text).expect("JSON")
    }

    /// Signs somebody up.
    fn sign_up(&self, name: &str) -> Login {
        let email = format!("{name}@example.org");
        let body = json!({ "name": name, "email": email, "password": "correct-horse-9" });
        let (reply, cookies) = self.post("/api/auth/sign-up/email", &body);
        let session = reply["token"].as_str().expect("a session token").to_owned();
        let cache = cookies
            .iter()
            .find_map(|cookie| cookie.strip_prefix("better-auth.session_data=")?.split(';').next());
        let jwt = self.get("/api/auth/token", &session);
        Login {
            jwt: jwt["token"].as_str().expect("a token").to_owned(),
            id: reply["user"]["id"].as_str().expect("an id").to_owned(),
            cookie_cache: cache.expect("a cookie cache").to_owned(),
            session,
        }
    }

    /// Docket, trusting the keys this server publishes.
    fn docket(&self) -> App {
        let issuers =
            json!([{ "issuer": self.url, "jwks_url": format!("{}/api/auth/jwks", self.url) }]);
        App::with(&[("DOCKET_ISSUERS", &issuers.to_string())])
    }
}

impl Drop for Issuer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What somebody holds after signing up.
struct Login {
    id: String,
    jwt: String,
    session: String,
    cookie_cache: String,
}

fn send(app: &App, token: &str) -> Reply {
    app.bearer(token).get("/api/me")
}

#[track_caller]
fn assert_refused(app: &App, name: &str, token: &str) {
    let reply = send(app, token);
    assert_eq!(reply.status, 401, "{name}: {}", reply.text);
    assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}

/// A real token is let in, everything made from it is not.
fn assert_accepted_but_not_altered(app: &App, issuer: &Issuer) {
    let (ada, bob) = (issuer.sign_up("ada"), issuer.sign_up("bob"));
    let reply = send(app, &ada.jwt);
    assert_eq!(reply.status, 200, "{}\n{}", reply.text, app.log());
    assert_eq!(reply.body["subject"], ada.id);
    assert_ne!(send(app, &bob.jwt).body["id"], reply.body["id"]);
    app.bearer(&ada.jwt).add("buy milk");
    let tasks = app.bearer(&ada.jwt).get(&format!("/api/users/{}/tasks", ada.id));
    assert_eq!(tasks.body["items"][0]["title"], "buy milk", "{}", tasks.text);
    assert_eq!(app.bearer(&bob.jwt).get(&format!("/api/users/{}/tasks", ada.id)).status, 403);
    app.run(&["token", "check", &ada.jwt]);

    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (mine, theirs) = (parts(&ada.jwt), parts(&bob.jwt));
    let (head, body, signature) = (&mine[0], &mine[1], &mine[2]);
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let none = base64url(r#"{"alg":"none","typ":"JWT"}"#);
    let hs256 = base64url(r#"{"alg":"HS256","typ":"JWT"}"#);
    for (name, token) in [
        ("a changed signature", format!("{head}.{body}.{flipped}{}", &signature[1..])),
        ("a cut signature", format!("{head}.{body}.{}", &signature[..signature.len() - 4])),
        ("no signature", format!("{head}.{body}.")),
        ("another's signature", format!("{head}.{body}.{}", theirs[2])),
        ("another's claims", format!("{head}.{}.{signature}", theirs[1])),
        ("alg none", format!("{none}.{body}.")),
        ("an empty secret", Key::hmac("").sign_message(&format!("{hs256}.{body}"))),
        ("the session token", ada.session.clone()),
        ("the cookie cache", ada.cookie_cache.clone()),
    ] {
        assert_refused(app, name, &token);
    }
    assert_eq!(send(app, &ada.jwt).status, 200);
}

fn accepts(alg: &str) {
    let Some(issuer) = Issuer::start(alg) else { return };
    let app = issuer.docket();
    assert_accepted_but_not_altered(&app, &issuer);

    // The published key is no secret to sign with.
    let login = issuer.sign_up("carol");
    let keys = issuer.get("/api/auth/jwks", &login.session);
    let kid = keys["keys"][0]["kid"].clone();
    let body = login.jwt.split('.').nth(1).expect("claims");
    for secret in [keys.to_string(), keys["keys"][0].to_string()] {
        for header in [json!({ "alg": "HS256", "kid": kid }), json!({ "alg": "HS256" })] {
            let message = format!("{}.{body}", base64url(header.to_string()));
            assert_refused(&app, "a public key", &Key::hmac(&secret).sign_message(&message));
        }
    }
}

#[test]
fn better_auth_with_eddsa_is_accepted() {
    accepts("EdDSA");
}

#[test]
fn better_auth_with_es256_is_accepted() {
    accepts("ES256");
}

#[test]
fn better_auth_with_rs256_is_accepted() {
    accepts("RS256");
}

#[test]
fn better_auth_with_ps256_is_accepted() {
    accepts("PS256");
}

#[test]
fn better_auth_with_es512_is_refused_and_the_log_says_why() {
    let Some(issuer) = Issuer::start("ES512") else { return };
    let app = issuer.docket();
    let ada = issuer.sign_up("ada");

    assert_refused(&app, "ES512", &ada.jwt);
    let log = app.log();
    assert!(log.contains("a published key cannot be used") && log.contains("P-521"), "{log}");
}

// SECURITY-BAR T17; CONTRACT, 21
#[test]
fn better_auth_with_a_shared_secret_is_accepted() {
    let Some(issuer) = Issuer::start("HS256") else { return };
    let exact = [
        ("BETTER_AUTH_SECRET", SECRET),
        ("DOCKET_BETTER_AUTH_ISSUER", issuer.url.as_str()),
        ("DOCKET_BETTER_AUTH_AUDIENCE", issuer.url.as_str()),
    ];
    for settings in [&exact[..], &exact[..1]] {
        let app = App::with(settings);
        let name = format!("dora{}", settings.len());
        let login = issuer.sign_up(&name);
        assert_eq!(send(&app, &login.jwt).status, 200, "{}", app.log());
        assert_refused(&app, "the cookie cache", &login.cookie_cache);
        assert_refused(&app, "the session token", &login.session);

        let email = json!({ "email": format!("{name}@example.org") });
        issuer.post("/api/auth/send-verification-email", &email);
        let mails = issuer.get("/__outbox", "");
        let mail = mails.as_array().expect("mails").last().expect("a mail").clone();
        let token = mail["token"].as_str().expect("a token");
        assert_eq!(token.split('.').count(), 3, "{mail}");
        assert_refused(&app, "an e-mail verification", token);
    }
    let app = App::with(&[("BETTER_AUTH_SECRET", "another-secret-of-enough-bytes-0123456789")]);
    assert_refused(&app, "another secret", &issuer.sign_up("fred").jwt);
    assert_accepted_but_not_altered(&App::with(&exact), &issuer);
}
