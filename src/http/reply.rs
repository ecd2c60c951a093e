//! An answer whose body is ready.

use std::io::Cursor;

use rocket::Request;
use rocket::http::{Header, Status};
use rocket::response::{Responder, Response};
use serde::Serialize;

use super::params::Address;
use crate::error::{Error, Result};
use crate::sync::Answer;

/// How an answer may be kept: personal data is asked about every time.
const REVALIDATED: &str = "private, no-cache";
const NEVER_KEPT: &str = "no-store";

/// A status, a body and headers.
pub(super) struct Reply {
    status: Status,
    headers: Vec<Header<'static>>,
    body: Vec<u8>,
}

impl Reply {
    /// JSON that must not be kept.
    pub(super) fn json(value: &impl Serialize) -> Result<Reply> {
        Ok(Reply::bytes("application/json", to_json(value)?).header("Cache-Control", NEVER_KEPT))
    }

    /// JSON that a client may keep and ask about by the ETag it gets.
    pub(super) fn kept(value: &impl Serialize) -> Result<Reply> {
        Ok(Reply::bytes("application/json", to_json(value)?).header("Cache-Control", REVALIDATED))
    }

    /// "You have it": 304 without a body (RFC 9110, 15.4.5).
    pub(super) fn not_modified(etag: String) -> Reply {
        Reply::empty(Status::NotModified).header("Cache-Control", REVALIDATED).etag(etag)
    }

    /// The same for a file that anybody may have. It says the type, because the
    /// headers of a page go with it: a browser puts those of a 304 in the place
    /// of what it kept (RFC 9111, 4.3.4).
    pub(super) fn not_modified_file(content_type: &'static str) -> Reply {
        Reply::empty(Status::NotModified).header("Content-Type", content_type)
    }

    pub(super) fn no_content() -> Reply {
        Reply::empty(Status::NoContent).header("Cache-Control", NEVER_KEPT)
    }

    pub(super) fn bytes(content_type: &'static str, body: Vec<u8>) -> Reply {
        let headers = vec![Header::new("Content-Type", content_type)];
        Reply { status: Status::Ok, headers, body }
    }

    pub(super) fn code(&self) -> Status {
        self.status
    }

    pub(super) fn status(mut self, status: Status) -> Reply {
        self.status = status;
        self
    }

    pub(super) fn header(
        mut self,
        name: &'static str,
        value: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Reply {
        self.headers.push(Header::new(name, value));
        self
    }

    /// Says where the next page is, if there is one (RFC 8288).
    pub(super) fn next_page(self, address: &Address, cursor: Option<&str>) -> Reply {
        match cursor {
            Some(cursor) => self.header("Link", address.next_link(cursor)),
            None => self,
        }
    }

    pub(super) fn headers(mut self, headers: Vec<Header<'static>>) -> Reply {
        self.headers.extend(headers);
        self
    }

    pub(super) fn etag(self, etag: String) -> Reply {
        self.header("ETag", etag)
    }

    /// Status, headers and body, for an answer that Rocket has no part in.
    pub(super) fn into_parts(self) -> (u16, Vec<Header<'static>>, Vec<u8>) {
        (self.status.code, self.headers, self.body)
    }

    fn empty(status: Status) -> Reply {
        Reply { status, headers: Vec::new(), body: Vec::new() }
    }
}

pub(super) fn to_json(value: &impl Serialize) -> Result<Vec<u8>> {
    // Room for a usual page, so that it is not moved as it grows.
    let mut json = Vec::with_capacity(8 * 1024);
    serde_json::to_writer(&mut json, value).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(json)
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Reply {
        let status = Status::new(answer.status);
        let mut reply = if answer.body.is_empty() {
            Reply::empty(status)
        } else {
            Reply::bytes("application/json", answer.body.into_bytes()).status(status)
        };
        reply = reply.header("Cache-Control", NEVER_KEPT);
        for (name, value) in answer.headers {
            reply.headers.push(Header::new(name, value));
        }
        if answer.replayed {
            reply = reply.header("Idempotent-Replayed", "true");
        }
        reply
    }
}

impl<'r> Responder<'r, 'static> for Reply {
    fn respond_to(self, _: &'r Request<'_>) -> rocket::response::Result<'static> {
        let mut response = Response::build();
        response.status(self.status);
        for header in self.headers {
            // Several `Set-Cookie` lines are several headers.
            response.header_adjoin(header);
        }
        if !self.body.is_empty() {
            response.sized_body(self.body.len(), Cursor::new(self.body));
        }
        response.ok()
    }
}
