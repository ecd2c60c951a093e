//! todo.txt: a task to a line.
//!
//! | a task                               | its line                                   |
//! | ------------------------------------ | ------------------------------------------ |
//! | open, priority 1, due, in "My home"  | `(A) 2026-11-01 pay due:2026-12-02 +My_home` |
//! | completed, priority 1                | `x 2026-11-03 2026-11-01 pay pri:A`        |

use super::Kept;
use crate::tasks::KeptTask;
use crate::time::Timestamp;

pub(super) fn write(kept: &Kept) -> String {
    kept.tasks().map(|(task, list)| line(task, list) + "\n").collect()
}

fn line(task: &KeptTask, list: &str) -> String {
    let letter = match task.priority.number() {
        1 => Some("A"),
        2 => Some("B"),
        3 => Some("C"),
        _ => None,
    };
    let mut words = Vec::new();
    match (task.completed_at, letter) {
        (Some(completed), _) => words.extend(["x".to_owned(), day(completed)]),
        (None, Some(letter)) => words.push(format!("({letter})")),
        (None, None) => {}
    }
    words.push(day(task.created_at));
    words.push(one_line(&task.title));
    if let (Some(_), Some(letter)) = (task.completed_at, letter) {
        words.push(format!("pri:{letter}"));
    }
    // The format knows days alone.
    words.extend(task.due.as_ref().map(|due| format!("due:{}", &due.as_str()[..10])));
    words.push(format!("+{}", list.split_whitespace().collect::<Vec<&str>>().join("_")));
    words.join(" ")
}

fn day(time: Timestamp) -> String {
    time.to_string().chars().take(10).collect()
}

fn one_line(text: &str) -> String {
    let blank = |c: char| if c.is_control() { ' ' } else { c };
    text.chars().map(blank).collect::<String>().trim().to_owned()
}
