//! The decision about a token, step by step, before any account is looked at.
//!
//! Issuer and `kid` choose the key, the key fixes the algorithm, and the
//! token's `alg` only has to agree (RFC 8725, 3.1).

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey};

use super::claims::{self, Times, ago};
use super::issuer::{Issuer, Lookup, Voucher};
use super::jwt::{self, Token, VerifyingKey};
use super::keys::KeyRing;
use super::witness::{Refusal, Step, Witness};
use crate::config::{Config, Subjects};
use crate::db::Db;
use crate::error::Error;
use crate::time::Timestamp;

/// Everything a token can be checked against.
pub(super) struct Keys {
    own: KeyRing,
    own_issuer: String,
    issuers: Vec<Arc<Issuer>>,
    secret: Option<SharedSecret>,
}

/// The HS256 secret, and what its tokens must say.
struct SharedSecret {
    key: VerifyingKey,
    issuer: Option<String>,
    audience: Option<String>,
    subjects: Subjects,
}

/// The issuer that accounts of HS256 tokens are kept under: one secret is one
/// deployment, whatever its tokens call themselves.
const SECRET_ISSUER: &str = "better-auth-secret";

/// The audience of Better Auth's cookie cache, which the same secret signs. It
/// is no login token, whatever else it says.
const COOKIE_CACHE: &str = "better-auth:session-cache";

/// A token that says who is asking. Whether they still may is another matter.
pub(super) struct Verified {
    pub who: Who,
    /// `sub` as the token has it.
    pub subject: String,
    /// The session of a token of our own.
    pub session: Option<String>,
    /// The key of our own that signed it.
    pub own_key: Option<String>,
    /// The external issuer's published keys, which must go on being those.
    pub voucher: Option<Voucher>,
    pub times: Times,
}

/// Whom a subject names.
pub(super) enum Who {
    /// The id of an account here.
    Local,
    /// Somebody another issuer vouches for.
    External { issuer: String },
}

/// Refused, or not to be decided now.
pub(super) enum Failure {
    Refused(Refusal),
    Error(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refused(refusal)
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Failure {
        Failure::Error(error)
    }
}

/// A key, and what tokens signed with it must say.
struct Trust {
    key: VerifyingKey,
    issuer: Option<String>,
    audience: Option<String>,
    who: Who,
    is_own: bool,
    voucher: Option<Voucher>,
}

impl Keys {
    pub(super) fn new(config: &Config, own_issuer: String) -> Keys {
        let secret = config.shared_secret().map(|secret| SharedSecret {
            key: VerifyingKey {
                kid: None,
                algorithm: Algorithm::HS256,
                key: Arc::new(DecodingKey::from_secret(secret.bytes())),
            },
            issuer: config.better_auth_issuer.clone(),
            audience: config.better_auth_audience.clone(),
            subjects: config.better_auth_subjects,
        });
        let issuers = config.issuers.iter().cloned().map(Issuer::new).map(Arc::new).collect();
        Keys { own: KeyRing::default(), own_issuer, issuers, secret }
    }

    /// Decides, and tells the witness of each step.
    pub(super) async fn verify(
        &self,
        db: &Db,
        token: &str,
        now: Timestamp,
        witness: &mut impl Witness,
    ) -> Result<Verified, Failure> {
        let token = jwt::parse(token)?;
        witness.passed(Step::Form, || "a JWT of three canonical segments".into());
        let issuer = claims::issuer(&token.claims)?;
        let (trust, origin) = self.choose(db, &token, issuer, now).await?;
        witness.passed(Step::Key, || origin);
        if !trust.key.agrees_with(&token.algorithm) {
            let own = jwt::name(trust.key.algorithm);
            return Err(Refusal::at(
                Step::Algorithm,
                format!("the key is for {own}, the token says {:?}", token.algorithm),
            )
            .into());
        }
        witness.passed(Step::Algorithm, || jwt::name(trust.key.algorithm).into());
        if !token.is_signed_by(&trust.key) {
            return Err(Refusal::at(Step::Signature, "the key did not make the signature").into());
        }
        witness.passed(Step::Signature, || "made with that key".into());
        Ok(believe(&token, issuer, trust, now, witness)?)
    }

    async fn choose(
        &self,
        db: &Db,
        token: &Token<'_>,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<(Trust, String), Failure> {
        let kid = token.kid.as_deref();
        if token.algorithm == jwt::name(Algorithm::HS256) {
            return self.choose_secret(db, kid, issuer, now).await;
        }
        let Some(issuer) = issuer else {
            return Err(Refusal::at(Step::Issuer, "it has no iss").into());
        };
        if issuer == self.own_issuer {
            let Some(key) = self.own.key(db, kid, now).await? else {
                return Err(Refusal::at(Step::Key, "its kid names no key of ours").into());
            };
            let origin = format!("our own key {}", key.kid.as_deref().unwrap_or_default());
            let own = Some(self.own_issuer.clone());
            let trust = Trust {
                key,
                issuer: own.clone(),
                audience: own,
                who: Who::Local,
                is_own: true,
                voucher: None,
            };
            return Ok((trust, origin));
        }
        self.choose_external(kid, issuer).await
    }

