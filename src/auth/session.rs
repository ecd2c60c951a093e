//! Sessions, and the tokens that name them.

use std::slice;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::audit::{self, Kind, Origin};
use super::claims::LEEWAY_SECONDS;
use super::secret::{self, ServerSecret};
use super::user::User;
use super::{TOKEN_SECONDS, jwt, store, user};
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::ids::{Owner, UserId};
use crate::time::Timestamp;

/// The claims of a token of our own: those of RFC 7519, the session, and the
/// members of Better Auth's user.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims<'a> {
    sub: &'a str,
    iat: i64,
    exp: i64,
    iss: &'a str,
    aud: &'a str,
    jti: String,
    sid: &'a str,
    id: &'a str,
    name: &'a str,
    email: Option<&'a str>,
    email_verified: bool,
    image: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

/// Makes a session for a command, as long as its one token, and signs that
/// token. It is on record as issued by hand.
pub fn issue_token(
    tx: &Tx,
    owner: Owner,
    base_url: &str,
    seconds: i64,
    now: Timestamp,
) -> Result<String> {
    let user = user::get(tx, owner)?;
    if user.disabled_at.is_some() {
        return Err(Error::conflict("account_disabled", "the account is disabled"));
    }
    let sid = uuid::Uuid::now_v7().simple().to_string();
    let ends = now.plus_seconds(seconds);
    // The token is good for a little longer than it says, and so is its session.
    let session_ends = ends.plus_seconds(LEEWAY_SECONDS);
    store::insert_session(tx, owner, &sid, "command", now, session_ends)?;
    let by = Device::default();
    audit::note_sessions(tx, owner, Kind::TokenIssued, &by, slice::from_ref(&sid), now)?;
    sign(tx, &user, &sid, base_url, seconds, now)
}

/// A token of fifteen minutes for somebody who is signed in.
pub fn jwt(conn: &Conn, signed_in: &SignedIn, base_url: &str, now: Timestamp) -> Result<String> {
    let SignedIn { user, session, .. } = signed_in;
    sign(conn, user, &session.id, base_url, TOKEN_SECONDS, now)
}

fn sign(
    conn: &Conn,
    user: &User,
    sid: &str,
    base_url: &str,
    seconds: i64,
    now: Timestamp,
) -> Result<String> {
    let key = store::signing_key(conn)?
        .ok_or_else(|| Error::Internal("there is no signing key".into()))?;
    let claims = Claims {
        sub: user.id.as_str(),
        iat: now.seconds(),
        exp: now.plus_seconds(seconds).seconds(),
        iss: base_url,
        aud: base_url,
        jti: uuid::Uuid::now_v7().simple().to_string(),
        sid,
        id: user.id.as_str(),
        name: &user.name,
        email: user.email.as_deref(),
        email_verified: user.email_verified,
        image: user.image.as_deref(),
        created_at: user.created_at,
        updated_at: user.updated_at,
    };
    jwt::sign(&key.kid, &key.seed, &claims)
}

/// Better Auth's own lifetimes: a week that slides by use once a day, or a day
/// for `rememberMe: false`; and thirty days whatever happens.
const WEEK: i64 = 7 * 24 * 60 * 60;
const DAY: i64 = 24 * 60 * 60;
const LONGEST: i64 = 30 * DAY;

/// Letters and digits: what a session's token is made of.
const ALPHABET: &[u8; 62] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// A signed-in session. Its token is kept only as a hash, and sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    pub id: String,
    pub created_at: Timestamp,
    /// When it was made or last slid.
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: String,
    pub user_agent: String,
    pub remembered: bool,
}

/// From where somebody acts, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Device {
    pub address: String,
    pub user_agent: String,
    pub origin: Origin,
    /// The id of the request, for the log.
    pub request: String,
}

/// A session with its person.
#[derive(Clone, Debug)]
pub struct SignedIn {
    pub owner: Owner,
    pub user: User,
    pub session: Session,
}

/// Begins a session with a token of 190 random bits, which no client chose.
pub fn begin(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    device: &Device,
    remembered: bool,
    now: Timestamp,
) -> Result<(SignedIn, String)> {
    let token = new_token()?;
    let session = Session {
        id: uuid::Uuid::now_v7().simple().to_string(),
        created_at: now,
        updated_at: now,
        expires_at: now.plus_seconds(if remembered { WEEK } else { DAY }),
        address: device.address.clone(),
        user_agent: device.user_agent.clone(),
        remembered,
    };
    store::insert_signed_in(tx, owner, &session, &hash_of(&token), &secret.seal(&token)?)?;
    Ok((SignedIn { owner, user: user::get(tx, owner)?, session }, token))
}

/// A session that began elsewhere, cut to what one of our own may last; `None`
/// if it has ended by that. Its id is a new one.
pub(super) fn adopted(
    created_at: Timestamp,
    updated_at: Timestamp,
    ends: Timestamp,
    device: Device,
    now: Timestamp,
) -> Option<Session> {
    let longest = now.plus_seconds(WEEK).min(created_at.plus_seconds(LONGEST));
    let session = Session {
        id: uuid::Uuid::now_v7().simple().to_string(),
        created_at,
        updated_at,
        expires_at: ends.min(longest),
        address: device.address,
        user_agent: device.user_agent,
        // Whoever did not ask to be remembered was given a day.
        remembered: ends > updated_at.plus_seconds(DAY),
    };
    (session.expires_at > now).then_some(session)
}

