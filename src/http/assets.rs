//! The page and its files, from inside the executable.
//!
//! A debug build reads them from `static/` at each request, so editing a file
//! and reloading is all there is to working on the page. A file that is new
//! there is served after a restart.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::http::Method;
use rocket::request::{FromRequest, Outcome};
use rocket::route::{self, Handler};
use rocket::{Data, Request, Route, get, routes};
use rust_embed::RustEmbed;

use super::conditional::IfNoneMatch;
use super::reply::Reply;
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static"]
struct Assets;

/// Addresses that belong to the page itself: a reload there opens it again.
pub(super) const PAGES: &[&str] = &[
    "/",
    "/inbox",
    "/today",
    "/upcoming",
    "/all",
    "/completed",
    "/trash",
    "/search",
    "/lists/<id>",
    "/tasks/<id>",
    "/settings",
    "/settings/<section>",
    "/sign-in",
    "/sign-up",
    "/invite",
    "/forgot-password",
    "/reset-password",
    "/verify-email",
];

/// Files that have an address of their own, or are for those who build.
const NOT_BY_NAME: &[&str] = &["index.html", "docs.html", "openapi.json", "sw.js"];

/// What the program says of its own API.
pub(super) fn openapi_document() -> Result<serde_json::Value> {
    let file = Assets::get("openapi.json").ok_or(Error::NotFound("OpenAPI document"))?;
    serde_json::from_slice(&file.data).map_err(|error| Error::Internal(error.to_string()))
}

/// The documentation, below `/api`.
pub(super) fn routes() -> Vec<Route> {
    routes![docs, openapi]
}

#[get("/docs")]
fn docs(gzip: AcceptsGzip, known: IfNoneMatch) -> Result<Reply> {
    serve("docs.html", gzip, &known)
}

#[get("/openapi.json")]
fn openapi(gzip: AcceptsGzip, known: IfNoneMatch) -> Result<Reply> {
    serve("openapi.json", gzip, &known)
}

/// The page at each of its addresses, and every file by its exact name.
pub(super) fn page() -> Vec<Route> {
    let pages = PAGES.iter().map(|path| (path.to_string(), "index.html".to_owned()));
    let files = by_name().map(|name| (format!("/{name}"), name.into_owned()));
    pages.chain(files).map(|(path, name)| Route::new(Method::Get, &path, File { name })).collect()
}

/// The files that are served by their names.
fn by_name() -> impl Iterator<Item = Cow<'static, str>> {
    Assets::iter().filter(|name| content_type(name).is_some() && !NOT_BY_NAME.contains(&&**name))
}

/// The address and the hash of the page and of every file by its name.
pub(super) fn addresses() -> impl Iterator<Item = (String, String)> {
    let files = by_name().map(|name| (format!("/{name}"), name));
    let all = files.chain([("/".to_owned(), "index.html".into())]);
    all.filter_map(|(path, name)| {
        Some((path, short_hash(&Assets::get(&name)?.metadata.sha256_hash())))
    })
}

/// A file's text.
pub(super) fn text(name: &str) -> Result<String> {
    let file = Assets::get(name).ok_or(Error::NotFound("file"))?;
    String::from_utf8(file.data.into_owned()).map_err(|error| Error::Internal(error.to_string()))
}

/// Answers with one file.
#[derive(Clone)]
struct File {
    name: String,
}

#[rocket::async_trait]
impl Handler for File {
    async fn handle<'r>(&self, request: &'r Request<'_>, _: Data<'r>) -> route::Outcome<'r> {
        let gzip = AcceptsGzip::of(request);
        let known = IfNoneMatch::of(request);
        route::Outcome::from(request, serve(&self.name, gzip, &known))
    }
}

/// Whether the client takes gzip.
pub(super) struct AcceptsGzip(bool);

impl AcceptsGzip {
    fn of(request: &Request<'_>) -> AcceptsGzip {
        let mut codings = request.headers().get("accept-encoding").flat_map(|v| v.split(','));
        AcceptsGzip(codings.any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            // "Not acceptable" may be written with up to three zeros (RFC 9110, 12.4.2).
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            is_gzip && weight.is_none_or(|weight| weight.parse() != Ok(0.0))
        }))
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AcceptsGzip {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<AcceptsGzip, Self::Error> {
        Outcome::Success(AcceptsGzip::of(request))
    }
}

/// What kinds of file there are; one of another kind is not served.
fn content_type(name: &str) -> Option<&'static str> {
    match name.rsplit_once('.')?.1 {
        "html" => Some("text/html; charset=utf-8"),
        "js" => Some("text/javascript; charset=utf-8"),
        "css" => Some("text/css; charset=utf-8"),
        "json" if name != "jsconfig.json" => Some("application/json"),
        "webmanifest" => Some("application/manifest+json"),
        "svg" => Some("image/svg+xml"),
        "png" => Some("image/png"),
        _ => None,
    }
}

/// A vendored file has its hash in its name, so it never changes.
fn cache_control(name: &str) -> &'static str {
    if name.starts_with("vendor/") { "public, max-age=31536000, immutable" } else { "no-cache" }
}

fn serve(name: &str, gzip: AcceptsGzip, known: &IfNoneMatch) -> Result<Reply> {
    let (Some(file), Some(kind)) = (Assets::get(name), content_type(name)) else {
        return Err(Error::NotFound("file"));
    };
    let hash = short_hash(&file.metadata.sha256_hash());
    let content = Content { kind, cache_control: cache_control(name), hash, data: file.data };
    answer(content, gzip, known)
}

/// What is sent of a file.
pub(super) struct Content {
    pub(super) kind: &'static str,
    pub(super) cache_control: &'static str,
    /// Tells it from every other content.
    pub(super) hash: String,
    pub(super) data: Cow<'static, [u8]>,
}

/// Sends a file, or says that the client has it.
pub(super) fn answer(content: Content, gzip: AcceptsGzip, known: &IfNoneMatch) -> Result<Reply> {
    let Content { kind, cache_control, hash, data } = content;
    let gzip = gzip.0 && kind != "image/png";
    let etag = if gzip { format!("\"{hash}-gzip\"") } else { format!("\"{hash}\"") };
    let cached = |reply: Reply| {
        let reply = reply.header("Cache-Control", cache_control);
        reply.header("Vary", "Accept-Encoding").etag(etag.clone())
    };
    if known.has(&etag) {
        return Ok(cached(Reply::not_modified_file(kind)));
    }
    if gzip {
        let body = compressed(&hash, &data)?;
        return Ok(cached(Reply::bytes(kind, body).header("Content-Encoding", "gzip")));
    }
    Ok(cached(Reply::bytes(kind, data.into_owned())))
}

/// A hash in letters, as long as it takes to be the only one.
pub(super) fn short_hash(hash: &[u8; 32]) -> String {
    hash[..12].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A file compressed, once for each content.
fn compressed(hash: &str, data: &[u8]) -> Result<Vec<u8>> {
    static DONE: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(body) = done.get(hash) {
        return Ok(body.clone());
    }
    let failed = |error: std::io::Error| Error::Internal(error.to_string());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).map_err(failed)?;
    let body = encoder.finish().map_err(failed)?;
    if cfg!(not(debug_assertions)) {
        done.insert(hash.to_owned(), body.clone());
    }
    Ok(body)
}
