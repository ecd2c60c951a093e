//! What every request to `/api/auth` passes, in Better Auth's order: the rate
//! limit (before its body is read), the media type and JSON, the origin and the
//! addresses in the body, and then whose session it brings.

use std::net::{IpAddr, Ipv4Addr};

use rocket::data::{Data, FromData, Outcome as DataOutcome};
use rocket::http::Status;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, State};
use serde_json::Value;

use super::cookies::Presented;
use super::renewal::{Renewed, slide};
use super::{AuthError, Identity};
use crate::auth::audit::Origin;
use crate::auth::session::{self, Device, SignedIn};
use crate::config::Proxy;
use crate::error::Error;
use crate::http::reply::Reply;
use crate::http::{App, bridge, error, params};
use crate::time::Timestamp;

/// Who visits, by cookie or bearer, and from where.
pub(super) struct Visit {
    pub presented: Presented,
    pub device: Device,
    pub address: IpAddr,
    pub now: Timestamp,
    pub renewed: Renewed,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Visit {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Visit, ()> {
        let Outcome::Success(identity) = request.guard::<&State<Identity>>().await else {
            return Outcome::Error((Status::InternalServerError, ()));
        };
        Outcome::Success(Visit::of(request, identity))
    }
}

impl Visit {
    fn of(request: &Request<'_>, identity: &Identity) -> Visit {
        let address = client_address(request, identity);
        let device = device_of(request, address);
        let presented = Presented::of(request, identity);
        let (now, renewed) = (Timestamp::now(), Renewed::of(request));
        Visit { presented, device, address, now, renewed }
    }

    /// The session the request brings, if it is alive.
    pub(super) async fn find(&self, app: &App) -> Result<Option<SignedIn>, AuthError> {
        let Some(token) = self.presented.token.clone() else { return Ok(None) };
        let now = self.now;
        let nobody = crate::ids::Owner::NOBODY;
        Ok(app.db.read(nobody, move |conn| session::find(conn, &token, now)).await?)
    }

    /// The same, or 401. This is a use of the session, which prolongs it.
    pub(super) async fn session(&self, app: &App) -> Result<SignedIn, AuthError> {
        let mut signed_in = self.find(app).await?.ok_or_else(AuthError::unauthorized)?;
        slide(self, app, &mut signed_in).await?;
        Ok(signed_in)
    }
}

/// A write that has passed the gates, and what its handler needs.
pub(super) struct Posted<'r> {
    pub visit: Visit,
    pub app: &'r App,
    pub identity: &'r Identity,
    pub body: Value,
}

#[rocket::async_trait]
impl<'r> FromData<'r> for Posted<'r> {
    type Error = ();

    async fn from_data(request: &'r Request<'_>, data: Data<'r>) -> DataOutcome<'r, Posted<'r>> {
        match pass(request, data).await {
            Ok(posted) => DataOutcome::Success(posted),
            Err(refusal) => {
                refusal.say(request);
                DataOutcome::Error(error::keep(request, refusal.reply()))
            }
        }
    }
}

/// The answer to whoever asks too often below `/api/auth`, whatever for: it
/// comes before anything else is looked at.
pub(in crate::http) fn too_often(request: &Request<'_>) -> Option<Reply> {
    let identity = request.rocket().state::<Identity>()?;
    let path = request.uri().path().as_str().strip_prefix("/api/auth")?;
    if !path.starts_with('/') {
        return None;
    }
    let counted = identity.limits.request(client_address(request, identity), path);
    counted.err().map(|refusal| refusal.reply())
}

