//! The page and its files: what they may load, how they are kept, and that
//! nothing else is served.

use std::io::Read;
use std::path::Path;

use flate2::read::GzDecoder;
use sha2::{Digest, Sha256};

use crate::app::{App, Reply, parse};

/// Every file, where it is served.
const FILES: &[(&str, &str, &str)] = &[
    ("/", "index.html", "text/html; charset=utf-8"),
    ("/api/docs", "docs.html", "text/html; charset=utf-8"),
    ("/api/openapi.json", "openapi.json", "application/json"),
    ("/docs.js", "docs.js", "text/javascript; charset=utf-8"),
    ("/styles/page.css", "styles/page.css", "text/css; charset=utf-8"),
    ("/main.js", "main.js", "text/javascript; charset=utf-8"),
    ("/lib/api.js", "lib/api.js", "text/javascript; charset=utf-8"),
    ("/today", "index.html", "text/html; charset=utf-8"),
    ("/lists/0197", "index.html", "text/html; charset=utf-8"),
    ("/tasks/0197", "index.html", "text/html; charset=utf-8"),
    ("/settings/account", "index.html", "text/html; charset=utf-8"),
    ("/invite", "index.html", "text/html; charset=utf-8"),
    ("/reset-password", "index.html", "text/html; charset=utf-8"),
    ("/verify-email", "index.html", "text/html; charset=utf-8"),
    ("/favicon.svg", "favicon.svg", "image/svg+xml"),
];

fn kept(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("static").join(name);
    std::fs::read(path).expect("the file is there")
}

#[test]
fn every_file_is_served_as_it_is_kept() {
    let app = App::start();
    for (path, name, kind) in FILES {
        let reply = app.get(path);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(*kind)), "{path}");
        assert_eq!(reply.text.as_bytes(), kept(name), "{path}");
        assert_eq!(reply.header("content-encoding"), None, "{path}");
        assert_eq!(reply.header("vary"), Some("Accept-Encoding"), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{path}");
    }
}

#[test]
fn a_client_that_takes_gzip_gets_it() {
    let app = App::start();
    for (path, name, kind) in FILES {
        let (head, body) = raw_gzip(&app, path);
        let reply = parse(&head);
        assert_eq!((reply.status, reply.header("content-type")), (200, Some(*kind)), "{path}");
        assert_eq!(reply.header("content-encoding"), Some("gzip"), "{path}");
        let length = body.len().to_string();
        assert_eq!(reply.header("content-length"), Some(length.as_str()), "{path}");
        let mut plain = Vec::new();
        GzDecoder::new(body.as_slice()).read_to_end(&mut plain).expect("gzip");
        assert_eq!(plain, kept(name), "{path}");
        assert_ne!(reply.header("etag"), app.get(path).header("etag"), "{path}: two forms");
    }
}

/// A compressed answer's head and body, byte by byte.
fn raw_gzip(app: &App, path: &str) -> (Vec<u8>, Vec<u8>) {
    use std::io::Write;
    let mut stream = std::net::TcpStream::connect(app.address()).expect("a connection");
    let head = "host: a\r\nconnection: close\r\naccept-encoding: br, gzip";
    write!(stream, "GET {path} HTTP/1.1\r\n{head}\r\n\r\n").expect("a request");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).expect("a reply");
    let end = bytes.windows(4).position(|part| part == b"\r\n\r\n").expect("a head") + 4;
    let body = bytes.split_off(end);
    (bytes, body)
}

#[test]
fn a_client_that_refuses_gzip_gets_none() {
    let app = App::start();
    for codings in ["identity", "gzip;q=0", "gzip; q=0.000", "br", "gzipped", ""] {
        let reply = app.request("GET", "/docs.js", &[("accept-encoding", codings)], None);
        assert_eq!((reply.status, reply.header("content-encoding")), (200, None), "{codings}");
    }
}

