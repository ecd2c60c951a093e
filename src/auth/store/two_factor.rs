//! The SQL of second factors.

use rusqlite::{OptionalExtension, named_params};

use crate::auth::two_factor::{ChallengeKind, Factor};
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(in crate::auth) fn find_factor(conn: &Conn, owner: Owner) -> Result<Option<Factor>> {
    let factor = conn
        .prepare_cached(
            "select secret_sealed, backup_hashes, verified, last_step, failures, locked_until,
                 has_app
             from two_factors
             where owner = :owner",
        )?
        .query_row(named_params! { ":owner": owner }, |row| {
            Ok(Factor {
                secret_sealed: row.get(0)?,
                backup_hashes: row.get(1)?,
                verified: row.get(2)?,
                last_step: row.get(3)?,
                failures: row.get(4)?,
                locked_until: row.get(5)?,
                has_app: row.get(6)?,
            })
        })
        .optional()?;
    Ok(factor)
}

/// The secrets of many, to see whether they open.
pub(in crate::auth) fn sealed_secrets(conn: &Conn) -> Result<Vec<Vec<u8>>> {
    let mut statement = conn.prepare_cached(
        "select secret_sealed from two_factors
         where verified = 1
         limit 1000",
    )?;
    let rows = statement.query_map([], |row| row.get(0))?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn save_factor(tx: &Tx, owner: Owner, factor: &Factor) -> Result<()> {
    tx.prepare_cached(
        "insert into two_factors
            (owner, secret_sealed, backup_hashes, verified, last_step, failures, locked_until,
             has_app)
         values
            (:owner, :secret, :backup, :verified, :last_step, :failures, :locked_until,
             :has_app)
         on conflict (owner) do update
         set secret_sealed = :secret, backup_hashes = :backup, verified = :verified,
             last_step = :last_step, failures = :failures, locked_until = :locked_until,
             has_app = :has_app",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":secret": factor.secret_sealed,
        ":backup": factor.backup_hashes,
        ":verified": factor.verified,
        ":last_step": factor.last_step,
        ":failures": factor.failures,
        ":locked_until": factor.locked_until,
        ":has_app": factor.has_app,
    })?;
    Ok(())
}

/// Removes the factor, and what waits for it or was let off it.
pub(in crate::auth) fn delete_factor(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from two_factors where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    tx.prepare_cached("delete from challenges where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    delete_mailed_code(tx, owner)
}

pub(in crate::auth) fn save_mailed_code(
    tx: &Tx,
    owner: Owner,
    mac: &str,
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into mailed_codes (owner, code_mac, expires_at)
         values (:owner, :mac, :ends)
         on conflict (owner) do update set code_mac = :mac, expires_at = :ends",
    )?
    .execute(named_params! { ":owner": owner, ":mac": mac, ":ends": ends })?;
    Ok(())
}

pub(in crate::auth) fn mailed_code(
    conn: &Conn,
    owner: Owner,
    now: Timestamp,
) -> Result<Option<String>> {
    let mac = conn
        .prepare_cached(
            "select code_mac from mailed_codes where owner = :owner and expires_at > :now",
        )?
        .query_row(named_params! { ":owner": owner, ":now": now }, |row| row.get(0))
        .optional()?;
    Ok(mac)
}

pub(in crate::auth) fn delete_mailed_code(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from mailed_codes where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    Ok(())
}

pub(in crate::auth) fn delete_ended_codes(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from mailed_codes where expires_at <= :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn insert_challenge(
    tx: &Tx,
    owner: Owner,
    kind: ChallengeKind,
    hash: &[u8; 32],
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into challenges (id_hash, kind, owner, expires_at)
         values (:hash, :kind, :owner, :ends)",
    )?
    .execute(named_params! {
        ":hash": hash,
        ":kind": kind.name(),
        ":owner": owner,
        ":ends": ends,
    })?;
    Ok(())
}

/// Whose challenge it is, and how often it was answered wrongly.
pub(in crate::auth) fn find_challenge(
    conn: &Conn,
    kind: ChallengeKind,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(Owner, i64)>> {
    let found = conn
        .prepare_cached(
            "select owner, attempts from challenges
             where id_hash = :hash and kind = :kind and expires_at > :now",
        )?
        .query_row(named_params! { ":hash": hash, ":kind": kind.name(), ":now": now }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    Ok(found)
}

pub(in crate::auth) fn count_attempt(tx: &Tx, hash: &[u8; 32]) -> Result<()> {
    tx.prepare_cached("update challenges set attempts = attempts + 1 where id_hash = :hash")?
        .execute(named_params! { ":hash": hash })?;
    Ok(())
}

pub(in crate::auth) fn delete_challenge(tx: &Tx, hash: &[u8; 32]) -> Result<()> {
    tx.prepare_cached("delete from challenges where id_hash = :hash")?
        .execute(named_params! { ":hash": hash })?;
    Ok(())
}

/// Ends the sign-ins of an account that wait for the second factor.
pub(in crate::auth) fn delete_waiting(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from challenges where owner = :owner and kind = 'sign-in'")?
        .execute(named_params! { ":owner": owner })?;
    Ok(())
}

pub(in crate::auth) fn delete_ended_challenges(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from challenges where expires_at <= :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}
