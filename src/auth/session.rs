//! Sessions, and the tokens that name them.

use serde::Serialize;

use super::claims::LEEWAY_SECONDS;
use super::{jwt, store, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// The claims of a token of our own.
#[derive(Serialize)]
struct Claims<'a> {
    sub: &'a str,
    iat: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    jti: String,
    sid: &'a str,
}

/// Makes a session for a command, as long as its one token, and signs that token.
pub fn issue_token(
    tx: &Tx,
    owner: Owner,
    base_url: &str,
    seconds: i64,
    now: Timestamp,
) -> Result<String> {
    let user = user::get(tx, owner)?;
    if user.disabled_at.is_some() {
        return Err(Error::conflict("account_disabled", "the account is disabled"));
    }
    let key =
        store::signing_key(tx)?.ok_or_else(|| Error::Internal("there is no signing key".into()))?;
    let sid = uuid::Uuid::now_v7().simple().to_string();
    let ends = now.plus_seconds(seconds);
    // The token is good for a little longer than it says, and so is its session.
    let session_ends = ends.plus_seconds(LEEWAY_SECONDS);
    store::insert_session(tx, owner, &sid, "command", now, session_ends)?;
    let claims = Claims {
        sub: user.id.as_str(),
        iat: now.seconds(),
        exp: ends.seconds(),
        iss: base_url,
        aud: base_url,
        jti: uuid::Uuid::now_v7().simple().to_string(),
        sid: &sid,
    };
    jwt::sign(&key.kid, &key.seed, &claims)
}

/// Removes sessions that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_sessions(tx, now)
}

/// What the server last served as, for commands that make tokens beside it.
pub fn served_url(conn: &Conn) -> Result<Option<String>> {
    store::served_url(conn)
}

/// Notes what the server serves as.
pub fn set_served_url(tx: &Tx, url: &str) -> Result<()> {
    if store::served_url(tx)?.as_deref() == Some(url) {
        return Ok(());
    }
    store::set_served_url(tx, url)
}
