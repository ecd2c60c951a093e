//! Signing in and out.

use std::slice;

use rocket::{Route, post, routes};
use serde_json::{Value, json};

use super::gate::{Posted, Visit};
use super::objects::UserObject;
use super::origin::in_ascii;
use super::validate::Members;
use super::{AuthError, Identity, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::password::{self, Verdict, Weakness};
use crate::auth::session::{self, SignedIn};
use crate::auth::two_factor::{self, ChallengeKind};
use crate::auth::user::{self, Email};
use crate::http::App;
use crate::http::reply::Reply;
use crate::ids::Owner;

pub(super) fn routes() -> Vec<Route> {
    routes![sign_in, sign_out]
}

#[post("/sign-in/email", data = "<posted>")]
async fn sign_in(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let email = members.string("email");
    let password = members.string("password");
    let remember = members.optional_bool("rememberMe").unwrap_or(true);
    members.optional_string("callbackURL");
    members.done()?;
    let Ok(email) = Email::parse(&email) else {
        return Err(AuthError::new(400, "INVALID_EMAIL", "Invalid email"));
    };
    if password::weakness(&password) == Some(Weakness::TooLong) {
        return Err(AuthError::new(400, "PASSWORD_TOO_LONG", "Password too long"));
    }
    let looked_up = email.clone();
    let known = app.db.read(Owner::NOBODY, move |conn| user::credential(conn, &looked_up)).await?;
    let owner = known.as_ref().map(|known| known.owner);
    let tried = identity.may_try(app, &visit, &email.as_str(), owner).await?;
    let stored = known.as_ref().and_then(|known| known.password_hash.clone());
    let verdict = identity.verify(tried, password.clone(), stored).await?;
    let (known, outdated) = match (known, verdict) {
        (Some(known), Verdict::Right { outdated }) if !known.disabled => (known, outdated),
        _ => {
            return Err(refuse(app, identity, owner, &visit));
        }
    };
    if identity.needs_proof && !known.email_verified {
        return Err(AuthError::new(403, "EMAIL_NOT_VERIFIED", "Email not verified"));
    }
    let owner = known.owner;
    let rehashed = if outdated { Some(identity.hasher.hash(password).await?) } else { None };
    let (secret, device, now) = (identity.secret.clone(), visit.device.clone(), visit.now);
    let trust = visit.presented.trust.clone();
    let next = app
        .db
        .write(move |tx| {
            // Looked at again: while the password was checked the account may
            // have been disabled or removed, or its password replaced.
            if user::credential(tx, &email)? != Some(known) {
                return Ok(Next::Refused);
            }
            if let Some(hash) = rehashed {
                user::rehash(tx, owner, &hash, now)?;
            }
            let factor = two_factor::find(tx, owner)?.filter(|factor| factor.is_on());
            let trusted = match trust.filter(|_| factor.is_some()) {
                Some(id) => two_factor::renew_trust(tx, owner, &id, now)?,
                None => None,
            };
            if let Some(factor) = factor.filter(|_| trusted.is_none()) {
                let challenge = two_factor::challenge(tx, owner, ChallengeKind::SignIn, now)?;
                return Ok(Next::SecondFactor(challenge, factor.has_app()));
            }
            let (signed_in, token) = session::begin(tx, &secret, owner, &device, remember, now)?;
            let id = slice::from_ref(&signed_in.session.id);
            audit::note_sessions(tx, owner, Kind::SignedIn, &device, id, now)?;
            Ok(Next::SignedIn(Box::new(signed_in), token, trusted))
        })
        .await?;
    let (signed_in, token, trusted) = match next {
        Next::SignedIn(signed_in, token, trusted) => (signed_in, token, trusted),
        Next::Refused => return Err(refuse(app, identity, None, &visit)),
        Next::SecondFactor(challenge, has_app) => {
            let methods = [("totp", has_app), ("otp", identity.mailer.is_open())];
            let methods = methods.iter().filter(|(_, there)| *there).map(|(name, _)| *name);
            let methods: Vec<&str> = methods.collect();
            let body = json!({ "twoFactorRedirect": true, "twoFactorMethods": methods });
            let mut cookies = cookies::set_challenge(identity, &challenge, remember);
            if remember && visit.presented.forget {
                cookies.push(cookies::remember(identity));
            }
            return Ok(Reply::json(&body)?.headers(cookies));
        }
    };
    let target = body.get("callbackURL").and_then(Value::as_str);
    let mut answer = json!({
        "redirect": target.is_some_and(|target| !target.is_empty()),
        "token": token,
        "user": UserObject::from(&signed_in.user),
    });
    if let Some(target) = target {
        answer["url"] = target.into();
    }
    let mut reply = opened(identity, &answer, &token, remember, visit.presented.forget)?;
    if let Some(id) = trusted {
        reply = reply.headers(vec![cookies::set_trust(identity, &id)]);
    }
    if let Some(target) = target.filter(|target| !target.is_empty()) {
        reply = reply.header("Location", in_ascii(target));
    }
    Ok(reply)
}

/// What a right password leads to.
enum Next {
    /// The session, its token, and the id of a device that is still trusted.
    SignedIn(Box<SignedIn>, String, Option<String>),
    /// The id of the challenge that the second factor answers, and whether an
    /// authenticator can.
    SecondFactor(String, bool),
    /// It is the right one no more.
    Refused,
}

/// The one answer to every failed sign-in, whether the account exists or not.
fn refuse(app: &App, identity: &Identity, owner: Option<Owner>, visit: &Visit) -> AuthError {
    identity.failures.count(&app.db, Kind::SignInFailed, owner, visit);
    AuthError::new(401, "INVALID_EMAIL_OR_PASSWORD", "Invalid email or password")
}

#[post("/sign-out", data = "<posted>")]
async fn sign_out(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, .. } = posted;
    if let Some(SignedIn { owner, session, .. }) = visit.find(app).await? {
        let (device, now) = (visit.device, visit.now);
        app.db
            .write(move |tx| {
                let id = slice::from_ref(&session.id);
                audit::note_sessions(tx, owner, Kind::SignedOut, &device, id, now)?;
                session::end(tx, owner, &session.id)
            })
            .await?;
    }
    Ok(Reply::json(&json!({ "success": true }))?.headers(cookies::clear(identity)))
}

