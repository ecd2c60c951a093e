//! What was brought in from elsewhere, and by which import.

use rusqlite::{OptionalExtension, named_params};

use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

pub(in crate::auth) fn insert(tx: &Tx, file: &str, now: Timestamp) -> Result<i64> {
    tx.prepare_cached("insert into imports (at, file) values (:now, :file)")?
        .execute(named_params! { ":now": now, ":file": file })?;
    Ok(tx.last_insert_rowid())
}

pub(in crate::auth) fn insert_user(tx: &Tx, import: i64, id: &UserId, owner: Owner) -> Result<()> {
    tx.prepare_cached(
        "insert into imported_users (user_id, import, owner)
         values (:id, :import, :owner)",
    )?
    .execute(named_params! { ":id": id, ":import": import, ":owner": owner })?;
    Ok(())
}

/// True if an import that was not undone brought an account with this id.
pub(in crate::auth) fn is_imported(conn: &Conn, id: &str) -> Result<bool> {
    let found = conn
        .prepare_cached("select 1 from imported_users where user_id = :id")?
        .query_row(named_params! { ":id": id }, |_| Ok(()))
        .optional()?;
    Ok(found.is_some())
}
