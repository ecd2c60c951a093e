//! The server's life: from an open data directory to a clean stop.

use std::sync::Arc;

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::watch;

use super::backups::Backups;
use super::cors::Cors;
use super::listener::Door;
use super::security::Transport;
use super::socket::Socket;
use super::tls::Tls;
use super::{App, bridge, housekeeping, listener};
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
    let door = Door { socket, tls, places: listener::most_connections() };
    let checkpoints = config.checkpoints == Switch::On;
    let db = Db::open_with(&config.data_dir, Role::Server, checkpoints)?;
    let served = answer(config, &db, door, ready, reload).await;
    db.close();
    drop(lock);
    served
}

async fn answer(
    config: &Config,
    db: &Db,
    door: Door,
    ready: impl FnOnce(&str),
    reload: impl Fn(),
) -> Result<()> {
    let address = door.socket.address()?;
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
    let app = App { db: db.clone(), authority, stopping: stopping.clone() };
    let client = super::router(app, identity, Cors::new(config), transport).await?;
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
    let tls = door.tls.clone();
    let answer = move |peer, request| bridge::answer(client, peer, request);
    let server = tokio::spawn(listener::run(door, answer, stopping));
    while signals.next().await == Asked::Reload {
        reload();
        if let Some(tls) = &tls {
            tls.reload();
        }
    }
    tracing::info!("stopping");
    stop.send_replace(true);
    housekeeping.abort();
    let ended = server.await;
    if let Err(error) = backups.await {
        tracing::warn!(%error, "backups ended early");
    }
    failures.write(db).await;
    ended.map_err(|error| Error::Internal(format!("the listener failed: {error}")))
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
