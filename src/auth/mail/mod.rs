//! Mail: what is written to people, and how it leaves.
//!
//! A mail is queued, and one thread sends it: no answer waits for a mail server
//! or tells what became of a mail (SECURITY-BAR S13).

mod queue;
mod sender;
mod smtp;
mod text;

use std::time::Duration;

use serde::Serialize;

use super::mailed_code;
pub use queue::Mailer;
pub use sender::{Failure, Sender};

/// One mail: what for, to whom, and the link in it.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    pub kind: Kind,
    pub to: String,
    /// What the link or the text holds: whoever has it may use it.
    pub token: String,
    pub url: String,
}

/// What a mail is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(into = "&'static str")]
pub enum Kind {
    ResetPassword,
    VerifyEmail,
    /// To the new address.
    ChangeEmail,
    DeleteAccount,
    /// Its token is the code, and it has no link.
    Otp,
    /// Asks for nothing: `docket mail test` sends it.
    Test,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Kind::ResetPassword => "reset-password",
            Kind::VerifyEmail => "verify-email",
            Kind::ChangeEmail => "change-email",
            Kind::DeleteAccount => "delete-account",
            Kind::Otp => "otp",
            Kind::Test => "test",
        }
    }

    /// No longer than what is in it: after that a mail is of no use.
    fn good_for(self) -> Duration {
        let seconds = match self {
            Kind::Otp => mailed_code::LIFETIME,
            _ => 60 * 60,
        };
        Duration::from_secs(seconds.into())
    }
}

impl From<Kind> for &'static str {
    fn from(kind: Kind) -> &'static str {
        kind.name()
    }
}
