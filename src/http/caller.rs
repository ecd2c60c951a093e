//! The guard: the only way to a person's data.

use std::sync::Arc;

use rocket::Request;
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};

use super::{App, bridge, error};
use crate::auth::Grant;
use crate::error::{Error, Result};
use crate::ids::Owner;
use crate::time::Timestamp;

/// Whoever sent a bearer token that is accepted (RFC 6750, 2.1).
pub(super) struct Caller {
    pub owner: Owner,
    pub grant: Arc<Grant>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Caller {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Caller, ()> {
        match admit(request).await {
            Ok(grant) => Outcome::Success(Caller { owner: grant.owner, grant }),
            Err(error) => Outcome::Error(error::refuse(request, error)),
        }
    }
}

async fn admit(request: &Request<'_>) -> Result<Arc<Grant>> {
    let token = bearer(request)?;
    let app = request
        .rocket()
        .state::<App>()
        .ok_or_else(|| Error::Internal("the router has no state".into()))?;
    let grant = app.authority.admit(token, Timestamp::now()).await?;
    // Only now: a stranger's body is nobody's business.
    bridge::unread(request).map_or(Ok(grant), Err)
}

/// The token of the one `Authorization` header; it is read from nowhere else.
fn bearer<'r>(request: &'r Request<'_>) -> Result<&'r str> {
    let mut headers = request.headers().get("authorization");
    let Some(header) = headers.next() else { return Err(Error::Unauthorized { sent: false }) };
    if headers.next().is_some() {
        return Err(Error::Unauthorized { sent: true });
    }
    match header.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("bearer") => {
            Ok(token.trim_start_matches(' '))
        }
        _ => Err(Error::Unauthorized { sent: false }),
    }
}

/// A caller whose own id is the one in the path: `/api/users/<id>/...`.
pub(super) struct OwnPath(pub Caller);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for OwnPath {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<OwnPath, ()> {
        let caller = match Caller::from_request(request).await {
            Outcome::Success(caller) => caller,
            Outcome::Error(refused) => return Outcome::Error(refused),
            Outcome::Forward(status) => return Outcome::Forward(status),
        };
        match request.param::<&str>(0) {
            Some(Ok(id)) if id == caller.grant.user.as_str() || id == caller.grant.subject => {
                Outcome::Success(OwnPath(caller))
            }
            Some(_) => Outcome::Error(error::refuse(request, Error::Forbidden)),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}
