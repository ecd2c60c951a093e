//! Docket's own Ed25519 keys: made once, published, rotated.

use std::sync::{Arc, PoisonError, RwLock};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::SigningKey;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Serialize;
use serde_json::{Value, json};

use super::jwt::VerifyingKey;
use super::{TOKEN_SECONDS, store};
use crate::db::{Conn, Db, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// A key of our own as it is kept.
pub(super) struct OwnKey {
    pub kid: String,
    pub seed: [u8; 32],
}

impl OwnKey {
    fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&self.seed).verifying_key().as_bytes())
    }
}

/// Makes the first signing key, unless there is one.
pub fn ensure_key(tx: &Tx, now: Timestamp) -> Result<()> {
    if store::signing_key(tx)?.is_none() {
        make_key(tx, now)?;
    }
    Ok(())
}

/// Makes a new signing key. The old ones verify until their last token has ended.
pub fn rotate(tx: &Tx, now: Timestamp) -> Result<String> {
    store::retire_keys(tx, now)?;
    tx.standing_changes();
    make_key(tx, now)
}

/// A key of our own as its owner sees it.
#[derive(Clone, Debug, Serialize)]
pub struct KeyStatus {
    pub kid: String,
    /// `signs`, `verifies` (until the last token it signed has ended) or `ended`.
    pub state: &'static str,
    pub created_at: Timestamp,
    /// Since when it no longer signs.
    pub retired_at: Option<Timestamp>,
}

/// Every key that is kept, oldest first.
pub fn list(conn: &Conn, now: Timestamp) -> Result<Vec<KeyStatus>> {
    let live: Vec<String> = live(conn, now)?.into_iter().map(|key| key.kid).collect();
    store::key_statuses(conn, &live)
}

/// Removes a key, so that no token it signed is good any more. In place of the
/// one that signs comes a new one, whose name is given.
pub fn retire(tx: &Tx, kid: &str, now: Timestamp) -> Result<Option<String>> {
    if !store::has_key(tx, kid)? {
        return Err(Error::NotFound("key"));
    }
    tx.standing_changes();
    store::delete_key(tx, kid)?;
    match store::signing_key(tx)? {
        Some(_) => Ok(None),
        None => make_key(tx, now).map(Some),
    }
}

fn make_key(tx: &Tx, now: Timestamp) -> Result<String> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|error| Error::Internal(error.to_string()))?;
    let key = OwnKey { kid: uuid::Uuid::now_v7().simple().to_string(), seed };
    store::insert_key(tx, &key, now)?;
    Ok(key.kid)
}

/// The public keys as a JWK Set (RFC 7517, 5; RFC 8037, 2).
pub fn public_keys(conn: &Conn, now: Timestamp) -> Result<Value> {
    let keys: Vec<Value> = live(conn, now)?
        .iter()
        .map(|key| {
            json!({ "kty": "OKP", "crv": "Ed25519", "alg": "EdDSA", "use": "sig",
                    "kid": key.kid, "x": key.public() })
        })
        .collect();
    Ok(json!({ "keys": keys }))
}

fn live(conn: &Conn, now: Timestamp) -> Result<Vec<OwnKey>> {
    store::live_keys(conn, now.plus_seconds(-TOKEN_SECONDS), now)
}

/// Retired keys are forgotten at most this much later than they might be.
const LONGEST_UNREAD: i64 = 60;

/// The keys in memory, read anew whenever anybody's standing changed, and now
/// and then because a retired key ends without anybody's doing.
#[derive(Default)]
pub(super) struct KeyRing {
    known: RwLock<Arc<Known>>,
}

#[derive(Default)]
struct Known {
    /// The standing they were read at; `None` before the first time.
    standing: Option<u64>,
    /// When they are read anew.
    until: Option<Timestamp>,
    keys: Vec<VerifyingKey>,
}

impl KeyRing {
    pub(super) async fn key(
        &self,
        db: &Db,
        kid: Option<&str>,
        now: Timestamp,
    ) -> Result<Option<VerifyingKey>> {
        let standing = db.signals().standing();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        match known.find(kid) {
            Some(key) if known.standing == Some(standing) && known.until > Some(now) => {
                Ok(Some(key))
            }
            None if kid.is_none() => Ok(None),
            // Also for an unknown name: a command may have made the key just now,
            // and word of that takes a moment to get here.
            _ => Ok(self.read(db, standing, now).await?.find(kid)),
        }
    }

    async fn read(&self, db: &Db, standing: u64, now: Timestamp) -> Result<Arc<Known>> {
        let keys = db.read(Owner::NOBODY, move |conn| live(conn, now)).await?;
        let keys: Result<Vec<VerifyingKey>> = keys.iter().map(verifying).collect();
        let until = Some(now.plus_seconds(LONGEST_UNREAD));
        let known = Arc::new(Known { standing: Some(standing), until, keys: keys? });
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known.clone();
        Ok(known)
    }
}

impl Known {
    fn find(&self, kid: Option<&str>) -> Option<VerifyingKey> {
        self.keys.iter().find(|key| key.kid.as_deref() == kid).cloned()
    }
}

fn verifying(key: &OwnKey) -> Result<VerifyingKey> {
    let decoding = DecodingKey::from_ed_components(&key.public())
        .map_err(|error| Error::Internal(format!("a key of our own is unusable: {error}")))?;
    Ok(VerifyingKey {
        kid: Some(key.kid.clone()),
        algorithm: Algorithm::EdDSA,
        key: Arc::new(decoding),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::Role;

    // SECURITY-BAR T20
    #[test]
    fn a_retired_key_ends_though_nothing_else_happens() {
        let dir = tempfile::TempDir::new().unwrap();
        let db = Db::open(dir.path(), Role::Command).unwrap();
        let now = Timestamp::from_seconds(1_795_000_000);
        let old = db.write_now(move |tx| make_key(tx, now)).unwrap();
        db.write_now(move |tx| rotate(tx, now)).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let ring = KeyRing::default();
        let verifies = |seconds| {
            let key = runtime.block_on(ring.key(&db, Some(&old), now.plus_seconds(seconds)));
            key.unwrap().is_some()
        };

        assert!(verifies(1));
        assert!(verifies(TOKEN_SECONDS - 1));
        assert!(!verifies(TOKEN_SECONDS + LONGEST_UNREAD));
        db.close();
    }
}
