//! Moving in from Better Auth: who comes, with what, and what stays out.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use docket::time::Timestamp;
use rusqlite::Connection;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{self, App};
use crate::browser::{Browser, PASSWORD, UNLIMITED, refusal};
use crate::two_factor::Authenticator;

/// What the old server signed and sealed with.
pub const SECRET: &str = "interop-test-secret-0123456789-abcdefghijklmnop";
const SAME_SECRET: (&str, &str) = ("BETTER_AUTH_SECRET", SECRET);

const DAY: i64 = 24 * 60 * 60;

/// A dump as Better Auth 1.7.24 wrote it, moved in time: everybody signed up
/// yesterday, and the sessions that were good for a year still are.
pub fn dump() -> String {
    let day = |days: i64| Timestamp::now().plus_seconds(days * DAY).to_string()[..11].to_owned();
    include_str!("../fixtures/better-auth.sql")
        .replace("2026-11-20T", &day(-1))
        .replace("2027-11-20T", &day(300))
}

/// The people of that dump: passwords, cookies, codes.
pub fn people() -> Vec<Value> {
    let expected: Value =
        serde_json::from_str(include_str!("../fixtures/better-auth.json")).expect("JSON");
    expected["users"].as_array().expect("users").clone()
}

fn person(email: &str) -> Value {
    let people = people();
    people.iter().find(|person| person["email"] == email).expect("a person").clone()
}

/// A file beside the data directory, so that the directory can be looked at.
pub fn file(folder: &TempDir, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).expect("a file");
    path
}

/// A database of what the dump makes.
pub fn database(folder: &TempDir, name: &str, dump: &str) -> PathBuf {
    let path = folder.path().join(name);
    Connection::open(&path).expect("a database").execute_batch(dump).expect("it loads");
    path
}

pub fn import(app: &App, file: &Path, arguments: &[&str]) -> Output {
    run(&mut app.command(&[]), file, arguments)
}

pub fn import_into(data_dir: &Path, file: &Path, arguments: &[&str]) -> Output {
    run(&mut app::command(data_dir, &[]), file, arguments)
}

fn run(command: &mut Command, file: &Path, arguments: &[&str]) -> Output {
    let command = command.args(["import", "better-auth"]).arg(file).args(arguments);
    command.stdin(Stdio::null()).output().expect("docket runs")
}

pub fn report(output: &Output) -> Value {
    assert!(output.status.success(), "{}", said(output));
    serde_json::from_slice(&output.stdout).expect("JSON")
}

pub fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// What a report says of a row: the outcome and why.
pub fn outcome<'a>(report: &'a Value, table: &str, id: &str) -> (&'a str, &'a str) {
    let rows = report["rows"].as_array().expect("rows");
    let row = rows.iter().find(|row| row["table"] == table && row["id"] == id);
    let row = row.unwrap_or_else(|| panic!("nothing of {table} {id}: {report:#}"));
    (row["outcome"].as_str().expect("text"), row["why"].as_str().expect("text"))
}

/// How many rows of a table came, stayed, clashed and were left.
pub fn counts(report: &Value, table: &str) -> [i64; 4] {
    let summary = report["summary"].as_array().expect("a summary");
    let Some(count) = summary.iter().find(|count| count["table"] == table) else { return [0; 4] };
    ["imported", "unchanged", "conflict", "left"]
        .map(|name| count[name].as_i64().expect("a number"))
}

/// A server with the whole dump brought in.
pub fn moved_in() -> App {
    let app = App::with(&[UNLIMITED, SAME_SECRET]);
    let folder = TempDir::new().expect("a directory");
    let output = import(&app, &file(&folder, "dump.sql", dump()), &[]);
    assert!(output.status.success(), "{}", said(&output));
    app
}

fn with_cookie(app: &App, person: &Value) -> Browser {
    let mut browser = Browser::new(app);
    let (name, value) = person["sessionCookie"].as_str().expect("text").split_once('=').expect("=");
    browser.cookies.push((name.to_owned(), value.to_owned()));
    browser
}

