//! Mail that Docket would send.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::PathBuf;

use serde::Serialize;

use crate::error::{Error, Result};

/// One mail: what for, to whom, and the link in it.
#[derive(Clone, Debug, Serialize)]
pub struct Mail {
    pub kind: &'static str,
    pub to: String,
    pub token: String,
    pub url: String,
}

/// Where mail goes.
#[derive(Clone, Debug)]
pub struct Outbox(Option<PathBuf>);

impl Outbox {
    pub fn new(file: Option<PathBuf>) -> Outbox {
        Outbox(file)
    }

    /// False when there is no way to send anything.
    pub fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Appends the mail to the outbox file as a line of JSON. Blocks.
    pub fn send(&self, mail: &Mail) -> Result<()> {
        let Some(path) = &self.0 else {
            return Err(Error::Internal("there is no way to send mail".into()));
        };
        let failed =
            |error| Error::Unavailable(format!("cannot write {}: {error}", path.display()));
        let line = serde_json::to_string(mail).map_err(|e| Error::Internal(e.to_string()))?;
        OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(path)
            .and_then(|mut file| file.write_all(format!("{line}\n").as_bytes()))
            .map_err(failed)
    }
}
