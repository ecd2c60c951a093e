//! Personal access tokens, for scripts and phones: `dkt_`, 32 letters and
//! digits that no one chose, and 6 more that tell a slip from a token.
//!
//! | text | is |
//! | --- | --- |
//! | `dkt_` + 38 letters and digits, the last 6 right | a token, known or not |
//! | the same with a letter changed or missing | a slip: refused without a look |
//! | anything else | no access token |
//!
//! A change of password leaves them alone: each is listed beside the sessions
//! and revoked by itself. A disabled account's are refused.

use serde::{Serialize, Serializer};
use sha2::{Digest, Sha256};

use super::audit::{self, Kind};
use super::claims::ago;
use super::session::{Device, hash_of, new_token};
use super::store::{self, Account};
use super::witness::{Refusal, Step, Witness};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

const PREFIX: &str = "dkt_";
const CHECKSUM: usize = 6;

/// More than anybody has use for.
const MOST: i64 = 100;

/// What a token may do with its person's lists and tasks. One of them is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Scopes {
    pub read: bool,
    pub write: bool,
}

pub const READ: &str = "tasks:read";
pub const WRITE: &str = "tasks:write";

impl Scopes {
    /// Adds a scope by its name; false if there is none of that name.
    pub fn add(&mut self, name: &str) -> bool {
        match name {
            READ => self.read = true,
            WRITE => self.write = true,
            _ => return false,
        }
        true
    }

    pub fn names(self) -> Vec<&'static str> {
        [(self.read, READ), (self.write, WRITE)]
            .into_iter()
            .filter_map(|(has, name)| has.then_some(name))
            .collect()
    }
}

impl Serialize for Scopes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.names().serialize(serializer)
    }
}

/// A token as its person sees it: all but the token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AccessToken {
    pub id: String,
    pub name: String,
    pub scopes: Scopes,
    pub created_at: Timestamp,
    pub expires_at: Option<Timestamp>,
    /// To the minute.
    pub last_used_at: Option<Timestamp>,
    pub last_used_from: Option<String>,
}

/// What a token is called: 1 to 100 characters, not all of them blank.
#[derive(Clone, Debug)]
pub struct Name(String);

impl Name {
    pub fn parse(text: &str) -> Result<Name, String> {
        if text.chars().all(char::is_whitespace) {
            return Err("must not be blank".into());
        }
        if text.chars().count() > 100 || text.contains('\0') {
            return Err("must be at most 100 characters, none of them NUL".into());
        }
        Ok(Name(text.to_owned()))
    }
}

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewAccessToken {
    pub name: Name,
    pub scopes: Scopes,
    pub expires_at: Option<Timestamp>,
}

/// Makes one, and gives it with the token itself, which is told only now.
pub fn make(
    tx: &Tx,
    owner: Owner,
    new: NewAccessToken,
    device: &Device,
    now: Timestamp,
) -> Result<(AccessToken, String)> {
    if store::count_access_tokens(tx, owner)? >= MOST {
        return Err(Error::conflict(
            "too_many_tokens",
            format!("{MOST} are the most there can be"),
        ));
    }
    let secret = new_token()?;
    let token = format!("{PREFIX}{secret}{}", checksum(&secret));
    let made = AccessToken {
        id: uuid::Uuid::now_v7().simple().to_string(),
        name: new.name.0,
        scopes: new.scopes,
        created_at: now,
        expires_at: new.expires_at,
        last_used_at: None,
        last_used_from: None,
    };
    store::insert_access_token(tx, owner, &made, &hash_of(&token))?;
    audit::note(tx, Some(owner), Kind::AccessTokenMade, device, now)?;
    Ok((made, token))
}

/// All of a person's, the latest first; those that have ended too.
pub fn list(conn: &Conn, owner: Owner) -> Result<Vec<AccessToken>> {
    store::access_tokens(conn, owner)
}

/// Revokes one; whoever uses it is out at once.
pub fn revoke(tx: &Tx, owner: Owner, id: &str, device: &Device, now: Timestamp) -> Result<()> {
    if !store::delete_access_token(tx, owner, id)? {
        return Err(Error::NotFound("access token"));
    }
    tx.standing_changes();
    audit::note(tx, Some(owner), Kind::AccessTokenRevoked, device, now)
}