#[test]
fn everybody_signs_in_with_the_password_they_had() {
    let app = moved_in();
    let mut tried = 0;
    for person in people() {
        let email = person["email"].as_str().expect("text");
        let hash = format!(
            "select password_hash like '%:%' from users where email = '{}'",
            email.replace('\'', "''")
        );
        let others = person["alsoAccepts"].as_array().cloned().unwrap_or_default();
        for password in [vec![person["password"].clone()], others].concat() {
            let Some(password) = password.as_str() else { continue };
            let mut browser = Browser::new(&app);
            if tried == 0 {
                assert_eq!(app.count(&hash), 1, "as it came");
            }
            assert_eq!(browser.sign_in(email, "not-the-password").status, 401);
            let reply = browser.sign_in(email, password);
            assert_eq!(reply.status, 200, "{email}: {}", reply.text);
            if email != "totp@example.com" {
                assert_eq!(reply.body["user"]["id"], person["id"]);
                assert_eq!(reply.body["user"]["name"], person["name"]);
                assert!(browser.is_signed_in());
            }
            assert_eq!(app.count(&hash), 0, "{email} is hashed anew");
            tried += 1;
        }
    }
    assert_eq!(tried, 10);
    let anew = "select count(*) from users where password_hash like '$argon2id$%'";
    assert_eq!(app.count(anew), 8);

    let mut nobody = Browser::new(&app);
    assert_eq!(nobody.sign_in("oauth@example.com", "").status, 401, "has no password");
    let pictured = "select image = 'https://example.com/p.png' from users
                    where email = 'image@example.com'";
    assert_eq!(app.count(pictured), 1);
    let verified = "select group_concat(email) = 'oauth@example.com' from users
                    where email_verified";
    assert_eq!(app.count(verified), 1);
    assert_eq!(
        app.count(
            "select count(*) from audit where kind = 'imported'
                          and origin = 'cli' and owner is not null"
        ),
        9
    );
}

#[test]
fn cookies_of_the_old_server_stay_good() {
    let app = moved_in();
    for person in people().iter().filter(|person| person["sessionCookie"].is_string()) {
        let reply = with_cookie(&app, person).get("/get-session");
        if person["sessionExpired"] == true {
            assert!(reply.body.is_null(), "{}", reply.text);
            continue;
        }
        assert_eq!(reply.body["user"]["email"], person["email"], "{}", reply.text);
        assert_eq!(reply.body["session"]["token"], person["sessionToken"]);
        assert_eq!(reply.body["session"]["userAgent"], "fixture/1");
    }
    let ada = person("ada@example.com");
    let mut browser = with_cookie(&app, &ada);
    let task = browser.person(&app).add("moved in");
    assert_eq!(task["title"], "moved in");
    // A year there is a week here (SECURITY-BAR S7).
    let in_a_week = Timestamp::now().plus_seconds(7 * DAY).0;
    assert_eq!(
        app.count(&format!("select count(*) from sessions where expires_at > {in_a_week}")),
        0
    );
    // Tokens are kept as hashes, and sealed.
    let dump = std::fs::read(app.dir.path().join("docket.db")).expect("the database");
    let log = std::fs::read(app.dir.path().join("docket.db-wal")).unwrap_or_default();
    let token = ada["sessionToken"].as_str().expect("text").as_bytes();
    for bytes in [dump, log] {
        assert!(!bytes.windows(token.len()).any(|part| part == token));
    }
}

#[test]
fn the_second_factor_and_its_recovery_codes_come_along() {
    let app = moved_in();
    let owner = person("totp@example.com");
    let password = owner["password"].as_str().expect("text");
    let authenticator = Authenticator::of(owner["totpURI"].as_str().expect("text"));
    let mut browser = Browser::new(&app);
    let reply = browser.sign_in("totp@example.com", password);
    assert_eq!(reply.body["twoFactorRedirect"], true, "{}", reply.text);
    assert!(!browser.is_signed_in());
    let reply = browser.post("/two-factor/verify-totp", &json!({ "code": authenticator.code(0) }));
    assert_eq!(reply.status, 200, "{}", reply.text);
    assert!(browser.is_signed_in());

    for code in owner["backupCodes"].as_array().expect("codes") {
        let mut browser = Browser::new(&app);
        browser.sign_in("totp@example.com", password);
        let reply = browser.post("/two-factor/verify-backup-code", &json!({ "code": code }));
        assert_eq!(reply.status, 200, "{}", reply.text);
        let mut again = Browser::new(&app);
        again.sign_in("totp@example.com", password);
        let reply = again.post("/two-factor/verify-backup-code", &json!({ "code": code }));
        assert_eq!(refusal(&reply), (401, "INVALID_BACKUP_CODE"));
    }
}

