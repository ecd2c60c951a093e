//! A file that mail is written to instead of being sent.

use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use crate::app::App;
use crate::browser::UNLIMITED;

/// Long enough for a busy machine.
const SOON: Duration = Duration::from_secs(60);

pub struct Outbox(TempDir);

impl Outbox {
    /// A server without limits that writes its mail here.
    pub fn start(settings: &[(&str, &str)]) -> (App, Outbox) {
        let outbox = Outbox(TempDir::new().expect("a directory"));
        let file = outbox.file().display().to_string();
        let mail = [UNLIMITED, ("DOCKET_MAIL_OUTBOX", file.as_str())];
        (App::with(&[&mail, settings].concat()), outbox)
    }

    fn file(&self) -> std::path::PathBuf {
        self.0.path().join("outbox")
    }

    /// Every mail so far of one kind to one address.
    pub fn mails(&self, kind: &str, to: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(self.file()).unwrap_or_default();
        // The last line may still be written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let mails = whole.lines().map(|line| serde_json::from_str(line).expect("a mail"));
        mails.filter(|mail: &Value| mail["kind"] == kind && mail["to"] == to).collect()
    }

    /// The mail of one kind to one address that is this one in the order of
    /// arrival, which is waited for: they are sent apart from the answers.
    pub fn mail(&self, kind: &str, to: &str, number: usize) -> Value {
        let begun = Instant::now();
        loop {
            if let Some(mail) = self.mails(kind, to).get(number) {
                return mail.clone();
            }
            assert!(begun.elapsed() < SOON, "no {kind} for {to}");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// Its token.
    pub fn token(&self, kind: &str, to: &str) -> String {
        self.mail(kind, to, 0)["token"].as_str().expect("a token").to_owned()
    }
}
