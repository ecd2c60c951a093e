//! iCalendar (RFC 5545): a task is a VTODO.

use super::Kept;
use crate::tasks::{Due, KeptTask};
use crate::time::Timestamp;

pub(super) fn write(kept: &Kept) -> String {
    let mut lines: Vec<String> =
        ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Docket//docket export//EN"]
            .map(str::to_owned)
            .to_vec();
    for (task, list) in kept.tasks() {
        lines.extend(to_do(task, list, kept.at));
    }
    lines.push("END:VCALENDAR".into());
    lines.iter().map(|line| folded(line)).collect()
}

fn to_do(task: &KeptTask, list: &str, at: Timestamp) -> Vec<String> {
    let mut lines = vec![
        "BEGIN:VTODO".to_owned(),
        format!("UID:{}", task.id),
        format!("DTSTAMP:{}", utc(at)),
        format!("CREATED:{}", utc(task.created_at)),
        format!("LAST-MODIFIED:{}", utc(task.updated_at)),
        format!("SUMMARY:{}", escaped(&task.title)),
        format!("CATEGORIES:{}", escaped(list)),
    ];
    if !task.description.is_empty() {
        lines.push(format!("DESCRIPTION:{}", escaped(&task.description)));
    }
    lines.extend(task.due.as_ref().map(due));
    // 1 is the highest and 9 the lowest there; who has none has no line.
    let priority = match task.priority.number() {
        1 => Some(1),
        2 => Some(5),
        3 => Some(9),
        _ => None,
    };
    lines.extend(priority.map(|priority| format!("PRIORITY:{priority}")));
    match task.completed_at {
        Some(completed) => {
            lines.extend(["STATUS:COMPLETED".into(), format!("COMPLETED:{}", utc(completed))]);
        }
        None => lines.push("STATUS:NEEDS-ACTION".into()),
    }
    lines.push("END:VTODO".into());
    lines
}

/// A day, a time on the wall, or an instant.
fn due(due: &Due) -> String {
    let text = due.as_str();
    match (text.len(), Timestamp::parse(text)) {
        (10, _) => format!("DUE;VALUE=DATE:{}", text.replace('-', "")),
        (_, Some(instant)) if text.contains('[') => format!("DUE:{}", utc(instant)),
        _ => format!("DUE:{}", text.replace(['-', ':'], "")),
    }
}

fn utc(time: Timestamp) -> String {
    let text = time.to_string();
    let seconds = text.split('.').next().unwrap_or_default();
    format!("{}Z", seconds.replace(['-', ':'], ""))
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.replace("\r\n", "\n").chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() && c != '\t' => {}
            c => out.push(c),
        }
    }
    out
}

/// A line of 75 bytes at most, the rest on lines that begin with a blank.
fn folded(line: &str) -> String {
    const LONGEST: usize = 75;
    let (mut out, mut length) = (String::with_capacity(line.len() + 2), 0);
    for c in line.chars() {
        if length + c.len_utf8() > LONGEST {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out + "\r\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_due_is_a_day_a_wall_clock_or_an_instant() {
        for (text, expected) in [
            ("2026-12-02", "DUE;VALUE=DATE:20261202"),
            ("2026-12-02T14:00:00", "DUE:20261202T140000"),
            ("2026-12-02T14:00:00+01:00[Europe/Berlin]", "DUE:20261202T130000Z"),
        ] {
            assert_eq!(due(&text.parse().unwrap()), expected);
        }
    }

    #[test]
    fn long_lines_are_folded_between_letters() {
        let folded = folded(&format!("SUMMARY:{}", "ü".repeat(100)));
        assert!(folded.ends_with("\r\n"));
        assert!(folded.split("\r\n").all(|line| line.len() <= 75), "{folded}");
        assert_eq!(folded.replace("\r\n ", "").trim_end(), format!("SUMMARY:{}", "ü".repeat(100)));
        assert_eq!(escaped("a;b,c\\d\r\ne\u{7}"), "a\\;b\\,c\\\\d\\ne");
    }
}
