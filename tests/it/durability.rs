//! The machine breaks under Docket: power, disk, files, and other processes
//! (SECURITY-BAR, group D).

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App, Person, signal};

/// The issuer of the server's own tokens, which would else follow its port.
const ORIGIN: (&str, &str) = ("DOCKET_BASE_URL", "http://docket.test");

/// Somebody with a token that outlives a restart.
fn lasting_token(app: &App, name: &str) -> String {
    let email = format!("{name}@example.org");
    app.run(&["user", "add", &email]);
    app.run(&["token", "issue", "--user", &email, "--ttl", "1d"]).trim().to_owned()
}

fn docket(dir: &Path, arguments: &[&str]) -> Output {
    app::command(dir, &[]).args(arguments).stdin(Stdio::null()).output().expect("docket runs")
}

fn database(dir: &Path) -> PathBuf {
    dir.join("docket.db")
}

fn wal_size(dir: &Path) -> u64 {
    fs::metadata(dir.join("docket.db-wal")).map_or(0, |wal| wal.len())
}

/// A directory with a server's data in it, at rest: `tasks` tasks of Ada's.
fn data_at_rest(tasks: usize) -> (TempDir, String) {
    let mut app = App::with(&[ORIGIN]);
    let token = lasting_token(&app, "ada");
    let ada = app.bearer(&token);
    for number in 0..tasks {
        let long = "words ".repeat(200);
        let task = json!({ "title": format!("task {number}"), "description": long });
        assert_eq!(ada.post("/api/tasks", &task).status, 201);
    }
    assert_eq!(app.stop(), Some(0));
    let dir = std::mem::replace(&mut app.dir, TempDir::new().expect("a directory"));
    (dir, token)
}

/// Checks a copy, so that the server itself has to recover the original.
fn assert_sound(dir: &Path) {
    let copy = TempDir::new().expect("a directory");
    for name in ["docket.db", "docket.db-wal"] {
        if dir.join(name).exists() {
            fs::copy(dir.join(name), copy.path().join(name)).expect("a copy");
        }
    }
    let conn = Connection::open(database(copy.path())).expect("it opens");
    let verdict: String =
        conn.pragma_query_value(None, "integrity_check", |row| row.get(0)).expect("a verdict");
    assert_eq!(verdict, "ok");
    let mut strays = conn.prepare("pragma foreign_key_check").expect("a statement");
    assert!(!strays.exists([]).expect("an answer"), "a row without its parent");
}

/// What a task may be after a crash: its title, or `None` if it is not there.
type Allowed = Vec<Option<String>>;

/// Writes until the server is gone, noting before each request what it may
/// lead to and after each answer what it did lead to.
fn write_until_killed(person: &Person, writer: usize, round: usize) -> BTreeMap<String, Allowed> {
    let mut notes: BTreeMap<String, Allowed> = BTreeMap::new();
    for number in 0.. {
        let id = uuid::Uuid::now_v7().to_string();
        let path = format!("/api/tasks/{id}");
        let first = format!("round {round} writer {writer} task {number}");
        let second = format!("{first}, changed");
        let mut steps = vec![("PUT", Some(first)), ("PATCH", Some(second))];
        if number % 3 == 0 {
            steps.push(("DELETE", None));
        }
        let mut known = None;
        for (method, next) in steps {
            notes.insert(id.clone(), vec![known.clone(), next.clone()]);
            let body = next.as_ref().map(|title| json!({ "title": title }).to_string());
            let Some(status) = attempt(person, method, &path, body.as_deref()) else {
                return notes;
            };
            assert!((200..300).contains(&status), "{method} answered {status}");
            notes.insert(id.clone(), vec![next.clone()]);
            known = next;
        }
    }
    notes
}

/// The status of a request, or `None` if the server went away before it
/// answered. A status line that is there was sent after the commit.
fn attempt(person: &Person, method: &str, path: &str, body: Option<&str>) -> Option<u16> {
    let address = person.address();
    let mut stream = TcpStream::connect(address).ok()?;
    let body = body.unwrap_or_default();
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: {address}\r\nconnection: close\r\n\
         authorization: Bearer {}\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        person.token,
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    let mut reply = Vec::new();
    let _ = stream.read_to_end(&mut reply);
    std::str::from_utf8(reply.get(9..12)?).ok()?.parse().ok()
}

