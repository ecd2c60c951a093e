//! Setting a new password by a mailed link.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::credentials::refuse_weak;
use super::gate::{Posted, Visit};
use super::origin::lead;
use super::sessions::note_ended;
use super::validate::Members;
use super::{AuthError, Identity};
use crate::auth::audit::{self, Kind};
use crate::auth::link::{self, Kind as LinkKind};
use crate::auth::mail::{self, Mail};
use crate::auth::session;
use crate::auth::user;
use crate::http::App;
use crate::http::params::Query;
use crate::http::reply::Reply;
use crate::ids::Owner;

pub(super) fn routes() -> Vec<Route> {
    routes![request, open, reset]
}

/// Answers alike whether the account exists or not.
#[post("/request-password-reset", data = "<posted>")]
async fn request(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let parsed = members.email("email");
    members.optional_string("redirectTo");
    members.done()?;
    if !identity.mailer.is_open() {
        return Err(AuthError::new(400, "RESET_PASSWORD_DISABLED", "Reset password isn't enabled"));
    }
    let (email, device, now) = (parsed?, visit.device, visit.now);
    let to = email.as_str().to_owned();
    // A link that is not mailed must not void the one that was.
    let may_mail = identity.limits.may_mail(mail::Kind::ResetPassword, &to).is_ok();
    let token = app
        .db
        .write(move |tx| {
            let known = user::credential(tx, &email)?;
            // Noted for nobody too, so that both wait for the disk.
            let owner = known.as_ref().map(|known| known.owner);
            audit::note(tx, owner, Kind::ResetRequested, &device, now)?;
            match known {
                Some(known) if !known.disabled && may_mail => {
                    link::make(tx, known.owner, LinkKind::ResetPassword, now).map(Some)
                }
                _ => Ok(None),
            }
        })
        .await?;
    if let Some(token) = token {
        let target = body.get("redirectTo").and_then(Value::as_str).unwrap_or_default();
        identity.mailer.send(Mail {
            kind: mail::Kind::ResetPassword,
            to,
            url: link_to(&identity.base_url, &token, target),
            token,
        });
    }
    let message = "If this email exists in our system, check your email for the reset link";
    Ok(Reply::json(&json!({ "status": true, "message": message }))?)
}

fn link_to(base_url: &str, token: &str, target: &str) -> String {
    let target = rocket::http::RawStr::new(target).percent_encode();
    format!("{base_url}/api/auth/reset-password/{token}?callbackURL={target}")
}

/// Leads the mail's link to the page that asks for the new password.
#[get("/reset-password/<token>")]
async fn open(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
    token: &str,
    query: Query<'_>,
) -> Result<Reply, AuthError> {
    let Some(target) = query.get("callbackURL") else {
        let message = "[query.callbackURL] Invalid input: expected string, received undefined";
        return Err(AuthError::new(400, "VALIDATION_ERROR", message));
    };
    identity.origins.check_targets(&json!({ "callbackURL": target }))?;
    let (now, looked_up) = (visit.now, token.to_owned());
    let known = app
        .db
        .read(Owner::NOBODY, move |conn| {
            link::owner(conn, LinkKind::ResetPassword, &looked_up, now)
        })
        .await?;
    let told = match known {
        Some(_) => format!("token={}", rocket::http::RawStr::new(token).percent_encode()),
        None => "error=INVALID_TOKEN".to_owned(),
    };
    // A link that names no page is for ours.
    let target = if target.is_empty() { "/reset-password" } else { &target };
    Ok(lead(&identity.base_url, target, &told))
}

/// Sets the password and ends every session: whoever had the old password is out.
#[post("/reset-password", data = "<posted>")]
async fn reset(posted: Posted<'_>, query: Query<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let new = members.string("newPassword");
    let token = members.optional_string("token");
    members.done()?;
    let token = token.or_else(|| query.get("token")).unwrap_or_default();
    let invalid = || AuthError::new(400, "INVALID_TOKEN", "Invalid token");
    let (now, looked_up) = (visit.now, token.clone());
    let known = app
        .db
        .read(Owner::NOBODY, move |conn| {
            link::owner(conn, LinkKind::ResetPassword, &looked_up, now)
        })
        .await?;
    if known.is_none() {
        return Err(invalid());
    }
    refuse_weak(&new)?;
    let hash = identity.hasher.hash(new).await?;
    let device = visit.device;
    let done = app
        .db
        .write(move |tx| {
            // Looked at again: of several at once, one spends it.
            let Some(owner) = link::owner(tx, LinkKind::ResetPassword, &token, now)? else {
                return Ok(false);
            };
            user::set_password(tx, owner, &hash, now)?;
            audit::note(tx, Some(owner), Kind::PasswordChanged, &device, now)?;
            let ended = session::end_all(tx, owner, None)?;
            note_ended(tx, owner, &device, &ended, now)?;
            Ok(true)
        })
        .await?;
    if done { Ok(Reply::json(&json!({ "status": true }))?) } else { Err(invalid()) }
}
