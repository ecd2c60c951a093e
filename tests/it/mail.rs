//! Mail leaves over SMTP, and nothing waits for it or learns of it.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::app::{App, Reply, command};
use crate::browser::{Browser, UNLIMITED};
use crate::outbox::Outbox;
use crate::smtp::{Kind, Smtp};

/// Long enough for a busy machine.
const SOON: Duration = Duration::from_secs(60);

const FROM: (&str, &str) = ("DOCKET_MAIL_FROM", "Docket <docket@example.org>");

/// A server that sends its mail there, in the clear.
pub fn sending_to(smtp: &Smtp, more: &[(&str, &str)]) -> App {
    let port = smtp.port.to_string();
    let plain = [
        UNLIMITED,
        FROM,
        ("DOCKET_SMTP_HOST", "127.0.0.1"),
        ("DOCKET_SMTP_PORT", &port),
        ("DOCKET_SMTP_TLS", "off"),
    ];
    App::with(&[&plain, more].concat())
}

fn request_reset(app: &App, email: &str) -> Reply {
    let reply = Browser::new(app).post("/request-password-reset", &json!({ "email": email }));
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply
}

fn wait_for_log(app: &App, words: &str) -> String {
    let begun = Instant::now();
    loop {
        let log = app.log();
        if log.contains(words) {
            return log;
        }
        assert!(begun.elapsed() < SOON, "{words} is not in the log: {log}");
        thread::sleep(Duration::from_millis(10));
    }
}

// SECURITY-BAR S18
#[test]
fn a_reset_arrives_by_mail_and_its_link_works() {
    let smtp = Smtp::start(Kind::Plain);
    let app = sending_to(&smtp, &[]);
    assert_eq!(app.get("/api/info").body["mail"], true);
    app.run(&["user", "add", "ada@example.org"]);
    request_reset(&app, "ADA@example.org");

    let letter = smtp.letters(1).remove(0);
    assert_eq!(letter.to, "ada@example.org");
    assert_eq!(letter.header("From"), Some("Docket <docket@example.org>"));
    assert_eq!(letter.header("To"), Some("ada@example.org"));
    assert_eq!(letter.header("Subject"), Some("Set a new password"));
    assert_eq!(letter.header("Auto-Submitted"), Some("auto-generated"));
    assert_eq!(letter.header("Content-Type"), Some("text/plain; charset=utf-8"));
    assert!(letter.header("Date").is_some());
    assert!(letter.header("Message-ID").unwrap().ends_with("@example.org>"));

    let link = letter.link();
    let reply = app.get(link.strip_prefix(&app.url).expect("an address of ours"));
    let page = reply.header("location").expect("a page");
    let token = page.strip_prefix(&format!("{}/reset-password?token=", app.url)).unwrap();
    let body = json!({ "newPassword": "staple battery", "token": token });
    assert_eq!(Browser::new(&app).post("/reset-password", &body).status, 200);
    assert_eq!(Browser::new(&app).sign_in("ada@example.org", "staple battery").status, 200);
}

#[test]
fn a_stranger_gets_no_mail() {
    let smtp = Smtp::start(Kind::Plain);
    let app = sending_to(&smtp, &[]);
    app.run(&["user", "add", "ada@example.org"]);
    let unknown = request_reset(&app, "eve@example.org");
    let known = request_reset(&app, "ada@example.org");
    assert_eq!(unknown.text, known.text);
    assert_eq!(smtp.letters(1)[0].to, "ada@example.org");
}

