//! Passwords: how they are kept, guessed, changed and forgotten.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{App, Person, Reply};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal, set_cookies};
use crate::events::Stream;
use crate::sessions::{assert_stream_ends, mailed};

const PROXY: (&str, &str) = ("DOCKET_TRUSTED_PROXIES", "127.0.0.1/32");

fn sign_in_from(app: &App, address: &str, email: &str, password: &str) -> Reply {
    let headers = [("content-type", "application/json"), ("x-forwarded-for", address)];
    let body = json!({ "email": email, "password": password }).to_string();
    app.request("POST", "/api/auth/sign-in/email", &headers, Some(&body))
}

fn hash_of(app: &App, email: &str) -> String {
    let db = rusqlite::Connection::open(app.dir.path().join("docket.db")).expect("the database");
    db.query_row("select password_hash from users where email = ?1", [email], |row| row.get(0))
        .expect("a hash")
}

#[track_caller]
fn assert_ends_soon(app: &App, person: &Person) {
    let begun = Instant::now();
    while person.get("/api/me").status != 401 {
        assert!(begun.elapsed() < Duration::from_secs(5), "still let in: {}", app.log());
        thread::sleep(Duration::from_millis(20));
    }
}

// SECURITY-BAR S8
#[test]
fn a_password_is_kept_as_argon2id_with_its_own_salt() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    Browser::signed_up(&app, "bob");
    let (ada, bob) = (hash_of(&app, "ada@example.org"), hash_of(&app, "bob@example.org"));
    for hash in [&ada, &bob] {
        let parts: Vec<&str> = hash.split('$').collect();
        assert_eq!(parts[1..4], ["argon2id", "v=19", "m=19456,t=2,p=1"], "{hash}");
        assert!(parts[4].len() >= 22 && parts[5].len() == 43, "{hash}");
    }
    assert_ne!(ada, bob);
}

// SECURITY-BAR S8; CONTRACT, 17 and 23
#[test]
fn a_hash_of_another_kind_is_made_anew_at_the_next_sign_in() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    for (password, stored) in [
        (
            "password123",
            "7d29780f5eaf9e9ca6c862162bd86250:b133b2e2c135c3dd6c4e6a70bff779c2f6063947eeba7c0889baa6eb83f1bad6b7d05ea1b52a2b442ee769d8e28f363e39c0f1008b444e95a0242ec86261671b",
        ),
        // The same in full width, as NFKC has it.
        (
            "\u{ff50}\u{ff41}\u{ff53}\u{ff53}\u{ff57}\u{ff4f}\u{ff52}\u{ff44}\u{ff11}\u{ff12}\u{ff13}",
            "bb71cae3442ad192ca1d7088afb8305b:d2d596b20f54f6b45d38c2d5aea8bdb975f23fda360ea993ac7024f0f772fd9b9e9df2474cbca04edc1eba264c49e27d195086584e8f8e5e0865e922cfec3939",
        ),
        ("weaker-argon2", "$argon2i$v=19$m=4096,t=3,p=1$c2FsdHNhbHRzYWx0$unreadable"),
    ] {
        app.change(move |tx| tx.execute("update users set password_hash = ?1", [stored]));
        let mut browser = Browser::new(&app);
        assert_eq!(browser.sign_in("ada@example.org", "wrong-password").status, 401);
        assert_eq!(hash_of(&app, "ada@example.org"), stored);
        let reply = browser.sign_in("ada@example.org", password);
        if stored.starts_with('$') {
            assert_eq!(reply.status, 401, "what cannot be read lets nobody in");
            continue;
        }
        assert_eq!(reply.status, 200, "{}", reply.text);
        assert!(hash_of(&app, "ada@example.org").starts_with("$argon2id$"));
        assert_eq!(browser.sign_in("ada@example.org", password).status, 200);
    }
    for stored in
        ["", "x", ":", "$", "$argon2id$v=19$m=4294967295,t=4294967295,p=1$c2FsdHNhbHQ$aaaa"]
    {
        app.change(move |tx| tx.execute("update users set password_hash = ?1", [stored]));
        let reply = Browser::new(&app).sign_in("ada@example.org", PASSWORD);
        assert_eq!(reply.status, 401, "{stored}: {}", reply.text);
    }
}

