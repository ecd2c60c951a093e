//! The second factor: time-based codes (RFC 6238) and recovery codes.
//!
//! As Better Auth has it the key is the ASCII text of a 32-character secret,
//! codes have six digits of SHA-1 and live 30 seconds, one step either way is
//! forgiven. Unlike there, each code works once.

use sha2::{Digest, Sha256};
use totp_rs::{Algorithm, TOTP};

use super::mailed_code::{self, Verdict};
use super::secret::{self, ServerSecret};
use super::session::{hash_of, new_token};
use super::store::two_factor as store;
use crate::db::{Conn, Tx};
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

const STEP: i64 = 30;
const BACKUP_CODES: usize = 10;

/// Wrong answers to one challenge, and in a row to all of them.
const ATTEMPTS: i64 = 5;
const FAILURES: i64 = 10;

/// How long nothing is looked at then.
pub const LOCKED_SECONDS: u32 = 15 * 60;

const CHALLENGE_SECONDS: i64 = 10 * 60;
const TRUST_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A second factor as it is kept.
#[derive(Clone, Debug)]
pub struct Factor {
    pub(super) secret_sealed: Vec<u8>,
    pub(super) backup_hashes: Vec<u8>,
    pub(super) verified: bool,
    pub(super) last_step: i64,
    pub(super) failures: i64,
    pub(super) locked_until: Timestamp,
    /// An authenticator has shown a right code.
    pub(super) has_app: bool,
}

/// What somebody types.
#[derive(Clone, Debug)]
pub enum Code {
    Totp(String),
    Mailed(String),
    Backup(String),
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Right,
    Wrong,
    /// No code was mailed, or too long ago.
    Expired,
    /// There is no such challenge, or no more.
    Gone,
    /// Too many wrong answers to this challenge: it has ended.
    Exhausted,
    /// Too many wrong answers in a row: nothing is looked at for these seconds.
    Locked(u64),
    NotEnabled,
    /// The secret was sealed with another server secret. Recovery codes work.
    Unreadable,
}

/// What a challenge is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChallengeKind {
    SignIn,
    Trust,
}

impl ChallengeKind {
    pub(super) fn name(self) -> &'static str {
        match self {
            ChallengeKind::SignIn => "sign-in",
            ChallengeKind::Trust => "trust",
        }
    }
}

/// What a person needs to set up their authenticator, shown once.
#[derive(Clone, Debug)]
pub struct Setup {
    pub uri: String,
    pub backup_codes: Vec<String>,
}

/// The factor, if there is one.
pub fn find(conn: &Conn, owner: Owner) -> Result<Option<Factor>> {
    store::find_factor(conn, owner)
}

impl Factor {
    /// True once a first code was right: sign-ins ask for it.
    pub fn is_on(&self) -> bool {
        self.verified
    }

    /// True if an authenticator can be asked for a code.
    pub fn has_app(&self) -> bool {
        self.has_app
    }

    /// When codes are looked at again, if they are not now.
    pub fn locked_until(&self, now: Timestamp) -> Option<Timestamp> {
        (self.locked_until > now).then_some(self.locked_until)
    }

    /// Seconds until codes are looked at again, if they are not now.
    fn locked_for(&self, now: Timestamp) -> Option<u64> {
        let left = self.locked_until.seconds() - now.seconds();
        (self.locked_until > now).then(|| u64::try_from(left).unwrap_or_default().max(1))
    }
}

/// Makes a secret and codes; the factor is off until a first code is right.
pub fn prepare(tx: &Tx, secret: &ServerSecret, owner: Owner, label: &Label) -> Result<Setup> {
    let key = new_token()?;
    let backup_codes = new_codes()?;
    let factor = Factor {
        secret_sealed: secret.seal(&key)?,
        backup_hashes: hashes(&backup_codes),
        verified: false,
        last_step: 0,
        failures: 0,
        locked_until: Timestamp(0),
        has_app: false,
    };
    store::save_factor(tx, owner, &factor)?;
    Ok(Setup { uri: uri(&key, label), backup_codes })
}

/// Keeps a factor that was set up elsewhere, on from the beginning.
pub(super) fn bring(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    key: &str,
    codes: &[String],
) -> Result<()> {
    let factor = Factor {
        secret_sealed: secret.seal(key)?,
        backup_hashes: hashes(codes),
        verified: true,
        last_step: 0,
        failures: 0,
        locked_until: Timestamp(0),
        has_app: true,
    };
    store::save_factor(tx, owner, &factor)
}

/// The address for an authenticator, once more; the reason if there is none.
pub fn setup_uri(
    conn: &Conn,
    secret: &ServerSecret,
    owner: Owner,
    label: &Label,
) -> Result<Result<String, Outcome>> {
    let Some(factor) = store::find_factor(conn, owner)? else {
        return Ok(Err(Outcome::NotEnabled));
    };
    let key = open(secret, &factor).ok_or(Outcome::Unreadable);
    Ok(key.map(|key| uri(&key, label)))
}

