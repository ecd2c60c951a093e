//! Another program's database, or the SQL text that makes one, read without
//! trusting a word of it: nothing is written but memory, nothing in it is run
//! but what makes tables and rows, and it ends in time.

mod cell;
mod dump;

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{RecvTimeoutError, sync_channel};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::hooks::{AuthAction, AuthContext, Authorization};
use rusqlite::limits::Limit;
use rusqlite::{Connection, OpenFlags};

pub use cell::Cell;

use super::open::APPLICATION_ID;
use crate::error::{Error, Result};

/// How long all of it may take: some hundred times what the largest takes.
const LIMIT: Duration = Duration::from_secs(300);

/// The longest value that is read or made.
const LONGEST_VALUE: i32 = 32 << 20;

/// An open database that is only read.
pub struct Foreign {
    conn: Connection,
}

/// One of its tables, by the names it has there.
#[derive(Clone, Debug)]
pub struct Table {
    pub name: String,
    pub columns: Vec<String>,
}

/// Opens what `file` is by its content, a database or a dump, lets `work` read
/// it on a thread of its own, and gives up when that takes too long.
pub fn read_foreign<T: Send + 'static>(
    file: &Path,
    work: impl FnOnce(&Foreign) -> Result<T> + Send + 'static,
) -> Result<T> {
    read_within(LIMIT, file, work)
}

fn read_within<T: Send + 'static>(
    limit: Duration,
    file: &Path,
    work: impl FnOnce(&Foreign) -> Result<T> + Send + 'static,
) -> Result<T> {
    let (reply, answer) = sync_channel(1);
    let path = file.to_owned();
    std::thread::Builder::new()
        .name("docket-import".into())
        .spawn(move || reply.send(Foreign::open(&path).and_then(|foreign| work(&foreign))))
        .map_err(|error| Error::Setup(format!("cannot start a thread: {error}")))?;
    answer.recv_timeout(limit).unwrap_or_else(|error| {
        Err(refusal(match error {
            RecvTimeoutError::Timeout => "reading it took too long and was given up",
            RecvTimeoutError::Disconnected => "reading it failed",
        }))
    })
}

impl Foreign {
    fn open(file: &Path) -> Result<Foreign> {
        let data = std::fs::metadata(file).map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound => Error::NotFound("file"),
            _ => refusal(error),
        })?;
        // Opening a pipe would wait for whoever writes to it.
        if !data.is_file() {
            return Err(refusal("it is not a file"));
        }
        let mut opened = File::open(file).map_err(refusal)?;
        let mut head = Vec::new();
        opened.by_ref().take(100).read_to_end(&mut head).map_err(refusal)?;
        let conn = if head.starts_with(b"SQLite format 3\0") {
            drop(opened);
            open_database(file, &head)
        } else {
            dump::load(data.len(), head, opened)
        };
        let mut conn = conn.map_err(refusal)?;
        conn.authorizer(Some(while_reading)).map_err(failed)?;
        // One state of it, also while its own program goes on writing.
        conn.execute_batch("begin").map_err(failed)?;
        let foreign = Foreign { conn };
        foreign.refuse_our_own()?;
        Ok(foreign)
    }

    fn refuse_our_own(&self) -> Result<()> {
        let id: i32 = self
            .conn
            .query_row("select application_id from pragma_application_id", [], |row| row.get(0))
            .map_err(failed)?;
        if id == APPLICATION_ID {
            return Err(refusal("it is a database of Docket's own"));
        }
        Ok(())
    }

    /// Every ordinary table. Views and virtual tables could run what they hold.
    pub fn tables(&self) -> Result<Vec<Table>> {
        let names = self.texts(
            "select name from pragma_table_list
             where schema = 'main' and type = 'table' and name not like 'sqlite\\_%' escape '\\'
             order by name",
            &[],
        )?;
        names
            .into_iter()
            .map(|name| {
                let columns = "select name from pragma_table_info(?1) order by cid";
                Ok(Table { columns: self.texts(columns, &[&name])?, name })
            })
            .collect()
    }

    /// How many rows have something in this column, or how many there are.
    pub fn count(&self, table: &Table, column: Option<&str>) -> Result<i64> {
        let counted = column.map_or("*".into(), quoted);
        let sql = format!("select count({counted}) from {}", quoted(&table.name));
        self.conn.query_row(&sql, [], |row| row.get(0)).map_err(failed)
    }

    /// Gives each row's cells in these columns; one that is not there is null.
    pub fn each<const N: usize>(
        &self,
        table: &Table,
        columns: [&str; N],
        mut work: impl FnMut([Cell; N]),
    ) -> Result<()> {
        let columns = columns.map(|wanted| table.column(wanted).map_or("null".into(), quoted));
        let sql = format!("select {} from {}", columns.join(", "), quoted(&table.name));
        let mut read = || -> rusqlite::Result<()> {
            let mut statement = self.conn.prepare(&sql)?;
            let mut rows = statement.query([])?;
            while let Some(row) = rows.next()? {
                let mut cells = [const { Cell::Null }; N];
                for (index, cell) in cells.iter_mut().enumerate() {
                    *cell = row.get_ref(index)?.into();
                }
                work(cells);
            }
            Ok(())
        };
        read().map_err(failed)
    }

    fn texts(&self, sql: &str, parameters: &[&str]) -> Result<Vec<String>> {
        let read = || -> rusqlite::Result<Vec<String>> {
            let mut statement = self.conn.prepare(sql)?;
            let rows =
                statement.query_map(rusqlite::params_from_iter(parameters), |row| row.get(0));
            rows?.collect()
        };
        read().map_err(failed)
    }
}

