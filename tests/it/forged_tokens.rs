//! Tokens that must not be accepted: a table of forgeries by the numbers of
//! SECURITY-BAR, and a few good tokens so that the table proves something.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD};
use jsonwebtoken::Algorithm;
use rsa::pkcs1::EncodeRsaPublicKey;
use rsa::pkcs8::EncodePublicKey;
use serde_json::{Value, json};

use crate::app::{App, Person, Reply};
use crate::forge::{Key, Own, SECRET, base64url, now, rsa_2048, with, without};

const ISSUER: &str = "https://login.example.org";

/// A server that trusts its own keys, an external issuer with a key of each
/// kind, and a secret; so every way in is open to a forger.
pub struct World {
    pub app: App,
    pub own: Own,
    ada: Person,
    bob: Person,
    keys: Vec<(&'static str, Key)>,
    /// Where the issuer's keys lie.
    _file: tempfile::NamedTempFile,
}

impl World {
    pub fn start() -> World {
        let keys = vec![
            ("ed", Key::ed25519(&[9; 32])),
            ("es", Key::es256()),
            ("rs", Key::rs256()),
            ("ps", Key::ps256()),
        ];
        let published: Vec<Value> = keys.iter().map(|(kid, key)| key.jwk(kid)).collect();
        let file = tempfile::NamedTempFile::new().expect("a file");
        std::fs::write(file.path(), json!({ "keys": published }).to_string()).expect("written");
        let issuers = json!([{ "issuer": ISSUER, "jwks_file": file.path(), "audience": "docket" }]);
        let app = App::with(&[
            ("DOCKET_ISSUERS", &issuers.to_string()),
            ("BETTER_AUTH_SECRET", SECRET),
            ("DOCKET_BETTER_AUTH_ISSUER", "https://auth.example.org"),
            ("DOCKET_BETTER_AUTH_AUDIENCE", "docket"),
        ]);
        let (ada, bob) = (app.user("ada"), app.user("bob"));
        let own = Own::of(&app, &ada);
        let world = World { app, own, ada, bob, keys, _file: file };
        for (kid, _) in &world.keys {
            assert_accepted(&world.app, kid, &world.external(kid, &world.external_claims()));
        }
        world
    }

    fn key(&self, kid: &str) -> &Key {
        &self.keys.iter().find(|(known, _)| *known == kid).expect("a known kid").1
    }

    fn external_claims(&self) -> Value {
        json!({ "iss": ISSUER, "aud": "docket", "sub": "eve", "exp": now() + 600, "iat": now() })
    }

    fn external(&self, kid: &str, claims: &Value) -> String {
        let key = self.key(kid);
        self.signed(key, kid, claims)
    }

    fn signed(&self, key: &Key, kid: &str, claims: &Value) -> String {
        let alg = format!("{:?}", key.algorithm);
        key.sign(&json!({ "alg": alg, "kid": kid }), claims)
    }

    fn secret_claims(&self) -> Value {
        json!({
            "iss": "https://auth.example.org", "aud": "docket", "sub": "carol",
            "exp": now() + 600, "iat": now(),
        })
    }

    fn refuses(&self, cases: &Cases) {
        let faults: Vec<String> =
            cases.0.iter().filter_map(|(name, token)| self.fault(name, token)).collect();
        assert!(faults.is_empty(), "not refused as T14 says:\n{}", faults.join("\n"));
        assert_accepted(&self.app, "what was refused blocks nobody", &self.own.good());
    }

