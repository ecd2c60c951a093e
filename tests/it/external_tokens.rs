//! Tokens of other servers: whose are trusted, and how their keys are had.

use std::collections::HashSet;
use std::io::Read;
use std::net::TcpListener;
use std::process::Stdio;
use std::time::{Duration, Instant};

use jsonwebtoken::Algorithm;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App, Reply};
use crate::forge::{Answer, Key, KeyServer, Own, SECRET, base64url, now, rsa_2048, with, without};

fn trusting(server: &KeyServer) -> Value {
    json!({ "issuer": server.issuer, "jwks_url": server.url })
}

fn start(issuers: &[Value]) -> App {
    App::with(&[("DOCKET_ISSUERS", &json!(issuers).to_string())])
}

/// What an issuer says of somebody; its own address is the audience.
fn claims(issuer: &str, sub: &str) -> Value {
    json!({ "iss": issuer, "aud": issuer, "sub": sub, "iat": now(), "exp": now() + 600 })
}

fn token(key: &Key, kid: &str, claims: &Value) -> String {
    key.sign(&json!({ "alg": key.algorithm, "kid": kid }), claims)
}

fn send(app: &App, token: &str) -> Reply {
    app.bearer(token).get("/api/me")
}

#[track_caller]
fn assert_accepted(app: &App, token: &str) -> String {
    let reply = send(app, token);
    assert_eq!(reply.status, 200, "{}\n{}", reply.text, app.log());
    reply.body["id"].as_str().expect("an id").to_owned()
}

#[track_caller]
fn assert_refused(app: &App, token: &str) {
    let reply = send(app, token);
    assert_eq!(reply.status, 401, "{}\n{}", reply.text, app.log());
    assert_eq!(reply.header("www-authenticate"), Some("Bearer error=\"invalid_token\""));
}

/// 401 or 503: what a token gets whose issuer cannot be asked.
#[track_caller]
fn assert_kept_out(app: &App, token: &str) {
    let reply = send(app, token);
    assert!([401, 503].contains(&reply.status), "{} {}", reply.status, reply.text);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
}

// SECURITY-BAR T1
#[test]
fn each_algorithm_of_an_issuer_is_accepted() {
    let keys = [Key::ed25519(&[1; 32]), Key::es256(), Key::rs256(), Key::ps256()];
    for key in keys {
        let server = KeyServer::with(&[key.jwk("one")]);
        let app = start(&[trusting(&server)]);

        let good = token(&key, "one", &claims(&server.issuer, "eve"));
        assert_accepted(&app, &good);
        let bare = key.sign(&json!({ "alg": key.algorithm }), &claims(&server.issuer, "eve"));
        assert_accepted(&app, &bare);

        let changed = token(&key, "one", &claims(&server.issuer, "mallory"));
        let (message, _) = changed.rsplit_once('.').unwrap();
        let (_, signature) = good.rsplit_once('.').unwrap();
        assert_refused(&app, &format!("{message}.{signature}"));
        assert_refused(&app, &token(&key, "two", &claims(&server.issuer, "eve")));
    }
}

#[test]
fn a_token_without_a_kid_needs_an_issuer_with_one_key() {
    let (one, other) = (Key::ed25519(&[1; 32]), Key::ed25519(&[2; 32]));
    let server = KeyServer::with(&[one.jwk("one"), other.jwk("other")]);
    let app = start(&[trusting(&server)]);
    let claims = claims(&server.issuer, "eve");

    assert_accepted(&app, &token(&one, "one", &claims));
    assert_refused(&app, &one.sign(&json!({ "alg": "EdDSA" }), &claims));
}

