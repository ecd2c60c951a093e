//! `/api/auth`: Better Auth's HTTP surface, as its official client expects it.
//!
//! Every write passes the same gates in the same order (see [`gate`]); errors
//! are `{"message", "code"}` and members are camelCase, unlike the rest of the
//! API, because that is what the client reads.

mod account;
mod cookies;
mod credentials;
mod error;
mod failures;
mod gate;
mod limits;
mod objects;
mod origin;
mod password;
mod reset;
mod sessions;
mod sign_up;
mod token;
mod two_factor;
mod validate;

use std::net::IpAddr;

use rocket::Route;

pub(super) use error::AuthError;
pub(super) use failures::Failures;

use crate::auth::ServerSecret;
use crate::auth::mail::Mailer;
use crate::auth::password::{Hasher, Verdict};
use crate::config::{Config, SignUp, Switch};
use crate::error::Result;

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
    proxies: Vec<ipnet::IpNet>,
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
            proxies: config.trusted_proxies.clone(),
        })
    }

    /// The failures that are still to be noted, to be written at the end.
    pub(super) fn failures(&self) -> Failures {
        self.failures.clone()
    }

    /// Checks a password that the limits let through, and takes back its count
    /// unless it is wrong.
    async fn verify(
        &self,
        address: IpAddr,
        password: String,
        stored: Option<String>,
    ) -> Result<Verdict> {
        let verdict = self.hasher.verify(password, stored).await;
        if !matches!(verdict, Ok(Verdict::Wrong)) {
            self.limits.not_wrong(address);
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
        password::routes(),
        reset::routes(),
        token::routes(),
        two_factor::routes(),
    ]
    .concat()
}
