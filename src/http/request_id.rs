//! A name for each request, in its answer and in the log.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header that brings and takes it.
pub(super) const HEADER: &str = "x-request-id";

static START: LazyLock<u64> = LazyLock::new(|| {
    let mut bytes = [0; 8];
    // Without randomness ids only repeat after a restart.
    let _ = getrandom::fill(&mut bytes);
    u64::from_le_bytes(bytes)
});
static COUNT: AtomicU64 = AtomicU64::new(0);

/// The client's own id if it is plain, or else a new one.
pub(super) fn choose(given: Option<&[u8]>) -> String {
    let plain = |text: &&str| {
        (1..=64).contains(&text.len())
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    match given.and_then(|bytes| std::str::from_utf8(bytes).ok()).filter(plain) {
        Some(given) => given.to_owned(),
        None => {
            format!("{:016x}", START.wrapping_add(COUNT.fetch_add(1, Ordering::Relaxed)))
        }
    }
}
