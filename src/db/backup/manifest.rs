//! What is known of a backup: a JSON file beside it, written once it is proven.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::super::content::{self, Content};
use crate::error::{Error, Result};
use crate::time::Timestamp;

/// How the backup was when it was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// When what is in it was read.
    pub made_at: Timestamp,
    /// The version of the program that made it.
    pub docket: String,
    /// The version of the schema.
    pub schema: usize,
    /// In bytes.
    pub size: u64,
    pub sha256: String,
    /// Of the secret's file, if there was one.
    pub secret_sha256: Option<String>,
    pub content: Content,
}

/// The manifest as it is kept: with a hash over it, so that damage shows.
#[derive(Serialize, Deserialize)]
struct Sealed {
    manifest_sha256: String,
    manifest: Manifest,
}

impl Manifest {
    /// Reads one, or says why it cannot be believed.
    pub(in super::super) fn read(path: &Path) -> Result<Manifest, String> {
        let text = fs::read(path).map_err(|error| format!("cannot be read: {error}"))?;
        let sealed: Sealed =
            serde_json::from_slice(&text).map_err(|error| format!("is damaged: {error}"))?;
        match hash(&sealed.manifest) {
            Ok(hash) if hash == sealed.manifest_sha256 => Ok(sealed.manifest),
            _ => Err("is damaged: it is not what its hash says".into()),
        }
    }

    pub(super) fn text(&self) -> Result<Vec<u8>> {
        let sealed = Sealed { manifest_sha256: hash(self)?, manifest: self.clone() };
        serde_json::to_vec_pretty(&sealed).map_err(|error| Error::Internal(error.to_string()))
    }
}

fn hash(manifest: &Manifest) -> Result<String> {
    let text = serde_json::to_vec(manifest).map_err(|error| Error::Internal(error.to_string()))?;
    Ok(content::hex(Sha256::new_with_prefix(text)))
}
