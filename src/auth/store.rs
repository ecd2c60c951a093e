//! The SQL of accounts, sessions and keys.

pub(super) mod two_factor;

use rusqlite::{OptionalExtension, Row, named_params};

use super::keys::OwnKey;
use super::session::Session;
use super::user::{Credential, User};
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

const USER: &str = "id, email, name, email_verified, image, issuer, subject, disabled_at,
    created_at, updated_at,
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
        created_at: row.get(8)?,
        updated_at: row.get(9)?,
        two_factor_enabled: row.get(10)?,
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

pub(super) fn owner_by_email(conn: &Conn, email: &str) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached("select owner from users where email = :email")?
        .query_row(named_params! { ":email": email }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

pub(super) fn credential(conn: &Conn, email: &str) -> Result<Option<Credential>> {
    let credential = conn
        .prepare_cached(
            "select owner, password_hash, disabled_at is not null
             from users
             where email = :email",
        )?
        .query_row(named_params! { ":email": email }, |row| {
            Ok(Credential { owner: row.get(0)?, password_hash: row.get(1)?, disabled: row.get(2)? })
        })
        .optional()?;
    Ok(credential)
}

pub(super) fn password_hash(conn: &Conn, owner: Owner) -> Result<Option<String>> {
    let hash = conn
        .prepare_cached("select password_hash from users where owner = :owner")?
        .query_row(named_params! { ":owner": owner }, |row| row.get(0))
        .optional()?;
    Ok(hash.flatten())
}

pub(super) fn set_password_hash(tx: &Tx, owner: Owner, hash: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users set password_hash = :hash, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":hash": hash, ":now": now })?;
    Ok(())
}

