//! A dump: SQL text, run in memory as far as it makes tables and fills them.

use std::io::Read;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::{Batch, Connection};

use super::{restrain, shown};

/// The largest dump; one that is larger is better made a database of first.
const LARGEST: u64 = 256 << 20;

/// Pages of 4 KiB that a dump of no length may fill, to which its own are added.
const PAGES: u64 = 16_384;

/// Runs what `rest` has after `head`, `length` bytes in all, in a database that
/// is nowhere but in memory.
pub(super) fn load(length: u64, head: Vec<u8>, rest: impl Read) -> Result<Connection, String> {
    let text = read(length, head, rest)?;
    let mut conn = open(text.len() as u64).map_err(|error| shown(&error))?;
    run(&mut conn, &text)?;
    if !conn.is_autocommit() {
        return Err("it is cut short: what it begins it never commits".into());
    }
    conn.authorizer(None::<fn(AuthContext) -> Authorization>).map_err(|error| shown(&error))?;
    Ok(conn)
}

fn read(length: u64, mut bytes: Vec<u8>, rest: impl Read) -> Result<String, String> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err("it is compressed; unpack it first".into());
    }
    if length > LARGEST {
        return Err(format!(
            "a dump of more than {} MiB is not read; make a database of it first: \
             sqlite3 FILE.db < FILE.sql",
            LARGEST >> 20
        ));
    }
    // Not further, should it grow meanwhile.
    rest.take(length).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.contains(&0) {
        return Err("it is neither a SQLite database nor SQL text".into());
    }
    let text = String::from_utf8(bytes).map_err(|_| "it is neither SQLite nor UTF-8 text")?;
    let mut text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    // Without a zero at its end SQLite would copy all that is left of the text
    // for each statement, which takes hours where seconds do.
    text.push('\0');
    Ok(text)
}

fn open(length: u64) -> rusqlite::Result<Connection> {
    let conn = Connection::open_in_memory()?;
    restrain(&conn)?;
    conn.pragma_update(None, "journal_mode", "off")?;
    conn.pragma_update(None, "ignore_check_constraints", true)?;
    // Text turns into about as many bytes of pages; a bomb does not stop there.
    let pages = PAGES + length / 1024;
    conn.pragma_update(None, "max_page_count", i64::try_from(pages).unwrap_or(i64::MAX))?;
    Ok(conn)
}

fn run(conn: &mut Connection, text: &str) -> Result<(), String> {
    use rusqlite::fallible_iterator::FallibleIterator;

    let (selects, reads) = (Arc::new(AtomicBool::default()), Arc::new(AtomicBool::default()));
    let seen = (selects.clone(), reads.clone());
    conn.authorizer(Some(move |context: AuthContext| while_loading(context, &seen.0, &seen.1)))
        .map_err(|error| shown(&error))?;
    let mut batch = Batch::new(conn, text);
    let mut number = 0;
    let mut next = || -> rusqlite::Result<bool> {
        number += 1;
        selects.store(false, Ordering::Relaxed);
        reads.store(false, Ordering::Relaxed);
        let Some(mut statement) = batch.next()? else { return Ok(false) };
        let mut rows = statement.raw_query();
        while rows.next()?.is_some() {}
        Ok(true)
    };
    loop {
        match next() {
            Ok(true) => {}
            Ok(false) => return Ok(()),
            Err(error) => {
                return Err(format!("statement {number} of the dump: {}", shown(&error)));
            }
        }
    }
}

