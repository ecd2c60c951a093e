//! Looking at sessions and ending them.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::gate::{Posted, Visit};
use super::objects::{SessionObject, UserObject};
use super::renewal::slide;
use super::validate::Members;
use super::{AuthError, Identity, cookies, token};
use crate::auth::audit::{self, Kind};
use crate::auth::session::{self, Device, SignedIn};
use crate::db::Tx;
use crate::http::App;
use crate::http::params::Query;
use crate::http::reply::Reply;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![get_session, post_session, list, revoke, revoke_all, revoke_others]
}

#[get("/get-session")]
async fn get_session(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
    query: Query<'_>,
) -> Result<Reply, AuthError> {
    let no_refresh = query.pairs().any(|(name, value)| {
        name == "disableRefresh" && !matches!(value.as_str(), "" | "false" | "0")
    });
    let Some(mut signed_in) = visit.find(app).await? else {
        let reply = Reply::json(&Value::Null)?.header("Pragma", "no-cache");
        // A well-signed token whose session is gone: the browser may forget it.
        let stale = visit.presented.token.is_some();
        return Ok(if stale { reply.headers(cookies::clear(identity)) } else { reply });
    };
    if !no_refresh {
        slide(&visit, app, &mut signed_in).await?;
    }
    let token = visit.presented.token.clone().unwrap_or_default();
    let body = json!({
        "session": SessionObject::new(&signed_in.session, &token, &signed_in.user),
        "user": UserObject::from(&signed_in.user),
    });
    let jwt = token::sign(app, identity, &signed_in, visit.now).await?;
    Ok(Reply::json(&body)?
        .header("Pragma", "no-cache")
        .header("set-auth-jwt", jwt)
        .header("Access-Control-Expose-Headers", "set-auth-jwt"))
}

#[post("/get-session", data = "<_posted>")]
fn post_session(_posted: Posted<'_>) -> Result<Reply, AuthError> {
    Err(AuthError::new(
        405,
        "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
        "POST method requires deferSessionRefresh to be enabled in session config",
    ))
}

#[get("/list-sessions")]
async fn list(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
) -> Result<Reply, AuthError> {
    let SignedIn { owner, user, session } = visit.session(app).await?;
    if !session::is_fresh(&session, visit.now) {
        return Err(AuthError::new(403, "SESSION_NOT_FRESH", "Session is not fresh"));
    }
    let (secret, now) = (identity.secret.clone(), visit.now);
    let sessions = app.db.read(owner, move |conn| session::list(conn, &secret, owner, now)).await?;
    let objects: Vec<SessionObject<'_>> =
        sessions.iter().map(|(session, token)| SessionObject::new(session, token, &user)).collect();
    Ok(Reply::json(&objects)?)
}

#[post("/revoke-session", data = "<posted>")]
async fn revoke(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let token = members.string("token");
    members.done()?;
    let signed_in = visit.session(app).await?;
    let own = visit.presented.token.as_deref() == Some(token.as_str());
    let (owner, device, now) = (signed_in.owner, visit.device, visit.now);
    app.db
        .write(move |tx| match session::end_by_token(tx, owner, &token)? {
            Some(id) => note_ended(tx, owner, &device, &[id], now),
            None => Ok(()),
        })
        .await?;
    Ok(done(own.then(|| cookies::clear(identity)))?)
}

#[post("/revoke-sessions", data = "<posted>")]
async fn revoke_all(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, .. } = posted;
    end_all(&visit, app, false).await?;
    Ok(done(Some(cookies::clear(identity)))?)
}

#[post("/revoke-other-sessions", data = "<posted>")]
async fn revoke_others(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, .. } = posted;
    end_all(&visit, app, true).await?;
    Ok(done(None)?)
}

async fn end_all(visit: &Visit, app: &App, but_own: bool) -> Result<(), AuthError> {
    let SignedIn { owner, session, .. } = visit.session(app).await?;
    let (device, now) = (visit.device.clone(), visit.now);
    app.db
        .write(move |tx| {
            let ended = session::end_all(tx, owner, but_own.then_some(session.id.as_str()))?;
            note_ended(tx, owner, &device, &ended, now)
        })
        .await?;
    Ok(())
}

/// Notes the sessions that somebody ended, if there were any.
pub(super) fn note_ended(
    tx: &Tx,
    owner: Owner,
    device: &Device,
    ended: &[String],
    now: Timestamp,
) -> crate::error::Result<()> {
    if ended.is_empty() {
        return Ok(());
    }
    audit::note_sessions(tx, owner, Kind::SessionsEnded, device, ended, now)
}

fn done(cookies: Option<Vec<rocket::http::Header<'static>>>) -> crate::error::Result<Reply> {
    let reply = Reply::json(&json!({ "status": true }))?;
    Ok(reply.headers(cookies.unwrap_or_default()))
}
