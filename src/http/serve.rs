//! The server's life: from an open data directory to a clean stop.

use std::sync::Arc;

use hyper::body::Incoming;
use rocket::local::asynchronous::Client;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::backups::Backups;
use super::bridge::Outgoing;
use super::cors::Cors;
use super::events::Streams;
use super::listener::Door;
use super::metrics::Metrics;
use super::security::Transport;
use super::socket::Socket;
use super::tls::Tls;
use super::{App, Parts, bridge, housekeeping, listener, systemd};
use crate::auth::{self, Authority, session};
use crate::config::{Config, SignUp, Switch};
use crate::db::{Db, Role, ServerLock};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// More workers than a small machine has cores: a short read on one must not
/// hold up the others. Each keeps memory of its own.
const WORKERS: usize = 4;

/// Blocking threads: long reads, key fetches, password hashes.
const BLOCKING: usize = 8;

/// Connections to the metrics' own address.
const METRICS_PLACES: usize = 16;

/// Serves until SIGTERM or SIGINT. `ready` hears the address once it answers, and
/// `reload` is called for each SIGHUP.
pub fn serve(config: &Config, ready: impl FnOnce(&str), reload: impl Fn()) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .thread_name("docket-worker")
        .thread_stack_size(1 << 20)
        .enable_all()
        .build()
        .map_err(|error| Error::Setup(format!("cannot start threads: {error}")))?;
    let served = runtime.block_on(run(config, ready, reload));
    runtime.shutdown_background();
    served
}

async fn run(config: &Config, ready: impl FnOnce(&str), reload: impl Fn()) -> Result<()> {
    let tls = Tls::load(config)?;
    let lock = ServerLock::take(&config.data_dir)?;
    // Before the database is touched: a busy port must leave no trace.
    let socket = Socket::bind(config).await?;
    let metrics = match config.metrics_address {
        Some(address) => Some(Socket::bind_tcp(address).await?),
        None => None,
    };
    let doors = Doors {
        main: Door { socket, tls, places: listener::most_connections() },
        metrics: metrics.map(|socket| Door { socket, tls: None, places: METRICS_PLACES }),
    };
    let checkpoints = config.checkpoints == Switch::On;
    let db = Db::open_with(&config.data_dir, Role::Server, checkpoints)?;
    let served = answer(config, &db, doors, ready, reload).await;
    db.close();
    drop(lock);
    served
}

/// Where people come in, and where the metrics are read if not there.
struct Doors {
    main: Door,
    metrics: Option<Door>,
}

async fn answer(
    config: &Config,
    db: &Db,
    doors: Doors,
    ready: impl FnOnce(&str),
    reload: impl Fn(),
) -> Result<()> {
    let address = doors.main.socket.address()?;
    let base_url = config.own_url(address.map_or(config.port, |address| address.port()));
    let url = base_url.clone();
    db.write(move |tx| {
        auth::ensure_key(tx, Timestamp::now())?;
        session::set_served_url(tx, &url)
    })
    .await?;
    let (stop, stopping) = watch::channel(false);
    let transport = Transport::of(&base_url);
    let identity = super::Identity::new(config, base_url.clone())?;
    identity.warn_of_lost_secret(db).await?;
    let failures = identity.failures();
    let authority = Arc::new(Authority::new(db.clone(), config, base_url));
    let streams = Streams::default();
    let metrics = Metrics::new(config, db, identity.hasher(), &streams, Timestamp::now());
    let app = App { db: db.clone(), authority, streams, stopping: stopping.clone() };
    let cors = Cors::new(config);
    let client = super::router(Parts { app, identity, cors, transport, metrics }).await?;
    let mut signals = Signals::new()?;
    let backups = Backups::new(config, stopping.clone())?;
    tracing::info!(
        "a head must come within 30 s, a body within 15 s; a flood of connections \
         is for a reverse proxy or a firewall to stop"
    );
    if let Some(address) = address.filter(|address| !address.ip().is_loopback())
        && config.signup == SignUp::Open
    {
        tracing::warn!(
            "anybody who reaches {address} can make an account; signup = \"invite\" or \
             \"closed\" ends that"
        );
    }
    ready(&match config.unix_socket() {
        Some(path) => format!("unix:{}", path.display()),
        None => address.map(|address| config.listening_url(address)).unwrap_or_default(),
    });
    let housekeeping = tokio::spawn(housekeeping::run(db.clone(), config.audit_days));
    let backups = tokio::spawn(backups.run());
    let tls = doors.main.tls.clone();
    if let Some(door) = doors.metrics {
        say_where_metrics_are(config, &door.socket)?;
        let answer = move |_, request| show_metrics(client, request);
        tokio::spawn(listener::run(door, answer, stopping.clone()));
    }
    let answer = move |peer, request| bridge::answer(client, peer, request);
    let server = tokio::spawn(listener::run(doors.main, answer, stopping));
    systemd::ready();
    let alive = tokio::spawn(systemd::keep_alive(db.clone()));
    while signals.next().await == Asked::Reload {
        reload();
        if let Some(tls) = &tls {
            tls.reload();
        }
    }
    tracing::info!("stopping");
    systemd::stopping();
    alive.abort();
    stop.send_replace(true);
    housekeeping.abort();
    let ended = server.await;
    if let Err(error) = backups.await {
        tracing::warn!(%error, "backups ended early");
    }
    failures.write(db).await;
    ended.map_err(|error| Error::Internal(format!("the listener failed: {error}")))
}

/// Answers at the address that is for metrics alone.
async fn show_metrics(
    client: &'static Client,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Outgoing> {
    let (head, _) = request.into_parts();
    match super::metrics_of(client) {
        Some(metrics) => metrics.answer(&head),
        None => hyper::Response::new(Outgoing::Ready(Default::default())),
    }
}

fn say_where_metrics_are(config: &Config, socket: &Socket) -> Result<()> {
    let Some(address) = socket.address()? else { return Ok(()) };
    tracing::info!("the metrics are at http://{address}/metrics");
    if !address.ip().is_loopback() && config.metrics_token().is_none() {
        tracing::warn!(
            "anybody who reaches {address} can read the metrics; metrics_token ends that"
        );
    }
    Ok(())
}

#[derive(PartialEq, Eq)]
enum Asked {
    Stop,
    Reload,
}

/// The signals that stop the server, or have it read its files again.
struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    fn new() -> Result<Signals> {
        let on = |kind| {
            signal(kind).map_err(|error| Error::Setup(format!("cannot hear signals: {error}")))
        };
        Ok(Signals {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
            hang_up: on(SignalKind::hangup())?,
        })
    }

    async fn next(&mut self) -> Asked {
        tokio::select! {
            _ = self.terminate.recv() => Asked::Stop,
            _ = self.interrupt.recv() => Asked::Stop,
            _ = self.hang_up.recv() => Asked::Reload,
        }
    }
}
