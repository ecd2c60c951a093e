//! What Prometheus is told.

use std::collections::{BTreeMap, HashSet};
use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;

use serde_json::json;

use crate::app::{App, Reply};
use crate::service::{Certificate, curl, fetch, wait_until};

const TOKEN: &str = "a-token-for-metrics-alone";

fn with_token() -> App {
    App::with(&[("DOCKET_METRICS_TOKEN", TOKEN)])
}

fn read_with(app: &App, token: &str) -> Reply {
    app.request("GET", "/metrics", &[("authorization", &format!("Bearer {token}"))], None)
}

/// Each sample with its value; whatever is no sample or comment fails the test.
fn samples(text: &str) -> BTreeMap<String, f64> {
    let line = regex::Regex::new(
        r#"^([a-z_]+(?:\{(?:[a-z]+="(?:[^"\\]|\\.)*",?)+\})?) ([0-9.e+-]+|\+Inf)$"#,
    )
    .unwrap();
    let mut found = BTreeMap::new();
    let mut families = HashSet::new();
    for text in text.lines() {
        if let Some(comment) = text.strip_prefix("# ") {
            let mut words = comment.split(' ');
            let (kind, name) = (words.next().unwrap(), words.next().unwrap());
            assert!(["HELP", "TYPE"].contains(&kind), "{text}");
            families.insert(name.to_owned());
            continue;
        }
        let parts = line.captures(text).unwrap_or_else(|| panic!("no sample: {text}"));
        let name = parts[1].split('{').next().unwrap();
        let family = families.iter().any(|family| name.starts_with(family.as_str()));
        assert!(family, "{name} is of no family");
        let known = found.insert(parts[1].to_owned(), parts[2].parse().unwrap());
        assert!(known.is_none(), "twice: {text}");
    }
    found
}

fn scrape(app: &App) -> BTreeMap<String, f64> {
    let reply = read_with(app, TOKEN);
    assert_eq!(reply.status, 200, "{}", reply.text);
    samples(&reply.text)
}

#[test]
fn nothing_is_told_unless_it_is_asked_for() {
    let app = App::start();
    let nothing = app.get("/nothing-here");
    let reply = app.get("/metrics");
    assert_eq!((reply.status, &reply.text), (nothing.status, &nothing.text));
    assert_eq!(reply.status, 404);
}

#[test]
fn the_token_and_no_other_reads_the_metrics() {
    let app = with_token();
    let reply = read_with(&app, TOKEN);
    assert_eq!(reply.status, 200);
    let kind = reply.header("content-type").unwrap();
    assert_eq!(kind, "text/plain; version=0.0.4; charset=utf-8");
    assert_eq!(reply.header("cache-control"), Some("no-store"));
    assert_eq!(reply.header("x-content-type-options"), Some("nosniff"));

    let ada = app.user("ada");
    let cut = &TOKEN[..TOKEN.len() - 1];
    for wrong in ["", cut, &format!("{TOKEN}x"), &TOKEN.to_uppercase(), &ada.token] {
        let reply = read_with(&app, wrong);
        assert_eq!(reply.status, 401, "{wrong}");
        assert_eq!(reply.header("www-authenticate"), Some("Bearer"));
        assert!(!reply.text.contains("docket_"), "{}", reply.text);
    }
    assert_eq!(app.get("/metrics").status, 401);
    let twice = format!("Bearer {TOKEN}");
    let twice = [("authorization", twice.as_str()), ("authorization", twice.as_str())];
    assert_eq!(app.request("GET", "/metrics", &twice, None).status, 401);
    assert_eq!(app.get(&format!("/metrics?token={TOKEN}")).status, 401);
    let write = [("authorization", twice[0].1)];
    assert_eq!(app.request("POST", "/metrics", &write, None).status, 405);
    assert!(app.bearer(TOKEN).get("/api/tasks").status == 401, "it is for nothing else");
}

#[test]
fn a_token_is_masked_and_may_be_in_a_file_but_not_short() {
    let app = with_token();
    assert!(!app.run(&["config"]).contains(TOKEN));

    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), format!("{TOKEN}\n")).unwrap();
    let app = App::with(&[("DOCKET_METRICS_TOKEN_FILE", file.path().to_str().unwrap())]);
    assert_eq!(read_with(&app, TOKEN).status, 200);

    let mut command = app.command(&["config", "check"]);
    command.env_remove("DOCKET_METRICS_TOKEN_FILE");
    let output = command.env("DOCKET_METRICS_TOKEN", "short").output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("must have at least 16 bytes"), "{said}");
}

