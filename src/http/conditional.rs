//! Conditional requests (RFC 9110, 13): `If-None-Match` and `If-Match`.
//!
//! Proxies weaken tags (`W/"3"`) and mark them (`"3-gzip"`); both still mean
//! the version they were made of.

use std::convert::Infallible;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};

use super::App;
use super::reply::Reply;
use crate::db::Conn;
use crate::error::Result;
use crate::ids::Owner;
use crate::tasks::{self, Expect};

/// The tags of `If-None-Match`.
#[derive(Default)]
pub(super) struct IfNoneMatch {
    any: bool,
    tags: Vec<String>,
}

impl IfNoneMatch {
    pub(super) fn of(request: &Request<'_>) -> IfNoneMatch {
        let (any, tags) = tags(request, "if-none-match");
        IfNoneMatch { any, tags }
    }

    /// True if the client has this representation already.
    pub(super) fn has(&self, etag: &str) -> bool {
        self.any || self.tags.iter().any(|tag| *tag == opaque(etag))
    }

    /// True for `*`: only if there is nothing yet.
    pub(super) fn is_any(&self) -> bool {
        self.any
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfNoneMatch {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<IfNoneMatch, Infallible> {
        Outcome::Success(IfNoneMatch::of(request))
    }
}

/// The tag of anything that shows an owner's state: it changes with every
/// revision, and with the program that shows it.
fn revision_tag(revision: i64) -> String {
    format!("\"{}-r{revision}\"", env!("CARGO_PKG_VERSION"))
}

/// Answers with an owner's state. A client that has it is told so from the
/// owner's revision alone.
pub(super) async fn by_revision(
    app: &App,
    owner: Owner,
    known: IfNoneMatch,
    look: impl Fn(&Conn) -> Result<Reply> + Send + 'static,
) -> Result<Reply> {
    app.db
        .read(owner, move |conn| {
            // Before the look: a change in between makes the tag old, not the state.
            let etag = revision_tag(tasks::revision(conn, owner)?);
            unless_known(&known, etag, || look(conn))
        })
        .await
}

/// Answers with one thing, or 304 if the client has this version of it.
pub(super) fn unless_known(
    known: &IfNoneMatch,
    etag: String,
    make: impl FnOnce() -> Result<Reply>,
) -> Result<Reply> {
    if known.has(&etag) { Ok(Reply::not_modified(etag)) } else { Ok(make()?.etag(etag)) }
}

/// What `If-Match` expects of a version.
pub(super) struct IfMatch(pub Expect);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IfMatch {
    type Error = Infallible;

    async fn from_request(request: &'r Request<'_>) -> Outcome<IfMatch, Infallible> {
        if !request.headers().contains("if-match") {
            return Outcome::Success(IfMatch(Expect::Anything));
        }
        let (any, tags) = tags(request, "if-match");
        let expect = if any {
            Expect::Exists
        } else {
            Expect::OneOf(tags.iter().filter_map(|tag| tag.parse().ok()).collect())
        };
        Outcome::Success(IfMatch(expect))
    }
}

fn tags(request: &Request<'_>, name: &str) -> (bool, Vec<String>) {
    let values = || request.headers().get(name).flat_map(|value| value.split(',')).map(str::trim);
    (values().any(|tag| tag == "*"), values().map(opaque).collect())
}

/// The text of a tag without quotes and marks.
fn opaque(tag: &str) -> String {
    let tag = tag.strip_prefix("W/").unwrap_or(tag).trim_matches('"');
    let marks = ["-gzip", ";gzip", "-br", "-zstd"];
    marks.iter().find_map(|mark| tag.strip_suffix(mark)).unwrap_or(tag).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxys_marks_do_not_matter() {
        for tag in ["\"3\"", "W/\"3\"", "\"3-gzip\"", "W/\"3-br\""] {
            assert_eq!(opaque(tag), "3");
        }
    }
}
