//! The server's life: from an open data directory to a clean stop.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

use super::backups::Backups;
use super::cors::Cors;
use super::{App, housekeeping, listener};
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

/// Serves until SIGTERM or SIGINT. `ready` hears the address once it answers.
pub fn serve(config: &Config, ready: impl FnOnce(&str)) -> Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(WORKERS)
        .max_blocking_threads(BLOCKING)
        .thread_name("docket-worker")
        .thread_stack_size(1 << 20)
        .enable_all()
        .build()
        .map_err(|error| Error::Setup(format!("cannot start threads: {error}")))?;
    let served = runtime.block_on(run(config, ready));
    runtime.shutdown_background();
    served
}

async fn run(config: &Config, ready: impl FnOnce(&str)) -> Result<()> {
    let lock = ServerLock::take(&config.data_dir)?;
    // Before the database is touched: a busy port must leave no trace.
    let listener = bind(config).await?;
    let address = listener.local_addr().map_err(|error| Error::Setup(error.to_string()))?;
    let checkpoints = config.checkpoints == Switch::On;
    let db = Db::open_with(&config.data_dir, Role::Server, checkpoints)?;
    let served = answer(config, &db, listener, address, ready).await;
    db.close();
    drop(lock);
    served
}

async fn bind(config: &Config) -> Result<TcpListener> {
    let address = SocketAddr::new(config.address, config.port);
    TcpListener::bind(address).await.map_err(|error| {
        let hint = match error.kind() {
            std::io::ErrorKind::AddrInUse => "; another program has it, try --port 0",
            std::io::ErrorKind::PermissionDenied => "; ports below 1024 need a privilege",
            _ => "",
        };
        Error::Setup(format!("cannot listen on {address}: {error}{hint}"))
    })
}

async fn answer(
    config: &Config,
    db: &Db,
    listener: TcpListener,
    address: SocketAddr,
    ready: impl FnOnce(&str),
) -> Result<()> {
    let base_url = config.own_url(address.port());
    let url = base_url.clone();
    db.write(move |tx| {
        auth::ensure_key(tx, Timestamp::now())?;
        session::set_served_url(tx, &url)
    })
    .await?;
    let (stop, stopping) = watch::channel(false);
    let identity = super::Identity::new(config, base_url.clone())?;
    identity.warn_of_lost_secret(db).await?;
    let failures = identity.failures();
    let authority = Arc::new(Authority::new(db.clone(), config, base_url));
    let app = App { db: db.clone(), authority, stopping: stopping.clone() };
    let client = super::router(app, identity, Cors::new(config)).await?;
    let mut signals = Signals::new()?;
    let backups = Backups::new(config, stopping.clone())?;
    tracing::info!(
        "a head must come within 30 s, a body within 15 s; a flood of connections \
         is for a reverse proxy or a firewall to stop"
    );
    if config.signup == SignUp::Open && !address.ip().is_loopback() {
        tracing::warn!(
            "anybody who reaches {address} can make an account; signup = \"invite\" or \
             \"closed\" ends that"
        );
    }
    ready(&format!("http://{address}"));
    let housekeeping = tokio::spawn(housekeeping::run(db.clone(), config.audit_days));
    let backups = tokio::spawn(backups.run());
    let server = tokio::spawn(listener::run(listener, client, stopping));
    signals.first().await;
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

/// The signals that stop the server.
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

impl Signals {
    fn new() -> Result<Signals> {
        let on = |kind| {
            signal(kind).map_err(|error| Error::Setup(format!("cannot hear signals: {error}")))
        };
        Ok(Signals {
            terminate: on(SignalKind::terminate())?,
            interrupt: on(SignalKind::interrupt())?,
        })
    }

    async fn first(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}
