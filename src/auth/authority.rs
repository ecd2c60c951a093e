//! Lets a request in, or not.
//!
//! A token that was found good is remembered until it ends, by the hash of all
//! of it. Whether its account and session still stand is remembered apart, with
//! the number of changes to anybody's standing at the time; when that number
//! moves, the next request looks again. So the hot path asks the database
//! nothing, and an ended session is out at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::access_token::{self, Scopes};
use super::claims::ago;
use super::issuer::Voucher;
use super::store::{self, Account};
use super::user;
use super::verify::{Failure, Keys, Verified, Who};
use super::witness::{Refusal, Silent, Step, Witness};
use crate::config::Config;
use crate::db::{Conn, Db};
use crate::error::{Error, Result};
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// How many tokens are remembered.
const REMEMBERED: usize = 20_000;

/// Decides who a token is.
pub struct Authority {
    db: Db,
    keys: Keys,
    remembered: Cache<[u8; 32], Arc<Grant>>,
}

/// What a good token grants: to be one person, until a time.
#[derive(Debug)]
pub struct Grant {
    pub owner: Owner,
    pub user: UserId,
    /// `sub` as the token has it: an external issuer's name for the person.
    pub subject: String,
    proof: Proof,
    /// The moment after which it is refused, leeway included.
    ends: Timestamp,
    /// How many changes of standing had happened when it was last looked at.
    standing: AtomicU64,
}

/// What stands behind a token, and ends it when it goes.
#[derive(Clone, Debug)]
enum Proof {
    /// A session here.
    Session {
        id: String,
        /// The key of ours that signed the token.
        kid: Option<String>,
    },
    /// Another issuer's word, given at this second.
    Word {
        issued: Option<i64>,
        voucher: Option<Voucher>,
    },
    AccessToken {
        id: String,
        scopes: Scopes,
        noted: Arc<AtomicI64>,
    },
}

/// A use of an access token is noted once in this time.
const NOTED_SECONDS: i64 = 60;

impl Grant {
    /// What an access token is limited to; a session may do all its person may.
    pub fn scopes(&self) -> Option<Scopes> {
        match &self.proof {
            Proof::AccessToken { scopes, .. } => Some(*scopes),
            Proof::Session { .. } | Proof::Word { .. } => None,
        }
    }

    /// The access token whose use should be noted now, if it is one.
    pub fn use_to_note(&self, now: Timestamp) -> Option<&str> {
        let Proof::AccessToken { id, noted, .. } = &self.proof else { return None };
        let before = noted.load(Ordering::Relaxed);
        if now.seconds() - before < NOTED_SECONDS {
            return None;
        }
        let mine =
            noted.compare_exchange(before, now.seconds(), Ordering::Relaxed, Ordering::Relaxed);
        mine.is_ok().then_some(id)
    }

    /// False once the issuer publishes other keys than when the token was
    /// verified; then it must be verified again.
    fn is_vouched_for(&self) -> bool {
        let Proof::Word { voucher: Some(voucher), .. } = &self.proof else { return true };
        voucher.holds()
    }

    /// How long until the token has ended.
    pub fn left(&self, now: Timestamp) -> Duration {
        let left = self.ends.0.saturating_sub(now.0).saturating_add(1).max(0);
        // A timer that is set too far ahead is set again when it fires.
        Duration::from_millis(left.unsigned_abs()).min(Duration::from_secs(3600))
    }
}

impl Authority {
    /// `own_issuer` is the base URL, both `iss` and `aud` of our own tokens.
    pub fn new(db: Db, config: &Config, own_issuer: String) -> Authority {
        let keys = Keys::new(config, own_issuer);
        Authority { db, keys, remembered: Cache::new(REMEMBERED) }
    }

    /// The grant of a token. A stranger's first good token makes their account.
    pub async fn admit(&self, token: &str, now: Timestamp) -> Result<Arc<Grant>> {
        let hash: [u8; 32] = Sha256::digest(token).into();
        if let Some(grant) = self.remembered.get(&hash).filter(|grant| grant.is_vouched_for()) {
            if self.stands(&grant, now).await? {
                return Ok(grant);
            }
            self.remembered.remove(&hash);
            return Err(refuse(&Refusal::at(Step::Revocation, "it was good before")));
        }
        let grant = Arc::new(self.decide(token, now).await?);
        self.remembered.insert(hash, grant.clone());
        Ok(grant)
    }

