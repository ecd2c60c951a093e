//! How a decision about a token is explained to its owner, and to nobody else.

use std::fmt;

use serde::Serialize;

/// One question that a token must answer, in the order they are asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    Form,
    Key,
    Algorithm,
    Signature,
    Issuer,
    Audience,
    Times,
    Subject,
    Account,
    Revocation,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// Why a token is refused. Only the log and `docket token check` say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub step: Step,
    pub reason: String,
}

impl Refusal {
    pub(super) fn at(step: Step, reason: impl Into<String>) -> Refusal {
        Refusal { step, reason: reason.into() }
    }
}

/// Hears of each step that a token passes.
pub trait Witness: Send {
    fn passed(&mut self, step: Step, detail: impl FnOnce() -> String);
}

/// Hears nothing: the server's own way.
pub struct Silent;

impl Witness for Silent {
    fn passed(&mut self, _: Step, _: impl FnOnce() -> String) {}
}

/// Keeps every step, for `docket token check`.
#[derive(Debug, Default)]
pub struct Trace(pub Vec<(Step, String)>);

impl Witness for Trace {
    fn passed(&mut self, step: Step, detail: impl FnOnce() -> String) {
        self.0.push((step, detail()));
    }
}