async fn pass<'r>(request: &'r Request<'_>, data: Data<'_>) -> Result<Posted<'r>, AuthError> {
    let state = request.rocket().state::<App>().zip(request.rocket().state::<Identity>());
    let (app, identity) = state.ok_or_else(|| Error::Internal("the router has no state".into()))?;
    let path = request.uri().path().as_str();
    let path = path.strip_prefix("/api/auth").unwrap_or(path);
    if let Some(error) = bridge::unread(request) {
        return Err(error.into());
    }
    let body = read(request, data, path).await?;
    let is_sign_in = matches!(path, "/sign-in/email" | "/sign-up/email");
    identity.origins.check(request, is_sign_in)?;
    identity.origins.check_targets(&body)?;
    Ok(Posted { visit: Visit::of(request, identity), app, identity, body })
}

async fn read(request: &Request<'_>, data: Data<'_>, path: &str) -> Result<Value, AuthError> {
    let limit = rocket::data::ByteUnit::from(bridge::LARGEST_BODY);
    let bytes = data.open(limit).into_bytes().await.map_err(|_| unreadable())?;
    let Some(kind) = request.headers().get_one("content-type") else { return Ok(Value::Null) };
    let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let is_form = essence == "application/x-www-form-urlencoded"
        && matches!(path, "/sign-in/email" | "/sign-up/email");
    if essence != "application/json" && !is_form {
        let message =
            format!("Content-Type \"{kind}\" is not allowed. Allowed types: application/json");
        return Err(AuthError::new(415, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let bytes = bytes.into_inner();
    if is_form {
        let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
        let fields = params::decode(&text).map_err(|_| unreadable())?;
        let text = |(name, value): (String, String)| (name, Value::from(value));
        return Ok(Value::Object(fields.into_iter().map(text).collect()));
    }
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(&bytes).map_err(|_| unreadable())
}

fn unreadable() -> AuthError {
    AuthError::new(400, "BAD_REQUEST", "Invalid JSON in request body")
}

/// Where a request comes from, as people are shown it.
pub(in crate::http) fn device(request: &Request<'_>) -> Device {
    let Some(identity) = request.rocket().state::<Identity>() else { return Device::default() };
    device_of(request, client_address(request, identity))
}

fn device_of(request: &Request<'_>, address: IpAddr) -> Device {
    let agent = request.headers().get_one("user-agent").unwrap_or_default();
    Device {
        address: shown(address),
        user_agent: agent.chars().take(500).collect(),
        origin: origin(request),
        request: error::id_of(request).to_owned(),
    }
}

/// The socket's peer; or, behind a trusted proxy, the last hop that is none. Who
/// comes by the Unix socket has no address, and counts as this machine.
fn client_address(request: &Request<'_>, identity: &Identity) -> IpAddr {
    let remote = request.remote().map(|peer| peer.ip().to_canonical());
    let peer = remote.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST));
    let trusted = |address: &IpAddr| {
        let holds = |proxy: &Proxy| matches!(proxy, Proxy::Network(net) if net.contains(address));
        identity.proxies.iter().any(holds)
    };
    let believed = match remote {
        Some(peer) => trusted(&peer),
        None => identity.proxies.contains(&Proxy::Unix),
    };
    if !believed {
        return peer;
    }
    let hops: Vec<&str> =
        request.headers().get("x-forwarded-for").flat_map(|line| line.split(',')).collect();
    for hop in hops.iter().rev() {
        match hop.trim().parse::<IpAddr>().map(|hop| hop.to_canonical()) {
            Ok(hop) if trusted(&hop) => {}
            Ok(hop) => return hop,
            Err(_) => return peer,
        }
    }
    peer
}

/// Whether a browser sent it: those alone keep cookies and say where they stand.
fn origin(request: &Request<'_>) -> Origin {
    let browser = ["cookie", "origin", "sec-fetch-mode"];
    if browser.iter().any(|name| request.headers().contains(name)) {
        Origin::Web
    } else {
        Origin::Api
    }
}

/// An address as a session shows it: IPv6 by its network, written out in full.
fn shown(address: IpAddr) -> String {
    match super::limits::network(address) {
        IpAddr::V4(address) => address.to_string(),
        IpAddr::V6(address) => address.segments().map(|segment| format!("{segment:04x}")).join(":"),
    }
}
