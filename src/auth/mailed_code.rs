//! Codes by mail: a second factor for who has no authenticator at hand.

use super::secret::{self, ServerSecret};
use super::store::two_factor as store;
use crate::db::Tx;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;

/// How long a code is good for, in seconds.
pub const LIFETIME: u32 = 5 * 60;

/// What a code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    Right,
    Wrong,
    /// None was mailed, or too long ago.
    Expired,
}

/// Makes a code of six digits; the one before it is void.
pub(super) fn make(tx: &Tx, secret: &ServerSecret, owner: Owner, now: Timestamp) -> Result<String> {
    let code = format!("{:06}", random_below_a_million()?);
    let ends = now.plus_seconds(LIFETIME.into());
    store::save_mailed_code(tx, owner, &mac(secret, owner, &code), ends)?;
    Ok(code)
}

/// Looks at what somebody typed. A right code is used up.
pub(super) fn check(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    code: &str,
    now: Timestamp,
) -> Result<Verdict> {
    let Some(kept) = store::mailed_code(tx, owner, now)? else { return Ok(Verdict::Expired) };
    if !secret.is_signature(&text(owner, code.trim()), &kept) {
        return Ok(Verdict::Wrong);
    }
    store::delete_mailed_code(tx, owner)?;
    Ok(Verdict::Right)
}

fn mac(secret: &ServerSecret, owner: Owner, code: &str) -> String {
    secret.sign(&text(owner, code))
}

/// What the secret signs: for this, this person and this code alone.
fn text(owner: Owner, code: &str) -> String {
    format!("mailed-code {} {code}", owner.0)
}

fn random_below_a_million() -> Result<u32> {
    loop {
        let mut bytes = [0; 4];
        secret::random(&mut bytes)?;
        let number = u32::from_le_bytes(bytes);
        // Only numbers below the largest multiple fall evenly.
        if number < 4_294_000_000 {
            return Ok(number % 1_000_000);
        }
    }
}
