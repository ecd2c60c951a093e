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

const WRONG: &str = "wrong password";

/// Counters at once; when there are more, the ones that have run out go.
const COUNTERS: usize = 20_000;

pub(super) struct Limits {
    on: bool,
    counters: Mutex<Counters>,
}

type Counters = HashMap<(IpAddr, String), Counter>;

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
        self.count(address, path, rule_for(path))
    }

    /// Refuses an address that has sent too many wrong passwords. A try counts
    /// as wrong until it is known not to be, or many at once would all pass.
    pub(super) fn may_try_password(&self, address: IpAddr) -> Result<(), AuthError> {
        self.count(address, WRONG, WRONG_PASSWORDS)
    }

    /// Takes back a try that was right, or that nobody got to look at.
    pub(super) fn not_wrong(&self, address: IpAddr) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(counter) = counters.get_mut(&(network(address), WRONG.to_owned())) {
            counter.count = counter.count.saturating_sub(1);
        }
    }

    fn count(&self, address: IpAddr, what: &str, rule: Rule) -> Result<(), AuthError> {
        if !self.on {
            return Ok(());
        }
        let now = Instant::now();
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= COUNTERS {
            make_room(&mut counters, now);
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
        counter.count += 1;
        counter.last = now;
        Ok(())
    }
}

/// Drops the counters that have run out, and if they are not half of all, those
/// that were not raised for longest: a flood from many networks takes no memory.
fn make_room(counters: &mut Counters, now: Instant) {
    counters.retain(|_, counter| now.duration_since(counter.last) < counter.window);
    if counters.len() > COUNTERS / 2 {
        let mut times: Vec<Instant> = counters.values().map(|counter| counter.last).collect();
        let (_, middle, _) = times.select_nth_unstable(counters.len() / 2);
        let middle = *middle;
        counters.retain(|_, counter| counter.last > middle);
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
            limits.not_wrong(address);
            assert!(limits.may_try_password(address).is_ok());
        }
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 2, 9, 9, 9, 9])).is_err());
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 3, 0, 0, 0, 1])).is_ok());
    }

    #[test]
    fn a_flood_from_many_networks_takes_no_memory() {
        let limits = Limits::new(true);
        for network in 0..3 * COUNTERS as u32 {
            let [a, b, c, d] = network.to_be_bytes();
            let address = IpAddr::from([10 + a, b, c, d]);
            assert!(limits.may_try_password(address).is_ok());
            assert!(limits.counters.lock().unwrap().len() <= COUNTERS);
        }
    }
}
