//! `/metrics`: what the server does, in numbers, for Prometheus.
//!
//! Off unless a setting says where and to whom. What is counted has places that
//! are there from the start, and is counted by adding to them, so that a request
//! waits for nothing; nothing is told apart by person.

mod process;
mod table;
mod text;

use hyper::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use hyper::http::request::Parts;
use hyper::{Method, Response, StatusCode};
use rocket::Route;
use subtle::ConstantTimeEq;

pub(super) use table::{Table, placed};

use self::text::Text;
use super::bridge::Outgoing;
use super::events::Streams;
use crate::auth::password::Hasher;
use crate::config::{Config, Secret};
use crate::db::Db;
use crate::time::Timestamp;

/// The text format of Prometheus (and of OpenMetrics' ancestors).
const FORMAT: HeaderValue = HeaderValue::from_static("text/plain; version=0.0.4; charset=utf-8");

/// What is counted, and who may read it.
pub(super) struct Metrics {
    pub table: Table,
    db: Db,
    hasher: Hasher,
    streams: Streams,
    token: Option<Secret>,
    /// Read at an address of its own, and not at the server's.
    elsewhere: bool,
    started: Timestamp,
}

impl Metrics {
    /// Nothing, unless the settings ask for it.
    pub(super) fn new(
        config: &Config,
        db: &Db,
        hasher: &Hasher,
        streams: &Streams,
        now: Timestamp,
    ) -> Option<Metrics> {
        let token = config.metrics_token().cloned();
        let elsewhere = config.metrics_address.is_some();
        (elsewhere || token.is_some()).then(|| Metrics {
            table: Table::default(),
            db: db.clone(),
            hasher: hasher.clone(),
            streams: streams.clone(),
            token,
            elsewhere,
            started: now,
        })
    }

    /// Has the requests of these routes counted, each by itself or all by one name.
    pub(super) fn watch(&mut self, routes: Vec<Route>, name: Option<&str>) -> Vec<Route> {
        routes.into_iter().map(|route| self.table.watch(route, name)).collect()
    }

    /// Whether this request to the server itself is for the metrics.
    pub(super) fn is_for(&self, head: &Parts) -> bool {
        !self.elsewhere && head.uri.path() == "/metrics"
    }

    /// Answers a request at either address.
    pub(super) fn answer(&self, head: &Parts) -> Response<Outgoing> {
        if head.uri.path() != "/metrics" {
            return plain(StatusCode::NOT_FOUND, "the metrics are at /metrics\n");
        }
        if !matches!(head.method, Method::GET | Method::HEAD) {
            return plain(StatusCode::METHOD_NOT_ALLOWED, "the metrics are read with GET\n");
        }
        if !self.lets_in(head) {
            let mut refusal = plain(StatusCode::UNAUTHORIZED, "metrics_token is needed\n");
            refusal.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
            return refusal;
        }
        let mut answer = plain(StatusCode::OK, self.text());
        answer.headers_mut().insert(CONTENT_TYPE, FORMAT);
        answer
    }

    fn lets_in(&self, head: &Parts) -> bool {
        let Some(token) = &self.token else { return true };
        let mut headers = head.headers.get_all(AUTHORIZATION).iter();
        let (Some(header), None) = (headers.next(), headers.next()) else { return false };
        let bearer = header.to_str().ok().and_then(|header| header.split_once(' '));
        bearer.is_some_and(|(scheme, sent)| {
            let is_token = sent.as_bytes().ct_eq(token.bytes()).into();
            scheme.eq_ignore_ascii_case("bearer") && is_token
        })
    }

    fn text(&self) -> String {
        let mut text = Text::default();
        text.gauge("docket_info", "Which docket this is.")
            .labelled(&[("version", env!("CARGO_PKG_VERSION"))], 1);
        self.table.write(&mut text);
        self.write_own(&mut text);
        process::write(&mut text, self.started);
        text.done()
    }

    fn write_own(&self, text: &mut Text) {
        let figures = self.db.figures();
        let (database, log) = figures.sizes();
        text.counter("docket_commits_total", "Transactions synced to the disk.")
            .value(figures.commits());
        text.counter("docket_commit_failures_total", "Transactions that failed.")
            .value(figures.failures());
        text.counter("docket_writes_total", "Writes that the transactions were for.")
            .value(figures.writes());
        text.counter("docket_commit_seconds_total", "Time that syncing them took.")
            .seconds(figures.syncing());
        text.gauge("docket_write_queue", "Writes that are waiting or under way.")
            .value(figures.waiting());
        text.gauge("docket_database_bytes", "Size of the database file.").value(database);
        text.gauge("docket_wal_bytes", "Size of the write-ahead log.").value(log);
        text.gauge("docket_hash_queue", "Passwords that wait to be hashed or are.")
            .value(self.hasher.waiting() as u64);
        text.gauge("docket_event_streams", "Event streams that are open.")
            .value(self.streams.open() as u64);
    }
}

fn plain(status: StatusCode, body: impl Into<hyper::body::Bytes>) -> Response<Outgoing> {
    let mut response = Response::new(Outgoing::Ready(body.into().into()));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(hyper::header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
