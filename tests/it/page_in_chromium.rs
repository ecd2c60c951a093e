//! The page in a real browser: `tests/browser/` drives Chromium from Node, and
//! each claim there starts the program under test. Without Node or Chromium
//! this is left out and says so, unless `CI` is set: there it must run.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::app::DOCKET;
use crate::node;

const SOURCE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/browser");
const CHROMIUM: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

/// Where the browser is.
fn chromium() -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let mut places = std::env::split_paths(&path)
        .flat_map(|dir| CHROMIUM.iter().map(move |name| dir.join(name)));
    places.find(|place| place.is_file()).ok_or_else(|| "there is no Chromium".to_owned())
}

/// The files with claims, by name.
fn claims() -> Vec<String> {
    let entries = std::fs::read_dir(SOURCE).expect("the directory is there");
    let names = entries.map(|entry| entry.expect("an entry").file_name());
    let mut names: Vec<String> = names.filter_map(|name| name.into_string().ok()).collect();
    names.retain(|name| name.ends_with(".test.mjs"));
    names.sort();
    names
}

#[test]
fn the_page_does_in_a_browser_what_its_claims_say() {
    let ready = chromium()
        .and_then(|chromium| Ok((chromium, node::install(Path::new(SOURCE), "browser-tests")?)));
    let (chromium, place) = match ready {
        Ok(ready) => ready,
        Err(why) => return node::left_out(&format!("the page in a browser: {why}")),
    };
    let claims = claims();
    assert!(!claims.is_empty());

    // This reporter says last what failed: the end of a long text is what is read.
    let output = Command::new("node")
        .args(["--test", "--test-reporter=spec", "--test-concurrency=2"])
        .args(claims)
        .current_dir(place)
        .env("DOCKET_PROGRAM", DOCKET)
        .env("CHROMIUM", chromium)
        .output()
        .expect("node starts");

    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}{errors}");
}
