//! How often anybody may try (SECURITY-BAR S10, S11, S12).
//!
//! | what is counted                  | for each            | most       | then                  |
//! | -------------------------------- | ------------------- | ---------- | --------------------- |
//! | sign-in, sign-up, change-…, 2FA  | network and address | 3 in 10 s  | wait                  |
//! | mails that are asked for         | network and address | 3 in 60 s  | wait                  |
//! | any other request to /api/auth   | network and address | 100 in 10 s| wait                  |
//! | wrong passwords                  | network             | 30 in 15 min | wait                |
//! | wrong passwords                  | account             | 100 in 15 min | one in 10 s, but for |
//! |                                  |                     |            | networks known to it  |
//! | mails of one kind                | mailbox             | 5 in an hour | one in 5 min        |
//!
//! The last but one slows an attack by many machines. It holds up nobody at a place
//! where they have signed in before, and whoever is somewhere new can get a
//! reset link: that makes the place known. The last one keeps a mailbox from being
//! flooded by whoever knows its address.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::AuthError;
use crate::auth::mail;

/// A number of tries, and the pause after which they count anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// As the answer's `RateLimit-Policy` has it.
    pub name: &'static str,
    pub most: u32,
    pub window: Duration,
    /// The pause before each further one.
    slowly: Duration,
}

impl Rule {
    const fn new(name: &'static str, most: u32, seconds: u64) -> Rule {
        let window = Duration::from_secs(seconds);
        Rule { name, most, window, slowly: window }
    }
}

const CREDENTIALS: Rule = Rule::new("credentials", 3, 10);
const MAILS: Rule = Rule::new("mails", 3, 60);
const REQUESTS: Rule = Rule::new("requests", 100, 10);
const WRONG_PASSWORDS: Rule = Rule::new("passwords", 30, 15 * 60);
const WRONG_FOR_ACCOUNT: Rule =
    Rule { slowly: Duration::from_secs(10), ..Rule::new("account", 100, 15 * 60) };

const MAILS_TO_ONE: Rule =
    Rule { slowly: Duration::from_secs(5 * 60), ..Rule::new("mailbox", 5, 60 * 60) };

/// Counters at once; when there are more, the ones that have run out go.
const COUNTERS: usize = 20_000;

/// What a counter is for. Text is there as a hash, so that all are alike small.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Key {
    Request(IpAddr, u64),
    WrongFrom(IpAddr),
    WrongFor(u64),
    MailTo(u64),
}

pub(super) struct Limits {
    on: bool,
    counters: Mutex<Counters>,
    hasher: RandomState,
}

type Counters = HashMap<Key, Counter>;

struct Counter {
    count: u32,
    /// The last try that was let through.
    last: Instant,
    window: Duration,
}

/// A try at a password, counted as wrong until it is known not to be: or many
/// at once would all pass.
#[must_use]
pub(super) struct Try(Vec<Key>);

impl Limits {
    pub(super) fn new(on: bool) -> Limits {
        if !on {
            tracing::warn!("rate_limits is off: anybody may try passwords without end");
        }
        Limits { on, counters: Mutex::default(), hasher: RandomState::new() }
    }

    /// Counts a request to a path. A window ends once it has passed without a
    /// request being let through, as Better Auth has it.
    pub(super) fn request(&self, address: IpAddr, path: &str) -> Result<(), AuthError> {
        let key = Key::Request(network(address), self.hasher.hash_one(path));
        self.count(key, rule_for(path))
    }

    /// Refuses an address that has sent too many wrong passwords.
    pub(super) fn may_try_password(&self, address: IpAddr) -> Result<Try, AuthError> {
        let key = Key::WrongFrom(network(address));
        self.count(key, WRONG_PASSWORDS).map(|()| Try(vec![key]))
    }

    /// Slows tries at one account, which need not exist, whoever they come from.
    pub(super) fn may_try_account(
        &self,
        account: &impl Hash,
        tried: &mut Try,
    ) -> Result<(), AuthError> {
        let key = Key::WrongFor(self.hasher.hash_one(account));
        self.count(key, WRONG_FOR_ACCOUNT)?;
        tried.0.push(key);
        Ok(())
    }

    /// Refuses a mailbox, which need not exist, that gets many mails of a kind.
    pub(super) fn may_mail(&self, kind: mail::Kind, to: &str) -> Result<(), AuthError> {
        self.count(Key::MailTo(self.hasher.hash_one((kind, to))), MAILS_TO_ONE)
    }

    /// Takes back a try that was right, or that nobody got to look at.
    pub(super) fn not_wrong(&self, Try(keys): Try) {
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        for key in keys {
            if let Some(counter) = counters.get_mut(&key) {
                counter.count = counter.count.saturating_sub(1);
            }
        }
    }

    fn count(&self, key: Key, rule: Rule) -> Result<(), AuthError> {
        if !self.on {
            return Ok(());
        }
        let now = Instant::now();
        let mut counters = self.counters.lock().unwrap_or_else(PoisonError::into_inner);
        if counters.len() >= COUNTERS {
            make_room(&mut counters, now);
        }
        let fresh = Counter { count: 0, last: now, window: rule.window };
        let counter = counters.entry(key).or_insert(fresh);
        let passed = now.duration_since(counter.last);
        if passed >= rule.window {
            counter.count = 0;
        }
        if counter.count >= rule.most && passed < rule.slowly {
            let left = rule.slowly.saturating_sub(passed).as_secs_f64().ceil();
            return Err(AuthError::too_many((left as u64).max(1), rule));
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
    let tight = ["/sign-in", "/sign-up", "/change-password", "/change-email", "/two-factor/"];
    let slow = ["/request-password-reset", "/send-verification-email"];
    if tight.iter().any(|start| path.starts_with(start)) {
        CREDENTIALS
    } else if slow.contains(&path) {
        MAILS
    } else {
        REQUESTS
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
            limits.not_wrong(limits.may_try_password(address).unwrap());
            assert!(limits.may_try_password(address).is_ok());
        }
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 2, 9, 9, 9, 9])).is_err());
        assert!(limits.may_try_password(IpAddr::from([0x2001, 0xdb8, 1, 3, 0, 0, 0, 1])).is_ok());
    }

    // SECURITY-BAR S10
    #[test]
    fn tries_at_one_account_are_slowed_and_others_are_not() {
        let limits = Limits::new(true);
        for host in 0..100 {
            let mut tried = limits.may_try_password(IpAddr::from([10, 0, 0, host])).unwrap();
            assert!(limits.may_try_account(&"ada", &mut tried).is_ok());
        }
        let mut tried = limits.may_try_password(IpAddr::from([10, 0, 1, 0])).unwrap();
        assert!(limits.may_try_account(&"ada", &mut tried).is_err());
        assert!(limits.may_try_account(&"bob", &mut tried).is_ok());
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