    /// What is wrong with the answer to a forged token, if anything.
    fn fault(&self, name: &str, token: &str) -> Option<String> {
        let reply = self.app.bearer(token).get("/api/tasks");
        let fault = refusal_fault(&reply)?;
        Some(format!("{name}: {fault}\n    {}", &token[..token.len().min(300)]))
    }
}

/// T14, to the letter: one answer for every reason.
fn refusal_fault(reply: &Reply) -> Option<String> {
    let mut body = reply.body.clone();
    let id = body.as_object_mut().and_then(|body| body.remove("instance"));
    let expected = json!({
        "type": "urn:docket:problem:unauthorized",
        "title": "Unauthorized",
        "status": 401,
        "code": "unauthorized",
        "detail": "the token was not accepted",
    });
    let holds = reply.status == 401
        && reply.header("content-type") == Some("application/problem+json")
        && reply.header("www-authenticate") == Some("Bearer error=\"invalid_token\"")
        && id.is_some_and(|id| id.is_string())
        && body == expected;
    (!holds).then(|| format!("{} {:?} {}", reply.status, reply.headers, reply.text))
}

#[track_caller]
fn assert_accepted(app: &App, name: &str, token: &str) {
    let reply = app.bearer(token).get("/api/tasks");
    assert_eq!(reply.status, 200, "{name}: {} {}\n{}", reply.text, token, app.log());
}

/// Names and tokens.
#[derive(Default)]
pub struct Cases(pub Vec<(String, String)>);

impl Cases {
    fn add(&mut self, name: impl Into<String>, token: impl Into<String>) {
        self.0.push((name.into(), token.into()));
    }
}

#[test]
fn good_tokens_are_accepted() {
    let world = World::start();
    let (app, own) = (&world.app, &world.own);
    assert_accepted(app, "own", &own.good());
    for typ in [json!("JWT"), json!("jwt"), json!("at+jwt"), json!("AT+JWT")] {
        assert_accepted(app, "typ", &own.header_with("typ", typ));
    }
    assert_accepted(app, "no typ", &own.header(&without(&own.header, "typ")));
    assert_accepted(app, "b64 true", &own.header_with("b64", json!(true)));
    let both = json!(["https://else.example.org", own.claims["aud"]]);
    assert_accepted(app, "aud array", &own.claims_with("aud", both));
    assert_accepted(app, "exp in the leeway", &own.claims_with("exp", json!(now() - 30)));
    assert_accepted(app, "nbf in the leeway", &own.claims_with("nbf", json!(now() + 30)));
    assert_accepted(app, "iat in the leeway", &own.claims_with("iat", json!(now() + 30)));
    assert_accepted(app, "fractions", &own.claims_with("exp", json!(now() as f64 + 60.5)));
    assert_accepted(app, "far exp", &own.claims_with("exp", json!(1e300)));
    assert_accepted(app, "early nbf", &own.claims_with("nbf", json!(-1e300)));
    assert_accepted(app, "other claims", &own.claims_with("role", json!({ "admin": true })));
    let claims = world.secret_claims();
    let secret = Key::hmac(SECRET);
    assert_accepted(app, "HS256", &secret.sign(&json!({ "alg": "HS256" }), &claims));
    let header = json!({ "alg": "HS256", "typ": "JWT", "kid": "anything" });
    assert_accepted(app, "HS256 with a kid", &secret.sign(&header, &claims));
}

// SECURITY-BAR T15
#[test]
fn the_scheme_is_matched_in_any_case() {
    let app = App::start();
    let ada = app.user("ada");
    for scheme in ["Bearer", "bearer", "BEARER", "bEaReR", "Bearer "] {
        let header = format!("{scheme} {}", ada.token);
        let reply = app.request("GET", "/api/tasks", &[("authorization", &header)], None);
        assert_eq!(reply.status, 200, "{scheme:?}");
    }
}

/// Every group, in the order of SECURITY-BAR.
pub fn table(world: &World) -> Vec<Cases> {
    vec![
        t1(world),
        t2(world),
        t3(world, "http://127.0.0.1:9"),
        t4(world),
        t5(world),
        t6(world),
        t7(world),
        t8(world),
        t9(world),
        t10(world),
        t11(world),
        t12(world),
        t13(world),
        t17(world),
    ]
}

#[test]
fn the_table_holds_150_forgeries() {
    let groups = table(&World::start());
    let mut tokens: Vec<&String> = groups.iter().flat_map(|group| &group.0).map(|c| &c.1).collect();
    tokens.sort();
    tokens.dedup();
    assert!(tokens.len() >= 150, "only {}", tokens.len());
}

#[test]
fn t1_only_the_algorithms_of_the_keys() {
    let world = World::start();
    world.refuses(&t1(&world));
}

fn t1(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    for none in ["none", "None", "NONE", "nOnE", "noNE", " none", "none ", "none\u{0}", ""] {
        let header = with(&own.header, "alg", json!(none));
        let signed = own.header(&header);
        let unsigned = &signed[..=signed.rfind('.').expect("a dot")];
        cases.add(format!("alg {none:?} without a signature"), unsigned);
        cases.add(format!("alg {none:?} with a good signature"), &signed);
        let bare = without(&header, "kid");
        let signed = own.header(&bare);
        let unsigned = &signed[..=signed.rfind('.').expect("a dot")];
        cases.add(format!("alg {none:?} without a kid or a signature"), unsigned);
    }
    for alg in [
        "eddsa",
        "EDDSA",
        "EdDSa",
        "EdDSA ",
        " EdDSA",
        "Ed25519",
        "Ed448",
        "HS256",
        "HS384",
        "HS512",
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
        "ES256K",
        "RSA-OAEP",
        "dir",
        "HS1",
        "EdDSA\u{0}",
    ] {
        cases.add(format!("alg {alg:?}"), own.header_with("alg", json!(alg)));
    }
    for alg in [json!(null), json!(1), json!(true), json!(["EdDSA"]), json!({ "alg": "EdDSA" })] {
        cases.add(format!("alg {alg}"), own.header_with("alg", alg));
    }
    cases.add("no alg", own.header(&without(&own.header, "alg")));
    let upper = json!({ "ALG": "EdDSA", "kid": own.kid() });
    cases.add("ALG for alg", own.header(&upper));
    cases
}

#[test]
fn t2_the_key_fixes_the_algorithm() {
    let world = World::start();
    world.refuses(&t2(&world));
}

/// A public key in every form that somebody might hand to a HMAC.
fn encodings(spki: &[u8], raw: &[u8], jwk: &Value) -> Vec<(&'static str, Vec<u8>)> {
    let lines: Vec<String> = STANDARD
        .encode(spki)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    let hex: String = raw.iter().map(|byte| format!("{byte:02x}")).collect();
    vec![
        ("PEM", format!("{pem}\n").into()),
        ("PEM without the last newline", pem.clone().into()),
        ("PEM with CRLF", format!("{pem}\n").replace('\n', "\r\n").into()),
        ("DER", spki.to_vec()),
        ("base64 of the DER", STANDARD.encode(spki).into()),
        ("the raw bytes", raw.to_vec()),
        ("base64url", base64url(raw).into()),
        ("base64", STANDARD.encode(raw).into()),
        ("hex", hex.into()),
        ("JWK", jwk.to_string().into()),
        ("JWK Set", json!({ "keys": [jwk] }).to_string().into()),
    ]
}

fn t2(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    let hs256 = with(&own.header, "alg", json!("HS256"));
    let spki = [&hex("302a300506032b6570032100")[..], &own.public].concat();
    let published = world.app.get("/api/auth/jwks");
    for (name, secret) in encodings(&spki, &own.public, &published.body["keys"][0]) {
        let key = Key::hmac(&secret);
        cases.add(format!("own key as {name}, own kid"), key.sign(&hs256, &own.claims));
        let bare = json!({ "alg": "HS256" });
        cases.add(format!("own key as {name}, no kid"), key.sign(&bare, &own.claims));
    }
    cases.add("the served JWKS", Key::hmac(&published.text).sign(&hs256, &own.claims));

    let rsa = rsa_2048().to_public_key();
    let der = rsa.to_public_key_der().expect("DER");
    let pkcs1 = rsa.to_pkcs1_der().expect("DER");
    let claims = world.external_claims();
    for (name, secret) in encodings(der.as_bytes(), pkcs1.as_bytes(), &world.key("rs").jwk("rs")) {
        let token = Key::hmac(&secret).sign(&json!({ "alg": "HS256", "kid": "rs" }), &claims);
        cases.add(format!("the issuer's RSA key as {name}"), token);
    }

    for (kid, key) in &world.keys {
        let token = Key::hmac(SECRET).sign(&json!({ "alg": "HS256", "kid": kid }), &claims);
        cases.add(format!("the secret under the issuer's kid {kid}"), token);
        let signed = key.sign(&with(&own.header, "alg", json!(key.algorithm)), &own.claims);
        cases.add(format!("the issuer's key {kid} under our kid"), signed);
        cases.add(format!("the issuer's key {kid} for us"), world.signed(key, kid, &own.claims));
        for (other, wrong) in &world.keys {
            if other != kid && !(*other == "ps" && *kid == "rs") {
                let header = json!({ "alg": key.algorithm, "kid": other });
                cases.add(format!("key {kid} under kid {other}"), key.sign(&header, &claims));
                let header = json!({ "alg": wrong.algorithm, "kid": kid });
                let token = key.sign(&header, &claims);
                cases.add(format!("key {kid} called {:?}", wrong.algorithm), token);
            }
        }
    }
    let ps = Key::rs256().signing_as(Algorithm::PS256);
    let header = json!({ "alg": "PS256", "kid": "rs" });
    cases.add("PS256 with the RS256 key", ps.sign(&header, &claims));
    for algorithm in [Algorithm::RS384, Algorithm::RS512, Algorithm::PS384, Algorithm::PS512] {
        let key = Key::rs256().signing_as(algorithm);
        let header = json!({ "alg": algorithm, "kid": "rs" });
        cases.add(format!("{algorithm:?} with the RSA key"), key.sign(&header, &claims));
    }
    cases.add("the secret under our kid", Key::hmac(SECRET).sign(&hs256, &own.claims));
    let secret = Key::hmac(SECRET);
    let for_issuer = secret.sign(&json!({ "alg": "HS256" }), &claims);
    cases.add("the secret for the external issuer", for_issuer);
    let stranger = Key::ed25519(&[3; 32]);
    cases.add("a stranger's key under our kid", stranger.sign(&own.header, &own.claims));
    cases.add("our key for the external issuer", own.claims(&claims));
    let header = with(&own.header, "kid", json!("ed"));
    cases.add("our key under the issuer's kid", own.key.sign(&header, &claims));
    cases
}

fn hex(text: &str) -> Vec<u8> {
    let pairs = (0..text.len()).step_by(2).map(|at| &text[at..at + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).expect("hex")).collect()
}

#[test]
fn t3_nothing_in_a_token_causes_a_request() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let world = World::start();