// The password of the mail server is said only where nobody else can hear it.
#[test]
fn mail_is_sent_encrypted_and_signed_in() {
    for (kind, mode) in [(Kind::Starttls, "starttls"), (Kind::Implicit, "implicit")] {
        let smtp = Smtp::start(kind);
        let port = smtp.port.to_string();
        let certificate = smtp.certificate().display().to_string();
        let settings = [
            FROM,
            ("DOCKET_SMTP_HOST", "localhost"),
            ("DOCKET_SMTP_PORT", &port),
            ("DOCKET_SMTP_TLS", mode),
            ("DOCKET_SMTP_USER", "docket"),
            ("DOCKET_SMTP_PASSWORD", "12345678"),
        ];
        let test = |more: &[(&str, &str)]| {
            let folder = tempfile::TempDir::new().unwrap();
            let all = [&settings, more].concat();
            let all: Vec<(String, String)> =
                all.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
            command(folder.path(), &all).args(["mail", "test", "ada@example.org"]).output().unwrap()
        };

        // Its certificate is nobody's we know.
        let unknown = test(&[]);
        assert_eq!(unknown.status.code(), Some(6), "{mode}: {unknown:?}");
        assert!(!smtp.lines().iter().any(|(line, _)| line.starts_with("AUTH")), "{mode}");

        let known = test(&[("DOCKET_SMTP_CA_FILE", &certificate)]);
        let said = String::from_utf8_lossy(&known.stdout).into_owned();
        assert!(said.starts_with("250 2.0.0 kept as 7"), "{mode}: {known:?}");
        let signed_in = smtp.lines().into_iter().find(|(line, _)| line.starts_with("AUTH"));
        let (line, encrypted) = signed_in.expect("a sign-in");
        // "\0docket\0" and the password, in base64 (RFC 4616).
        assert_eq!(line, "AUTH PLAIN AGRvY2tldAAxMjM0NTY3OA==");
        assert!(encrypted, "{mode}");
        assert_eq!(smtp.letters(1)[0].header("Subject"), Some("Docket can send mail"));
    }
}

#[test]
fn without_the_starttls_that_was_asked_for_nothing_is_sent() {
    let smtp = Smtp::start(Kind::Plain);
    let port = smtp.port.to_string();
    let app = App::with(&[
        UNLIMITED,
        FROM,
        ("DOCKET_SMTP_HOST", "127.0.0.1"),
        ("DOCKET_SMTP_PORT", &port),
        ("DOCKET_SMTP_TLS", "starttls"),
        ("DOCKET_SMTP_USER", "docket"),
        ("DOCKET_SMTP_PASSWORD", "12345678"),
    ]);
    let output = app.command(&["mail", "test", "ada@example.org"]).output().unwrap();
    assert_eq!(output.status.code(), Some(6));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("STARTTLS is not supported"), "{said}");

    app.run(&["user", "add", "ada@example.org"]);
    request_reset(&app, "ada@example.org");
    wait_for_log(&app, "STARTTLS is not supported");
    let verbs: Vec<String> =
        smtp.lines().iter().map(|(line, _)| line.split(' ').next().unwrap().to_owned()).collect();
    assert!(verbs.iter().all(|verb| ["EHLO", "QUIT"].contains(&verb.as_str())), "{verbs:?}");
}

// SECURITY-BAR H16: mail servers quote the address in what they answer.
#[test]
fn what_is_refused_for_now_is_sent_again_and_the_log_names_nobody() {
    let smtp = Smtp::start(Kind::Plain);
    smtp.refuse_next("451 <ada@example.org>: come back later");
    smtp.refuse_next("451 <ada@example.org>: come back later");
    let app = sending_to(&smtp, &[("DOCKET_LOG", "trace")]);
    app.run(&["user", "add", "ada@example.org"]);
    app.run(&["user", "add", "bob@example.org"]);
    request_reset(&app, "ada@example.org");
    wait_for_log(&app, "a mail was not sent yet");
    // Others do not wait for it.
    request_reset(&app, "bob@example.org");
    let letters = smtp.letters(2);
    let token = letters[1].link();
    let log = wait_for_log(&app, "the mail server answered 451");
    for secret in ["ada@", "bob@", &token, "reset-password/"] {
        assert!(!log.contains(secret), "{secret}: {log}");
    }
}

