//! What a client expects to find before it changes something (`If-Match`).

use serde::Serialize;

use crate::error::{Error, Result};

/// The versions that a change may meet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Expect {
    /// Whatever it is now.
    #[default]
    Anything,
    /// Any version, but it must be there.
    Exists,
    /// One of these versions; none of them if empty.
    OneOf(Vec<i64>),
}

impl Expect {
    /// Refuses with the present state if that is not what was expected.
    pub(super) fn check<T: Serialize>(&self, version: i64, current: &T) -> Result<()> {
        match self {
            Expect::OneOf(versions) if !versions.contains(&version) => {
                let current = serde_json::to_string(current)
                    .map_err(|error| Error::Internal(error.to_string()))?;
                Err(Error::PreconditionFailed { etag: etag(version), current })
            }
            _ => Ok(()),
        }
    }
}

/// The strong ETag of one version (RFC 9110, 8.8.3).
pub fn etag(version: i64) -> String {
    format!("\"{version}\"")
}
