//! Clients that are slow, many, or up to no good (SECURITY-BAR, group H).

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Resource, getrlimit, setrlimit};
use serde_json::json;

use crate::app::{App, Person};

fn connect(app: &App) -> TcpStream {
    let stream = TcpStream::connect(app.address()).expect("a connection");
    stream.set_read_timeout(Some(Duration::from_secs(60))).expect("a timeout");
    stream
}

fn send(app: &App, bytes: &[u8]) -> TcpStream {
    let mut stream = connect(app);
    stream.write_all(bytes).expect("it is sent");
    stream
}

/// The head of a request that makes a task.
fn post(person: &Person, headers: &str) -> String {
    format!(
        "POST /api/tasks HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\n{headers}\r\n",
        person.token
    )
}

/// Reads one reply with a `content-length` (or with no body): its head and body.
fn read_reply(from: &mut impl BufRead, has_body: bool) -> (String, Vec<u8>) {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        let length = from.read_line(&mut head).expect("a line");
        assert!(length > 0, "closed after {head:?}");
    }
    let length = head
        .lines()
        .find_map(|line| line.to_lowercase().strip_prefix("content-length: ").map(str::to_owned))
        .map_or(0, |length| length.parse().expect("a length"));
    let mut body = vec![0; if has_body { length } else { 0 }];
    from.read_exact(&mut body).expect("a body");
    (head, body)
}

fn count_tasks(person: &Person) -> usize {
    let reply = person.get("/api/tasks?limit=200");
    assert_eq!(reply.status, 200, "{}", reply.text);
    reply.body["items"].as_array().expect("items").len()
}

/// The memory a process holds, in bytes; `None` where nothing tells.
fn memory(pid: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.parse::<u64>().ok().map(|kilobytes| kilobytes << 10)
}

/// Lets this process have as many connections as the system allows.
fn raise_own_limit() -> u64 {
    let mut limit = getrlimit(Resource::Nofile);
    limit.current = limit.maximum;
    let _ = setrlimit(Resource::Nofile, limit);
    getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX)
}

// SECURITY-BAR H1
#[test]
fn a_body_over_256_kb_is_refused() {
    let app = App::start();
    let ada = app.user("ada");

    let just = "x".repeat(256 * 1024 - 2);
    let reply = ada.json("POST", "/api/tasks", &json!(just));
    assert_eq!(reply.status, 422, "read, and no task: {}", reply.text);
    for size in [256 * 1024 + 1, 300_000, 8 << 20] {
        let reply = ada.json("POST", "/api/tasks", &json!("x".repeat(size)));
        assert_eq!(reply.status, 413, "{}", reply.text);
        assert_eq!(reply.header("content-type"), Some("application/problem+json"));
        assert_eq!(reply.body["code"], "too_large");
    }
    let declared = app.raw(post(&ada, "content-length: 99999999999\r\n").as_bytes(), 20);
    assert!(declared.starts_with("HTTP/1.1 413"), "{declared}");
    assert_eq!(count_tasks(&ada), 0);
}

// SECURITY-BAR H1
#[test]
fn an_endless_body_is_cut_off() {
    let app = App::start();
    let ada = app.user("ada");
    let mut stream = send(&app, post(&ada, "transfer-encoding: chunked\r\n").as_bytes());
    let chunk = [b"1000\r\n".as_slice(), &[b' '; 4096], b"\r\n"].concat();
    let mut sent = 0;
    while stream.write_all(&chunk).is_ok() {
        sent += chunk.len();
        assert!(sent < 64 << 20, "it reads on and on");
        if sent > 512 << 10 {
            thread::sleep(Duration::from_millis(1));
        }
    }
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    let reply = String::from_utf8_lossy(&reply);
    assert!(reply.is_empty() || reply.starts_with("HTTP/1.1 413"), "{reply}");
    assert_eq!(count_tasks(&ada), 0);
}

