//! Whose pages may act for a signed-in browser (SECURITY-BAR S15, S16).

use rocket::Request;
use rocket::http::Status;

use super::AuthError;
use crate::config::Config;
use crate::http::reply::Reply;

/// The origins that count as ours.
pub(super) struct Origins(Vec<String>);

impl Origins {
    pub(super) fn new(config: &Config, base_url: &str) -> Origins {
        let mut trusted: Vec<String> =
            config.trusted_origins.iter().filter_map(|url| origin_of(&url.to_string())).collect();
        trusted.extend(origin_of(base_url));
        // Without a base URL, this machine's own names for itself are one.
        if config.base_url.is_none() && config.address.is_loopback() {
            let scheme = base_url.split(':').next().unwrap_or_default();
            let port = base_url.rsplit(':').next().unwrap_or_default();
            for host in ["localhost", "127.0.0.1", "[::1]"] {
                trusted.extend(origin_of(&format!("{scheme}://{host}:{port}")));
            }
        }
        Origins(trusted)
    }

    /// True for an address of ours: a trusted origin, or a path on it.
    fn may_lead_to(&self, target: &str) -> bool {
        // No header can hold these, and browsers leave some of them out.
        if target.chars().any(char::is_control) {
            return false;
        }
        if target.starts_with('/') {
            let path = target.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
            return !path.starts_with("//")
                && !target.contains('\\')
                && !path.contains("%2f")
                && !path.contains("%5c");
        }
        origin_of(target).is_some_and(|origin| self.0.contains(&origin))
    }

    /// The check of every write: any cookie brings it on, and so does a
    /// browser's own header at sign-in and sign-up.
    pub(super) fn check(&self, request: &Request<'_>, is_sign_in: bool) -> Result<(), AuthError> {
        let headers = request.headers();
        let fetch = |name: &str| headers.get_one(name);
        let has_cookie = headers.contains("cookie");
        let cross_site = fetch("sec-fetch-site") == Some("cross-site");
        if is_sign_in && !has_cookie && cross_site && fetch("sec-fetch-mode") == Some("navigate") {
            return Err(AuthError::new(
                403,
                "CROSS_SITE_NAVIGATION_LOGIN_BLOCKED",
                "Cross-site navigation login blocked. This request appears to be a CSRF attack.",
            ));
        }
        let browser = ["sec-fetch-site", "sec-fetch-mode", "sec-fetch-dest", "origin", "referer"];
        let by_browser = is_sign_in && browser.iter().any(|name| headers.contains(name));
        if !has_cookie && !by_browser {
            return Ok(());
        }
        let claimed = fetch("origin").or_else(|| fetch("referer"));
        let null_but_ours =
            claimed == Some("null") && fetch("sec-fetch-site") == Some("same-origin");
        match claimed {
            _ if null_but_ours => Ok(()),
            None | Some("null" | "") => {
                Err(AuthError::new(403, "MISSING_OR_NULL_ORIGIN", "Missing or null Origin"))
            }
            Some(claimed) if origin_of(claimed).is_some_and(|origin| self.0.contains(&origin)) => {
                Ok(())
            }
            Some(_) => Err(AuthError::new(403, "INVALID_ORIGIN", "Invalid origin")),
        }
    }

    /// The addresses in a body that a browser would be sent to.
    pub(super) fn check_targets(&self, body: &serde_json::Value) -> Result<(), AuthError> {
        for (name, code, message) in [
            ("callbackURL", "INVALID_CALLBACK_URL", "Invalid callbackURL"),
            ("redirectTo", "INVALID_REDIRECT_URL", "Invalid redirectURL"),
            ("errorCallbackURL", "INVALID_ERROR_CALLBACK_URL", "Invalid errorCallbackURL"),
            ("newUserCallbackURL", "INVALID_NEW_USER_CALLBACK_URL", "Invalid newUserCallbackURL"),
        ] {
            match body.get(name) {
                None | Some(serde_json::Value::Null) => {}
                Some(serde_json::Value::String(target)) if target.is_empty() => {}
                Some(serde_json::Value::String(target)) if self.may_lead_to(target) => {}
                Some(serde_json::Value::String(_)) => {
                    return Err(AuthError::new(403, code, message));
                }
                Some(_) => {
                    let message = format!("Invalid {name}: expected a string");
                    return Err(AuthError::without_code(400, &message));
                }
            }
        }
        Ok(())
    }
}

/// Leads a browser to a target that was checked, with this added to its query
/// unless it is empty.
pub(super) fn lead(base_url: &str, target: &str, told: &str) -> Reply {
    let (page, part) = target.split_at(target.find('#').unwrap_or(target.len()));
    let mark = match told {
        "" => "",
        _ if page.contains('?') => "&",
        _ => "?",
    };
    let base = if page.starts_with('/') { base_url } else { "" };
    let location = in_ascii(&format!("{base}{page}{mark}{told}{part}"));
    Reply::no_content().status(Status::Found).header("Location", location)
}

/// An address as a header can hold it (RFC 3986, 2.5).
pub(super) fn in_ascii(target: &str) -> String {
    let encode = |character: char| match character {
        '!'..='~' => character.to_string(),
        _ => character.to_string().bytes().map(|byte| format!("%{byte:02X}")).collect(),
    };
    target.chars().map(encode).collect()
}

/// Scheme, host and port of an address, in lower case, default ports left out.
pub(in crate::http) fn origin_of(text: &str) -> Option<String> {
    let (scheme, rest) = text.split_once("://")?;
    let scheme = scheme.to_ascii_lowercase();
    let host = rest.split(['/', '?', '#', '\\']).next()?.to_ascii_lowercase();
    let fits = !host.is_empty() && !host.contains('@') && !host.contains(char::is_whitespace);
    let usual = match scheme.as_str() {
        "http" => ":80",
        "https" => ":443",
        _ => return None,
    };
    let host = host.strip_suffix(usual).unwrap_or(&host);
    fits.then(|| format!("{scheme}://{host}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    // SECURITY-BAR S16, with the examples of the wire contract.
    #[test]
    fn a_browser_is_sent_to_us_or_nowhere() {
        let origins = Origins(vec!["http://base:8000".into()]);
        for good in ["/", "/x?y=1#z", "/../x", "/ä", "http://base:8000/p"] {
            assert!(origins.may_lead_to(good), "{good}");
        }
        for bad in [
            "x",
            "//evil",
            "/\\evil",
            "\\x",
            "/%2fevil",
            "/a%2fb",
            "http://evil",
            "javascript:1",
            "data:x",
            " ",
            "http://base:8000@evil/",
            "https://base:8000/",
            "http://base:8000/x\r\ny: z",
            "/x\ny",
        ] {
            assert!(!origins.may_lead_to(bad), "{bad}");
        }
    }
}
