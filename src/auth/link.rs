//! Links that are mailed or passed on: used once, ended soon, kept as hashes, and
//! void after any change of the password (SECURITY-BAR S18).

use super::audit;
use super::session::{hash_of, new_token};
use super::{store, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// What a link does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Sets a new password.
    ResetPassword,
    /// Removes the account, for who is signed in to it.
    DeleteAccount,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Kind::ResetPassword => "reset-password",
            Kind::DeleteAccount => "delete-account",
        }
    }

    /// How long it can be used, in seconds: what Better Auth gives each.
    fn lifetime(self) -> i64 {
        match self {
            Kind::ResetPassword => 60 * 60,
            Kind::DeleteAccount => 24 * 60 * 60,
        }
    }
}

/// Makes the token of a link; older ones of the account and kind are void.
pub fn make(tx: &Tx, owner: Owner, kind: Kind, now: Timestamp) -> Result<String> {
    let token = new_token()?;
    store::delete_links(tx, owner, kind)?;
    let ends = now.plus_seconds(kind.lifetime());
    store::insert_link(tx, owner, kind, &hash_of(&token), now, ends)?;
    Ok(token)
}

/// A link to a new password by a command, for who can sign in once they have one.
pub fn make_by_command(tx: &Tx, owner: Owner, now: Timestamp) -> Result<String> {
    let user = user::get(tx, owner)?;
    if user.disabled_at.is_some() {
        return Err(Error::conflict("account_disabled", "the account is disabled"));
    }
    if user.email.is_none() {
        let why = "the account has no e-mail to sign in with: its issuer vouches for it";
        return Err(Error::conflict("no_email", why));
    }
    audit::note_command(tx, owner, audit::Kind::ResetRequested, now)?;
    make(tx, owner, Kind::ResetPassword, now)
}

/// Whose link it is, while it lasts.
pub fn owner(conn: &Conn, kind: Kind, token: &str, now: Timestamp) -> Result<Option<Owner>> {
    store::link_owner(conn, kind, &hash_of(token), now)
}

/// Voids every link of the account.
pub fn spend(tx: &Tx, owner: Owner) -> Result<()> {
    store::delete_all_links(tx, owner)
}

/// Removes links that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_links(tx, now)
}