// SECURITY-BAR S9
#[test]
fn a_password_has_8_to_128_units_and_is_not_everybodys() {
    let app = App::with(&[UNLIMITED]);
    let mut count = 0;
    let mut up = |password: &str| {
        count += 1;
        let email = format!("p{count}@example.org");
        let body = json!({ "name": "x", "email": email, "password": password });
        let reply = Browser::new(&app).post("/sign-up/email", &body);
        (email, reply)
    };
    let (x128, e64) = ("x".repeat(120) + "12345678", "\u{1f600}".repeat(64));
    for good in [
        "\u{1f600}\u{1f600}\u{1f600}\u{1f600}",
        &x128,
        &e64,
        "  spaces  around  ",
        "tab\tand\nline",
        "\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}\u{e9}",
        "nul\0nul\0nul",
    ] {
        let (email, reply) = up(good);
        assert_eq!(reply.status, 200, "{good:?}: {}", reply.text);
        // Compared as given: nothing is trimmed, cut or folded.
        let mut browser = Browser::new(&app);
        assert_eq!(browser.sign_in(&email, good).status, 200, "{good:?}");
        for other in [good.trim(), &good.to_uppercase(), good.split('\0').next().unwrap()] {
            if other != good {
                assert_eq!(browser.sign_in(&email, other).status, 401, "{good:?} {other:?}");
            }
        }
        let longer = format!("{good}x");
        let status = if longer.encode_utf16().count() > 128 { 400 } else { 401 };
        assert_eq!(browser.sign_in(&email, &longer).status, status);
    }
    for (bad, code) in [
        ("1234567", "PASSWORD_TOO_SHORT"),
        ("\u{1f600}\u{1f600}\u{1f600}x", "PASSWORD_TOO_SHORT"),
        (&format!("{x128}x"), "PASSWORD_TOO_LONG"),
        (&format!("{e64}x"), "PASSWORD_TOO_LONG"),
        ("password", "PASSWORD_TOO_COMMON"),
        ("PassWord123", "PASSWORD_TOO_COMMON"),
        ("qwertyuiop", "PASSWORD_TOO_COMMON"),
    ] {
        assert_eq!(refusal(&up(bad).1), (400, code), "{bad:?}");
    }
    let mut ada = Browser::signed_up(&app, "ada");
    for (bad, code) in
        [("1234567", "PASSWORD_TOO_SHORT"), ("password1", "PASSWORD_TOO_COMMON"), (&x128, "")]
    {
        let body = json!({ "currentPassword": PASSWORD, "newPassword": bad });
        let reply = ada.post("/change-password", &body);
        assert_eq!(refusal(&reply), (if code.is_empty() { 200 } else { 400 }, code));
    }
}

// SECURITY-BAR S5; CONTRACT, 6
#[test]
fn a_change_of_password_leaves_other_sessions_alone_unless_asked() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let mut other = Browser::signed_in(&app, "ada");
    let person = other.person(&app);
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "a-new-passphrase" });
    let reply = ada.post("/change-password", &body);
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert_eq!(reply.body["token"], Value::Null);
    assert_eq!(reply.body["user"]["email"], "ada@example.org");
    let shown = ada.get("/get-session").body["user"]["updatedAt"].clone();
    assert_eq!(reply.body["user"]["updatedAt"], shown, "as it is after the change");
    assert!(set_cookies(&reply).is_empty());
    assert!(ada.is_signed_in() && other.is_signed_in());
    assert_eq!(person.get("/api/me").status, 200);
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 401);

    let mine = ada.person(&app);
    let stream = Stream::open(&app, &person, None);
    let body = json!({ "currentPassword": "a-new-passphrase", "newPassword": "another-one-yet",
        "revokeOtherSessions": true });
    let reply = ada.post("/change-password", &body);
    assert_eq!(reply.status, 200, "{}", reply.text);
    let token = reply.body["token"].as_str().unwrap();
    assert_ne!(token, ada.token);
    assert_eq!(set_cookies(&reply).len(), 1);
    assert!(reply.header("set-auth-token").unwrap().starts_with(token));
    assert_ends_soon(&app, &person);
    assert_ends_soon(&app, &mine);
    assert_stream_ends(stream);
    assert!(ada.is_signed_in(), "the changing one goes on");
    assert!(!other.is_signed_in());
    assert_eq!(app.count("select count(*) from sessions"), 1);
    assert_eq!(ada.person(&app).get("/api/me").status, 200);
}

