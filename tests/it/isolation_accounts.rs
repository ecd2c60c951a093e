//! Everyone looks after their own account and sessions only, whatever a request
//! names of another person's.

use serde_json::{Value, json};
use tempfile::TempDir;
use totp_rs::{Algorithm, Secret, TOTP};

use crate::app::{App, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::isolation::everything;

/// What one may know of another person's account, or of nobody's.
struct Names {
    user: String,
    email: String,
    session: String,
    token: String,
    backup_code: String,
    totp_code: String,
}

/// The addresses below `/api/auth` that act on an account.
pub fn routes() -> Vec<String> {
    let nobody = || String::new();
    let names = Names {
        user: nobody(),
        email: nobody(),
        session: nobody(),
        token: nobody(),
        backup_code: nobody(),
        totp_code: nobody(),
    };
    attempts(&names).into_iter().map(|(route, _)| route.to_owned()).collect()
}

/// Every such address, and the bodies that may be tried there; each is sent
/// with the other person's names among its members, and in its query.
fn attempts(their: &Names) -> Vec<(&'static str, Vec<Value>)> {
    let nothing = || vec![json!({})];
    let password = || vec![json!({ "password": PASSWORD })];
    let (email, token) = (&their.email, &their.token);
    let codes = || [&their.backup_code, &their.totp_code].map(|code| json!({ "code": code }));
    vec![
        ("POST /api/auth/sign-in/email", vec![json!({ "email": email, "password": "not theirs" })]),
        ("POST /api/auth/request-password-reset", vec![json!({ "email": email })]),
        ("POST /api/auth/send-verification-email", vec![json!({ "email": email })]),
        ("GET /api/auth/get-session", nothing()),
        ("GET /api/auth/list-sessions", nothing()),
        ("GET /api/auth/list-accounts", nothing()),
        ("GET /api/auth/token", nothing()),
        (
            "POST /api/auth/update-user",
            vec![json!({ "name": "changed" }), json!({ "image": null, "email": email })],
        ),
        ("POST /api/auth/change-email", vec![json!({ "newEmail": email })]),
        (
            "POST /api/auth/change-password",
            [true, false]
                .map(|others| {
                    json!({
                        "currentPassword": PASSWORD,
                        "newPassword": "staple battery",
                        "revokeOtherSessions": others,
                    })
                })
                .to_vec(),
        ),
        ("POST /api/auth/verify-password", password()),
        ("POST /api/auth/revoke-session", vec![json!({ "token": token })]),
        ("POST /api/auth/revoke-session", vec![json!({ "token": their.session })]),
        ("POST /api/auth/revoke-sessions", nothing()),
        ("POST /api/auth/revoke-other-sessions", nothing()),
        ("POST /api/auth/two-factor/enable", password()),
        ("POST /api/auth/two-factor/verify-totp", codes().to_vec()),
        ("POST /api/auth/two-factor/verify-backup-code", codes().to_vec()),
        ("POST /api/auth/two-factor/send-otp", nothing()),
        ("POST /api/auth/two-factor/verify-otp", codes().to_vec()),
        ("POST /api/auth/two-factor/get-totp-uri", password()),
        ("POST /api/auth/two-factor/generate-backup-codes", password()),
        ("POST /api/auth/two-factor/disable", password()),
        ("POST /api/auth/sign-in/social", vec![json!({ "provider": "github" })]),
        ("POST /api/auth/link-social", vec![json!({ "provider": "github" })]),
        ("POST /api/auth/unlink-account", vec![json!({ "providerId": "credential" })]),
        ("POST /api/auth/update-session", nothing()),
        ("POST /api/auth/sign-out", nothing()),
        ("GET /api/auth/delete-user/callback", nothing()),
        ("POST /api/auth/delete-user", [nothing(), password()].concat()),
    ]
}

impl Names {
    /// A body that also says what only the server sets (SECURITY-BAR A6).
    fn among(&self, body: &Value) -> Value {
        let mut all = json!({
            "id": self.user,
            "userId": self.user,
            "user_id": self.user,
            "owner": self.user,
            "accountId": self.user,
            "sessionId": self.session,
            "sid": self.session,
            "token": self.token,
            "emailVerified": true,
            "role": "admin",
        });
        for (name, value) in body.as_object().expect("an object") {
            all[name] = value.clone();
        }
        all
    }

    fn query(&self) -> String {
        let Names { user, session, token, .. } = self;
        format!("?id={user}&userId={user}&sessionId={session}&token={token}")
    }
}

/// Bob: two sessions, a second factor, and a list of tasks.
struct Bob {
    browser: Browser,
    names: Names,
    token: String,
}

impl Bob {
    fn settle(app: &App) -> Bob {
        let mut browser = Browser::signed_up(app, "bob");
        let setup = browser.post("/two-factor/enable", &json!({ "password": PASSWORD })).body;
        let totp = authenticator(&setup);
        let code = totp.generate(now());
        let reply = browser.post("/two-factor/verify-totp", &json!({ "code": code }));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let mut other = Browser::new(app);
        other.sign_in(&browser.email, PASSWORD);
        let code = json!({ "code": setup["backupCodes"][0] });
        assert_eq!(other.post("/two-factor/verify-backup-code", &code).status, 200);

        let sessions = browser.get("/list-sessions").body;
        let text = |value: &Value| value.as_str().expect("text").to_owned();
        let names = Names {
            user: text(&sessions[1]["userId"]),
            email: browser.email.clone(),
            session: text(&sessions[1]["id"]),
            token: text(&sessions[1]["token"]),
            backup_code: text(&setup["backupCodes"][1]),
            // Not used yet, and still good for a while.
            totp_code: totp.generate(now() + 30),
        };
        let person = browser.person(app);
        person.add("their task");
        Bob { browser, names, token: person.token }
    }

    /// All that Bob can see.
    fn everything(&mut self, app: &App) -> Vec<String> {
        let mut seen = everything(&app.bearer(&self.token));
        for path in ["/get-session", "/list-sessions", "/list-accounts"] {
            let reply = self.browser.get(path);
            seen.push(format!("{path} {} {}", reply.status, reply.text));
        }
        seen
    }
}

fn authenticator(setup: &Value) -> TOTP {
    let uri = setup["totpURI"].as_str().expect("an address");
    let (_, rest) = uri.split_once("secret=").expect("a secret");
    let secret = Secret::Encoded(rest.split('&').next().unwrap_or_default().to_owned());
    TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, secret.to_bytes().expect("base32"))
}

