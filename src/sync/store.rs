//! The SQL of kept answers.

use rusqlite::{OptionalExtension, named_params};

use super::retry::Answer;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

pub(super) fn find_reply(
    tx: &Tx,
    owner: Owner,
    key: &str,
    oldest: Timestamp,
) -> Result<Option<([u8; 32], Answer)>> {
    let found = tx
        .prepare_cached(
            "select fingerprint, status, headers, body
             from replies
             where owner = :owner and key = :key and created_at > :oldest",
        )?
        .query_row(named_params! { ":owner": owner, ":key": key, ":oldest": oldest }, |row| {
            let headers: String = row.get(2)?;
            let headers = serde_json::from_str(&headers).unwrap_or_default();
            let answer = Answer { status: row.get(1)?, headers, body: row.get(3)?, replayed: true };
            Ok((row.get(0)?, answer))
        })
        .optional()?;
    Ok(found)
}

pub(super) fn save_reply(
    tx: &Tx,
    owner: Owner,
    key: &str,
    fingerprint: &[u8; 32],
    answer: &Answer,
    now: Timestamp,
) -> Result<()> {
    let headers = serde_json::to_string(&answer.headers)
        .map_err(|error| Error::Internal(error.to_string()))?;
    tx.prepare_cached(
        "insert into replies (owner, key, fingerprint, status, headers, body, created_at)
         values (:owner, :key, :fingerprint, :status, :headers, :body, :now)
         on conflict (owner, key) do update
         set fingerprint = :fingerprint, status = :status, headers = :headers, body = :body,
             created_at = :now",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":key": key,
        ":fingerprint": fingerprint,
        ":status": answer.status,
        ":headers": headers,
        ":body": answer.body,
        ":now": now,
    })?;
    Ok(())
}

pub(super) fn delete_replies(tx: &Tx, oldest: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from replies where created_at <= :oldest")?
        .execute(named_params! { ":oldest": oldest })?;
    Ok(())
}
