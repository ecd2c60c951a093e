//! The way that mail takes: to a server, or into a file for tests.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use super::Mail;
use super::smtp::Smtp;
use crate::config::Config;
use crate::error::Result;

/// How mail leaves.
pub enum Sender {
    /// Each mail is a line of JSON in this file, and goes nowhere.
    File(PathBuf),
    Server(Box<Smtp>),
}

/// Why a mail did not leave.
#[derive(Debug)]
pub struct Failure {
    /// A later try may succeed.
    pub may_pass: bool,
    /// For the log: without addresses, which servers put into their answers.
    pub reason: String,
    /// All of it, for the owner at the terminal.
    pub detail: String,
}

impl Sender {
    /// As the settings have it; `None` where mail is not set up.
    pub fn open(config: &Config) -> Result<Option<Sender>> {
        if let Some(file) = &config.mail_outbox {
            return Ok(Some(Sender::File(file.clone())));
        }
        Ok(Smtp::open(config)?.map(|smtp| Sender::Server(Box::new(smtp))))
    }

    /// Hands one mail over, and gives what was answered. Blocks.
    pub fn send(&self, mail: &Mail) -> Result<String, Failure> {
        match self {
            Sender::File(path) => append(path, mail),
            Sender::Server(smtp) => smtp.send(mail),
        }
    }
}

fn append(path: &Path, mail: &Mail) -> Result<String, Failure> {
    let line = serde_json::to_string(mail).unwrap_or_default();
    let mut options = OpenOptions::new();
    options.create(true).append(true).mode(0o600);
    let written =
        options.open(path).and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()));
    let place = path.display();
    written.map(|()| format!("written to {place}")).map_err(|error| {
        let reason = format!("cannot write {place}: {error}");
        Failure { may_pass: true, detail: reason.clone(), reason }
    })
}
