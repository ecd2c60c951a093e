//! One's own account: name and picture, and e-mail.

use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::credentials::check_profile;
use super::gate::{Posted, Visit};
use super::objects::AccountObject;
use super::validate::Members;
use super::{AuthError, Identity, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::mail;
use crate::auth::session::{self, SignedIn};
use crate::auth::user::{self, Email};
use crate::http::App;
use crate::http::reply::Reply;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![
        alive,
        update,
        update_session,
        change_email,
        accounts,
        unlink,
        sign_in_social,
        link_social,
    ]
}

#[get("/ok")]
fn alive() -> Result<Reply, AuthError> {
    Ok(Reply::json(&json!({ "ok": true }))?)
}

#[post("/update-user", data = "<posted>")]
async fn update(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let name = members.optional_string("name");
    let image = match body.get("image") {
        Some(Value::Null) => Some(None),
        _ => members.optional_string("image").map(Some),
    };
    members.done()?;
    let signed_in = visit.session(app).await?;
    if body.get("email").is_some() {
        return Err(AuthError::new(400, "EMAIL_CAN_NOT_BE_UPDATED", "Email can not be updated"));
    }
    // As JavaScript has it, what is false or empty asks for nothing.
    let asks = |value: &Value| ![json!(null), json!(false), json!(0), json!("")].contains(value);
    if body.get("twoFactorEnabled").is_some_and(asks) {
        let message = "twoFactorEnabled is not allowed to be set";
        return Err(AuthError::new(400, "FIELD_NOT_ALLOWED", message));
    }
    if name.is_none() && image.is_none() {
        return Err(AuthError::without_code(400, "No fields to update"));
    }
    check_profile(name.as_deref().unwrap_or_default(), image.as_ref().and_then(Option::as_deref))?;
    let (owner, now) = (signed_in.owner, visit.now);
    app.db
        .write(move |tx| {
            let image = image.as_ref().map(Option::as_deref);
            user::update(tx, owner, name.as_deref(), image, now)
        })
        .await?;
    again(&visit, identity)
}

/// An address that was never verified changes at once. One that was gives way
/// only to one that is too: the change waits for a link in the new mailbox.
#[post("/change-email", data = "<posted>")]
async fn change_email(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let email = members.email("newEmail");
    members.optional_string("callbackURL");
    members.done()?;
    let signed_in = visit.session(app).await?;
    let email = email?;
    let target = body.get("callbackURL").and_then(Value::as_str).unwrap_or_default();
    if signed_in.user.email.as_deref() == Some(email.as_str()) {
        return Err(AuthError::without_code(400, "Email is the same"));
    }
    if signed_in.user.email_verified {
        return ask_new_address(app, identity, &signed_in, email, target, visit.now).await;
    }
    let (owner, device, now) = (signed_in.owner, visit.device.clone(), visit.now);
    let changed = app
        .db
        .write(move |tx| {
            if !user::change_email(tx, owner, &email, now)? {
                return Ok(None);
            }
            audit::note(tx, Some(owner), Kind::EmailChanged, &device, now)?;
            user::get(tx, owner).map(Some)
        })
        .await?;
    if let Some(user) = changed {
        identity.mail_verification_quietly(&user, target, now)?;
    }
    again(&visit, identity)
}

/// Sends the link that makes the change, unless the address is somebody's: the
/// answer does not tell.
async fn ask_new_address(
    app: &App,
    identity: &Identity,
    signed_in: &SignedIn,
    email: Email,
    target: &str,
    now: Timestamp,
) -> Result<Reply, AuthError> {
    if !identity.mailer.is_open() {
        return Err(AuthError::without_code(400, "Verification email isn't enabled"));
    }
    let wanted = email.clone();
    let taken = app.db.read(Owner::NOBODY, move |conn| user::by_email(conn, &wanted)).await?;
    identity.limits.may_mail(mail::Kind::ChangeEmail, email.as_str())?;
    if taken.is_none() {
        let SignedIn { user, session, .. } = signed_in;
        identity.mail_change(user, session, &email, target, now)?;
    }
    Ok(Reply::json(&json!({ "status": true }))?)
}

#[get("/list-accounts")]
async fn accounts(visit: Visit, app: &State<App>) -> Result<Reply, AuthError> {
    let signed_in = visit.session(app).await?;
    Ok(Reply::json(&[AccountObject::from(&signed_in.user)])?)
}

/// A session has no members that anybody may set.
#[post("/update-session", data = "<posted>")]
async fn update_session(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, body, .. } = posted;
    Members::new(&body).done()?;
    visit.session(app).await?;
    Err(AuthError::without_code(400, "No fields to update"))
}

/// There is one account to a person, and nobody may lose the last.
#[post("/unlink-account", data = "<posted>")]
async fn unlink(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, body, .. } = posted;
    let mut members = Members::new(&body);
    members.string("providerId");
    members.optional_string("accountId");
    members.done()?;
    let signed_in = visit.session(app).await?;
    if !session::is_fresh(&signed_in.session, visit.now) {
        return Err(AuthError::new(403, "SESSION_NOT_FRESH", "Session is not fresh"));
    }
    let message = "You can't unlink your last account";
    Err(AuthError::new(400, "FAILED_TO_UNLINK_LAST_ACCOUNT", message))
}

#[post("/sign-in/social", data = "<posted>")]
fn sign_in_social(posted: Posted<'_>) -> Result<Reply, AuthError> {
    Err(no_provider(&posted.body)?)
}

#[post("/link-social", data = "<posted>")]
async fn link_social(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, body, .. } = posted;
    let refusal = no_provider(&body)?;
    visit.session(app).await?;
    Err(refusal)
}

/// Nobody else is asked who somebody is.
fn no_provider(body: &Value) -> Result<AuthError, AuthError> {
    let mut members = Members::new(body);
    members.string("provider");
    members.done()?;
    Ok(AuthError::new(404, "PROVIDER_NOT_FOUND", "Provider not found"))
}

/// Success, with the session's cookie once more.
fn again(visit: &Visit, identity: &Identity) -> Result<Reply, AuthError> {
    let reply = Reply::json(&json!({ "status": true }))?;
    Ok(cookies::again(reply, identity, &visit.presented))
}
