//! Better Auth's cookies: their names, signatures and attributes.

use rocket::http::{HeaderMap, RawStr};
use rocket::{Request, http::Header};

use super::Identity;
use crate::http::reply::Reply;

const SESSION: &str = "better-auth.session_token";
const CACHE: &str = "better-auth.session_data";
const FORGET: &str = "better-auth.dont_remember";
const CHALLENGE: &str = "better-auth.two_factor";
const TRUST: &str = "better-auth.trust_device";

/// A week, in seconds: as long as an unused session.
const MAX_AGE: u32 = 604_800;

/// What a request shows to be somebody.
#[derive(Debug, Default)]
pub(super) struct Presented {
    /// A session's token, from a signed cookie or a bearer header.
    pub token: Option<String>,
    /// The browser was asked to forget the session when it closes.
    pub forget: bool,
    /// A sign-in that waits for its second factor.
    pub challenge: Option<String>,
    /// A device that was trusted to do without one.
    pub trust: Option<String>,
}

impl Presented {
    pub(super) fn of(request: &Request<'_>, identity: &Identity) -> Presented {
        let forget = cookie(request, identity, FORGET);
        let forget = forget.and_then(|value| signed(identity, &value)).as_deref() == Some("true");
        let by_cookie = || signed(identity, &cookie(request, identity, SESSION)?);
        let token = match bearer(request) {
            // A plain token wins over the cookie, known or not.
            Some(token) if !token.contains('.') => Some(token.to_owned()),
            // A JWT is no session.
            Some(token) if token.split('.').count() > 2 => None,
            Some(token) => signed_bearer(identity, token).or_else(by_cookie),
            None => by_cookie(),
        };
        let challenge = cookie(request, identity, CHALLENGE);
        let trust = cookie(request, identity, TRUST);
        Presented {
            token,
            forget,
            challenge: challenge.and_then(|value| signed(identity, &value)),
            trust: trust.and_then(|value| signed(identity, &value)),
        }
    }
}

fn bearer<'r>(request: &'r Request<'_>) -> Option<&'r str> {
    let (scheme, token) = request.headers().get_one("authorization")?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(token.trim()).filter(|token| !token.is_empty())
}

/// The first cookie of this name, undecoded. A secure server reads only the
/// secure form of the name, a plain one only the plain form.
fn cookie(request: &Request<'_>, identity: &Identity, name: &str) -> Option<String> {
    let name = full_name(identity, name);
    let pairs = request.headers().get("cookie").flat_map(|line| line.split(';'));
    for pair in pairs {
        if let Some((found, value)) = pair.trim().split_once('=')
            && found == name
        {
            let value = value.strip_prefix('"').and_then(|v| v.strip_suffix('"')).unwrap_or(value);
            return Some(value.to_owned());
        }
    }
    None
}

fn full_name(identity: &Identity, name: &str) -> String {
    if identity.secure { format!("__Secure-{name}") } else { name.to_owned() }
}

/// The text before the last dot, if the rest is its signature.
fn signed(identity: &Identity, value: &str) -> Option<String> {
    let value = RawStr::new(value).percent_decode().map_or(value.into(), |text| text);
    let (text, signature) = value.rsplit_once('.')?;
    let whole = signature.len() == 44 && signature.ends_with('=');
    (whole && identity.secret.is_signature(text, signature)).then(|| text.to_owned())
}

/// The same for a bearer, whose signature may be base64url and unpadded.
fn signed_bearer(identity: &Identity, value: &str) -> Option<String> {
    let value = RawStr::new(value).percent_decode().map_or(value.into(), |text| text);
    let (text, signature) = value.rsplit_once('.')?;
    let standard = signature.replace('-', "+").replace('_', "/");
    let padded = format!("{}=", standard.trim_end_matches('='));
    identity.secret.is_signature(text, &padded).then(|| text.to_owned())
}

/// The headers that give a browser its session.
pub(super) fn set(identity: &Identity, token: &str, remembered: bool) -> Vec<Header<'static>> {
    let value = format!("{token}.{}", identity.secret.sign(token));
    let mut headers = vec![
        line(identity, SESSION, &encode(&value), remembered.then_some(MAX_AGE)),
        Header::new("set-auth-token", value),
    ];
    if !remembered {
        let value = format!("true.{}", identity.secret.sign("true"));
        headers.push(line(identity, FORGET, &encode(&value), None));
    }
    headers
}

/// The same cookie once more, for whoever showed it.
pub(super) fn again(reply: Reply, identity: &Identity, presented: &Presented) -> Reply {
    match &presented.token {
        Some(token) => reply
            .headers(set(identity, token, !presented.forget))
            .header("Access-Control-Expose-Headers", "set-auth-token"),
        None => reply,
    }
}

/// True if an answer sets the session's cookie, or clears it.
pub(super) fn is_set(identity: &Identity, headers: &HeaderMap<'_>) -> bool {
    let start = format!("{}=", full_name(identity, SESSION));
    headers.get("set-cookie").any(|line| line.starts_with(&start))
}

/// The header that takes back an old wish to be forgotten.
pub(super) fn remember(identity: &Identity) -> Header<'static> {
    line(identity, FORGET, "", Some(0))
}

/// The headers of a sign-in that waits: no session, but a challenge.
pub(super) fn set_challenge(
    identity: &Identity,
    id: &str,
    remembered: bool,
) -> Vec<Header<'static>> {
    let sign = |text: &str| encode(&format!("{text}.{}", identity.secret.sign(text)));
    let mut headers = vec![
        line(identity, SESSION, "", Some(0)),
        line(identity, CACHE, "", Some(0)),
        line(identity, CHALLENGE, &sign(id), Some(600)),
    ];
    if !remembered {
        headers.push(line(identity, FORGET, &sign("true"), None));
    }
    headers
}

/// The header that ends a challenge.
pub(super) fn clear_challenge(identity: &Identity) -> Header<'static> {
    line(identity, CHALLENGE, "", Some(0))
}

/// The header that lets a device do without the second factor for thirty days.
pub(super) fn set_trust(identity: &Identity, id: &str) -> Header<'static> {
    let value = encode(&format!("{id}.{}", identity.secret.sign(id)));
    line(identity, TRUST, &value, Some(2_592_000))
}

/// The headers that take everything away.
pub(super) fn clear(identity: &Identity) -> Vec<Header<'static>> {
    [SESSION, CACHE, FORGET].iter().map(|name| line(identity, name, "", Some(0))).collect()
}

fn line(identity: &Identity, name: &str, value: &str, age: Option<u32>) -> Header<'static> {
    let name = full_name(identity, name);
    let age = age.map(|age| format!("; Max-Age={age}")).unwrap_or_default();
    let secure = if identity.secure { " Secure;" } else { "" };
    Header::new(
        "Set-Cookie",
        format!("{name}={value}{age}; Path=/; HttpOnly;{secure} SameSite=Lax"),
    )
}

/// `encodeURIComponent` for what a token and base64 are made of.
fn encode(text: &str) -> String {
    text.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D")
}
