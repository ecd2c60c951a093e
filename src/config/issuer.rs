//! Other servers whose tokens Docket trusts.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// One issuer: exactly what its tokens must say, and where its keys are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IssuerConfig {
    /// The `iss` of its tokens, compared exactly.
    pub issuer: String,
    /// Where it publishes its keys (RFC 7517).
    #[serde(default)]
    pub jwks_url: Option<String>,
    /// A file with its keys, instead of `jwks_url`.
    #[serde(default)]
    pub jwks_file: Option<PathBuf>,
    /// What `aud` must contain; the issuer's own address when absent, which is
    /// what Better Auth writes.
    #[serde(default)]
    pub audience: Option<String>,
    #[serde(default)]
    pub subjects: Subjects,
}

/// Whom a token's `sub` names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subjects {
    /// A subject of the issuer: an account of its own, made at the first token.
    #[default]
    External,
    /// The id of an account that exists here.
    Local,
}

impl IssuerConfig {
    pub fn audience(&self) -> &str {
        self.audience.as_deref().unwrap_or(&self.issuer)
    }
}

/// Refuses what cannot be told apart or has no keys.
pub(super) fn check(issuers: &[IssuerConfig]) -> Result<(), String> {
    for (index, issuer) in issuers.iter().enumerate() {
        let name = &issuer.issuer;
        if name.is_empty() {
            return Err("issuer must not be empty".into());
        }
        if issuers[..index].iter().any(|other| other.issuer == *name) {
            return Err(format!("{name} is listed twice"));
        }
        match (&issuer.jwks_url, &issuer.jwks_file) {
            (Some(url), None) if url.starts_with("https://") || url.starts_with("http://") => {}
            (Some(url), None) => return Err(format!("jwks_url {url:?} of {name} is no URL")),
            (None, Some(_)) => {}
            _ => return Err(format!("{name} needs either jwks_url or jwks_file")),
        }
    }
    Ok(())
}