// SECURITY-BAR H1, H6: everything slow at once, since each takes its time.
#[test]
fn what_is_slow_is_closed_at_its_deadline() {
    let app = App::start();
    let ada = app.user("ada");
    let head = "GET /healthz HTTP/1.1\r\nhost: docket\r\n";
    let body = post(&ada, "content-length: 1000\r\n");
    let silent = || connect(&app);
    let kept_alive = || {
        let stream = send(&app, format!("{head}\r\n").as_bytes());
        read_reply(&mut BufReader::new(&stream), true);
        stream
    };
    let half_a_head = || send(&app, head.as_bytes());
    let half_a_body = || send(&app, format!("{body}{{\"title\":").as_bytes());
    thread::scope(|scope| {
        // What is dripped, from a beginning, and the deadline with some slack.
        let cases: [(&str, TcpStream, Option<&[u8]>, u64); 6] = [
            ("a silent connection", silent(), None, 35),
            ("a kept connection", kept_alive(), None, 35),
            ("half a head", half_a_head(), None, 35),
            ("a dripping head", half_a_head(), Some(b"x-a: b\r\n"), 35),
            ("half a body", half_a_body(), None, 20),
            ("a dripping body", half_a_body(), Some(b" "), 20),
        ];
        for (what, stream, drip, limit) in cases {
            scope.spawn(move || {
                let begun = Instant::now();
                let reply = drip_until_closed(stream, drip);
                let took = begun.elapsed().as_secs();
                assert!(took < limit, "{what} stayed for {took} s");
                assert!(took > 5, "{what} was closed after {took} s: {reply}");
                assert!(!reply.contains("HTTP/1.1 2"), "{what}: {reply}");
            });
        }
    });
    assert_eq!(count_tasks(&ada), 0);
}

