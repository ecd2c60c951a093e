//! A table for a spreadsheet (RFC 4180): a task to a row.

use super::Kept;
use crate::tasks::KeptTask;

const HEAD: &str = "id,list,title,description,priority,due,completed_at,created_at,updated_at";

pub(super) fn write(kept: &Kept) -> String {
    let rows = kept.tasks().map(|(task, list)| row(task, list));
    std::iter::once(HEAD.to_owned()).chain(rows).map(|row| row + "\r\n").collect()
}

fn row(task: &KeptTask, list: &str) -> String {
    let shown = |value: Option<String>| value.unwrap_or_default();
    [
        task.id.to_string(),
        list.to_owned(),
        task.title.clone(),
        task.description.clone(),
        task.priority.number().to_string(),
        shown(task.due.as_ref().map(ToString::to_string)),
        shown(task.completed_at.map(|time| time.to_string())),
        task.created_at.to_string(),
        task.updated_at.to_string(),
    ]
    .map(|cell| quoted(&cell))
    .join(",")
}

fn quoted(cell: &str) -> String {
    if cell.contains(['"', ',', '\r', '\n']) || cell.starts_with(' ') || cell.ends_with(' ') {
        return format!("\"{}\"", cell.replace('"', "\"\""));
    }
    cell.to_owned()
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn what_would_break_a_row_is_quoted() {
        assert_eq!(quoted("plain"), "plain");
        assert_eq!(quoted("a, \"b\"\nc"), "\"a, \"\"b\"\"\nc\"");
        assert_eq!(quoted(" x"), "\" x\"");
    }
}
