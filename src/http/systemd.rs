//! What systemd is told: that the server is ready, that it lives, that it stops
//! (sd_notify(3)). Nothing, where nobody asks.

use sd_notify::NotifyState;

use crate::db::Db;

pub(super) fn ready() {
    tell(NotifyState::Ready);
}

pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Says that the server lives, twice in the time that the watchdog waits, as long as
/// the threads here run and the database answers. It does not ask at the door: a
/// crowd out there is nothing that a new start would cure.
pub(super) async fn keep_alive(db: Db) {
    let Some(patience) = sd_notify::watchdog_enabled() else { return };
    loop {
        if db.is_alive().await {
            tell(NotifyState::Watchdog);
        } else {
            tracing::error!("the database does not answer; the watchdog is not told otherwise");
        }
        tokio::time::sleep(patience / 2).await;
    }
}

fn tell(state: NotifyState) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "systemd cannot be told");
    }
}