// A browser keeps what a 304 says about the page, so it must say the same.
#[test]
fn a_file_that_is_known_is_not_sent_again_and_keeps_its_headers() {
    let app = App::start();
    for (path, _, _) in FILES {
        for codings in ["identity", "gzip"] {
            let codings = ("accept-encoding", codings);
            let first = app.request("HEAD", path, &[codings], None);
            let etag = first.header("etag").expect("an ETag");
            let again = app.request("GET", path, &[codings, ("if-none-match", etag)], None);
            assert_eq!((again.status, again.text.as_str()), (304, ""), "{path}");
            for name in [
                "etag",
                "vary",
                "cache-control",
                "content-security-policy",
                "referrer-policy",
                "cross-origin-opener-policy",
                "permissions-policy",
                "x-content-type-options",
            ] {
                assert_eq!(again.header(name), first.header(name), "{path}: {name}");
            }
            let other = app.request("GET", path, &[codings, ("if-none-match", "\"0\"")], None);
            assert_eq!(other.status, 200, "{path}");
        }
    }
}

// SECURITY-BAR H9
#[test]
fn a_page_may_load_its_own_files_and_nothing_else() {
    let app = App::start();
    for path in ["/", "/api/docs"] {
        let reply = app.get(path);
        let policy = reply.header("content-security-policy").expect("a policy");
        let has = |part: &str| policy.split(';').any(|given| given.trim() == part);
        for part in [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(has(part), "{path}: {part} in {policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains("http"), "{path}: {policy}");
        assert_eq!(reply.header("referrer-policy"), Some("no-referrer"), "{path}");
        assert_eq!(reply.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
    }
}

// SECURITY-BAR H9
#[test]
fn every_answer_says_that_it_is_what_it_says_and_goes_in_no_frame() {
    let app = App::start();
    let ada = app.user("ada");
    let answers = [
        ("/", app.get("/")),
        ("/docs.js", app.get("/docs.js")),
        ("/nowhere", app.get("/nowhere")),
        ("/healthz", app.get("/healthz")),
        ("/api/nowhere", app.get("/api/nowhere")),
        ("/api/tasks without a token", app.get("/api/tasks")),
        ("/api/tasks", ada.get("/api/tasks")),
        ("a bad body", ada.post("/api/tasks", &serde_json::json!([]))),
        ("an unknown method", app.request("BREW", "/", &[], None)),
        ("a large body", app.request("POST", "/", &[("content-length", "999999")], None)),
    ];
    for (what, reply) in answers {
        assert_eq!(reply.header("x-content-type-options"), Some("nosniff"), "{what}");
        let policy = reply.header("content-security-policy").expect(what);
        assert!(policy.contains("frame-ancestors 'none'"), "{what}: {policy}");
        assert!(reply.header("x-request-id").is_some(), "{what}");
    }
}

// SECURITY-BAR H8
#[test]
fn only_embedded_files_are_served_and_by_exact_name() {
    let app = App::start();
    for path in [
        "/index.html",
        "/docs.html",
        "/openapi.json",
        "/DOCS.JS",
        "/docs.js/",
        "//docs.js",
        "/docs%2Ejs",
        "/%64ocs.js",
        "/styles",
        "/styles/",
        "/styles/../docs.js",
        "/styles/..%2fdocs.js",
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "/styles\\page.css",
        "/.git/config",
        "/api/docs/",
        "/api/docs.js",
        "/favicon.ico",
        "/jsconfig.json",
        "/lib/types.d.ts",
        "/lib",
        "/vendor/README.md",
        "/inbox/x",
        "/lists",
        "/lists/a/b",
        "/todays",
        "/docket.db",
    ] {
        let reply = app.get(path);
        assert!([400, 404].contains(&reply.status), "{path}: {}", reply.status);
        assert!(!reply.text.contains('<'), "{path}: {}", reply.text);
    }
}

// SECURITY-BAR H8, H3
#[test]
fn an_unknown_address_under_api_is_a_problem_and_never_the_page() {
    let app = App::start();
    for path in
        ["/api", "/api/", "/api/nowhere", "/api/docs/x", "/api/index.html", "/api/tasks/a/b"]
    {
        for accept in ["*/*", "text/html"] {
            let reply: Reply = app.request("GET", path, &[("accept", accept)], None);
            assert_eq!(reply.status, 404, "{path}");
            assert_eq!(reply.header("content-type"), Some("application/problem+json"), "{path}");
            assert_eq!(reply.body["code"], "not_found", "{path}");
        }
    }
}

#[test]
fn a_vendored_file_never_changes_and_is_kept_for_good() {
    let app = App::start();
    let vendored = all_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static/vendor"));
    let scripts: Vec<_> =
        vendored.iter().filter(|file| file.extension().is_some_and(|kind| kind == "js")).collect();
    assert!(scripts.len() >= 2, "{scripts:?}");
    for file in scripts {
        let name = file.file_name().expect("a name").to_string_lossy();
        let reply = app.get(&format!("/vendor/{name}"));
        let kept = reply.header("cache-control");
        assert_eq!((reply.status, kept), (200, Some("public, max-age=31536000, immutable")));
        // The name has a part of it.
        let hash = format!("{:x}", Sha256::digest(reply.text.as_bytes()));
        let named = name.rsplit_once('-').expect("a hash").1.trim_end_matches(".js");
        assert!(hash.starts_with(named), "{name}: {hash}");
    }
}

// SECURITY-BAR H9, H12: the policy would block it; here it is not even written.
#[test]
fn the_pages_have_nothing_inline_and_nothing_from_elsewhere() {
    let mut seen = 0;
    for file in all_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("static")) {
        let Ok(text) = std::fs::read_to_string(&file) else { continue };
        let name = file.display();
        let lower = text.to_lowercase();
        for unsafe_way in ["eval(", "document.write", "new function"] {
            assert!(!lower.contains(unsafe_way), "{name}: {unsafe_way}");
        }
        // Other people's code names standards and namespaces, and Preact could
        // set HTML if our own files asked it to.
        if file.components().any(|part| part.as_os_str() == "vendor") {
            continue;
        }
        for (at, _) in lower.match_indices("://") {
            let from = lower[..at].rfind(|c: char| !c.is_ascii_alphabetic()).map_or(0, |i| i + 1);
            let rest = &lower[from..];
            let fine = rest.starts_with("http://www.w3.org/2000/svg")
                || rest.starts_with("http://127.0.0.1:8000/")
                // For an authenticator: it leads to no host.
                || rest.starts_with("otpauth://totp/");
            assert!(fine, "{name}: {}", rest.lines().next().unwrap_or_default());
        }
        if file.extension().is_some_and(|kind| kind == "html") {
            seen += 1;
            for tag in lower.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or(tag)) {
                assert!(!tag.starts_with("style"), "{name}: <{tag}>");
                assert!(!tag.starts_with("script") || tag.contains(" src=\"/"), "{name}: <{tag}>");
                assert!(!tag.contains(" style="), "{name}: <{tag}>");
                let handler = tag.split(" on").skip(1).any(|rest| {
                    let name = rest.split_once('=').map_or("", |(name, _)| name);
                    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_lowercase())
                });
                assert!(!handler, "{name}: <{tag}>");
                assert!(!tag.contains("javascript:"), "{name}: <{tag}>");
                assert!(!tag.contains("=\"//"), "{name}: <{tag}>");
            }
            assert!(!lower.contains("<script>"), "{name}");
        }
        if file.extension().is_some_and(|kind| kind == "js") {
            for unsafe_way in ["innerhtml", "outerhtml", "insertadjacenthtml"] {
                assert!(!lower.contains(unsafe_way), "{name}: {unsafe_way}");
            }
        }
    }
    assert!(seen >= 2, "the pages were not found");
}

fn all_files(dir: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(dir).expect("a directory").map(|e| e.expect("an entry").path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}
