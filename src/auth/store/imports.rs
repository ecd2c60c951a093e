//! What was brought in from elsewhere, and by which import.

use rusqlite::{OptionalExtension, Row, named_params};

use crate::auth::import::{Import, Member};
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

const IMPORT: &str = "id, at, file, undone_at,
    (select count(*) from imported_users
     where import = imports.id and owner is not null),
    (select count(*) from imported_rows where import = imports.id)";

fn import_from(row: &Row) -> rusqlite::Result<Import> {
    Ok(Import {
        id: row.get(0)?,
        at: row.get(1)?,
        file: row.get(2)?,
        undone_at: row.get(3)?,
        accounts: row.get(4)?,
        rows: row.get(5)?,
    })
}

pub(in crate::auth) fn list(conn: &Conn) -> Result<Vec<Import>> {
    let mut statement =
        conn.prepare_cached(&format!("select {IMPORT} from imports order by id"))?;
    let rows = statement.query_map([], import_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn find(conn: &Conn, id: i64) -> Result<Option<Import>> {
    let import = conn
        .prepare_cached(&format!("select {IMPORT} from imports where id = :id"))?
        .query_row(named_params! { ":id": id }, import_from)
        .optional()?;
    Ok(import)
}

/// The accounts of an import that are here, none of them looked at yet.
pub(in crate::auth) fn members(conn: &Conn, import: i64) -> Result<Vec<Member>> {
    let mut statement = conn.prepare_cached(
        "select users.owner, users.id, users.email
         from imported_users join users on users.owner = imported_users.owner
         where import = :import
         order by users.owner",
    )?;
    let rows = statement.query_map(named_params! { ":import": import }, |row| {
        Ok(Member { owner: row.get(0)?, id: row.get(1)?, email: row.get(2)?, used: false })
    })?;
    rows.map(|row| Ok(row?)).collect()
}

/// True if the person has changed something or signed in since. An account has
/// its Inbox, and that is revision 1; the record of a sign-in may be gone after
/// its days, the password that was hashed anew with it stays so.
pub(in crate::auth) fn is_used(conn: &Conn, owner: Owner, since: Timestamp) -> Result<bool> {
    let used = conn
        .prepare_cached(
            "select updated_at > :since
                 or exists (select 1 from revisions
                            where owner = :owner and revision > 1)
                 or exists (select 1 from sessions
                            where owner = :owner and max(created_at, updated_at) > :since)
                 or exists (select 1 from audit
                            where owner = :owner and at >= :since and origin <> 'cli'
                                and kind not glob '*_failed' and kind <> 'reset_requested')
             from users
             where owner = :owner",
        )?
        .query_row(named_params! { ":owner": owner, ":since": since }, |row| row.get(0))?;
    Ok(used)
}

pub(in crate::auth) fn forget(tx: &Tx, id: &UserId) -> Result<()> {
    tx.prepare_cached("delete from imported_users where user_id = :id")?
        .execute(named_params! { ":id": id })?;
    Ok(())
}

pub(in crate::auth) fn set_undone(tx: &Tx, id: i64, now: Timestamp) -> Result<()> {
    tx.prepare_cached("update imports set undone_at = :now where id = :id")?
        .execute(named_params! { ":id": id, ":now": now })?;
    Ok(())
}