    world.refuses(&t3(&world, &url));
    let header = with(&world.own.header, "jku", json!(url));
    let header = with(&header, "x5u", json!(url));
    assert_accepted(&world.app, "jku and x5u are ignored", &world.own.header(&header));

    assert!(listener.accept().is_err(), "a token made the server ask somebody");
}

fn t3(world: &World, url: &str) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    let forger = Key::ed25519(&[5; 32]);
    let jwk = forger.jwk("mine");
    for kid in ["mine", own.kid()] {
        let header = json!({ "alg": "EdDSA", "kid": kid });
        for (name, value) in [
            ("jku", json!(format!("{url}/jwks"))),
            ("x5u", json!(format!("{url}/cert"))),
            ("jwk", jwk.clone()),
            ("jwk", with(&jwk, "kid", json!(kid))),
            ("x5c", json!([STANDARD.encode([0x30; 64])])),
            ("x5t", json!(base64url([1; 20]))),
            ("iss", json!(url)),
        ] {
            let token = forger.sign(&with(&header, name, value), &own.claims);
            cases.add(format!("{name} with kid {kid}"), token);
        }
    }
    let header = json!({ "alg": "EdDSA", "kid": format!("{url}/jwks#mine") });
    cases.add("a URL as kid", forger.sign(&header, &own.claims));
    let from_there = with(&own.claims, "iss", json!(url));
    let header = json!({ "alg": "EdDSA", "kid": "mine", "jku": format!("{url}/jwks") });
    cases.add("a URL as iss", forger.sign(&header, &from_there));
    cases.add("a URL as iss, our key", own.claims(&from_there));
    cases
}

#[test]
fn t4_a_kid_is_only_a_name() {
    let world = World::start();
    world.refuses(&t4(&world));
}

fn t4(world: &World) -> Cases {
    let own = &world.own;
    let kid = own.kid().to_owned();
    let mut cases = Cases::default();
    for value in
        [json!(null), json!(0), json!(1.5), json!(true), json!([&kid]), json!({ "kid": &kid })]
    {
        cases.add(format!("kid {value}"), own.header_with("kid", value));
    }
    for value in [
        String::new(),
        format!("{kid} "),
        format!(" {kid}"),
        format!("{kid}\0"),
        format!("{kid}\0x"),
        format!("{kid}%00"),
        format!("{kid}/"),
        format!("./{kid}"),
        kid[..kid.len() - 1].to_owned(),
        kid.to_uppercase(),
        "%".to_owned(),
        "_".repeat(kid.len()),
        "*".to_owned(),
        "../../../../../../dev/null".to_owned(),
        "/dev/null".to_owned(),
        "file:///etc/passwd".to_owned(),
        "' or 1=1 --".to_owned(),
        "x' union select seed, seed from signing_keys --".to_owned(),
        format!("{kid}' --"),
        "$(id)".to_owned(),
        "|/bin/true".to_owned(),
        "__proto__".to_owned(),
        "\u{202e}kid".to_owned(),
        "k".repeat(4096),
    ] {
        let short: String = value.chars().take(40).collect();
        cases.add(format!("kid {short:?}"), own.header_with("kid", json!(value)));
    }
    cases.add("no kid", own.header(&without(&own.header, "kid")));
    for (name, secret) in [("nothing", ""), ("NUL", "\0"), ("a space", " ")] {
        let header = json!({ "alg": "HS256", "kid": "../../../../dev/null" });
        cases.add(
            format!("a file as kid, signed with {name}"),
            Key::hmac(secret).sign(&header, &world.secret_claims()),
        );
    }
    cases
}

#[test]
fn t5_three_canonical_segments_and_a_whole_signature() {
    let world = World::start();
    world.refuses(&t5(&world));
}

fn t5(world: &World) -> Cases {
    let own = &world.own;
    let good = own.good();
    let parts: Vec<&str> = good.split('.').collect();
    let [head, body, signature] = parts[..] else { panic!("three segments") };
    let mut cases = Cases::default();
    for token in [
        "x".to_owned(),
        ".".into(),
        "..".into(),
        "...".into(),
        "....".into(),
        head.into(),
        format!("{head}."),
        format!("{head}.{body}"),
        format!("{head}.{body}."),
        format!("{head}..{signature}"),
        format!(".{body}.{signature}"),
        format!("..{signature}"),
        format!("{good}."),
        format!(".{good}"),
        format!("{good}.{signature}"),
        format!("{good}.{body}.{signature}"),
        format!("{head}.{body}.{body}.{signature}"),
        format!("{good},{good}"),
        format!("{good} {good}"),
        format!("{good};"),
        format!("\"{good}\""),
        format!("<{good}>"),
        format!("token={good}"),
        format!("Bearer {good}"),
        good.replace('.', "%2e"),
        good.replace('.', ":"),
        format!("{good}%00"),
        format!("{head}.{body}.{signature}="),
        format!("{head}.{body}.{signature}=="),
        format!("{head} .{body}.{signature}"),
        format!("{head}. {body}.{signature}"),
        format!("{head}.{body}\t.{signature}"),
        format!("\t{good}"),
        format!("{head}.{}.{signature}", base64url("{}")),
        format!("{}.{body}.{signature}", base64url("{}")),
        format!("{head}.{body}.{body}"),
        format!("{body}.{head}.{signature}"),
        format!("{head}.{body}.{}", &signature[1..]),
        format!("{head}.{body}.A{signature}"),
    ] {
        cases.add("segments", token);
    }
    for pad in ["=", "=="] {
        let token = own.key.sign_message(&format!("{head}{pad}.{body}"));
        cases.add("a padded header, signed so", token);
        let token = own.key.sign_message(&format!("{head}.{body}{pad}"));
        cases.add("padded claims, signed so", token);
    }
    standard_alphabet(own, &mut cases);
    trailing_bits(own, &mut cases);
    signatures(own, &mut cases);
    not_objects(own, &mut cases);
    es256_signatures(world, &mut cases);
    cases
}