/// New recovery codes in place of the old. `None` without a factor.
pub fn renew_codes(tx: &Tx, owner: Owner) -> Result<Option<Vec<String>>> {
    let Some(mut factor) = store::find_factor(tx, owner)? else { return Ok(None) };
    let codes = new_codes()?;
    factor.backup_hashes = hashes(&codes);
    store::save_factor(tx, owner, &factor)?;
    Ok(Some(codes))
}

/// Turns it off, and forgets devices that were trusted.
pub fn disable(tx: &Tx, owner: Owner) -> Result<()> {
    store::delete_factor(tx, owner)
}

/// Looks at codes again, whatever was wrong before. True if there is a factor.
pub fn unlock(tx: &Tx, owner: Owner) -> Result<bool> {
    let Some(factor) = store::find_factor(tx, owner)? else { return Ok(false) };
    let factor = Factor { failures: 0, locked_until: Timestamp(0), ..factor };
    store::save_factor(tx, owner, &factor)?;
    Ok(true)
}

/// Checks a code and keeps count; the first right one turns the factor on.
pub fn answer(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    code: &Code,
    now: Timestamp,
) -> Result<Outcome> {
    let Some(mut factor) = store::find_factor(tx, owner)? else { return Ok(Outcome::NotEnabled) };
    if let Some(seconds) = factor.locked_for(now) {
        return Ok(Outcome::Locked(seconds));
    }
    let right = match code {
        Code::Totp(code) => {
            let Some(key) = open(secret, &factor) else { return Ok(Outcome::Unreadable) };
            let right = use_totp(&mut factor, &key, code, now);
            factor.has_app |= right;
            right
        }
        Code::Mailed(code) => match mailed_code::check(tx, secret, owner, code, now)? {
            Verdict::Expired => return Ok(Outcome::Expired),
            verdict => verdict == Verdict::Right,
        },
        Code::Backup(code) => factor.verified && use_backup(&mut factor, code),
    };
    if right {
        factor.verified = true;
        factor.failures = 0;
    } else {
        factor.failures += 1;
        if factor.failures >= FAILURES {
            factor.failures = 0;
            factor.locked_until = now.plus_seconds(LOCKED_SECONDS.into());
        }
    }
    store::save_factor(tx, owner, &factor)?;
    Ok(if right { Outcome::Right } else { Outcome::Wrong })
}

/// Makes a code to be mailed; somebody without a factor gets none.
pub fn mail_code(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    now: Timestamp,
) -> Result<Result<String, Outcome>> {
    let Some(factor) = store::find_factor(tx, owner)? else {
        return Ok(Err(Outcome::NotEnabled));
    };
    match factor.locked_for(now) {
        Some(seconds) => Ok(Err(Outcome::Locked(seconds))),
        None => mailed_code::make(tx, secret, owner, now).map(Ok),
    }
}

/// Begins to wait for the second factor (or to do without it); the id goes
/// into a signed cookie.
pub fn challenge(tx: &Tx, owner: Owner, kind: ChallengeKind, now: Timestamp) -> Result<String> {
    let (prefix, seconds) = match kind {
        ChallengeKind::SignIn => ("2fa-", CHALLENGE_SECONDS),
        ChallengeKind::Trust => ("trust-device-", TRUST_SECONDS),
    };
    let id = format!("{prefix}{}", new_token()?);
    store::insert_challenge(tx, owner, kind, &hash_of(&id), now.plus_seconds(seconds))?;
    Ok(id)
}

/// Whose a challenge is, while it lasts.
pub fn challenged(
    conn: &Conn,
    kind: ChallengeKind,
    id: &str,
    now: Timestamp,
) -> Result<Option<Owner>> {
    let found = store::find_challenge(conn, kind, &hash_of(id), now)?;
    Ok(found.map(|(owner, _)| owner))
}

/// Answers a challenge of a sign-in. A right answer ends it, and so do too many
/// wrong ones.
pub fn answer_challenge(
    tx: &Tx,
    secret: &ServerSecret,
    id: &str,
    code: &Code,
    now: Timestamp,
) -> Result<(Option<Owner>, Outcome)> {
    let hash = hash_of(id);
    let found = store::find_challenge(tx, ChallengeKind::SignIn, &hash, now)?;
    let Some((owner, attempts)) = found else { return Ok((None, Outcome::Gone)) };
    if attempts >= ATTEMPTS {
        store::delete_challenge(tx, &hash)?;
        return Ok((Some(owner), Outcome::Exhausted));
    }
    let outcome = answer(tx, secret, owner, code, now)?;
    match outcome {
        Outcome::Right => store::delete_challenge(tx, &hash)?,
        Outcome::Unreadable => {}
        _ => store::count_attempt(tx, &hash)?,
    }
    Ok((Some(owner), outcome))
}

/// Trusts a device for another thirty days, under a new id. `None` if this
/// person never trusted it, or no longer does.
pub fn renew_trust(tx: &Tx, owner: Owner, id: &str, now: Timestamp) -> Result<Option<String>> {
    if challenged(tx, ChallengeKind::Trust, id, now)? != Some(owner) {
        return Ok(None);
    }
    store::delete_challenge(tx, &hash_of(id))?;
    challenge(tx, owner, ChallengeKind::Trust, now).map(Some)
}

