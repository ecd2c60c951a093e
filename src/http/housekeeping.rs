//! What nobody asks for and everybody expects: old trash, old answers, ended
//! sessions, old records and accounts that were deleted go by themselves.

use std::time::Duration;

use crate::auth::{audit, invite, link, removal, session, two_factor};
use crate::db::Db;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;
use crate::{sync, tasks};

const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Tidies a minute after the start, then every hour.
pub(super) async fn run(db: Db, audit_days: u32) {
    tokio::time::sleep(Duration::from_secs(60)).await;
    loop {
        if let Err(error) = tidy(&db, audit_days, Timestamp::now()).await {
            tracing::warn!(%error, "tidying failed; it will be tried again");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn tidy(db: &Db, audit_days: u32, now: Timestamp) -> Result<()> {
    db.write(move |tx| {
        sync::forget_old(tx, now)?;
        link::forget_ended(tx, now)?;
        invite::forget_ended(tx, now)?;
        two_factor::forget_ended(tx, now)?;
        audit::forget_old(tx, audit_days, now)?;
        session::forget_ended(tx, now)
    })
    .await?;
    let owners =
        db.read_long(Owner::NOBODY, move |conn| tasks::owners_with_old_trash(conn, now)).await?;
    for owner in owners {
        db.write(move |tx| tasks::purge_old(tx, owner, now)).await?;
    }
    let gone = db.read(Owner::NOBODY, move |conn| removal::owners_to_purge(conn, now)).await?;
    for owner in gone {
        db.write(move |tx| removal::purge_if_due(tx, owner, now)).await?;
    }
    Ok(())
}
