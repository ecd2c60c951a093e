//! The service worker, which keeps the page's files in the browser.
//!
//! `static/sw.js` is served behind one line that names those files with their
//! hashes. A browser compares a worker byte by byte, so it takes any changed
//! file for a new version, and the worker takes no file of another version.

use std::collections::BTreeMap;

use rocket::{Route, get, routes};
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::assets::{self, AcceptsGzip, Content};
use super::conditional::IfNoneMatch;
use super::reply::Reply;
use super::security;
use crate::error::{Error, Result};

pub(super) fn routes() -> Vec<Route> {
    routes![worker]
}

/// What the worker knows as `build`.
#[derive(Serialize)]
struct Build {
    version: String,
    /// False where files may change under a running server: then the network
    /// comes first.
    is_fixed: bool,
    /// The page's addresses: `<…>` stands for one part.
    pages: &'static [&'static str],
    /// Each file's address and hash.
    files: BTreeMap<String, String>,
}

#[get("/sw.js")]
fn worker(gzip: AcceptsGzip, known: IfNoneMatch) -> Result<Reply> {
    let source = assets::text("sw.js")?;
    let files: BTreeMap<String, String> = assets::addresses().collect();
    let version = hash_of(&format!("{files:?}{source}"));
    let is_fixed = cfg!(not(debug_assertions));
    let build = Build { version, is_fixed, pages: assets::PAGES, files };
    let build =
        serde_json::to_string(&build).map_err(|error| Error::Internal(error.to_string()))?;
    let script = format!("const build = {build};\n{source}");
    let content = Content {
        kind: "text/javascript; charset=utf-8",
        cache_control: "no-cache",
        hash: hash_of(&script),
        data: script.into_bytes().into(),
    };
    let reply = assets::answer(content, gzip, &known)?;
    Ok(reply.header("Content-Security-Policy", security::WORKER))
}

fn hash_of(text: &str) -> String {
    assets::short_hash(&Sha256::digest(text).into())
}