/// Keys that must not count, with a token that each would let in.
fn unusable(claims: &Value) -> Vec<(&'static str, Value, String)> {
    let ed = Key::ed25519(&[4; 32]);
    let es = Key::es256();
    let rs = Key::rs256();
    let mut found = Vec::new();
    let mut add = |kid: &'static str, key: &Key, jwk: Value| {
        found.push((kid, jwk, token(key, kid, claims)));
    };
    add("enc", &ed, with(&ed.jwk("enc"), "use", json!("enc")));
    add("odd use", &ed, with(&ed.jwk("odd use"), "use", json!(["sig"])));
    add("signs", &ed, with(&ed.jwk("signs"), "key_ops", json!(["sign"])));
    add("no ops", &es, with(&es.jwk("no ops"), "key_ops", json!([])));
    add("differs", &ed, with(&ed.jwk("differs"), "alg", json!("ES256")));
    add("rs as rs512", &rs, with(&rs.jwk("rs as rs512"), "alg", json!("RS512")));
    add("es as es512", &es, with(&es.jwk("es as es512"), "alg", json!("ES512")));
    add("private", &ed, with(&ed.jwk("private"), "d", json!(base64url([4; 32]))));
    add("swapped", &es, with(&es.jwk("swapped"), "y", es.jwk("")["x"].clone()));
    add("no crv", &ed, without(&ed.jwk("no crv"), "crv"));
    let small = rsa::RsaPrivateKey::new(&mut rand_core::OsRng, 1024).expect("a key");
    let small = Key::rsa(Algorithm::RS256, "RS256", &small);
    add("small", &small, small.jwk("small"));
    let modulus = small.jwk("")["n"].as_str().expect("n").to_owned();
    // 129 zero bytes in front make 1024 bits look like 2048.
    let padded = with(&small.jwk("padded"), "n", json!("A".repeat(172) + &modulus));
    add("padded", &small, padded);
    let secret = Key::hmac(SECRET);
    add("oct", &secret, json!({ "kty": "oct", "kid": "oct", "k": base64url(SECRET) }));
    let hs = json!({ "kty": "oct", "kid": "hs", "k": base64url(SECRET), "alg": "HS256" });
    add("hs", &secret, hs);
    let point = json!({ "kty": "EC", "crv": "P-521", "alg": "ES512", "kid": "es512",
        "x": base64url([1; 66]), "y": base64url([2; 66]) });
    add("es512", &es, point);
    // Under the neutral element, R = 0 and s = 0 sign everything.
    let neutral = [&[1][..], &[0; 31]].concat();
    let weak = with(&ed.jwk("weak"), "x", json!(base64url(neutral)));
    let signed = token(&ed, "weak", claims);
    let (message, _) = signed.rsplit_once('.').expect("a dot");
    let zero = base64url([&[1][..], &[0; 63]].concat());
    found.push(("weak", weak, format!("{message}.{zero}")));
    let short = with(&ed.jwk("short"), "x", json!(base64url([4; 31])));
    found.push(("short", short, token(&ed, "short", claims)));
    let long = with(&ed.jwk("long"), "x", json!(base64url([4; 33])));
    found.push(("long", long, token(&ed, "long", claims)));
    found
}

// SECURITY-BAR T18
#[test]
fn unusable_keys_are_skipped_and_the_others_work() {
    let server = KeyServer::start(Answer::Status(500));
    let unusable = unusable(&claims(&server.issuer, "eve"));
    let good = Key::ed25519(&[1; 32]);
    let mut set = vec![json!(null), json!("text"), json!([]), json!({}), json!({ "kty": 5 })];
    set.extend(unusable.iter().map(|(_, jwk, _)| jwk.clone()));
    set.push(good.jwk("good"));
    server.publish(&set);
    let app = start(&[trusting(&server)]);

    assert_accepted(&app, &token(&good, "good", &claims(&server.issuer, "eve")));
    for (kid, _, token) in &unusable {
        let reply = send(&app, token);
        assert_eq!(reply.status, 401, "{kid}: {}", reply.text);
    }

    let log = app.log();
    let skipped = log.lines().filter(|line| line.contains("a published key cannot be used"));
    assert_eq!(skipped.count(), set.len() - 1, "{log}");
    assert!(log.contains("P-521"), "{log}");
    assert!(!log.contains("panicked"), "{log}");
}

#[test]
fn an_rsa_modulus_with_a_zero_in_front_is_the_same_key() {
    let key = Key::rs256();
    let bytes = rsa::traits::PublicKeyParts::n(rsa_2048()).to_bytes_be();
    let jwk = with(&key.jwk("one"), "n", json!(base64url([&[0][..], &bytes].concat())));
    let server = KeyServer::with(&[jwk]);
    let app = start(&[trusting(&server)]);

    assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, "eve")));
}

