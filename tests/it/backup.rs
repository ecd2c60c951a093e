//! Backups: proven before they count, made while people write, and put back
//! whole (SECURITY-BAR D1, D7, D12, D14 to D17).

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App, Person};
use crate::browser::Browser;
use crate::durability::{SmallDisk, mode, titles_of};

/// The issuer of the server's own tokens, which would else follow its port.
const ORIGIN: (&str, &str) = ("DOCKET_BASE_URL", "http://docket.test");

fn docket(dir: &Path, arguments: &[&str]) -> Output {
    app::command(dir, &[]).args(arguments).stdin(Stdio::null()).output().expect("docket runs")
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn done(output: &Output) -> String {
    assert!(output.status.success(), "{}", said(output));
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// Makes a backup and gives its path.
fn back_up(dir: &Path) -> PathBuf {
    let output = docket(dir, &["backup", "now"]);
    // In a pipe there is nothing but what is said.
    assert!(!said(&output).contains('\u{1b}') && !said(&output).contains('%'), "{}", said(&output));
    PathBuf::from(done(&output))
}

fn verify(dir: &Path, file: &Path) -> (Option<i32>, String) {
    let output = docket(dir, &["backup", "verify", file.to_str().expect("UTF-8")]);
    (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
}

fn listed(dir: &Path) -> Vec<Value> {
    let text = done(&docket(dir, &["backup", "list", "--json"]));
    serde_json::from_str::<Value>(&text).expect("JSON").as_array().expect("a list").clone()
}

fn names(dir: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(dir) else { return Vec::new() };
    let name = |entry: fs::DirEntry| entry.file_name().to_string_lossy().into_owned();
    let mut names: Vec<String> = entries.map(|entry| name(entry.expect("an entry"))).collect();
    names.sort();
    names
}

fn backups_in(dir: &Path) -> PathBuf {
    dir.join("backups")
}

/// Ada, with a token that outlives a restart, and some tasks.
fn ada(app: &App, tasks: usize) -> Person {
    app.run(&["user", "add", "ada@example.org"]);
    let token = app.run(&["token", "issue", "--user", "ada@example.org", "--ttl", "1d"]);
    let ada = app.bearer(token.trim());
    for number in 0..tasks {
        ada.add(&format!("task {number}"));
    }
    ada
}

/// A directory at rest with so many tasks of Ada's in it.
fn at_rest(tasks: usize) -> TempDir {
    let mut app = App::with(&[ORIGIN]);
    ada(&app, tasks);
    assert_eq!(app.stop(), Some(0));
    std::mem::replace(&mut app.dir, TempDir::new().expect("a directory"))
}

fn small_numbers(mut seed: u64) -> impl FnMut(u64) -> u64 {
    // Knuth's MMIX generator: the same bytes in every run.
    move |limit| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (seed >> 33) % limit
    }
}

// SECURITY-BAR D15
#[test]
fn a_backup_is_made_beside_a_server_and_without_one_and_is_listed() {
    let mut app = App::start();
    ada(&app, 3);
    let beside = back_up(app.dir.path());
    assert_eq!(app.stop(), Some(0));
    let without = back_up(app.dir.path());

    let listed = listed(app.dir.path());
    assert_eq!(listed.len(), 2);
    assert_eq!(listed[0]["file"], without.to_str().expect("UTF-8"));
    assert_eq!((&listed[1]["tasks"], &listed[1]["accounts"]), (&json!(3), &json!(1)));
    // Nothing was written in between.
    assert_eq!(listed[0]["content_sha256"], listed[1]["content_sha256"]);
    for file in [beside, without] {
        assert_eq!(verify(app.dir.path(), &file).0, Some(0));
    }
    assert_eq!(names(app.dir.path()).iter().filter(|name| name.contains("-wal")).count(), 0);
}

// SECURITY-BAR D15: acknowledged before it began is in it, however many write.
#[test]
fn a_backup_holds_what_was_acknowledged_before_it_began() {
    let app = App::start();
    let people: Vec<Person> = (0..4).map(|n| app.user(&format!("person{n}"))).collect();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        for person in &people {
            let stop = &stop;
            scope.spawn(move || {
                let mut number = 0;
                while !stop.load(Ordering::Relaxed) {
                    person.add(&format!("task {number}"));
                    number += 1;
                }
            });
        }
        let _stop = StopAtEnd(&stop);
        for _ in 0..3 {
            let before: Vec<usize> = people.iter().map(|person| titles_of(person).len()).collect();
            let file = back_up(app.dir.path());
            let copy = copy_of(&file);
            let conn = rusqlite::Connection::open(copy.path().join("docket.db")).expect("it opens");
            for (person, before) in people.iter().zip(before) {
                let sql = "select count(*) from tasks join users using (owner) where users.id = ?1";
                let kept: i64 =
                    conn.query_row(sql, [person.id.as_str()], |row| row.get(0)).expect("a number");
                assert!(kept >= i64::try_from(before).expect("few"), "{kept} of {before}");
            }
            assert_eq!(verify(app.dir.path(), &file).0, Some(0));
        }
    });
}

