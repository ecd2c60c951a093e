//! Links that prove whose an e-mail address is.
//!
//! As Better Auth has it, the token is a JWT that the server's secret signs
//! (HS256): it names the account and the address, and is kept nowhere. It has no
//! `sub`, so it is never a token to sign in with.

use std::sync::Arc;

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use serde_json::Value;

use super::jwt::{self, VerifyingKey};
use super::secret::ServerSecret;
use super::user::{self, Email, User};
use super::{claims, store};
use crate::db::Tx;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

const LIFETIME: i64 = 60 * 60;

/// What Better Auth calls a change that the new address confirms.
const CHANGE: &str = "change-email-verification";

/// What the token says.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Claim {
    email: String,
    user_id: String,
    #[serde(flatten)]
    change: Option<Change>,
}

/// Another address to take the place of the old one.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    update_to: String,
    request_type: &'static str,
    /// The session that asked for it. When that has ended, so has the link: a
    /// thief who was shown out must not come back by it.
    sid: String,
}

#[derive(Serialize)]
struct Claims<'a> {
    #[serde(flatten)]
    claim: &'a Claim,
    iat: i64,
    exp: i64,
}

/// Why a token proves nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    Invalid,
    Expired,
}

/// What a good link leads to.
#[derive(Clone, Debug)]
pub enum Proof {
    /// The address is the account's, and now it is known to be.
    Verified,
    /// The account has the new address.
    Changed(Owner, Box<User>),
}

/// The token of a link that verifies the address somebody has.
pub fn token(secret: &ServerSecret, user: &User, now: Timestamp) -> Result<String> {
    sign(secret, user, None, now)
}

/// The token of a link that gives somebody another address, by the session
/// with this id.
pub fn change_token(
    secret: &ServerSecret,
    user: &User,
    new: &Email,
    sid: &str,
    now: Timestamp,
) -> Result<String> {
    let update_to = new.as_str().to_owned();
    let change = Change { update_to, request_type: CHANGE, sid: sid.to_owned() };
    sign(secret, user, Some(change), now)
}

fn sign(
    secret: &ServerSecret,
    user: &User,
    change: Option<Change>,
    now: Timestamp,
) -> Result<String> {
    let email = user.email.clone().unwrap_or_default();
    let claim = Claim { email, user_id: user.id.to_string(), change };
    let (iat, exp) = (now.seconds(), now.plus_seconds(LIFETIME).seconds());
    jwt::sign_shared(secret.bytes(), &Claims { claim: &claim, iat, exp })
}

/// What a token says, if we signed it for this and it has not ended.
pub fn read(secret: &ServerSecret, token: &str, now: Timestamp) -> Result<Claim, Fault> {
    let token = jwt::parse(token).map_err(|_| Fault::Invalid)?;
    let key = DecodingKey::from_secret(secret.bytes());
    let key = VerifyingKey { kid: None, algorithm: Algorithm::HS256, key: Arc::new(key) };
    if !key.agrees_with(&token.algorithm) || !token.is_signed_by(&key) {
        return Err(Fault::Invalid);
    }
    let text = |name: &str| Some(token.claims.get(name)?.as_str()?.to_owned());
    let has = |name: &str| token.claims.contains_key(name);
    let (Some(email), Some(user_id)) = (text("email"), text("userId")) else {
        return Err(Fault::Invalid);
    };
    let change = match (text("updateTo"), text("sid")) {
        (Some(update_to), Some(sid)) if text("requestType").as_deref() == Some(CHANGE) => {
            Some(Change { update_to, request_type: CHANGE, sid })
        }
        _ if has("updateTo") || has("requestType") => return Err(Fault::Invalid),
        _ => None,
    };
    // Tokens for other things are signed with the same secret.
    if has("sub") {
        return Err(Fault::Invalid);
    }
    let Some(ends) = token.claims.get("exp").and_then(Value::as_f64) else {
        return Err(Fault::Invalid);
    };
    if ends <= now.seconds() as f64 {
        return Err(Fault::Expired);
    }
    claims::times(&token.claims, now).map_err(|_| Fault::Invalid)?;
    Ok(Claim { email, user_id, change })
}

/// Does what the link is for. `None` when the account is gone, or has another
/// address than the link went out for: so a change happens once.
pub fn confirm(tx: &Tx, claim: &Claim, now: Timestamp) -> Result<Option<Proof>> {
    let Some(owner) = store::owner_by_email(tx, &claim.email)? else { return Ok(None) };
    let user = user::get(tx, owner)?;
    if user.id.as_str() != claim.user_id || user.disabled_at.is_some() {
        return Ok(None);
    }
    let Some(change) = &claim.change else {
        if !user.email_verified {
            store::set_email_verified(tx, owner, now)?;
        }
        return Ok(Some(Proof::Verified));
    };
    let asked_by = store::session_ends(tx, owner, &change.sid)?;
    if asked_by.is_none_or(|ends| ends <= now) {
        return Ok(None);
    }
    let Ok(new) = Email::parse(&change.update_to) else { return Ok(None) };
    if !user::change_email(tx, owner, &new, now)? {
        return Ok(None);
    }
    store::set_email_verified(tx, owner, now)?;
    Ok(Some(Proof::Changed(owner, Box::new(user::get(tx, owner)?))))
}
