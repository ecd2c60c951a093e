//! Links that are used once.

use rusqlite::{OptionalExtension, named_params};

use crate::auth::link::Kind;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(in crate::auth) fn insert_link(
    tx: &Tx,
    owner: Owner,
    kind: Kind,
    hash: &[u8; 32],
    now: Timestamp,
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into links (token_hash, kind, owner, created_at, expires_at)
         values (:hash, :kind, :owner, :now, :ends)",
    )?
    .execute(named_params! {
        ":hash": hash,
        ":kind": kind.name(),
        ":owner": owner,
        ":now": now,
        ":ends": ends,
    })?;
    Ok(())
}

/// Whom a link that has not ended belongs to.
pub(in crate::auth) fn link_owner(
    conn: &Conn,
    kind: Kind,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached(
            "select owner from links
             where token_hash = :hash and kind = :kind and expires_at > :now",
        )?
        .query_row(named_params! { ":hash": hash, ":kind": kind.name(), ":now": now }, |row| {
            row.get(0)
        })
        .optional()?;
    Ok(owner)
}

/// Voids every link of one kind that an account has.
pub(in crate::auth) fn delete_links(tx: &Tx, owner: Owner, kind: Kind) -> Result<()> {
    tx.prepare_cached("delete from links where owner = :owner and kind = :kind")?
        .execute(named_params! { ":owner": owner, ":kind": kind.name() })?;
    Ok(())
}

pub(in crate::auth) fn delete_all_links(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from links where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    Ok(())
}

pub(in crate::auth) fn delete_ended_links(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from links where expires_at <= :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}
