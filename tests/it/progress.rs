//! Long work says how far it is, on a terminal and nowhere else.

use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

use crate::app::{self, App, DOCKET};

/// What a command shows on a terminal.
fn on_a_terminal(dir: &Path, arguments: &str) -> String {
    let output = Command::new("script")
        .args(["-qec", &format!("{DOCKET} {arguments}"), "/dev/null"])
        .env("DOCKET_DATA_DIR", dir)
        .env("TERM", "xterm")
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("script runs");
    let shown = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{arguments}: {shown}");
    shown
}

fn in_a_pipe(dir: &Path, arguments: &str) -> String {
    let output = app::command(dir, &[])
        .args(arguments.split(' '))
        .current_dir(dir)
        .stdin(Stdio::null())
        .output()
        .expect("docket runs");
    assert!(output.status.success(), "{arguments}");
    let both = [output.stdout, output.stderr].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[test]
fn long_work_shows_how_far_it_is_on_a_terminal_alone() {
    let mut app = App::start();
    let ada = app.user("ada");
    ada.add("milk");
    app.run(&["user", "add", "bob@example.org"]);
    assert_eq!(app.stop(), Some(0));
    let dir: TempDir = std::mem::replace(&mut app.dir, TempDir::new().expect("a directory"));
    let dir = dir.path();
    let folder = TempDir::new().expect("a directory");
    let dump = folder.path().join("better-auth.sql");
    std::fs::write(&dump, crate::import::dump()).expect("a file");
    let import = format!("import better-auth {} --summary", dump.display());
    for (number, (arguments, word)) in [
        ("export ada@example.org --output N.json", "reading"),
        ("import json N.json --user bob@example.org --summary", "reading"),
        (import.as_str(), "reading"),
        ("backup now", "copying"),
        ("backup verify", "restoring"),
        ("migrate rehearse", "copying"),
        ("isolation-check --json", "copying"),
        ("doctor", "restoring"),
    ]
    .into_iter()
    .enumerate()
    {
        let named = |kind: &str| arguments.replace("N.json", &format!("{kind}.json"));
        let shown = on_a_terminal(dir, &named("terminal"));
        assert!(shown.contains(word) && shown.contains(" %"), "{number} {arguments}: {shown:?}");
        let silent = in_a_pipe(dir, &named("pipe"));
        assert!(!silent.contains('\u{1b}') && !silent.contains(" %"), "{arguments}: {silent:?}");
    }
}
