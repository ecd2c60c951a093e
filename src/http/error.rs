//! The one place an error becomes a status and a body, and is logged.
//!
//! Bodies are problem details (RFC 9457) with a stable `code`.

use std::sync::{Mutex, PoisonError};

use rocket::Request;
use rocket::http::Status;
use rocket::response::Responder;
use serde::Serialize;

use super::reply::Reply;
use super::request_id;
use crate::error::{Error, Fault};

/// The body of every error under `/api`.
#[derive(Debug, Serialize)]
pub(super) struct Problem {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    /// Stable; programs decide by it.
    code: &'static str,
    detail: String,
    /// The request's id, to be quoted in a report.
    instance: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<Fault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    current: Option<Box<serde_json::value::RawValue>>,
}

/// How long to wait before a server that is busy is asked again, in seconds.
const RETRY_AFTER: &str = "2";

impl Problem {
    pub(super) fn new(status: Status, code: &'static str, detail: String, id: &str) -> Problem {
        Problem {
            kind: format!("urn:docket:problem:{code}"),
            title: status.reason().unwrap_or("Error"),
            status: status.code,
            code,
            detail,
            instance: id.to_owned(),
            errors: Vec::new(),
            current: None,
        }
    }

    pub(super) fn reply(&self) -> Reply {
        let body = serde_json::to_vec(self).unwrap_or_default();
        Reply::bytes("application/problem+json", body)
            .status(Status::new(self.status))
            .header("Cache-Control", "no-store")
    }
}

impl Error {
    pub(super) fn status(&self) -> Status {
        match self {
            Error::Malformed(_) => Status::BadRequest,
            Error::Invalid(_) => Status::UnprocessableEntity,
            Error::Unauthorized { .. } | Error::Refused { .. } => Status::Unauthorized,
            Error::Forbidden | Error::OutOfScope(_) => Status::Forbidden,
            Error::NotFound(_) => Status::NotFound,
            Error::Conflict { .. } => Status::Conflict,
            Error::Gone => Status::Gone,
            Error::PreconditionFailed { .. } => Status::PreconditionFailed,
            Error::TooLarge { .. } => Status::PayloadTooLarge,
            Error::TooSlow { .. } => Status::RequestTimeout,
            Error::UnsupportedMediaType(_) => Status::UnsupportedMediaType,
            Error::DiskFull => Status::new(507),
            Error::Unavailable(_) => Status::ServiceUnavailable,
            Error::Denied(_)
            | Error::Setup(_)
            | Error::Interrupted
            | Error::Database(_)
            | Error::Internal(_) => Status::InternalServerError,
        }
    }

    fn code(&self) -> &'static str {
        match self {
            Error::Malformed(_) => "malformed",
            Error::Invalid(_) => "invalid",
            Error::Unauthorized { .. } | Error::Refused { .. } => "unauthorized",
            Error::Forbidden => "forbidden",
            Error::OutOfScope(_) => "insufficient_scope",
            Error::NotFound(_) => "not_found",
            Error::Conflict { code, .. } => code,
            Error::Gone => "cursor_gone",
            Error::PreconditionFailed { .. } => "precondition_failed",
            Error::TooLarge { .. } => "too_large",
            Error::TooSlow { .. } => "too_slow",
            Error::UnsupportedMediaType(_) => "unsupported_media_type",
            Error::DiskFull => "disk_full",
            Error::Unavailable(_) => "unavailable",
            Error::Denied(_)
            | Error::Setup(_)
            | Error::Interrupted
            | Error::Database(_)
            | Error::Internal(_) => "internal",
        }
    }

    /// What the client may read: what went wrong inside stays in the log.
    fn public_detail(&self) -> String {
        match self {
            Error::Unavailable(_) => "the server cannot do this just now; try again".into(),
            other if other.status() == Status::InternalServerError => {
                "something went wrong inside; the log has it under this request's id".into()
            }
            other => other.to_string(),
        }
    }

    /// The answer to the request with this id.
    pub(super) fn reply(self, id: &str) -> Reply {
        let status = self.status();
        match &self {
            Error::Refused { step, reason } => {
                tracing::info!(request = id, step, "token refused: {reason}");
            }
            _ if status.code >= 500 => {
                tracing::error!(request = id, status = status.code, "{self}");
            }
            _ => {}
        }
        let mut problem = Problem::new(status, self.code(), self.public_detail(), id);
        let mut extra = Vec::new();
        match self {
            Error::Invalid(faults) => problem.errors = faults,
            Error::Unauthorized { sent: true } | Error::Refused { .. } => {
                extra.push(("WWW-Authenticate", "Bearer error=\"invalid_token\"".to_owned()));
            }
            Error::Unauthorized { sent: false } => {
                extra.push(("WWW-Authenticate", "Bearer".to_owned()));
            }
            // RFC 6750, 3.1.
            Error::OutOfScope(scope) => {
                let challenge = format!("Bearer error=\"insufficient_scope\", scope=\"{scope}\"");
                extra.push(("WWW-Authenticate", challenge));
            }
            Error::PreconditionFailed { etag, current } => {
                extra.push(("ETag", etag));
                problem.current = serde_json::value::RawValue::from_string(current).ok();
            }
            Error::Unavailable(_) | Error::DiskFull => {
                extra.push(("Retry-After", RETRY_AFTER.to_owned()));
            }
            _ => {}
        }
        extra.into_iter().fold(problem.reply(), |reply, (name, value)| reply.header(name, value))
    }
}

impl<'r> Responder<'r, 'static> for Error {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        self.reply(id_of(request)).respond_to(request)
    }
}

/// The id the bridge gave this request.
pub(super) fn id_of<'r>(request: &'r Request<'_>) -> &'r str {
    request.headers().get_one(request_id::HEADER).unwrap_or_default()
}

/// The answer of a guard that refuses, kept for the catcher: Rocket carries only
/// a status.
#[derive(Default)]
struct Kept(Mutex<Option<Reply>>);

/// Refuses with an error, by the status that leads to the catcher.
pub(super) fn refuse(request: &Request<'_>, error: Error) -> (Status, ()) {
    keep(request, error.reply(id_of(request)))
}

/// Keeps an answer for the catcher, and gives the status that leads there.
pub(super) fn keep(request: &Request<'_>, reply: Reply) -> (Status, ()) {
    let status = reply.code();
    let kept = request.local_cache(Kept::default);
    *kept.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
    (status, ())
}

/// The answer that a guard kept, once.
pub(super) fn take(request: &Request<'_>) -> Option<Reply> {
    let kept = request.local_cache(Kept::default);
    kept.0.lock().unwrap_or_else(PoisonError::into_inner).take()
}
