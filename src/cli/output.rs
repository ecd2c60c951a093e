//! What goes where: results to stdout, everything else to stderr.

use std::io::Write;
use std::sync::OnceLock;

use serde::Serialize;
use serde_json::Value;

/// How people and programs want to be spoken to.
#[derive(Clone, Copy, Default)]
pub(super) struct Manner {
    pub(super) quiet: bool,
    pub(super) no_color: bool,
    pub(super) ndjson: bool,
}

static MANNER: OnceLock<Manner> = OnceLock::new();

/// Set once, before anything is said.
pub(super) fn set_manner(manner: Manner) {
    // Nobody sets it twice.
    let _ = MANNER.set(manner);
}

pub(super) fn manner() -> Manner {
    MANNER.get().copied().unwrap_or_default()
}

/// Prints a result; a reader that went away is no failure.
pub(super) fn print(text: &str) -> anyhow::Result<()> {
    print_line(text).map(|_| ())
}

/// The same for one of many results: false once nobody reads them any more.
pub(super) fn print_line(text: &str) -> anyhow::Result<bool> {
    let mut out = std::io::stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Prints a result for a script.
pub(super) fn print_json(value: &impl Serialize) -> anyhow::Result<()> {
    if !manner().ndjson {
        return print(&serde_json::to_string_pretty(value)?);
    }
    match serde_json::to_value(value)? {
        Value::Array(items) => items.iter().try_for_each(|item| print(&item.to_string())),
        one => print(&one.to_string()),
    }
}

/// Columns as wide as what is in them, two blanks apart.
pub(super) fn table(rows: &[Vec<String>]) -> String {
    let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
    let width = |column: usize| {
        rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max()
    };
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    let line = |row: &Vec<String>| {
        let cells: Vec<String> =
            row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        cells.join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect::<Vec<String>>().join("\n")
}

/// Text of others for a terminal: what could steer it is shown as an escape, and
/// what is long is cut.
pub(super) fn plain(text: &str) -> String {
    const LONGEST: usize = 100;
    let escape = |c: char| match c {
        c if c.is_control() => c.escape_unicode().to_string(),
        c => c.to_string(),
    };
    let mut shown: String = text.chars().take(LONGEST).map(escape).collect();
    if text.chars().nth(LONGEST).is_some() {
        shown.push('…');
    }
    shown
}

/// Tells a person something, unless they want to hear nothing.
pub(super) fn tell(text: &str) {
    if !manner().quiet {
        complain(text);
    }
}

/// Says what went wrong; a terminal that went away is no failure.
pub(super) fn complain(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
