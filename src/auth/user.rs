//! Accounts: the rules about who exists and who may come in.

use serde::Serialize;

use super::audit::{self, Kind, Origin};
use super::session::Device;
use super::{link, password, store, two_factor};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// An account as its owner and `docket user list` see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct User {
    pub id: UserId,
    /// `null` for an account that exists through its issuer alone.
    pub email: Option<String>,
    pub name: String,
    pub email_verified: bool,
    /// The address of a picture.
    pub image: Option<String>,
    /// Who vouches for it, and by which name, if not Docket itself.
    pub issuer: Option<String>,
    pub subject: Option<String>,
    pub disabled_at: Option<Timestamp>,
    /// Deleted by a command; it is gone for good thirty days later. Its own person
    /// never sees this.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deleted_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
    /// Signing in takes a second factor.
    pub two_factor_enabled: bool,
}

impl User {
    fn new(email: Option<String>, name: &str, now: Timestamp) -> User {
        User {
            id: UserId::new(),
            email,
            name: name.to_owned(),
            email_verified: false,
            image: None,
            issuer: None,
            subject: None,
            disabled_at: None,
            deleted_at: None,
            created_at: now,
            updated_at: now,
            two_factor_enabled: false,
        }
    }

    /// Somebody who does not exist, and looks like a new account.
    pub fn invented(email: &Email, name: &str, image: Option<String>, now: Timestamp) -> User {
        User { image, ..User::new(Some(email.0.clone()), name, now) }
    }
}

/// What a sign-in is checked against.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    pub owner: Owner,
    pub password_hash: Option<String>,
    pub disabled: bool,
    pub email_verified: bool,
}

/// An e-mail address in lower case, as Better Auth's rules have it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// Reads ASCII addresses: a local part of letters, digits and `_'+-.`
    /// without stray dots, and a domain of two labels or more.
    pub fn parse(text: &str) -> Result<Email> {
        let email = text.to_ascii_lowercase();
        if text.len() <= 320 && is_email(&email) {
            return Ok(Email(email));
        }
        Err(Error::invalid("email", "must be an address such as ada@example.org"))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person is called: anything that fits a line, or nothing.
pub fn check_name(name: &str) -> Result<()> {
    if name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(Error::invalid("name", "must be one line of at most 200 characters"));
    }
    Ok(())
}

