//! What a token claims, and whether its times hold (RFC 7519, 4.1).

use serde_json::{Map, Value};

use super::witness::{Refusal, Step};
use crate::time::Timestamp;

/// How far clocks may differ, in seconds.
pub(super) const LEEWAY_SECONDS: i64 = 60;
const LEEWAY: f64 = LEEWAY_SECONDS as f64;

/// The longest subject: what an account's name can hold.
const LONGEST_SUBJECT: usize = 255;

/// When a token was issued and when it ends, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Times {
    pub issued: Option<f64>,
    pub ends: f64,
}

/// `exp` is required; `nbf` and `iat` count when present. All are numbers.
pub(super) fn times(claims: &Map<String, Value>, now: Timestamp) -> Result<Times, Refusal> {
    let now = now.seconds() as f64;
    let refuse = |reason: String| Err(Refusal::at(Step::Times, reason));
    let Some(ends) = number(claims, "exp")? else { return refuse("it has no exp".into()) };
    if ends < 0.0 || now - ends > LEEWAY {
        return refuse(format!("it ended {}", ago(now - ends)));
    }
    if let Some(begins) = number(claims, "nbf")?
        && begins - now > LEEWAY
    {
        return refuse(format!("it begins only {}", ago(now - begins)));
    }
    let issued = number(claims, "iat")?;
    if let Some(issued) = issued
        && issued - now > LEEWAY
    {
        return refuse(format!("it was issued {}", ago(now - issued)));
    }
    Ok(Times { issued, ends })
}

fn number(claims: &Map<String, Value>, name: &str) -> Result<Option<f64>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_f64() {
            Some(number) if number.is_finite() => Ok(Some(number)),
            _ => Err(Refusal::at(Step::Times, format!("its {name} is no number"))),
        },
    }
}

/// A distance in time, in words: `12 s ago`, `in 3 min`.
pub(super) fn ago(seconds: f64) -> String {
    let size = seconds.abs();
    let (amount, unit) = match size {
        s if s < 120.0 => (s, "s"),
        s if s < 7200.0 => (s / 60.0, "min"),
        s if s < 172_800.0 => (s / 3600.0, "h"),
        s => (s / 86_400.0, "days"),
    };
    if seconds < 0.0 { format!("in {amount:.0} {unit}") } else { format!("{amount:.0} {unit} ago") }
}

/// `iss` as one string, if there is any.
pub(super) fn issuer(claims: &Map<String, Value>) -> Result<Option<&str>, Refusal> {
    match claims.get("iss") {
        None => Ok(None),
        Some(Value::String(issuer)) => Ok(Some(issuer)),
        Some(_) => Err(Refusal::at(Step::Issuer, "its iss is no string")),
    }
}

/// `aud` as a list of strings, empty if there is none (RFC 7519, 4.1.3).
pub(super) fn audiences(claims: &Map<String, Value>) -> Result<Vec<&str>, Refusal> {
    let refuse = || Refusal::at(Step::Audience, "its aud is neither a string nor strings");
    match claims.get("aud") {
        None => Ok(Vec::new()),
        Some(Value::String(audience)) => Ok(vec![audience]),
        Some(Value::Array(items)) if !items.is_empty() => {
            items.iter().map(|item| item.as_str().ok_or_else(refuse)).collect()
        }
        Some(_) => Err(refuse()),
    }
}

/// `sub` as it is: not trimmed, not folded, not empty.
pub(super) fn subject(claims: &Map<String, Value>) -> Result<&str, Refusal> {
    match claims.get("sub") {
        Some(Value::String(sub))
            if !sub.is_empty() && sub.len() <= LONGEST_SUBJECT && !sub.contains('\0') =>
        {
            Ok(sub)
        }
        Some(_) => Err(Refusal::at(Step::Subject, "its sub is no text of 1 to 255 bytes")),
        None => Err(Refusal::at(Step::Subject, "it has no sub: it is no login token")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn holds(claims: &Value) -> bool {
        times(claims.as_object().unwrap(), Timestamp::from_seconds(1_000_000)).is_ok()
    }

    // SECURITY-BAR T6, T7
    #[test]
    fn times_are_numbers_within_a_minute() {
        assert!(holds(&json!({ "exp": 1_000_000 })));
        assert!(holds(&json!({ "exp": 999_940 })));
        assert!(holds(&json!({ "exp": 1_000_000.5, "nbf": 1_000_060, "iat": 1_000_060 })));
        assert!(!holds(&json!({ "exp": 999_939 })));
        for exp in [json!(null), json!("1000100"), json!(-5), json!([1_000_100]), json!(true)] {
            assert!(!holds(&json!({ "exp": exp })), "{exp}");
        }
        assert!(!holds(&json!({})));
        assert!(!holds(&json!({ "exp": 1_000_900, "nbf": 1_000_061 })));
        assert!(!holds(&json!({ "exp": 1_000_900, "nbf": "0" })));
        assert!(!holds(&json!({ "exp": 1_000_900, "iat": 1_000_061 })));
        assert!(!holds(&json!({ "exp": 1_000_900, "iat": null })));
    }
}