    /// True while the token has not ended and its account and session stand.
    /// Asks the database only when somebody's standing changed since the last time.
    pub async fn stands(&self, grant: &Grant, now: Timestamp) -> Result<bool> {
        if now > grant.ends || !grant.is_vouched_for() {
            return Ok(false);
        }
        let standing = self.db.signals().standing();
        if grant.standing.load(Ordering::Acquire) == standing {
            return Ok(true);
        }
        let (owner, proof) = (grant.owner, grant.proof.clone());
        let look = move |conn: &Conn| {
            let Some(account) = store::account_by_owner(conn, owner)? else { return Ok(false) };
            Ok(revoked(conn, &account, &proof, now)?.is_none())
        };
        let good = self.db.read(owner, look).await?;
        if good {
            grant.standing.store(standing, Ordering::Release);
        }
        Ok(good)
    }

    async fn decide(&self, token: &str, now: Timestamp) -> Result<Grant> {
        let standing = self.db.signals().standing();
        if access_token::is_meant(token) {
            return self.decide_access(token, standing, now).await;
        }
        let verified = match self.keys.verify(&self.db, token, now, &mut Silent).await {
            Ok(verified) => verified,
            Err(Failure::Refused(refusal)) => return Err(refuse(&refusal)),
            Err(Failure::Error(error)) => return Err(error),
        };
        let account = match self.find_account(&verified).await? {
            Some(account) => account,
            None => self.make_account(&verified, now).await?,
        };
        let proof = proof_of(&verified);
        let reason = self
            .db
            .read(account.owner, {
                let (account, proof) = (account.clone(), proof.clone());
                move |conn| revoked(conn, &account, &proof, now)
            })
            .await?;
        if let Some(reason) = reason {
            return Err(refuse(&Refusal::at(Step::Revocation, reason)));
        }
        Ok(Grant {
            owner: account.owner,
            user: account.id,
            subject: verified.subject,
            proof,
            ends: Timestamp::from_seconds(verified.times.ends as i64).plus_seconds(60),
            standing: AtomicU64::new(standing),
        })
    }

    async fn decide_access(&self, token: &str, standing: u64, now: Timestamp) -> Result<Grant> {
        let token = token.to_owned();
        let look = move |conn: &Conn| access_token::verify(conn, &token, now, &mut Silent);
        let found = self.db.read(Owner::NOBODY, look).await?;
        let (account, found) = found.map_err(|refusal| refuse(&refusal))?;
        if account.disabled {
            return Err(refuse(&Refusal::at(Step::Revocation, DISABLED)));
        }
        let noted = found.last_used_at.map_or(0, Timestamp::seconds);
        Ok(Grant {
            owner: account.owner,
            subject: account.id.0.clone(),
            user: account.id,
            ends: found.expires_at.unwrap_or(Timestamp(i64::MAX)),
            proof: Proof::AccessToken {
                id: found.id,
                scopes: found.scopes,
                noted: Arc::new(AtomicI64::new(noted)),
            },
            standing: AtomicU64::new(standing),
        })
    }

    /// The same decision without making an account, told step by step.
    pub async fn explain(
        &self,
        token: &str,
        now: Timestamp,
        witness: &mut impl Witness,
    ) -> Result<Result<(), Refusal>> {
        if access_token::is_meant(token) {
            return self.explain_access(token, now, witness);
        }
        let verified = match self.keys.verify(&self.db, token, now, witness).await {
            Ok(verified) => verified,
            Err(Failure::Refused(refusal)) => return Ok(Err(refusal)),
            Err(Failure::Error(error)) => return Err(error),
        };
        let Some(account) = self.find_account(&verified).await? else {
            if matches!(verified.who, Who::Local) {
                return Ok(Err(no_account()));
            }
            witness.passed(Step::Account, || "none yet; the first request makes one".into());
            return Ok(Ok(()));
        };
        witness.passed(Step::Account, || format!("{} ({})", account.label, account.id));
        let proof = proof_of(&verified);
        let reason = self.db.read_now(|conn| revoked(conn, &account, &proof, now))?;
        if let Some(reason) = reason {
            return Ok(Err(Refusal::at(Step::Revocation, reason)));
        }
        witness.passed(Step::Revocation, || match proof {
            Proof::Session { id, .. } => format!("session {id} is alive"),
            Proof::Word { .. } | Proof::AccessToken { .. } => "nothing revokes it".into(),
        });
        Ok(Ok(()))
    }