// SECURITY-BAR S13
#[test]
fn an_unknown_address_and_a_wrong_password_look_alike() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    Browser::signed_up(&app, "off");
    Browser::signed_up(&app, "bare");
    app.change(|tx| tx.execute("update users set disabled_at = 1 where email like 'off%'", []));
    app.change(|tx| {
        tx.execute("update users set password_hash = null where email like 'bare%'", [])
    });
    let seen = |email: &str, password: &str| {
        let reply = Browser::new(&app).sign_in(email, password);
        let headers: Vec<(String, String)> = reply
            .headers
            .into_iter()
            .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
            .collect();
        (reply.status, headers, reply.text)
    };
    let wrong = seen("ada@example.org", "wrong-password");
    assert_eq!(wrong.0, 401);
    assert_eq!(wrong, seen("nobody@example.org", "wrong-password"));
    assert_eq!(wrong, seen("off@example.org", PASSWORD));
    assert_eq!(wrong, seen("bare@example.org", PASSWORD));

    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..50 {
        for (email, times) in ["ada@example.org", "nobody@example.org"].iter().zip(&mut times) {
            let begun = Instant::now();
            seen(email, "wrong-password");
            times.push(begun.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort_unstable();
        times[times.len() / 2]
    });
    let (less, more) = (known.min(unknown), known.max(unknown));
    assert!(more < less * 2, "known {known:?}, unknown {unknown:?}");
}

// SECURITY-BAR S10
#[test]
fn a_fourth_sign_in_within_ten_seconds_waits() {
    let app = App::with(&[PROXY]);
    let body = json!({ "name": "", "email": "ada@example.org", "password": PASSWORD }).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.1")];
    let reply = app.request("POST", "/api/auth/sign-up/email", &headers, Some(&body));
    assert_eq!(reply.status, 200, "{}", reply.text);
    for email in ["a@b.co", "c@d.co", "e@f.co"] {
        assert_eq!(sign_in_from(&app, "203.0.113.9", email, "wrong-password").status, 401);
    }
    let begun = Instant::now();
    let reply = sign_in_from(&app, "203.0.113.9", "ada@example.org", PASSWORD);
    assert_eq!(refusal(&reply), (429, "TOO_MANY_REQUESTS"), "over many accounts too");
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_eq!(reply.body["message"], "Too many requests. Please try again later.");
    let seconds: u64 = reply.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds));
    assert_eq!(reply.header("x-retry-after"), reply.header("retry-after"));
    // The owner, who is elsewhere, comes in.
    let reply = sign_in_from(&app, "203.0.113.10", "ada@example.org", PASSWORD);
    assert_eq!(reply.status, 200, "{}", reply.text);
    // Nor does the client choose whose limit it is.
    let spoofed = sign_in_from(&app, "198.51.100.7, 203.0.113.9", "ada@example.org", PASSWORD);
    assert_eq!(spoofed.status, 429);
    // Sign-up is limited too, and by itself.
    for count in 0..4 {
        let headers = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.9")];
        let reply = app.request("POST", "/api/auth/sign-up/email", &headers, Some("{}"));
        assert_eq!(reply.status, if count < 3 { 400 } else { 429 });
    }
}

// SECURITY-BAR S11
#[test]
fn a_network_of_ipv6_counts_as_one() {
    let app = App::with(&[PROXY]);
    for host in ["2001:db8:1:2::1", "2001:db8:1:2:ffff::2", "2001:DB8:1:2:0:0:0:3"] {
        assert_eq!(sign_in_from(&app, host, "a@b.co", "wrong-password").status, 401);
    }
    assert_eq!(sign_in_from(&app, "2001:db8:1:2:9:9:9:9", "a@b.co", "x").status, 429);
    assert_eq!(sign_in_from(&app, "2001:db8:1:3::1", "a@b.co", "wrong-password").status, 401);
    for _ in 0..2 {
        assert_eq!(sign_in_from(&app, "::ffff:198.51.100.1", "a@b.co", "x").status, 401);
    }
    assert_eq!(sign_in_from(&app, "198.51.100.1", "a@b.co", "x").status, 401);
    assert_eq!(sign_in_from(&app, "198.51.100.1", "a@b.co", "x").status, 429);
}