fn now() -> u64 {
    std::time::SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs()
}

/// Names of the same form that nobody has.
fn of_nobody() -> Names {
    Names {
        user: uuid::Uuid::now_v7().simple().to_string(),
        email: "nobody@example.org".into(),
        session: uuid::Uuid::now_v7().simple().to_string(),
        token: "9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ".into(),
        backup_code: "aaaaa-bbbbb".into(),
        totp_code: "none".into(),
    }
}

fn send(browser: &mut Browser, names: &Names, route: &str, body: &Value) -> Reply {
    let (method, path) = route.split_once(' ').expect("a method");
    let place = format!("{}{}", path.strip_prefix("/api/auth").expect("below it"), names.query());
    match method {
        "GET" => browser.get(&place),
        _ => browser.post(&place, &names.among(body)),
    }
}

fn start() -> (App, TempDir) {
    let folder = TempDir::new().expect("a temporary directory");
    let outbox = folder.path().join("mail").display().to_string();
    (App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", &outbox)]), folder)
}

// SECURITY-BAR A1, A4, A6, A8
#[test]
fn another_persons_account_and_sessions_are_as_good_as_nobodys() {
    let (app, _folder) = start();
    let mut bob = Bob::settle(&app);
    let before = bob.everything(&app);
    let nobody = of_nobody();
    let mut count = 0;
    for ((route, of_bob), (_, of_nobody)) in attempts(&bob.names).into_iter().zip(attempts(&nobody))
    {
        for (body, like_it) in of_bob.into_iter().zip(of_nobody) {
            count += 1;
            // An attempt may end what is Ada's own: somebody new for each.
            let mut ada = Browser::signed_up(&app, &format!("ada{count}"));
            let mut eve = Browser::signed_up(&app, &format!("eve{count}"));
            let got = send(&mut ada, &bob.names, route, &body);
            let expected = send(&mut eve, &nobody, route, &like_it);
            let said = |reply: &Reply| (reply.status, reply.body["code"].clone());
            assert_eq!(said(&got), said(&expected), "{route} {body}: {}", got.text);
            assert!(got.status < 500, "{route} {body}: {}", got.text);
            let Names { user, email, session, token, .. } = &bob.names;
            let theirs = [user, email, session, token];
            assert!(theirs.iter().all(|name| !got.text.contains(*name)), "{route}: {}", got.text);
            // A8: not one byte of Bob's has changed, and nothing of his has ended.
            assert_eq!(bob.everything(&app), before, "{route} {body}");
            if ada.is_signed_in() {
                let user = ada.get("/get-session").body["user"].clone();
                assert_eq!(
                    (&user["emailVerified"], &user["email"]),
                    (&json!(false), &json!(ada.email))
                );
                assert_ne!(user["id"], json!(bob.names.user));
            }
        }
    }
    assert!(count > 20, "{count} attempts");
    // His code was not used up by somebody else.
    let mut again = Browser::new(&app);
    again.sign_in(&bob.names.email, PASSWORD);
    let code = json!({ "code": bob.names.backup_code });
    assert_eq!(again.post("/two-factor/verify-backup-code", &code).status, 200);
}

// SECURITY-BAR A5
#[test]
fn nobody_ends_or_changes_anything_without_a_session() {
    let (app, _folder) = start();
    let mut bob = Bob::settle(&app);
    let before = bob.everything(&app);
    let public = [
        "/sign-in/email",
        "/sign-in/social",
        "/request-password-reset",
        "/send-verification-email",
        "/get-session",
        "/sign-out",
    ];
    for (route, bodies) in attempts(&bob.names) {
        for body in bodies {
            let reply = send(&mut Browser::new(&app), &bob.names, route, &body);
            let is_public = public.iter().any(|path| route.ends_with(path));
            assert!(is_public || reply.status == 401, "{route}: {}", reply.text);
            assert!(!reply.text.contains(&bob.names.email), "{route}: {}", reply.text);
        }
    }
    assert_eq!(bob.everything(&app), before);
}

// SECURITY-BAR A6, S3
#[test]
fn what_a_new_account_says_of_itself_is_what_it_may() {
    let (app, _folder) = start();
    let mut bob = Bob::settle(&app);
    let before = bob.everything(&app);
    let sign_up = |email: &str| {
        let body = json!({ "name": "Eve", "email": email, "password": PASSWORD });
        let mut eve = Browser::new(&app);
        let reply =
            eve.post(&format!("/sign-up/email{}", bob.names.query()), &bob.names.among(&body));
        (eve, reply)
    };

    let (mut eve, reply) = sign_up("eve@example.org");
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_ne!(reply.body["token"], json!(bob.names.token));
    assert_ne!(reply.body["user"]["id"], json!(bob.names.user));
    assert_eq!(reply.body["user"]["emailVerified"], false);
    let me = eve.person(&app).get("/api/me").body;
    assert_eq!((&me["email"], &me["email_verified"]), (&json!("eve@example.org"), &json!(false)));

    // An address that is Bob's stays his, however it is written.
    for email in [bob.names.email.clone(), bob.names.email.to_uppercase()] {
        assert_eq!(sign_up(&email).1.status, 422);
    }
    assert_eq!(bob.everything(&app), before);
}
