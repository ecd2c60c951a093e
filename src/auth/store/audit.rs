//! The SQL of the record of what happened.

use rusqlite::{Row, named_params};

use crate::auth::audit::{Entry, Filter, OwnersEntry, Point};
use crate::auth::session::Device;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

/// The account may have gone since it was looked up: then it is nobody's.
pub(in crate::auth) fn insert(
    tx: &Tx,
    owner: Option<Owner>,
    kind: &str,
    device: &Device,
    sessions: &str,
    count: u32,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into audit
            (at, owner, account, kind, address, user_agent, origin, sessions, count)
         values
            (:now, (select owner from users where owner = :owner),
             coalesce((select id from users where owner = :owner), ''),
             :kind, :address, :user_agent, :origin, :sessions, :count)",
    )?
    .execute(named_params! {
        ":now": now,
        ":owner": owner,
        ":kind": kind,
        ":address": device.address,
        ":user_agent": device.user_agent,
        ":origin": device.origin.name(),
        ":sessions": sessions,
        ":count": count,
    })?;
    Ok(())
}

const ENTRY: &str = "at, kind, address, user_agent, origin, sessions, count";

fn entry_from(row: &Row) -> rusqlite::Result<Entry> {
    let sessions: String = row.get(5)?;
    Ok(Entry {
        at: row.get(0)?,
        kind: row.get(1)?,
        address: row.get(2)?,
        user_agent: row.get(3)?,
        origin: row.get(4)?,
        sessions: sessions.split_whitespace().map(str::to_owned).collect(),
        count: row.get(6)?,
    })
}

pub(in crate::auth) fn own(
    conn: &Conn,
    owner: Owner,
    after: Point,
    limit: u32,
) -> Result<Vec<Entry>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {ENTRY}
         from audit
         where owner = :owner and at <= :at
         order by at desc, id desc
         limit :limit offset :seen"
    ))?;
    let rows = statement.query_map(
        named_params! { ":owner": owner, ":at": after.at, ":seen": after.seen, ":limit": limit },
        entry_from,
    )?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn came_in_from(conn: &Conn, owner: Owner, address: &str) -> Result<bool> {
    let came_in = conn
        .prepare_cached(
            "select 1 from audit
             where owner = :owner and address = :address
                 and kind in ('signed_up', 'signed_in', 'password_changed')",
        )?
        .exists(named_params! { ":owner": owner, ":address": address })?;
    Ok(came_in)
}

/// Everybody's: for the server's owner alone.
pub(in crate::auth) fn list(conn: &Conn, filter: &Filter, limit: u32) -> Result<Vec<OwnersEntry>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {ENTRY}, audit.id, audit.account, users.email
         from audit left join users on users.owner = audit.owner
         where audit.id > :after
             and (:account is null or audit.account = :account)
             and (:since is null or audit.at >= :since)
             and (:kind is null or audit.kind = :kind)
         order by audit.id desc
         limit :limit"
    ))?;
    let rows = statement.query_map(
        named_params! {
            ":after": filter.after,
            ":account": filter.account,
            ":since": filter.since,
            ":kind": filter.kind.map(|kind| kind.name()),
            ":limit": limit,
        },
        |row| {
            let (id, user_id, email) = (row.get(7)?, row.get(8)?, row.get(9)?);
            Ok(OwnersEntry { id, entry: entry_from(row)?, user_id, email })
        },
    )?;
    rows.map(|row| Ok(row?)).collect()
}

/// True if something is on record about an account with this id that is gone.
pub(in crate::auth) fn knows(conn: &Conn, account: &str) -> Result<bool> {
    let known = conn
        .prepare_cached(
            "select 1 from audit
             where account = :account and account <> '' and owner is null",
        )?
        .exists(named_params! { ":account": account })?;
    Ok(known)
}

pub(in crate::auth) fn delete_before(tx: &Tx, time: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from audit where at < :time")?
        .execute(named_params! { ":time": time })?;
    Ok(())
}

/// Keeps the latest failures and deletes those before them.
pub(in crate::auth) fn delete_failures_but(tx: &Tx, kept: u32) -> Result<()> {
    tx.prepare_cached(
        "delete from audit where kind glob '*_failed' and id <= (
             select id from audit
             where kind glob '*_failed'
             order by id desc
             limit 1 offset :kept
         )",
    )?
    .execute(named_params! { ":kept": kept })?;
    Ok(())
}