/// What a dump is made of. Rows that are selected from other rows could be made
/// without end: a statement that does both is refused (a list of `VALUES`
/// selects, an index reads). Settings are passed over.
fn while_loading(context: AuthContext, selects: &AtomicBool, reads: &AtomicBool) -> Authorization {
    match context.action {
        AuthAction::Pragma { .. } => return Authorization::Ignore,
        AuthAction::Select => selects.store(true, Ordering::Relaxed),
        AuthAction::Read { .. } => reads.store(true, Ordering::Relaxed),
        AuthAction::Update { table_name, .. } | AuthAction::Delete { table_name }
            if table_name.starts_with("sqlite_") => {}
        AuthAction::Function { function_name: "load_extension" } => return Authorization::Deny,
        AuthAction::CreateTable { .. }
        | AuthAction::CreateIndex { .. }
        | AuthAction::CreateView { .. }
        | AuthAction::CreateTrigger { .. }
        | AuthAction::Reindex { .. }
        | AuthAction::Analyze { .. }
        | AuthAction::Insert { .. }
        | AuthAction::Function { .. }
        | AuthAction::Transaction { .. }
        | AuthAction::Savepoint { .. } => {}
        _ => return Authorization::Deny,
    }
    match selects.load(Ordering::Relaxed) && reads.load(Ordering::Relaxed) {
        true => Authorization::Deny,
        false => Authorization::Allow,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loaded(text: &str) -> Result<Connection, String> {
        load(text.len() as u64, Vec::new(), text.as_bytes())
    }

    #[test]
    fn a_dump_makes_tables_and_rows() {
        let conn = loaded(
            "PRAGMA foreign_keys=OFF; BEGIN;
             CREATE TABLE t (id integer primary key autoincrement, x text check (x like 'a%'));
             INSERT INTO t VALUES (1, 'one'), (2, 'two'), (8, 'eight');
             INSERT INTO t VALUES (3, replace('a\\nb', '\\n', char(10)));
             DELETE FROM sqlite_sequence; INSERT INTO sqlite_sequence VALUES ('t', 9);
             CREATE TRIGGER bomb AFTER INSERT ON t BEGIN DELETE FROM t; END;
             CREATE INDEX i ON t (x) WHERE x IS NOT NULL; CREATE VIEW v AS SELECT * FROM t;
             INSERT INTO t VALUES (4, 'four');
             COMMIT;",
        )
        .unwrap();
        let rows: i64 = conn.query_row("select count(*) from t", [], |row| row.get(0)).unwrap();
        assert_eq!(rows, 5);
    }

    #[test]
    fn what_no_dump_needs_is_refused() {
        for bad in [
            "ATTACH '/tmp/x.db' AS x",
            "VACUUM INTO '/tmp/x.db'",
            "CREATE TABLE t (x); INSERT INTO t SELECT x FROM t",
            "CREATE TABLE t (x); INSERT INTO t SELECT 1 FROM t, t AS u, t AS v",
            "CREATE TABLE t (x); SELECT count(*) FROM t, t AS u",
            "CREATE TABLE t AS SELECT name FROM sqlite_schema",
            "CREATE TABLE t (x); INSERT INTO t SELECT value FROM json_each('[1,2]')",
            "WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r",
            "CREATE TABLE t (x); INSERT INTO t \
             WITH RECURSIVE r(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM r) SELECT x FROM r",
            "SELECT load_extension('/tmp/x.so')",
            "CREATE VIRTUAL TABLE t USING fts5 (x)",
            "PRAGMA writable_schema = on; INSERT INTO sqlite_schema VALUES ('table','t','t',2,'')",
            "CREATE TABLE t (x); INSERT INTO t VALUES (zeroblob(1000000000))",
            &format!(
                "PRAGMA max_page_count = 4000000000; CREATE TABLE t (x); {}",
                "INSERT INTO t VALUES (zeroblob(20000000));".repeat(10)
            ),
            "CREATE TEMP TABLE t (x)",
            ".read /etc/passwd",
            "CREATE TABLE t (x); DELETE FROM t",
            "CREATE TABLE t (x); DROP TABLE t",
            &format!(
                "CREATE TABLE t (x); INSERT INTO t VALUES ({}1{})",
                "(".repeat(99_999),
                ")".repeat(99_999)
            ),
            "CREATE TABLE t (x); UPDATE t SET x = 1",
            "CREATE TABLE t (x); INSERT INTO t VALUES ((SELECT max(x) FROM t))",
            "BEGIN; CREATE TABLE t (x);",
            "CREATE TABLE t (x); INSERT INTO t VALUES ('never ends",
            "-- a dump of another program\nSET NAMES utf8mb4; CREATE TABLE `t` (x) ENGINE=InnoDB;",
        ] {
            let why = loaded(bad).err().unwrap_or_else(|| panic!("{bad} was run"));
            assert!(why.len() < 200, "{why}");
        }
        assert!(!std::path::Path::new("/tmp/x.db").exists());
    }

    #[test]
    fn an_error_does_not_show_the_rest_of_the_dump() {
        let hash = "x".repeat(500);
        let why = loaded(&format!("nonsense; INSERT INTO t VALUES ('{hash}'")).err().unwrap();
        assert!(!why.contains("xxx") && why.contains("statement 1"), "{why}");
    }
}