    async fn choose_secret(
        &self,
        db: &Db,
        kid: Option<&str>,
        issuer: Option<&str>,
        now: Timestamp,
    ) -> Result<(Trust, String), Failure> {
        let Some(secret) = &self.secret else {
            return Err(Refusal::at(Step::Key, "no secret for HS256 is configured").into());
        };
        if let Some(kid) = kid
            && (self.own.key(db, Some(kid), now).await?.is_some()
                || self.issuers.iter().any(|issuer| issuer.has_key(kid)))
        {
            return Err(
                Refusal::at(Step::Algorithm, "its kid names a key that is not for HS256").into()
            );
        }
        if self.issuers.iter().any(|known| issuer == Some(known.config.issuer.as_str())) {
            return Err(
                Refusal::at(Step::Algorithm, "this issuer signs with published keys").into()
            );
        }
        let trust = Trust {
            key: secret.key.clone(),
            issuer: secret.issuer.clone(),
            audience: secret.audience.clone(),
            who: who(secret.subjects, SECRET_ISSUER),
            is_own: false,
            voucher: None,
        };
        Ok((trust, "the shared secret (better_auth_secret)".into()))
    }

    async fn choose_external(
        &self,
        kid: Option<&str>,
        issuer: &str,
    ) -> Result<(Trust, String), Failure> {
        let Some(known) = self.issuers.iter().find(|known| known.config.issuer == issuer) else {
            return Err(Refusal::at(Step::Issuer, format!("nobody here trusts {issuer:?}")).into());
        };
        let (key, voucher) = match known.key(kid).await {
            Lookup::Found(key, voucher) => (key, voucher),
            Lookup::Unknown => {
                return Err(Refusal::at(
                    Step::Key,
                    "the issuer publishes no usable key with this kid",
                )
                .into());
            }
            Lookup::Unreachable => {
                return Err(
                    Error::Unavailable(format!("the keys of {issuer} cannot be had")).into()
                );
            }
        };
        let origin = format!("key {} of {issuer}", key.kid.as_deref().unwrap_or("without a name"));
        let config = &known.config;
        let trust = Trust {
            key,
            issuer: Some(config.issuer.clone()),
            audience: Some(config.audience().to_owned()),
            who: who(config.subjects, issuer),
            is_own: false,
            voucher: Some(voucher),
        };
        Ok((trust, origin))
    }
}

fn who(subjects: Subjects, issuer: &str) -> Who {
    match subjects {
        Subjects::Local => Who::Local,
        Subjects::External => Who::External { issuer: issuer.to_owned() },
    }
}

/// Reads the claims of a token whose signature holds.
fn believe(
    token: &Token<'_>,
    issuer: Option<&str>,
    trust: Trust,
    now: Timestamp,
    witness: &mut impl Witness,
) -> Result<Verified, Refusal> {
    if let Some(expected) = &trust.issuer
        && issuer != Some(expected)
    {
        return Err(Refusal::at(Step::Issuer, format!("its iss is not {expected:?}")));
    }
    witness.passed(Step::Issuer, || issuer.map_or("any; it has none".into(), str::to_owned));
    let audiences = claims::audiences(&token.claims)?;
    if audiences.contains(&COOKIE_CACHE) {
        return Err(Refusal::at(Step::Audience, "it is a cookie cache and no login token"));
    }
    if let Some(expected) = &trust.audience
        && !audiences.contains(&expected.as_str())
    {
        return Err(Refusal::at(Step::Audience, format!("its aud does not hold {expected:?}")));
    }
    witness.passed(Step::Audience, || match audiences.as_slice() {
        [] => "any; it has none".into(),
        some => some.join(", "),
    });
    let times = claims::times(&token.claims, now)?;
    witness.passed(Step::Times, || {
        let seconds = now.seconds() as f64;
        let issued = times.issued.map_or("at no stated time".into(), |iat| ago(seconds - iat));
        format!("issued {issued}, ends {}", ago(seconds - times.ends))
    });
    let subject = claims::subject(&token.claims)?.to_owned();
    witness.passed(Step::Subject, || subject.clone());
    let session = match token.claims.get("sid") {
        Some(serde_json::Value::String(sid)) if trust.is_own => Some(sid.clone()),
        _ if trust.is_own => {
            return Err(Refusal::at(Step::Revocation, "a token of ours names no session"));
        }
        _ => None,
    };
    let own_key = if trust.is_own { trust.key.kid.clone() } else { None };
    let Trust { who, voucher, .. } = trust;
    Ok(Verified { who, subject, session, own_key, voucher, times })
}