// SECURITY-BAR H16
#[test]
fn what_is_refused_for_good_is_given_up() {
    let smtp = Smtp::start(Kind::Plain);
    smtp.refuse_next("550 <ada@example.org>: no such person");
    let app = sending_to(&smtp, &[]);
    app.run(&["user", "add", "ada@example.org"]);
    request_reset(&app, "ada@example.org");
    let log = wait_for_log(&app, "is lost");
    assert!(log.contains("answered 550") && !log.contains("ada@"), "{log}");

    let output = app.command(&["mail", "test", "not an address"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
}

// SECURITY-BAR S13, D6
#[test]
fn no_answer_waits_for_a_mail_server_that_says_nothing() {
    let smtp = Smtp::start(Kind::Silent);
    let mut app = sending_to(&smtp, &[]);
    app.run(&["user", "add", "ada@example.org"]);
    for email in ["ada@example.org", "eve@example.org", "ada@example.org"] {
        request_reset(&app, email);
    }
    // The mail server has been given 15 s for its first word.
    assert!(!app.log().contains("a mail was not sent"));
    assert_eq!(app.stop(), Some(0));
}

#[test]
fn settings_that_would_send_nothing_or_tell_everybody_are_refused() {
    let folder = tempfile::TempDir::new().unwrap();
    let file = folder.path().join("password");
    std::fs::write(&file, "swordfish\n").unwrap();
    let file = file.display().to_string();
    let host = ("DOCKET_SMTP_HOST", "mail.example.org");
    let user = ("DOCKET_SMTP_USER", "docket");
    let password = ("DOCKET_SMTP_PASSWORD_FILE", file.as_str());
    let print = |settings: &[(&str, &str)]| {
        let all: Vec<(String, String)> =
            settings.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect();
        let output = command(folder.path(), &all).arg("config").output().unwrap();
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    };

    // Empty is as good as not set.
    let (none, off) = ([("DOCKET_SMTP_USER", ""), ("DOCKET_SMTP_PASSWORD", "")], "off");
    let (fine, said) = print(&[&none[..], &[host, FROM, ("DOCKET_SMTP_TLS", off)]].concat());
    assert!(fine, "{said}");
    let (fine, said) = print(&[host, FROM, user, password]);
    assert!(fine && !said.contains("swordfish"), "{said}");
    assert!(said.contains("********"), "{said}");
    for (settings, name) in [
        (vec![host], "mail_from"),
        (vec![host, FROM, user], "smtp_user"),
        (vec![host, FROM, user, password, ("DOCKET_SMTP_TLS", "off")], "smtp_tls"),
        (vec![host, FROM, ("DOCKET_SMTP_PORT", "smtp")], "smtp_port"),
    ] {
        let (fine, said) = print(&settings);
        assert!(!fine && said.contains(&format!("setting {name} ")), "{name}: {said}");
    }
    let none = App::start();
    let output = none.command(&["mail", "test", "ada@example.org"]).output().unwrap();
    assert!(String::from_utf8_lossy(&output.stderr).contains("mail is not set up"));
}

// SECURITY-BAR S10, S13
#[test]
fn a_mailbox_is_not_flooded_and_the_last_link_in_it_works() {
    let proxy = ("DOCKET_TRUSTED_PROXIES", "127.0.0.1/32");
    let (app, outbox) = Outbox::start(&[("DOCKET_RATE_LIMITS", "on"), proxy]);
    for email in ["ada@example.org", "bob@example.org"] {
        app.run(&["user", "add", email]);
    }
    let ask = |email: &str, from: usize| {
        let address = format!("203.0.113.{from}");
        let headers = [("content-type", "application/json"), ("x-forwarded-for", &*address)];
        let body = json!({ "email": email }).to_string();
        app.request("POST", "/api/auth/request-password-reset", &headers, Some(&body))
    };
    let replies: Vec<Reply> = (0..8).map(|from| ask("ada@example.org", from)).collect();
    assert!(replies.iter().all(|reply| (reply.status, &reply.text) == (200, &replies[0].text)));
    // They are sent in order: once Bob has his, all of hers are there.
    ask("bob@example.org", 9);
    outbox.mail("reset-password", "bob@example.org", 0);
    let mails = outbox.mails("reset-password", "ada@example.org");
    assert_eq!(mails.len(), 5);
    let body = json!({ "token": mails[4]["token"], "newPassword": "staple battery" });
    assert_eq!(Browser::new(&app).post("/reset-password", &body).status, 200);
}
