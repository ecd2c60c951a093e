//! The SQL of accounts, sessions, links, invitations, tokens and keys, a file for each.

mod access_tokens;
mod accounts;
pub(super) mod audit;
pub(super) mod imports;
mod invites;
mod keys;
mod links;
mod removal;
mod sessions;
pub(super) mod two_factor;

pub(super) use access_tokens::*;
pub(super) use accounts::*;
pub(super) use invites::*;
pub(super) use keys::*;
pub(super) use links::*;
pub(super) use removal::*;
pub(super) use sessions::*;