#[test]
fn keys_can_come_from_a_file() {
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("jwks.json");
    let key = Key::es256();
    std::fs::write(&file, json!({ "keys": [key.jwk("one")] }).to_string()).unwrap();
    let issuer = "https://login.example.org";
    let app = start(&[json!({ "issuer": issuer, "jwks_file": file, "audience": "docket" })]);

    let good = with(&claims(issuer, "eve"), "aud", json!(["other", "docket"]));
    assert_accepted(&app, &token(&key, "one", &good));
    assert_refused(&app, &token(&key, "one", &claims(issuer, "eve")));
}

// SECURITY-BAR T19
#[test]
fn a_redirect_to_the_keys_is_not_followed() {
    let key = Key::ed25519(&[1; 32]);
    let other = KeyServer::with(&[key.jwk("one")]);
    let server = KeyServer::start(Answer::Redirect(other.url.clone()));
    let app = start(&[trusting(&server)]);

    assert_kept_out(&app, &token(&key, "one", &claims(&server.issuer, "eve")));

    assert_eq!((server.asked(), other.asked()), (1, 0));
    assert!(app.log().contains("cannot get the issuer's keys"), "{}", app.log());
}

// SECURITY-BAR T19
#[test]
fn a_key_set_over_256_kb_is_not_read() {
    let key = Key::ed25519(&[1; 32]);
    let mut large = json!({ "keys": [key.jwk("one")] });
    large["padding"] = json!("x".repeat(300 * 1024));
    for answer in [Answer::Body(large.to_string()), Answer::Endless] {
        let server = KeyServer::start(answer);
        let app = start(&[trusting(&server)]);
        let ada = app.user("ada");

        assert_kept_out(&app, &token(&key, "one", &claims(&server.issuer, "eve")));
        assert_eq!(ada.get("/api/me").status, 200);
        assert_eq!(server.asked(), 1);
    }
    large["padding"] = json!("x".repeat(200 * 1024));
    let server = KeyServer::start(Answer::Body(large.to_string()));
    let app = start(&[trusting(&server)]);
    assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, "eve")));
}

// SECURITY-BAR T19
#[test]
fn a_slow_issuer_holds_up_only_its_own() {
    let key = Key::ed25519(&[1; 32]);
    let set = json!({ "keys": [key.jwk("one")] }).to_string();
    let slow = KeyServer::start(Answer::After(Duration::from_secs(60), set));
    let dripping = KeyServer::start(Answer::Drip);
    let app = start(&[trusting(&slow), trusting(&dripping)]);
    let ada = app.user("ada");
    let begun = Instant::now();

    std::thread::scope(|scope| {
        let waiting: Vec<_> = [&slow, &dripping]
            .into_iter()
            .flat_map(|server| (0..5).map(move |_| server))
            .map(|server| {
                let token = token(&key, "one", &claims(&server.issuer, "eve"));
                let app = &app;
                scope.spawn(move || assert_kept_out(app, &token))
            })
            .collect();
        while slow.asked() == 0 || dripping.asked() == 0 {
            std::thread::sleep(Duration::from_millis(5));
        }
        for _ in 0..5 {
            assert_eq!(ada.get("/api/me").status, 200);
            ada.add("buy milk");
        }
        assert!(!waiting.iter().any(|one| one.is_finished()), "own users had to wait");
    });

    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
    assert_eq!((slow.asked(), dripping.asked()), (1, 1));
}

// SECURITY-BAR T19
#[test]
fn an_issuer_that_fails_keeps_only_its_own_out() {
    let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let gone = format!("http://{gone}");
    let broken = KeyServer::start(Answer::Status(500));
    let odd = KeyServer::start(Answer::Body("<html>".into()));
    let other = KeyServer::start(Answer::Body(json!({ "keys": "none" }).to_string()));
    let app = start(&[
        json!({ "issuer": gone, "jwks_url": format!("{gone}/jwks") }),
        trusting(&broken),
        trusting(&odd),
        trusting(&other),
    ]);
    let ada = app.user("ada");
    let key = Key::ed25519(&[1; 32]);

    for issuer in [&gone, &broken.issuer, &odd.issuer, &other.issuer] {
        assert_kept_out(&app, &token(&key, "one", &claims(issuer, "eve")));
        assert_eq!(ada.get("/api/me").status, 200);
    }
}

