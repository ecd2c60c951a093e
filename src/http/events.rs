//! `/api/events`: the changes as they happen, as server-sent events (WHATWG
//! HTML, 9.2). Each event's id is a cursor, so a client that comes back with
//! `Last-Event-ID` misses nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use rocket::Request;
use rocket::request::{FromRequest, Outcome};
use rocket::response::stream::{Event, EventStream};
use rocket::{Route, State, get, routes};

use super::caller::Caller;
use super::{App, error};
use crate::error::{Error, Result};
use crate::sync::{self, Mark};
use crate::time::Timestamp;

/// Comments that keep proxies from closing a quiet stream.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Changes read at once.
const BATCH: u32 = 100;

/// The streams that are open.
#[derive(Clone, Default)]
pub struct Streams(Arc<AtomicUsize>);

impl Streams {
    pub(super) fn open(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Counts one more, as long as what this gives is kept.
    fn count(&self) -> Counted {
        self.0.fetch_add(1, Ordering::Relaxed);
        Counted(self.clone())
    }
}

struct Counted(Streams);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

pub(super) fn routes() -> Vec<Route> {
    routes![events]
}

/// Where to go on from: the `Last-Event-ID` header.
struct LastEventId(Option<Mark>);

#[rocket::async_trait]
impl<'r> FromRequest<'r> for LastEventId {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> Outcome<LastEventId, ()> {
        match request.headers().get_one("last-event-id") {
            None | Some("") => Outcome::Success(LastEventId(None)),
            Some(text) => match sync::parse_cursor(text) {
                Some(mark) => Outcome::Success(LastEventId(Some(mark))),
                None => {
                    let why = "is not the id of an event of this stream";
                    Outcome::Error(error::refuse(request, Error::invalid("Last-Event-ID", why)))
                }
            },
        }
    }
}

#[get("/")]
async fn events<'r>(
    caller: Caller,
    app: &'r State<App>,
    last: LastEventId,
) -> Result<EventStream![Event + 'r]> {
    let owner = caller.owner;
    // Listening begins before the first look, so nothing falls between.
    let mut changed = app.db.signals().watch(owner);
    let mut stopping = app.stopping.clone();
    let begun = app.db.read(owner, move |conn| sync::begin(conn, owner, last.0.as_ref())).await?;
    let (mut point, first) = begun;
    let counted = app.streams.count();
    Ok(EventStream! {
        let _counted = counted;
        if let Some(cursor) = first {
            yield Event::data("{}").event("ready").id(cursor);
        }
        while app.authority.stands(&caller.grant, Timestamp::now()).await.unwrap_or(false) {
            loop {
                let since = point;
                let read = app.db.read(owner, move |conn| sync::newest(conn, owner, since, BATCH));
                let Ok(batch) = read.await else { return };
                let more = batch.len() == BATCH as usize;
                for (at, cursor, item) in batch {
                    point = at;
                    yield Event::json(&item).event("change").id(cursor);
                }
                if !more {
                    break;
                }
            }
            let left = caller.grant.left(Timestamp::now());
            rocket::tokio::select! {
                changed = changed.changed() => if changed.is_err() { return },
                _ = rocket::tokio::time::sleep(left) => {}
                _ = stopping.wait_for(|stopping| *stopping) => return,
            }
        }
    }
    .heartbeat(HEARTBEAT))
}
