//! Backups while serving: one a day, and one for each SIGUSR1.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::{oneshot, watch};

use crate::config::{BackupPlan, Config, Switch};
use crate::db::backup::{self, Keep, Place};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// A start is not burdened with a backup.
const FIRST_LOOK: Duration = Duration::from_secs(60);

/// How often it is asked whether one is due, which is also when one that failed
/// is tried again.
const INTERVAL: Duration = Duration::from_secs(15 * 60);

/// How long the end waits for one that is being made to let go of the database.
const LETTING_GO: Duration = Duration::from_secs(5);

/// What is made, and when.
pub(super) struct Backups {
    place: Place,
    keep: Keep,
    plan: BackupPlan,
    asked: Signal,
    stopping: watch::Receiver<bool>,
}

impl Backups {
    pub(super) fn new(config: &Config, stopping: watch::Receiver<bool>) -> Result<Backups> {
        let asked = signal(SignalKind::user_defined1())
            .map_err(|error| Error::Setup(format!("cannot hear signals: {error}")))?;
        let place = Place {
            data_dir: config.data_dir.clone(),
            dir: config.backup_dir(),
            checkpoints: config.checkpoints == Switch::On,
        };
        let keep = Keep {
            daily: config.backup_keep_daily,
            weekly: config.backup_keep_weekly,
            monthly: config.backup_keep_monthly,
        };
        Ok(Backups { place, keep, plan: config.backup, asked, stopping })
    }

    /// Goes on until the server stops.
    pub(super) async fn run(mut self) {
        let mut next = FIRST_LOOK;
        while !*self.stopping.borrow() {
            let is_asked = tokio::select! {
                _ = self.asked.recv() => true,
                () = tokio::time::sleep(next) => false,
                _ = self.stopping.changed() => return,
            };
            next = INTERVAL;
            if is_asked || self.is_due() {
                self.make().await;
            }
        }
    }

    fn is_due(&self) -> bool {
        if self.plan == BackupPlan::Off {
            return false;
        }
        match self.place.list() {
            Ok(backups) => {
                let times: Vec<Timestamp> =
                    backups.iter().map(|backup| backup.manifest.made_at).collect();
                backup::is_due(&times, Timestamp::now())
            }
            // Making one says what is wrong.
            Err(_) => true,
        }
    }

    /// On a thread of its own, which may be slowed down for good.
    async fn make(&mut self) {
        let (place, keep, begun) = (self.place.clone(), self.keep, Instant::now());
        let stop = Arc::new(AtomicBool::new(false));
        let (stopped, (done, made)) = (stop.clone(), oneshot::channel());
        let thread = std::thread::Builder::new().name("docket-backup".into()).spawn(move || {
            // Nobody waits for it any more once the process ends.
            let _ = done.send(make(&place, keep, &stopped));
        });
        if let Err(error) = thread {
            tracing::warn!(%error, "no backup was made: there is no thread for it");
            return;
        }
        let mut made = made;
        tokio::select! {
            made = &mut made => tell(made, begun),
            _ = self.stopping.changed() => {
                stop.store(true, Ordering::Relaxed);
                // A process that ends leaves nothing that counts as a backup.
                let _ = tokio::time::timeout(LETTING_GO, made).await;
            }
        }
    }
}

fn make(place: &Place, keep: Keep, stop: &AtomicBool) -> Result<String> {
    let now = Timestamp::now();
    let made = place.make(now, &mut |_| match stop.load(Ordering::Relaxed) {
        true => Err(Error::Interrupted),
        false => Ok(()),
    })?;
    let old = place.superfluous(keep, now)?;
    place.remove(&old)?;
    let content = &made.manifest.content;
    Ok(format!(
        "backup {} made and proven: {} tasks of {} accounts, {} bytes; {} old ones removed",
        made.file.display(),
        content.tasks(),
        content.accounts.len(),
        made.manifest.size,
        old.len()
    ))
}

fn tell(made: Result<Result<String>, oneshot::error::RecvError>, begun: Instant) {
    let seconds = begun.elapsed().as_secs_f64();
    match made {
        Ok(Ok(what)) => tracing::info!("{what}, in {seconds:.1} s"),
        Ok(Err(error)) => tracing::warn!("a backup failed and is tried again later: {error}"),
        Err(_) => tracing::error!("a backup ended without a result"),
    }
}