// SECURITY-BAR T19
#[test]
fn known_keys_stay_good_while_their_issuer_fails() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let app = start(&[trusting(&server)]);
    assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, "eve")));

    server.now(Answer::Status(500));

    assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, "mallory")));
    assert_refused(&app, &token(&key, "two", &claims(&server.issuer, "eve")));
    assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, "trent")));
}

// SECURITY-BAR T19
#[test]
fn unknown_kids_cause_one_fetch_in_15_seconds() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let app = start(&[trusting(&server)]);
    let begun = Instant::now();

    for index in 0..100 {
        let kid = format!("unknown {index}");
        assert_refused(&app, &token(&key, &kid, &claims(&server.issuer, "eve")));
    }

    let most = 1 + begun.elapsed().as_secs() as usize / 15;
    assert!((1..=most).contains(&server.asked()), "{} fetches", server.asked());
}

// SECURITY-BAR T19
#[test]
fn many_first_tokens_cause_one_fetch_at_a_time() {
    let key = Key::ed25519(&[1; 32]);
    let set = json!({ "keys": [key.jwk("one")] }).to_string();
    let server = KeyServer::start(Answer::After(Duration::from_millis(500), set));
    let app = start(&[trusting(&server)]);

    std::thread::scope(|scope| {
        for index in 0..20 {
            let token = token(&key, "one", &claims(&server.issuer, &format!("eve {index}")));
            let app = &app;
            scope.spawn(move || assert_accepted(app, &token));
        }
    });

    assert_eq!((server.asked(), server.most_at_once()), (1, 1));
}

// SECURITY-BAR T19
#[test]
fn a_key_that_an_issuer_adds_works_within_40_seconds() {
    let (old, new) = (Key::ed25519(&[1; 32]), Key::es256());
    let server = KeyServer::with(&[old.jwk("old")]);
    let app = start(&[trusting(&server)]);
    assert_accepted(&app, &token(&old, "old", &claims(&server.issuer, "eve")));
    server.publish(&[old.jwk("old"), new.jwk("new")]);
    let token = token(&new, "new", &claims(&server.issuer, "eve"));

    assert_refused(&app, &token);
    let before = server.asked();
    accepted_in_time(&app, &token);
    assert_eq!(server.asked(), before + 1);
}

// SECURITY-BAR T19
#[test]
fn a_key_that_an_issuer_withdraws_is_believed_no_longer() {
    let (stolen, kept, new) = (Key::ed25519(&[1; 32]), Key::ed25519(&[2; 32]), Key::es256());
    let server = KeyServer::with(&[stolen.jwk("stolen"), kept.jwk("kept")]);
    let app = start(&[trusting(&server)]);
    let signed = |key: &Key, kid| token(key, kid, &claims(&server.issuer, "eve"));
    let (by_stolen, by_kept) = (signed(&stolen, "stolen"), signed(&kept, "kept"));
    assert_accepted(&app, &by_stolen);
    assert_accepted(&app, &by_kept);

    server.publish(&[kept.jwk("kept"), new.jwk("new")]);
    accepted_in_time(&app, &signed(&new, "new"));

    // It was good before, and remembered.
    assert_refused(&app, &by_stolen);
    assert_accepted(&app, &by_kept);
}

/// Sends the token until the issuer's keys have been asked for anew.
#[track_caller]
fn accepted_in_time(app: &App, token: &str) {
    let begun = Instant::now();
    while send(app, token).status != 200 {
        assert!(begun.elapsed() < Duration::from_secs(40), "{}", app.log());
        std::thread::sleep(Duration::from_millis(200));
    }
}

