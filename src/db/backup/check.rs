//! Proving a backup: it is restored into a scratch file, and that is examined.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::super::content::{self, Content};
use super::super::{migrate, open};
use super::files;
use super::{Phase, Progress, Report};
use crate::error::Result;

/// Problems told of one check.
const SHOWN: usize = 5;

/// What a backup must be.
pub(super) struct Expected<'a> {
    pub(super) schema: usize,
    pub(super) size: u64,
    pub(super) sha256: Option<&'a str>,
    pub(super) content: &'a Content,
}

/// Restores `backup` to `scratch` and compares: what is wrong with it, nothing if
/// it is proven, and the SHA-256 of the file. The scratch file stays.
pub(super) fn examine(
    backup: &Path,
    scratch: &Path,
    expected: &Expected,
    report: &mut Report,
) -> Result<(Vec<String>, String)> {
    yield_to_others();
    let sha256 = files::copy(backup, scratch, &mut |done| {
        report(Progress { phase: Phase::Restoring, done, total: expected.size })
    })?;
    let size = std::fs::metadata(scratch).map_or(0, |file| file.len());
    if size != expected.size {
        return Ok((vec![format!("it has {size} bytes instead of {}", expected.size)], sha256));
    }
    if expected.sha256.is_some_and(|known| known != sha256) {
        return Ok((vec!["its bytes are not those that were written".into()], sha256));
    }
    let mut problems = soundness(scratch, report)?;
    if problems.is_empty() {
        problems = compare(scratch, expected, report)
            .unwrap_or_else(|error| vec![format!("it cannot be read: {error}")]);
    }
    Ok((problems, sha256))
}

/// What SQLite finds wrong with a database file that nobody else uses.
pub(in super::super) fn soundness(file: &Path, report: &mut Report) -> Result<Vec<String>> {
    report(Progress { phase: Phase::Checking, done: 0, total: 0 })?;
    let problems = read_only(file).and_then(|conn| look(&conn));
    Ok(problems.unwrap_or_else(|error| vec![format!("it cannot be read: {error}")]))
}

/// The same for one that is open.
pub(in super::super) fn look(conn: &Connection) -> Result<Vec<String>> {
    let mut problems = Vec::new();
    let id: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if id != open::APPLICATION_ID {
        problems.push("it is no database of Docket's".into());
    }
    let mut check = conn.prepare(&format!("pragma integrity_check({SHOWN})"))?;
    for verdict in check.query_map([], |row| row.get::<_, String>(0))? {
        let verdict = verdict?;
        if verdict != "ok" {
            problems.push(verdict);
        }
    }
    let mut strays = conn.prepare("pragma foreign_key_check")?;
    let strays = strays.query_map([], |row| row.get::<_, String>(0))?;
    for table in strays.take(SHOWN) {
        problems.push(format!("a row of {} is without its parent", table?));
    }
    Ok(problems)
}

fn compare(scratch: &Path, expected: &Expected, report: &mut Report) -> Result<Vec<String>> {
    let conn = read_only(scratch)?;
    let schema = migrate::version(&conn)?;
    if schema != expected.schema {
        let wanted = expected.schema;
        return Ok(vec![format!("it has schema version {schema} instead of {wanted}")]);
    }
    let total = expected.content.tables.values().map(|table| table.rows).sum();
    let found = content::read(&conn, &mut |done| {
        report(Progress { phase: Phase::Comparing, done, total })
    })?;
    let differences = expected.content.differences(&found);
    Ok(differences.into_iter().map(|what| format!("{what}: not as it was")).collect())
}

fn read_only(file: &Path) -> Result<Connection> {
    let conn = open::open(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    conn.pragma_update(None, "query_only", true)?;
    Ok(conn)
}

/// Checking has time; answering people has not.
fn yield_to_others() {
    // Without it they share evenly.
    let _ = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10);
}
