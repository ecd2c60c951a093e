//! Accepting connections, with a deadline on everything a client may be slow at.
//!
//! | what | deadline |
//! | --- | --- |
//! | a TLS handshake and the first request's head, together | 30 s |
//! | a request's head, and waiting for one on an idle connection | 30 s |
//! | the same on a connection that took one of the last places | 5 s |
//! | a request's body (in [`super::bridge`]) | 15 s |
//! | a client that takes no bytes of an answer (in [`super::io`]) | 30 s |
//! | requests under way when the server stops | 10 s |

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::{GracefulShutdown, Watcher};
use rocket::futures::FutureExt;
use rustix::process::{Resource, getrlimit, setrlimit};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

use super::bridge::Outgoing;
use super::io::Patient;
use super::socket::{Socket, Stream};
use super::tls::Tls;

const HEAD_TIME: Duration = Duration::from_secs(30);
const SCARCE_HEAD_TIME: Duration = Duration::from_secs(5);
const DRAIN_TIME: Duration = Duration::from_secs(10);

/// A head larger than this closes the connection unread.
const HEAD_BUFFER: usize = 64 * 1024;

/// Descriptors that are not for connections: files, the pool, standard streams.
const RESERVED: u64 = 64;

/// Where people come in, and how many at once.
pub(super) struct Door {
    pub socket: Socket,
    pub tls: Option<Tls>,
    pub places: usize,
}

/// Has every request answered by `answer`, which is told the TCP peer, until
/// `stopping` turns true; then finishes what has begun.
pub(super) async fn run<A, F>(door: Door, answer: A, mut stopping: watch::Receiver<bool>)
where
    A: Fn(Option<SocketAddr>, Request<Incoming>) -> F + Clone + Send + 'static,
    F: Future<Output = Response<Outgoing>> + Send + 'static,
{
    let Door { socket, tls, places: most } = door;
    let places = Arc::new(Semaphore::new(most));
    let graceful = GracefulShutdown::new();
    loop {
        let accepted = tokio::select! {
            accepted = socket.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let stream = match accepted {
            Ok(stream) => stream,
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
        let visitor = Visitor {
            answer: answer.clone(),
            head_time: if scarce { SCARCE_HEAD_TIME } else { HEAD_TIME },
            watcher: graceful.watcher(),
            place,
        };
        match (stream, &tls) {
            (Stream::Unix(stream), _) => drop(tokio::spawn(visitor.talk(stream, None))),
            (Stream::Tcp(stream, peer), None) => {
                drop(tokio::spawn(visitor.talk(stream, Some(peer))));
            }
            (Stream::Tcp(stream, peer), Some(tls)) => {
                let (tls, stopping) = (tls.clone(), stopping.clone());
                drop(tokio::spawn(visitor.shake_hands(tls, stream, peer, stopping)));
            }
        }
    }
    drop(socket);
    if tokio::time::timeout(DRAIN_TIME, graceful.shutdown()).await.is_err() {
        tracing::warn!("some requests did not finish in time");
    }
}

/// Somebody who has a place.
struct Visitor<A> {
    answer: A,
    head_time: Duration,
    watcher: Watcher,
    place: OwnedSemaphorePermit,
}

impl<A, F> Visitor<A>
where
    A: Fn(Option<SocketAddr>, Request<Incoming>) -> F,
    F: Future<Output = Response<Outgoing>>,
{
    /// What the handshake takes is taken off the time for a head: a client that
    /// drips both gains nothing.
    async fn shake_hands(
        mut self,
        tls: Tls,
        stream: TcpStream,
        peer: SocketAddr,
        mut stopping: watch::Receiver<bool>,
    ) {
        let begun = Instant::now();
        let secret = tokio::select! {
            secret = tokio::time::timeout(self.head_time, tls.accept(Patient::new(stream))) => secret,
            _ = stopping.wait_for(|stopping| *stopping) => return,
        };
        if let Ok(Ok(secret)) = secret {
            self.head_time = self.head_time.saturating_sub(begun.elapsed());
            self.serve(secret, Some(peer)).await;
        }
    }

    async fn talk<S>(self, stream: S, peer: Option<SocketAddr>)
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        self.serve(Patient::new(stream), peer).await;
    }

    async fn serve<S>(self, stream: S, peer: Option<SocketAddr>)
    where
        S: AsyncRead + AsyncWrite + Unpin + 'static,
    {
        let Visitor { answer, head_time, watcher, place } = self;
        let service = service_fn(move |request| answer(peer, request).map(Ok::<_, Infallible>));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(head_time)
            .max_buf_size(HEAD_BUFFER)
            .serve_connection(TokioIo::new(stream), service);
        // Clients go away in many ways, and none of them is news.
        let _ = watcher.watch(connection).await;
        drop(place);
    }
}

/// As many connections as there are descriptors for, after asking for more.
pub(super) fn most_connections() -> usize {
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