#[test]
fn issuers_are_set_as_json_as_toml_and_in_the_file() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let (issuer, url) = (&server.issuer, &server.url);
    let dir = TempDir::new().unwrap();
    let file = dir.path().join("Rocket.toml");
    let toml = format!("[{{ issuer = '{issuer}', jwks_url = '{url}', audience = 'docket' }}]");
    std::fs::write(&file, format!("[default]\nissuers = {toml}\n")).unwrap();
    let tables = dir.path().join("tables.toml");
    let entry = format!("issuer = '{issuer}'\njwks_url = '{url}'\naudience = 'docket'");
    std::fs::write(&tables, format!("[[default.issuers]]\n{entry}\n")).unwrap();
    let json = json!([{ "issuer": issuer, "jwks_url": url, "audience": "docket" }]).to_string();

    for setting in [
        ("DOCKET_ISSUERS", json.as_str()),
        ("DOCKET_ISSUERS", toml.as_str()),
        ("DOCKET_CONFIG", file.to_str().unwrap()),
        ("DOCKET_CONFIG", tables.to_str().unwrap()),
    ] {
        let app = App::with(&[setting]);
        let good = with(&claims(issuer, "eve"), "aud", json!("docket"));
        assert_accepted(&app, &token(&key, "one", &good));
        assert_refused(&app, &token(&key, "one", &claims(issuer, "eve")));
    }
}

#[test]
fn a_stranger_gets_an_account_of_their_own() {
    let key = Key::ed25519(&[1; 32]);
    let (here, there) = (KeyServer::with(&[key.jwk("one")]), KeyServer::with(&[key.jwk("one")]));
    let app = start(&[trusting(&here), trusting(&there)]);
    let ada = app.user("ada");
    let named = |issuer: &str, sub: &str| {
        let claims = with(&claims(issuer, sub), "email", json!("ada@example.org"));
        let claims = with(&claims, "email_verified", json!(true));
        token(&key, "one", &with(&claims, "role", json!("admin")))
    };

    let ids = [
        ada.id.to_string(),
        assert_accepted(&app, &named(&here.issuer, "eve")),
        assert_accepted(&app, &named(&there.issuer, "eve")),
        assert_accepted(&app, &named(&here.issuer, "EVE")),
        assert_accepted(&app, &named(&here.issuer, " eve")),
        // The id of somebody here is only a name there.
        assert_accepted(&app, &named(&here.issuer, ada.id.as_str())),
    ];
    assert_eq!(ids.iter().collect::<HashSet<_>>().len(), ids.len(), "{ids:?}");
    assert_eq!(assert_accepted(&app, &named(&here.issuer, "eve")), ids[1]);

    let eve = app.bearer(&named(&here.issuer, "eve"));
    eve.add("eve's");
    ada.add("ada's");
    let titles = |reply: Reply| {
        let items = reply.body["items"].as_array().expect("items").clone();
        items.iter().map(|task| task["title"].clone()).collect::<Vec<_>>()
    };
    assert_eq!(titles(eve.get("/api/tasks")), ["eve's"]);
    assert_eq!(titles(ada.get("/api/tasks")), ["ada's"]);
    let other = app.bearer(&named(&there.issuer, "eve"));
    assert!(titles(other.get("/api/tasks")).is_empty());
    let me = eve.get("/api/me").body;
    assert_eq!((&me["issuer"], &me["subject"]), (&json!(here.issuer), &json!("eve")));
    assert_eq!(me["email"], Value::Null);
}

#[test]
fn first_tokens_at_the_same_time_make_one_account() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let app = start(&[trusting(&server)]);

    let ids: HashSet<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..24)
            .map(|index| {
                let claims = with(&claims(&server.issuer, "eve"), "jti", json!(index));
                let token = token(&key, "one", &claims);
                let app = &app;
                scope.spawn(move || assert_accepted(app, &token))
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().expect("no panic")).collect()
    });

    assert_eq!(ids.len(), 1);
    let users: Value = serde_json::from_str(&app.run(&["user", "list", "--json"])).unwrap();
    assert_eq!(users.as_array().map(Vec::len), Some(1), "{users}");
}

