//! How often one client address may try (SECURITY-BAR S10, S11).

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::AuthError;

/// A number of requests, and the pause after which they count anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Rule {
    most: u32,
    window: Duration,
}

/// Wrong passwords from one address, over any number of accounts.
const WRONG_PASSWORDS: Rule = Rule { most: 30, window: Duration::from_secs(15 * 60) };

/// Counters at once; when there are more, the ones that have run out go.
const COUNTERS: usize = 20_000;

pub(super) struct Limits {
    on: bool,
    counters: Mutex<HashMap<(IpAddr, String), Counter>>,
}

struct Counter {
    count: u32,
    /// The last request that was let through.
    last: Instant,
    window: Duration,
}

impl Limits {
    pub(super) fn new(on: bool) -> Limits {
        if !on {
            tracing::warn!("rate_limits is off: anybody may try passwords without end");
        }
        Limits { on, counters: Mutex::default() }
    }

    /// Counts a request to a path. A window ends once it has passed without a
    /// request being let through, as Better Auth has it.
    pub(super) fn request(&self, address: IpAddr, path: &str) -> Result<(), AuthError> {
        self.count(address, path, rule_for(path), 1)
    }

    /// Refuses an address that has sent too many wrong passwords.
    pub(super) fn may_try_password(&self, address: IpAddr) -> Result<(), AuthError> {
        self.count(address, "wrong password", WRONG_PASSWORDS, 0)
    }

    /// Counts a wrong password.
    pub(super) fn wrong_password(&self, address: IpAddr) {
        // The refusal is for the next try.
        let _ = self.count(address, "wrong password", WRONG_PASSWORDS, 1);
    }

    fn count(&self, address: IpAddr, what: &str, rule: Rule, add: u32) -> Result<(), AuthError> {
        if !self.on {
            return Ok(());
        }
        let now = Instant::now();
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= COUNTERS {
            counters.retain(|_, counter| now.duration_since(counter.last) < counter.window);
        }
        let counter = counters.entry((network(address), what.to_owned())).or_insert(Counter {
            count: 0,
            last: now,
            window: rule.window,
        });
        let passed = now.duration_since(counter.last);
        if passed >= rule.window {
            counter.count = 0;
        }
        if counter.count >= rule.most {
            let left = rule.window.saturating_sub(passed).as_secs_f64().ceil();
            return Err(AuthError::too_many((left as u64).max(1)));
        }
        if add > 0 {
            counter.count += add;
            counter.last = now;
        }
        Ok(())
    }
}

fn rule_for(path: &str) -> Rule {
    let seconds = Duration::from_secs;
    let tight = ["/sign-in", "/sign-up", "/change-password", "/change-email", "/two-factor/"];
    let slow = ["/request-password-reset", "/send-verification-email"];
    if tight.iter().any(|start| path.starts_with(start)) {
        Rule { most: 3, window: seconds(10) }
    } else if slow.contains(&path) {
        Rule { most: 3, window: seconds(60) }
    } else {
        Rule { most: 100, window: seconds(10) }
    }
}

/// IPv6 counts by /64, and a mapped IPv4 address as what it is.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::from([a, b, c, d, 0, 0, 0, 0])
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_fourth_sign_in_is_refused_and_other_addresses_are_not() {
        let limits = Limits::new(true);
        let (here, there) = (IpAddr::from([10, 0, 0, 1]), IpAddr::from([10, 0, 0, 2]));
        for _ in 0..3 {
            assert!(limits.request(here, "/sign-in/email").is_ok());
        }
        assert!(limits.request(here, "/sign-in/email").is_err());
        assert!(limits.request(here, "/sign-up/email").is_ok());
        assert!(limits.request(there, "/sign-in/email").is_ok());
    }

    // SECURITY-BAR S10, S11
    #[test]
    fn wrong_passwords_add_up_over_a_network() {
        let limits = Limits::new(true);
        for host in 0..30 {
            let address = IpAddr::from([0x2001, 0xdb8, 1, 2, 0, 0, 0, host]);
            assert!(limits.may_try_password(address).is_ok());
            limits.wrong_password(address);
        }
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 2, 9, 9, 9, 9])).is_err());
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 3, 0, 0, 0, 1])).is_ok());
    }
}
