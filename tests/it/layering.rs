//! The shape of the house: every outside crate behind its door, calls going
//! down only, and SQL where the SQL is.

use std::fs;
use std::path::{Path, PathBuf};

/// A crate, and the places in `src/` that may name it.
const DOORS: &[(&str, &[&str])] = &[
    ("rocket", &["http/"]),
    ("hyper", &["http/"]),
    ("hyper_util", &["http/"]),
    ("http_body_util", &["http/"]),
    ("rust_embed", &["http/assets.rs"]),
    ("flate2", &["http/assets.rs"]),
    ("clap", &["cli/"]),
    ("clap_complete", &["cli/generate.rs"]),
    ("clap_mangen", &["cli/generate.rs"]),
    ("anyhow", &["cli/"]),
    ("indicatif", &["cli/progress.rs"]),
    ("rpassword", &["cli/"]),
    ("tracing_subscriber", &["cli/"]),
    ("rusqlite", &["db/", "auth/store.rs", "auth/store/", "sync/store.rs", "tasks/store/"]),
    ("r2d2", &["db/read.rs"]),
    // The keys that jwt.rs verifies with are made where each kind is read.
    ("jsonwebtoken", &["auth/jwt.rs", "auth/jwk.rs", "auth/keys.rs", "auth/verif"]),
    ("ed25519_dalek", &["auth/"]),
    ("p256", &["auth/jwk.rs"]),
    ("argon2", &["auth/password.rs"]),
    ("scrypt", &["auth/password.rs"]),
    ("unicode_normalization", &["auth/password.rs"]),
    ("chacha20poly1305", &["auth/secret.rs"]),
    ("hmac", &["auth/secret.rs"]),
    ("totp_rs", &["auth/two_factor.rs"]),
    ("sha2", &["auth/", "db/backup/", "db/content.rs", "http/worker.rs", "sync/retry.rs"]),
    ("subtle", &["auth/password.rs", "auth/secret.rs", "auth/two_factor.rs", "http/metrics/"]),
    ("getrandom", &["auth/keys.rs", "auth/secret.rs", "http/request_id.rs"]),
    ("ipnet", &["config/", "http/auth/"]),
    ("sd_notify", &["http/systemd.rs"]),
    ("tokio_rustls", &["http/tls.rs"]),
    ("ureq", &["auth/fetch.rs", "cli/healthcheck.rs"]),
    ("lettre", &["auth/mail/smtp.rs"]),
    ("quick_cache", &["auth/authority.rs"]),
    ("figment", &["config/", "http/mod.rs"]),
    ("jiff", &["time.rs", "tasks/due.rs", "cli/duration.rs"]),
    ("tokio", &["db/", "auth/issuer.rs", "auth/password.rs", "http/", "cli/token.rs"]),
];

/// A place in `src/`, and the parts of the crate it may call.
const MAY_USE: &[(&str, &[&str])] = &[
    ("db/", &["db", "error", "ids", "time"]),
    ("auth/", &["auth", "db", "config", "error", "ids", "time"]),
    ("tasks/", &["tasks", "db", "fields", "error", "ids", "time"]),
    ("sync/", &["sync", "tasks", "db", "fields", "error", "ids", "time"]),
    ("http/", &["http", "auth", "tasks", "sync", "db", "config", "fields", "error", "ids", "time"]),
    (
        "cli/",
        &["cli", "auth", "tasks", "sync", "db", "http", "config", "fields", "error", "ids", "time"],
    ),
    ("config/", &["config", "error"]),
    ("error.rs", &[]),
    ("ids.rs", &[]),
    ("time.rs", &[]),
    ("fields.rs", &["error"]),
];

