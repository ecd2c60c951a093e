//! From a hyper request to Rocket's router and back.
//!
//! Rocket 0.5 keeps its listener to itself and sets no deadline on anything, so
//! the listener here is hyper's and requests reach the router through Rocket's
//! in-process client. What is refused before routing is refused here.

use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, Full, LengthLimitError, Limited};
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::header::{self, HeaderMap, HeaderName, HeaderValue};
use rocket::fairing::{Fairing, Info, Kind};
use rocket::http::{Header, Method, Status, uri::Origin};
use rocket::local::asynchronous::{Client, LocalRequest, LocalResponse};
use rocket::tokio::io::{AsyncRead, ReadBuf};
use rocket::{Data, Request};

use super::cors::Cors;
use super::error::Problem;
use super::reply::Reply;
use super::{auth, metrics, request_id, security};
use crate::error::Error;

/// The largest request body, in bytes.
pub(super) const LARGEST_BODY: usize = 256 * 1024;

/// The largest head that is answered with words rather than only closed upon.
const LARGEST_HEAD: usize = 32 * 1024;

/// A body must be complete after this.
const BODY_TIME: Duration = Duration::from_secs(15);

/// What is sent back: bytes that are ready, or events as they come.
pub(super) enum Outgoing {
    Ready(Full<Bytes>),
    Stream(Box<LocalResponse<'static>>),
}

/// Answers one request.
pub(super) async fn answer(
    client: &'static Client,
    peer: Option<SocketAddr>,
    request: hyper::Request<Incoming>,
) -> hyper::Response<Outgoing> {
    let begun = Instant::now();
    let (head, body) = request.into_parts();
    let id = request_id::choose(head.headers.get(request_id::HEADER).map(HeaderValue::as_bytes));
    let cors = client.rocket().state::<Cors>();
    let metrics = super::metrics_of(client);
    let (mut response, place) = {
        // It is large: made where it stays, and only lent.
        let answered = pin!(async {
            if let Some(metrics) = metrics.filter(|metrics| metrics.is_for(&head)) {
                return metrics.answer(&head);
            }
            match cors.and_then(|cors| cors.preflight(&head)) {
                Some((status, headers)) => empty(status, headers),
                None => dispatch(client, &head, body, peer, &id).await,
            }
        });
        metrics::placed(answered).await
    };
    if let Some(metrics) = metrics {
        metrics.table.count(place, response.status().as_u16(), begun.elapsed());
    }
    let headers = response.headers_mut();
    security::add(client.rocket().state(), headers);
    if let Some(cors) = cors {
        cors.add(&head, headers);
    }
    if let Ok(id) = HeaderValue::try_from(id) {
        headers.insert(HeaderName::from_static(request_id::HEADER), id);
    }
    response
}

/// Has the router answer, unless the request is refused before.
async fn dispatch(
    client: &'static Client,
    head: &hyper::http::request::Parts,
    body: Incoming,
    peer: Option<SocketAddr>,
    id: &str,
) -> hyper::Response<Outgoing> {
    let prepared = prepare(client, head, peer, id).and_then(|request| {
        match auth::too_often(request.inner()) {
            Some(reply) => Err(Refusal::Reply(reply)),
            None => Ok(request),
        }
    });
    let mut request = match prepared {
        Ok(request) => request,
        Err(refusal) => return refuse(refusal, id),
    };
    let unread = bring_body(&mut request, body).await;
    let is_head = head.method == hyper::Method::HEAD;
    let mut response = convert(request.dispatch().await, is_head).await;
    if let Some(unread) = unread {
        // Nobody had to say who they are, so nobody has refused it yet.
        match unread.take() {
            Some(error) => response = refuse(Refusal::Error(error), id),
            None => close_after(&mut response),
        }
    }
    response
}

fn empty(status: hyper::StatusCode, headers: HeaderMap) -> hyper::Response<Outgoing> {
    let mut response = hyper::Response::new(Outgoing::Ready(Full::default()));
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Why a request never reached the router.
enum Refusal {
    Error(Error),
    Reply(Reply),
    Status(u16, &'static str, &'static str),
}

fn prepare(
    client: &'static Client,
    head: &hyper::http::request::Parts,
    peer: Option<SocketAddr>,
    id: &str,
) -> Result<LocalRequest<'static>, Refusal> {
    let bad = |why: &str| Refusal::Error(Error::Malformed(why.to_owned()));
    let size: usize =
        head.headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if size + head.uri.path().len() > LARGEST_HEAD {
        return Err(Refusal::Status(431, "head_too_large", "the head is larger than 32 kB"));
    }
    // Rocket reads a method in any case; RFC 9110, 9.1 knows one spelling.
    let sent = head.method.as_str();
    let method =
        sent.parse().ok().filter(|method: &Method| method.as_str() == sent).ok_or(
            Refusal::Status(501, "method_not_implemented", "no address serves this method"),
        )?;
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    // As Better Auth has it, nothing there answers to HEAD.
    let is_head_of_auth = method == Method::Head && head.uri.path().starts_with("/api/auth/");
    if is_head_of_auth || !is_canonical(head.uri.path()) {
        return Err(Refusal::Status(404, "not_found", "nothing is served at this address"));
    }
    let origin: Origin<'static> =
        Origin::parse_owned(target.to_owned()).map_err(|_| bad("the address cannot be read"))?;
    // RFC 9112, 3.2: exactly one, so that no two readers can disagree.
    if head.version == hyper::Version::HTTP_11
        && head.headers.get_all(header::HOST).iter().count() != 1
    {
        return Err(bad("the request names no host, or several"));
    }
    let mut request = client.req(method, origin);
    if let Some(peer) = peer {
        request.set_remote(peer);
    }
    for (name, value) in &head.headers {
        let value =
            std::str::from_utf8(value.as_bytes()).map_err(|_| bad("a header is no UTF-8"))?;
        if name.as_str() != request_id::HEADER {
            request.add_header(Header::new(name.as_str().to_owned(), value.to_owned()));
        }
    }
    request.add_header(Header::new(request_id::HEADER, id.to_owned()));
    request.inner().local_cache(|| Sent(method));
    Ok(request)
}

/// One spelling for each address: no empty segment, no final slash, and no
/// percent-encoding of what needs none (RFC 3986, 6.2.2.2).
fn is_canonical(path: &str) -> bool {
    if path == "/" {
        return true;
    }
    let unreserved = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let plain = path.split('%').skip(1).all(|rest| {
        rest.get(..2)
            .and_then(|hex| u8::from_str_radix(hex, 16).ok())
            .is_some_and(|byte| !unreserved(byte))
    });
    path.starts_with('/') && !path.ends_with('/') && !path.contains("//") && plain
}

/// Reads the body into the request. One that cannot be had is noted for the
/// guards, so that who is asking is looked at before what they sent.
async fn bring_body(request: &mut LocalRequest<'static>, body: Incoming) -> Option<Unread> {
    match read(body).await {
        Ok(bytes) => {
            if !bytes.is_empty() {
                request.set_body(bytes);
            }
            None
        }
        Err(error) => {
            let unread = Unread(Arc::new(Mutex::new(Some(error))));
            request.inner().local_cache(|| unread.clone());
            Some(unread)
        }
    }
}

/// A body of a declared length up to this is taken, and not used, before its 413.
const PASSED_OVER: u64 = 1 << 20;
const PASSING_TIME: Duration = Duration::from_secs(2);

/// Why the body could not be had, until somebody says so.
#[derive(Clone, Default)]
struct Unread(Arc<Mutex<Option<Error>>>);

impl Unread {
    fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// The reason why this request came without its body, once.
pub(super) fn unread(request: &Request<'_>) -> Option<Error> {
    request.local_cache(Unread::default).take()
}

/// Takes a body that is somewhat too large and throws it away. Whoever is still
/// sending when the connection is closed may never read the answer (RFC 9112, 9.6);
/// proxies then say 502, or break off.
async fn pass_over(body: &mut Incoming) {
    let pass = async { while let Some(Ok(_)) = body.frame().await {} };
    // The answer is the same for one who is slow about it.
    let _ = tokio::time::timeout(PASSING_TIME, pass).await;
}

async fn read(mut body: Incoming) -> Result<Bytes, Error> {
    if body.is_end_stream() {
        return Ok(Bytes::new());
    }
    let too_large = || Error::TooLarge { limit: LARGEST_BODY };
    let length = body.size_hint().lower();
    if length > LARGEST_BODY as u64 {
        if length <= PASSED_OVER {
            pass_over(&mut body).await;
        }
        return Err(too_large());
    }
    match tokio::time::timeout(BODY_TIME, Limited::new(body, LARGEST_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Error::Malformed("the body is broken off".into())),
        Err(_) => Err(Error::TooSlow { seconds: BODY_TIME.as_secs() }),
    }
}

/// What is left of the request is unread: nothing else can follow it.
fn close_after(response: &mut hyper::Response<Outgoing>) {
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
}

fn refuse(refusal: Refusal, id: &str) -> hyper::Response<Outgoing> {
    let reply = match refusal {
        Refusal::Error(error) => error.reply(id),
        Refusal::Reply(reply) => reply,
        Refusal::Status(status, code, detail) => {
            Problem::new(Status::new(status), code, detail.to_owned(), id).reply()
        }
    };
    let (status, headers, body) = reply.into_parts();
    let mut response = hyper::Response::new(Outgoing::Ready(Full::new(body.into())));
    *response.status_mut() = hyper::StatusCode::from_u16(status).unwrap_or_default();
    for header in headers {
        insert(response.headers_mut(), header.name.as_str(), &header.value);
    }
    close_after(&mut response);
    response
}

async fn convert(mut answer: LocalResponse<'static>, is_head: bool) -> hyper::Response<Outgoing> {
    let status = hyper::StatusCode::from_u16(answer.status().code).unwrap_or_default();
    let mut headers = HeaderMap::with_capacity(12);
    for header in answer.headers().iter() {
        insert(&mut headers, header.name.as_str(), &header.value);
    }
    let body = match answer.body().preset_size() {
        Some(size) => {
            if is_head && status != hyper::StatusCode::NOT_MODIFIED {
                headers.insert(header::CONTENT_LENGTH, HeaderValue::from(size));
            }
            Outgoing::Ready(Full::new(read_all(&mut answer, size).await))
        }
        None if answer.body().is_none() => Outgoing::Ready(Full::default()),
        None => {
            // nginx would keep what there is until there is more.
            headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
            Outgoing::Stream(Box::new(answer))
        }
    };
    let mut response = hyper::Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// Reads a body that is in memory; one that ends early stays short.
async fn read_all(answer: &mut LocalResponse<'static>, size: usize) -> Bytes {
    use rocket::tokio::io::AsyncReadExt;
    let mut bytes = Vec::with_capacity(size);
    if let Err(error) = answer.read_to_end(&mut bytes).await {
        tracing::error!(%error, "an answer could not be read");
    }
    bytes.into()
}

fn insert(headers: &mut HeaderMap, name: &str, value: &str) {
    if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
        headers.append(name, value);
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        match &mut *self {
            Outgoing::Ready(full) => {
                Pin::new(full).poll_frame(context).map_err(|never| match never {})
            }
            Outgoing::Stream(response) => {
                let mut bytes = BytesMut::zeroed(4096);
                let mut buffer = ReadBuf::new(&mut bytes);
                match Pin::new(&mut **response).poll_read(context, &mut buffer) {
                    Poll::Pending => Poll::Pending,
                    Poll::Ready(Err(error)) => Poll::Ready(Some(Err(error))),
                    Poll::Ready(Ok(())) => {
                        let length = buffer.filled().len();
                        bytes.truncate(length);
                        Poll::Ready((length > 0).then(|| Ok(Frame::data(bytes.freeze()))))
                    }
                }
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        matches!(self, Outgoing::Ready(full) if full.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Ready(full) => full.size_hint(),
            Outgoing::Stream(_) => SizeHint::default(),
        }
    }
}

/// The method as it was sent.
struct Sent(Method);

/// Undoes Rocket's method override by a form's `_method` (SECURITY-BAR H11).
pub(super) struct TrueMethod;

#[rocket::async_trait]
impl Fairing for TrueMethod {
    fn info(&self) -> Info {
        Info { name: "the method as it was sent", kind: Kind::Request }
    }

    async fn on_request(&self, request: &mut Request<'_>, _: &mut Data<'_>) {
        let Sent(sent) = *request.local_cache(|| Sent(Method::Get));
        request.set_method(sent);
    }
}

#[cfg(test)]
mod tests {
    use super::is_canonical;

    // SECURITY-BAR S12
    #[test]
    fn an_address_has_one_spelling() {
        for good in ["/", "/api/tasks", "/api/users/a%40b/tasks", "/a%2fb"] {
            assert!(is_canonical(good), "{good}");
        }
        for bad in [
            "",
            "//",
            "/api/tasks/",
            "//api",
            "/api//tasks",
            "/ap%69/tasks",
            "/a%",
            "/a%4",
            "/a%zz",
        ] {
            assert!(!is_canonical(bad), "{bad}");
        }
    }
}
