//! Changing and proving one's password.

use rocket::{Route, post, routes};
use serde_json::json;

use super::credentials::refuse_weak;
use super::gate::{Posted, Visit};
use super::objects::UserObject;
use super::sessions::note_ended;
use super::validate::Members;
use super::{AuthError, Identity, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::password::Verdict;
use crate::auth::{session, user};
use crate::error::Error;
use crate::http::App;
use crate::http::reply::Reply;
use crate::ids::Owner;

pub(super) fn routes() -> Vec<Route> {
    routes![change, verify]
}

#[post("/change-password", data = "<posted>")]
async fn change(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let new = members.string("newPassword");
    let current = members.string("currentPassword");
    let end_others = members.optional_bool("revokeOtherSessions").unwrap_or(false);
    members.done()?;
    let signed_in = visit.session(app).await?;
    refuse_weak(&new)?;
    let stored = prove(&visit, app, identity, signed_in.owner, current).await?;
    let hash = identity.hasher.hash(new).await?;
    let (secret, owner) = (identity.secret.clone(), signed_in.owner);
    let (device, now) = (visit.device.clone(), visit.now);
    let session = signed_in.session;
    let remembered = session.remembered;
    let (user, token) = app
        .db
        .write(move |tx| {
            // Looked at again: the owner may have reset it from elsewhere.
            session::still(tx, owner, &session, now)?;
            if user::password_hash(tx, owner)? != Some(stored) {
                return Err(Error::Unauthorized { sent: true });
            }
            user::set_password(tx, owner, &hash, now)?;
            audit::note(tx, Some(owner), Kind::PasswordChanged, &device, now)?;
            if !end_others {
                return Ok((user::get(tx, owner)?, None));
            }
            let ended = session::end_all(tx, owner, None)?;
            note_ended(tx, owner, &device, &ended, now)?;
            let (begun, token) = session::begin(tx, &secret, owner, &device, remembered, now)?;
            Ok((begun.user, Some(token)))
        })
        .await?;
    let answer = json!({ "token": token, "user": UserObject::from(&user) });
    let reply = Reply::json(&answer)?;
    Ok(match token {
        Some(token) => reply
            .headers(cookies::set(identity, &token, remembered))
            .header("Access-Control-Expose-Headers", "set-auth-token"),
        None => reply,
    })
}

#[post("/verify-password", data = "<posted>")]
async fn verify(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let password = members.string("password");
    members.done()?;
    let signed_in = visit.session(app).await?;
    prove(&visit, app, identity, signed_in.owner, password).await?;
    Ok(Reply::json(&json!({ "status": true }))?)
}

/// Checks that the caller knows their password, and gives its hash; wrong ones count.
pub(super) async fn prove(
    visit: &Visit,
    app: &App,
    identity: &Identity,
    owner: Owner,
    password: String,
) -> Result<String, AuthError> {
    let tried = identity.may_try(app, visit, &owner, Some(owner)).await?;
    let stored = app.db.read(owner, move |conn| user::password_hash(conn, owner)).await?;
    let Some(stored) = stored else {
        let message = "Credential account not found";
        return Err(AuthError::new(400, "CREDENTIAL_ACCOUNT_NOT_FOUND", message));
    };
    // Nothing longer can be a password, and hashing it would cost.
    let too_long = password.encode_utf16().count() > 128;
    if too_long || identity.verify(tried, password, Some(stored.clone())).await? == Verdict::Wrong {
        identity.failures.count(&app.db, Kind::PasswordFailed, Some(owner), visit);
        return Err(AuthError::new(400, "INVALID_PASSWORD", "Invalid password"));
    }
    Ok(stored)
}