/// `+` and `/` where base64url has `-` and `_`, and signed like that.
fn standard_alphabet(own: &Own, cases: &mut Cases) {
    // Whatever stands before them, some of these become `-` and `_`.
    let claims = with(&own.claims, "note", json!("~~~???>>>ÿÿÿ~~~???>>>"));
    let claims = STANDARD_NO_PAD.encode(claims.to_string());
    assert!(claims.contains('+') || claims.contains('/'));
    let head = base64url(own.header.to_string());
    cases.add("base64 claims", own.key.sign_message(&format!("{head}.{claims}")));
    let mut claims = own.claims.clone();
    for count in 0.. {
        claims["note"] = json!(count);
        let token = own.claims(&claims);
        if token.rsplit('.').next().is_some_and(|signature| signature.contains(['-', '_'])) {
            let (message, signature) = token.rsplit_once('.').expect("a dot");
            let signature = signature.replace('-', "+").replace('_', "/");
            cases.add("base64 signature", format!("{message}.{signature}"));
            return;
        }
    }
}

/// Bits after the last byte, which base64url wants to be zero.
fn trailing_bits(own: &Own, cases: &mut Cases) {
    let good = own.good();
    let (message, signature) = good.rsplit_once('.').expect("a dot");
    cases.add("trailing bits in the signature", format!("{message}.{}", nudged(signature)));
    for size in 0..3 {
        let spaces = " ".repeat(size);
        let head = base64url(format!("{}{spaces}", own.header));
        let body = base64url(format!("{}{spaces}", own.claims));
        if head.len() % 4 != 0 {
            let message = format!("{}.{body}", nudged(&head));
            cases.add("trailing bits in the header", own.key.sign_message(&message));
        }
        if body.len() % 4 != 0 {
            let message = format!("{head}.{}", nudged(&body));
            cases.add("trailing bits in the claims", own.key.sign_message(&message));
        }
    }
}

/// The text with the lowest bit of its last character set.
fn nudged(text: &str) -> String {
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let (rest, last) = text.split_at(text.len() - 1);
    let value = alphabet.find(last).expect("a character of base64url");
    assert_eq!(value % 2, 0, "canonical text has zeros there");
    format!("{rest}{}", &alphabet[value + 1..value + 2])
}

/// Signatures of the wrong size, and one that is good but for an added order
/// of the group (RFC 8032, 5.1.7).
fn signatures(own: &Own, cases: &mut Cases) {
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let good = own.good();
    let (message, signature) = good.rsplit_once('.').expect("a dot");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let mut with_signature =
        |name: &str, bytes: &[u8]| cases.add(name, format!("{message}.{}", base64url(bytes)));
    with_signature("63 bytes", &signature[..63]);
    with_signature("65 bytes", &[&signature[..], &[0]].concat());
    with_signature("65 bytes, the first added", &[&[0], &signature[..]].concat());
    with_signature("128 bytes", &[&signature[..], &signature[..]].concat());
    with_signature("32 bytes", &signature[..32]);
    with_signature("one byte", &signature[..1]);
    with_signature("all zeros", &[0; 64]);
    with_signature("all ones", &[0xff; 64]);
    with_signature("the identity and zero", &[&[1][..], &[0; 63]].concat());
    with_signature("halves swapped", &[&signature[32..], &signature[..32]].concat());
    let mut greater = signature.clone();
    let order = hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
    let mut carry = 0;
    for (byte, add) in greater[32..].iter_mut().zip(&order) {
        let sum = u16::from(*byte) + u16::from(*add) + carry;
        *byte = (sum & 0xff) as u8;
        carry = sum >> 8;
    }
    assert_eq!(carry, 0, "it still fits");
    with_signature("s + L", &greater);
    for index in [0, 31, 32, 63] {
        let mut changed = signature.clone();
        changed[index] ^= 1;
        with_signature(&format!("a bit of byte {index} changed"), &changed);
    }
    let claims = with(&own.claims, "sub", json!("somebody else"));
    let body = base64url(claims.to_string());
    let head = base64url(own.header.to_string());
    cases.add("changed claims", format!("{head}.{body}.{}", base64url(&signature)));
}

/// Signed, but not JSON objects.
fn not_objects(own: &Own, cases: &mut Cases) {
    let (header, claims) = (own.header.to_string(), own.claims.to_string());
    for text in [
        "",
        " ",
        "null",
        "true",
        "1",
        "\"text\"",
        "[]",
        "{}",
        "{",
        "not JSON",
        "\u{feff}{}",
        "[{}]",
    ] {
        cases.add(format!("header {text:?}"), own.key.sign_text(text, &claims));
        cases.add(format!("claims {text:?}"), own.key.sign_text(&header, text));
    }
    for (name, text) in [
        ("in an array", format!("[{claims}]")),
        ("as text", json!(claims).to_string()),
        ("with a tail", format!("{claims}{{}}")),
        ("with a BOM", format!("\u{feff}{claims}")),
        ("with a NUL", format!("{claims}\0")),
        ("with a comma", claims.replace('}', ",}")),
        ("with a comment", format!("/* */{claims}")),
        ("cut short", claims[..claims.len() - 1].to_owned()),
        ("nested without end", format!("{}{claims}{}", "[".repeat(3000), "]".repeat(3000))),
    ] {
        cases.add(format!("claims {name}"), own.key.sign_text(&header, &text));
    }
    let deep =
        claims.replacen('{', &format!("{{\"a\":{}1{},", "[".repeat(500), "]".repeat(500)), 1);
    cases.add("claims nested 500 deep", own.key.sign_text(&header, &deep));
    let broken = [header.as_bytes(), &[0xff]].concat();
    let message = format!("{}.{}", base64url(broken), base64url(&claims));
    cases.add("header not UTF-8", own.key.sign_message(&message));
    let broken = claims.replacen('{', "{\"a\":\"\u{1}\",", 1);
    cases.add("a raw control character", own.key.sign_text(&header, &broken));
    let surrogate = claims.replacen('{', "{\"a\":\"\\ud800\",", 1);
    cases.add("a lone surrogate", own.key.sign_text(&header, &surrogate));
}

