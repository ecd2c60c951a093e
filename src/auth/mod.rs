//! Who is asking: accounts, sessions, keys, and the decision about a token.

pub mod access_token;
pub mod audit;
mod authority;
mod claims;
mod fetch;
pub mod import;
pub mod invite;
mod issuer;
mod json;
mod jwk;
mod jwt;
mod keys;
pub mod link;
pub mod mail;
pub mod mailed_code;
pub mod password;
pub mod removal;
mod secret;
pub mod session;
mod store;
pub mod two_factor;
pub mod user;
pub mod verification;
mod verify;
mod witness;

pub use authority::{Authority, Grant};
pub use issuer::{Published, PublishedKey, published};
pub use keys::{
    KeyStatus, ensure_key, list as list_keys, public_keys, retire as retire_key,
    rotate as rotate_key,
};
pub use secret::ServerSecret;
pub use witness::{Refusal, Silent, Step, Trace, Witness};

/// How long a token of our own lives unless the owner says otherwise, in seconds.
pub const TOKEN_SECONDS: i64 = 900;
