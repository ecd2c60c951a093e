//! Errors as Better Auth's client reads them: a status, a code and a message.

use rocket::Request;
use rocket::http::Status;
use rocket::response::Responder;
use serde_json::json;

use super::limits::Rule;
use crate::error::Error;
use crate::http::error::id_of;
use crate::http::reply::Reply;

/// A refusal. Some of Better Auth's have no code, and neither have these.
#[derive(Debug)]
pub(in crate::http) struct AuthError {
    status: u16,
    code: Option<&'static str>,
    message: String,
    /// Seconds to wait.
    retry_after: Option<u64>,
    /// The limit that was reached.
    rule: Option<Box<Rule>>,
    /// What went wrong inside, for the log alone.
    cause: Option<Box<Error>>,
}

impl AuthError {
    pub(super) fn new(status: u16, code: &'static str, message: impl Into<String>) -> AuthError {
        AuthError {
            status,
            code: Some(code),
            message: message.into(),
            retry_after: None,
            rule: None,
            cause: None,
        }
    }

    pub(super) fn without_code(status: u16, message: &str) -> AuthError {
        AuthError { code: None, ..AuthError::new(status, "", message) }
    }

    pub(super) fn unauthorized() -> AuthError {
        AuthError::new(401, "UNAUTHORIZED", "Unauthorized")
    }

    pub(super) fn too_many(seconds: u64, rule: Rule) -> AuthError {
        let message = "Too many requests. Please try again later.";
        let error = AuthError::new(429, "TOO_MANY_REQUESTS", message).retry_after(seconds);
        AuthError { rule: Some(Box::new(rule)), ..error }
    }

    /// Says how many seconds to wait.
    pub(super) fn retry_after(self, seconds: u64) -> AuthError {
        AuthError { retry_after: Some(seconds), ..self }
    }

    pub(super) fn locked(seconds: u64) -> AuthError {
        let message = "Too many failed verification attempts. Your account is temporarily locked. \
                       Please try again later.";
        let error = AuthError::new(429, "ACCOUNT_TEMPORARILY_LOCKED", message);
        AuthError { retry_after: Some(seconds), ..error }
    }

    /// Nothing is served there: never a page, and never 405.
    pub(in crate::http) fn not_found() -> AuthError {
        AuthError::new(404, "NOT_FOUND", "Not found")
    }

    /// Says it in the log: what a foreign page tried is worth knowing.
    pub(super) fn say(&self, request: &Request<'_>) {
        let (request, status) = (id_of(request), self.status);
        if let Some(cause) = &self.cause {
            tracing::error!(request, status, "{cause}");
            return;
        }
        match status {
            403 => tracing::info!(request, status, "{}", self.message),
            _ => tracing::debug!(request, status, "{}", self.message),
        }
    }

    pub(in crate::http) fn reply(&self) -> Reply {
        let body = match self.code {
            Some(code) => json!({ "message": self.message, "code": code }),
            None => json!({ "message": self.message }),
        };
        let reply = Reply::bytes("application/json", body.to_string().into_bytes())
            .status(Status::new(self.status))
            .header("Cache-Control", "no-store");
        let Some(seconds) = self.retry_after else { return reply };
        let reply = reply
            .header("Retry-After", seconds.to_string())
            .header("X-Retry-After", seconds.to_string());
        match self.rule.as_deref() {
            Some(Rule { name, most, window, .. }) => reply
                .header("RateLimit-Policy", format!("\"{name}\";q={most};w={}", window.as_secs()))
                .header("RateLimit", format!("\"{name}\";r=0;t={seconds}")),
            None => reply,
        }
    }
}

impl From<Error> for AuthError {
    fn from(error: Error) -> AuthError {
        match error {
            Error::Conflict { code: "email_taken", .. } => AuthError::new(
                422,
                "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL",
                "User already exists. Use another email.",
            ),
            Error::Conflict { code: "invite_ended", .. } => {
                AuthError::new(400, "INVALID_INVITE", "Invalid invitation")
            }
            Error::Conflict { code: "invite_for_another", .. } => {
                AuthError::new(400, "INVITE_EMAIL_MISMATCH", "This invitation is for another email")
            }
            Error::TooLarge { .. } => AuthError::new(413, "PAYLOAD_TOO_LARGE", error.to_string()),
            Error::TooSlow { .. } => AuthError::new(408, "REQUEST_TIMEOUT", error.to_string()),
            Error::Malformed(_) => AuthError::new(400, "BAD_REQUEST", error.to_string()),
            Error::Unauthorized { .. } | Error::Refused { .. } => AuthError::unauthorized(),
            error => {
                let status = error.status().code;
                let retry_after = (status == 503 || status == 507).then_some(2);
                let message = "The server cannot do this just now";
                AuthError {
                    retry_after,
                    cause: Some(Box::new(error)),
                    ..AuthError::new(status, "INTERNAL_SERVER_ERROR", message)
                }
            }
        }
    }
}

impl<'r> Responder<'r, 'static> for AuthError {
    fn respond_to(self, request: &'r Request<'_>) -> rocket::response::Result<'static> {
        self.say(request);
        self.reply().respond_to(request)
    }
}
