//! The copy with the server's own router on it. No port is opened: requests go
//! through memory, by the same way as those of a socket.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use rocket::Route;
use rocket::local::asynchronous::Client;
use serde_json::{Map, Value};
use tokio::sync::watch;

use super::request::Request;
use crate::auth::{self, Authority, ServerSecret, user};
use crate::config::{BackupPlan, BaseUrl, Config, SignUp, Switch};
use crate::db::{Db, Role, Scratch};
use crate::error::{Error, Result};
use crate::http::cors::Cors;
use crate::http::events::Streams;
use crate::http::security::Transport;
use crate::http::{App, Identity, Parts, bridge, rocket};
use crate::time::Timestamp;

/// What the copy calls itself.
const BASE_URL: &str = "http://docket.invalid";

/// An answer that has not come by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) struct World {
    pub db: Db,
    pub secret: ServerSecret,
    pub password_hash: String,
    pub base_url: String,
    client: &'static Client,
    /// Each is of another client, so that none asks too often.
    requests: AtomicU32,
    /// Streams end when it is gone.
    _stop: watch::Sender<bool>,
}

/// What came back.
pub(super) struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    /// JSON, or the lines of what is none.
    pub body: Value,
}

impl World {
    /// Opens the copy and serves it, with `more` routes beside the usual ones.
    pub(super) async fn open(
        scratch: &Scratch,
        config: &Config,
        more: Vec<Route>,
    ) -> Result<World> {
        let config = apart(config, scratch);
        let db = Db::open_with(scratch.dir(), Role::Server, true)?;
        db.write(|tx| auth::ensure_key(tx, Timestamp::now())).await?;
        let base_url = BASE_URL.to_owned();
        let identity = Identity::new(&config, base_url.clone())?;
        let authority = Arc::new(Authority::new(db.clone(), &config, base_url.clone()));
        let (stop, stopping) = watch::channel(false);
        let app = App { db: db.clone(), authority, streams: Streams::default(), stopping };
        let (cors, transport) = (Cors::new(&config), Transport::of(&base_url));
        let parts = Parts { app, identity, cors, transport, metrics: None };
        let rocket = rocket(parts).mount("/", more);
        let client = Client::untracked(rocket)
            .await
            .map_err(|error| Error::Internal(format!("the router does not start: {error}")))?;
        let password_hash = user::hash_password(super::people::PASSWORD)?;
        let secret = ServerSecret::load(&config)?;
        // Answers borrow from it for as long as the process lives.
        let client = Box::leak(Box::new(client));
        Ok(World {
            db,
            secret,
            password_hash,
            base_url,
            client,
            requests: AtomicU32::new(1),
            _stop: stop,
        })
    }

    /// Sends a request with this bearer.
    pub(super) async fn send(&self, bearer: &str, request: &Request) -> Result<Answer> {
        let sent = async {
            let (near, far) = tokio::io::duplex(1 << 16);
            let (client, peer) = (self.client, self.next_peer());
            let service = service_fn(move |request| async move {
                Ok::<_, Infallible>(bridge::answer(client, Some(peer), request).await)
            });
            let served = hyper::server::conn::http1::Builder::new()
                .serve_connection(TokioIo::new(far), service);
            tokio::spawn(served);
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(near)).await?;
            tokio::spawn(connection);
            Answer::read(sender.send_request(message(bearer, request)).await?).await
        };
        let failed = |why: String| Error::Internal(format!("{}: {why}", request.target));
        match tokio::time::timeout(PATIENCE, sent).await {
            Ok(answer) => answer.map_err(|error| failed(error.to_string())),
            Err(_) => Err(failed("no answer came".into())),
        }
    }

    fn next_peer(&self) -> SocketAddr {
        let number = self.requests.fetch_add(1, Ordering::Relaxed) % (1 << 24);
        let address = Ipv4Addr::from_bits(u32::from(Ipv4Addr::new(10, 0, 0, 0)) | number);
        SocketAddr::new(address.into(), 1)
    }
}

/// The settings, but for all that reaches beyond the copy or would keep the
/// throw-away people from what anybody may do.
fn apart(config: &Config, scratch: &Scratch) -> Config {
    Config {
        data_dir: scratch.dir().to_owned(),
        base_url: BaseUrl::try_from(BASE_URL.to_owned()).ok(),
        issuers: Vec::new(),
        better_auth_secret: None,
        signup: SignUp::Open,
        require_email_verification: Switch::Off,
        trusted_proxies: Vec::new(),
        rate_limits: Switch::On,
        backup: BackupPlan::Off,
        smtp_host: None,
        mail_outbox: Some(scratch.dir().join("outbox")),
        ..config.clone()
    }
}

fn message(bearer: &str, request: &Request) -> hyper::Request<Full<Bytes>> {
    let body = request.body.as_ref().map(Value::to_string);
    let mut message = hyper::Request::builder()
        .method(request.method.as_str())
        .uri(request.target.as_str())
        .header("host", "docket.invalid")
        .header("authorization", format!("Bearer {bearer}"));
    if body.is_some() {
        message = message.header("content-type", "application/json");
    }
    for (name, value) in &request.headers {
        message = message.header(name, value);
    }
    let body = Full::new(Bytes::from(body.unwrap_or_default()));
    message.body(body).expect("names are tokens and addresses are encoded")
}

impl Answer {
    async fn read(response: hyper::Response<Incoming>) -> hyper::Result<Answer> {
        let (head, mut body) = response.into_parts();
        let header = |value: &hyper::header::HeaderValue| {
            String::from_utf8_lossy(value.as_bytes()).into_owned()
        };
        let headers: Vec<(String, String)> =
            head.headers.iter().map(|(name, value)| (name.to_string(), header(value))).collect();
        let goes_on = headers.iter().any(|(_, value)| value.starts_with("text/event-stream"));
        let bytes = if goes_on {
            let first = body.frame().await.transpose()?;
            first.and_then(|frame| frame.into_data().ok()).unwrap_or_default()
        } else {
            body.collect().await?.to_bytes()
        };
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| String::from_utf8_lossy(&bytes).lines().map(Value::from).collect());
        Ok(Answer { status: head.status.as_u16(), headers, body })
    }

    /// All of it but what belongs to this one request.
    pub(super) fn lasting(&self) -> Value {
        const PASSING: [&str; 3] = ["content-length", "date", "x-request-id"];
        let mut headers = Map::new();
        for (name, value) in &self.headers {
            if !PASSING.contains(&name.as_str()) {
                let values =
                    headers.entry(name.clone()).or_insert_with(|| Vec::<Value>::new().into());
                values.as_array_mut().expect("it was made as one").push(value.clone().into());
            }
        }
        serde_json::json!({ "status": self.status, "headers": headers, "body": self.body })
    }
}
