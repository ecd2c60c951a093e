//! Moving in with a file that means harm, or is broken.

use std::fmt::Write;
use std::fs::File;
use std::path::Path;
use std::process::{Command, Output};

use docket::time::Timestamp;
use tempfile::TempDir;

use crate::app::App;
use crate::browser::{Browser, PASSWORD, UNLIMITED};
use crate::import::{
    counts, database, dump, file, import, import_into, moved_in, outcome, people, report, said,
};

/// It ended in order, with one of these codes.
fn ended(output: &Output, codes: &[i32], what: &str) {
    let said = said(output);
    let code = output.status.code().unwrap_or_else(|| panic!("{what}: {:?} {said}", output.status));
    assert!(codes.contains(&code), "{what}: {code} {said}");
    assert!(!said.contains("panicked") && said.len() < 400, "{what}: {said}");
}

#[test]
fn a_dump_does_only_what_a_dump_is_for() {
    let folder = TempDir::new().expect("a directory");
    let target = folder.path().join("written");
    let data = folder.path().join("data");
    let bomb = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n)";
    for harm in [
        format!("ATTACH '{}' AS other; CREATE TABLE other.x (y);", target.display()),
        format!("VACUUM INTO '{}';", target.display()),
        format!("{bomb} SELECT count(*) FROM n;"),
        format!("INSERT INTO verification {bomb} SELECT x, x, x, x, x, x FROM n;"),
        "INSERT INTO user SELECT a.id || b.id, '', a.id || b.email, 0, '', 0, 0, 0
            FROM user a, user b, user c, user d, user e, user f;"
            .into(),
        "CREATE TABLE x AS SELECT * FROM user a, user b, user c, user d, user e, user f;".into(),
        "INSERT INTO user VALUES (hex(zeroblob(30000000)), '', 'x@x.co', 0, '', 0, 0, 0);".into(),
        "CREATE VIRTUAL TABLE x USING fts5 (y);".into(),
        "DELETE FROM user;".into(),
        "UPDATE account SET password = 'x';".into(),
        "ALTER TABLE user RENAME TO x;".into(),
        "DROP TABLE user;".into(),
        "SELECT writefile('x', 'y');".into(),
    ] {
        let path = file(&folder, "dump.sql", format!("{}{harm}", dump()));
        let output = import_into(&data, &path, &[]);
        ended(&output, &[1], &harm);
        assert!(said(&output).contains("of the dump"), "{harm}: {}", said(&output));
        assert!(!data.exists() && !target.exists(), "{harm}");
    }
}

#[test]
fn triggers_views_and_settings_of_a_dump_come_to_nothing() {
    let app = App::with(&[UNLIMITED]);
    let folder = TempDir::new().expect("a directory");
    let tables = dump().replace(
        "INSERT INTO \"user\"",
        "CREATE TRIGGER IF NOT EXISTS twice AFTER INSERT ON \"user\" BEGIN
            INSERT INTO \"user\" VALUES (new.id || 'x', '', new.id || '@x.co', 0, '', 0, 0, 0);
         END;
         PRAGMA recursive_triggers = on; PRAGMA trusted_schema = on;
         INSERT INTO \"user\"",
    );
    let sql =
        format!("{tables} CREATE VIEW \"users\" AS SELECT * FROM \"user\", \"user\" AS more;");

    let report = report(&import(&app, &file(&folder, "dump.sql", sql), &["--json"]));

    assert_eq!(counts(&report, "user"), [8, 0, 0, 1]);
}

#[test]
fn a_view_is_not_taken_for_a_table() {
    let folder = TempDir::new().expect("a directory");
    let without = dump().replace("\"user\"", "\"people\"");
    let path = database(
        &folder,
        "view.db",
        &format!(
            "{without} CREATE VIEW user AS WITH RECURSIVE n(id) AS
             (SELECT 1 UNION ALL SELECT id + 1 FROM n) SELECT id, id || '@x.co' AS email FROM n;"
        ),
    );
    let output = import_into(&folder.path().join("data"), &path, &[]);
    ended(&output, &[1], "a view");
    assert!(said(&output).contains("no table user"), "{}", said(&output));
}

#[test]
fn what_is_endless_is_not_begun() {
    let folder = TempDir::new().expect("a directory");
    let huge = folder.path().join("huge.sql");
    File::create(&huge).and_then(|file| file.set_len(1 << 40)).expect("a sparse file");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().expect("mkfifo").success());
    for (path, words) in [
        (huge.as_path(), "MiB"),
        (pipe.as_path(), "not a file"),
        (Path::new("/dev/zero"), "not a file"),
    ] {
        let output = import_into(&folder.path().join("data"), path, &[]);
        ended(&output, &[1], words);
        assert!(said(&output).contains(words), "{}", said(&output));
    }
}

#[test]
fn a_damaged_database_harms_nobody() {
    let app = App::with(&[UNLIMITED]);
    Browser::signed_up(&app, "ada");
    let folder = TempDir::new().expect("a directory");
    let whole = std::fs::read(database(&folder, "whole.db", &dump())).expect("a file");
    let mut place = 12_345_usize;
    for round in 0..40 {
        let mut bytes = whole.clone();
        for _ in 0..=round {
            place = place
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = 100 + (place >> 20) % (bytes.len() - 100);
            bytes[at] ^= (place >> 8) as u8 | 1;
        }
        if round % 4 == 0 {
            bytes.truncate(bytes.len() - 1000 * (round + 1));
        }
        let output = import(&app, &file(&folder, "broken.db", bytes), &["--summary"]);
        ended(&output, &[0, 1, 4], &format!("round {round}"));
    }
    assert_eq!(
        app.count("select count(*) from pragma_integrity_check where integrity_check <> 'ok'"),
        0
    );
    assert_eq!(app.count("select count(*) from pragma_foreign_key_check"), 0);
    let mut ada = Browser::new(&app);
    assert_eq!(ada.sign_in("ada@example.org", PASSWORD).status, 200);
}