// SECURITY-BAR S11
#[test]
fn forwarding_headers_of_strangers_count_for_nothing() {
    let app = App::start();
    for host in 1..=3 {
        let reply = sign_in_from(&app, &format!("203.0.113.{host}"), "a@b.co", "wrong-password");
        assert_eq!(reply.status, 401);
    }
    for name in ["x-forwarded-for", "x-real-ip", "forwarded", "cf-connecting-ip", "x-client-ip"] {
        let headers = [("content-type", "application/json"), (name, "203.0.113.99")];
        let reply = app.request("POST", "/api/auth/sign-in/email", &headers, Some("{}"));
        assert_eq!(reply.status, 429, "{name}");
    }
}

// SECURITY-BAR S10: whoever holds a session may not guess on, and not by
// sending all guesses at once either.
#[test]
fn at_most_35_wrong_passwords_come_from_one_address() {
    let app = App::with(&[PROXY]);
    let ada = Browser::signed_up(&app, "ada");
    let guess = |path: &str, password: &str| {
        let bearer = format!("Bearer {}", ada.token);
        let headers = [
            ("content-type", "application/json"),
            ("authorization", &bearer),
            ("x-forwarded-for", "203.0.113.9"),
        ];
        let body = json!({ "password": password }).to_string();
        app.request("POST", &format!("/api/auth{path}"), &headers, Some(&body)).status
    };
    let statuses: Vec<u16> = thread::scope(|scope| {
        let guesses: Vec<_> =
            (0..60).map(|_| scope.spawn(|| guess("/verify-password", "wrong-password"))).collect();
        guesses.into_iter().map(|guess| guess.join().unwrap()).collect()
    });
    let tried = statuses.iter().filter(|status| **status == 400).count();
    assert!(tried <= 35, "{tried} were tried: {statuses:?}");
    assert!(statuses.iter().all(|status| matches!(status, 400 | 429 | 503)), "{statuses:?}");
    assert_eq!(guess("/verify-password", PASSWORD), 429);
    assert_eq!(guess("/delete-user", PASSWORD), 429);
    // From elsewhere the owner goes on.
    let mut elsewhere = ada.clone();
    assert_eq!(elsewhere.post("/verify-password", &json!({ "password": PASSWORD })).status, 200);
}

// SECURITY-BAR S10: many addresses against one account are slowed, and its
// person comes in from where they were before.
#[test]
fn an_attack_from_many_addresses_is_slowed_and_locks_nobody_out() {
    let outbox = TempDir::new().unwrap();
    let mails = outbox.path().join("outbox").display().to_string();
    let app = App::with(&[PROXY, ("DOCKET_MAIL_OUTBOX", &mails)]);
    let sign_up = |address: &str, name: &str| {
        let body = json!({ "name": name, "email": format!("{name}@example.org"),
            "password": PASSWORD });
        let headers = [("content-type", "application/json"), ("x-forwarded-for", address)];
        let reply =
            app.request("POST", "/api/auth/sign-up/email", &headers, Some(&body.to_string()));
        assert_eq!(reply.status, 200, "{}", reply.text);
    };
    sign_up("203.0.113.1", "ada");
    sign_up("203.0.113.2", "bob");
    let attack = |email: &str| -> Vec<u16> {
        let guess = |host| sign_in_from(&app, &format!("198.51.100.{host}"), email, "wrong-horse");
        (0..130).map(|host| guess(host).status).collect()
    };
    for email in ["ada@example.org", "nobody@example.org"] {
        let statuses = attack(email);
        assert!(statuses[..100].iter().all(|status| *status == 401), "{statuses:?}");
        let refused = statuses[100..].iter().filter(|status| **status == 429).count();
        // One in ten seconds may still pass.
        assert!(refused >= 20, "{email}: {statuses:?}");
    }
    let slowed = (200..250)
        .map(|host| sign_in_from(&app, &format!("198.51.100.{host}"), "ada@example.org", PASSWORD))
        .find(|reply| reply.status == 429)
        .expect("a right guess comes too late as well");
    assert_eq!(refusal(&slowed), (429, "TOO_MANY_REQUESTS"));
    let seconds: u64 = slowed.header("retry-after").unwrap().parse().unwrap();
    assert!((1..=10).contains(&seconds));
    assert_eq!(slowed.header("ratelimit-policy"), Some("\"account\";q=100;w=900"));

    let known = sign_in_from(&app, "203.0.113.1", "ada@example.org", PASSWORD);
    assert_eq!(known.status, 200, "where they were before: {}", known.text);
    let other = sign_in_from(&app, "203.0.113.50", "bob@example.org", PASSWORD);
    assert_eq!(other.status, 200, "another account: {}", other.text);
    // Somewhere new a reset link helps.
    let token = request_reset(&app, &outbox, "ada@example.org");
    let body = json!({ "newPassword": "another-horse-9", "token": token }).to_string();
    let headers = [("content-type", "application/json"), ("x-forwarded-for", "203.0.113.77")];
    let reply = app.request("POST", "/api/auth/reset-password", &headers, Some(&body));
    assert_eq!(reply.status, 200, "{}", reply.text);
    let new = sign_in_from(&app, "203.0.113.77", "ada@example.org", "another-horse-9");
    assert_eq!(new.status, 200, "{}", new.text);
}

