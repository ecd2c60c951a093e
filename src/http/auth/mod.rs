//! `/api/auth`: Better Auth's HTTP surface, as its official client expects it.
//!
//! Every write passes the same gates in the same order (see [`gate`]); errors
//! are `{"message", "code"}` and members are camelCase, unlike the rest of the
//! API, because that is what the client reads.

mod account;
mod cookies;
mod credentials;
mod deletion;
mod error;
mod failure_page;
mod failures;
mod gate;
mod limits;
mod objects;
mod origin;
mod password;
mod renewal;
mod reset;
mod sessions;
mod sign_up;
mod token;
mod two_factor;
mod validate;
mod verification;

use std::hash::Hash;

use gate::Visit;
use limits::Try;
use rocket::Route;

pub(super) use error::AuthError;
pub(super) use failures::Failures;
pub use failures::STABLE;
pub(super) use gate::{device, too_often};
pub(super) use origin::origin_of;
pub(super) use renewal::Renewal;

use crate::auth::ServerSecret;
use crate::auth::mail::Mailer;
use crate::auth::password::{Hasher, Verdict};
use crate::auth::{audit, two_factor as factor};
use crate::config::{Config, Proxy, SignUp, Switch};
use crate::db::{Conn, Db};
use crate::error::Result;
use crate::http::App;
use crate::ids::Owner;

/// What these endpoints need besides the database.
pub struct Identity {
    secret: ServerSecret,
    hasher: Hasher,
    mailer: Mailer,
    limits: limits::Limits,
    failures: Failures,
    origins: origin::Origins,
    base_url: String,
    secure: bool,
    pub(super) signup: SignUp,
    /// Nobody signs in with an address that is not proven.
    needs_proof: bool,
    proxies: Vec<Proxy>,
}

impl Identity {
    pub(super) fn new(config: &Config, base_url: String) -> Result<Identity> {
        Ok(Identity {
            secret: ServerSecret::load(config)?,
            hasher: Hasher::start()?,
            mailer: Mailer::start(config)?,
            limits: limits::Limits::new(config.rate_limits == Switch::On),
            failures: Failures::default(),
            origins: origin::Origins::new(config, &base_url),
            secure: base_url.starts_with("https://"),
            base_url,
            signup: config.signup,
            needs_proof: config.require_email_verification == Switch::On,
            proxies: config.trusted_proxies.clone(),
        })
    }

    /// Whether somebody who forgot their password can be mailed a link.
    pub(super) fn sends_mail(&self) -> bool {
        self.mailer.is_open()
    }

    /// Those who hash passwords.
    pub(super) fn hasher(&self) -> &Hasher {
        &self.hasher
    }

    /// The failures that are still to be noted, to be written at the end.
    pub(super) fn failures(&self) -> Failures {
        self.failures.clone()
    }

    /// Says in the log what cannot be opened with the server's secret any more.
    pub(super) async fn warn_of_lost_secret(&self, db: &Db) -> Result<()> {
        let secret = self.secret.clone();
        db.read_long(Owner::NOBODY, move |conn| factor::warn_of_unreadable(conn, &secret)).await
    }

    /// Lets a password be tried at an account, which is `owner`'s if it is
    /// anybody's, unless too many were wrong. Where they have come in before,
    /// what others try at their account holds nobody up.
    async fn may_try(
        &self,
        app: &App,
        visit: &Visit,
        account: &impl Hash,
        owner: Option<Owner>,
    ) -> Result<Try, AuthError> {
        let mut tried = self.limits.may_try_password(visit.address)?;
        let Err(refusal) = self.limits.may_try_account(account, &mut tried) else {
            return Ok(tried);
        };
        let Some(owner) = owner else { return Err(refusal) };
        let place = visit.device.address.clone();
        let came_in = move |conn: &Conn| audit::came_in_from(conn, owner, &place);
        if app.db.read(owner, came_in).await? { Ok(tried) } else { Err(refusal) }
    }

    /// Checks a password that was let through, and takes back its count unless
    /// it is wrong.
    async fn verify(
        &self,
        tried: Try,
        password: String,
        stored: Option<String>,
    ) -> Result<Verdict> {
        let verdict = self.hasher.verify(password, stored).await;
        if !matches!(verdict, Ok(Verdict::Wrong)) {
            self.limits.not_wrong(tried);
        }
        verdict
    }
}

pub(super) fn routes() -> Vec<Route> {
    [
        sign_up::routes(),
        credentials::routes(),
        sessions::routes(),
        account::routes(),
        deletion::routes(),
        failure_page::routes(),
        password::routes(),
        reset::routes(),
        token::routes(),
        two_factor::routes(),
        verification::routes(),
    ]
    .concat()
}
