//! The second factor: setting it up, answering it, taking it away.

use rocket::{Route, post, routes};
use serde_json::json;

use super::credentials::opened;
use super::gate::{Posted, Visit};
use super::objects::UserObject;
use super::password::prove;
use super::validate::Members;
use super::{AuthError, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::mail::{self, Mail};
use crate::auth::session::{self, SignedIn};
use crate::auth::two_factor::{self, ChallengeKind, Code, Label, Outcome};
use crate::auth::user::{self, User};
use crate::http::App;
use crate::http::reply::Reply;

pub(super) fn routes() -> Vec<Route> {
    routes![
        enable,
        verify_totp,
        send_otp,
        verify_otp,
        verify_backup_code,
        totp_uri,
        renew_codes,
        disable,
    ]
}

#[post("/two-factor/enable", data = "<posted>")]
async fn enable(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let (signed_in, issuer) = proven(&posted).await?;
    let Posted { app, identity, .. } = posted;
    if signed_in.user.two_factor_enabled {
        return Err(AuthError::new(400, "TOTP_ALREADY_ENABLED", "TOTP is already enabled"));
    }
    let (secret, owner) = (identity.secret.clone(), signed_in.owner);
    let label = label(&signed_in.user, issuer);
    let setup = app.db.write(move |tx| two_factor::prepare(tx, &secret, owner, &label)).await?;
    Ok(Reply::json(&json!({
        "method": "totp",
        "totpURI": setup.uri,
        "backupCodes": setup.backup_codes,
    }))?)
}

#[post("/two-factor/verify-totp", data = "<posted>")]
async fn verify_totp(posted: Posted<'_>) -> Result<Reply, AuthError> {
    verify(posted, Code::Totp).await
}

/// Mails a code to whoever signs in, or is signed in and turns the factor on.
#[post("/two-factor/send-otp", data = "<posted>")]
async fn send_otp(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, .. } = posted;
    let owner = match visit.find(app).await? {
        Some(signed_in) => Some(signed_in.owner),
        None => challenged(&visit, app).await?,
    };
    let owner = owner.ok_or_else(|| refusal(Outcome::Gone, false))?;
    if !identity.mailer.is_open() {
        return Err(AuthError::new(400, "OTP_NOT_CONFIGURED", "otp isn't configured"));
    }
    let user = app.db.read(owner, move |conn| user::get(conn, owner)).await?;
    let to = user.email.unwrap_or_default();
    identity.limits.may_mail(mail::Kind::Otp, &to)?;
    let (secret, now) = (identity.secret.clone(), visit.now);
    let made = app.db.write(move |tx| two_factor::mail_code(tx, &secret, owner, now)).await?;
    let (token, url) = (made.map_err(|outcome| refusal(outcome, false))?, String::new());
    identity.mailer.send(Mail { kind: mail::Kind::Otp, to, token, url });
    Ok(Reply::json(&json!({ "status": true }))?)
}

#[post("/two-factor/verify-otp", data = "<posted>")]
async fn verify_otp(posted: Posted<'_>) -> Result<Reply, AuthError> {
    verify(posted, Code::Mailed).await
}

#[post("/two-factor/verify-backup-code", data = "<posted>")]
async fn verify_backup_code(posted: Posted<'_>) -> Result<Reply, AuthError> {
    verify(posted, Code::Backup).await
}

#[post("/two-factor/get-totp-uri", data = "<posted>")]
async fn totp_uri(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let (signed_in, issuer) = proven(&posted).await?;
    let Posted { app, identity, .. } = posted;
    let (secret, owner) = (identity.secret.clone(), signed_in.owner);
    let label = label(&signed_in.user, issuer);
    let look = move |conn: &crate::db::Conn| two_factor::setup_uri(conn, &secret, owner, &label);
    match app.db.read(owner, look).await? {
        Ok(uri) => Ok(Reply::json(&json!({ "totpURI": uri }))?),
        Err(Outcome::NotEnabled) => {
            Err(AuthError::new(400, "TOTP_NOT_ENABLED", "TOTP not enabled"))
        }
        Err(outcome) => Err(refusal(outcome, false)),
    }
}

#[post("/two-factor/generate-backup-codes", data = "<posted>")]
async fn renew_codes(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let (signed_in, _) = proven(&posted).await?;
    let Posted { visit, app, .. } = posted;
    if !signed_in.user.two_factor_enabled {
        return Err(not_enabled());
    }
    let (owner, device, now) = (signed_in.owner, visit.device, visit.now);
    let codes = app
        .db
        .write(move |tx| {
            audit::note(tx, Some(owner), Kind::RecoveryCodesRenewed, &device, now)?;
            two_factor::renew_codes(tx, owner)
        })
        .await?;
    let codes = codes.ok_or_else(not_enabled)?;
    Ok(Reply::json(&json!({ "status": true, "backupCodes": codes }))?)
}

#[post("/two-factor/disable", data = "<posted>")]
async fn disable(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let (signed_in, _) = proven(&posted).await?;
    let Posted { visit, app, identity, .. } = posted;
    let (secret, device, now) = (identity.secret.clone(), visit.device, visit.now);
    let SignedIn { owner, session, .. } = signed_in;
    let remembered = session.remembered;
    let (_, token) = app
        .db
        .write(move |tx| {
            session::still(tx, owner, &session, now)?;
            two_factor::disable(tx, owner)?;
            session::end(tx, owner, &session.id)?;
            let begun = session::begin(tx, &secret, owner, &device, remembered, now)?;
            let ids = [begun.0.session.id.clone(), session.id];
            audit::note_sessions(tx, owner, Kind::TwoFactorDisabled, &device, &ids, now)?;
            Ok(begun)
        })
        .await?;
    opened(identity, &json!({ "status": true }), &token, remembered, false)
}

