//! Making, checking and opening the file.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{ErrorKind, Read};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::functions::{Context, FunctionFlags};
use rusqlite::{Connection, ErrorCode, OpenFlags};

use super::{SECRET_FILE, migrate};
use crate::error::{Error, Result};

/// "Dckt", so that `file` and other programs can tell what it is.
pub(super) const APPLICATION_ID: i32 = 0x4463_6b74;

/// How long one process waits for another's write.
pub(super) const BUSY: Duration = Duration::from_secs(10);

/// Makes `path` and its parents, closed to others, and tells plainly if it cannot.
pub(super) fn make_private_dir(path: &Path, name: &str) -> Result<()> {
    let cannot = |what: &str, error: std::io::Error| {
        Error::of_io(&format!("cannot {what} the {name} directory {}", path.display()), &error)
    };
    if path.exists() && !path.is_dir() {
        return Err(Error::Setup(format!(
            "the {name} directory {} is a file; name a directory",
            path.display()
        )));
    }
    fs::create_dir_all(path).map_err(|error| cannot("make", error))?;
    give_to_its_place(path).map_err(|error| cannot("hand over", error))?;
    let mode = fs::metadata(path).map_err(|error| cannot("read", error))?.permissions().mode();
    if mode & 0o077 != 0 {
        refuse_shared(path, mode)?;
        fs::set_permissions(path, Permissions::from_mode(mode & 0o700))
            .map_err(|error| cannot("close to others", error))?;
    }
    Ok(())
}

/// Refuses to close a directory that is everybody's, such as /tmp.
fn refuse_shared(path: &Path, mode: u32) -> Result<()> {
    const STICKY: u32 = 0o1000;
    if mode & STICKY == 0 {
        return Ok(());
    }
    Err(Error::Setup(format!("{} is for everybody; name a directory below it", path.display())))
}

/// Makes a file that only the owner can read, where there is none.
pub fn new_private_file(path: &Path) -> Result<File> {
    let made = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    made.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            Error::conflict("file_exists", format!("{} is there already", path.display()))
        }
        _ => Error::of_io(&format!("cannot make {}", path.display()), &error),
    })
}

/// Opens or makes a file that only the owner can read (0600).
pub fn private_file(path: &Path) -> Result<File> {
    let cannot = |error| Error::of_io(&format!("cannot open {}", path.display()), &error);
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
        .map_err(cannot)?;
    let mode = file.metadata().map_err(cannot)?.permissions().mode();
    if mode & 0o077 != 0 {
        file.set_permissions(Permissions::from_mode(0o600)).map_err(cannot)?;
    }
    give_to_its_place(path).map_err(cannot)?;
    Ok(file)
}

/// What root makes among the files of a service is the service's, which could not
/// use it otherwise; SQLite does the same with its own.
fn give_to_its_place(path: &Path) -> std::io::Result<()> {
    let Some(parent) = path.parent().filter(|_| rustix::process::geteuid().is_root()) else {
        return Ok(());
    };
    // Of a bare name: `Path` says nothing where the shell says ".".
    let parent = if parent.as_os_str().is_empty() { Path::new(".") } else { parent };
    let (own, place) = (fs::metadata(path)?, fs::metadata(parent)?);
    if own.uid() == 0 && place.uid() != 0 {
        std::os::unix::fs::chown(path, Some(place.uid()), Some(place.gid()))?;
    }
    Ok(())
}

/// Refuses a file that is no database of Docket's, or a damaged or newer one,
/// before any of it is changed. A missing or empty file is made, closed to others:
/// SQLite gives the WAL the same mode.
pub(super) fn check(path: &Path) -> Result<()> {
    let damaged = |why: String| {
        Error::Setup(format!(
            "{} is not a usable Docket database ({why}); it was left as it is. \
             Restore a backup, or name another --data-dir",
            path.display()
        ))
    };
    let mut head = Vec::new();
    match File::open(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => {
            return Err(Error::Setup(format!("cannot open {}: {error}", path.display())));
        }
        Ok(file) => {
            file.take(100).read_to_end(&mut head).map_err(|error| damaged(error.to_string()))?;
        }
    }
    if !head.is_empty() && !head.starts_with(b"SQLite format 3\0") {
        return Err(damaged("it does not begin as a SQLite file does".into()));
    }
    if head.is_empty() && is_lost(path) {
        return Err(damaged(format!("it is empty, and the {SECRET_FILE} beside it is not")));
    }
    private_file(path)?;
    if head.is_empty() {
        return Ok(());
    }
    // Before SQLite looks: it may undo what a kill left half done.
    if is_cut_short(path, &head) {
        return Err(damaged("it is shorter than its own header says".into()));
    }
    let conn = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    if is_filled(path, "db-wal") {
        // Closing would fold the log into a file that may not be ours.
        conn.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    }
    let id: i32 = conn
        .pragma_query_value(None, "application_id", |row| row.get(0))
        .map_err(|error| unwritable(path, &error).unwrap_or_else(|| damaged(error.to_string())))?;
    let tables: i64 = conn
        .query_row("select count(*) from sqlite_schema", [], |row| row.get(0))
        .map_err(|error| damaged(error.to_string()))?;
    if id != APPLICATION_ID && tables > 0 {
        return Err(damaged("another program made it".into()));
    }
    migrate::refuse_newer(path, migrate::version(&conn)?)
}

