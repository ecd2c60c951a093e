//! The HTTP door: every address Docket serves.
//!
//! `listener` accepts connections and sets their deadlines, `bridge` hands
//! each request to Rocket's router, and each other file is one resource.

mod access_tokens;
mod assets;
mod auth;
mod backups;
mod body;
mod bridge;
mod caller;
mod catchers;
mod changes;
mod conditional;
mod cors;
mod error;
mod events;
mod housekeeping;
mod info;
mod io;
pub mod isolation;
mod jwks;
mod listener;
mod lists;
mod me;
mod metrics;
mod params;
mod reply;
mod request_id;
mod security;
mod serve;
mod socket;
mod systemd;
mod tasks;
mod tls;
mod trash;
mod user_tasks;
mod worker;

use std::sync::Arc;

use rocket::figment::Figment;
use rocket::local::asynchronous::Client;
use rocket::{Build, Rocket, Route};
use tokio::sync::watch;

use auth::Identity;
pub use auth::STABLE;
use cors::Cors;
use metrics::Metrics;
use security::Transport;
pub use serve::serve;
pub use tls::check_tls;

use crate::auth::Authority;
use crate::db::Db;
use crate::error::{Error, Result};

/// What every handler may use.
pub struct App {
    pub db: Db,
    pub authority: Arc<Authority>,
    pub streams: events::Streams,
    /// Turns true when the server begins to stop.
    pub stopping: watch::Receiver<bool>,
}

/// Every address of the API: what the OpenAPI document must describe. The
/// page and its files are the same for everyone and come on top.
pub fn routes() -> Vec<Route> {
    let at = |base: &str, routes: Vec<Route>| {
        let placed = |route: Route| {
            route.map_base(|old| format!("{base}{old}")).expect("the bases are plain paths")
        };
        routes.into_iter().map(placed).collect::<Vec<Route>>()
    };
    [
        at("/", info::probes()),
        at("/api", assets::routes()),
        at("/api", info::routes()),
        at("/api", me::routes()),
        at("/api/me/tokens", access_tokens::routes()),
        at("/api/auth", jwks::routes()),
        at("/api/auth", auth::routes()),
        at("/api/tasks", tasks::routes()),
        at("/api/lists", lists::routes()),
        at("/api/trash", trash::routes()),
        at("/api/changes", changes::routes()),
        at("/api/events", events::routes()),
        at("/api/users", user_tasks::routes()),
    ]
    .concat()
}

/// What the router's handlers, and the bridge to it, find in it.
struct Parts {
    app: App,
    identity: Identity,
    cors: Cors,
    transport: Transport,
    metrics: Option<Metrics>,
}

fn rocket(parts: Parts) -> Rocket<Build> {
    let Parts { app, identity, cors, transport, mut metrics } = parts;
    // Nothing is read from Rocket's own file or environment: the listener and
    // the settings are ours, and these are its defaults made safe.
    let figment = Figment::from(rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        cli_colors: false,
        ip_header: None,
        ident: rocket::config::Ident::none(),
        ..rocket::Config::release_default()
    });
    let mut watched = |routes, name| match &mut metrics {
        Some(metrics) => metrics.watch(routes, name),
        None => routes,
    };
    let all = [
        watched(routes(), None),
        watched(assets::page(), Some("page")),
        watched(worker::routes(), None),
    ];
    rocket::custom(figment)
        .manage(app)
        .manage(identity)
        .manage(cors)
        .manage(transport)
        .manage(metrics)
        .attach(rocket::shield::Shield::new())
        .attach(bridge::TrueMethod)
        .attach(auth::Renewal)
        .mount("/", all.concat())
        .register("/", catchers::all())
}

/// A router that lives as long as the process: answers borrow from it.
async fn router(parts: Parts) -> Result<&'static Client> {
    let client = Client::untracked(rocket(parts))
        .await
        .map_err(|error| Error::Internal(format!("the router does not start: {error}")))?;
    Ok(Box::leak(Box::new(client)))
}

/// The metrics of a router, if it keeps any.
fn metrics_of(client: &Client) -> Option<&Metrics> {
    client.rocket().state::<Option<Metrics>>()?.as_ref()
}
