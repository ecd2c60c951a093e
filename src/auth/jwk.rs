//! Public keys of others, read with suspicion (RFC 7517, RFC 7518, RFC 8037).
//!
//! A key that cannot be used is skipped with a reason; the others go on.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

use super::jwt::VerifyingKey;

/// The keys of one issuer that can be used, and why the others cannot.
#[derive(Default)]
pub(super) struct KeySet {
    pub keys: Vec<VerifyingKey>,
    pub skipped: Vec<String>,
}

impl KeySet {
    /// Reads a JWK Set; an error only if it is none at all.
    pub(super) fn parse(json: &str) -> Result<KeySet, String> {
        let document: Value =
            serde_json::from_str(json).map_err(|error| format!("it is no JSON: {error}"))?;
        let Some(Value::Array(entries)) = document.get("keys") else {
            return Err("it has no list of keys".into());
        };
        let mut set = KeySet::default();
        for (index, entry) in entries.iter().enumerate() {
            match read(entry) {
                Ok(key) if set.find(key.kid.as_deref()).is_some() && key.kid.is_some() => {
                    set.skipped.push(format!("key {index}: its kid is taken"));
                }
                Ok(key) => set.keys.push(key),
                Err(why) => set.skipped.push(format!("key {index}: {why}")),
            }
        }
        Ok(set)
    }

    /// The key a token names, or the only one if it names none.
    pub(super) fn find(&self, kid: Option<&str>) -> Option<&VerifyingKey> {
        match (kid, self.keys.as_slice()) {
            (Some(kid), keys) => keys.iter().find(|key| key.kid.as_deref() == Some(kid)),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }
}

fn read(entry: &Value) -> Result<VerifyingKey, String> {
    let Value::Object(jwk) = entry else { return Err("it is no object".into()) };
    let kid = match jwk.get("kid") {
        None => None,
        Some(Value::String(kid)) => Some(kid.clone()),
        Some(_) => return Err("its kid is no string".into()),
    };
    if jwk.contains_key("d") {
        return Err("it is a private key; it should not be published".into());
    }
    if jwk.get("use").is_some_and(|used| used != "sig") {
        return Err("it is not for signatures".into());
    }
    if let Some(operations) = jwk.get("key_ops") {
        let verifies =
            operations.as_array().is_some_and(|list| list.iter().any(|op| op == "verify"));
        if !verifies {
            return Err("its key_ops leave out verify".into());
        }
    }
    let (algorithm, key) = match text(jwk, "kty")? {
        "OKP" => ed25519(jwk)?,
        "EC" => p256(jwk)?,
        "RSA" => rsa(jwk)?,
        other => return Err(format!("kty {other:?} is not used")),
    };
    Ok(VerifyingKey { kid, algorithm, key: Arc::new(key) })
}

fn ed25519(jwk: &Map<String, Value>) -> Result<(Algorithm, DecodingKey), String> {
    only(jwk, "crv", "Ed25519")?;
    agree(jwk, &["EdDSA"])?;
    let x = bytes(jwk, "x")?;
    let point: [u8; 32] = x.as_slice().try_into().map_err(|_| "its x is not 32 bytes")?;
    let key = ed25519_dalek::VerifyingKey::from_bytes(&point).map_err(|_| "its x is no point")?;
    if key.is_weak() {
        return Err("its x is of small order".into());
    }
    let key =
        DecodingKey::from_ed_components(text(jwk, "x")?).map_err(|error| error.to_string())?;
    Ok((Algorithm::EdDSA, key))
}

fn p256(jwk: &Map<String, Value>) -> Result<(Algorithm, DecodingKey), String> {
    only(jwk, "crv", "P-256")?;
    agree(jwk, &["ES256"])?;
    let (x, y) = (bytes(jwk, "x")?, bytes(jwk, "y")?);
    if x.len() != 32 || y.len() != 32 {
        return Err("its x or y is not 32 bytes".into());
    }
    p256::PublicKey::from_sec1_bytes(&[&[4], x.as_slice(), y.as_slice()].concat())
        .map_err(|_| "its point is not on the curve")?;
    let key = DecodingKey::from_ec_components(text(jwk, "x")?, text(jwk, "y")?)
        .map_err(|error| error.to_string())?;
    Ok((Algorithm::ES256, key))
}

fn rsa(jwk: &Map<String, Value>) -> Result<(Algorithm, DecodingKey), String> {
    let alg = agree(jwk, &["RS256", "PS256"])?;
    // Some libraries write zeros in front (RFC 7518, 6.3.1.1), which are no size.
    let number = |name| Ok::<_, String>(without_zeros(bytes(jwk, name)?));
    let (n, e) = (number("n")?, number("e")?);
    let bits = n.len() * 8 - n.first().map_or(0, |byte| byte.leading_zeros() as usize);
    if !(2048..=4096).contains(&bits) {
        return Err(format!("its modulus has {bits} bits; 2048 to 4096 are used"));
    }
    let odd = |number: &[u8]| number.last().is_some_and(|byte| byte % 2 == 1);
    if !odd(&n) || !odd(&e) || e.len() > 4 || e.as_slice() == [1] {
        return Err("its modulus or exponent is not that of an RSA key".into());
    }
    let algorithm = if alg == Some("PS256") { Algorithm::PS256 } else { Algorithm::RS256 };
    Ok((algorithm, DecodingKey::from_rsa_raw_components(&n, &e)))
}

fn without_zeros(number: Vec<u8>) -> Vec<u8> {
    number.into_iter().skip_while(|byte| *byte == 0).collect()
}

/// The key's own `alg`, if it has one of those it may have.
fn agree<'a>(jwk: &'a Map<String, Value>, may: &[&str]) -> Result<Option<&'a str>, String> {
    match jwk.get("alg") {
        None => Ok(None),
        Some(Value::String(alg)) if may.contains(&alg.as_str()) => Ok(Some(alg)),
        Some(alg) => Err(format!("its alg {alg} cannot be used")),
    }
}