/// Zeros pass with careless ECDSA, and DER is another format.
fn es256_signatures(world: &World, cases: &mut Cases) {
    let good = world.external("es", &world.external_claims());
    let (message, signature) = good.rsplit_once('.').expect("a dot");
    let order = hex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551");
    let one = [&[0; 31][..], &[1]].concat();
    for (name, bytes) in [
        ("zeros", vec![0; 64]),
        ("r zero", [&[0; 32][..], &one].concat()),
        ("s zero", [&one[..], &[0; 32]].concat()),
        ("the order twice", [&order[..], &order].concat()),
        ("DER", [&[0x30, 0x44, 0x02, 0x20][..], &[1; 32], &[0x02, 0x20], &[1; 32]].concat()),
        ("empty", vec![]),
        ("63 bytes", vec![1; 63]),
        ("96 bytes", vec![1; 96]),
    ] {
        cases.add(format!("ES256 signature {name}"), format!("{message}.{}", base64url(bytes)));
    }
    cases.add("ES256 padded", format!("{message}.{signature}=="));
    let good = world.external("rs", &world.external_claims());
    let (message, _) = good.rsplit_once('.').expect("a dot");
    for (name, bytes) in [("zeros", vec![0; 256]), ("ones", vec![0xff; 256]), ("one", vec![1])] {
        cases.add(format!("RS256 signature {name}"), format!("{message}.{}", base64url(bytes)));
    }
}

#[test]
fn t6_exp_is_a_number_that_has_not_passed() {
    let world = World::start();
    world.refuses(&t6(&world));
}

fn t6(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    let soon = now() + 600;
    for exp in [
        json!(null),
        json!(true),
        json!(""),
        json!("never"),
        json!(soon.to_string()),
        json!([soon]),
        json!({ "exp": soon }),
        json!(0),
        json!(-1),
        json!(-1e300),
        json!(1e-5),
        json!(now() - 120),
        json!(now() - 120_000),
        json!((now() - 120) as f64 + 0.5),
        json!("2999-01-01T00:00:00Z"),
    ] {
        cases.add(format!("exp {exp}"), own.claims_with("exp", exp));
    }
    cases.add("no exp", own.claims(&without(&own.claims, "exp")));
    let upper = with(&without(&own.claims, "exp"), "EXP", json!(soon));
    cases.add("EXP for exp", own.claims(&upper));
    for raw in
        ["1e999", "-1e999", "NaN", "Infinity", "0x7fffffff", "01999999999", "+1999999999", "1."]
    {
        let claims = own.claims_with_raw("exp", raw);
        cases.add(format!("exp {raw}"), own.key.sign_text(&own.header.to_string(), &claims));
    }
    cases
}

impl Own {
    /// The claims' text with one of them replaced by this text.
    fn claims_with_raw(&self, name: &str, raw: &str) -> String {
        let marked = with(&self.claims, name, json!("MARK")).to_string();
        marked.replace("\"MARK\"", raw)
    }
}

#[test]
fn t7_nbf_and_iat_count_when_present() {
    let world = World::start();
    world.refuses(&t7(&world));
}

fn t7(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    for name in ["nbf", "iat"] {
        for value in [
            json!(null),
            json!(false),
            json!(""),
            json!("0"),
            json!(now().to_string()),
            json!([0]),
            json!({}),
            json!(now() + 120),
            json!(now() * 1000),
            json!(1e300),
            json!(u64::MAX),
        ] {
            cases.add(format!("{name} {value}"), own.claims_with(name, value));
        }
        let claims = own.claims_with_raw(name, "-1e999");
        cases.add(format!("{name} -1e999"), own.key.sign_text(&own.header.to_string(), &claims));
    }
    cases
}

#[test]
fn t8_iss_is_one_string_compared_exactly() {
    let world = World::start();
    world.refuses(&t8(&world));
}

fn t8(world: &World) -> Cases {
    let own = &world.own;
    let iss = own.claims["iss"].as_str().expect("iss").to_owned();
    let mut cases = Cases::default();
    let wrong = |iss: &str| {
        vec![
            json!([iss]),
            json!([iss, "https://else.example.org"]),
            json!({ "iss": iss }),
            json!(null),
            json!(true),
            json!(8),
            json!(""),
            json!(format!("{iss}/")),
            json!(format!("{iss} ")),
            json!(format!(" {iss}")),
            json!(format!("{iss}\0")),
            json!(format!("{iss}?")),
            json!(format!("{iss}#")),
            json!(format!("{iss}.evil.example")),
            json!(format!("{iss}@evil.example")),
            json!(iss.to_uppercase()),
            json!(iss.replacen("http", "HTTP", 1)),
            json!(iss.replacen("://", "://evil@", 1)),
            json!(iss[..iss.len() - 1]),
            json!(iss.split_once("://").expect("a scheme").1),
            json!("https://evil.example"),
        ]
    };
    for value in wrong(&iss) {
        cases.add(format!("iss {value}"), own.claims_with("iss", value));
    }
    cases.add("http for https", own.claims_with("iss", json!(iss.replacen("http", "https", 1))));
    cases.add("localhost", own.claims_with("iss", json!(iss.replace("127.0.0.1", "localhost"))));
    cases.add("no iss", own.claims(&without(&own.claims, "iss")));
    let claims = world.external_claims();
    for value in wrong(ISSUER) {
        let name = format!("external iss {value}");
        cases.add(name, world.external("ed", &with(&claims, "iss", value)));
    }
    cases.add("external without iss", world.external("ed", &without(&claims, "iss")));
    cases
}

#[test]
fn t9_aud_contains_exactly_ours() {
    let world = World::start();
    world.refuses(&t9(&world));

    // The Host header changes nothing.
    let evil = with(&world.own.claims, "iss", json!("http://evil.example"));
    let evil = with(&evil, "aud", json!("http://evil.example"));
    for token in [world.own.claims(&evil), world.own.claims_with("aud", json!("evil.example"))] {
        let request = format!(
            "GET /api/tasks HTTP/1.1\r\nhost: evil.example\r\nx-forwarded-host: evil.example\r\n\
             forwarded: host=evil.example\r\nconnection: close\r\nauthorization: Bearer {token}\r\n\r\n"
        );
        assert!(world.app.raw(request.as_bytes(), 30).starts_with("HTTP/1.1 401 "));
    }
}

fn t9(world: &World) -> Cases {
    let own = &world.own;
    let aud = own.claims["aud"].as_str().expect("aud").to_owned();
    let mut cases = Cases::default();
    let wrong = |aud: &str| {
        vec![
            json!(null),
            json!(""),
            json!(9),
            json!(true),
            json!([]),
            json!({}),
            json!({ "aud": aud }),
            json!([null]),
            json!([[aud]]),
            json!([aud, 9]),
            json!([aud, null]),
            json!([{ "aud": aud }]),
            json!(["https://else.example.org"]),
            json!(format!("{aud}/")),
            json!(format!("{aud},https://else.example.org")),
            json!(format!("{aud} https://else.example.org")),
            json!(aud.to_uppercase()),
            json!(aud[..aud.len() - 1]),
            json!("*"),
        ]
    };
    for value in wrong(&aud) {
        cases.add(format!("aud {value}"), own.claims_with("aud", value));
    }
    cases.add("no aud", own.claims(&without(&own.claims, "aud")));
    let claims = world.external_claims();
    for value in wrong("docket") {
        let name = format!("external aud {value}");
        cases.add(name, world.external("rs", &with(&claims, "aud", value)));
    }
    cases.add("external without aud", world.external("rs", &without(&claims, "aud")));
    cases
        .add("external for its issuer", world.external("rs", &with(&claims, "aud", json!(ISSUER))));
    let secret = Key::hmac(SECRET);
    for value in wrong("docket") {
        let claims = with(&world.secret_claims(), "aud", value.clone());
        cases.add(format!("HS256 aud {value}"), secret.sign(&json!({ "alg": "HS256" }), &claims));
    }
    cases
}