fn is_email(email: &str) -> bool {
    let Some((local, domain)) = email.split_once('@') else { return false };
    let local_fits =
        local.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_'+-.".contains(&byte))
            && !local.starts_with('.')
            && !local.contains("..")
            && local.ends_with(|last: char| last.is_ascii_alphanumeric() || "_+-".contains(last));
    let labels: Vec<&str> = domain.split('.').collect();
    let label_fits = |label: &&str| {
        label.starts_with(|first: char| first.is_ascii_alphanumeric())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last_fits = labels
        .last()
        .is_some_and(|last| last.len() >= 2 && last.bytes().all(|byte| byte.is_ascii_alphabetic()));
    local_fits && labels.len() >= 2 && labels.iter().all(label_fits) && last_fits
}

/// Makes an account with an e-mail, its Inbox included. Without a password
/// nobody can sign in to it yet, but tokens can be issued for it.
pub fn add(
    tx: &Tx,
    email: Email,
    name: &str,
    password_hash: Option<&str>,
    now: Timestamp,
) -> Result<User> {
    let user = User::new(Some(email.0), name, now);
    store::insert_user(tx, &user, password_hash)?;
    Ok(user)
}

/// Makes an account for a subject of another issuer, unless it has one. It is
/// never joined to another account, whatever e-mail its tokens mention.
pub(super) fn welcome(tx: &Tx, issuer: &str, subject: &str, now: Timestamp) -> Result<()> {
    if store::account_by_subject(tx, issuer, subject)?.is_some() {
        return Ok(());
    }
    let user = User {
        issuer: Some(issuer.to_owned()),
        subject: Some(subject.to_owned()),
        ..User::new(None, "", now)
    };
    tracing::info!(issuer, "first token of a stranger: made an account");
    store::insert_user(tx, &user, None)?;
    let by = Device { origin: Origin::Api, ..Device::default() };
    audit::note(tx, Some(find(tx, user.id.as_str())?), Kind::AccountAdded, &by, now)
}

/// Changes the name or the picture; what is `None` stays.
pub fn update(
    tx: &Tx,
    owner: Owner,
    name: Option<&str>,
    image: Option<Option<&str>>,
    now: Timestamp,
) -> Result<()> {
    store::update_profile(tx, owner, name, image, now)
}

/// Changes the e-mail, unless another account has it, and voids the links that
/// went to the old one. True if it was changed.
pub fn change_email(tx: &Tx, owner: Owner, email: &Email, now: Timestamp) -> Result<bool> {
    if store::owner_by_email(tx, email.as_str())?.is_some() {
        return Ok(false);
    }
    link::spend(tx, owner)?;
    store::set_email(tx, owner, email.as_str(), now)?;
    Ok(true)
}

/// Takes the e-mail for proven.
pub fn verify_email(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    store::set_email_verified(tx, owner, now)
}

/// The hash of the password of the account with this e-mail, if it has one.
pub fn credential(conn: &Conn, email: &Email) -> Result<Option<Credential>> {
    store::credential(conn, email.as_str())
}

/// The hash of one's own password.
pub fn password_hash(conn: &Conn, owner: Owner) -> Result<Option<String>> {
    store::password_hash(conn, owner)
}

/// Replaces the password, voids the links that could and the sign-ins that wait,
/// and refuses what other issuers said of this account before. Sessions are the caller's to end.
pub fn set_password(tx: &Tx, owner: Owner, hash: &str, now: Timestamp) -> Result<()> {
    tx.standing_changes();
    link::spend(tx, owner)?;
    two_factor::end_waiting(tx, owner)?;
    store::set_tokens_after(tx, owner, now)?;
    store::set_password_hash(tx, owner, hash, now)
}

/// Stores the same password hashed better.
pub fn rehash(tx: &Tx, owner: Owner, hash: &str, now: Timestamp) -> Result<()> {
    store::set_password_hash(tx, owner, hash, now)
}

/// Removes the account and everything in it, at once.
pub fn delete(tx: &Tx, owner: Owner) -> Result<()> {
    tx.standing_changes();
    store::delete_user(tx, owner)
}

/// Every account, oldest first.
pub fn list(conn: &Conn) -> Result<Vec<User>> {
    store::users(conn)
}

/// One's own account.
pub fn get(conn: &Conn, owner: Owner) -> Result<User> {
    store::user_by_owner(conn, owner)?.ok_or(Error::NotFound("account"))
}

/// The account with this e-mail, if there is one.
pub fn by_email(conn: &Conn, email: &Email) -> Result<Option<User>> {
    match store::owner_by_email(conn, email.as_str())? {
        Some(owner) => get(conn, owner).map(Some),
        None => Ok(None),
    }
}

/// The account with this e-mail or id.
pub fn find(conn: &Conn, name: &str) -> Result<Owner> {
    store::owner_of(conn, name)?.ok_or(Error::NotFound("account"))
}

/// Ends every session and token of an account, at once, and lets nobody in.
pub fn disable(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    end_access(tx, owner, now)?;
    store::set_disabled(tx, owner, Some(now), now)
}

/// Ends all that lets somebody in now: sessions, tokens, sign-ins that wait.
pub(super) fn end_access(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.standing_changes();
    store::end_all_access(tx, owner, now)?;
    two_factor::end_waiting(tx, owner)
}

/// Lets the person back in. What was ended stays ended.
pub fn enable(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    if get(tx, owner)?.deleted_at.is_some() {
        let why = "the account is deleted; docket user undelete brings it back";
        return Err(Error::conflict("account_deleted", why));
    }
    tx.standing_changes();
    store::set_disabled(tx, owner, None, now)
}

/// Checks a new password and makes its hash, on this thread.
pub fn hash_password(password: &str) -> Result<String> {
    password::check(password)?;
    password::hash(password)
}

#[cfg(test)]
mod tests {
    use super::Email;

    // The examples of Better Auth's own rule.
    #[test]
    fn an_address_is_plain() {
        for good in ["a@b.co", "a+b@ex.co", "o'b@ex.co", "-a@x.co", "a@x--y.co", "A@B.CO"] {
            assert!(Email::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "a@b",
            "a@b.c",
            "a..b@x.co",
            ".a@x.co",
            "a.@x.co",
            " a@x.co",
            "a@-x.co",
            "a@x_y.co",
            "a@x.c0",
            "ü@x.co",
            "a!b@x.co",
            "",
            "@x.co",
            "a@@x.co",
        ] {
            assert!(Email::parse(bad).is_err(), "{bad}");
        }
    }
}