#[test]
fn a_second_run_changes_nothing() {
    let app = moved_in();
    let folder = TempDir::new().expect("a directory");
    let dump = file(&folder, "dump.sql", dump());
    let version = "select total_changes() + (select count from other_writes)";
    let before = app.count(version);

    let output = import(&app, &dump, &["--json"]);

    let again = report(&output);
    assert_eq!(again["import"], Value::Null);
    assert_eq!(counts(&again, "user"), [0, 9, 0, 0]);
    assert_eq!(counts(&again, "account"), [0, 8, 0, 1]);
    assert_eq!(counts(&again, "session"), [0, 8, 0, 1]);
    assert_eq!(counts(&again, "twoFactor"), [0, 1, 0, 0]);
    // The count itself is a write of another process.
    assert_eq!(app.count(version), before + 1);
    assert_eq!(app.count("select count(*) from imports"), 1);
    assert!(said(&import(&app, &dump, &[])).contains("nothing was changed"));
}

#[test]
fn what_was_done_here_since_is_not_undone_by_a_second_run() {
    let app = moved_in();
    let folder = TempDir::new().expect("a directory");
    let dump = file(&folder, "dump.sql", dump());
    let (ada, zoe) = (person("ada@example.com"), person("zoe@example.com"));
    let mut browser = with_cookie(&app, &ada);
    let change = json!({ "currentPassword": ada["password"], "newPassword": "something-new-1" });
    assert_eq!(browser.post("/change-password", &change).status, 200);
    assert_eq!(browser.post("/sign-out", &json!({})).status, 200);
    let mut browser = Browser::new(&app);
    browser.sign_in("zoe@example.com", zoe["password"].as_str().expect("text"));
    let gone = browser.post("/delete-user", &json!({ "password": zoe["password"] }));
    assert_eq!(gone.status, 200, "{}", gone.text);

    let again = report(&import(&app, &dump, &["--json"]));

    assert_eq!(again["import"], Value::Null, "{again:#}");
    let mut browser = Browser::new(&app);
    assert_eq!(browser.sign_in("ada@example.com", "correct-horse-9").status, 401);
    assert_eq!(browser.sign_in("ada@example.com", "something-new-1").status, 200);
    assert!(!with_cookie(&app, &ada).is_signed_in(), "signed out stays signed out");
    let (outcome, why) = outcome(&again, "user", zoe["id"].as_str().expect("text"));
    assert_eq!(outcome, "left");
    assert!(why.contains("deleted here"), "{why}");
    assert!(!with_cookie(&app, &zoe).is_signed_in());
}

#[test]
fn a_dry_run_tells_the_same_and_writes_nothing() {
    let folder = TempDir::new().expect("a directory");
    let dump = file(&folder, "dump.sql", dump());
    let data = folder.path().join("data");
    let secret = file(&folder, "secret", format!("{SECRET}\n"));
    let secret = ["--secret-file", secret.to_str().expect("UTF-8")];

    let dry = report(&import_into(&data, &dump, &[&["--dry-run", "--json"], &secret[..]].concat()));
    assert!(!data.exists(), "not even a directory");
    assert_eq!(dry["dry_run"], true);

    app::command(&data, &[])
        .args(["user", "add", "zed@example.org"])
        .output()
        .expect("docket runs");
    let before = std::fs::read(data.join("docket.db")).expect("a database");
    let second =
        report(&import_into(&data, &dump, &[&["--dry-run", "--json"], &secret[..]].concat()));
    assert_eq!(std::fs::read(data.join("docket.db")).expect("a database"), before);
    let names: Vec<_> =
        std::fs::read_dir(&data).expect("it").map(|e| e.expect("e").file_name()).collect();
    assert_eq!(names, ["docket.db"]);

    let real = report(&import_into(&data, &dump, &[&["--json"], &secret[..]].concat()));
    assert_eq!((&dry["rows"], &dry["summary"]), (&real["rows"], &real["summary"]));
    assert_eq!((&second["rows"], &second["summary"]), (&real["rows"], &real["summary"]));
    assert_eq!(real["import"], 1);
}