fn drip_until_closed(mut stream: TcpStream, drip: Option<&[u8]>) -> String {
    stream.set_read_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    let mut reply = Vec::new();
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(50) {
        if let Some(drip) = drip {
            // A failure shows in the read as well.
            let _ = stream.write_all(drip);
        }
        let mut buffer = [0; 4096];
        match stream.read(&mut buffer) {
            Ok(0) => break,
            Ok(length) => reply.extend_from_slice(&buffer[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => {}
            Err(_) => break,
        }
    }
    String::from_utf8_lossy(&reply).into_owned()
}

// SECURITY-BAR H5
#[test]
fn a_request_within_a_request_is_never_run() {
    let app = App::start();
    let ada = app.user("ada");
    let title = json!({ "title": "smuggled" }).to_string();
    let inner = format!("{}{title}", post(&ada, &format!("content-length: {}\r\n", title.len())));
    let length = inner.len();
    let chunk = format!("{length:x}");
    for (headers, before) in [
        (format!("content-length: {length}\r\ntransfer-encoding: chunked\r\n"), "0\r\n\r\n".into()),
        (format!("transfer-encoding: chunked\r\ncontent-length: {length}\r\n"), "0\r\n\r\n".into()),
        (format!("content-length: 0\r\ncontent-length: {length}\r\n"), String::new()),
        (format!("content-length: {length}\r\ncontent-length: 0\r\n"), String::new()),
        (format!("content-length: 0, {length}\r\n"), String::new()),
        ("content-length: +0\r\n".into(), String::new()),
        ("content-length: -1\r\n".into(), String::new()),
        ("content-length: 0x0\r\n".into(), String::new()),
        ("content-length: 1e1\r\n".into(), String::new()),
        ("content-length:\r\n".into(), String::new()),
        ("content-length : 0\r\n".into(), String::new()),
        ("content-length: 99999999999999999999999\r\n".into(), String::new()),
        ("transfer-encoding: chunked, identity\r\n".into(), "0\r\n\r\n".into()),
        ("transfer-encoding: identity\r\n".into(), String::new()),
        ("transfer-encoding: xchunked\r\n".into(), "0\r\n\r\n".into()),
        (
            "transfer-encoding: chunked\r\ntransfer-encoding: identity\r\n".into(),
            "0\r\n\r\n".into(),
        ),
        ("transfer-encoding : chunked\r\n".into(), "0\r\n\r\n".into()),
        (" transfer-encoding: chunked\r\n".into(), "0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "-0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "+0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "0x0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "g\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "1\r\nab\r\n0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), "10000000000000000\r\n\r\n0\r\n\r\n".into()),
        ("transfer-encoding: chunked\r\n".into(), format!("{chunk}1\r\n")),
    ] {
        let headers = format!("{headers}connection: keep-alive\r\n");
        let bytes = format!("{}{before}{inner}", post(&ada, &headers));
        let reply = app.raw(bytes.as_bytes(), 1);
        assert!(!reply.contains("HTTP/1.1 201"), "{headers:?} {before:?}: {reply}");
        assert_eq!(count_tasks(&ada), 0, "{headers:?} {before:?}");
    }
}

// SECURITY-BAR H6
#[test]
fn dripping_clients_hold_up_nobody() {
    let app = App::start();
    let ada = app.user("ada");
    let body = post(&ada, "content-length: 1000\r\n");
    let mut drippers: Vec<TcpStream> = (0..150)
        .map(|n| send(&app, if n % 2 == 0 { b"GET / HTTP/1.1\r\n" } else { body.as_bytes() }))
        .collect();
    for number in 0..40 {
        for (n, stream) in drippers.iter_mut().enumerate() {
            stream.write_all(if n % 2 == 0 { b"x: y\r\n" } else { b" " }).expect("still open");
        }
        ada.add(&format!("honest {number}"));
        thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(count_tasks(&ada), 40);
}

// SECURITY-BAR H7
#[test]
fn idle_connections_hold_up_nobody_and_are_cheap() {
    if raise_own_limit() < 2000 {
        eprintln!("too few descriptors here for 1,500 connections");
        return;
    }
    let app = App::under("ulimit -Sn 256", &[]);
    let ada = app.user("ada");
    ada.add("before");
    let before = memory(app.pid());
    let idle: Vec<TcpStream> = (0..1500)
        .map(|n| if n % 2 == 0 { connect(&app) } else { send(&app, b"GET / HTTP/1.1\r\n") })
        .collect();
    for number in 0..50 {
        ada.add(&format!("honest {number}"));
    }
    assert_eq!(count_tasks(&ada), 51);
    if let (Some(before), Some(after)) = (before, memory(app.pid())) {
        assert!(after < before + (150 << 20), "{before} became {after}");
    }
    // They were all accepted and are all still open.
    for stream in &idle {
        stream.set_nonblocking(true).expect("a mode");
        let mut stream = stream;
        let read = stream.read(&mut [0]);
        assert!(read.is_err_and(|error| error.kind() == std::io::ErrorKind::WouldBlock));
    }
}

// SECURITY-BAR H7: nobody lets go of anything, and service returns all the same.
#[test]
fn service_returns_after_descriptors_ran_out() {
    raise_own_limit();
    let app = App::under("ulimit -n 256", &[]);
    let ada = app.user("ada");
    let idle: Vec<TcpStream> = (0..400).map(|_| connect(&app)).collect();

    let begun = Instant::now();
    while !answers(&app) {
        assert!(begun.elapsed() < Duration::from_secs(15), "{}", app.log());
        thread::sleep(Duration::from_millis(200));
    }
    ada.add("served again");
    drop(idle);
    ada.add("and again");
}

/// True if a request is served at all.
fn answers(app: &App) -> bool {
    let Ok(mut stream) = TcpStream::connect(app.address()) else { return false };
    let asked = b"GET /healthz HTTP/1.1\r\nhost: docket\r\nconnection: close\r\n\r\n";
    let mut reply = String::new();
    stream.set_read_timeout(Some(Duration::from_secs(2))).expect("a timeout");
    stream.write_all(asked).is_ok()
        && stream.read_to_string(&mut reply).is_ok()
        && reply.starts_with("HTTP/1.1 200")
}

// SECURITY-BAR H14
#[test]
fn streams_that_never_read_hold_up_no_write_and_are_freed() {
    raise_own_limit();
    let app = App::start();
    let ada = app.user("ada");
    let head = format!(
        "GET /api/events HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\r\n",
        ada.token
    );
    let streams: Vec<TcpStream> = (0..200).map(|_| send(&app, head.as_bytes())).collect();
    let before = memory(app.pid());
    for number in 0..60 {
        let task = json!({ "title": number.to_string(), "description": "x".repeat(16_000) });
        assert_eq!(ada.post("/api/tasks", &task).status, 201);
    }
    if let (Some(before), Some(after)) = (before, memory(app.pid())) {
        assert!(after < before + (100 << 20), "{before} became {after}");
    }
    // They are answered by now, and as many descriptors are in use.
    assert!(open_files(app.pid()).is_none_or(|open| open > 200));
    drop(streams);
    let begun = Instant::now();
    while let Some(open) = open_files(app.pid()).filter(|open| *open > 100) {
        assert!(begun.elapsed() < Duration::from_secs(45), "{open} files are open");
        thread::sleep(Duration::from_millis(200));
    }
    ada.add("goes on");
}

/// How many descriptors a process has; `None` where nothing tells.
fn open_files(pid: u32) -> Option<usize> {
    Some(std::fs::read_dir(format!("/proc/{pid}/fd")).ok()?.count())
}

#[test]
fn replies_without_bodies_leave_the_connection_in_step() {
    let app = App::start();
    let ada = app.user("ada");
    let task = ada.add("buy milk");
    let path = format!("/api/tasks/{}", task["id"].as_str().expect("an id"));
    let etag = ada.get(&path).header("etag").expect("an ETag").to_owned();
    let request = |method: &str, path: &str, headers: &str| {
        format!(
            "{method} {path} HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\
             {headers}\r\n",
            ada.token
        )
    };
    let not_modified = format!("if-none-match: {etag}\r\n");
    let mut stream = connect(&app);
    let mut from = BufReader::new(stream.try_clone().expect("a second handle"));
    let full = ada.get(&path).text.len().to_string();
    for (method, path, headers, status, has_body) in [
        ("HEAD", path.as_str(), "", "200", false),
        ("GET", &path, not_modified.as_str(), "304", false),
        ("HEAD", &path, &not_modified, "304", false),
        ("GET", "/api/nothing", "", "404", true),
        ("HEAD", "/api/nothing", "", "404", false),
        ("DELETE", &path, "", "204", false),
        ("HEAD", "/", "", "200", false),
        ("GET", "/healthz", "", "200", true),
    ] {
        stream.write_all(request(method, path, headers).as_bytes()).expect("it is sent");
        let (head, _) = read_reply(&mut from, has_body);
        assert!(head.starts_with(&format!("HTTP/1.1 {status} ")), "{method} {path}: {head}");
        if method == "HEAD" && status == "200" && path.starts_with("/api/tasks") {
            assert!(head.contains(&format!("content-length: {full}\r\n")), "{head}");
        }
        if status == "204" || status == "304" {
            assert!(!head.contains("transfer-encoding"), "{head}");
        }
    }
}

#[test]
fn pipelined_requests_are_answered_in_order() {
    let app = App::start();
    let ada = app.user("ada");
    let body = json!({ "title": "first" }).to_string();
    let first = format!("{}{body}", post(&ada, &format!("content-length: {}\r\n", body.len())));
    let second = format!(
        "GET /api/tasks HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\r\n",
        ada.token
    );
    let third = "GET /healthz HTTP/1.1\r\nhost: docket\r\nconnection: close\r\n\r\n";

    let stream = send(&app, format!("{first}{second}{third}").as_bytes());
    let mut from = BufReader::new(stream);

    assert!(read_reply(&mut from, true).0.starts_with("HTTP/1.1 201 "));
    let (head, list) = read_reply(&mut from, true);
    assert!(head.starts_with("HTTP/1.1 200 "), "{head}");
    assert!(String::from_utf8_lossy(&list).contains("first"));
    assert_eq!(read_reply(&mut from, true).1, b"ok\n");
    let mut rest = Vec::new();
    from.read_to_end(&mut rest).expect("it is closed");
    assert!(rest.is_empty());
}

// SECURITY-BAR D8, H4: a log that nobody reads any more is no reason to fail.
#[test]
fn a_log_that_cannot_be_written_fails_no_request() {
    let app = App::under("exec 2>/dev/full", &[]);
    let ada = app.user("ada");
    for _ in 0..5 {
        assert_eq!(app.bearer("no.token.atall").get("/api/tasks").status, 401);
    }
    ada.add("works");
}