pub(super) fn update_profile(
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

pub(super) fn set_email(tx: &Tx, owner: Owner, email: &str, now: Timestamp) -> Result<()> {
    tx.prepare_cached(
        "update users set email = :email, email_verified = 0, updated_at = :now
         where owner = :owner",
    )?
    .execute(named_params! { ":owner": owner, ":email": email, ":now": now })?;
    Ok(())
}

pub(super) fn delete_user(tx: &Tx, owner: Owner) -> Result<()> {
    tx.prepare_cached("delete from users where owner = :owner")?
        .execute(named_params! { ":owner": owner })?;
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
    delete_sessions(tx, owner, "")?;
    set_tokens_after(tx, owner, now)
}

/// Refuses every token without a session that was issued up to `now`.
pub(super) fn set_tokens_after(tx: &Tx, owner: Owner, now: Timestamp) -> Result<()> {
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

const SESSION: &str = "id, created_at, updated_at, expires_at, address, user_agent, remembered";

fn session_from(row: &Row) -> rusqlite::Result<Session> {
    Ok(Session {
        id: row.get(0)?,
        created_at: row.get(1)?,
        updated_at: row.get(2)?,
        expires_at: row.get(3)?,
        address: row.get(4)?,
        user_agent: row.get(5)?,
        remembered: row.get(6)?,
    })
}

pub(super) fn insert_signed_in(
    tx: &Tx,
    owner: Owner,
    session: &Session,
    hash: &[u8; 32],
    sealed: &[u8],
) -> Result<()> {
    tx.prepare_cached(
        "insert into sessions
            (id, owner, origin, created_at, updated_at, expires_at, address, user_agent,
             remembered, token_hash, token_sealed)
         values
            (:id, :owner, 'http', :created_at, :updated_at, :expires_at, :address, :user_agent,
             :remembered, :hash, :sealed)",
    )?
    .execute(named_params! {
        ":id": session.id,
        ":owner": owner,
        ":created_at": session.created_at,
        ":updated_at": session.updated_at,
        ":expires_at": session.expires_at,
        ":address": session.address,
        ":user_agent": session.user_agent,
        ":remembered": session.remembered,
        ":hash": hash,
        ":sealed": sealed,
    })?;
    Ok(())
}

/// The session with this token, alive or not, and whose it is.
pub(super) fn session_by_token(conn: &Conn, hash: &[u8; 32]) -> Result<Option<(Owner, Session)>> {
    let found = conn
        .prepare_cached(&format!(
            "select {SESSION}, owner
             from sessions
             where token_hash = :hash and token_hash is not null"
        ))?
        .query_row(named_params! { ":hash": hash }, |row| Ok((row.get(7)?, session_from(row)?)))
        .optional()?;
    Ok(found)
}

/// The signed-in sessions that are alive, oldest first, with their sealed tokens.
pub(super) fn live_sessions(
    conn: &Conn,
    owner: Owner,
    now: Timestamp,
) -> Result<Vec<(Session, Vec<u8>)>> {
    let mut statement = conn.prepare_cached(&format!(
        "select {SESSION}, token_sealed
         from sessions
         where owner = :owner and token_hash is not null and expires_at > :now
         order by created_at, id"
    ))?;
    let rows = statement.query_map(named_params! { ":owner": owner, ":now": now }, |row| {
        Ok((session_from(row)?, row.get(7)?))
    })?;
    rows.map(|row| Ok(row?)).collect()
}

pub(super) fn slide_session(
    tx: &Tx,
    owner: Owner,
    id: &str,
    ends: Timestamp,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "update sessions set expires_at = :ends, updated_at = :now
         where owner = :owner and id = :id",
    )?
    .execute(named_params! { ":owner": owner, ":id": id, ":ends": ends, ":now": now })?;
    Ok(())
}

pub(super) fn delete_session(tx: &Tx, owner: Owner, id: &str) -> Result<()> {
    tx.prepare_cached("delete from sessions where owner = :owner and id = :id")?
        .execute(named_params! { ":owner": owner, ":id": id })?;
    Ok(())
}

/// Ends every session of an account but one; all of them if `kept` is empty.
pub(super) fn delete_sessions(tx: &Tx, owner: Owner, kept: &str) -> Result<()> {
    tx.prepare_cached("delete from sessions where owner = :owner and id <> :kept")?
        .execute(named_params! { ":owner": owner, ":kept": kept })?;
    Ok(())
}

pub(super) fn insert_link(
    tx: &Tx,
    owner: Owner,
    kind: &str,
    hash: &[u8; 32],
    now: Timestamp,
    ends: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into links (token_hash, kind, owner, created_at, expires_at)
         values (:hash, :kind, :owner, :now, :ends)",
    )?
    .execute(named_params! {
        ":hash": hash,
        ":kind": kind,
        ":owner": owner,
        ":now": now,
        ":ends": ends,
    })?;
    Ok(())
}

/// Whom a link that has not ended belongs to.
pub(super) fn link_owner(
    conn: &Conn,
    kind: &str,
    hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<Owner>> {
    let owner = conn
        .prepare_cached(
            "select owner from links
             where token_hash = :hash and kind = :kind and expires_at > :now",
        )?
        .query_row(named_params! { ":hash": hash, ":kind": kind, ":now": now }, |row| row.get(0))
        .optional()?;
    Ok(owner)
}

/// Voids every link of one kind that an account has.
pub(super) fn delete_links(tx: &Tx, owner: Owner, kind: &str) -> Result<()> {
    tx.prepare_cached("delete from links where owner = :owner and kind = :kind")?
        .execute(named_params! { ":owner": owner, ":kind": kind })?;
    Ok(())
}

pub(super) fn delete_ended_links(tx: &Tx, now: Timestamp) -> Result<()> {
    tx.prepare_cached("delete from links where expires_at <= :now")?
        .execute(named_params! { ":now": now })?;
    Ok(())
}

pub(super) fn insert_audit(
    tx: &Tx,
    owner: Option<Owner>,
    kind: &str,
    address: &str,
    origin: &str,
    now: Timestamp,
) -> Result<()> {
    tx.prepare_cached(
        "insert into audit (at, owner, kind, address, origin)
         values (:now, :owner, :kind, :address, :origin)",
    )?
    .execute(named_params! {
        ":now": now,
        ":owner": owner,
        ":kind": kind,
        ":address": address,
        ":origin": origin,
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
