//! A name for each request, in its answer and in the log.

use std::hash::{BuildHasher, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// The header that brings and takes it.
pub(super) const HEADER: &str = "x-request-id";

/// A keyed hash of a count, so that nobody learns from theirs how many requests
/// others make (SECURITY-BAR A8).
static KEY: LazyLock<RandomState> = LazyLock::new(RandomState::new);
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
            format!("{:016x}", KEY.hash_one(COUNT.fetch_add(1, Ordering::Relaxed)))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::choose;

    // SECURITY-BAR A8
    #[test]
    fn an_id_says_nothing_of_the_requests_before_it() {
        let ids: Vec<u64> =
            (0..100).map(|_| u64::from_str_radix(&choose(None), 16).unwrap()).collect();
        let near = ids.windows(2).filter(|pair| pair[0].abs_diff(pair[1]) < 1 << 32).count();
        assert_eq!(near, 0, "{ids:x?}");
    }
}
