//! Accounts: who exists, and who may come in.

use rusqlite::{OptionalExtension, Row, named_params};

use super::delete_sessions;
use crate::auth::user::{Credential, User};
use crate::db::{Conn, OnConflict, Tx};
use crate::error::Result;
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// What the guard needs to know of an account.
#[derive(Clone, Debug)]
pub(in crate::auth) struct Account {
    pub owner: Owner,
    pub id: UserId,
    /// How an owner recognises it: its e-mail, or issuer and subject.
    pub label: String,
    pub disabled: bool,
    /// In seconds: tokens issued before are refused.
    pub tokens_after: i64,
}

const ACCOUNT: &str = "owner, id, coalesce(email, subject || ' of ' || issuer),
    disabled_at is not null, tokens_after";

fn account_from(row: &Row) -> rusqlite::Result<Account> {
    Ok(Account {
        owner: row.get(0)?,
        id: row.get(1)?,
        label: row.get(2)?,
        disabled: row.get(3)?,
        tokens_after: row.get(4)?,
    })
}

pub(in crate::auth) fn account_by_owner(conn: &Conn, owner: Owner) -> Result<Option<Account>> {
    let account = conn
        .prepare_cached(&format!("select {ACCOUNT} from users where owner = :owner"))?
        .query_row(named_params! { ":owner": owner }, account_from)
        .optional()?;
    Ok(account)
}

pub(in crate::auth) fn account_by_id(conn: &Conn, id: &str) -> Result<Option<Account>> {
    let account = conn
        .prepare_cached(&format!("select {ACCOUNT} from users where id = :id"))?
        .query_row(named_params! { ":id": id }, account_from)
        .optional()?;
    Ok(account)
}

pub(in crate::auth) fn account_by_subject(
    conn: &Conn,
    issuer: &str,
    subject: &str,
) -> Result<Option<Account>> {
    let account = conn
        .prepare_cached(&format!(
            "select {ACCOUNT}
             from users
             where issuer = :issuer and subject = :subject and issuer is not null"
        ))?
        .query_row(named_params! { ":issuer": issuer, ":subject": subject }, account_from)
        .optional()?;
    Ok(account)
}

const USER: &str = "id, email, name, email_verified, image, issuer, subject, disabled_at,
    deleted_at, created_at, updated_at,
    exists (select 1 from two_factors where owner = users.owner and verified = 1)";

fn user_from(row: &Row) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        email_verified: row.get(3)?,
        image: row.get(4)?,
        issuer: row.get(5)?,
        subject: row.get(6)?,
        disabled_at: row.get(7)?,
        deleted_at: row.get(8)?,
        created_at: row.get(9)?,
        updated_at: row.get(10)?,
        two_factor_enabled: row.get(11)?,
    })
}

pub(in crate::auth) fn users(conn: &Conn) -> Result<Vec<User>> {
    let mut statement = conn.prepare_cached(&format!("select {USER} from users order by owner"))?;
    let rows = statement.query_map([], user_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(in crate::auth) fn user_by_owner(conn: &Conn, owner: Owner) -> Result<Option<User>> {
    let user = conn
        .prepare_cached(&format!("select {USER} from users where owner = :owner"))?
        .query_row(named_params! { ":owner": owner }, user_from)
        .optional()?;
    Ok(user)
}

/// The owner of an account named by its e-mail (lower case) or its id.
pub(in crate::auth) fn owner_of(conn: &Conn, name: &str) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached("select owner from users where email = lower(:name) or id = :name")?
        .query_row(named_params! { ":name": name }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

pub(in crate::auth) fn insert_user(
    tx: &Tx,
    user: &User,
    password_hash: Option<&str>,
) -> Result<Owner> {
    tx.prepare_cached(
        "insert into users
            (id, email, name, email_verified, image, issuer, subject, password_hash,
             disabled_at, created_at, updated_at)
         values
            (:id, :email, :name, :email_verified, :image, :issuer, :subject, :password_hash,
             :disabled_at, :created_at, :updated_at)",
    )?
    .execute(named_params! {
        ":id": user.id,
        ":email": user.email,
        ":name": user.name,
        ":email_verified": user.email_verified,
        ":image": user.image,
        ":issuer": user.issuer,
        ":subject": user.subject,
        ":password_hash": password_hash,
        ":disabled_at": user.disabled_at,
        ":created_at": user.created_at,
        ":updated_at": user.updated_at,
    })
    .on_conflict("users.email", "email_taken", "an account with this e-mail exists")?;
    Ok(Owner(tx.last_insert_rowid()))
}

pub(in crate::auth) fn owner_by_email(conn: &Conn, email: &str) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached("select owner from users where email = :email")?
        .query_row(named_params! { ":email": email }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

pub(in crate::auth) fn credential(conn: &Conn, email: &str) -> Result<Option<Credential>> {
    let credential = conn
        .prepare_cached(
            "select owner, password_hash, disabled_at is not null, email_verified
             from users
             where email = :email",
        )?
        .query_row(named_params! { ":email": email }, |row| {
            Ok(Credential {
                owner: row.get(0)?,
                password_hash: row.get(1)?,
                disabled: row.get(2)?,
                email_verified: row.get(3)?,
            })
        })
        .optional()?;
    Ok(credential)
}

pub(in crate::auth) fn password_hash(conn: &Conn, owner: Owner) -> Result<Option<String>> {
    let hash = conn
        .prepare_cached("select password_hash from users where owner = :owner")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))
        .optional()?;
    Ok(hash.flatten())
}

pub(in crate::auth) fn set_password_hash(
    tx: &Tx,
    owner: Owner,
    hash: &str,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update users set password_hash = :hash, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":hash": hash, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn update_profile(
    tx: &Tx,
    owner: Owner,
    name: Option<&str>,
    image: Option<Option<&str>>,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update users
         set name = coalesce(:name, name),
             image = case when :keep then image else :image end,
             updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! {
        ":owner": owner,
        ":name": name,
        ":keep": image.is_none(),
        ":image": image.flatten(),
        ":now": now,
    })?;
    Ok(())
}

pub(in crate::auth) fn set_email(tx: &Tx, owner: Owner, email: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users set email = :email, email_verified = 0, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":email": email, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn set_email_verified(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users set email_verified = 1, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":now": now })?;
    Ok(())
}

pub(in crate::auth) fn set_disabled(
    tx: &Tx,
    owner: Owner,
    at: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update users set disabled_at = :at, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":at": at, ":now": now })?;
    Ok(())
}

/// Ends every session, and refuses every token issued up to `now`.
pub(in crate::auth) fn end_all_access(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    delete_sessions(tx, owner, "")?;
    set_tokens_after(tx, owner, now)
}

/// Refuses every token without a session that was issued up to `now`.
pub(in crate::auth) fn set_tokens_after(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.prepare_cached("update users set tokens_after = :after where owner = :owner")?
        .execute(named_params! { ":owner": owner, ":after": now.seconds() + 1 })?;
    Ok(())
}