/// An answer that opens a session in a browser.
pub(super) fn opened(
    identity: &Identity,
    body: &Value,
    token: &str,
    remember: bool,
    was_forgetting: bool,
) -> Result<Reply, AuthError> {
    let mut reply = Reply::json(body)?
        .headers(cookies::set(identity, token, remember))
        .header("Access-Control-Expose-Headers", "set-auth-token");
    if remember && was_forgetting {
        reply = reply.headers(vec![cookies::remember(identity)]);
    }
    Ok(reply)
}

/// The rule for a new password, in Better Auth's words.
pub(super) fn refuse_weak(password: &str) -> Result<(), AuthError> {
    match password::weakness(password) {
        None => Ok(()),
        Some(Weakness::TooShort) => {
            Err(AuthError::new(400, "PASSWORD_TOO_SHORT", "Password too short"))
        }
        Some(Weakness::TooLong) => {
            Err(AuthError::new(400, "PASSWORD_TOO_LONG", "Password too long"))
        }
        Some(Weakness::Common) => {
            Err(AuthError::new(400, "PASSWORD_TOO_COMMON", "Password is too common"))
        }
    }
}

/// What a name and a picture may be: text that can be stored and shown.
pub(super) fn check_profile(name: &str, image: Option<&str>) -> Result<(), AuthError> {
    let too_long = name.chars().count() > 200 || image.is_some_and(|image| image.len() > 4096);
    let nul = name.contains('\0') || image.is_some_and(|image| image.contains('\0'));
    if too_long || nul {
        let message = "[body.name] must be at most 200 characters; [body.image] at most 4096";
        return Err(AuthError::new(400, "VALIDATION_ERROR", message));
    }
    Ok(())
}
