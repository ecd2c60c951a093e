//! The guard: the only way to a person's data.

use std::sync::Arc;

use rocket::Request;
use rocket::http::{Method, Status};
use rocket::request::{FromRequest, Outcome};

use super::{App, auth, bridge, error};
use crate::auth::Grant;
use crate::auth::access_token::{self, READ, WRITE};
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
    let now = Timestamp::now();
    let grant = app.authority.admit(token, now).await?;
    note_use(request, app, &grant, now);
    in_scope(&grant, request.method())?;
    // Only now: a stranger's body is nobody's business.
    bridge::unread(request).map_or(Ok(grant), Err)
}

/// Refuses an access token that is not for reading, or not for writing.
fn in_scope(grant: &Grant, method: Method) -> Result<()> {
    let Some(scopes) = grant.scopes() else { return Ok(()) };
    let reads = matches!(method, Method::Get | Method::Head);
    match (reads, scopes.read, scopes.write) {
        (true, false, _) => Err(Error::OutOfScope(READ)),
        (false, _, false) => Err(Error::OutOfScope(WRITE)),
        _ => Ok(()),
    }
}

/// Notes now and then that an access token was used. Nobody waits for it.
fn note_use(request: &Request<'_>, app: &App, grant: &Grant, now: Timestamp) {
    let Some(id) = grant.use_to_note(now) else { return };
    let (db, owner, id) = (app.db.clone(), grant.owner, id.to_owned());
    let device = auth::device(request);
    let (from, request) = (device.address, device.request);
    tokio::spawn(async move {
        let noted = db.write(move |tx| access_token::note_use(tx, owner, &id, &from, now)).await;
        if let Err(error) = noted {
            tracing::warn!(%error, request, "the use of an access token was not noted");
        }
    });
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

/// A caller who acts in person: no access token, which is for lists and tasks
/// alone.
pub(super) struct InPerson(pub Caller);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for InPerson {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<InPerson, ()> {
        Caller::from_request(request).await.and_then(|caller| match caller.grant.scopes() {
            None => Outcome::Success(InPerson(caller)),
            Some(_) => Outcome::Error(error::refuse(request, Error::OutOfScope("account"))),
        })
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
