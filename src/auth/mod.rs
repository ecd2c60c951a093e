//! Who is asking: accounts, sessions, keys, and the decision about a token.

mod authority;
mod claims;
mod fetch;
mod issuer;
mod json;
mod jwk;
mod jwt;
mod keys;
pub mod password;
pub mod session;
mod store;
pub mod user;
mod verify;
mod witness;

pub use authority::{Authority, Grant};
pub use keys::{ensure_key, public_keys, rotate as rotate_key};
pub use witness::{Refusal, Silent, Step, Trace, Witness};

/// How long a token of our own lives unless the owner says otherwise, in seconds.
pub const TOKEN_SECONDS: i64 = 900;