/// Says in the log, at the server's start, how many second factors it cannot read.
pub fn warn_of_unreadable(conn: &Conn, secret: &ServerSecret) -> Result<()> {
    let lost = unreadable(conn, Some(secret))?;
    if lost > 0 {
        tracing::warn!("{lost} second factors cannot be read: {}", secret::LOST);
    }
    Ok(())
}

/// How many second factors a secret does not open.
pub fn unreadable(conn: &Conn, secret: Option<&ServerSecret>) -> Result<usize> {
    let sealed = store::sealed_secrets(conn)?;
    let opens = |sealed: &Vec<u8>| secret.is_some_and(|secret| secret.open(sealed).is_some());
    Ok(sealed.iter().filter(|sealed| !opens(sealed)).count())
}

/// Ends the sign-ins that wait, and their codes: what they stood on is gone.
pub(super) fn end_waiting(tx: &Tx, owner: Owner) -> Result<()> {
    store::delete_mailed_code(tx, owner)?;
    store::delete_waiting(tx, owner)
}

/// Removes challenges that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_codes(tx, now)?;
    store::delete_ended_challenges(tx, now)
}

/// How an authenticator names the account.
#[derive(Clone, Debug)]
pub struct Label {
    pub issuer: String,
    pub email: String,
}

fn uri(key: &str, label: &Label) -> String {
    let encode = |text: &str| {
        text.bytes().fold(String::new(), |mut out, byte| {
            if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
                out.push(char::from(byte));
            } else {
                out.push_str(&format!("%{byte:02X}"));
            }
            out
        })
    };
    let (issuer, email) = (encode(&label.issuer), encode(&label.email));
    let secret = totp_rs::Secret::Raw(key.as_bytes().to_vec()).to_encoded();
    format!(
        "otpauth://totp/{issuer}:{email}?secret={secret}&issuer={issuer}&digits=6&period={STEP}"
    )
}

/// The secret's text; `None`, and a line in the log, if the server's own secret
/// is not what it was.
fn open(secret: &ServerSecret, factor: &Factor) -> Option<String> {
    let key = secret.open(&factor.secret_sealed);
    if key.is_none() {
        tracing::error!("a second factor cannot be read: {}", secret::LOST);
    }
    key
}

fn use_totp(factor: &mut Factor, key: &str, code: &str, now: Timestamp) -> bool {
    let totp = TOTP::new_unchecked(Algorithm::SHA1, 6, 1, 30, key.as_bytes().to_vec());
    let current = now.seconds().div_euclid(STEP);
    let matching = (current - 1..=current + 1).find(|step| {
        let time = u64::try_from(step * STEP).unwrap_or_default();
        *step > factor.last_step && same(&totp.generate(time), code)
    });
    if let Some(step) = matching {
        factor.last_step = step;
    }
    matching.is_some()
}

fn use_backup(factor: &mut Factor, code: &str) -> bool {
    let hash: [u8; 32] = Sha256::digest(code.trim()).into();
    let Some(at) = factor.backup_hashes.chunks(32).position(|known| known == hash) else {
        return false;
    };
    factor.backup_hashes.drain(at * 32..(at + 1) * 32);
    true
}

fn same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq;
    one.as_bytes().ct_eq(other.as_bytes()).into()
}

fn new_codes() -> Result<Vec<String>> {
    (0..BACKUP_CODES).map(|_| new_token().map(|t| format!("{}-{}", &t[..5], &t[5..10]))).collect()
}

fn hashes(codes: &[String]) -> Vec<u8> {
    codes.iter().flat_map(|code| Sha256::digest(code).to_vec()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factor() -> Factor {
        Factor {
            secret_sealed: Vec::new(),
            backup_hashes: hashes(&["aaaaa-bbbbb".into(), "ccccc-ddddd".into()]),
            verified: true,
            last_step: 0,
            failures: 0,
            locked_until: Timestamp(0),
            has_app: true,
        }
    }

    // RFC 6238, appendix B: the SHA-1 row at 59 s is 94287082.
    #[test]
    fn a_code_works_once_and_one_step_either_way() {
        let (key, mut factor) = ("12345678901234567890", factor());
        assert!(!use_totp(&mut factor, key, "287082", Timestamp::from_seconds(59 + 60)));
        assert!(use_totp(&mut factor, key, "287082", Timestamp::from_seconds(59 + 30)));
        assert!(!use_totp(&mut factor, key, "287082", Timestamp::from_seconds(59)));
    }

    #[test]
    fn a_recovery_code_works_once() {
        let mut factor = factor();
        assert!(use_backup(&mut factor, "ccccc-ddddd"));
        assert!(!use_backup(&mut factor, "ccccc-ddddd"));
        assert!(use_backup(&mut factor, "aaaaa-bbbbb"));
    }

    #[test]
    fn the_address_holds_the_secrets_text() {
        let label = Label { issuer: "Docket".into(), email: "a+b@x.co".into() };
        let uri = uri("12345678901234567890", &label);
        assert_eq!(
            uri,
            "otpauth://totp/Docket:a%2Bb%40x.co?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
             &issuer=Docket&digits=6&period=30"
        );
    }
}
