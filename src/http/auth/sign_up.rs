//! Making an account, where that is open to the visitor.

use std::slice;

use rocket::{Route, post, routes};
use serde_json::{Value, json};

use super::credentials::{check_profile, opened, refuse_weak};
use super::gate::{Posted, Visit};
use super::objects::UserObject;
use super::validate::Members;
use super::{AuthError, Identity};
use crate::auth::audit::{self, Kind};
use crate::auth::invite::{self, Invite};
use crate::auth::session;
use crate::auth::user::{self, Email, User};
use crate::config::SignUp;
use crate::db::{Conn, Tx};
use crate::error::{Error, Result};
use crate::http::App;
use crate::http::reply::Reply;
use crate::ids::Owner;
use crate::time::Timestamp;

pub(super) fn routes() -> Vec<Route> {
    routes![sign_up]
}

/// What somebody says of themselves, and the invitation they may need.
struct Newcomer {
    name: String,
    email: Email,
    password: String,
    image: Option<String>,
    remember: bool,
    /// Where the mailed link leads.
    target: String,
    invite_token: Option<String>,
}

#[post("/sign-up/email", data = "<posted>")]
async fn sign_up(posted: Posted<'_>) -> Result<Reply, AuthError> {
    let Posted { visit, app, identity, body } = posted;
    let mut newcomer = Newcomer::read(&body)?;
    let now = visit.now;
    match identity.signup {
        SignUp::Open => newcomer.invite_token = None,
        SignUp::Invite => newcomer.check_invite(app, now).await?,
        SignUp::Closed => {
            let message = "Email and password sign up is not enabled";
            return Err(AuthError::new(400, "EMAIL_PASSWORD_SIGN_UP_DISABLED", message));
        }
    }
    refuse_weak(&newcomer.password)?;
    check_profile(&newcomer.name, newcomer.image.as_deref())?;
    let taken = newcomer.email.clone();
    let taken = app.db.read(Owner::NOBODY, move |conn| user::by_email(conn, &taken)).await?;
    if taken.is_some() && !identity.needs_proof {
        return Err(Error::conflict("email_taken", "").into());
    }
    let hash = identity.hasher.hash(newcomer.password.clone()).await?;
    if identity.needs_proof {
        return wait_for_proof(visit, app, identity, newcomer, hash).await;
    }
    let (secret, device, remember) = (identity.secret.clone(), visit.device, newcomer.remember);
    let (signed_in, token) = app
        .db
        .write(move |tx| {
            let owner = newcomer.settle(tx, &hash, now)?;
            let begun = session::begin(tx, &secret, owner, &device, remember, now)?;
            let id = slice::from_ref(&begun.0.session.id);
            audit::note_sessions(tx, owner, Kind::SignedUp, &device, id, now)?;
            Ok(begun)
        })
        .await?;
    let body = json!({ "token": token, "user": UserObject::from(&signed_in.user) });
    opened(identity, &body, &token, remember, visit.presented.forget)
}

/// Makes the account without a session, and mails the link that lets its person
/// in. For an address that has an account it looks the same: nobody learns who
/// is here, and both wait for the disk.
async fn wait_for_proof(
    visit: Visit,
    app: &App,
    identity: &Identity,
    newcomer: Newcomer,
    hash: String,
) -> Result<Reply, AuthError> {
    let (device, now, target) = (visit.device, visit.now, newcomer.target.clone());
    let (user, is_new) = app
        .db
        .write(move |tx| {
            if let Some(taken) = user::by_email(tx, &newcomer.email)? {
                let owner = user::find(tx, taken.id.as_str())?;
                audit::note(tx, Some(owner), Kind::SignUpRefused, &device, now)?;
                return Ok((newcomer.invented(now), false));
            }
            let owner = newcomer.settle(tx, &hash, now)?;
            audit::note(tx, Some(owner), Kind::SignedUp, &device, now)?;
            Ok((user::get(tx, owner)?, true))
        })
        .await?;
    if is_new {
        identity.mail_verification_quietly(&user, &target, now)?;
    }
    Ok(Reply::json(&json!({ "token": null, "user": UserObject::from(&user) }))?)
}

impl Newcomer {
    fn read(body: &Value) -> Result<Newcomer, AuthError> {
        let mut members = Members::new(body);
        let name = members.string("name");
        let email = members.email("email");
        let password = members.string("password");
        if body.get("password").is_some_and(|text| text == "") {
            members.problem("password", "Too small: expected string to have >=1 characters");
        }
        let image = members.optional_string("image");
        let remember = members.optional_bool("rememberMe").unwrap_or(true);
        let target = members.optional_string("callbackURL").unwrap_or_default();
        let invite_token = members.optional_string("inviteToken");
        members.record();
        members.done()?;
        Ok(Newcomer { name, email: email?, password, image, remember, target, invite_token })
    }

    /// Refuses whoever is not invited, before anything is hashed for them.
    async fn check_invite(&self, app: &App, now: Timestamp) -> Result<(), AuthError> {
        let Some(token) = self.invite_token.clone().filter(|token| !token.is_empty()) else {
            return Err(AuthError::new(400, "INVITE_REQUIRED", "Sign up is by invitation"));
        };
        let find = move |conn: &Conn| invite::find(conn, &token, now);
        self.admit(app.db.read(Owner::NOBODY, find).await?.as_ref())?;
        Ok(())
    }

    /// The refusals become Better Auth's in [`AuthError`].
    fn admit(&self, invite: Option<&Invite>) -> Result<()> {
        match invite {
            None => Err(Error::conflict("invite_ended", "this invitation cannot be used")),
            Some(invite) if !invite.is_for(&self.email) => {
                Err(Error::conflict("invite_for_another", "the invitation is for another e-mail"))
            }
            Some(_) => Ok(()),
        }
    }

    /// What the answer shows of them when there is nobody new.
    fn invented(&self, now: Timestamp) -> User {
        User::invented(&self.email, &self.name, self.image.clone(), now)
    }

    /// Makes the account, and uses the invitation up with it: of several at
    /// once, one gets in, and a sign-up that fails leaves the invitation.
    fn settle(&self, tx: &Tx, hash: &str, now: Timestamp) -> Result<Owner> {
        if let Some(token) = &self.invite_token {
            let invite = invite::find(tx, token, now)?;
            self.admit(invite.as_ref())?;
            if let Some(invite) = invite {
                invite::end(tx, invite.id)?;
            }
        }
        let user = user::add(tx, self.email.clone(), &self.name, Some(hash), now)?;
        let owner = user::find(tx, user.id.as_str())?;
        if self.image.is_some() {
            user::update(tx, owner, None, Some(self.image.as_deref()), now)?;
        }
        Ok(owner)
    }
}
