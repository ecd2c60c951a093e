//! What can go wrong, named for what the caller can do next.

use serde::Serialize;

/// The result of everything that can fail inside Docket.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// One value that was refused: where it stands, and what it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Fault {
    /// A JSON Pointer (RFC 6901) into the body, or the name of a parameter.
    pub pointer: String,
    pub detail: String,
}

impl Fault {
    pub fn new(pointer: impl Into<String>, detail: impl Into<String>) -> Fault {
        Fault { pointer: pointer.into(), detail: detail.into() }
    }
}

/// Everything a request or a command can fail with.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request could not be read at all.
    #[error("{0}")]
    Malformed(String),

    /// Well-formed, but with values that are refused.
    #[error("{}", sentence(.0))]
    Invalid(Vec<Fault>),

    /// No token, or none that is accepted.
    #[error("{}", if *.sent { "the token was not accepted" } else { "a bearer token is needed" })]
    Unauthorized { sent: bool },

    /// A token that is not accepted, and why: that is for the log alone.
    #[error("the token was not accepted")]
    Refused { step: String, reason: String },

    /// Known and forbidden: another person's path.
    #[error("this path belongs to another account")]
    Forbidden,

    /// An access token that is not for this.
    #[error("the access token lacks the scope {0}")]
    OutOfScope(&'static str),

    /// The request named something that is not there, or not theirs.
    #[error("no such {0}")]
    NotFound(&'static str),

    /// The state of things does not allow it; the code is stable.
    #[error("{detail}")]
    Conflict { code: &'static str, detail: String },

    /// A cursor from before a restore, or one that this file never gave.
    #[error("this cursor is from another history; read everything again without it")]
    Gone,

    /// `If-Match` named another version; this is the present one.
    #[error("it has changed since; this is how it is now")]
    PreconditionFailed { etag: String, current: String },

    #[error("the body is larger than {limit} bytes")]
    TooLarge { limit: usize },

    #[error("the body was not complete after {seconds} s")]
    TooSlow { seconds: u64 },

    #[error("{0}")]
    UnsupportedMediaType(String),

    /// The disk has no room left; what was acknowledged before is safe.
    #[error("the disk is full; nothing was changed")]
    DiskFull,

    /// Busy or failing for now; the same request may succeed later.
    #[error("{0}")]
    Unavailable(String),

    /// The machine does not let this program: a file or directory of somebody else's.
    #[error("{0}")]
    Denied(String),

    /// A broken setting, file or environment: said to the owner at start.
    #[error("{0}")]
    Setup(String),

    /// A read took longer than its place allows and was stopped.
    #[error("the read was stopped after its time")]
    Interrupted,

    /// SQLite refused something that the program should not have asked for.
    #[error("database: {0}")]
    Database(String),

    #[error("{0}")]
    Internal(String),
}

impl Error {
    /// Refuses one value.
    pub fn invalid(pointer: impl Into<String>, detail: impl Into<String>) -> Error {
        Error::Invalid(vec![Fault::new(pointer, detail)])
    }

    /// What the machine answered when something was tried at a start.
    pub fn of_io(what: &str, error: &std::io::Error) -> Error {
        let said = format!("{what}: {error}");
        match error.kind() {
            std::io::ErrorKind::PermissionDenied => Error::Denied(said),
            _ => Error::Setup(said),
        }
    }

    pub fn conflict(code: &'static str, detail: impl Into<String>) -> Error {
        Error::Conflict { code, detail: detail.into() }
    }
}

fn sentence(faults: &[Fault]) -> String {
    let parts: Vec<String> =
        faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect();
    parts.join("; ")
}