#[test]
fn a_database_is_known_by_its_content_and_left_as_it_is() {
    for (mode, name) in [("delete", "odd name?#%.sql"), ("wal", "auth.sqlite")] {
        let app = App::with(&[UNLIMITED]);
        let folder = TempDir::new().expect("a directory");
        let path = database(&folder, name, &dump());
        let conn = Connection::open(&path).expect("a database");
        let set =
            conn.pragma_update_and_check(None, "journal_mode", mode, |row| row.get::<_, String>(0));
        assert_eq!(set.expect("a mode"), mode);
        conn.close().expect("closed");
        let before = std::fs::read(&path).expect("a file");

        let report = report(&import(&app, &path, &["--json"]));

        assert_eq!(counts(&report, "user"), [8, 0, 0, 1]);
        assert_eq!(std::fs::read(&path).expect("a file"), before);
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "{mode}");
    }
}

#[test]
fn a_database_in_use_is_read_with_what_is_only_in_its_log() {
    let app = App::with(&[UNLIMITED]);
    let folder = TempDir::new().expect("a directory");
    let path = database(&folder, "auth.db", &dump());
    let old = Connection::open(&path).expect("a database");
    old.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).expect("a mode");
    old.execute("update user set name = 'Countess' where email = 'ada@example.com'", [])
        .expect("it");
    let before = std::fs::read(&path).expect("a file");

    report(&import(&app, &path, &["--json"]));

    assert_eq!(app.count("select count(*) from users where name = 'Countess'"), 1);
    assert_eq!(std::fs::read(&path).expect("a file"), before);
    old.execute("update user set name = 'Ada'", []).expect("the old server goes on");
}

#[test]
fn what_is_no_better_auth_database_is_refused_in_words() {
    let folder = TempDir::new().expect("a directory");
    let dump = dump();
    let half = &dump[..dump.len() / 2];
    let unfinished = dump.replace("COMMIT;", "");
    let renamed = dump.replace("\"account\"", "\"ledger\"");
    let cases = [
        (file(&folder, "half.sql", half), 1, "statement"),
        (file(&folder, "unfinished.sql", unfinished), 1, "cut short"),
        (file(&folder, "mysql.sql", "SET NAMES utf8mb4;"), 1, "statement 1"),
        (file(&folder, "renamed.sql", renamed), 1, "no table account"),
        (database(&folder, "other.db", "create table notes (id)"), 1, "no table user"),
        (database(&folder, "near.db", "create table users (id)"), 1, "no column user.email"),
        (file(&folder, "empty", ""), 1, "no table user"),
        (file(&folder, "bytes", [7, 0, 255, 3]), 1, "neither"),
        (file(&folder, "latin", [b'-', b'-', 0xe4]), 1, "neither"),
        (file(&folder, "packed.gz", [0x1f, 0x8b, 8, 0]), 1, "compressed"),
        (file(&folder, "torn.db", b"SQLite format 3\0 and no more"), 1, "not a database"),
        (folder.path().to_owned(), 1, "not a file"),
        (folder.path().join("nowhere.db"), 3, "no such file"),
    ];
    let data = folder.path().join("data");
    for (path, code, words) in cases {
        let output = import_into(&data, &path, &[]);
        let said = said(&output);
        assert_eq!(output.status.code(), Some(code), "{path:?}: {said}");
        assert!(said.contains(words) && said.contains(path.to_str().expect("UTF-8")), "{said}");
        assert!(said.lines().count() == 1 && output.stdout.is_empty(), "{said}");
        assert!(!data.exists());
    }
    let own = App::start();
    let output = import(&own, &own.dir.path().join("docket.db"), &[]);
    assert!(said(&output).contains("Docket's own"), "{}", said(&output));
    assert_eq!(own.get("/readyz").status, 200);
}

