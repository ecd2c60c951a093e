//! Word of commits, for those who keep something in memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use tokio::sync::watch;

use crate::ids::Owner;

/// Says after each commit whose rows changed and whether anybody's standing
/// (an account, a session, a key) may have.
#[derive(Default)]
pub struct Signals {
    standing: AtomicU64,
    watched: Mutex<HashMap<Owner, watch::Sender<()>>>,
}

/// Wakes when one owner's rows, or anybody's standing, may have changed.
pub type Watch = watch::Receiver<()>;

impl Signals {
    /// Rises whenever an account, session or key may have changed. Whoever
    /// remembers a verdict remembers this number *read before* reaching it.
    pub fn standing(&self) -> u64 {
        self.standing.load(Ordering::Acquire)
    }

    /// Begins to listen for one owner.
    pub fn watch(&self, owner: Owner) -> Watch {
        let mut watched = self.watched();
        watched.retain(|_, sender| !sender.is_closed());
        watched.entry(owner).or_insert_with(|| watch::Sender::new(())).subscribe()
    }

    /// Wakes those who listen for one owner.
    pub(super) fn rows_changed(&self, owner: Owner) {
        if let Some(sender) = self.watched().get(&owner) {
            sender.send_replace(());
        }
    }

    /// Makes every remembered verdict stale and wakes everybody who listens.
    pub(super) fn standing_changed(&self) {
        self.standing.fetch_add(1, Ordering::AcqRel);
        for sender in self.watched().values() {
            sender.send_replace(());
        }
    }

    fn watched(&self) -> std::sync::MutexGuard<'_, HashMap<Owner, watch::Sender<()>>> {
        self.watched.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