/// What to say of a file that is kept from us rather than damaged.
fn unwritable(path: &Path, error: &rusqlite::Error) -> Option<Error> {
    let code = error.sqlite_error_code()?;
    let is_kept =
        matches!(code, ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied);
    is_kept.then(|| {
        Error::Denied(format!(
            "cannot write {} or beside it: it, or its directory, is read-only or somebody else's",
            path.display()
        ))
    })
}

/// Compares the file's length with its header (SQLite file format, 1.3). With a
/// log or a journal beside it the header may be ahead, and recovery mends that.
fn is_cut_short(path: &Path, head: &[u8]) -> bool {
    let recovers = ["db-wal", "db-journal"].into_iter().any(|name| is_filled(path, name));
    let (Ok(file), false, Some(head)) = (fs::metadata(path), recovers, head.get(..100)) else {
        return false;
    };
    let page_size = match u16::from_be_bytes([head[16], head[17]]) {
        1 => 65_536,
        size => u64::from(size),
    };
    let pages = u32::from_be_bytes([head[28], head[29], head[30], head[31]]);
    file.len() < page_size * u64::from(pages)
}

/// True if an empty file was a database: the secret is made after it.
fn is_lost(path: &Path) -> bool {
    let secret = fs::metadata(path.with_file_name(SECRET_FILE));
    path.exists() && !is_filled(path, "db-wal") && secret.is_ok_and(|file| file.len() > 0)
}

/// True if the file that ends in `extension` beside the database has anything in it.
fn is_filled(path: &Path, extension: &str) -> bool {
    fs::metadata(path.with_extension(extension)).is_ok_and(|file| file.len() > 0)
}

/// Opens a connection that writes: WAL, and every commit synced.
pub(super) fn writer(path: &Path) -> Result<Connection> {
    let conn = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let mode: String =
        conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(Error::Setup(format!(
            "{} cannot use a write-ahead log (SQLite answered {mode}); \
             a network file system cannot hold the data directory",
            path.display()
        )));
    }
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    // Longer than the log gets while it is copied in time: a file that shrinks and
    // grows again costs a sync more than one whose blocks are there.
    conn.pragma_update(None, "journal_size_limit", 28 << 20)?;
    conn.pragma_update(None, "cache_size", -8000)?;
    // A savepoint keeps the pages it may have to put back; without this they
    // are written to a file in /tmp.
    conn.pragma_update(None, "temp_store", "memory")?;
    // 28 MB: only if `checkpoint` could not keep up.
    conn.pragma_update(None, "wal_autocheckpoint", 7000)?;
    conn.set_prepared_statement_cache_capacity(64);
    Ok(conn)
}

/// Opens a connection that cannot change anything.
pub(super) fn reader(path: &Path) -> Result<Connection> {
    let conn = open(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "query_only", true)?;
    conn.pragma_update(None, "cache_size", -1000)?;
    conn.set_prepared_statement_cache_capacity(64);
    let pure = FunctionFlags::SQLITE_DETERMINISTIC | FunctionFlags::SQLITE_UTF8;
    conn.create_scalar_function("contains_word", 3, pure, contains_word)?;
    Ok(conn)
}

/// `contains_word(title, description, word)`: true if a lower-case word occurs
/// in either, in any letter case of any alphabet.
fn contains_word(context: &Context) -> rusqlite::Result<bool> {
    let text = |index| context.get_raw(index).as_str().map_err(rusqlite::Error::from);
    let word = text(2)?;
    Ok(contains(text(0)?, word) || contains(text(1)?, word))
}

fn contains(text: &str, word: &str) -> bool {
    if text.is_ascii() && word.is_ascii() {
        let (text, word) = (text.as_bytes(), word.as_bytes());
        return text.windows(word.len()).any(|part| part.eq_ignore_ascii_case(word));
    }
    text.to_lowercase().contains(word)
}

/// Opens what is there, with the ways of waiting and planning that all share.
pub(super) fn open(path: &Path, flags: OpenFlags) -> Result<Connection> {
    // Without the URI flag a path that begins with `file:` is only a path.
    let conn = Connection::open_with_flags(path, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
        .map_err(|error| Error::Setup(format!("cannot open {}: {error}", path.display())))?;
    conn.busy_timeout(BUSY)?;
    // Otherwise a page of tasks is planned anew for every owner, which costs
    // more than reading it (the planner looks at bound values where an index
    // has an expression or a condition).
    conn.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(conn)
}
