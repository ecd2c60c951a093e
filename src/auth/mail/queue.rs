//! The mails that wait, and the one thread that sends them.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::{Mail, Sender};
use crate::config::Config;
use crate::error::{Error, Result};

/// Mails that may wait at once: a server that is away must not cost memory.
const MOST: usize = 200;

/// How long to wait after each failure before the next try, in seconds.
const PAUSES: [u64; 5] = [2, 15, 60, 300, 900];

/// The way from a request to a mail. Clones share one queue.
#[derive(Clone)]
pub struct Mailer(Option<Arc<Queue>>);

struct Queue {
    waiting: Mutex<Vec<Waiting>>,
    changed: Condvar,
}

/// A mail, and when it is to be sent.
struct Waiting {
    mail: Mail,
    due: Instant,
    /// When what is in it ends.
    ends: Instant,
    failures: usize,
}

impl Mailer {
    /// Starts the thread that sends, if mail is set up.
    pub fn start(config: &Config) -> Result<Mailer> {
        let Some(sender) = Sender::open(config)? else { return Ok(Mailer(None)) };
        let queue = Arc::new(Queue { waiting: Mutex::default(), changed: Condvar::new() });
        let sent = queue.clone();
        std::thread::Builder::new()
            .name("docket-mail".into())
            .spawn(move || sent.run(&sender))
            .map_err(|error| Error::Setup(format!("cannot start threads: {error}")))?;
        Ok(Mailer(Some(queue)))
    }

    /// False when there is no way to send anything.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Queues a mail, and returns at once. What becomes of it is in the log.
    pub fn send(&self, mail: Mail) {
        let Some(queue) = &self.0 else { return };
        let now = Instant::now();
        let ends = now + mail.kind.good_for();
        queue.add(Waiting { mail, due: now, ends, failures: 0 });
    }
}

impl Queue {
    fn run(&self, sender: &Sender) {
        loop {
            let waiting = self.next();
            match sender.send(&waiting.mail) {
                Ok(_) => tracing::debug!(kind = waiting.kind(), "a mail was sent"),
                Err(failure) => {
                    let again = failure.may_pass.then(|| waiting.later(Instant::now())).flatten();
                    let (kind, reason) = (waiting.kind(), failure.reason);
                    match again {
                        Some(again) => {
                            tracing::warn!(kind, reason, "a mail was not sent yet");
                            self.add(again);
                        }
                        None => tracing::error!(kind, reason, "a mail was not sent, and is lost"),
                    }
                }
            }
        }
    }

    fn add(&self, waiting: Waiting) {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST {
            tracing::error!(kind = waiting.kind(), "{MOST} mails wait already: one more is lost");
            return;
        }
        all.push(waiting);
        self.changed.notify_one();
    }

    /// The mail that is due first, once it is due.
    fn next(&self) -> Waiting {
        let mut all = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            let now = Instant::now();
            let first = (0..all.len()).min_by_key(|at| all[*at].due);
            all = match first {
                Some(at) if all[at].due <= now => return all.remove(at),
                Some(at) => {
                    let pause = all[at].due.duration_since(now);
                    let waited = self.changed.wait_timeout(all, pause);
                    waited.unwrap_or_else(PoisonError::into_inner).0
                }
                None => self.changed.wait(all).unwrap_or_else(PoisonError::into_inner),
            };
        }
    }
}

impl Waiting {
    /// The next try after a failure, unless there were too many or it would be
    /// of no use.
    fn later(&self, now: Instant) -> Option<Waiting> {
        let due = now + Duration::from_secs(*PAUSES.get(self.failures)?);
        (due < self.ends).then(|| Waiting {
            mail: self.mail.clone(),
            due,
            ends: self.ends,
            failures: self.failures + 1,
        })
    }

    fn kind(&self) -> &'static str {
        self.mail.kind.name()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::auth::mail::Kind;

    fn waiting(now: Instant) -> Waiting {
        let mail = Mail {
            kind: Kind::ResetPassword,
            to: "ada@example.org".into(),
            token: String::new(),
            url: String::new(),
        };
        Waiting { mail, due: now, ends: now + Duration::from_secs(3600), failures: 0 }
    }

    #[test]
    fn a_mail_is_tried_again_later_and_later_and_then_given_up() {
        let begun = Instant::now();
        let (mut now, mut last, mut tries) = (begun, waiting(begun), 1);
        while let Some(next) = last.later(now) {
            assert!(next.due > now);
            (now, last, tries) = (next.due, next, tries + 1);
        }
        assert_eq!(tries, 6);
        assert!(now.duration_since(begun) > Duration::from_secs(20 * 60));
    }

    #[test]
    fn a_mail_whose_link_has_ended_is_not_sent_late() {
        let now = Instant::now();
        let soon_over = Waiting { ends: now + Duration::from_secs(1), ..waiting(now) };
        assert!(soon_over.later(now).is_none());
    }

    #[test]
    fn no_more_wait_than_there_is_room_for() {
        let queue = Queue { waiting: Mutex::default(), changed: Condvar::new() };
        for _ in 0..2 * MOST {
            queue.add(waiting(Instant::now()));
        }
        assert_eq!(queue.waiting.lock().unwrap().len(), MOST);
        queue.next();
        assert_eq!(queue.waiting.lock().unwrap().len(), MOST - 1);
    }
}
