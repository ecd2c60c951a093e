//! The SQL of accounts, sessions and keys.

use rusqlite::{OptionalExtension, Row, named_params};

use super::keys::OwnKey;
use super::user::User;
use crate::db::{Conn, OnConflict, Tx};
use crate::error::Result;
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// What the guard needs to know of an account.
#[derive(Clone, Debug)]
pub(super) struct Account {
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

pub(super) fn account_by_owner(conn: &Conn, owner: Owner) -> Result<Option<Account>> {
    let account = conn
        .prepare_cached(&format!("select {ACCOUNT} from users where owner = :owner"))?
        .query_row(named_params! { ":owner": owner }, account_from)
        .optional()?;
    Ok(account)
}

pub(super) fn account_by_id(conn: &Conn, id: &str) -> Result<Option<Account>> {
    let account = conn
        .prepare_cached(&format!("select {ACCOUNT} from users where id = :id"))?
        .query_row(named_params! { ":id": id }, account_from)
        .optional()?;
    Ok(account)
}

pub(super) fn account_by_subject(
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

const USER: &str = "id, email, name, issuer, subject, disabled_at, created_at";

fn user_from(row: &Row) -> rusqlite::Result<User> {
    Ok(User {
        id: row.get(0)?,
        email: row.get(1)?,
        name: row.get(2)?,
        issuer: row.get(3)?,
        subject: row.get(4)?,
        disabled_at: row.get(5)?,
        created_at: row.get(6)?,
    })
}

pub(super) fn users(conn: &Conn) -> Result<Vec<User>> {
    let mut statement = conn.prepare_cached(&format!("select {USER} from users order by owner"))?;
    let rows = statement.query_map([], user_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(super) fn user_by_owner(conn: &Conn, owner: Owner) -> Result<Option<User>> {
    let user = conn
        .prepare_cached(&format!("select {USER} from users where owner = :owner"))?
        .query_row(named_params! { ":owner": owner }, user_from)
        .optional()?;
    Ok(user)
}

/// The owner of an account named by its e-mail (lower case) or its id.
pub(super) fn owner_of(conn: &Conn, name: &str) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached("select owner from users where email = lower(:name) or id = :name")?
        .query_row(named_params! { ":name": name }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

pub(super) fn insert_user(tx: &Tx, user: &User, password_hash: Option<&str>) -> Result<()> {
    tx.prepare_cached(
        "insert into users
            (id, email, name, issuer, subject, password_hash, created_at, updated_at)
         values
            (:id, :email, :name, :issuer, :subject, :password_hash, :now, :now)",
    )?
    .execute(named_params! {
        ":id": user.id,
        ":email": user.email,
        ":name": user.name,
        ":issuer": user.issuer,
        ":subject": user.subject,
        ":password_hash": password_hash,
        ":now": user.created_at,
    })
    .on_conflict("users.email", "email_taken", "an account with this e-mail exists")?;
    Ok(())
}

pub(super) fn set_disabled(
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
pub(super) fn end_all_access(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from sessions where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
    tx.prepare_cached("update users set tokens_after = :after where owner = :owner")?
        .execute(named_params! { ":owner": owner, ":after": now.seconds() + 1 })?;
    Ok(())
}

pub(super) fn insert_session(
    tx: &Tx,
    owner: Owner,
    id: &str,
    origin: &str,
    now: Timestamp,
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into sessions (id, owner, origin, created_at, expires_at)
         values (:id, :owner, :origin, :now, :ends)",
    )?
    .execute(named_params! {
        ":id": id,
        ":owner": owner,
        ":origin": origin,
        ":now": now,
        ":ends": ends,
    })?;
    Ok(())
}

pub(super) fn session_ends(conn: &Conn, owner: Owner, id: &str) -> Result<Option<Timestamp>> {
    let ends = conn
        .prepare_cached("select expires_at from sessions where owner = :owner and id = :id")?
        .query_row(named_params! { ":owner": owner, ":id": id }, |row| row.get(0))
        .optional()?;
    Ok(ends)
}

pub(super) fn delete_ended_sessions(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from sessions where expires_at < :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}

fn key_from(row: &Row) -> rusqlite::Result<OwnKey> {
    Ok(OwnKey { kid: row.get(0)?, seed: row.get(1)? })
}

/// The key that signs.
pub(super) fn signing_key(conn: &Conn) -> Result<Option<OwnKey>> {
    let key = conn
        .prepare_cached(
            "select kid, seed from signing_keys
             where retired_at is null
             order by created_at desc, kid desc
             limit 1",
        )?
        .query_row([], key_from)
        .optional()?;
    Ok(key)
}

/// The keys that verify: the one that signs, those retired after `since`, and
/// those that signed a longer token which has not ended at `now`.
pub(super) fn live_keys(conn: &Conn, since: Timestamp, now: Timestamp) -> Result<Vec<OwnKey>> {
    let mut statement = conn.prepare_cached(
        "select kid, seed from signing_keys
         where retired_at is null or retired_at > :since or exists (
             select 1 from sessions
             where origin = 'command' and sessions.created_at <= retired_at and expires_at > :now
         )
         order by created_at, kid",
    )?;
    let rows = statement.query_map(named_params! { ":since": since, ":now": now }, key_from)?;
    rows.map(|row| Ok(row?)).collect()
}

pub(super) fn insert_key(tx: &Tx, key: &OwnKey, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "insert into signing_keys (kid, seed, created_at) values (:kid, :seed, :now)",
    )?
    .execute(named_params! { ":kid": key.kid, ":seed": key.seed, ":now": now })?;
    Ok(())
}

pub(super) fn retire_keys(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("update signing_keys set retired_at = :now where retired_at is null")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}

/// What the server last served as.
pub(super) fn served_url(conn: &Conn) -> Result<Option<String>> {
    let url = conn
        .prepare_cached("select base_url from served")?
        .query_row([], |row| row.get(0))
        .optional()?;
    Ok(url)
}

pub(super) fn set_served_url(tx: &Tx, url: &str) -> Result<()> {
    tx.prepare_cached("delete from served")?.execute([])?;
    tx.prepare_cached("insert into served (base_url) values (:url)")?
        .execute(named_params! { ":url": url })?;
    Ok(())
}
