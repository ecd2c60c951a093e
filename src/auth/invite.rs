//! Invitations to make an account where sign-up is for the invited alone: used
//! once, good for an hour at most, kept as hashes (SECURITY-BAR S18).

use serde::Serialize;

use super::session::{hash_of, new_token};
use super::store;
use super::user::Email;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// The longest an invitation may last, in seconds.
pub const LONGEST: i64 = 60 * 60;

/// An invitation that nobody has used yet. Its token is not in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Invite {
    pub id: i64,
    /// The one address it is for; `null` for whoever has the link.
    pub email: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

impl Invite {
    /// True if this address may be signed up with it.
    pub fn is_for(&self, email: &Email) -> bool {
        self.email.as_deref().is_none_or(|bound| bound == email.as_str())
    }
}

/// Makes an invitation and its token.
pub fn make(
    tx: &Tx,
    email: Option<&Email>,
    seconds: i64,
    now: Timestamp,
) -> Result<(Invite, String)> {
    if let Some(email) = email
        && store::owner_by_email(tx, email.as_str())?.is_some()
    {
        return Err(Error::conflict("email_taken", "an account with this e-mail exists"));
    }
    let token = new_token()?;
    let ends = now.plus_seconds(seconds.min(LONGEST));
    let email = email.map(|email| email.as_str().to_owned());
    let id = store::insert_invite(tx, &hash_of(&token), email.as_deref(), now, ends)?;
    Ok((Invite { id, email, created_at: now, expires_at: ends }, token))
}

/// Those that can still be used, oldest first.
pub fn list(conn: &Conn, now: Timestamp) -> Result<Vec<Invite>> {
    store::invites(conn, now)
}

/// The invitation with this token, while it lasts.
pub fn find(conn: &Conn, token: &str, now: Timestamp) -> Result<Option<Invite>> {
    store::invite_by_token(conn, &hash_of(token), now)
}

/// Uses it up, or takes it back.
pub fn end(tx: &Tx, id: i64) -> Result<()> {
    if store::delete_invite(tx, id)? { Ok(()) } else { Err(Error::NotFound("invitation")) }
}

/// Removes those that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_invites(tx, now)
}
