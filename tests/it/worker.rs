//! The service worker that keeps the page's files: it names exactly those of
//! this version. What it does with them is in `tests/browser/`.

use serde_json::Value;

use crate::app::{App, Reply};

/// What the worker is told of the files, and its own text.
fn parts(reply: &Reply) -> (Value, &str) {
    let line = reply.text.strip_prefix("const build = ").expect("a first line");
    let (build, source) = line.split_once(";\n").expect("its end");
    (serde_json::from_str(build).expect("JSON"), source)
}

#[test]
fn the_worker_names_each_file_of_the_page_with_its_hash() {
    let app = App::start();
    let reply = app.get("/sw.js");
    let (build, source) = parts(&reply);
    assert_eq!(source, std::fs::read_to_string("static/sw.js").expect("the file is there"));
    let files = build["files"].as_object().expect("files");
    for path in ["/", "/main.js", "/styles/page.css", "/manifest.webmanifest", "/strings/de.js"] {
        assert!(files.contains_key(path), "{path}");
    }
    for (path, hash) in files {
        let file = app.get(path);
        assert_eq!(file.status, 200, "{path}");
        let etag = format!("\"{}\"", hash.as_str().expect("a hash"));
        assert_eq!(file.header("etag"), Some(etag.as_str()), "{path}");
    }
    let kept = |path: &str| path.starts_with("/api") || path == "/sw.js" || path == "/index.html";
    assert!(!files.keys().any(|path| kept(path)));
}

#[test]
fn the_worker_knows_the_addresses_of_the_page() {
    let app = App::start();
    let reply = app.get("/sw.js");
    let (build, _) = parts(&reply);
    for page in build["pages"].as_array().expect("pages") {
        let path = page.as_str().expect("a path").replace("<id>", "1").replace("<section>", "1");
        let kind = app.get(&path).header("content-type").map(str::to_owned);
        assert_eq!(kind.as_deref(), Some("text/html; charset=utf-8"), "{path}");
    }
}

// SECURITY-BAR H9
#[test]
fn the_worker_is_asked_for_every_time_and_may_only_fetch_from_here() {
    let app = App::start();
    let reply = app.get("/sw.js");
    assert_eq!(reply.header("content-type"), Some("text/javascript; charset=utf-8"));
    assert_eq!(reply.header("cache-control"), Some("no-cache"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));
    let policy = "default-src 'none'; connect-src 'self'; frame-ancestors 'none'";
    assert_eq!(reply.header("content-security-policy"), Some(policy));

    let etag = reply.header("etag").expect("an ETag");
    let again = app.request("GET", "/sw.js", &[("if-none-match", etag)], None);
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    assert_eq!(again.header("content-security-policy"), Some(policy));
}
