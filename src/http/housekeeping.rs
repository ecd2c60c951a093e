//! What nobody asks for and everybody expects: old trash, old answers and ended
//! sessions go by themselves.

use std::time::Duration;

use crate::auth::{invite, link, session, two_factor};
use crate::db::Db;
use crate::error::Result;
use crate::ids::Owner;
use crate::time::Timestamp;
use crate::{sync, tasks};

const INTERVAL: Duration = Duration::from_secs(60 * 60);

/// Tidies a minute after the start, then every hour.
pub(super) async fn run(db: Db) {
    tokio::time::sleep(Duration::from_secs(60)).await;
    loop {
        if let Err(error) = tidy(&db, Timestamp::now()).await {
            tracing::warn!(%error, "tidying failed; it will be tried again");
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

async fn tidy(db: &Db, now: Timestamp) -> Result<()> {
    db.write(move |tx| {
        sync::forget_old(tx, now)?;
        link::forget_ended(tx, now)?;
        invite::forget_ended(tx, now)?;
        two_factor::forget_ended(tx, now)?;
        session::forget_ended(tx, now)
    })
    .await?;
    let owners =
        db.read_long(Owner::NOBODY, move |conn| tasks::owners_with_old_trash(conn, now)).await?;
    for owner in owners {
        db.write(move |tx| tasks::purge_old(tx, owner, now)).await?;
    }
    Ok(())
}