#[test]
fn t10_sub_names_an_account_as_it_is() {
    let world = World::start();
    world.refuses(&t10(&world));
}

fn t10(world: &World) -> Cases {
    let own = &world.own;
    let sub = world.ada.id.to_string();
    let mut cases = Cases::default();
    let other_case =
        if sub.to_uppercase() == sub { sub.to_lowercase() } else { sub.to_uppercase() };
    for value in [
        json!(null),
        json!(""),
        json!(10),
        json!(true),
        json!([&sub]),
        json!({ "sub": &sub }),
        json!(format!(" {sub}")),
        json!(format!("{sub} ")),
        json!(format!("{sub}\n")),
        json!(format!("{sub}\0")),
        json!(other_case),
        json!(sub[..sub.len() - 1]),
        json!("%"),
        json!("1"),
        json!("nobody"),
        json!("ada"),
        json!("ada@example.org"),
        json!("admin"),
        json!("s".repeat(256)),
        json!("s".repeat(8000)),
    ] {
        let name: String = value.to_string().chars().take(50).collect();
        cases.add(format!("sub {name}"), own.claims_with("sub", value));
    }
    cases.add("no sub", own.claims(&without(&own.claims, "sub")));
    let as_id = with(&without(&own.claims, "sub"), "id", json!(&sub));
    cases.add("id for sub", own.claims(&with(&as_id, "email", json!("ada@example.org"))));
    cases.add("bob in ada's session", own.claims_with("sub", json!(world.bob.id)));
    for sid in [json!(null), json!(""), json!(1), json!("unknown"), json!([own.claims["sid"]])] {
        cases.add(format!("sid {sid}"), own.claims_with("sid", sid));
    }
    cases.add("no sid", own.claims(&without(&own.claims, "sid")));
    let external = world.external_claims();
    for value in [json!(null), json!(""), json!(5), json!(["eve"]), json!("e".repeat(256))] {
        let name: String = value.to_string().chars().take(50).collect();
        cases.add(
            format!("external sub {name}"),
            world.external("es", &with(&external, "sub", value)),
        );
    }
    cases.add("external without sub", world.external("es", &without(&external, "sub")));
    cases.add("external sub with NUL", {
        world.external("es", &with(&external, "sub", json!("eve\0")))
    });
    cases
}

#[test]
fn t11_a_name_occurs_once() {
    let world = World::start();
    world.refuses(&t11(&world));
}

