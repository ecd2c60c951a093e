//! Links that set a new password: used once, good for an hour, kept as hashes,
//! and void after any change of the password (SECURITY-BAR S18).

use super::audit::{self, Kind};
use super::session::{hash_of, new_token};
use super::{store, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

const KIND: &str = "reset-password";
const LIFETIME: i64 = 60 * 60;

/// Makes the token of a link; older ones of the account are void from now on.
pub fn make(tx: &Tx, owner: Owner, now: Timestamp) -> Result<String> {
    let token = new_token()?;
    store::delete_links(tx, owner, KIND)?;
    let ends = now.plus_seconds(LIFETIME);
    store::insert_link(tx, owner, KIND, &hash_of(&token), now, ends)?;
    Ok(token)
}

/// The same by a command, for somebody who can sign in once they have a password.
pub fn make_by_command(tx: &Tx, owner: Owner, now: Timestamp) -> Result<String> {
    let user = user::get(tx, owner)?;
    if user.disabled_at.is_some() {
        return Err(Error::conflict("account_disabled", "the account is disabled"));
    }
    if user.email.is_none() {
        let why = "the account has no e-mail to sign in with: its issuer vouches for it";
        return Err(Error::conflict("no_email", why));
    }
    audit::note_command(tx, owner, Kind::ResetRequested, now)?;
    make(tx, owner, now)
}

/// Whose password a link may set.
pub fn owner(conn: &Conn, token: &str, now: Timestamp) -> Result<Option<Owner>> {
    store::link_owner(conn, KIND, &hash_of(token), now)
}

/// Voids the account's links.
pub fn spend(tx: &Tx, owner: Owner) -> Result<()> {
    store::delete_links(tx, owner, KIND)
}

/// Removes links that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_links(tx, now)
}
