//! The page and its files, from inside the executable.
//!
//! A debug build reads them from `static/` at each request, so editing a file
//! and reloading is all there is to working on the page.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{LazyLock, Mutex, PoisonError};

use flate2::Compression;
use flate2::write::GzEncoder;
use rocket::request::{FromRequest, Outcome};
use rocket::{Request, Route, get, routes};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::conditional::IfNoneMatch;
use super::reply::Reply;
use crate::error::{Error, Result};

#[derive(RustEmbed)]
#[folder = "static"]
struct Assets;

/// The address of every file that is served, and where it lies in `static/`.
const FILES: &[(&str, &str, &str)] = &[
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/api/docs", "docs.html", "text/html; charset=utf-8"),
    ("/api/openapi.json", "openapi.json", "application/json"),
    ("/docs.js", "docs.js", "text/javascript; charset=utf-8"),
    ("/styles/main.css", "styles/main.css", "text/css; charset=utf-8"),
    ("/favicon.svg", "favicon.svg", "image/svg+xml"),
];

pub(super) fn routes() -> Vec<Route> {
    routes![home, docs, openapi, docs_script, style, icon]
}

macro_rules! file {
    ($name:ident, $path:literal) => {
        #[get($path)]
        fn $name(gzip: AcceptsGzip, known: IfNoneMatch) -> Result<Reply> {
            serve($path, gzip.0, &known)
        }
    };
}

file!(home, "/");
file!(docs, "/api/docs");
file!(openapi, "/api/openapi.json");
file!(docs_script, "/docs.js");
file!(style, "/styles/main.css");
file!(icon, "/favicon.svg");

/// Whether the client takes gzip.
struct AcceptsGzip(bool);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for AcceptsGzip {
    type Error = std::convert::Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<AcceptsGzip, Self::Error> {
        let mut codings = request.headers().get("accept-encoding").flat_map(|v| v.split(','));
        let takes = codings.any(|coding| {
            let mut parts = coding.split(';').map(str::trim);
            let is_gzip = parts.next().is_some_and(|name| name.eq_ignore_ascii_case("gzip"));
            // "Not acceptable" may be written with up to three zeros (RFC 9110, 12.4.2).
            let weight = parts.find_map(|part| part.strip_prefix("q="));
            is_gzip && weight.is_none_or(|weight| weight.parse() != Ok(0.0))
        });
        Outcome::Success(AcceptsGzip(takes))
    }
}

fn serve(path: &str, gzip: bool, known: &IfNoneMatch) -> Result<Reply> {
    let (_, name, kind) =
        FILES.iter().find(|(address, _, _)| *address == path).ok_or(Error::NotFound("file"))?;
    let file = Assets::get(name).ok_or(Error::NotFound("file"))?;
    let hash: String =
        file.metadata.sha256_hash()[..12].iter().map(|byte| format!("{byte:02x}")).collect();
    let etag = if gzip { format!("\"{hash}-gzip\"") } else { format!("\"{hash}\"") };
    if known.has(&etag) {
        return Ok(cached(Reply::not_modified_file(kind), etag));
    }
    if gzip {
        let body = compressed(&hash, &file)?;
        let reply = Reply::bytes(kind, body).header("Content-Encoding", "gzip");
        return Ok(cached(reply, etag));
    }
    Ok(cached(Reply::bytes(kind, file.data.into_owned()), etag))
}

fn cached(reply: Reply, etag: String) -> Reply {
    reply.header("Cache-Control", "no-cache").header("Vary", "Accept-Encoding").etag(etag)
}

/// A file compressed, once for each content.
fn compressed(hash: &str, file: &EmbeddedFile) -> Result<Vec<u8>> {
    static DONE: LazyLock<Mutex<HashMap<String, Vec<u8>>>> = LazyLock::new(Mutex::default);
    let mut done = DONE.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(body) = done.get(hash) {
        return Ok(body.clone());
    }
    let failed = |error: std::io::Error| Error::Internal(error.to_string());
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(&file.data).map_err(failed)?;
    let body = encoder.finish().map_err(failed)?;
    if cfg!(not(debug_assertions)) {
        done.insert(hash.to_owned(), body.clone());
    }
    Ok(body)
}