#[test]
fn an_issuer_can_speak_of_the_accounts_here() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let app = start(&[with(&trusting(&server), "subjects", json!("local"))]);
    let ada = app.user("ada");

    let id = assert_accepted(&app, &token(&key, "one", &claims(&server.issuer, ada.id.as_str())));
    assert_eq!(id, ada.id.to_string());
    for sub in ["eve", "ada@example.org", "1", &format!("{} ", ada.id)] {
        assert_refused(&app, &token(&key, "one", &claims(&server.issuer, sub)));
    }
    let users: Value = serde_json::from_str(&app.run(&["user", "list", "--json"])).unwrap();
    assert_eq!(users.as_array().map(Vec::len), Some(1), "{users}");
}

#[test]
fn hs256_tokens_need_only_sub_and_exp_unless_more_is_set() {
    let key = Key::hmac(SECRET);
    let header = json!({ "alg": "HS256", "typ": "JWT" });
    let app = App::with(&[("BETTER_AUTH_SECRET", SECRET)]);
    let least = json!({ "sub": "eve", "exp": now() + 600 });
    let first = assert_accepted(&app, &key.sign(&header, &least));
    let more = with(&with(&least, "iss", json!("https://a.example")), "aud", json!(["b"]));
    assert_eq!(assert_accepted(&app, &key.sign(&header, &more)), first);
    assert_refused(&app, &key.sign(&header, &without(&least, "sub")));
    assert_refused(&app, &key.sign(&header, &without(&least, "exp")));
    assert_refused(&app, &key.sign(&header, &with(&least, "iss", json!(["a"]))));
    assert_refused(&app, &key.sign(&header, &with(&least, "aud", json!({}))));

    let app = App::with(&[
        ("DOCKET_BETTER_AUTH_SECRET", SECRET),
        ("DOCKET_BETTER_AUTH_ISSUER", "https://a.example"),
        ("DOCKET_BETTER_AUTH_AUDIENCE", "b"),
    ]);
    assert_accepted(&app, &key.sign(&header, &more));
    assert_refused(&app, &key.sign(&header, &least));
    assert_refused(&app, &key.sign(&header, &with(&more, "iss", json!("https://b.example"))));
    assert_refused(&app, &key.sign(&header, &with(&more, "aud", json!("c"))));
}

#[test]
fn hs256_tokens_can_speak_of_the_accounts_here() {
    let app =
        App::with(&[("BETTER_AUTH_SECRET", SECRET), ("DOCKET_BETTER_AUTH_SUBJECTS", "local")]);
    let ada = app.user("ada");
    let sign = |sub: &str| {
        let claims = json!({ "sub": sub, "exp": now() + 600, "iat": now() });
        Key::hmac(SECRET).sign(&json!({ "alg": "HS256" }), &claims)
    };

    assert_eq!(assert_accepted(&app, &sign(ada.id.as_str())), ada.id.to_string());
    assert_refused(&app, &sign("eve"));
}

// SECURITY-BAR A2
#[test]
fn the_path_of_a_stranger_is_their_own_subject() {
    let key = Key::ed25519(&[1; 32]);
    let server = KeyServer::with(&[key.jwk("one")]);
    let app = start(&[trusting(&server)]);
    let ada = app.user("ada");

    for (sub, path) in [("eve", "eve"), ("auth0|5", "auth0%7C5"), ("a/b c", "a%2Fb%20c")] {
        let eve = app.bearer(&token(&key, "one", &claims(&server.issuer, sub)));
        let tasks = format!("/api/users/{path}/tasks");
        let made = eve.post(&tasks, &json!({ "title": sub }));
        assert_eq!(made.status, 201, "{sub}: {}", made.text);
        assert_eq!(eve.get(&tasks).body["items"][0]["title"], sub);
        let id = eve.get("/api/me").body["id"].clone();
        let by_id = format!("/api/users/{}/tasks", id.as_str().unwrap());
        assert_eq!(eve.get(&by_id).body, eve.get(&tasks).body);

        for other in [ada.id.as_str(), "nobody", "EVE", "eve%20", "1"] {
            let other = format!("/api/users/{other}/tasks");
            assert_eq!(eve.get(&other).status, 403, "{other}");
            assert_eq!(eve.post(&other, &json!({})).status, 403, "{other}");
            assert_eq!(app.get(&other).status, 401, "{other}");
        }
        assert_eq!(ada.get(&tasks).status, 403);
    }
}