/// The id of the one token with this id or name.
pub fn find(conn: &Conn, owner: Owner, text: &str) -> Result<String> {
    let mut fits = list(conn, owner)?;
    fits.retain(|token| token.id == text || token.name == text);
    match fits.as_slice() {
        [] => Err(Error::NotFound("access token")),
        [one] => Ok(one.id.clone()),
        _ => Err(Error::conflict("name_is_shared", "several tokens have this name; give an id")),
    }
}

/// Notes that one was used, and from which network.
pub fn note_use(tx: &Tx, owner: Owner, id: &str, from: &str, now: Timestamp) -> Result<()> {
    store::note_access_token_use(tx, owner, id, from, now)
}

/// True for what can only be meant as an access token.
pub(super) fn is_meant(token: &str) -> bool {
    token.starts_with(PREFIX)
}

/// Whose a token is, and what it may; told to the witness step by step.
pub(super) fn verify(
    conn: &Conn,
    token: &str,
    now: Timestamp,
    witness: &mut impl Witness,
) -> Result<Result<(Account, AccessToken), Refusal>> {
    if !is_whole(token) {
        return Ok(Err(Refusal::at(Step::Form, "its last letters do not fit the others")));
    }
    witness.passed(Step::Form, || "a personal access token, whole".into());
    let Some((owner, found)) = store::access_token_by_hash(conn, &hash_of(token))? else {
        return Ok(Err(Refusal::at(Step::Key, "nobody here has it; it may have been revoked")));
    };
    witness
        .passed(Step::Key, || format!("{:?}, for {}", found.name, found.scopes.names().join(" ")));
    if let Some(reason) = ended(&found, now) {
        return Ok(Err(Refusal::at(Step::Times, reason)));
    }
    witness.passed(Step::Times, || match found.expires_at {
        Some(ends) => format!("ends {}", ago((now.seconds() - ends.seconds()) as f64)),
        None => "until it is revoked".into(),
    });
    let Some(account) = store::account_by_owner(conn, owner)? else {
        return Ok(Err(Refusal::at(Step::Account, "its account is gone")));
    };
    Ok(Ok((account, found)))
}

/// Why a token that was good no longer is, if so.
pub(super) fn revoked(
    conn: &Conn,
    owner: Owner,
    id: &str,
    now: Timestamp,
) -> Result<Option<String>> {
    Ok(match store::access_token(conn, owner, id)? {
        Some(token) => ended(&token, now),
        None => Some("it was revoked".into()),
    })
}

fn ended(token: &AccessToken, now: Timestamp) -> Option<String> {
    let ends = token.expires_at.filter(|ends| *ends <= now)?;
    Some(format!("it ended {}", ago((now.seconds() - ends.seconds()) as f64)))
}

fn is_whole(token: &str) -> bool {
    let Some(rest) = token.strip_prefix(PREFIX) else { return false };
    let letters = rest.bytes().all(|byte| byte.is_ascii_alphanumeric());
    letters && rest.len() == 32 + CHECKSUM && checksum(&rest[..32]) == rest[32..]
}

/// Six letters and digits that follow from the others.
fn checksum(secret: &str) -> String {
    const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    let hash = Sha256::digest(secret);
    let mut number = u64::from_be_bytes(hash[..8].try_into().expect("a hash has 32 bytes"));
    (0..CHECKSUM)
        .map(|_| {
            let digit = DIGITS[(number % 62) as usize];
            number /= 62;
            char::from(digit)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_is_told_from_a_token() {
        let secret = new_token().unwrap();
        let token = format!("{PREFIX}{secret}{}", checksum(&secret));
        assert!(is_whole(&token));
        for index in PREFIX.len()..token.len() {
            let mut slip = token.clone();
            let other = if &token[index..=index] == "x" { "y" } else { "x" };
            slip.replace_range(index..=index, other);
            assert!(!is_whole(&slip), "{slip}");
        }
        for slip in ["dkt_", &token[..token.len() - 1], &format!("{token}0"), "dkt_ü", ""] {
            assert!(!is_whole(slip), "{slip}");
        }
    }
}
