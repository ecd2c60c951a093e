//! The SQL of accounts, sessions, links, invitations and keys, a file for each.

mod accounts;
pub(super) mod audit;
pub(super) mod imports;
mod invites;
mod keys;
mod links;
mod sessions;
pub(super) mod two_factor;

pub(super) use accounts::*;
pub(super) use invites::*;
pub(super) use keys::*;
pub(super) use links::*;
pub(super) use sessions::*;
