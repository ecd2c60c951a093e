//! Accounts that go: out of the way first, and out of the file.

use rusqlite::named_params;

use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(in crate::auth) fn delete_user(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from users where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    Ok(())
}

/// An account that was disabled before stays so when it comes back.
pub(in crate::auth) fn set_deleted(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users
         set deleted_at = :now, disabled_at = coalesce(disabled_at, :now), updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn set_undeleted(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users
         set disabled_at = nullif(disabled_at, deleted_at), deleted_at = null, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn owners_deleted_until(conn: &Conn, time: Timestamp) -> Result<Vec<Owner>> {
    let mut statement = conn.prepare_cached(
        "select owner from users where deleted_at is not null and deleted_at <= :time",
    )?;
    let rows = statement.query_map(named_params! { ":time": time }, |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}