// CONTRACT, 13: whatever is asked for below /api/auth, known or not.
#[test]
fn a_hundred_requests_in_ten_seconds_are_let_through() {
    let app = App::with(&[PROXY]);
    let ask = |path: &str, address: &str| {
        app.request("GET", &format!("/api/auth{path}"), &[("x-forwarded-for", address)], None)
    };
    for (path, status) in [("/ok", 200), ("/get-session", 200), ("/nothing", 404), ("/token", 401)]
    {
        for _ in 0..100 {
            assert_eq!(ask(path, "203.0.113.9").status, status, "{path}");
        }
        let refused = ask(path, "203.0.113.9");
        assert_eq!(refusal(&refused), (429, "TOO_MANY_REQUESTS"), "{path}");
        assert_eq!(refused.header("ratelimit-policy"), Some("\"requests\";q=100;w=10"));
        assert_eq!(ask(path, "203.0.113.10").status, status, "{path}");
    }
}

#[test]
fn right_passwords_use_up_nothing() {
    let app = App::with(&[PROXY]);
    let mut ada = Browser::signed_up(&app, "ada");
    for _ in 0..40 {
        let reply = ada.post("/verify-password", &json!({ "password": PASSWORD }));
        assert_eq!(reply.status, 200, "{}", reply.text);
    }
}

/// Resident memory of a process, in MiB.
fn memory(app: &App) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", app.pid())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<u64>().unwrap() / 1024
}

// SECURITY-BAR S14
#[test]
fn a_flood_of_sign_ins_is_answered_and_starves_nobody() {
    let app = App::with(&[UNLIMITED]);
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    person.add("buy milk");
    let begun = Instant::now();
    for round in 0..4 {
        let app = &app;
        thread::scope(|scope| {
            for n in 0..50 {
                scope.spawn(move || {
                    let password = if n % 5 == 0 { "wrong-password" } else { PASSWORD };
                    let reply = Browser::new(app).sign_in("ada@example.org", password);
                    let fits = match reply.status {
                        200 => n % 5 != 0,
                        401 => n % 5 == 0,
                        503 => reply.header("retry-after").is_some(),
                        _ => false,
                    };
                    assert!(fits, "{}: {}", reply.status, reply.text);
                });
            }
            for _ in 0..10 {
                let reply = person.get("/api/tasks");
                assert_eq!(reply.status, 200, "{}", reply.text);
            }
        });
        let limit = Duration::from_secs(20 * (round + 1));
        assert!(begun.elapsed() < limit, "{:?}", begun.elapsed());
    }
    assert!(memory(&app) < 300, "{} MiB", memory(&app));
    assert!(ada.is_signed_in());
}