#[test]
fn cells_of_any_type_are_read_or_left() {
    let app = App::with(&[UNLIMITED]);
    let folder = TempDir::new().expect("a directory");
    let odd = [
        "NULL",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "x'00ff'",
        "cast(x'fffe' as text)",
        "''",
        "'a' || char(0) || 'b'",
        "'@'",
        "' '",
        "zeroblob(100000)",
        "'1e999'",
        "'-99999-01-01'",
        "char(27)",
    ];
    let mut sql = String::from(
        "create table user (id, email, name, image, emailVerified, createdAt, updatedAt,
            twoFactorEnabled, banned, banExpires);
         create table account (id, userId, accountId, providerId, password);
         create table session (id, userId, token, expiresAt, createdAt, updatedAt, ipAddress);
         create table twoFactor (id, userId, secret, backupCodes, verified);
         create table verification (id);",
    );
    for (number, value) in odd.iter().enumerate() {
        let email = format!("'u{number}@x.co'");
        writeln!(
            sql,
            "insert into user values ({value}, {value}, 'x', null, 0, 0, 0, 0, 0, 0);
             insert into user values ({value}, 'i{number}@x.co', 'x', null, 0, 0, 0, 0, 0, 0);
             insert into user values ('u{number}', {email}, {value}, {value}, {value}, {value},
                {value}, {value}, {value}, {value});
             insert into account values ({value}, {value}, {value}, {value}, {value});
             insert into account values ({value}, 'u{number}', null, 'credential', {value});
             insert into session values ({value}, 'u{number}', {value}, {value}, {value}, {value},
                {value});
             insert into twoFactor values ({value}, 'u{number}', {value}, {value}, {value});
             insert into verification values ({value});"
        )
        .expect("text");
    }

    let secret = file(&folder, "secret", "x");
    let secret = ["--json", "--secret-file", secret.to_str().expect("UTF-8")];
    let report = report(&import(&app, &file(&folder, "dump.sql", &sql), &secret));

    assert_eq!(outcome(&report, "user", "u0").0, "imported");
    assert_eq!(counts(&report, "account")[0], 0);
    let now = Timestamp::now().0;
    for bad in [
        "instr(name, char(0)) or instr(image, char(0)) or instr(id, '@') or instr(id, char(27))",
        "length(name) > 200 or length(image) > 4096 or typeof(name) <> 'text'",
        &format!(
            "created_at not between 0 and {now} or updated_at not between created_at and {now}"
        ),
    ] {
        assert_eq!(app.count(&format!("select count(*) from users where {bad}")), 0, "{bad}");
    }
    let listed = app.run(&["user", "list"]);
    assert!(!listed.contains('\u{1b}'), "{listed:?}");
}

#[test]
fn thousands_come_and_go_in_one_piece() {
    let app = App::with(&[UNLIMITED]);
    let folder = TempDir::new().expect("a directory");
    let mut sql = dump().split("INSERT INTO").next().expect("the tables").to_owned();
    for number in 0..2000 {
        writeln!(
            sql,
            "INSERT INTO \"user\" VALUES ('u{number}','Name','u{number}@x.co',0,NULL,0,0,0);
             INSERT INTO \"account\" (\"id\",\"accountId\",\"providerId\",\"userId\",\"createdAt\",
                \"updatedAt\") VALUES ('a{number}','{number}','github','u{number}',0,0);"
        )
        .expect("text");
    }
    let path = database(&folder, "auth.db", &format!("{sql} COMMIT;"));

    let done = report(&import(&app, &path, &["--json"]));

    assert_eq!(counts(&done, "user"), [2000, 0, 0, 0]);
    assert_eq!(counts(&done, "account"), [0, 0, 0, 2000]);
    assert_eq!(app.count("select count(*) from lists where is_inbox"), 2000);
    let again = report(&import(&app, &path, &["--json"]));
    assert_eq!(counts(&again, "user"), [0, 2000, 0, 0]);
    app.run(&["imports", "undo", "1", "--yes"]);
    assert_eq!(app.count("select count(*) from users"), 0);
    assert_eq!(app.get("/readyz").status, 200);
}

#[test]
fn what_fails_in_the_middle_leaves_everything_as_it_was() {
    let app = moved_in();
    let folder = TempDir::new().expect("a directory");
    // Other people, whose sessions have the tokens of those who are here.
    let mut others = dump().replace("@example.com", "@example.net");
    for person in people() {
        let id = person["id"].as_str().expect("text");
        others = others.replace(id, &id.chars().rev().collect::<String>());
    }

    let output = import(&app, &file(&folder, "others.sql", others), &[]);

    ended(&output, &[4], "a token that is taken");
    assert!(said(&output).contains("same token"), "{}", said(&output));
    assert_eq!(app.count("select count(*) from users"), 9);
    assert_eq!(app.count("select count(*) from imported_users"), 9);
    assert_eq!(app.count("select count(*) from imports"), 1);
}
