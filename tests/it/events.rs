//! `/api/events`, read as a browser would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use docket::ids::TaskId;
use rusqlite::Connection;
use serde_json::{Value, json};

use crate::app::{App, Person};
use crate::changes::{altered, now};
use crate::tasks::{faults, new_list, path, text};

/// One server-sent event.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub id: String,
    pub data: Value,
}

/// An open stream of events.
pub struct Stream {
    chunks: Chunks,
    text: String,
}

/// A body in chunks (RFC 9112, 7.1).
struct Chunks {
    socket: BufReader<TcpStream>,
}

impl Stream {
    /// Opens the stream; it must be granted.
    pub fn open(app: &App, person: &Person, last_event_id: Option<&str>) -> Stream {
        let socket = TcpStream::connect(app.address()).expect("a connection");
        socket.set_read_timeout(Some(Duration::from_secs(30))).expect("a timeout");
        let mut head = format!(
            "GET /api/events HTTP/1.1\r\nhost: {}\r\nauthorization: Bearer {}\r\n",
            app.address(),
            person.token
        );
        if let Some(id) = last_event_id {
            head.push_str(&format!("last-event-id: {id}\r\n"));
        }
        (&socket).write_all(format!("{head}\r\n").as_bytes()).expect("the head is taken");
        let mut socket = BufReader::new(socket);
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            assert_ne!(socket.read_line(&mut head).expect("a head"), 0, "no head: {head}");
        }
        let head = head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.1 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream"), "{head}");
        assert!(head.contains("transfer-encoding: chunked"), "{head}");
        assert!(!head.contains("content-length"), "{head}");
        Stream { chunks: Chunks { socket }, text: String::new() }
    }

    /// The next event, or `None` when the server has ended the stream.
    /// Comments are passed over.
    pub fn next(&mut self) -> Option<Event> {
        loop {
            while let Some(end) = self.text.find("\n\n") {
                let block: String = self.text.drain(..end + 2).collect();
                if let Some(event) = parse(&block) {
                    return Some(event);
                }
            }
            let more = self.chunks.next()?;
            self.text.push_str(&String::from_utf8(more).expect("UTF-8").replace('\r', ""));
        }
    }

    /// The next so many events.
    pub fn take(&mut self, count: usize) -> Vec<Event> {
        (0..count).map(|_| self.next().expect("the stream goes on")).collect()
    }
}

impl Chunks {
    fn next(&mut self) -> Option<Vec<u8>> {
        let mut line = String::new();
        let read = self.socket.read_line(&mut line).expect("an event within the time allowed");
        let size =
            usize::from_str_radix(line.trim(), 16).ok().filter(|size| *size > 0 && read > 0)?;
        let mut chunk = vec![0; size + 2];
        self.socket.read_exact(&mut chunk).expect("a whole chunk");
        assert_eq!(&chunk[size..], b"\r\n");
        chunk.truncate(size);
        Some(chunk)
    }
}

fn parse(block: &str) -> Option<Event> {
    let field = |name: &str| {
        let lines = block.lines().filter_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
        let values: Vec<&str> =
            lines.map(|value| value.strip_prefix(' ').unwrap_or(value)).collect();
        (!values.is_empty()).then(|| values.join("\n"))
    };
    let data = serde_json::from_str(&field("data")?).expect("JSON");
    Some(Event { name: field("event")?, id: field("id")?, data })
}

/// The titles of changes.
fn titles(events: &[Event]) -> Vec<&str> {
    events.iter().map(|event| text(&event.data["task"]["title"])).collect()
}