/// Ends what others do once it is dropped, by a failed assertion too.
struct StopAtEnd<'a>(&'a AtomicBool);

impl Drop for StopAtEnd<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// A directory whose database is a copy of this one.
fn copy_of(file: &Path) -> TempDir {
    let dir = TempDir::new().expect("a directory");
    fs::copy(file, dir.path().join("docket.db")).expect("a copy");
    dir
}

#[test]
fn a_backup_with_any_byte_flipped_is_never_verified() {
    let dir = at_rest(40);
    let file = back_up(dir.path());
    let mut below = small_numbers(7);
    for path in [file.clone(), file.with_extension("json"), file.with_extension("secret")] {
        let good = fs::read(&path).expect("it is there");
        for round in 0..25 {
            let mut bad = good.clone();
            let at = match round {
                // The header, and both ends.
                0 => 18,
                1 => 0,
                2 => good.len() - 1,
                _ => usize::try_from(below(good.len() as u64)).expect("small"),
            };
            bad[at] ^= 1 << below(8);
            if path.extension().is_some_and(|kind| kind == "json") && same_json(&good, &bad) {
                continue;
            }
            fs::write(&path, &bad).expect("it is written");
            let (code, told) = verify(dir.path(), &file);
            assert_eq!(code, Some(7), "{} byte {at}: {told}", path.display());
            assert!(told.contains("NOT GOOD") && !told.contains("verified"), "{told}");
            let restored = docket(dir.path(), &["restore", file.to_str().expect("UTF-8"), "--yes"]);
            assert!(!restored.status.success(), "{} byte {at}", path.display());
        }
        fs::write(&path, &good).expect("it is written");
        assert_eq!(verify(dir.path(), &file).0, Some(0));
    }
    assert_eq!(names(dir.path()).iter().filter(|name| name.contains("replaced")).count(), 0);
}

/// A blank that became a tab says the same.
fn same_json(one: &[u8], other: &[u8]) -> bool {
    let parse = |bytes| serde_json::from_slice::<Value>(bytes).ok();
    parse(one) == parse(other)
}

#[test]
fn a_backup_that_is_cut_short_half_written_or_grew_is_never_verified() {
    let dir = at_rest(40);
    let file = back_up(dir.path());
    let good = fs::read(&file).expect("it is there");
    let mut below = small_numbers(11);
    let mut lengths =
        vec![0, 1, 99, 100, 4095, 4096, good.len() / 2, good.len() - 4096, good.len() - 1];
    lengths.extend((0..12).map(|_| usize::try_from(below(good.len() as u64)).expect("small")));
    for length in lengths {
        fs::write(&file, &good[..length]).expect("it is written");
        assert_eq!(verify(dir.path(), &file).0, Some(7), "{length} bytes");
        assert!(listed(dir.path()).is_empty(), "{length} bytes");
    }
    // As long as it was, but only half of it was written, or pages of it elsewhere.
    let page = 4096;
    let mut half = good.clone();
    half[good.len() / 2..].fill(0);
    let mut swapped = good.clone();
    let (one, other) = (2 * page, good.len() - page);
    swapped[one..one + page].copy_from_slice(&good[other..]);
    swapped[other..].copy_from_slice(&good[one..one + page]);
    for bad in [half, swapped] {
        fs::write(&file, &bad).expect("it is written");
        assert_eq!(verify(dir.path(), &file).0, Some(7));
        let restored = docket(dir.path(), &["restore", file.to_str().expect("UTF-8"), "--yes"]);
        assert!(!restored.status.success(), "{}", said(&restored));
    }
    fs::write(&file, [good.as_slice(), b"more"].concat()).expect("it is written");
    assert_eq!(verify(dir.path(), &file).0, Some(7));
    fs::write(&file, &good).expect("it is written");
    fs::remove_file(file.with_extension("json")).expect("it is there");
    assert_eq!(verify(dir.path(), &file).0, Some(7));
    assert!(listed(dir.path()).is_empty());
}

