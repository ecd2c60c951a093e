//! What became of each row of the file.

use serde::Serialize;

/// The most characters of an id or a reason; no id that can be kept is longer.
const LONGEST: usize = 255;

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// It is here now.
    Imported,
    /// Its account came with an earlier import, and is left as it is here.
    Unchanged,
    /// Something else stands in its place.
    Conflict,
    /// It has no use here, or none that is safe.
    Left,
}

/// A row of the file, or a whole table or column that is not known.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    pub table: String,
    pub id: String,
    /// The e-mail of the account it belongs to.
    pub account: Option<String>,
    pub outcome: Outcome,
    /// Why it did not come, or what of it did not.
    pub why: String,
}

impl Row {
    /// A report is read by people and is not to grow with what is in a row.
    pub(super) fn new(table: &str, id: &str, outcome: Outcome, why: &str) -> Row {
        let cut = |text: &str| text.chars().take(LONGEST).collect();
        Row { table: cut(table), id: cut(id), account: None, outcome, why: cut(why) }
    }
}

/// How many rows of a table had each outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Count {
    pub table: String,
    pub imported: usize,
    pub unchanged: usize,
    pub conflict: usize,
    pub left: usize,
}

/// What an import did, or would do.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The number it can be undone by; `null` if it changed nothing.
    pub import: Option<i64>,
    pub summary: Vec<Count>,
    pub rows: Vec<Row>,
}

impl Report {
    pub(super) fn new(import: Option<i64>, rows: Vec<Row>) -> Report {
        Report { import, summary: summary(&rows), rows }
    }

    /// True if there is nobody to import.
    pub fn changes_nothing(&self) -> bool {
        self.summary.iter().all(|count| count.imported == 0)
    }
}

/// The counts, a table after the other as they first appear.
fn summary(rows: &[Row]) -> Vec<Count> {
    let mut counts: Vec<Count> = Vec::new();
    for row in rows {
        let known = counts.iter().position(|count| count.table == row.table);
        let at = known.unwrap_or_else(|| {
            let table = row.table.clone();
            counts.push(Count { table, imported: 0, unchanged: 0, conflict: 0, left: 0 });
            counts.len() - 1
        });
        let count = &mut counts[at];
        match row.outcome {
            Outcome::Imported => count.imported += 1,
            Outcome::Unchanged => count.unchanged += 1,
            Outcome::Conflict => count.conflict += 1,
            Outcome::Left => count.left += 1,
        }
    }
    counts
}
