//! Failures to prove who one is: said in the log at once, noted in the
//! database a moment later and together. So a flood of them costs a write a
//! second and not a write each, and one that is lost with the machine is in
//! the log all the same.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::gate::Visit;
use crate::auth::audit::{self, Kind};
use crate::auth::session::Device;
use crate::db::Db;
use crate::ids::Owner;

/// How long they gather.
const PAUSE: Duration = Duration::from_secs(1);

/// Places that are told apart in that time; the others are counted as one.
const PLACES: usize = 200;

/// Failures that are not in the database yet.
#[derive(Clone, Default)]
pub struct Failures(Arc<Mutex<HashMap<Place, audit::Failures>>>);

type Place = (Kind, Option<Owner>, String);

impl Failures {
    /// Counts one, and sees to it that it is noted soon.
    pub(super) fn count(&self, db: &Db, kind: Kind, owner: Option<Owner>, visit: &Visit) {
        say(kind, visit);
        let (device, at) = (visit.device.clone(), visit.now);
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_first = waiting.is_empty();
        let mut place = (kind, owner, device.address.clone());
        let mut failure = audit::Failures { kind, owner, device, at, count: 0 };
        if waiting.len() >= PLACES && !waiting.contains_key(&place) {
            place = (kind, None, String::new());
            failure.owner = None;
            failure.device = Device { origin: failure.device.origin, ..Device::default() };
        }
        let known = waiting.entry(place).or_insert(failure);
        known.count += 1;
        known.at = at;
        drop(waiting);
        if is_first {
            let (failures, db) = (self.clone(), db.clone());
            rocket::tokio::spawn(async move {
                rocket::tokio::time::sleep(PAUSE).await;
                failures.write(&db).await;
            });
        }
    }

    /// Notes what has gathered.
    pub async fn write(&self, db: &Db) {
        let mut gathered = self.take();
        if gathered.is_empty() {
            return;
        }
        gathered.sort_by_key(|failures| failures.at);
        if let Err(error) = db.write(move |tx| audit::note_failures(tx, &gathered)).await {
            tracing::warn!(%error, "failures could not be noted; the log has them");
        }
    }

    fn take(&self) -> Vec<audit::Failures> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.drain().map(|(_, known)| known).collect()
    }
}

/// The target of lines that fail2ban and its like may rely on: as text they are
/// their message alone, whatever fields they have.
pub const STABLE: &str = "docket::failed";

/// Says it in such a line: the README has it.
fn say(kind: Kind, visit: &Visit) {
    let what = match kind {
        Kind::SecondFactorFailed => "second factor failed",
        Kind::PasswordFailed => "password failed",
        _ => "sign-in failed",
    };
    tracing::warn!(target: STABLE, request = visit.device.request, "{what} from {}", visit.address);
}