#[test]
fn a_stream_begins_with_ready_and_tells_what_happens_then() {
    let app = App::start();
    let ada = app.user("ada");
    ada.add("from before");

    let mut stream = Stream::open(&app, &ada, None);
    let ready = stream.next().unwrap();
    assert_eq!((ready.name.as_str(), &ready.data), ("ready", &json!({})));

    let task = ada.add("milk\n\ndata: with\r\nlines");
    let event = stream.next().unwrap();
    assert_eq!(event.name, "change");
    assert_eq!(
        event.data,
        json!({ "type": "task", "id": task["id"], "deleted": false, "task": task })
    );

    ada.delete(&path(&task));
    let event = stream.next().unwrap();
    assert_eq!(
        event.data,
        json!({ "type": "task", "id": task["id"], "deleted": true, "task": null })
    );
    let list = new_list(&ada, "home");
    assert_eq!(stream.next().unwrap().data["list"]["id"], json!(list));
}

#[test]
fn the_feed_and_the_stream_share_their_cursors() {
    let app = App::start();
    let ada = app.user("ada");
    let mut stream = Stream::open(&app, &ada, None);
    let ready = stream.next().unwrap();
    ada.add("one");
    let event = stream.next().unwrap();
    ada.add("two");

    let feed = |cursor: &str| {
        let items = ada.get(&format!("/api/changes?since={cursor}")).body["items"].clone();
        let one = |item: &Value| text(&item["task"]["title"]).to_owned();
        items.as_array().unwrap().iter().map(one).collect::<Vec<_>>()
    };
    assert_eq!(feed(&ready.id), ["one", "two"]);
    assert_eq!(feed(&event.id), ["two"]);
}

#[test]
fn coming_back_misses_nothing_and_repeats_nothing() {
    let app = App::start();
    let ada = app.user("ada");
    let mut stream = Stream::open(&app, &ada, None);
    let ready = stream.next().unwrap();
    for number in 0..6 {
        ada.add(&format!("t{number}"));
    }
    let seen = stream.take(6);
    assert_eq!(titles(&seen), ["t0", "t1", "t2", "t3", "t4", "t5"]);
    drop(stream);
    ada.add("t6");

    for (index, last) in [&ready].into_iter().chain(&seen).enumerate() {
        let mut again = Stream::open(&app, &ada, Some(&last.id));
        let events = again.take(7 - index);
        let expected: Vec<String> = (index..7).map(|number| format!("t{number}")).collect();
        assert_eq!(titles(&events), expected);
        assert_eq!(events[..6 - index], seen[index..], "the same events with the same ids");
        // The next is what happens next, so there was nothing in between.
        if index == 0 {
            ada.patch(&path(&events[6].data["task"]), &json!({ "title": "t6" }));
            ada.patch(&path(&events[6].data["task"]), &json!({ "description": "x" }));
            assert_eq!(again.next().unwrap().data["task"]["description"], "x");
            ada.patch(&path(&events[6].data["task"]), &json!({ "description": "" }));
        }
    }
}

#[test]
fn coming_back_after_a_change_of_many_goes_on_inside_it() {
    let app = App::start();
    let ada = app.user("ada");
    let list = new_list(&ada, "home");
    for number in 0..10 {
        let body = json!({ "title": format!("t{number}"), "list_id": list });
        assert_eq!(ada.post("/api/tasks", &body).status, 201);
    }
    let mut stream = Stream::open(&app, &ada, None);
    stream.next();
    ada.delete(&format!("/api/lists/{list}"));
    let all = stream.take(11);
    assert_eq!(all[0].data["type"], "list");
    assert!(all.iter().all(|event| event.data["deleted"] == true));

    for index in 0..10 {
        let mut again = Stream::open(&app, &ada, Some(&all[index].id));
        assert_eq!(again.take(10 - index), all[index + 1..]);
    }
}

// SECURITY-BAR A10
#[test]
fn a_stream_tells_nothing_of_others() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let before = now(&ada);
    let mut live = Stream::open(&app, &ada, None);
    let ready = live.next().unwrap();
    let mut back = Stream::open(&app, &ada, Some(&before));

    for number in 0..20 {
        bob.add(&format!("secret {number}"));
    }
    new_list(&bob, "secret list");
    ada.add("mine");

    for stream in [&mut live, &mut back] {
        let first = stream.next().unwrap();
        assert_eq!(text(&first.data["task"]["title"]), "mine");
    }
    // Her cursors count her own changes alone.
    assert_eq!(revision(&ready.id), revision(&before));
}