#[test]
fn a_running_server_knows_them_within_a_second() {
    let app = App::with(&[UNLIMITED, SAME_SECRET]);
    let ada = person("ada@example.com");
    assert!(!with_cookie(&app, &ada).is_signed_in());
    let folder = TempDir::new().expect("a directory");
    report(&import(&app, &file(&folder, "dump.sql", dump()), &["--json"]));

    let begun = Instant::now();
    while !with_cookie(&app, &ada).is_signed_in() {
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
    let mut browser = Browser::new(&app);
    assert_eq!(browser.sign_in("ada@example.com", PASSWORD).status, 200);
    let log = app.log();
    assert!(!log.contains("panic") && !log.contains("ERROR"), "{log}");
}

#[test]
fn nobody_is_joined_to_an_account_that_is_here() {
    let app = App::with(&[UNLIMITED, SAME_SECRET]);
    let folder = TempDir::new().expect("a directory");
    let body =
        json!({ "name": "Local", "email": "Ada@example.com", "password": "local-password-1" });
    assert_eq!(Browser::new(&app).post("/sign-up/email", &body).status, 200);
    // Better Auth's column is unique as written; here letter case makes no difference.
    let more = "INSERT INTO user SELECT 'again', name, 'ZOE@example.com', 0, NULL, createdAt,
                updatedAt, 0 FROM user WHERE email = 'zoe@example.com';";
    let path = database(&folder, "auth.db", &format!("{}{more}", dump()));

    let report = report(&import(&app, &path, &["--json"]));

    let ada = person("ada@example.com");
    let (outcome_of_ada, why) = outcome(&report, "user", ada["id"].as_str().expect("text"));
    assert_eq!(outcome_of_ada, "conflict");
    assert!(why.contains("not joined"), "{why}");
    assert_eq!(outcome(&report, "user", "again").0, "left");
    assert_eq!(counts(&report, "user"), [8, 0, 1, 1]);
    assert!(!with_cookie(&app, &ada).is_signed_in());
    let mut browser = Browser::new(&app);
    assert_eq!(browser.sign_in("ada@example.com", "correct-horse-9").status, 401);
    assert_eq!(browser.sign_in("ada@example.com", "local-password-1").status, 200);
}

#[test]
fn without_the_secret_nobody_loses_their_second_factor() {
    let app = App::with(&[UNLIMITED]);
    let folder = TempDir::new().expect("a directory");
    let dump = file(&folder, "dump.sql", dump());
    let wrong = file(&folder, "wrong", "another-secret-0123456789-abcdefghijklmnop");
    let right = file(&folder, "right", SECRET);
    let of =
        |path: &Path| vec!["--json".into(), "--secret-file".into(), path.display().to_string()];
    let totp = person("totp@example.com")["id"].as_str().expect("text").to_owned();

    for arguments in [vec!["--json".to_owned()], of(&wrong)] {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let report = report(&import(&app, &dump, &arguments));
        assert_eq!(outcome(&report, "user", &totp).0, "left");
        assert_eq!(app.count("select count(*) from users where email = 'totp@example.com'"), 0);
        assert_eq!(app.count("select count(*) from sessions"), 0);
    }
    // Another secret than Docket's opens the factor, but cannot keep cookies good.
    let arguments = of(&right);
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let report = report(&import(&app, &dump, &arguments));
    assert_eq!(counts(&report, "user"), [1, 8, 0, 0]);
    assert_eq!(app.count("select count(*) from sessions"), 0);
    let owner = person("totp@example.com");
    let mut browser = Browser::new(&app);
    browser.sign_in("totp@example.com", owner["password"].as_str().expect("text"));
    let code = Authenticator::of(owner["totpURI"].as_str().expect("text")).code(0);
    assert_eq!(browser.post("/two-factor/verify-totp", &json!({ "code": code })).status, 200);
}

#[test]
fn an_import_is_taken_back_but_for_who_has_used_it() {
    let app = moved_in();
    let folder = TempDir::new().expect("a directory");
    let ada = person("ada@example.com");
    assert_eq!(Browser::new(&app).sign_in("ada@example.com", PASSWORD).status, 200);
    let mut zoe = with_cookie(&app, &person("zoe@example.com"));
    zoe.person(&app).add("mine");
    let mut obrien = with_cookie(&app, &person("o'brien@example.com"));
    assert!(obrien.is_signed_in());
    assert_eq!(Browser::new(&app).sign_in("cafe@example.com", "guessed-wrong").status, 401);
    let undo = |arguments: &[&str]| {
        let mut command = app.command(&["imports", "undo"]);
        command.args(arguments).stdin(Stdio::null()).output().expect("docket runs")
    };

    assert_eq!(undo(&["1"]).status.code(), Some(4), "asks, and nobody answers");
    assert_eq!(undo(&["7", "--yes"]).status.code(), Some(3));
    let planned = report(&undo(&["1", "--dry-run", "--json"]));
    assert_eq!(app.count("select count(*) from users"), 9);
    let done = report(&undo(&["1", "--yes", "--json"]));

    assert_eq!(planned, done);
    let used: Vec<&Value> = done
        .as_array()
        .expect("accounts")
        .iter()
        .filter(|member| member["used"] == true)
        .map(|member| &member["email"])
        .collect();
    assert_eq!(used, ["ada@example.com", "zoe@example.com"]);
    assert_eq!(app.count("select count(*) from users"), 2);
    assert_eq!(
        app.count(
            "select count(*) from audit where kind = 'account_deleted'
                          and origin = 'cli'"
        ),
        7
    );
    let begun = Instant::now();
    while obrien.is_signed_in() {
        assert!(begun.elapsed() < Duration::from_secs(1));
    }
    assert_eq!(undo(&["1", "--yes"]).status.code(), Some(4), "once");

    let again = report(&import(&app, &file(&folder, "dump.sql", dump()), &["--json"]));
    assert_eq!(counts(&again, "user"), [7, 2, 0, 0]);
    assert_eq!(again["import"], 2);
    assert!(with_cookie(&app, &ada).is_signed_in());
    let list: Value = serde_json::from_str(&app.run(&["imports", "list", "--json"])).expect("JSON");
    let accounts: Vec<&Value> =
        list.as_array().expect("imports").iter().map(|import| &import["accounts"]).collect();
    assert_eq!(accounts, [2, 7]);
    assert_ne!(list[0]["undone_at"], Value::Null);
}

/// Three tables in the manner of other libraries: snake case, plural, numbers.
const VARIANT: &str = "
    create table users (id integer primary key, name text, email text, email_verified integer,
        image text, created_at integer, updated_at integer, banned integer, ban_expires integer,
        role text);
    create table accounts (id integer primary key, account_id text, provider_id text,
        user_id integer, password text);
    create table sessions (id text, expires_at integer, token text, created_at integer,
        updated_at integer, user_id integer, impersonated_by text);
    create table notes (id integer, text text);
    insert into notes values (1, 'x'), (2, 'y');";

#[test]
fn other_names_dates_and_hashes_are_understood_or_told() {
    let app = App::with(&[UNLIMITED, SAME_SECRET]);
    let folder = TempDir::new().expect("a directory");
    let now = Timestamp::now().seconds();
    let argon2 = docket::auth::user::hash_password("argon2-password").expect("a hash");
    let costly = argon2.replace("m=19456", "m=4000000");
    let bcrypt = "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy";
    let (later, token) = (now + 3600, "abcdefghijklmnopqrstuvwxyz01234");
    let sql = format!(
        "{VARIANT}
        insert into users values
            (1, 'Ann', 'Ann@Example.com', 1, null, {now} - 90, {now} * 1000, 0, null, 'admin'),
            (2, 'Ban', 'ban@example.com', 0, null, {now} - 90, {now} - 90, 1, null, null),
            (3, 'Cee', 'cee@example.com', 0, null, 'soon', {now} - 90, 1, {now} - 5, null),
            (4, 'Dee', 'dee@example.com', 0, null, {now} + 900, {now} - 90, 0, null, null),
            (5, 'Eve', 'no address', 0, null, {now}, {now}, 0, null, null);
        insert into accounts values
            (1, '1', 'credential', 1, '{argon2}'), (2, '2', 'credential', 2, '{argon2}'),
            (3, '3', 'credential', 3, '{bcrypt}'), (4, '4', 'credential', 4, '{costly}'),
            (5, '4', 'google', 4, null), (6, '9', 'credential', 9, '{argon2}'),
            (7, '2', 'credential', 4, '{argon2}');
        insert into sessions values
            ('live', {later}, '{token}1', {now} - 60, {now} - 60, 1, null),
            ('banned', {later}, '{token}2', {now} - 60, {now} - 60, 2, null),
            ('old', {later}, '{token}3', {now} - 31 * 86400, {now} - 60, 1, null),
            ('admin', {later}, '{token}4', {now} - 60, {now} - 60, 1, 'x'),
            ('dotted', {later}, '{token}.', {now} - 60, {now} - 60, 1, null);"
    );

    let report = report(&import(&app, &file(&folder, "dump.sql", sql), &["--json"]));

    let why = |table, id, expected, words: &str| {
        let (outcome, why) = outcome(&report, table, id);
        assert_eq!(outcome, expected, "{table} {id}: {why}");
        assert!(why.contains(words), "{table} {id}: {why}");
    };
    why("user", "1", "imported", "");
    why("user", "2", "imported", "banned");
    why("user", "3", "imported", "no password");
    why("user", "5", "left", "e-mail");
    why("account", "3", "left", "neither scrypt nor Argon2");
    why("account", "4", "left", "too much memory");
    why("account", "5", "left", "google");
    why("account", "6", "left", "nobody's");
    why("account", "7", "left", "not its person's own");
    why("session", "live", "imported", "");
    why("session", "banned", "left", "disabled");
    why("session", "old", "left", "thirty days");
    why("session", "admin", "left", "administrator");
    why("session", "dotted", "left", "token");
    why("user", "role", "left", "filled in 1 rows");
    why("notes", "", "left", "with 2 rows");

    let mut ann = Browser::new(&app);
    let reply = ann.sign_in("ann@example.com", "argon2-password");
    assert_eq!(reply.body["user"]["id"], "1", "{}", reply.text);
    assert_eq!(reply.body["user"]["emailVerified"], true);
    let mut ban = Browser::new(&app);
    assert_ne!(ban.sign_in("ban@example.com", "argon2-password").status, 200);
    assert_eq!(app.count("select count(*) from users where disabled_at is not null"), 1);
    assert_eq!(
        app.count(&format!("select count(*) from users where created_at > {now} * 1000 + 60000")),
        0
    );
}

#[test]
fn a_report_cannot_steer_the_terminal() {
    let folder = TempDir::new().expect("a directory");
    let sql = format!(
        "{VARIANT}
        insert into users (id, name, email) values (1, 'x', 'a@example.com');
        create table \"\u{1b}[2J\u{7}\" (x);
        insert into accounts values (char(27) || ']0;x', '1', char(27) || '[1m', 1, null);
        insert into accounts values ('long', '1', '{}', 1, null);",
        "y".repeat(10_000)
    )
    .replace("accounts (id integer primary key", "accounts (id text primary key");

    let output = import_into(&folder.path().join("data"), &file(&folder, "dump.sql", sql), &[]);

    assert!(output.status.success(), "{}", said(&output));
    let shown = String::from_utf8(output.stdout).expect("UTF-8");
    assert!(shown.contains("\\u{1b}[2J\\u{7}") && shown.contains("\\u{1b}[1m"), "{shown}");
    assert!(!shown.contains(|c: char| c.is_control() && c != '\n'), "{shown:?}");
    assert!(shown.lines().all(|line| line.chars().count() < 400), "{shown}");
}
