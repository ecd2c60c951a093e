//! Deleting an account by the word of the machine's owner: its person is out at
//! once, and all that is in it is kept for thirty days, in which it can come back.

use super::audit::{self, Kind};
use super::{store, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// How long a deleted account is kept, in seconds.
pub const KEPT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// Lets nobody in, and gives the time from which it is gone for good. Deleting
/// it again does not make that later.
pub fn delete(tx: &Tx, owner: Owner, now: Timestamp) -> Result<Timestamp> {
    if let Some(deleted) = user::get(tx, owner)?.deleted_at {
        return Ok(deleted.plus_seconds(KEPT_SECONDS));
    }
    user::end_access(tx, owner, now)?;
    store::set_deleted(tx, owner, now)?;
    audit::note_command(tx, owner, Kind::AccountDeleted, now)?;
    Ok(now.plus_seconds(KEPT_SECONDS))
}

/// Brings it back as it was. What was ended stays ended.
pub fn undelete(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    if user::get(tx, owner)?.deleted_at.is_none() {
        return Err(Error::conflict("not_deleted", "the account is not deleted"));
    }
    tx.standing_changes();
    store::set_undeleted(tx, owner, now)?;
    audit::note_command(tx, owner, Kind::AccountRestored, now)
}

/// Removes it with all that is in it.
pub fn purge(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    audit::note_command(tx, owner, Kind::AccountPurged, now)?;
    user::delete(tx, owner)
}

/// Accounts whose thirty days are over.
pub fn owners_to_purge(conn: &Conn, now: Timestamp) -> Result<Vec<Owner>> {
    store::owners_deleted_until(conn, now.plus_seconds(-KEPT_SECONDS))
}

/// Removes it unless it came back a moment ago.
pub fn purge_if_due(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    if owners_to_purge(tx, now)?.contains(&owner) { purge(tx, owner, now) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::user::Email;
    use crate::db::{Db, Role};

    #[test]
    fn an_account_goes_for_good_after_its_days_and_not_before() {
        let dir = tempfile::TempDir::new().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        let now = Timestamp::from_seconds(1_795_000_000);
        let purged_at = |days: i64, comes_back: bool| {
            db.write_now(move |tx| {
                let email = Email::parse("ada@example.org")?;
                let user = user::add(tx, email, "Ada", None, now)?;
                let owner = user::find(tx, user.id.as_str())?;
                delete(tx, owner, now)?;
                let later = now.plus_seconds(days * 24 * 60 * 60);
                let due = owners_to_purge(tx, later)?;
                if comes_back {
                    undelete(tx, owner, later)?;
                }
                for owner in due {
                    purge_if_due(tx, owner, later)?;
                }
                let is_gone = user::list(tx)?.is_empty();
                if !is_gone {
                    purge(tx, owner, later)?;
                }
                Ok(is_gone)
            })
            .unwrap()
        };

        assert!(!purged_at(29, false));
        assert!(purged_at(30, false));
        assert!(!purged_at(30, true));
        db.close();
    }
}
