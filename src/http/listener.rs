//! Accepting connections, with a deadline on everything a client may be slow at.
//!
//! | what | deadline |
//! | --- | --- |
//! | a request's head, and waiting for one on an idle connection | 30 s |
//! | the same on a connection that took one of the last places | 5 s |
//! | a request's body (in [`super::bridge`]) | 15 s |
//! | a client that takes no bytes of an answer (in [`super::io`]) | 30 s |
//! | requests under way when the server stops | 10 s |

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use rocket::local::asynchronous::Client;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

use super::bridge;
use super::io::Patient;

const HEAD_TIME: Duration = Duration::from_secs(30);
const SCARCE_HEAD_TIME: Duration = Duration::from_secs(5);
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// A head larger than this closes the connection unread.
const HEAD_BUFFER: usize = 64 * 1024;

/// Descriptors that are not for connections: files, the pool, standard streams.
const RESERVED: u64 = 64;

/// Serves until `stopping` turns true, then finishes what has begun.
pub(super) async fn run(
    listener: TcpListener,
    client: &'static Client,
    mut stopping: watch::Receiver<bool>,
) {
    let most = most_connections();
    let places = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of descriptors, mostly: others will be closed soon.
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
                continue;
            }
        };
        let Ok(place) = places.clone().try_acquire_owned() else { continue };
        // The last quarter is passed on quickly, so that a crowd of idle
        // connections cannot keep everybody else out (SECURITY-BAR H7).
        let scarce = places.available_permits() < most / 4;
        let head_time = if scarce { SCARCE_HEAD_TIME } else { HEAD_TIME };
        let connection = connection(client, stream, peer, head_time, &graceful);
        tokio::spawn(async move {
            // Clients go away in many ways, and none of them is news.
            let _ = connection.await;
            drop(place);
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

fn connection(
    client: &'static Client,
    stream: TcpStream,
    peer: SocketAddr,
    head_time: Duration,
    graceful: &GracefulShutdown,
) -> impl Future<Output = hyper::Result<()>> + use<> {
    // Only latency is lost if it cannot be set.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |request| async move {
        Ok::<_, Infallible>(bridge::answer(client, peer, request).await)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(head_time)
        .max_buf_size(HEAD_BUFFER)
        .serve_connection(TokioIo::new(Patient::new(stream)), service);
    graceful.watch(connection)
}

/// As many connections as there are descriptors for, after asking for more.
fn most_connections() -> usize {
    let mut limit = getrlimit(Resource::Nofile);
    let hard = limit.maximum.unwrap_or(1 << 20).min(1 << 20);
    limit.current = Some(hard);
    if let Err(error) = setrlimit(Resource::Nofile, limit) {
        tracing::warn!(%error, "cannot raise the limit of open files");
    }
    let soft = getrlimit(Resource::Nofile).current.unwrap_or(hard);
    usize::try_from(soft.saturating_sub(RESERVED).max(16))
        .unwrap_or(1024)
        .min(Semaphore::MAX_PERMITS)
}
