//! `Idempotency-Key`: a request sent twice is done once (IETF draft
//! httpapi-idempotency-key-header). Answers are kept for a day.

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::store;
use crate::db::Tx;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

const KEPT_SECONDS: i64 = 24 * 60 * 60;

/// What a client said to recognise its retry by.
#[derive(Clone, Debug)]
pub struct Retry {
    key: String,
    fingerprint: [u8; 32],
}

/// An answer that can be given again.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// True when it was kept from the first time.
    pub replayed: bool,
}

impl Retry {
    /// The key of a request, and a fingerprint of what it asks.
    pub fn new(key: String, method: &str, path: &str, body: &[u8]) -> Retry {
        let mut hash = Sha256::new();
        for part in [method.as_bytes(), path.as_bytes(), body] {
            hash.update((part.len() as u64).to_le_bytes());
            hash.update(part);
        }
        Retry { key, fingerprint: hash.finalize().into() }
    }
}

impl Answer {
    /// 201 with what was made, where it is, and its tag.
    pub fn made(thing: &impl Serialize, location: String, etag: String) -> Result<Answer> {
        let body =
            serde_json::to_string(thing).map_err(|error| Error::Internal(error.to_string()))?;
        let headers = vec![("Location".into(), location), ("ETag".into(), etag)];
        Ok(Answer { status: 201, headers, body, replayed: false })
    }
}

/// Does the work once for a key; a retry gets the first answer, and the same
/// key with another request is refused.
pub fn once(
    tx: &Tx,
    owner: Owner,
    retry: Option<&Retry>,
    now: Timestamp,
    work: impl FnOnce() -> Result<Answer>,
) -> Result<Answer> {
    let Some(retry) = retry else { return work() };
    let oldest = now.plus_seconds(-KEPT_SECONDS);
    if let Some((fingerprint, answer)) = store::find_reply(tx, owner, &retry.key, oldest)? {
        if fingerprint != retry.fingerprint {
            return Err(Error::invalid(
                "Idempotency-Key",
                "was used with another request; use a new key",
            ));
        }
        return Ok(answer);
    }
    let answer = work()?;
    store::save_reply(tx, owner, &retry.key, &retry.fingerprint, &answer, now)?;
    Ok(answer)
}

/// Removes answers that nobody can ask for any more.
pub fn forget_old(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_replies(tx, now.plus_seconds(-KEPT_SECONDS))
}