fn only(jwk: &Map<String, Value>, name: &str, value: &str) -> Result<(), String> {
    match text(jwk, name)? {
        found if found == value => Ok(()),
        found => Err(format!("{name} {found:?} is not used")),
    }
}

fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<&'a str, String> {
    jwk.get(name).and_then(Value::as_str).ok_or_else(|| format!("it has no {name}"))
}

fn bytes(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, String> {
    URL_SAFE_NO_PAD
        .decode(text(jwk, name)?)
        .map_err(|_| format!("its {name} is not canonical base64url"))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn usable(key: Value) -> bool {
        let set = KeySet::parse(&json!({ "keys": [key] }).to_string()).unwrap();
        set.keys.len() == 1
    }

    // RFC 8037, appendix A.2, and RFC 7515, appendix A.3.
    const ED: &str = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
    const P256_X: &str = "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU";
    const P256_Y: &str = "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0";

    // SECURITY-BAR T18
    #[test]
    fn only_public_signature_keys_count() {
        assert!(usable(json!({ "kty": "OKP", "crv": "Ed25519", "x": ED })));
        assert!(usable(json!({ "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_Y })));
        let n = URL_SAFE_NO_PAD.encode([0xff; 256]);
        assert!(usable(json!({ "kty": "RSA", "n": n, "e": "AQAB", "alg": "PS256" })));

        let small = URL_SAFE_NO_PAD.encode([0xff; 128]);
        let padded = URL_SAFE_NO_PAD.encode([&[0; 129][..], &[0xff; 128]].concat());
        let short = URL_SAFE_NO_PAD.encode([7; 31]);
        let identity = URL_SAFE_NO_PAD.encode([&[1][..], &[0; 31]].concat());
        for bad in [
            json!("text"),
            json!({ "kty": "oct", "k": "AAAA" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "use": "enc" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "key_ops": ["sign"] }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "alg": "HS256" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "d": "AAAA" }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": ED, "kid": 7 }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": short }),
            json!({ "kty": "OKP", "crv": "Ed25519", "x": identity }),
            json!({ "kty": "OKP", "crv": "Ed448", "x": ED }),
            json!({ "kty": "EC", "crv": "P-521", "x": P256_X, "y": P256_Y, "alg": "ES512" }),
            json!({ "kty": "EC", "crv": "P-256", "x": P256_X, "y": P256_X }),
            json!({ "kty": "EC", "crv": "P-256", "x": P256_X }),
            json!({ "kty": "RSA", "n": small, "e": "AQAB" }),
            json!({ "kty": "RSA", "n": padded, "e": "AQAB" }),
            json!({ "kty": "RSA", "n": n, "e": "AQ" }),
            json!({ "kty": "RSA", "n": "", "e": "AQAB" }),
        ] {
            assert!(!usable(bad.clone()), "{bad}");
        }
    }

    #[test]
    fn a_bad_key_leaves_the_others() {
        let set = KeySet::parse(
            &json!({ "keys": [
                { "kty": "EC", "crv": "P-521", "x": "AA", "y": "AA", "alg": "ES512", "kid": "a" },
                { "kty": "OKP", "crv": "Ed25519", "x": ED, "kid": "b" },
            ] })
            .to_string(),
        )
        .unwrap();
        assert!(set.find(Some("b")).is_some());
        assert_eq!(set.skipped, ["key 0: crv \"P-521\" is not used"]);
    }
}