/// A manifest that is consistent with a file that is not the data it names.
#[test]
fn a_damaged_database_gives_no_backup() {
    let dir = at_rest(60);
    let database = dir.path().join("docket.db");
    let mut bytes = fs::read(&database).expect("it is there");
    // The last pages belong to the tables that grew last.
    let end = bytes.len();
    for byte in &mut bytes[end - 3 * 4096..] {
        *byte ^= 0x55;
    }
    fs::write(&database, bytes).expect("it is written");
    let output = docket(dir.path(), &["backup", "now"]);
    assert!(!output.status.success(), "{}", said(&output));
    assert!(!said(&output).contains("panicked"), "{}", said(&output));
    assert!(listed(dir.path()).is_empty());
    let left = names(&backups_in(dir.path()));
    assert_eq!(left, ["backup.lock"], "{}", said(&output));
}

// SECURITY-BAR D7: on its own full disk, and with a limit on what can be written.
#[test]
fn a_full_disk_leaves_no_backup_that_looks_good() {
    let dir = at_rest(30);
    let limited = |blocks: u32| {
        let prelude = format!("trap '' XFSZ; ulimit -S -f {blocks}");
        let mut command = app::command_under(&prelude, dir.path(), &[]);
        command.args(["backup", "now"]).stdin(Stdio::null()).output().expect("docket runs")
    };
    let blocks = fs::metadata(dir.path().join("docket.db")).expect("it is there").len() / 512;
    let blocks = u32::try_from(blocks).expect("small");
    for limit in [1, 8, blocks / 4, blocks / 2, blocks - 8, blocks - 1] {
        let output = limited(limit);
        assert!(!output.status.success(), "{limit} of {blocks} blocks");
        assert!(listed(dir.path()).is_empty(), "{limit} of {blocks} blocks: {}", said(&output));
        let left = names(&backups_in(dir.path()));
        assert!(left.iter().all(|name| name == "backup.lock"), "{limit}: {left:?}");
    }
    let Some(_disk) = SmallDisk::mount(&backups_in(dir.path()), "size=1m,mode=700") else {
        eprintln!("no disk of our own here; the limits above cover the rest");
        return;
    };
    let output = docket(dir.path(), &["backup", "now"]);
    assert_eq!(output.status.code(), Some(6), "{}", said(&output));
    assert!(said(&output).contains("backup_dir"), "it says what to do: {}", said(&output));
    assert!(listed(dir.path()).is_empty());
}

