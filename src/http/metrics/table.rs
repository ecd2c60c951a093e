//! Requests, counted by route, outcome and time.
//!
//! Each route has a place in a table that never grows. Its handler notes the place
//! for the task it runs in, and the bridge, which sees every answer, counts there.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use rocket::futures::FutureExt;
use rocket::route::{BoxFuture, Handler};
use rocket::{Data, Request, Route};

use super::text::Text;

/// Upper bounds of the histogram, in microseconds: a task is read in the first, a
/// password checked in the fourth.
const BOUNDS: [u64; 8] = [1_000, 5_000, 20_000, 100_000, 250_000, 1_000_000, 5_000_000, 20_000_000];

/// A request's place in the table.
pub(in crate::http) type Place = usize;

/// What no route has answered: refused before, or nothing is there.
const NOWHERE: Place = 0;

tokio::task_local! {
    static PLACE: Cell<Place>;
}

/// Runs what answers a request, and says by which route. An `async fn` would hold
/// a second copy of it.
pub(in crate::http) fn placed<T>(
    answer: impl Future<Output = T>,
) -> impl Future<Output = (T, Place)> {
    PLACE.scope(Cell::new(NOWHERE), answer.map(|answer| (answer, PLACE.with(Cell::get))))
}

/// The counts of each place.
pub(in crate::http) struct Table {
    rows: Vec<Row>,
}

struct Row {
    route: String,
    method: &'static str,
    /// By the first digit of the status.
    statuses: [AtomicU64; 5],
    /// By time, the last for all that took longer.
    times: [AtomicU64; BOUNDS.len() + 1],
    microseconds: AtomicU64,
}

impl Default for Table {
    fn default() -> Table {
        Table { rows: vec![Row::new("", "")] }
    }
}

impl Table {
    /// Gives a route a place of its own, or the one of that name.
    pub(super) fn watch(&mut self, mut route: Route, name: Option<&str>) -> Route {
        let path = name.unwrap_or(route.uri.path());
        let method = route.method.as_str();
        let known = self.rows.iter().position(|row| row.route == path && row.method == method);
        let place = known.unwrap_or_else(|| {
            self.rows.push(Row::new(path, method));
            self.rows.len() - 1
        });
        route.handler = Box::new(Watched { place, handler: route.handler });
        route
    }

    pub(in crate::http) fn count(&self, place: Place, status: u16, took: Duration) {
        let row = &self.rows[place];
        let class = usize::from(status / 100).clamp(1, 5) - 1;
        let microseconds = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let time = BOUNDS.iter().position(|bound| microseconds <= *bound).unwrap_or(BOUNDS.len());
        row.statuses[class].fetch_add(1, Ordering::Relaxed);
        row.times[time].fetch_add(1, Ordering::Relaxed);
        row.microseconds.fetch_add(microseconds, Ordering::Relaxed);
    }

    /// What has been asked for at least once.
    pub(super) fn write(&self, text: &mut Text) {
        let mut requests = text.counter(
            "docket_http_requests_total",
            "Requests by the route that answered, none for what none did.",
        );
        for row in &self.rows {
            for (class, count) in row.statuses.iter().enumerate() {
                let count = count.load(Ordering::Relaxed);
                if count > 0 {
                    let status = ["1xx", "2xx", "3xx", "4xx", "5xx"][class];
                    let labels =
                        [("route", &*row.route), ("method", row.method), ("status", status)];
                    requests.labelled(&labels, count);
                }
            }
        }
        let mut times = text.histogram(
            "docket_http_request_duration_seconds",
            "Time until the answer was there, of a stream its beginning.",
        );
        for row in &self.rows {
            let counts = row.times.each_ref().map(|count| count.load(Ordering::Relaxed));
            if counts.iter().any(|count| *count > 0) {
                let sum = Duration::from_micros(row.microseconds.load(Ordering::Relaxed));
                let labels = [("route", &*row.route), ("method", row.method)];
                times.buckets(&labels, &BOUNDS, &counts, sum);
            }
        }
    }
}

impl Row {
    fn new(route: &str, method: &'static str) -> Row {
        Row {
            route: route.to_owned(),
            method,
            statuses: Default::default(),
            times: Default::default(),
            microseconds: AtomicU64::default(),
        }
    }
}

/// A handler that says first which it is.
#[derive(Clone)]
struct Watched {
    place: Place,
    handler: Box<dyn Handler>,
}

/// Written out, as the macro would box the future once more.
impl Handler for Watched {
    fn handle<'r, 'life0, 'life1, 'async_trait>(
        &'life0 self,
        request: &'r Request<'life1>,
        data: Data<'r>,
    ) -> BoxFuture<'async_trait, rocket::route::Outcome<'r>>
    where
        'r: 'async_trait,
        'life0: 'async_trait,
        'life1: 'async_trait,
        Self: 'async_trait,
    {
        // Rocket's own tests run handlers outside of any request of ours.
        let _ = PLACE.try_with(|place| place.set(self.place));
        self.handler.handle(request, data)
    }
}
