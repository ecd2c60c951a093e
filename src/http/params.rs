//! The query string as it stands, and the header that marks a retry.

use rocket::Request;
use rocket::http::RawStr;
use rocket::request::{FromParam, FromRequest, Outcome};

use super::error;
use crate::error::{Error, Result};
use crate::ids::{ListId, NotAnId, TaskId};
use crate::sync::Retry;

/// The decoded parameters in order; doubled ones are still there to be refused.
pub(super) struct Query<'r> {
    raw: &'r str,
    path: &'r str,
    pairs: Vec<(String, String)>,
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Query<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<Query<'r>, ()> {
        let raw = request.uri().query().map_or("", |query| query.as_str());
        match decode(raw) {
            Ok(pairs) => {
                Outcome::Success(Query { raw, path: request.uri().path().as_str(), pairs })
            }
            Err(error) => Outcome::Error(error::refuse(request, error)),
        }
    }
}

/// The pairs of a query, or of a form, which is written alike.
pub(super) fn decode(raw: &str) -> Result<Vec<(String, String)>> {
    let text = |part: &str| {
        RawStr::new(part)
            .url_decode()
            .map(std::borrow::Cow::into_owned)
            .map_err(|_| Error::Malformed("the query is not percent-encoded UTF-8".into()))
    };
    raw.split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Ok((text(name)?, text(value)?))
        })
        .collect()
}

impl Query<'_> {
    /// The first value of this name.
    pub(super) fn get(&self, name: &str) -> Option<String> {
        let found = self.pairs.iter().find(|(known, _)| known == name)?;
        Some(found.1.clone())
    }

    pub(super) fn pairs(self) -> impl Iterator<Item = (String, String)> {
        self.pairs.into_iter()
    }

    /// The address as it came, to make a link from later.
    pub(super) fn address(&self) -> Address {
        Address { path: self.path.to_owned(), query: self.raw.to_owned() }
    }
}

/// Where a page was asked for.
pub(super) struct Address {
    path: String,
    query: String,
}

impl Address {
    /// The same with another cursor.
    pub(super) fn next_link(&self, cursor: &str) -> String {
        let is_cursor = |pair: &&str| {
            let name = pair.split('=').next().unwrap_or_default();
            RawStr::new(name).url_decode().is_ok_and(|name| name == "cursor")
        };
        let kept = self.query.split('&').filter(|pair| !pair.is_empty() && !is_cursor(pair));
        let cursor = format!("cursor={cursor}");
        let query: Vec<&str> = kept.chain([cursor.as_str()]).collect();
        format!("<{}?{}>; rel=\"next\"", self.path, query.join("&"))
    }
}

/// A task's id in a path. Text that is no id names nothing, like an id nobody has.
pub(super) struct TaskPath(Option<TaskId>);

/// A list's id in a path.
pub(super) struct ListPath(Option<ListId>);

impl TaskPath {
    pub(super) fn get(self) -> Result<TaskId> {
        self.0.ok_or(Error::NotFound("task"))
    }

    /// The id a client chose for a new task.
    pub(super) fn chosen(self) -> Result<TaskId> {
        self.0.ok_or_else(|| Error::invalid("id", NotAnId.to_string()))
    }
}

impl ListPath {
    pub(super) fn get(self) -> Result<ListId> {
        self.0.ok_or(Error::NotFound("list"))
    }

    /// The id a client chose for a new list.
    pub(super) fn chosen(self) -> Result<ListId> {
        self.0.ok_or_else(|| Error::invalid("id", NotAnId.to_string()))
    }
}

impl<'r> FromParam<'r> for TaskPath {
    type Error = std::convert::Infallible;

    fn from_param(text: &'r str) -> Result<TaskPath, Self::Error> {
        Ok(TaskPath(text.parse().ok()))
    }
}

impl<'r> FromParam<'r> for ListPath {
    type Error = std::convert::Infallible;

    fn from_param(text: &'r str) -> Result<ListPath, Self::Error> {
        Ok(ListPath(text.parse().ok()))
    }
}

/// What `Idempotency-Key` says, if it is there.
pub(super) struct IdempotencyKey(Option<String>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for IdempotencyKey {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<IdempotencyKey, ()> {
        let mut keys = request.headers().get("idempotency-key");
        let (first, second) = (keys.next(), keys.next());
        let fits = first.is_none_or(|key| {
            (1..=255).contains(&key.len()) && key.bytes().all(|byte| byte.is_ascii_graphic())
        });
        if second.is_some() || !fits {
            let why = "must be one value of 1 to 255 visible characters";
            return Outcome::Error(error::refuse(request, Error::invalid("Idempotency-Key", why)));
        }
        Outcome::Success(IdempotencyKey(first.map(str::to_owned)))
    }
}

impl IdempotencyKey {
    /// Together with what the request asks.
    pub(super) fn of(self, method: &str, path: &str, body: &[u8]) -> Option<Retry> {
        self.0.map(|key| Retry::new(key, method, path, body))
    }
}
