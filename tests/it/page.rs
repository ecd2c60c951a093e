//! The page's own modules, tested in Node (`tests/page/`). Without Node this is
//! left out and says so, unless `CI` is set: there it must run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::node;

/// Every test file: Node finds them by itself only in some of its versions.
fn files() -> Vec<PathBuf> {
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/page");
    let entries = std::fs::read_dir(place).expect("the directory is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    files.retain(|file| file.to_string_lossy().ends_with(".test.mjs"));
    files.sort();
    files
}

#[test]
fn the_modules_of_the_page_do_what_their_tests_say() {
    let files = files();
    assert!(!files.is_empty());
    let output = match Command::new("node").arg("--test").args(&files).output() {
        Ok(output) => output,
        Err(why) => return node::left_out(&format!("node cannot be started: {why}")),
    };
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
}