// SECURITY-BAR D1, D2, D3, D4
#[test]
fn what_was_acknowledged_survives_every_kill() {
    let mut app = App::with(&[ORIGIN]);
    let tokens: Vec<String> = (0..4).map(|n| lasting_token(&app, &format!("writer{n}"))).collect();
    let keys = app.get("/api/auth/jwks").body;
    let mut notes: Vec<BTreeMap<String, Allowed>> = vec![BTreeMap::new(); tokens.len()];
    for round in 0..20 {
        let people: Vec<Person> = tokens.iter().map(|token| app.bearer(token)).collect();
        let fresh: Vec<BTreeMap<String, Allowed>> = thread::scope(|scope| {
            let writers: Vec<_> = people
                .iter()
                .enumerate()
                .map(|(writer, person)| {
                    scope.spawn(move || write_until_killed(person, writer, round))
                })
                .collect();
            thread::sleep(Duration::from_millis(rand_below(250)));
            signal(app.pid(), "KILL");
            writers.into_iter().map(|writer| writer.join().expect("a writer")).collect()
        });
        app.wait();
        assert_sound(app.dir.path());

        let begun = Instant::now();
        app = app.kill_and_restart();
        assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
        assert_eq!(app.get("/api/auth/jwks").body, keys);
        for ((known, fresh), token) in notes.iter_mut().zip(fresh).zip(&tokens) {
            check(&app.bearer(token), fresh, known);
        }
    }
    let total: usize = notes.iter().map(BTreeMap::len).sum();
    assert!(total > 100, "the writers hardly wrote: {total}");
    for (known, token) in notes.into_iter().zip(&tokens) {
        check(&app.bearer(token), known, &mut BTreeMap::new());
    }
}

/// Compares the server with the notes, and keeps what it turned out to be.
fn check(person: &Person, notes: BTreeMap<String, Allowed>, known: &mut BTreeMap<String, Allowed>) {
    for (id, allowed) in notes {
        let reply = person.get(&format!("/api/tasks/{id}"));
        let found = match reply.status {
            200 => Some(reply.body["title"].as_str().expect("a title").to_owned()),
            404 => None,
            other => panic!("{id} answered {other}"),
        };
        assert!(allowed.contains(&found), "{id} is {found:?}, not one of {allowed:?}");
        known.insert(id, vec![found]);
    }
}

fn rand_below(limit: u64) -> u64 {
    let mut bytes = [0; 8];
    getrandom::fill(&mut bytes).expect("the system has randomness");
    u64::from_le_bytes(bytes) % limit
}

