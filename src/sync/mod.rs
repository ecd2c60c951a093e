//! Keeping clients in step: what changed since they last looked, and answers
//! that survive a retry.

mod changes;
mod retry;
mod store;

pub use changes::{ChangeItem, ChangePage, Mark, begin, changes_since, newest, parse_cursor};
pub use retry::{Answer, Retry, forget_old, once};