#[test]
fn every_outside_crate_has_its_door() {
    for (file, line) in lines() {
        for (name, doors) in DOORS {
            let names =
                line.contains(&format!("{name}::")) || line.contains(&format!("use {name};"));
            let preceded = line.find(&format!("{name}::")).is_some_and(|at| {
                line[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_' || c == ':')
            });
            let open = doors.iter().any(|door| file.starts_with(door));
            assert!(!names || preceded || open, "{file} names {name}: {line}");
        }
    }
}

#[test]
fn calls_only_go_down() {
    for (file, line) in lines() {
        let Some((_, may)) = MAY_USE.iter().find(|(place, _)| file.starts_with(place)) else {
            continue;
        };
        for part in line.split("crate::").skip(1) {
            let module: String =
                part.chars().take_while(|c| c.is_ascii_lowercase() || *c == '_').collect();
            assert!(
                module.is_empty() || may.contains(&module.as_str()),
                "{file} calls {module}: {line}"
            );
        }
    }
}

#[test]
fn sql_is_run_in_the_cellar_and_the_stores_only() {
    for (file, line) in lines() {
        let runs = ["prepare_cached(", ".query_row(", ".execute(", "execute_batch("];
        let may = file.starts_with("db/") || file.contains("store");
        let found = runs.iter().any(|run| line.contains(run));
        assert!(!found || may, "{file} runs SQL: {line}");
    }
}

/// Rows that one person makes and sees.
const PERSONAL: &[&str] = &["tasks", "lists", "tombstones", "replies", "audit"];

/// Rows that a secret leads to as well as their owner: the token of a session
/// or a link, the id of a challenge. Each is kept as its hash.
const SECRET: &[&str] = &["sessions", "links", "challenges", "two_factors", "mailed_codes"];

/// How the statements begin that tidy up for everybody, or ask whether a key is
/// still needed: they take an age, and show nobody anything.
const FOR_ALL: &[&str] = &[
    "delete from replies where created_at",
    "delete from sessions where expires_at <",
    "delete from links where expires_at <",
    "delete from challenges where expires_at <",
    "delete from mailed_codes where expires_at <",
    "delete from audit where at <",
    "delete from audit where kind glob '*_failed' and id <=",
    "select owner from users",
    "select secret_sealed from two_factors\n         where verified = 1\n         limit",
    "select kid, seed from signing_keys",
];

#[test]
fn every_statement_about_a_persons_rows_names_the_owner() {
    let (mut personal, mut secret) = (0, 0);
    for (file, text) in files().into_iter().filter(|(file, _)| file.contains("store")) {
        for statement in text.split('"').filter(|part| is_statement(part)) {
            if FOR_ALL.iter().any(|start| statement.starts_with(start)) {
                continue;
            }
            if names_one_of(statement, PERSONAL) {
                assert!(statement.contains("owner"), "{file}: {statement}");
                personal += 1;
            }
            if names_one_of(statement, SECRET) {
                let by = [":owner", "token_hash = :hash", "id_hash = :hash"];
                let is_told = by.iter().any(|by| statement.contains(by));
                assert!(is_told, "{file} asks neither for the owner nor for a secret: {statement}");
                secret += 1;
            }
        }
    }
    assert!(personal > 20 && secret > 10, "{personal} and {secret} statements");
}

fn names_one_of(statement: &str, tables: &[&str]) -> bool {
    let words = statement.split(|c: char| !c.is_alphanumeric() && c != '_');
    words.into_iter().any(|word| tables.contains(&word))
}

fn is_statement(text: &str) -> bool {
    ["select ", "insert ", "update ", "delete "].iter().any(|verb| text.starts_with(verb))
}

/// Every line of code: comments and a file's own tests left out.
fn lines() -> Vec<(String, String)> {
    let code = |text: &str| {
        let end = text.find("#[cfg(test)]").unwrap_or(text.len());
        let lines: Vec<String> = text[..end].lines().map(|line| line.trim().to_owned()).collect();
        lines
    };
    files()
        .into_iter()
        .flat_map(|(file, text)| code(&text).into_iter().map(move |line| (file.clone(), line)))
        .filter(|(_, line)| !line.starts_with("//"))
        .collect()
}

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    visit(&root, &mut found);
    assert!(found.len() > 40, "the sources are there");
    let name = |path: &Path| path.strip_prefix(&root).expect("inside").display().to_string();
    found.iter().map(|path| (name(path), fs::read_to_string(path).expect("UTF-8"))).collect()
}

fn visit(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            visit(&path, found);
        } else if path.extension().is_some_and(|kind| kind == "rs") {
            found.push(path);
        }
    }
}