fn revision(cursor: &str) -> Value {
    let mut revision = Value::Null;
    altered(cursor, |json| revision = json["keys"][0].clone());
    revision
}

#[test]
fn a_burst_arrives_whole_and_once() {
    let app = App::start();
    let ada = app.user("ada");
    let mut stream = Stream::open(&app, &ada, None);
    stream.next();

    let made: Vec<String> = std::thread::scope(|scope| {
        let add = |worker: usize| {
            let ada = &ada;
            move || {
                let one = |number| text(&ada.add(&format!("{worker}-{number}"))["id"]).to_owned();
                (0..50).map(one).collect::<Vec<String>>()
            }
        };
        let threads: Vec<_> = (0..6).map(|worker| scope.spawn(add(worker))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert_eq!(made.len(), 300);

    let events = stream.take(300);
    let mut told: Vec<&str> = events.iter().map(|event| text(&event.data["id"])).collect();
    told.sort_unstable();
    let mut made: Vec<&str> = made.iter().map(String::as_str).collect();
    made.sort_unstable();
    assert_eq!(told, made);
    // In the order of the feed, each with the cursor behind it.
    let feed = ada.get("/api/changes?limit=200").body;
    let items = feed["items"].as_array().unwrap();
    assert!(items[1..].iter().zip(&events).all(|(item, event)| *item == event.data));
    assert_eq!(feed["next_cursor"], json!(events[198].id));
}

// SECURITY-BAR D14
#[test]
fn a_stream_holds_no_read_transaction() {
    let app = App::start();
    let ada = app.user("ada");
    let mut streams: Vec<Stream> = (0..10).map(|_| Stream::open(&app, &ada, None)).collect();
    for stream in &mut streams {
        stream.next();
    }
    ada.add("one");
    for stream in &mut streams {
        assert_eq!(titles(&stream.take(1)), ["one"]);
    }

    // A checkpoint that truncates needs that nobody reads from the WAL.
    let conn = Connection::open(app.dir.path().join("docket.db")).expect("the database");
    conn.busy_timeout(Duration::from_secs(5)).unwrap();
    let busy: i64 = conn
        .query_row("pragma wal_checkpoint(truncate)", [], |row| row.get(0))
        .expect("a checkpoint");
    assert_eq!(busy, 0);
}

#[test]
fn an_id_that_is_no_cursor_is_refused() {
    let app = App::start();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    let ask = |id: &str| ada.send("GET", "/api/events", &[("last-event-id", id)], None);
    ada.add("one");
    ada.add("two");
    let of_tasks = ada.get("/api/tasks?limit=1").body["next_cursor"].clone();
    for bad in ["garbage", "0", text(&of_tasks), &TaskId::new().to_string()] {
        assert_eq!(faults(&ask(bad)), ["Last-Event-ID"]);
    }
    let future = altered(&now(&ada), |json| json["keys"][0] = json!(1_000_000));
    for gone in [now(&bob), future] {
        let reply = ask(&gone);
        assert_eq!((reply.status, text(&reply.body["code"])), (410, "cursor_gone"));
    }
}

// SECURITY-BAR A5, A10
#[test]
fn a_stream_needs_a_token() {
    let app = App::start();
    let reply = app.get("/api/events");
    assert_eq!(reply.status, 401);
    assert_eq!(app.bearer("nonsense").get("/api/events").status, 401);
}

#[test]
fn a_stream_ends_when_the_server_stops() {
    let mut app = App::start();
    let ada = app.user("ada");
    let mut stream = Stream::open(&app, &ada, None);
    stream.next();
    assert_eq!(app.stop(), Some(0));
    assert_eq!(stream.next(), None);
}