/// Exit code and standard error of a server that does not start.
fn start_fails(settings: &[(&str, &str)]) -> (Option<i32>, String) {
    let dir = TempDir::new().unwrap();
    let settings: Vec<_> = settings.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let mut child = app::command(dir.path(), &settings)
        .args(["serve", "--port", "0"])
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let begun = Instant::now();
    while child.try_wait().unwrap().is_none() && begun.elapsed() < Duration::from_secs(20) {
        std::thread::sleep(Duration::from_millis(10));
    }
    let _ = child.kill();
    let mut errors = String::new();
    child.stderr.take().unwrap().read_to_string(&mut errors).unwrap();
    (child.wait().unwrap().code(), errors)
}

// SECURITY-BAR T17
#[test]
fn a_short_secret_stops_the_start() {
    for (secret, size) in [("x", 1), ("0123456789abcdef0123456789abcde", 31), ("ÄÖÜäöüß", 14)]
    {
        let (code, errors) = start_fails(&[("BETTER_AUTH_SECRET", secret)]);
        assert_eq!(code, Some(1), "{errors}");
        for part in ["better_auth_secret", "BETTER_AUTH_SECRET", "32 bytes", &size.to_string()] {
            assert!(errors.contains(part), "{part}: {errors}");
        }
        assert!(secret.len() < 5 || !errors.contains(secret), "{errors}");
    }
    // Bytes are counted, and used as they are: this is no base64 or hex to undo.
    for secret in ["äöü€äöü€äöü€äöx", "0123456789abcdef0123456789abcdef"] {
        let app = App::with(&[("BETTER_AUTH_SECRET", secret)]);
        let claims = json!({ "sub": "eve", "exp": now() + 600 });
        assert_accepted(&app, &Key::hmac(secret).sign(&json!({ "alg": "HS256" }), &claims));
    }
}

#[test]
fn a_bad_issuer_stops_the_start() {
    for issuers in [
        json!([{ "issuer": "https://a.example" }]),
        json!([{ "issuer": "", "jwks_url": "https://a.example/jwks" }]),
        json!([{ "issuer": "https://a.example", "jwks_url": "file:///etc/passwd" }]),
        json!([{ "issuer": "https://a.example", "jwks_url": "https://a.example", "keys": [] }]),
        json!([{ "issuer": "a", "jwks_url": "http://a", "jwks_file": "/tmp/a" }]),
        json!([{ "issuer": "a", "jwks_url": "http://a" }, { "issuer": "a", "jwks_url": "http://b" }]),
        json!([{ "issuer": "a", "jwks_url": "http://a", "subjects": "everybody" }]),
        json!("https://a.example"),
    ] {
        let text = issuers.as_str().map_or_else(|| issuers.to_string(), str::to_owned);
        let (code, errors) = start_fails(&[("DOCKET_ISSUERS", &text)]);
        assert_eq!(code, Some(1), "{text}: {errors}");
        assert!(errors.contains("issuers") && errors.contains("DOCKET_ISSUERS"), "{errors}");
    }
}

// SECURITY-BAR T2
#[test]
fn one_issuers_key_does_not_speak_for_another() {
    let (key, other) = (Key::ed25519(&[1; 32]), Key::ed25519(&[2; 32]));
    let (here, there) = (KeyServer::with(&[key.jwk("one")]), KeyServer::with(&[other.jwk("one")]));
    let app = start(&[trusting(&here), trusting(&there)]);
    let own = Own::of(&app, &app.user("ada"));

    assert_accepted(&app, &token(&key, "one", &claims(&here.issuer, "eve")));
    assert_accepted(&app, &token(&other, "one", &claims(&there.issuer, "eve")));
    assert_refused(&app, &token(&other, "one", &claims(&here.issuer, "eve")));
    assert_refused(&app, &token(&key, "one", &own.claims));
    assert_refused(&app, &token(&key, own.kid(), &own.claims));
}