// SECURITY-BAR S5, S6: who was let in by the old password just when it was
// replaced must not stay.
#[test]
fn no_session_begun_with_the_old_password_outlives_it() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let app = &app;
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(move || {
                let reply = Browser::new(app).sign_in("ada@example.org", PASSWORD);
                assert!(matches!(reply.status, 200 | 401), "{}", reply.text);
            });
        }
        thread::sleep(Duration::from_millis(100));
        app.change(|tx| {
            tx.execute("delete from sessions", [])?;
            tx.execute("update users set password_hash = 'of another password'", [])
        });
    });
    assert_eq!(app.count("select count(*) from sessions"), 0);
}

// SECURITY-BAR S5, S6
#[test]
fn no_change_by_who_was_shown_out_undoes_a_reset() {
    let app = App::with(&[UNLIMITED]);
    let ada = Browser::signed_up(&app, "ada");
    let app = &app;
    thread::scope(|scope| {
        for _ in 0..20 {
            let mut thief = ada.clone();
            scope.spawn(move || {
                let body =
                    json!({ "currentPassword": PASSWORD, "newPassword": "a-thiefs-own-one" });
                let reply = thief.post("/change-password", &body);
                assert!(matches!(reply.status, 200 | 400 | 401), "{}", reply.text);
            });
        }
        thread::sleep(Duration::from_millis(100));
        app.change(|tx| {
            tx.execute("delete from sessions", [])?;
            tx.execute("update users set password_hash = 'of another password'", [])
        });
    });
    assert_eq!(hash_of(app, "ada@example.org"), "of another password");
    assert_eq!(app.count("select count(*) from sessions"), 0);
}

// SECURITY-BAR S6
#[test]
fn no_session_begins_while_an_account_is_disabled() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let app = &app;
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(move || {
                let reply = Browser::new(app).sign_in("ada@example.org", PASSWORD);
                assert!(matches!(reply.status, 200 | 401), "{}", reply.text);
            });
        }
        thread::sleep(Duration::from_millis(100));
        app.run(&["user", "disable", "ada@example.org"]);
    });
    assert_eq!(app.count("select count(*) from sessions"), 0);
}

#[test]
fn deleting_an_account_that_signs_in_is_no_error_of_the_servers() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let app = &app;
    thread::scope(|scope| {
        for _ in 0..30 {
            scope.spawn(move || {
                let reply = Browser::new(app).sign_in("ada@example.org", PASSWORD);
                assert!(matches!(reply.status, 200 | 401), "{} {}", reply.status, reply.text);
            });
        }
        thread::sleep(Duration::from_millis(100));
        app.change(|tx| tx.execute("delete from users", []));
    });
}

/// A server whose mails can be read.
fn with_mail() -> (App, TempDir) {
    let dir = TempDir::new().unwrap();
    let outbox = dir.path().join("outbox");
    let app = App::with(&[UNLIMITED, ("DOCKET_MAIL_OUTBOX", outbox.to_str().unwrap())]);
    (app, dir)
}

fn request_reset(app: &App, mails: &TempDir, email: &str) -> String {
    let outbox = mails.path().join("outbox");
    let _ = std::fs::remove_file(&outbox);
    let reply = Browser::new(app).post("/request-password-reset", &json!({ "email": email }));
    assert_eq!(reply.status, 200, "{}", reply.text);
    mailed(&outbox)
}

fn reset(app: &App, token: &str, password: &str) -> Reply {
    let body = json!({ "newPassword": password, "token": token });
    Browser::new(app).post("/reset-password", &body)
}