// SECURITY-BAR D5
#[test]
fn killed_during_its_first_start_it_starts_cleanly() {
    for moment in [0, 1, 2, 3, 4, 6, 8, 10, 12, 15, 20, 30, 50] {
        let dir = TempDir::new().expect("a directory");
        let mut child = app::command(dir.path(), &[])
            .args(["serve", "--port", "0"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docket starts");
        thread::sleep(Duration::from_millis(moment));
        child.kill().expect("it runs");
        child.wait().expect("it ends");

        let mut app = App::on_under(dir, &[], "true");
        assert_eq!(app.get("/api/auth/jwks").body["keys"].as_array().map(Vec::len), Some(1));
        assert_eq!(app.user("ada").get("/api/tasks").status, 200);
        assert_eq!(app.stop(), Some(0));
        assert_sound(app.dir.path());
    }
}

// SECURITY-BAR D6
#[test]
fn asked_to_stop_it_finishes_what_has_begun_and_nothing_else() {
    thread::scope(|scope| {
        for name in ["TERM", "INT"] {
            scope.spawn(move || stops_well(name));
        }
    });
}

fn stops_well(name: &str) {
    let mut app = App::start();
    let ada = app.user("ada");
    let bearer = format!("authorization: Bearer {}\r\n", ada.token);
    let send = |text: &str| {
        let mut stream = TcpStream::connect(app.address()).expect("a connection");
        stream.write_all(text.as_bytes()).expect("it is sent");
        stream
    };
    let events = send(&format!("GET /api/events HTTP/1.1\r\nhost: docket\r\n{bearer}\r\n"));
    let idle = send("GET /healthz HTTP/1.1\r\nhost: docket\r\n\r\n");
    let fresh = send("");
    for stream in [&events, &idle] {
        let mut line = String::new();
        BufReader::new(stream).read_line(&mut line).expect("a status line");
        assert_eq!(line, "HTTP/1.1 200 OK\r\n");
    }
    let body = json!({ "title": "in flight" }).to_string();
    let (begin, rest) = body.split_at(5);
    let mut in_flight = send(&format!(
        "POST /api/tasks HTTP/1.1\r\nhost: docket\r\n{bearer}content-type: application/json\r\n\
         content-length: {}\r\n\r\n{begin}",
        body.len()
    ));
    // The head must have been read, else there is no request yet.
    thread::sleep(Duration::from_millis(500));

    let begun = Instant::now();
    signal(app.pid(), name);
    thread::sleep(Duration::from_millis(500));
    in_flight.write_all(rest.as_bytes()).expect("it is sent");
    let mut reply = String::new();
    in_flight.read_to_string(&mut reply).expect("an answer");
    assert!(reply.starts_with("HTTP/1.1 201"), "{reply}");
    assert_eq!(app.wait(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(9), "{name} took {:?}", begun.elapsed());
    assert!(!app.dir.path().join("docket.db-wal").exists());
    assert!(!app.dir.path().join("docket.db-shm").exists());
    drop(fresh);
}

// SECURITY-BAR D6
#[test]
fn a_head_that_never_ends_does_not_keep_it_from_stopping() {
    let mut app = App::start();
    let mut stream = TcpStream::connect(app.address()).expect("a connection");
    stream.write_all(b"GET / HTTP/1.1\r\nhost: do").expect("it is sent");
    thread::sleep(Duration::from_millis(300));

    let begun = Instant::now();
    assert_eq!(app.stop(), Some(0));
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(!app.dir.path().join("docket.db-wal").exists());
}

/// A small disk of its own, where the system lets us have one.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    pub fn mount(at: &Path, options: &str) -> Option<SmallDisk> {
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", options, "tmpfs"]).arg(at).output();
        let mounted = mount.is_ok_and(|output| output.status.success());
        mounted.then(|| SmallDisk(at.to_owned()))
    }

    fn remount(&self, options: &str) {
        let status =
            Command::new("mount").args(["-o", &format!("remount,{options}")]).arg(&self.0).status();
        assert!(status.expect("mount runs").success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
        let _ = fs::remove_dir(&self.0);
    }
}

/// Adds tasks until one is refused; gives the titles acknowledged and the refusal.
fn add_until_refused(person: &Person, label: &str) -> (Vec<String>, app::Reply) {
    let mut titles = Vec::new();
    for number in 0..20_000 {
        let title = format!("{label} {number}");
        let task = json!({ "title": title, "description": "x".repeat(8000) });
        let reply = person.post("/api/tasks", &task);
        if reply.status != 201 {
            return (titles, reply);
        }
        titles.push(title);
    }
    panic!("the disk never filled");
}

/// Everything that a person has not thrown away, in the order it was made.
pub fn titles_of(person: &Person) -> Vec<String> {
    let mut titles = Vec::new();
    let mut path = "/api/tasks?limit=200&sort=created_at".to_owned();
    loop {
        let reply = person.get(&path);
        assert_eq!(reply.status, 200, "{}", reply.text);
        for item in reply.body["items"].as_array().expect("items") {
            titles.push(item["title"].as_str().expect("a title").to_owned());
        }
        match &reply.body["next_cursor"] {
            Value::String(cursor) => {
                path = format!("/api/tasks?limit=200&sort=created_at&cursor={cursor}");
            }
            _ => return titles,
        }
    }
}

fn assert_refused_as_full(reply: &app::Reply) {
    assert!(matches!(reply.status, 503 | 507), "{} {}", reply.status, reply.text);
    assert_eq!(reply.header("content-type"), Some("application/problem+json"));
    assert!(reply.body["code"].is_string(), "{}", reply.text);
}

// SECURITY-BAR D7. The log is on the full disk too.
#[test]
fn a_full_disk_refuses_writes_loses_nothing_and_recovers() {
    let dir = TempDir::new().expect("a directory");
    let Some(disk) = SmallDisk::mount(dir.path(), "size=4m,mode=700") else {
        eprintln!("no disk of our own here; a_failing_write_... covers the rest");
        return;
    };
    let app = App::on_under(dir, &[], "true");
    let ada = app.user("ada");
    let (mut titles, refused) = add_until_refused(&ada, "task");
    assert_refused_as_full(&refused);
    // Whatever room is left goes too, the log's included.
    let filler = app.dir.path().join("filler");
    let _ = fs::write(&filler, vec![0; 4 << 20]);
    let (more, refused) = add_until_refused(&ada, "again");
    assert_refused_as_full(&refused);
    titles.extend(more);
    for _ in 0..20 {
        // A small one may still fit where the log begins anew; what is
        // acknowledged must be there.
        match ada.post("/api/tasks", &json!({ "title": "small" })) {
            reply if reply.status == 201 => titles.push("small".to_owned()),
            reply => assert_refused_as_full(&reply),
        }
        assert_eq!(app.get("/api/me").status, 401);
    }
    assert_eq!(titles_of(&ada), titles);
    assert_eq!(app.get("/healthz").status, 200);
    let _ = fs::write(&filler, vec![0; 8 << 20]);
    assert_eq!(app.get("/readyz").status, 503);

    disk.remount("size=16m");
    assert_eq!(app.get("/readyz").status, 200);
    let more = ada.post("/api/tasks", &json!({ "title": "room again" }));
    assert_eq!(more.status, 201, "{}\n{}", more.text, app.log());
    titles.push("room again".to_owned());
    assert_eq!(titles_of(&ada), titles);
    let app = app.kill_and_restart();
    assert_eq!(titles_of(&renew(&app)), titles);
    assert_sound(app.dir.path());
}

/// Ada again, after a restart on another port.
fn renew(app: &App) -> Person {
    let token = app.run(&["token", "issue", "--user", "ada@example.org"]);
    app.bearer(token.trim())
}

// SECURITY-BAR D7, D8: EFBIG is an I/O error to SQLite.
#[test]
fn a_failing_write_is_refused_loses_nothing_and_recovers() {
    if Command::new("prlimit").arg("--version").output().is_err() {
        return;
    }
    let app = App::under("trap '' XFSZ; ulimit -S -f 6000", &[]);
    let ada = app.user("ada");
    let (mut titles, refused) = add_until_refused(&ada, "task");
    assert_refused_as_full(&refused);
    for _ in 0..5 {
        // A small one may still fit; what is acknowledged must be there.
        let title = "small".to_owned();
        match ada.post("/api/tasks", &json!({ "title": title })) {
            reply if reply.status == 201 => titles.push(title),
            reply => assert_refused_as_full(&reply),
        }
    }
    assert_eq!(titles_of(&ada), titles);

    let raised = Command::new("prlimit")
        .args(["--pid", &app.pid().to_string(), "--fsize=unlimited"])
        .status();
    assert!(raised.expect("prlimit runs").success());
    let more = ada.post("/api/tasks", &json!({ "title": "works again" }));
    assert_eq!(more.status, 201, "{}", more.text);
    titles.push("works again".to_owned());
    let app = app.kill_and_restart();
    assert_eq!(titles_of(&renew(&app)), titles);
    assert_sound(app.dir.path());
}

/// Runs a server that must not start, and gives what it said.
fn refused_start(dir: &Path) -> String {
    let output = docket(dir, &["serve", "--port", "0"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(output.stdout.is_empty());
    assert!(!said.contains("panicked"), "{said}");
    assert!(said.starts_with("docket: ") && said.lines().count() == 1, "{said}");
    said
}

// SECURITY-BAR D9
#[test]
fn a_file_in_place_of_the_data_directory_is_named() {
    let dir = TempDir::new().expect("a directory");
    let file = dir.path().join("file");
    fs::write(&file, "mine").expect("a file");

    let said = refused_start(&file);
    assert!(said.contains("is a file; name a directory"), "{said}");
    assert!(said.contains(file.to_str().expect("UTF-8")), "{said}");
    let said = refused_start(&file.join("below"));
    assert!(said.contains("cannot make the data directory"), "{said}");
    assert_eq!(fs::read(&file).expect("a file"), b"mine");
}

// SECURITY-BAR D9
#[test]
fn a_directory_in_place_of_the_database_is_named() {
    let dir = TempDir::new().expect("a directory");
    fs::create_dir(database(dir.path())).expect("a directory");

    let said = refused_start(dir.path());
    assert!(said.contains("docket.db") && said.contains("directory"), "{said}");
}

// SECURITY-BAR D9
#[test]
fn a_read_only_disk_is_named() {
    let dir = TempDir::new().expect("a directory");
    let Some(disk) = SmallDisk::mount(dir.path(), "size=8m,mode=700") else { return };
    let empty = dir.path().join("empty");
    fs::create_dir(&empty).expect("a directory");
    fs::set_permissions(&empty, fs::Permissions::from_mode(0o700)).expect("a mode");
    let mut app = App::on_under(dir, &[], "true");
    app.user("ada").add("buy milk");
    assert_eq!(app.stop(), Some(0));
    disk.remount("ro");

    for place in [app.dir.path(), &empty, &empty.join("deeper")] {
        let said = refused_start(place);
        assert!(said.contains("Read-only file system"), "{said}");
    }
}

// SECURITY-BAR D9: the owner of these bits is not root, who ignores them.
#[test]
fn a_missing_permission_is_named() {
    let dir = TempDir::new().expect("a directory");
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).expect("a mode");
    if fs::write(dir.path().join("probe"), "").is_ok() {
        return;
    }
    let said = refused_start(dir.path());
    assert!(said.contains("Permission denied"), "{said}");
}

// SECURITY-BAR D9: the cause is named, and nobody is told to restore what is sound.
#[test]
fn a_database_that_cannot_be_written_to_is_not_called_damaged() {
    let (dir, _) = data_at_rest(1);
    let is_root = rustix::process::geteuid().is_root();
    for entry in fs::read_dir(dir.path()).expect("a directory").flatten() {
        if is_root {
            std::os::unix::fs::chown(entry.path(), Some(65_534), Some(65_534)).expect("an owner");
        }
    }
    if is_root {
        std::os::unix::fs::chown(dir.path(), Some(65_534), Some(65_534)).expect("an owner");
    }
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o500)).expect("a mode");
    let mut command = app::command(dir.path(), &[]);
    if is_root {
        std::os::unix::process::CommandExt::uid(&mut command, 65_534);
    }
    let output = command.args(["user", "list"]).output().expect("docket runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("read-only or somebody else's"), "{said}");
    assert!(!said.contains("Restore"), "{said}");
}

#[test]
fn a_data_directory_is_named_as_in_a_shell() {
    let place = TempDir::new().expect("a directory");
    for name in ["data", "data/", "./more", "a/b"] {
        let mut command = app::command(place.path(), &[]);
        let output = command
            .args(["user", "list", "--data-dir", name])
            .current_dir(place.path())
            .output()
            .expect("docket runs");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        assert!(database(&place.path().join(name)).exists(), "{name}");
    }
}

// SECURITY-BAR D10: an empty file beside a secret was a database; without one it may
// be from a first start that was killed (D5).
#[test]
fn a_database_that_was_emptied_is_not_begun_anew() {
    let (dir, _) = data_at_rest(1);
    fs::write(database(dir.path()), "").expect("a file");
    let said = refused_start(dir.path());
    assert!(said.contains("it is empty, and the docket.secret beside it is not"), "{said}");
    fs::remove_file(dir.path().join("docket.secret")).expect("a file");
    assert!(docket(dir.path(), &["user", "list"]).status.success());
}

// SECURITY-BAR D10
#[test]
fn a_damaged_or_foreign_database_is_refused_as_it_is() {
    let (good, _) = data_at_rest(50);
    let whole = fs::read(database(good.path())).expect("a database");
    let foreign = TempDir::new().expect("a directory");
    let theirs = foreign.path().join("theirs.db");
    Connection::open(&theirs)
        .and_then(|conn| {
            conn.execute_batch("create table theirs (a); insert into theirs values (1)")
        })
        .expect("another program's file");

    for (what, bytes) in [
        ("garbage", b"not a database at all ".repeat(500)),
        ("a few bytes", b"oops".to_vec()),
        ("half a header", whole[..50].to_vec()),
        ("cut short", whole[..whole.len() / 2].to_vec()),
        ("cut within a page", whole[..whole.len() - 100].to_vec()),
        ("a broken first page", [&whole[..100], &vec![0xa5; 3996], &whole[4096..]].concat()),
        ("another program's", fs::read(&theirs).expect("a file")),
    ] {
        let dir = TempDir::new().expect("a directory");
        fs::write(database(dir.path()), &bytes).expect("a file");
        let said = refused_start(dir.path());
        assert!(said.contains("docket.db is not a usable Docket database"), "{what}: {said}");
        assert!(said.contains("left as it is"), "{what}: {said}");
        assert!(docket(dir.path(), &["user", "list"]).status.code() == Some(1), "{what}");
        assert!(fs::read(database(dir.path())).expect("a file") == bytes, "{what} was changed");
        let others: Vec<_> = fs::read_dir(dir.path())
            .expect("a directory")
            .map(|entry| entry.expect("an entry").file_name())
            .filter(|name| name != "docket.db" && name != "server.lock")
            .collect();
        assert!(others.is_empty(), "{what}: left {others:?}");
    }
}

// SECURITY-BAR D10: also what lies in its write-ahead log.
#[test]
fn another_programs_log_is_not_folded_into_its_file() {
    let dir = TempDir::new().expect("a directory");
    let live = TempDir::new().expect("a directory");
    let conn = Connection::open(database(live.path())).expect("it opens");
    conn.execute_batch(
        "pragma journal_mode = wal; create table theirs (a); insert into theirs values (1)",
    )
    .expect("another program's file");
    for name in ["docket.db", "docket.db-wal"] {
        fs::copy(live.path().join(name), dir.path().join(name)).expect("a copy");
    }
    let before = ["docket.db", "docket.db-wal"].map(|name| fs::read(dir.path().join(name)).ok());

    let said = refused_start(dir.path());
    assert!(said.contains("another program made it"), "{said}");
    let after = ["docket.db", "docket.db-wal"].map(|name| fs::read(dir.path().join(name)).ok());
    assert!(before == after, "it was changed");
}

// SECURITY-BAR D10
#[test]
fn a_damaged_page_is_an_error_and_never_an_empty_database() {
    let (dir, token) = data_at_rest(300);
    let mut bytes = fs::read(database(dir.path())).expect("a database");
    let (page, pages) = (4096, bytes.len() / 4096);
    assert!(pages > 60, "{pages}");
    // Every other page of the middle half.
    for number in (pages / 4..pages * 3 / 4).step_by(2) {
        bytes[number * page..(number + 1) * page].fill(0xa5);
    }
    fs::write(database(dir.path()), &bytes).expect("a file");

    let output = app::command(dir.path(), &[(ORIGIN.0.into(), ORIGIN.1.into())])
        .args(["migrate"])
        .output()
        .expect("docket runs");
    if !output.status.success() {
        return;
    }
    let mut app = App::on_under(dir, &[ORIGIN], "true");
    let ada = app.bearer(&token);
    let mut failures = 0;
    for path in ["/api/tasks?limit=200", "/api/tasks?q=nothing", "/api/lists", "/api/changes"] {
        let reply = ada.get(path);
        match reply.status {
            200 => {}
            500..=599 => {
                failures += 1;
                assert_eq!(reply.header("content-type"), Some("application/problem+json"));
                assert!(!reply.text.contains("malformed"), "{}", reply.text);
            }
            other => panic!("{path} answered {other}"),
        }
    }
    assert!(failures > 0, "half of the pages are damaged");
    assert_eq!(app.stop(), Some(0));
    let after = fs::metadata(database(app.dir.path())).expect("a file").len();
    assert!(after >= bytes.len() as u64, "it was replaced");
}

// SECURITY-BAR D11
#[test]
fn a_newer_schema_is_refused_untouched() {
    for journal in ["wal", "delete"] {
        let (dir, _) = data_at_rest(3);
        let conn = Connection::open(database(dir.path())).expect("it opens");
        conn.pragma_update(None, "user_version", 999).expect("a newer one");
        conn.pragma_update_and_check(None, "journal_mode", journal, |_| Ok(())).expect("a mode");
        drop(conn);
        let before = fs::read(database(dir.path())).expect("a database");

        let said = refused_start(dir.path());
        assert!(said.contains("schema version 999") && said.contains("newer"), "{said}");
        assert_eq!(docket(dir.path(), &["migrate"]).status.code(), Some(1));
        assert!(fs::read(database(dir.path())).expect("a database") == before, "{journal}");
    }
}

// SECURITY-BAR D12
#[test]
fn a_second_server_is_refused_and_commands_work_beside_the_first() {
    let app = App::start();
    let said = refused_start(app.dir.path());
    assert!(said.contains("another docket serves"), "{said}");

    let ada = app.user("ada");
    assert_eq!(ada.get("/api/me").status, 200);
    assert!(app.run(&["user", "list"]).contains("ada@example.org"));
    assert!(app.run(&["migrate", "status"]).contains("pending   none"));
    app.run(&["key", "rotate"]);
    assert_eq!(ada.get("/api/me").status, 200);

    // No lock is left behind.
    let app = app.kill_and_restart();
    assert_eq!(app.get("/readyz").status, 200);
}

// SECURITY-BAR D13
#[test]
fn writers_of_every_kind_wait_their_turn() {
    let app = App::start();
    let people: Vec<Person> = (0..8).map(|n| app.user(&format!("person{n}"))).collect();
    let stop = AtomicBool::new(false);
    let written = AtomicUsize::new(0);
    thread::scope(|scope| {
        for person in &people {
            let (stop, written) = (&stop, &written);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let task = person.add("one of many");
                    let path = format!("/api/tasks/{}", task["id"].as_str().expect("an id"));
                    let reply = person.patch(&path, &json!({ "completed": true }));
                    assert_eq!(reply.status, 200, "{}", reply.text);
                    assert_eq!(person.delete(&path).status, 204);
                    written.fetch_add(3, Ordering::Relaxed);
                }
            });
        }
        let commands: Vec<_> = (0..3)
            .map(|process| {
                let app = &app;
                scope.spawn(move || {
                    for number in 0..6 {
                        let email = format!("new{process}x{number}@example.org");
                        app.run(&["user", "add", &email]);
                        app.run(&["token", "issue", "--user", &email]);
                        app.run(&["user", "disable", &email]);
                    }
                })
            })
            .collect();
        let done: Vec<_> = commands.into_iter().map(thread::ScopedJoinHandle::join).collect();
        stop.store(true, Ordering::Relaxed);
        assert!(done.iter().all(Result::is_ok), "a command failed");
    });
    assert!(written.into_inner() > 50);
    assert!(!app.log().contains("busy"), "{}", app.log());
}

