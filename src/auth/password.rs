//! Passwords: their rules and their hashes.

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};

use crate::error::{Error, Result};

/// OWASP Password Storage: Argon2id with 19 MiB, two passes, one lane.
fn argon2() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("these parameters are in range");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

/// 8 to 128 UTF-16 units of any kind, compared as given; Better Auth counts so.
pub(super) fn check(password: &str) -> Result<()> {
    match password.encode_utf16().count() {
        0..8 => Err(Error::invalid("password", "must have at least 8 characters")),
        8..=128 => Ok(()),
        _ => Err(Error::invalid("password", "must have at most 128 characters")),
    }
}

/// A salted hash as a PHC string.
pub(super) fn hash(password: &str) -> Result<String> {
    let hash = argon2()
        .hash_password(password.as_bytes())
        .map_err(|error| Error::Internal(format!("cannot hash: {error}")))?;
    Ok(hash.to_string())
}