#[test]
fn requests_are_counted_by_route_and_not_by_person() {
    let app = with_token();
    let (ada, bob) = (app.user("ada"), app.user("bob"));
    for person in [&ada, &bob] {
        for _ in 0..3 {
            let task = person.add("a title of somebody's");
            let path = format!("/api/tasks/{}", task["id"].as_str().unwrap());
            assert_eq!(person.get(&path).status, 200);
        }
    }
    assert_eq!(ada.post("/api/tasks", &json!({ "title": 1 })).status, 422);
    assert_eq!(ada.get("/api/no/such/thing").status, 404);
    assert_eq!(app.get("/ap%69/tasks").status, 404);
    assert_eq!(app.get("/today").status, 200);
    assert_eq!(app.get("/main.js").status, 200);

    let text = read_with(&app, TOKEN).text;
    let found = samples(&text);
    let count = |route: &str, method: &str, status: &str| {
        let labels = format!("{{route=\"{route}\",method=\"{method}\",status=\"{status}\"}}");
        found.get(&format!("docket_http_requests_total{labels}")).copied().unwrap_or_default()
    };
    assert_eq!(count("/api/tasks", "POST", "2xx"), 6.0);
    assert_eq!(count("/api/tasks", "POST", "4xx"), 1.0);
    assert_eq!(count("/api/tasks/<id>", "GET", "2xx"), 6.0);
    assert_eq!(count("page", "GET", "2xx"), 2.0);
    assert_eq!(count("", "", "4xx"), 2.0);
    let times = |what: &str| {
        let name = format!("docket_http_request_duration_seconds_{what}");
        let labels = "route=\"/api/tasks\",method=\"POST\"";
        found.iter().filter(move |(known, _)| known.starts_with(&name) && known.contains(labels))
    };
    assert_eq!(times("count").next().unwrap().1, &7.0);
    assert!(*times("sum").next().unwrap().1 > 0.0);
    assert_eq!(times("bucket").count(), 9);
    assert_eq!(times("bucket").find(|(name, _)| name.contains("+Inf")).unwrap().1, &7.0);
    for secret in ["ada", "bob", "title of", ada.id.as_str(), bob.id.as_str(), "main.js"] {
        assert!(!text.contains(secret), "{secret}: {text}");
    }
}

#[test]
fn writes_and_streams_are_counted() {
    let app = with_token();
    let ada = app.user("ada");
    let before = scrape(&app);
    for number in 0..5 {
        ada.add(&number.to_string());
    }
    let mut stream = TcpStream::connect(app.address()).unwrap();
    let head = format!(
        "GET /api/events HTTP/1.1\r\nhost: docket\r\nauthorization: Bearer {}\r\n\r\n",
        ada.token
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut line = String::new();
    BufReader::new(&stream).read_line(&mut line).unwrap();

    let after = scrape(&app);
    let grown = |name: &str| after[name] - before[name];
    assert!(grown("docket_writes_total") >= 5.0, "{after:?}");
    assert!(grown("docket_commits_total") >= 1.0);
    assert!(grown("docket_commit_seconds_total") > 0.0);
    assert_eq!(after["docket_commit_failures_total"], 0.0);
    assert_eq!(after["docket_write_queue"], 0.0);
    assert_eq!(after["docket_hash_queue"], 0.0);
    assert!(after["docket_wal_bytes"] > 0.0 && after["docket_database_bytes"] > 0.0);
    assert!(after["process_resident_memory_bytes"] > 1e6, "{after:?}");
    assert!(after["process_open_fds"] > 5.0 && after["process_max_fds"] > 100.0);
    assert_eq!((before["docket_event_streams"], after["docket_event_streams"]), (0.0, 1.0));
    drop(stream);
    // It is noticed when something is sent.
    wait_until("the stream is gone", || {
        ada.add("for those who listen");
        scrape(&app)["docket_event_streams"] == 0.0
    });
}

/// The URL that the log gives for the metrics.
fn own_url(app: &App) -> String {
    let find = || {
        let log = app.log();
        let after = log.split("the metrics are at ").nth(1)?;
        Some(after.lines().next()?.to_owned())
    };
    wait_until("it is said", || find().is_some());
    find().unwrap()
}

#[test]
fn an_address_of_their_own_needs_no_token() {
    let app = App::with(&[("DOCKET_METRICS_ADDRESS", "127.0.0.1:0")]);
    let url = own_url(&app);
    assert!(samples(&fetch(&[&url])).contains_key("docket_commits_total"));
    assert_eq!(app.get("/metrics").status, 404, "they are there and not here");
    let base = url.strip_suffix("/metrics").unwrap();
    for path in ["/", "/api/tasks", "/healthz"] {
        let reply = fetch(&["--include", &format!("{base}{path}")]);
        assert!(reply.starts_with("HTTP/1.1 404"), "{path}: {reply}");
    }
}

#[test]
fn an_address_of_their_own_may_ask_for_the_token() {
    let settings = [("DOCKET_METRICS_ADDRESS", "127.0.0.1:0"), ("DOCKET_METRICS_TOKEN", TOKEN)];
    let mut app = App::with(&settings);
    let url = own_url(&app);
    assert!(fetch(&["--include", &url]).starts_with("HTTP/1.1 401"));
    let header = format!("authorization: Bearer {TOKEN}");
    assert!(samples(&fetch(&["--header", &header, &url])).contains_key("docket_commits_total"));
    assert_eq!(read_with(&app, TOKEN).status, 404, "they are there and not here");
    assert_eq!(app.stop(), Some(0));
    assert!(!curl(&[&url]).status.success());
}

#[test]
fn the_metrics_of_a_server_of_https_are_read_by_https() {
    let certificate = Certificate::new();
    let settings = certificate.settings();
    let mut all: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    all.push(("DOCKET_METRICS_TOKEN", TOKEN));
    let app = App::with(&all);
    let header = format!("authorization: Bearer {TOKEN}");
    let authority = certificate.cert().display().to_string();
    let url = format!("{}/metrics", app.url);
    let text = fetch(&["--cacert", &authority, "--header", &header, &url]);
    assert!(samples(&text).contains_key("docket_info{version=\"0.1.0\"}"), "{text}");
}
