//! The end of an account, by its own person.

use rocket::http::RawStr;
use rocket::{Route, State, get, post, routes};
use serde::Serialize;
use serde_json::json;

use super::gate::{Posted, Visit};
use super::origin::lead;
use super::password::prove;
use super::validate::Members;
use super::{AuthError, Identity, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::link::{self, Kind as LinkKind};
use crate::auth::mail::{self, Mail};
use crate::auth::session::{self, SignedIn};
use crate::auth::user;
use crate::http::App;
use crate::http::params::Query;
use crate::http::reply::Reply;

pub(super) fn routes() -> Vec<Route> {
    routes![delete, open]
}

/// Deletes at once for a password or a mailed token. Without either a mail asks
/// once more, or, where there is none, the session must be fresh.
#[post("/delete-user", data = "<posted>")]
async fn delete(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let password = members.optional_string("password");
    let token = members.optional_string("token").filter(|token| !token.is_empty());
    let target = members.optional_string("callbackURL").unwrap_or_default();
    if !body.is_null() {
        members.done()?;
    }
    let signed_in = visit.session(app).await?;
    let proven = password.is_some() || token.is_some();
    if let Some(password) = password {
        prove(&visit, app, identity, signed_in.owner, password).await?;
    }
    if !proven && identity.mailer.is_open() {
        return ask(&visit, app, identity, &signed_in, &target).await;
    }
    if !proven && !session::is_fresh(&signed_in.session, visit.now) {
        let message = "Session expired. Re-authenticate to perform this action.";
        return Err(AuthError::new(400, "SESSION_EXPIRED", message));
    }
    remove(&visit, app, signed_in, token).await?;
    Ok(said("User deleted")?.headers(cookies::clear(identity)))
}

/// Where the mail's link leads, in the browser that is signed in.
#[get("/delete-user/callback")]
async fn open(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
    query: Query<'_>,
) -> Result<Reply, AuthError> {
    let signed_in = visit.session(app).await?;
    let (token, target) = (query.get("token"), query.get("callbackURL").unwrap_or_default());
    let Some(token) = token else {
        let message = "[query.token] Invalid input: expected string, received undefined";
        return Err(AuthError::new(400, "VALIDATION_ERROR", message));
    };
    identity.origins.check_targets(&json!({ "callbackURL": target }))?;
    remove(&visit, app, signed_in, Some(token)).await?;
    let reply = match target.as_str() {
        "" => said("User deleted")?,
        target => lead(&identity.base_url, target, ""),
    };
    Ok(reply.headers(cookies::clear(identity)))
}

/// Mails the link that deletes.
async fn ask(
    visit: &Visit,
    app: &App,
    identity: &Identity,
    signed_in: &SignedIn,
    target: &str,
) -> Result<Reply, AuthError> {
    let (owner, now) = (signed_in.owner, visit.now);
    let to = signed_in.user.email.clone().unwrap_or_default();
    identity.limits.may_mail(mail::Kind::DeleteAccount, &to)?;
    let token = app.db.write(move |tx| link::make(tx, owner, LinkKind::DeleteAccount, now)).await?;
    let target = RawStr::new(if target.is_empty() { "/" } else { target }).percent_encode();
    let base = &identity.base_url;
    let url = format!("{base}/api/auth/delete-user/callback?token={token}&callbackURL={target}");
    identity.mailer.send(Mail { kind: mail::Kind::DeleteAccount, to, token, url });
    said("Verification email sent")
}

/// Removes the account. A token must be of this person's own mail.
async fn remove(
    visit: &Visit,
    app: &App,
    signed_in: SignedIn,
    token: Option<String>,
) -> Result<(), AuthError> {
    let (device, now) = (visit.device.clone(), visit.now);
    let SignedIn { owner, session, .. } = signed_in;
    let removed = app
        .db
        .write(move |tx| {
            session::still(tx, owner, &session, now)?;
            if let Some(token) = &token
                && link::owner(tx, LinkKind::DeleteAccount, token, now)? != Some(owner)
            {
                return Ok(false);
            }
            audit::note(tx, Some(owner), Kind::AccountDeleted, &device, now)?;
            user::delete(tx, owner)?;
            Ok(true)
        })
        .await?;
    if removed { Ok(()) } else { Err(AuthError::new(404, "INVALID_TOKEN", "Invalid token")) }
}

/// In this order, as Better Auth writes it.
#[derive(Serialize)]
struct Deletion {
    success: bool,
    message: &'static str,
}

fn said(message: &'static str) -> Result<Reply, AuthError> {
    Ok(Reply::json(&Deletion { success: true, message })?)
}