// SECURITY-BAR D13: somebody holds the lock beyond all patience.
#[test]
fn a_lock_that_is_held_too_long_is_a_503_once_and_for_all_who_wait() {
    let app = App::start();
    let ada = app.user("ada");
    let conn = Connection::open(database(app.dir.path())).expect("it opens");
    conn.execute_batch("begin immediate").expect("the lock");
    let begun = Instant::now();
    thread::scope(|scope| {
        for _ in 0..6 {
            let ada = &ada;
            scope.spawn(move || {
                let reply = ada.post("/api/tasks", &json!({ "title": "waits" }));
                assert_eq!(reply.status, 503, "{}", reply.text);
                assert!(reply.header("retry-after").is_some());
            });
        }
        assert_eq!(ada.get("/api/tasks").status, 200);
    });
    assert!(begun.elapsed() < Duration::from_secs(25), "waits add up: {:?}", begun.elapsed());
    conn.execute_batch("rollback").expect("it ends");
    drop(conn);
    assert_eq!(ada.post("/api/tasks", &json!({ "title": "goes on" })).status, 201);
    assert_eq!(titles_of(&ada), ["goes on"]);
}

// SECURITY-BAR D14
#[test]
fn the_log_stays_short_while_many_write_read_and_listen() {
    let app = App::start();
    let people: Vec<Person> = (0..4).map(|n| app.user(&format!("person{n}"))).collect();
    let readers: Vec<Person> = (0..3).map(|n| app.user(&format!("reader{n}"))).collect();
    let words = "many words without the one that is sought ".repeat(380);
    for reader in &readers {
        for _ in 0..60 {
            let task = json!({ "title": "long", "description": words });
            assert_eq!(reader.post("/api/tasks", &task).status, 201);
        }
    }
    let streams: Vec<TcpStream> = people.iter().cycle().take(20).map(listen).collect();
    let stop = AtomicBool::new(false);
    let written = AtomicUsize::new(0);
    let mut longest = 0;
    thread::scope(|scope| {
        for person in &people {
            let (stop, written, words) = (&stop, &written, &words);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let task = json!({ "title": "long", "description": words });
                    let reply = person.post("/api/tasks", &task);
                    assert_eq!(reply.status, 201, "{}", reply.text);
                    written.fetch_add(words.len(), Ordering::Relaxed);
                }
            });
        }
        for reader in &readers {
            let stop = &stop;
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    assert_eq!(reader.get("/api/tasks?q=absent").status, 200);
                }
            });
        }
        // Each megabyte of text is four in the log.
        while written.load(Ordering::Relaxed) < 30 << 20 {
            longest = longest.max(wal_size(app.dir.path()));
            thread::sleep(Duration::from_millis(20));
        }
        stop.store(true, Ordering::Relaxed);
    });
    assert!(longest < 64 << 20, "the log grew to {longest} bytes");
    drop(streams);
}