    fn explain_access(
        &self,
        token: &str,
        now: Timestamp,
        witness: &mut impl Witness,
    ) -> Result<Result<(), Refusal>> {
        let found = self.db.read_now(|conn| access_token::verify(conn, token, now, witness))?;
        let (account, _) = match found {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        witness.passed(Step::Account, || format!("{} ({})", account.label, account.id));
        if account.disabled {
            return Ok(Err(Refusal::at(Step::Revocation, DISABLED)));
        }
        witness.passed(Step::Revocation, || "nothing revokes it".into());
        Ok(Ok(()))
    }

    async fn find_account(&self, verified: &Verified) -> Result<Option<Account>> {
        let subject = verified.subject.clone();
        match &verified.who {
            Who::Local => {
                self.db.read(Owner::NOBODY, move |conn| store::account_by_id(conn, &subject)).await
            }
            Who::External { issuer } => {
                let issuer = issuer.clone();
                self.db
                    .read(Owner::NOBODY, move |conn| {
                        store::account_by_subject(conn, &issuer, &subject)
                    })
                    .await
            }
        }
    }

    async fn make_account(&self, verified: &Verified, now: Timestamp) -> Result<Account> {
        let Who::External { issuer } = &verified.who else {
            return Err(refuse(&no_account()));
        };
        let (issuer, subject) = (issuer.clone(), verified.subject.clone());
        let account = self
            .db
            .write(move |tx| {
                user::welcome(tx, &issuer, &subject, now)?;
                store::account_by_subject(tx, &issuer, &subject)
            })
            .await?;
        account.ok_or_else(|| Error::Internal("an account vanished as it was made".into()))
    }
}

fn no_account() -> Refusal {
    Refusal::at(Step::Account, "its sub names no account here")
}

fn proof_of(verified: &Verified) -> Proof {
    match &verified.session {
        Some(id) => Proof::Session { id: id.clone(), kid: verified.own_key.clone() },
        None => Proof::Word {
            issued: verified.times.issued.map(|issued| issued as i64),
            voucher: verified.voucher.clone(),
        },
    }
}

const DISABLED: &str = "the account is disabled";

/// Such a token may be one of those that were meant to end.
const UNDATED: &str = "it does not say when it was issued (iat), and the account was disabled \
    once, or its password changed: only tokens from after that are accepted";

/// Why an account, or what stands behind a token, no longer counts, if so.
fn revoked(
    conn: &Conn,
    account: &Account,
    proof: &Proof,
    now: Timestamp,
) -> Result<Option<String>> {
    if account.disabled {
        return Ok(Some(DISABLED.into()));
    }
    match proof {
        Proof::Session { kid: Some(kid), .. } if !store::has_key(conn, kid)? => {
            Ok(Some("the key that signed it was retired".into()))
        }
        Proof::Session { id, .. } => session_ended(conn, account.owner, id, now),
        Proof::AccessToken { id, .. } => access_token::revoked(conn, account.owner, id, now),
        Proof::Word { issued: None, .. } if account.tokens_after > 0 => Ok(Some(UNDATED.into())),
        Proof::Word { issued: Some(issued), .. } if *issued < account.tokens_after => {
            Ok(Some("it is from before the account was disabled, or its password changed".into()))
        }
        Proof::Word { .. } => Ok(None),
    }
}

fn session_ended(
    conn: &Conn,
    owner: Owner,
    session: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    Ok(match store::session_ends(conn, owner, session)? {
        None => Some("its session was ended".into()),
        Some(ends) if ends < now => {
            let since = ago((now.seconds() - ends.seconds()) as f64);
            Some(format!("its session ended {since}"))
        }
        Some(_) => None,
    })
}

/// The one answer to every token that is not accepted.
fn refuse(refusal: &Refusal) -> Error {
    Error::Refused { step: refusal.step.to_string(), reason: refusal.reason.clone() }
}