// SECURITY-BAR D16
#[test]
fn backups_are_closed_to_others_whatever_the_umask() {
    let dir = at_rest(3);
    let mut command = app::command_under("umask 000", dir.path(), &[]);
    let output = command.args(["backup", "now"]).stdin(Stdio::null()).output().expect("it runs");
    let file = PathBuf::from(done(&output));
    assert_eq!(mode(&backups_in(dir.path())), 0o700);
    for name in names(&backups_in(dir.path())) {
        assert_eq!(mode(&backups_in(dir.path()).join(&name)), 0o600, "{name}");
    }
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("a mode");
    let mut command = app::command_under("umask 000", dir.path(), &[]);
    let output = command.args(["restore", "--yes"]).arg(&file).output().expect("it runs");
    let kept = done(&output);
    let kept = Path::new(kept.rsplit(' ').next().expect("a path"));
    assert_eq!(mode(kept), 0o700);
    for path in [kept.join("docket.db"), dir.path().join("docket.db")] {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}

#[test]
fn what_a_kill_leaves_does_not_count_and_is_tidied_up() {
    let dir = at_rest(60);
    let mut killed_in_the_middle = 0;
    for pause in 0..12 {
        let mut child = app::command(dir.path(), &[])
            .args(["backup", "now"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("docket runs");
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(20) {
            let unfinished = names(&backups_in(dir.path()))
                .iter()
                .any(|name| name.contains(".part") || name.contains(".scratch"));
            if unfinished || child.try_wait().expect("a child").is_some() {
                break;
            }
        }
        thread::sleep(Duration::from_millis(pause * 3));
        let _ = child.kill();
        let _ = child.wait();
        killed_in_the_middle +=
            usize::from(names(&backups_in(dir.path())).iter().any(|name| name.contains(".part")));
        for backup in listed(dir.path()) {
            let file = PathBuf::from(backup["file"].as_str().expect("a path"));
            assert_eq!(verify(dir.path(), &file).0, Some(0));
        }
    }
    assert!(killed_in_the_middle > 0, "no kill came in the middle");
    back_up(dir.path());
    let unfinished: Vec<String> = names(&backups_in(dir.path()))
        .into_iter()
        .filter(|name| name.contains(".part") || name.contains(".scratch"))
        .collect();
    assert!(unfinished.is_empty(), "{unfinished:?}");
}

#[test]
fn restored_and_served_it_has_the_same_tasks_and_sign_ins() {
    let mut app = App::start();
    let mut eve = Browser::signed_up(&app, "eve");
    let person = eve.person(&app);
    for number in 0..5 {
        person.add(&format!("task {number}"));
    }
    let before = titles_of(&person);
    let file = back_up(app.dir.path());
    person.add("written later");
    assert_eq!(app.stop(), Some(0));
    // A new machine: only the backups are left.
    let dir = TempDir::new().expect("a directory");
    let elsewhere = dir.path().join("from-afar");
    fs::create_dir(&elsewhere).expect("a directory");
    for kind in ["db", "json", "secret"] {
        let from = file.with_extension(kind);
        fs::copy(&from, elsewhere.join(from.file_name().expect("a name"))).expect("a copy");
    }
    let brought = elsewhere.join(file.file_name().expect("a name"));
    let output = docket(dir.path(), &["restore", brought.to_str().expect("UTF-8"), "--yes"]);
    assert!(done(&output).starts_with("done"), "{}", said(&output));
    assert!(said(&output).contains("5 tasks of 1 accounts"), "{}", said(&output));

    let again = App::on_under(dir, &[], "true");
    let mut elsewhere = Browser::new(&again);
    elsewhere.cookies = eve.cookies;
    assert!(elsewhere.is_signed_in());
    assert_eq!(titles_of(&elsewhere.person(&again)), before);
}

// What a client saw after the backup must not fit what came in its place, even
// once there were as many changes here.
#[test]
fn whoever_saw_what_a_restore_undid_reads_everything_anew() {
    let mut app = App::with(&[ORIGIN]);
    let person = ada(&app, 2);
    let file = back_up(app.dir.path());
    let first = person.get("/api/tasks?sort=created_at").body["items"][0].clone();
    let task = format!("/api/tasks/{}", first["id"].as_str().expect("an id"));
    let tag = |path: &str| person.get(path).header("etag").expect("a tag").to_owned();
    let list = "/api/tasks?limit=9";
    let change =
        |person: &Person, title: &str| person.patch(&task, &json!({ "title": title })).status;
    for title in ["seen", "and lost"] {
        assert_eq!(change(&person, title), 200);
    }
    let (of_task, of_list) = (tag(&task), tag(list));
    let cursor = crate::changes::now(&person);
    assert_eq!(app.stop(), Some(0));
    done(&docket(app.dir.path(), &["restore", file.to_str().expect("UTF-8"), "--yes"]));
    let dir = std::mem::replace(&mut app.dir, TempDir::new().expect("a directory"));

    let served = App::on_under(dir, &[ORIGIN], "true");
    let again = served.bearer(&person.token);
    for title in ["another", "way"] {
        assert_eq!(change(&again, title), 200);
    }
    let gone = again.get(&format!("/api/changes?since={cursor}"));
    assert_eq!((gone.status, gone.body["code"].as_str()), (410, Some("cursor_gone")));
    for (path, known) in [(task.as_str(), &of_task), (list, &of_list)] {
        let reply = again.send("GET", path, &[("if-none-match", known)], None);
        assert_eq!(reply.status, 200, "{path} {known}: {}", reply.text);
    }
    let headers = [("content-type", "application/json"), ("if-match", of_task.as_str())];
    let reply = again.send("PATCH", &task, &headers, Some(r#"{"title":"mine"}"#));
    assert_eq!(reply.status, 412, "{}", reply.text);
    assert_eq!(reply.body["current"]["title"], "way");
}

// SECURITY-BAR D12
#[test]
fn nothing_is_restored_beside_a_server_or_without_being_asked() {
    let mut app = App::with(&[ORIGIN]);
    let person = ada(&app, 2);
    let file = back_up(app.dir.path());
    let file = file.to_str().expect("UTF-8");
    person.add("written later");
    for command in [["restore", file, "--yes"].as_slice(), &["rollback", "--yes"]] {
        let output = docket(app.dir.path(), command);
        assert!(matches!(output.status.code(), Some(3 | 4)), "{}", said(&output));
    }
    assert_eq!(titles_of(&person).len(), 3);
    assert_eq!(app.stop(), Some(0));
    let output = docket(app.dir.path(), &["restore", file]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    assert!(said(&output).contains("--yes"), "{}", said(&output));
    assert_eq!(docket(app.dir.path(), &["restore", "nowhere.db"]).status.code(), Some(3));
    assert!(!names(app.dir.path()).iter().any(|name| name.contains("replaced")));

    let kept = done(&docket(app.dir.path(), &["restore", file, "--yes"]));
    let kept = PathBuf::from(kept.rsplit(' ').next().expect("a path"));
    let tasks = |file: &Path| -> i64 {
        let conn = rusqlite::Connection::open(file).expect("it opens");
        conn.query_row("select count(*) from tasks", [], |row| row.get(0)).expect("a number")
    };
    assert_eq!((tasks(&kept.join("docket.db")), tasks(&app.dir.path().join("docket.db"))), (3, 2));
    let left = names(app.dir.path());
    assert!(!left.iter().any(|name| name.contains(".scratch")), "{left:?}");
}

#[test]
fn a_rollback_returns_to_before_the_migration_and_says_what_is_lost() {
    let dir = at_rest(4);
    // The present schema plays the part of the newer one: the copy is from
    // before what follows.
    let database = dir.path().join("docket.db");
    let older = dir.path().join("before-migration-1.db");
    fs::copy(&database, &older).expect("a copy");
    let conn = rusqlite::Connection::open(&database).expect("it opens");
    conn.execute_batch(
        "delete from tasks where title = 'task 0';
         update tasks set title = 'renamed', updated_at = updated_at + 1 where title = 'task 1';
         update tasks set position = position where title = 'task 2';",
    )
    .expect("changes");
    drop(conn);

    let output = docket(dir.path(), &["rollback"]);
    assert_eq!(output.status.code(), Some(4), "{}", said(&output));
    let line = said(&output).lines().find(|line| line.starts_with("tasks")).map(str::to_owned);
    let numbers: Vec<String> =
        line.expect("a line").split_whitespace().map(str::to_owned).collect();
    assert_eq!(numbers, ["tasks", "0", "1", "1"], "{}", said(&output));

    done(&docket(dir.path(), &["rollback", "--yes"]));
    let conn = rusqlite::Connection::open(&database).expect("it opens");
    let titles: i64 = conn
        .query_row("select count(*) from tasks where title like 'task %'", [], |row| row.get(0))
        .expect("a number");
    assert_eq!(titles, 4);
}

#[test]
fn an_upgrade_is_rehearsed_on_a_copy_only() {
    let mut app = App::start();
    ada(&app, 6);
    // What a kill left goes as well.
    let left = app.dir.path().join("scratch-20260101T000000.000Z");
    fs::create_dir(&left).expect("a directory");
    fs::write(left.join("docket.db"), "half a copy").expect("a file");
    let text = app.run(&["migrate", "rehearse", "--json"]);
    let rehearsal: Value = serde_json::from_str(&text).expect("JSON");
    assert_eq!((&rehearsal["tasks"], &rehearsal["accounts"]), (&json!(6), &json!(1)));
    assert_eq!(rehearsal["problems"], json!([]));
    assert!(!names(app.dir.path()).iter().any(|name| name.contains("scratch")));
    assert_eq!(app.stop(), Some(0));
}

#[test]
fn a_signal_makes_a_backup_and_a_stop_leaves_none_half_made() {
    let mut app = App::with(&[("DOCKET_BACKUP", "off")]);
    ada(&app, 2);
    for expected in 1..=2 {
        app::signal(app.pid(), "USR1");
        let begun = Instant::now();
        while listed(app.dir.path()).len() < expected {
            assert!(begun.elapsed() < Duration::from_secs(60), "{}", app.log());
            thread::sleep(Duration::from_millis(50));
        }
    }
    assert!(app.log().contains("made and proven: 2 tasks of 1 accounts"), "{}", app.log());
    assert_eq!(app.get("/readyz").status, 200);
    app::signal(app.pid(), "USR1");
    // SECURITY-BAR D6
    assert_eq!(app.stop(), Some(0));
    assert!(!app.dir.path().join("docket.db-wal").exists());
    for backup in listed(app.dir.path()) {
        let file = PathBuf::from(backup["file"].as_str().expect("a path"));
        assert_eq!(verify(app.dir.path(), &file).0, Some(0));
    }
}

#[test]
fn a_signal_whose_backup_fails_says_so_and_the_server_goes_on() {
    let outside = TempDir::new().expect("a directory");
    let file = outside.path().join("a-file");
    fs::write(&file, "").expect("a file");
    let app = App::with(&[("DOCKET_BACKUP_DIR", file.to_str().expect("UTF-8"))]);
    app::signal(app.pid(), "USR1");
    let begun = Instant::now();
    while !app.log().contains("a backup failed") {
        assert!(begun.elapsed() < Duration::from_secs(60), "{}", app.log());
        thread::sleep(Duration::from_millis(50));
    }
    assert!(app.log().contains("a-file is a file; name a directory"), "{}", app.log());
    assert_eq!(app.get("/readyz").status, 200);
}

#[test]
fn prune_keeps_what_is_young_and_asks_first() {
    let dir = at_rest(1);
    let none = [
        ("DOCKET_BACKUP_KEEP_DAILY".to_owned(), "0".to_owned()),
        ("DOCKET_BACKUP_KEEP_WEEKLY".to_owned(), "0".to_owned()),
        ("DOCKET_BACKUP_KEEP_MONTHLY".to_owned(), "0".to_owned()),
    ];
    back_up(dir.path());
    back_up(dir.path());
    let output = app::command(dir.path(), &none)
        .args(["backup", "prune"])
        .stdin(Stdio::null())
        .output()
        .expect("docket runs");
    assert_eq!(done(&output), "");
    assert_eq!(listed(dir.path()).len(), 2);
}

// SECURITY-BAR D14: without checkpoints of its own the log is left alone.
#[test]
fn checkpoints_are_left_to_litestream_where_that_is_set() {
    let app = App::with(&[("DOCKET_CHECKPOINTS", "off")]);
    let ada = ada(&app, 0);
    let words = "many words ".repeat(1400);
    for _ in 0..600 {
        let reply = ada.post("/api/tasks", &json!({ "title": "long", "description": words }));
        assert_eq!(reply.status, 201, "{}", reply.text);
    }
    let wal = fs::metadata(app.dir.path().join("docket.db-wal")).expect("it is there").len();
    let file = fs::metadata(app.dir.path().join("docket.db")).expect("it is there").len();
    assert!(wal > 20 << 20, "{wal} bytes of log");
    assert!(file < 1 << 20, "{file} bytes of file: somebody copied the log");
    assert_eq!(verify(app.dir.path(), &back_up(app.dir.path())).0, Some(0));
}
