//! Proving whose an e-mail address is, by a mailed link.

use std::time::Duration;

use rocket::http::RawStr;
use rocket::tokio::time;
use rocket::{Route, State, get, post, routes};
use serde_json::{Value, json};

use super::gate::{Posted, Visit};
use super::objects::UserObject;
use super::origin::lead;
use super::validate::Members;
use super::{AuthError, Identity, cookies};
use crate::auth::audit::{self, Kind};
use crate::auth::mail::{self, Mail};
use crate::auth::session::Session;
use crate::auth::user::{self, Email, User};
use crate::auth::verification::{self, Fault, Proof};
use crate::error::Result;
use crate::http::App;
use crate::http::params::Query;
use crate::http::reply::Reply;
use crate::ids::Owner;
use crate::time::Timestamp;

/// How long an answer to nobody takes at least, as Better Auth has it.
const PAUSE: Duration = Duration::from_millis(500);

pub(super) fn routes() -> Vec<Route> {
    routes![send, open]
}

/// Without a session it answers alike whether the address has an account or not.
#[post("/send-verification-email", data = "<posted>")]
async fn send(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut members = Members::new(&body);
    let email = members.email("email");
    members.optional_string("callbackURL");
    members.done()?;
    let email = email?;
    if !identity.mailer.is_open() {
        let message = "Verification email isn't enabled";
        return Err(AuthError::new(400, "VERIFICATION_EMAIL_NOT_ENABLED", message));
    }
    let target = body.get("callbackURL").and_then(Value::as_str).unwrap_or_default();
    if let Some(signed_in) = visit.find(app).await? {
        if signed_in.user.email.as_deref() != Some(email.as_str()) {
            return Err(AuthError::new(400, "EMAIL_MISMATCH", "Email mismatch"));
        }
        if signed_in.user.email_verified {
            let message = "Email is already verified";
            return Err(AuthError::new(400, "EMAIL_ALREADY_VERIFIED", message));
        }
        identity.limits.may_mail(mail::Kind::VerifyEmail, email.as_str())?;
        identity.mail_verification(&signed_in.user, target, visit.now)?;
        return Ok(Reply::json(&json!({ "status": true }))?);
    }
    let pause = time::sleep(PAUSE);
    let known = app.db.read(Owner::NOBODY, move |conn| user::by_email(conn, &email)).await?;
    let unproven = known.filter(|user| !user.email_verified && user.disabled_at.is_none());
    if let Some(user) = unproven {
        identity.mail_verification_quietly(&user, target, visit.now)?;
    }
    pause.await;
    Ok(Reply::json(&json!({ "status": true }))?)
}

/// Where a mailed link leads.
#[get("/verify-email")]
async fn open(
    visit: Visit,
    app: &State<App>,
    identity: &State<Identity>,
    query: Query<'_>,
) -> Result<Reply, AuthError> {
    let (token, target) = (query.get("token"), query.get("callbackURL").unwrap_or_default());
    let Some(token) = token else {
        let message = "[query.token] Invalid input: expected string, received undefined";
        return Err(AuthError::new(400, "VALIDATION_ERROR", message));
    };
    identity.origins.check_targets(&json!({ "callbackURL": target }))?;
    let refuse = |code: &'static str, message: &'static str| match target.as_str() {
        "" => Err(AuthError::new(401, code, message)),
        target => Ok(lead(&identity.base_url, target, &format!("error={code}"))),
    };
    let claim = match verification::read(&identity.secret, &token, visit.now) {
        Ok(claim) => claim,
        Err(Fault::Expired) => return refuse("TOKEN_EXPIRED", "Token expired"),
        Err(Fault::Invalid) => return refuse("INVALID_TOKEN", "Invalid token"),
    };
    let (device, now) = (visit.device.clone(), visit.now);
    let proof = app
        .db
        .write(move |tx| {
            let proof = verification::confirm(tx, &claim, now)?;
            if let Some(Proof::Changed(owner, _)) = &proof {
                audit::note(tx, Some(*owner), Kind::EmailChanged, &device, now)?;
            }
            Ok(proof)
        })
        .await?;
    let user = match &proof {
        None => return refuse("INVALID_TOKEN", "Invalid token"),
        Some(Proof::Verified) => None,
        Some(Proof::Changed(_, user)) => Some(UserObject::from(user.as_ref())),
    };
    let reply = match target.as_str() {
        "" => Reply::json(&json!({ "status": true, "user": user }))?,
        target => lead(&identity.base_url, target, ""),
    };
    let Some(Proof::Changed(owner, _)) = proof else { return Ok(reply) };
    let is_theirs = visit.find(app).await?.is_some_and(|signed_in| signed_in.owner == owner);
    Ok(if is_theirs { cookies::again(reply, identity, &visit.presented) } else { reply })
}

impl Identity {
    /// Sends the link that verifies the address somebody has.
    pub(super) fn mail_verification(
        &self,
        user: &User,
        target: &str,
        now: Timestamp,
    ) -> Result<()> {
        let to = user.email.clone().unwrap_or_default();
        let token = verification::token(&self.secret, user, now)?;
        self.mail_link(mail::Kind::VerifyEmail, to, token, target);
        Ok(())
    }

    /// The same where the answer must not tell that the mailbox has had enough.
    pub(super) fn mail_verification_quietly(
        &self,
        user: &User,
        target: &str,
        now: Timestamp,
    ) -> Result<()> {
        let to = user.email.as_deref().unwrap_or_default();
        match self.limits.may_mail(mail::Kind::VerifyEmail, to) {
            Ok(()) => self.mail_verification(user, target, now),
            Err(_) => Ok(()),
        }
    }

    /// Sends the new address the link that makes it somebody's.
    pub(super) fn mail_change(
        &self,
        user: &User,
        session: &Session,
        new: &Email,
        target: &str,
        now: Timestamp,
    ) -> Result<()> {
        let token = verification::change_token(&self.secret, user, new, &session.id, now)?;
        self.mail_link(mail::Kind::ChangeEmail, new.as_str().to_owned(), token, target);
        Ok(())
    }

    fn mail_link(&self, kind: mail::Kind, to: String, token: String, target: &str) {
        let target = if target.is_empty() { "/" } else { target };
        let target = RawStr::new(target).percent_encode();
        let base = &self.base_url;
        let url = format!("{base}/api/auth/verify-email?token={token}&callbackURL={target}");
        self.mailer.send(Mail { kind, to, token, url });
    }
}