// SECURITY-BAR S18; CONTRACT, 7
#[test]
fn a_reset_works_once_and_ends_every_session() {
    let (app, mails) = with_mail();
    let mut ada = Browser::signed_up(&app, "ada");
    let person = ada.person(&app);
    let token = request_reset(&app, &mails, "ADA@example.org");
    let mail = std::fs::read_to_string(mails.path().join("outbox")).unwrap();
    let mail: Value = serde_json::from_str(mail.trim()).unwrap();
    assert_eq!((&mail["kind"], &mail["to"]), (&json!("reset-password"), &json!("ada@example.org")));
    let url = format!("{}/api/auth/reset-password/{token}?callbackURL=", app.url);
    assert_eq!(mail["url"], url.as_str());

    // The link leads on, and spends nothing.
    for (target, expected) in [
        ("/new", format!("{}/new?token={token}", app.url)),
        ("/new?a=b", format!("{}/new?a=b&token={token}", app.url)),
        ("/new%23part", format!("{}/new?token={token}#part", app.url)),
        ("/n%C3%A4w", format!("{}/n%C3%A4w?token={token}", app.url)),
        ("", format!("{}/reset-password?token={token}", app.url)),
    ] {
        let path = format!("/reset-password/{token}?callbackURL={target}");
        let reply = Browser::new(&app).get(&path);
        assert_eq!((reply.status, reply.header("location")), (302, Some(expected.as_str())));
    }
    let reply = Browser::new(&app).get("/reset-password/x?callbackURL=/new");
    let location = format!("{}/new?error=INVALID_TOKEN", app.url);
    assert_eq!((reply.status, reply.header("location")), (302, Some(location.as_str())));
    assert_eq!(Browser::new(&app).get(&format!("/reset-password/{token}")).status, 400);

    assert_eq!(refusal(&reset(&app, &token, "short")), (400, "PASSWORD_TOO_SHORT"));
    assert_eq!(refusal(&reset(&app, &token, &"x".repeat(129))), (400, "PASSWORD_TOO_LONG"));
    assert_eq!(refusal(&reset(&app, &token, "password1")), (400, "PASSWORD_TOO_COMMON"));
    let statuses: Vec<u16> = thread::scope(|scope| {
        let (app, token) = (&app, &token);
        let all: Vec<_> = (0..3)
            .map(|_| scope.spawn(move || reset(app, token, "a-new-passphrase").status))
            .collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 2, "{statuses:?}");
    assert_eq!(refusal(&reset(&app, &token, "a-new-passphrase")), (400, "INVALID_TOKEN"));

    assert!(!ada.is_signed_in());
    assert_ends_soon(&app, &person);
    let ended = "select count(*) from audit where kind = 'sessions_ended' and sessions <> ''";
    assert_eq!(app.count(ended), 1, "and that is on record");
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 401);
    assert_eq!(ada.sign_in("ada@example.org", "a-new-passphrase").status, 200);
}

// SECURITY-BAR S18
#[test]
fn a_reset_link_is_void_after_an_hour_and_after_any_change() {
    let (app, mails) = with_mail();
    let mut ada = Browser::signed_up(&app, "ada");
    let token = request_reset(&app, &mails, "ada@example.org");
    app.change(|tx| tx.execute("update links set expires_at = expires_at - 3600000", []));
    assert_eq!(refusal(&reset(&app, &token, "a-new-passphrase")), (400, "INVALID_TOKEN"));

    let older = request_reset(&app, &mails, "ada@example.org");
    let newer = request_reset(&app, &mails, "ada@example.org");
    assert_eq!(refusal(&reset(&app, &older, "a-new-passphrase")), (400, "INVALID_TOKEN"));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "a-new-passphrase" });
    assert_eq!(ada.post("/change-password", &body).status, 200);
    assert_eq!(refusal(&reset(&app, &newer, "another-one-yet")), (400, "INVALID_TOKEN"));

    // It went to an address that is no longer theirs.
    let token = request_reset(&app, &mails, "ada@example.org");
    assert_eq!(ada.post("/change-email", &json!({ "newEmail": "new@example.org" })).status, 200);
    assert_eq!(refusal(&reset(&app, &token, "another-one-yet")), (400, "INVALID_TOKEN"));
}

// SECURITY-BAR S13
#[test]
fn asking_for_a_reset_tells_nobody_who_has_an_account() {
    let (app, mails) = with_mail();
    Browser::signed_up(&app, "ada");
    let ask = |email: &str| {
        let reply = Browser::new(&app).post("/request-password-reset", &json!({ "email": email }));
        let headers: Vec<(String, String)> = reply
            .headers
            .into_iter()
            .filter(|(name, _)| !["x-request-id", "date"].contains(&name.as_str()))
            .collect();
        (reply.status, headers, reply.text)
    };
    assert_eq!(ask("ada@example.org"), ask("nobody@example.org"));
    mailed(&mails.path().join("outbox"));
    // Each is written down, so each waits for the disk alike.
    assert_eq!(app.count("select count(*) from audit where kind = 'reset_requested'"), 2);
}