/// Keeps a session that was adopted, under the token it had.
pub(super) fn bring(
    tx: &Tx,
    secret: &ServerSecret,
    owner: Owner,
    session: &Session,
    token: &str,
) -> Result<()> {
    store::insert_signed_in(tx, owner, session, &hash_of(token), &secret.seal(token)?)
}

/// The live session with this token, if its account is enabled.
pub fn find(conn: &Conn, token: &str, now: Timestamp) -> Result<Option<SignedIn>> {
    let Some((owner, session)) = store::session_by_token(conn, &hash_of(token))? else {
        return Ok(None);
    };
    let user = user::get(conn, owner)?;
    let alive = session.expires_at > now && user.disabled_at.is_none();
    Ok(alive.then_some(SignedIn { owner, user, session }))
}

/// Fails if this session has ended while something slow was done for it.
pub fn still(tx: &Tx, owner: Owner, session: &Session, now: Timestamp) -> Result<()> {
    let ends = store::session_ends(tx, owner, &session.id)?;
    match ends {
        Some(ends) if ends > now => Ok(()),
        _ => Err(Error::Unauthorized { sent: true }),
    }
}

/// When this session would end if it were used now: a week on, once a day has
/// passed since it last slid, and never beyond thirty days.
pub fn slid(session: &Session, now: Timestamp) -> Option<Timestamp> {
    let left = session.expires_at.seconds() - now.seconds();
    let ends = now.plus_seconds(WEEK).min(session.created_at.plus_seconds(LONGEST));
    (session.remembered && left < WEEK - DAY && ends > session.expires_at).then_some(ends)
}

/// Keeps a used session alive until `ends`.
pub fn slide(tx: &Tx, owner: Owner, id: &str, ends: Timestamp, now: Timestamp) -> Result<()> {
    store::slide_session(tx, owner, id, ends, now)
}

/// True if it was begun less than a day ago: needed for what is delicate.
pub fn is_fresh(session: &Session, now: Timestamp) -> bool {
    now.seconds() - session.created_at.seconds() < DAY
}

/// Live sessions, oldest first, with their tokens.
pub fn list(
    conn: &Conn,
    secret: &ServerSecret,
    owner: Owner,
    now: Timestamp,
) -> Result<Vec<(Session, String)>> {
    let sessions = store::live_sessions(conn, owner, now)?;
    let opened = |(session, sealed): (Session, Vec<u8>)| Some((session, secret.open(&sealed)?));
    Ok(sessions.into_iter().filter_map(opened).collect())
}

/// A session as the server's owner sees it: everything but its token.
#[derive(Clone, Debug, Serialize)]
pub struct OwnersSession {
    #[serde(skip)]
    pub owner: Owner,
    pub id: String,
    pub user_id: UserId,
    pub email: Option<String>,
    /// `sign_in`, or `command` for one that a token of `docket token issue` has.
    pub origin: &'static str,
    pub created_at: Timestamp,
    /// When it was made or last slid.
    pub updated_at: Timestamp,
    pub expires_at: Timestamp,
    pub address: String,
    pub user_agent: String,
}

/// Live sessions of one account or of all, oldest first.
pub fn list_for_owner(
    conn: &Conn,
    owner: Option<Owner>,
    now: Timestamp,
) -> Result<Vec<OwnersSession>> {
    store::owners_sessions(conn, owner, now)
}

/// Ends one session, with its tokens and event streams.
pub fn end(tx: &Tx, owner: Owner, id: &str) -> Result<()> {
    tx.standing_changes();
    store::delete_session(tx, owner, id)
}

/// Ends the caller's session with this token, and gives its id; another's is
/// left alone.
pub fn end_by_token(tx: &Tx, owner: Owner, token: &str) -> Result<Option<String>> {
    match store::session_by_token(tx, &hash_of(token))? {
        Some((whose, session)) if whose == owner => {
            end(tx, owner, &session.id)?;
            Ok(Some(session.id))
        }
        _ => Ok(None),
    }
}

/// Ends every session of an account, or all but one, and gives their ids.
pub fn end_all(tx: &Tx, owner: Owner, kept: Option<&str>) -> Result<Vec<String>> {
    tx.standing_changes();
    store::delete_sessions(tx, owner, kept.unwrap_or_default())
}

pub(super) fn hash_of(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}

pub(super) fn new_token() -> Result<String> {
    let mut token = String::with_capacity(32);
    while token.len() < 32 {
        let mut bytes = [0; 64];
        secret::random(&mut bytes)?;
        // Only bytes below 248 fall evenly on 62 letters.
        let letters =
            bytes.iter().filter(|byte| **byte < 248).map(|byte| ALPHABET[usize::from(byte % 62)]);
        token.extend(letters.take(32 - token.len()).map(char::from));
    }
    Ok(token)
}

/// Removes sessions that have ended by themselves.
pub fn forget_ended(tx: &Tx, now: Timestamp) -> Result<()> {
    store::delete_ended_sessions(tx, now)
}

/// What the server last served as, for commands that make tokens beside it.
pub fn served_url(conn: &Conn) -> Result<Option<String>> {
    store::served_url(conn)
}

/// Notes what the server serves as.
pub fn set_served_url(tx: &Tx, url: &str) -> Result<()> {
    if store::served_url(tx)?.as_deref() == Some(url) {
        return Ok(());
    }
    store::set_served_url(tx, url)
}
