//! Lets a request in, or not.
//!
//! A token that was found good is remembered until it ends, by the hash of all
//! of it. Whether its account and session still stand is remembered apart, with
//! the number of changes to anybody's standing at the time; when that number
//! moves, the next request looks again. So the hot path asks the database
//! nothing, and an ended session is out at once.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use super::claims::ago;
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
    pub session: Option<String>,
    issued: Option<i64>,
    /// The moment after which it is refused, leeway included.
    ends: Timestamp,
    /// How many changes of standing had happened when it was last looked at.
    standing: AtomicU64,
}

impl Grant {
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
        if let Some(grant) = self.remembered.get(&hash) {
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
        if now > grant.ends {
            return Ok(false);
        }
        let standing = self.db.signals().standing();
        if grant.standing.load(Ordering::Acquire) == standing {
            return Ok(true);
        }
        let (owner, session, issued) = (grant.owner, grant.session.clone(), grant.issued);
        let look = move |conn: &Conn| {
            let Some(account) = store::account_by_owner(conn, owner)? else { return Ok(false) };
            Ok(revoked(conn, &account, session.as_deref(), issued, now)?.is_none())
        };
        let good = self.db.read(owner, look).await?;
        if good {
            grant.standing.store(standing, Ordering::Release);
        }
        Ok(good)
    }

    async fn decide(&self, token: &str, now: Timestamp) -> Result<Grant> {
        let standing = self.db.signals().standing();
        let verified = match self.keys.verify(&self.db, token, now, &mut Silent).await {
            Ok(verified) => verified,
            Err(Failure::Refused(refusal)) => return Err(refuse(&refusal)),
            Err(Failure::Error(error)) => return Err(error),
        };
        let account = match self.find_account(&verified).await? {
            Some(account) => account,
            None => self.make_account(&verified, now).await?,
        };
        let issued = verified.times.issued.map(|issued| issued as i64);
        let session = verified.session.clone();
        let reason = self
            .db
            .read(account.owner, {
                let (account, session) = (account.clone(), session.clone());
                move |conn| revoked(conn, &account, session.as_deref(), issued, now)
            })
            .await?;
        if let Some(reason) = reason {
            return Err(refuse(&Refusal::at(Step::Revocation, reason)));
        }
        Ok(Grant {
            owner: account.owner,
            user: account.id,
            subject: verified.subject,
            session,
            issued,
            ends: Timestamp::from_seconds(verified.times.ends as i64).plus_seconds(60),
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
        let issued = verified.times.issued.map(|issued| issued as i64);
        let session = verified.session.as_deref();
        let reason = self.db.read_now(|conn| revoked(conn, &account, session, issued, now))?;
        if let Some(reason) = reason {
            return Ok(Err(Refusal::at(Step::Revocation, reason)));
        }
        witness.passed(Step::Revocation, || match session {
            Some(session) => format!("session {session} is alive"),
            None => "nothing revokes it".into(),
        });
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

/// Why an account, session or token no longer counts, if so.
fn revoked(
    conn: &Conn,
    account: &Account,
    session: Option<&str>,
    issued: Option<i64>,
    now: Timestamp,
) -> Result<Option<String>> {
    if account.disabled {
        return Ok(Some("the account is disabled".into()));
    }
    if let Some(session) = session {
        return match store::session_ends(conn, account.owner, session)? {
            None => Ok(Some("its session was ended".into())),
            Some(ends) if ends < now => {
                let since = ago((now.seconds() - ends.seconds()) as f64);
                Ok(Some(format!("its session ended {since}")))
            }
            Some(_) => Ok(None),
        };
    }
    if issued.unwrap_or(0) < account.tokens_after {
        return Ok(Some("it was issued before the account's last change of password".into()));
    }
    Ok(None)
}

/// The one answer to every token that is not accepted; the reason goes to the log.
fn refuse(refusal: &Refusal) -> Error {
    tracing::info!(step = %refusal.step, "token refused: {}", refusal.reason);
    Error::Unauthorized { sent: true }
}