/// An open event stream that nobody reads.
fn listen(person: &Person) -> TcpStream {
    let mut stream = TcpStream::connect(person.address()).expect("a connection");
    let head = format!(
        "GET /api/events HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\r\n",
        person.token
    );
    stream.write_all(head.as_bytes()).expect("it is sent");
    stream
}

// SECURITY-BAR D16
#[test]
fn everything_is_closed_to_others_whatever_the_umask() {
    let outside = TempDir::new().expect("a directory");
    let dir = outside.path().join("a").join("b");
    let settings = [("DOCKET_DATA_DIR", dir.to_str().expect("UTF-8"))];
    let app = App::under("umask 000", &settings);
    app.run(&["user", "add", "ada@example.org"]);

    assert_eq!(mode(&dir), 0o700);
    let mut names = Vec::new();
    for entry in fs::read_dir(&dir).expect("a directory") {
        let path = entry.expect("an entry").path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().expect("a name").to_string_lossy().into_owned());
    }
    for name in ["docket.db", "docket.db-wal", "docket.db-shm", "server.lock"] {
        assert!(names.iter().any(|found| found == name), "{name} not in {names:?}");
    }
}

// SECURITY-BAR D16: also what was open before.
#[test]
fn a_directory_that_was_open_to_others_is_closed() {
    let (dir, _) = data_at_rest(1);
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).expect("a mode");
    fs::set_permissions(database(dir.path()), fs::Permissions::from_mode(0o644)).expect("a mode");

    let app = App::on_under(dir, &[], "umask 000");

    assert_eq!(mode(app.dir.path()), 0o700);
    for name in ["docket.db", "docket.db-wal", "docket.db-shm"] {
        assert_eq!(mode(&app.dir.path().join(name)), 0o600, "{name}");
    }
}

/// The permission bits of a file.
pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("it is there").permissions().mode() & 0o7777
}

#[test]
fn one_failing_write_does_not_undo_its_neighbours() {
    let app = App::start();
    let people: Vec<Person> = (0..12).map(|n| app.user(&format!("person{n}"))).collect();
    thread::scope(|scope| {
        for (number, person) in people.iter().enumerate() {
            scope.spawn(move || {
                for round in 0..25 {
                    if number % 2 == 0 {
                        person.add(&format!("good {round}"));
                    } else {
                        let nowhere = uuid::Uuid::now_v7().to_string();
                        let task = json!({ "title": "bad", "list_id": nowhere });
                        let status = person.post("/api/tasks", &task).status;
                        assert!((400..500).contains(&status), "{status}");
                    }
                }
            });
        }
    });
    for (number, person) in people.iter().enumerate() {
        let expected = if number % 2 == 0 { 25 } else { 0 };
        assert_eq!(titles_of(person).len(), expected, "person {number}");
    }
}
