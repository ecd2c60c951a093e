//! The names of things: whose they are and which one is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The account that a row belongs to: a small number that never leaves the
/// program and is never given out twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Owner(pub i64);

impl Owner {
    /// Nobody: for reads that are no person's, such as looking for an account.
    pub const NOBODY: Owner = Owner(0);
}

/// The public name of an account: opaque text, 1 to 255 bytes, compared as given.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(transparent)]
pub struct UserId(pub String);

impl UserId {
    /// Makes a new one: 32 hexadecimal digits of a UUIDv7.
    pub fn new() -> UserId {
        UserId(Uuid::now_v7().simple().to_string())
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for UserId {
    fn default() -> Self {
        UserId::new()
    }
}

impl fmt::Display for UserId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Text that is no id in the one form that ids are written in.
#[derive(Debug, thiserror::Error)]
#[error("must be a UUID, version 7, in lower case with hyphens")]
pub struct NotAnId;

macro_rules! uuid_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String")]
        pub struct $name(pub Uuid);

        impl $name {
            /// Makes a new id that sorts after those made before it.
            #[allow(clippy::new_without_default, reason = "two calls never agree")]
            pub fn new() -> $name {
                $name(Uuid::now_v7())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<$name, NotAnId> {
                parse_uuid_v7(text).map($name)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;

            fn try_from(text: String) -> Result<$name, NotAnId> {
                text.parse()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

uuid_id! {
    /// A task's id: a UUIDv7 (RFC 9562, 5.7), chosen by the server or the client.
    TaskId
}

uuid_id! {
    /// A list's id: a UUIDv7 (RFC 9562, 5.7).
    ListId
}

/// Reads the one canonical form, so that an id has one spelling in a URL.
fn parse_uuid_v7(text: &str) -> Result<Uuid, NotAnId> {
    let canonical = text.len() == 36 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    match Uuid::try_parse(text) {
        Ok(uuid) if canonical && uuid.get_version_num() == 7 => Ok(uuid),
        _ => Err(NotAnId),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_spelling() {
        let id = TaskId::new().to_string();
        assert!(id.parse::<TaskId>().is_ok());
        assert!(id.to_uppercase().parse::<TaskId>().is_err());
        assert!(id.replace('-', "").parse::<TaskId>().is_err());
        assert!(format!("{{{id}}}").parse::<TaskId>().is_err());
        assert!("936da01f-9abd-4d9d-80c7-02af85c822a8".parse::<TaskId>().is_err(), "version 4");
    }
}
