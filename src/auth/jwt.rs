//! The form of a token and its signature: what RFC 7515 asks, strictly.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Serialize;
use serde_json::{Map, Value};

use super::json;
use super::witness::{Refusal, Step};
use crate::error::{Error, Result};

/// Longer ones are refused unread; a token with every claim is a tenth of it.
const LONGEST: usize = 16 * 1024;

/// A token taken apart. Nothing in it is believed yet.
pub(super) struct Token<'a> {
    pub algorithm: String,
    pub kid: Option<String>,
    pub claims: Map<String, Value>,
    /// Header and claims as they were signed.
    message: &'a str,
    signature: &'a str,
    signature_bytes: usize,
}

/// A key that verifies, and the one algorithm it is for.
#[derive(Clone)]
pub(super) struct VerifyingKey {
    pub kid: Option<String>,
    pub algorithm: Algorithm,
    pub key: Arc<DecodingKey>,
}

/// Three segments of canonical base64url, two of them JSON objects without
/// doubled names, and a header that asks for nothing we do not do.
pub(super) fn parse(token: &str) -> Result<Token<'_>, Refusal> {
    let refuse = |reason: &str| Err(Refusal::at(Step::Form, reason));
    if token.len() > LONGEST {
        return refuse("it is longer than 16 kB");
    }
    let mut segments = token.split('.');
    let (Some(head), Some(body), Some(signature), None) =
        (segments.next(), segments.next(), segments.next(), segments.next())
    else {
        return refuse("it does not have three segments; a session token is no JWT");
    };
    let Ok(signature_bytes) = URL_SAFE_NO_PAD.decode(signature) else {
        return refuse("the signature is not canonical base64url");
    };
    let Some(header) = decode(head) else {
        return refuse("the header is not base64url of a JSON object with single names");
    };
    let Some(claims) = decode(body) else {
        return refuse("the claims are not base64url of a JSON object with single names");
    };
    let Some(Value::String(algorithm)) = header.get("alg") else {
        return refuse("the header has no alg");
    };
    let kid = match header.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.clone()),
        Some(_) => return refuse("the kid is no string"),
    };
    if header.contains_key("crit") {
        return refuse("the header has crit, and no extension is understood");
    }
    if header.get("b64").is_some_and(|b64| *b64 != Value::Bool(true)) {
        return refuse("the header has b64 other than true");
    }
    if !header.get("typ").is_none_or(is_jwt_type) {
        return refuse("the typ is neither JWT nor at+jwt");
    }
    Ok(Token {
        algorithm: algorithm.clone(),
        kid,
        claims,
        message: &token[..head.len() + 1 + body.len()],
        signature,
        signature_bytes: signature_bytes.len(),
    })
}

fn decode(segment: &str) -> Option<Map<String, Value>> {
    json::object(&URL_SAFE_NO_PAD.decode(segment).ok()?)
}

fn is_jwt_type(typ: &Value) -> bool {
    typ.as_str()
        .is_some_and(|typ| typ.eq_ignore_ascii_case("JWT") || typ.eq_ignore_ascii_case("at+jwt"))
}

impl Token<'_> {
    /// True if the key made the signature, with the key's own algorithm.
    pub(super) fn is_signed_by(&self, key: &VerifyingKey) -> bool {
        let whole = match key.algorithm {
            // RFC 8032, 5.1.7, and RFC 7518, 3.4.
            Algorithm::EdDSA | Algorithm::ES256 => self.signature_bytes == 64,
            Algorithm::HS256 => self.signature_bytes == 32,
            _ => true,
        };
        whole
            && jsonwebtoken::crypto::verify(
                self.signature,
                self.message.as_bytes(),
                &key.key,
                key.algorithm,
            )
            .unwrap_or(false)
    }
}

impl VerifyingKey {
    /// True if `alg` in a token's header is this key's algorithm.
    pub(super) fn agrees_with(&self, alg: &str) -> bool {
        alg == name(self.algorithm)
    }
}

/// The name of an algorithm (RFC 7518, 3.1, and RFC 8037, 3.1).
pub(super) fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EdDSA => "EdDSA",
        Algorithm::ES256 => "ES256",
        Algorithm::RS256 => "RS256",
        Algorithm::PS256 => "PS256",
        Algorithm::HS256 => "HS256",
        _ => "an unused algorithm",
    }
}

/// Signs claims with an Ed25519 seed of our own.
pub(super) fn sign(kid: &str, seed: &[u8; 32], claims: &impl Serialize) -> Result<String> {
    let mut header = Header::new(Algorithm::EdDSA);
    header.kid = Some(kid.to_owned());
    let key = EncodingKey::from_ed_der(&pkcs8(seed));
    jsonwebtoken::encode(&header, claims, &key)
        .map_err(|error| Error::Internal(format!("cannot sign: {error}")))
}

/// Signs claims with a secret (HS256).
pub(super) fn sign_shared(secret: &[u8], claims: &impl Serialize) -> Result<String> {
    // As Better Auth writes it: no `typ`.
    let header = Header { typ: None, ..Header::new(Algorithm::HS256) };
    jsonwebtoken::encode(&header, claims, &EncodingKey::from_secret(secret))
        .map_err(|error| Error::Internal(format!("cannot sign: {error}")))
}

/// A seed as PKCS #8 (RFC 8410, 7).
fn pkcs8(seed: &[u8; 32]) -> Vec<u8> {
    let prefix = [
        0x30, 0x2e, 0x02, 0x01, 0x00, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x04, 0x22, 0x04,
        0x20,
    ];
    [&prefix[..], seed].concat()
}