/// Answers with a code: for a sign-in that waits, or by somebody signed in,
/// whose first right code turns the factor on.
async fn verify(posted: Posted<'_>, code: impl FnOnce(String) -> Code) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let code = code(members.string("code"));
    let trust = members.optional_bool("trustDevice").unwrap_or(false);
    let no_session = members.optional_bool("disableSession").unwrap_or(false);
    members.done()?;
    let is_backup = matches!(code, Code::Backup(_));
    let signed_in = visit.find(app).await?;
    let Some(owner) = (match &signed_in {
        Some(signed_in) => Some(signed_in.owner),
        None => challenged(&visit, app).await?,
    }) else {
        return Err(refusal(Outcome::Gone, false));
    };
    let (secret, device, now) = (identity.secret.clone(), visit.device.clone(), visit.now);
    let remembered = match &signed_in {
        Some(signed_in) => signed_in.session.remembered,
        None => !visit.presented.forget,
    };
    // A code of the authenticator has no such choice.
    let no_session = no_session && is_backup;
    let (challenge, was_on) =
        (visit.presented.challenge.clone(), signed_in.as_ref().map(|s| s.user.two_factor_enabled));
    let done = app
        .db
        .write(move |tx| {
            if let Some(SignedIn { session, .. }) = &signed_in {
                session::still(tx, owner, session, now)?;
            }
            let outcome = match (&signed_in, &challenge) {
                (None, Some(id)) => two_factor::answer_challenge(tx, &secret, id, &code, now)?.1,
                _ => two_factor::answer(tx, &secret, owner, &code, now)?,
            };
            if outcome != Outcome::Right {
                return Ok(Err(outcome));
            }
            let trusted = match trust {
                true => Some(two_factor::challenge(tx, owner, ChallengeKind::Trust, now)?),
                false => None,
            };
            if no_session || was_on == Some(true) {
                return Ok(Ok((user::get(tx, owner)?, None, trusted)));
            }
            let (begun, token) = session::begin(tx, &secret, owner, &device, remembered, now)?;
            let (mut ids, mut kind) = (vec![begun.session.id], Kind::SignedIn);
            if let Some(signed_in) = &signed_in {
                session::end(tx, owner, &signed_in.session.id)?;
                ids.push(signed_in.session.id.clone());
                kind = Kind::TwoFactorEnabled;
            }
            audit::note_sessions(tx, owner, kind, &device, &ids, now)?;
            Ok(Ok((begun.user, Some(token), trusted)))
        })
        .await?;
    if let Err(Outcome::Wrong) = done {
        identity.failures.count(&app.db, Kind::SecondFactorFailed, Some(owner), &visit);
    }
    let (user, token, trusted) = done.map_err(|outcome| refusal(outcome, is_backup))?;
    let user = UserObject::from(&user);
    let mut reply = match &token {
        Some(token) => {
            let body = json!({ "token": token, "user": user });
            opened(identity, &body, token, remembered, false)?
        }
        None if no_session => Reply::json(&json!({ "user": user }))?,
        None => Reply::json(&json!({ "token": visit.presented.token, "user": user }))?,
    };
    reply = reply.headers(vec![cookies::clear_challenge(identity)]);
    Ok(match trusted {
        Some(id) => reply.headers(vec![cookies::set_trust(identity, &id)]),
        None => reply,
    })
}

async fn challenged(visit: &Visit, app: &App) -> Result<Option<crate::ids::Owner>, AuthError> {
    let Some(id) = visit.presented.challenge.clone() else { return Ok(None) };
    let now = visit.now;
    let look =
        move |conn: &crate::db::Conn| two_factor::challenged(conn, ChallengeKind::SignIn, &id, now);
    Ok(app.db.read(crate::ids::Owner::NOBODY, look).await?)
}

fn refusal(outcome: Outcome, is_backup: bool) -> AuthError {
    match outcome {
        Outcome::NotEnabled => not_enabled(),
        Outcome::Expired => AuthError::new(400, "OTP_HAS_EXPIRED", "OTP has expired"),
        Outcome::Gone => {
            AuthError::new(401, "INVALID_TWO_FACTOR_COOKIE", "Invalid two factor cookie")
        }
        Outcome::Exhausted => AuthError::new(
            400,
            "TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE",
            "Too many attempts. Please request a new code.",
        ),
        Outcome::Unreadable => AuthError::new(
            400,
            "TOTP_UNAVAILABLE",
            "This server cannot read the authenticator's secret any more. \
             Use a recovery code, or ask the server's owner.",
        ),
        Outcome::Locked(seconds) => AuthError::locked(seconds),
        _ if is_backup => AuthError::new(401, "INVALID_BACKUP_CODE", "Invalid backup code"),
        _ => AuthError::new(401, "INVALID_CODE", "Invalid code"),
    }
}

fn not_enabled() -> AuthError {
    AuthError::new(400, "TWO_FACTOR_NOT_ENABLED", "Two factor isn't enabled")
}

/// Somebody signed in who has given their password, and the name their
/// authenticator shall show.
async fn proven(posted: &Posted<'_>) -> Result<(SignedIn, Option<String>), AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(body);
    let password = members.string("password");
    let issuer = members.optional_string("issuer");
    members.done()?;
    let signed_in = visit.session(app).await?;
    prove(visit, app, identity, signed_in.owner, password).await?;
    Ok((signed_in, issuer))
}

fn label(user: &User, issuer: Option<String>) -> Label {
    Label {
        issuer: issuer.unwrap_or_else(|| "Docket".into()),
        email: user.email.clone().unwrap_or_default(),
    }
}