fn t11(world: &World) -> Cases {
    let own = &world.own;
    let (header, claims) = (own.header.to_string(), own.claims.to_string());
    let mut cases = Cases::default();
    let again = |text: &str, member: &str| {
        let first = text.replacen('{', &format!("{{{member},"), 1);
        let last = format!("{},{member}}}", &text[..text.len() - 1]);
        [first, last]
    };
    for member in [
        r#""alg":"none""#.to_owned(),
        r#""alg":"EdDSA""#.into(),
        r#""\u0061lg":"none""#.into(),
        r#""kid":"other""#.into(),
        format!(r#""kid":"{}""#, own.kid()),
        r#""k\u0069d":"other""#.into(),
        r#""typ":"JWT""#.into(),
    ] {
        for text in again(&header, &member) {
            cases.add(format!("header with {member} too"), own.key.sign_text(&text, &claims));
        }
    }
    for member in [
        format!(r#""sub":"{}""#, world.bob.id),
        format!(r#""sub":"{}""#, world.ada.id),
        format!(r#""\u0073ub":"{}""#, world.bob.id),
        format!(r#""s\u0075\u0062":"{}""#, world.bob.id),
        r#""exp":9999999999"#.into(),
        r#""e\u0078p":9999999999"#.into(),
        r#""iss":"https://evil.example""#.into(),
        r#""aud":"x""#.into(),
        r#""nested":{"a":1,"a":2}"#.into(),
        r#""nested":[{"a":1,"\u0061":1}]"#.into(),
    ] {
        for text in again(&claims, &member) {
            cases.add(format!("claims with {member} too"), own.key.sign_text(&header, &text));
        }
    }
    cases
}

#[test]
fn t12_crit_and_unencoded_payloads_are_not_understood() {
    let world = World::start();
    world.refuses(&t12(&world));
}

fn t12(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    for crit in [
        json!([]),
        json!(["exp"]),
        json!(["b64"]),
        json!(["x"]),
        json!(null),
        json!("exp"),
        json!({}),
    ] {
        cases.add(format!("crit {crit}"), own.header_with("crit", crit));
    }
    for b64 in [json!(false), json!("true"), json!("false"), json!(null), json!(0), json!(1)] {
        cases.add(format!("b64 {b64}"), own.header_with("b64", b64));
    }
    let header = json!({ "alg": "EdDSA", "kid": own.kid(), "crit": ["b64"], "b64": true });
    cases.add("crit with b64 true", own.header(&header));
    let header = json!({ "alg": "EdDSA", "kid": own.kid(), "crit": ["b64"], "b64": false });
    let head = base64url(header.to_string());
    cases.add("an unencoded payload", own.key.sign_message(&format!("{head}.{}", own.claims)));
    cases
}

#[test]
fn t13_typ_is_that_of_an_access_token() {
    let world = World::start();
    world.refuses(&t13(&world));
}

fn t13(world: &World) -> Cases {
    let own = &world.own;
    let mut cases = Cases::default();
    for typ in [
        "",
        "JWS",
        "JWE",
        "JOSE",
        "JWT ",
        " JWT",
        "JWT\0",
        "JWT;x",
        "JWT+x",
        "at",
        "at+jwt+x",
        "dpop+jwt",
        "logout+jwt",
        "secevent+jwt",
        "refresh+jwt",
        "text/plain",
        "better-auth.session-cache+jwt",
    ] {
        cases.add(format!("typ {typ:?}"), own.header_with("typ", json!(typ)));
    }
    for typ in [json!(null), json!(1), json!(true), json!(["JWT"]), json!({ "typ": "JWT" })] {
        cases.add(format!("typ {typ}"), own.header_with("typ", typ));
    }
    // A session token of Better Auth, bare and with its signature.
    let session = "9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ";
    cases.add("a session token", session);
    cases.add(
        "a signed session token",
        format!("{session}.2CnwPNOv5kGicVPcDRu8GRQaB/mm2NeGZA8vABVncp0="),
    );
    cases.add("a session's id", own.claims["sid"].as_str().expect("sid"));
    cases.add("an account's id", world.ada.id.to_string());
    cases
}

#[test]
fn t17_the_secret_is_for_whole_hs256_tokens() {
    let world = World::start();
    world.refuses(&t17(&world));
}

fn t17(world: &World) -> Cases {
    let mut cases = Cases::default();
    let header = json!({ "alg": "HS256" });
    let claims = world.secret_claims();
    let secret = Key::hmac(SECRET);
    let mut with_secret = |name: &str, bytes: &[u8]| {
        cases.add(format!("signed with {name}"), Key::hmac(bytes).sign(&header, &claims));
    };
    with_secret("nothing", b"");
    with_secret("another secret", b"another-secret-of-enough-bytes-0123456789");
    with_secret("a prefix", &SECRET.as_bytes()[..32]);
    with_secret("a newline more", format!("{SECRET}\n").as_bytes());
    with_secret("the base64 of it", STANDARD.encode(SECRET).as_bytes());
    with_secret("other letters", SECRET.to_uppercase().as_bytes());
    with_secret("the name of it", b"BETTER_AUTH_SECRET");
    for algorithm in [Algorithm::HS384, Algorithm::HS512] {
        let key = Key::hmac(SECRET).signing_as(algorithm);
        let own_name = json!({ "alg": algorithm });
        cases.add(format!("{algorithm:?}"), key.sign(&own_name, &claims));
        cases.add(format!("{algorithm:?} called HS256"), key.sign(&header, &claims));
        cases.add(format!("HS256 called {algorithm:?}"), secret.sign(&own_name, &claims));
    }
    let full = secret.sign(&header, &claims);
    let (message, signature) = full.rsplit_once('.').expect("a dot");
    cases.add("half a signature", format!("{message}.{}", &signature[..20]));
    cases.add("no signature", format!("{message}."));
    cases.add("a longer signature", format!("{message}.{signature}AAAA"));
    for name in ["sub", "exp", "iss", "aud"] {
        cases.add(format!("without {name}"), secret.sign(&header, &without(&claims, name)));
    }
    for (name, value) in [
        ("iss", json!("https://evil.example")),
        ("iss", json!(["https://auth.example.org"])),
        ("iss", json!("https://auth.example.org/")),
        ("sub", json!("")),
        ("sub", json!(7)),
        ("exp", json!(now() - 120)),
        ("exp", json!((now() + 600).to_string())),
        ("nbf", json!(now() + 120)),
    ] {
        let named = format!("{name} {value}");
        cases.add(named, secret.sign(&header, &with(&claims, name, value)));
    }
    better_auth_kin(&mut cases);
    cases
}

/// What Better Auth signs with the same secret for other ends (CONTRACT, 21).
fn better_auth_kin(cases: &mut Cases) {
    let secret = Key::hmac(SECRET);
    let header = json!({ "alg": "HS256" });
    let (iat, exp) = (now(), now() + 3600);
    let verification = json!({ "email": "ada@example.org", "iat": iat, "exp": exp });
    cases.add("an e-mail verification", secret.sign(&header, &verification));
    let update = with(&verification, "updateTo", json!("eve@example.org"));
    cases.add("a change of e-mail", secret.sign(&header, &update));
    let cache = json!({
        "session": { "userId": "ada", "token": "9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ" },
        "user": { "id": "ada", "email": "ada@example.org" },
        "updatedAt": iat * 1000, "version": "1", "iat": iat, "exp": exp,
    });
    cases.add("a cookie cache", secret.sign(&header, &cache));
    let typed = json!({ "alg": "HS256", "typ": "better-auth.session-cache+jwt" });
    let claims = json!({
        "session": {}, "user": {}, "sub": "ada", "sid": "s", "aud": "better-auth:session-cache",
        "iss": "https://auth.example.org", "iat": iat, "exp": exp,
    });
    cases.add("a typed cookie cache", secret.sign(&typed, &claims));
    cases.add("a cookie cache's audience", secret.sign(&header, &claims));
    let ours = with(&claims, "aud", json!("docket"));
    cases.add("a cookie cache's type", secret.sign(&typed, &ours));
}

// SECURITY-BAR T17
#[test]
fn without_a_secret_no_hs256_token_is_accepted() {
    for setting in [None, Some("")] {
        let settings: Vec<(&str, &str)> =
            setting.map(|empty| ("BETTER_AUTH_SECRET", empty)).into_iter().collect();
        let app = App::with(&settings);
        let own = Own::of(&app, &app.user("ada"));
        for secret in ["", " ", "better-auth-secret-12345678901234567890", SECRET] {
            let token = Key::hmac(secret).sign(&json!({ "alg": "HS256" }), &own.claims);
            let reply = app.bearer(&token).get("/api/tasks");
            assert_eq!(refusal_fault(&reply), None, "{secret:?}");
        }
        assert_accepted(&app, "own", &own.good());
    }
}

// SECURITY-BAR T9, T17: the kin of login tokens stay out when the secret alone
// is configured, and any issuer and audience may pass.
#[test]
fn a_secret_alone_does_not_admit_other_tokens_of_better_auth() {
    let app = App::with(&[("BETTER_AUTH_SECRET", SECRET)]);
    let secret = Key::hmac(SECRET);
    let claims = json!({ "sub": "carol", "exp": now() + 600 });
    assert_accepted(&app, "control", &secret.sign(&json!({ "alg": "HS256" }), &claims));
    let mut cases = Cases::default();
    better_auth_kin(&mut cases);
    for (name, token) in &cases.0 {
        let reply = app.bearer(token).get("/api/tasks");
        assert_eq!(refusal_fault(&reply), None, "{name}");
    }
}

// SECURITY-BAR T14, T15
#[test]
fn a_token_elsewhere_is_no_token() {
    let app = App::start();
    let ada = app.user("ada");
    let token = &ada.token;
    let bearer = format!("Bearer {token}");
    let cookie =
        format!("token={token}; better-auth.session_token={token}; authorization=Bearer {token}");
    let form = format!("access_token={token}");
    let basic = format!("Basic {}", STANDARD.encode(format!("bearer:{token}")));
    let json_type = ("content-type", "application/json");
    let path = |query: &str| format!("/api/tasks?{query}={token}");
    let json = json!({ "title": "buy milk", "access_token": token }).to_string();
    let replies = [
        ("nothing", app.get("/api/tasks")),
        ("query access_token", app.get(&path("access_token"))),
        ("query token", app.get(&path("token"))),
        ("query authorization", app.get(&path("authorization"))),
        ("cookie", app.request("GET", "/api/tasks", &[("cookie", &cookie)], None)),
        (
            "form",
            app.request(
                "POST",
                "/api/tasks",
                &[("content-type", "application/x-www-form-urlencoded")],
                Some(&form),
            ),
        ),
        ("body", app.request("POST", "/api/tasks", &[json_type], Some(&json))),
        ("x-authorization", app.request("GET", "/api/me", &[("x-authorization", &bearer)], None)),
        (
            "proxy-authorization",
            app.request("GET", "/api/me", &[("proxy-authorization", &bearer)], None),
        ),
        ("x-access-token", app.request("GET", "/api/me", &[("x-access-token", token)], None)),
        ("x-forwarded-user", app.request("GET", "/api/me", &[("x-forwarded-user", "ada")], None)),
        ("no scheme", app.request("GET", "/api/me", &[("authorization", token)], None)),
        ("Basic", app.request("GET", "/api/me", &[("authorization", &basic)], None)),
        ("the scheme alone", app.request("GET", "/api/me", &[("authorization", "Bearer")], None)),
        (
            "Token",
            app.request("GET", "/api/me", &[("authorization", &format!("Token {token}"))], None),
        ),
        (
            "Bearer:",
            app.request("GET", "/api/me", &[("authorization", &format!("Bearer:{token}"))], None),
        ),
        (
            "DPoP",
            app.request("GET", "/api/me", &[("authorization", &format!("DPoP {token}"))], None),
        ),
    ];
    for (name, reply) in replies {
        assert_eq!(reply.status, 401, "{name}: {}", reply.text);
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"), "{name}");
        assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{name}");
        assert_eq!(reply.body["code"], "unauthorized", "{name}");
    }
    assert_eq!(ada.get("/api/me").status, 200);
}

// SECURITY-BAR T15
#[test]
fn two_authorization_headers_are_refused() {
    let app = App::start();
    let ada = app.user("ada");
    let good = format!("Bearer {}", ada.token);
    for (first, second) in [
        (good.as_str(), good.as_str()),
        (good.as_str(), "Bearer x"),
        ("Bearer x", good.as_str()),
        ("Basic YTpi", good.as_str()),
        (good.as_str(), "Basic YTpi"),
    ] {
        let headers = [("authorization", first), ("Authorization", second)];
        let reply = app.request("GET", "/api/tasks", &headers, None);
        assert!([400, 401].contains(&reply.status), "{}", reply.text);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    }
}

// SECURITY-BAR H16
#[test]
fn a_token_writes_no_line_of_its_own_into_the_log() {
    let app = App::start();
    let own = Own::of(&app, &app.user("ada"));
    let text = "EdDSA\nINFO all is well \u{1b}[2J\r";
    for token in [
        own.header_with("alg", json!(text)),
        own.header_with("kid", json!(text)),
        own.header_with("typ", json!(text)),
        own.claims_with("iss", json!(text)),
        own.claims_with("aud", json!(text)),
        own.claims_with("sub", json!(text)),
        own.claims_with("sid", json!(text)),
    ] {
        let reply = app.bearer(&token).get("/api/me");
        assert_eq!(refusal_fault(&reply), None);
        assert!(!app.log().contains(&token), "the log has a token");
    }
    let log = app.log();
    assert!(log.contains("token refused"), "{log}");
    assert!(!log.lines().any(|line| line.starts_with("INFO")), "{log}");
    assert!(!log.contains(['\u{1b}', '\r']), "{log:?}");
}

// SECURITY-BAR T16
#[test]
fn huge_tokens_are_refused_quickly() {
    let app = App::start();
    let ada = app.user("ada");
    let own = Own::of(&app, &ada);
    let long = |size: usize| own.claims_with("note", json!("n".repeat(size)));
    let mut tokens = vec![
        long(15_000),
        long(20_000),
        long(40_000),
        long(100_000),
        long(1_000_000),
        long(8_000_000),
        "x".repeat(20_000),
        ".".repeat(20_000),
        ".".repeat(1_000_000),
        "eyJ".repeat(1_000_000),
        "a.".repeat(500_000),
    ];
    tokens.push(format!("{}{}", own.good(), " ".repeat(1_000_000) + "."));
    for token in tokens {
        let begun = Instant::now();
        let status = send_huge(&app, &token);
        assert!([401, 431].contains(&status), "{status} for {} bytes", token.len());
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    }
    assert_eq!(ada.get("/api/me").status, 200);
}

/// The status of the answer, which is read while the request is still sent, as
/// a client must that is refused early.
fn send_huge(app: &App, token: &str) -> u16 {
    let stream = TcpStream::connect(app.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
    let mut reader = stream.try_clone().expect("a handle");
    let head = "GET /api/me HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: ";
    let request = format!("{head}Bearer {token}\r\n\r\n");
    let mut writer = stream;
    let sending = std::thread::spawn(move || {
        // The server may close before it has read everything.
        let _ = writer.write_all(request.as_bytes());
        writer
    });
    let mut reply = Vec::new();
    let mut part = [0; 4096];
    while let Ok(count) = reader.read(&mut part) {
        if count == 0 {
            break;
        }
        reply.extend_from_slice(&part[..count]);
    }
    drop(sending.join().expect("no panic"));
    let text = String::from_utf8_lossy(&reply);
    text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0)
}

#[test]
fn a_good_token_does_not_open_the_door_for_a_changed_one() {
    let world = World::start();
    let good = world.own.good();
    let (message, signature) = good.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{message}.{flipped}{}", &signature[1..]);
    let other_claims = world.own.claims_with("sub", json!(world.bob.id));
    let (other_message, _) = other_claims.rsplit_once('.').unwrap();
    let borrowed = format!("{other_message}.{signature}");

    for _ in 0..3 {
        assert_accepted(&world.app, "the good one", &good);
        assert_eq!(world.fault("a changed signature", &forged), None);
        assert_eq!(world.fault("a borrowed signature", &borrowed), None);
        assert_eq!(world.fault("another letter case", &good.to_lowercase()), None);
    }
}

#[test]
fn a_refused_token_does_not_shut_the_door_for_a_good_one() {
    let world = World::start();
    let good = world.own.claims_with("jti", json!("fresh"));
    let (message, signature) = good.rsplit_once('.').unwrap();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    let forged = format!("{message}.{flipped}{}", &signature[1..]);

    assert_eq!(world.fault("a changed signature", &forged), None);
    assert_accepted(&world.app, "the good one after it", &good);
    assert_eq!(world.fault("a changed signature", &forged), None);
    assert_accepted(&world.app, "and again", &good);
}