impl Table {
    /// The column of this name, however it is capitalised or underscored.
    pub fn column(&self, wanted: &str) -> Option<&str> {
        self.columns.iter().find(|name| is_same_name(name, wanted)).map(String::as_str)
    }
}

/// True for `twoFactor`, `two_factor` and `TwoFactor`.
pub fn is_same_name(one: &str, other: &str) -> bool {
    let plain = |name: &str| name.replace('_', "").to_lowercase();
    plain(one) == plain(other)
}

/// Opens a database file that is never written to. One that was closed well
/// needs no log beside it, and must not get one from looking.
fn open_database(file: &Path, head: &[u8]) -> Result<Connection, String> {
    let uses_log = head.get(18) == Some(&2);
    let log = [file.as_os_str().as_encoded_bytes(), b"-wal"].concat();
    let log = PathBuf::from(<std::ffi::OsStr as std::os::unix::ffi::OsStrExt>::from_bytes(&log));
    let immutable = if uses_log && !log.exists() { "&immutable=1" } else { "" };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_URI;
    let open = || -> rusqlite::Result<Connection> {
        let uri = format!("file:{}?mode=ro{immutable}", escaped(file));
        let conn = Connection::open_with_flags(uri, flags)?;
        conn.busy_timeout(super::open::BUSY)?;
        restrain(&conn)?;
        Ok(conn)
    };
    open().map_err(|error| shown(&error))
}

/// A path inside a URI: all but letters, digits and slashes as `%2F`.
fn escaped(path: &Path) -> String {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.iter().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"/-_.".contains(byte) {
            out.push(char::from(*byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
        out
    })
}

/// Takes from a connection what a schema could do harm with.
fn restrain(conn: &Connection) -> rusqlite::Result<()> {
    for (config, on) in [
        (DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true),
        (DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false),
        (DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, false),
        (DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true),
    ] {
        conn.set_db_config(config, on)?;
    }
    conn.set_limit(Limit::SQLITE_LIMIT_LENGTH, LONGEST_VALUE)?;
    conn.set_limit(Limit::SQLITE_LIMIT_ATTACHED, 0)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    conn.pragma_update(None, "temp_store", "memory")
}

fn while_reading(context: AuthContext) -> Authorization {
    match context.action {
        AuthAction::Select
        | AuthAction::Read { .. }
        | AuthAction::Transaction { .. }
        | AuthAction::Function { function_name: "count" | "like" }
        | AuthAction::Pragma {
            pragma_name: "table_list" | "table_info" | "application_id", ..
        } => Authorization::Allow,
        _ => Authorization::Deny,
    }
}

fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

fn refusal(why: impl std::fmt::Display) -> Error {
    Error::Setup(why.to_string())
}

fn failed(error: rusqlite::Error) -> Error {
    refusal(shown(&error))
}

/// What SQLite says, without the statement: that may hold what is secret.
fn shown(error: &rusqlite::Error) -> String {
    let text = match error {
        rusqlite::Error::SqlInputError { msg, .. } => msg.clone(),
        other => other.to_string(),
    };
    let shown: String = text.chars().take(120).collect();
    shown.escape_debug().to_string().replace("\\\"", "\"").replace("\\'", "'")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_takes_too_long_is_given_up() {
        let folder = tempfile::TempDir::new().unwrap();
        let file = folder.path().join("empty.sql");
        std::fs::write(&file, "").unwrap();
        let (end, wait) = sync_channel::<()>(0);

        let result = read_within(Duration::from_millis(20), &file, move |_| {
            // Until the test is over.
            let _ = wait.recv();
            Ok(())
        });

        drop(end);
        let why = result.unwrap_err().to_string();
        assert!(why.contains("too long"), "{why}");
    }

    #[test]
    fn a_name_is_the_same_in_every_spelling() {
        for name in ["twoFactor", "two_factor", "TwoFactor", "TWO_FACTOR"] {
            assert!(is_same_name(name, "twoFactor"), "{name}");
        }
        assert!(!is_same_name("twoFactors", "twoFactor"));
    }
}
