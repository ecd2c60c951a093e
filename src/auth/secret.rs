//! The server's secret: it signs cookies and seals what the database must not
//! hold in the clear. It is `BETTER_AUTH_SECRET` when that is set, so cookies of
//! a Better Auth server stay good, or else a file made at the first start.

use std::io::{Read, Seek, Write};
use std::path::Path;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::config::Config;
use crate::db;
use crate::error::{Error, Result};

const NONCE: usize = 24;

/// What is wrong when a sealed value does not open, and what to do.
pub(super) const LOST: &str = "docket.secret, or better_auth_secret in its place, is not what it \
    was when the value was sealed; put the old one back";

/// The secret's bytes. They are never shown.
#[derive(Clone)]
pub struct ServerSecret(Arc<[u8]>);

impl ServerSecret {
    /// Takes the configured secret, or the one kept in the data directory.
    pub fn load(config: &Config) -> Result<ServerSecret> {
        if let Some(secret) = config.shared_secret() {
            return Ok(ServerSecret(secret.bytes().into()));
        }
        let path = config.data_dir.join(db::SECRET_FILE);
        kept(&path).map(|text| ServerSecret(text.as_bytes().into()))
    }

    /// The secret of another server.
    pub fn of_bytes(bytes: &[u8]) -> ServerSecret {
        ServerSecret(bytes.into())
    }

    /// For tokens of our own that it signs.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The signature of a text: padded base64 of its HMAC-SHA256.
    pub fn sign(&self, text: &str) -> String {
        STANDARD.encode(self.mac(text.as_bytes()))
    }

    /// True if this is the signature of a text, compared in constant time.
    pub fn is_signature(&self, text: &str, signature: &str) -> bool {
        STANDARD.decode(signature).is_ok_and(|bytes| bytes.ct_eq(&self.mac(text.as_bytes())).into())
    }

    /// Encrypts a text: 24 bytes of nonce, then ciphertext and tag.
    pub fn seal(&self, text: &str) -> Result<Vec<u8>> {
        let mut nonce = [0; NONCE];
        random(&mut nonce)?;
        let sealed = self
            .cipher()
            .encrypt(&XNonce::from(nonce), text.as_bytes())
            .map_err(|_| Error::Internal("cannot encrypt".into()))?;
        Ok([&nonce[..], &sealed].concat())
    }

    /// Decrypts what `seal` made with the same secret.
    pub fn open(&self, sealed: &[u8]) -> Option<String> {
        let (nonce, sealed) = sealed.split_first_chunk::<NONCE>()?;
        let text = self.cipher().decrypt(&XNonce::from(*nonce), sealed).ok()?;
        String::from_utf8(text).ok()
    }

    fn mac(&self, bytes: &[u8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as Mac>::new_from_slice(&self.0).expect("HMAC takes any key");
        mac.update(bytes);
        mac.finalize().into_bytes().into()
    }

    /// Better Auth's own choice of key, so that its sealed values open here.
    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&Sha256::digest(&self.0))
    }
}

/// Fills with random bytes from the system.
pub(super) fn random(bytes: &mut [u8]) -> Result<()> {
    getrandom::fill(bytes).map_err(|error| Error::Internal(error.to_string()))
}

/// The text of the secret's file, made first if there is none.
fn kept(path: &Path) -> Result<String> {
    let failed = |error: std::io::Error| {
        Error::Setup(format!("cannot use the secret in {}: {error}", path.display()))
    };
    let mut file = db::private_file(path)?;
    file.lock().map_err(failed)?;
    let mut text = String::new();
    file.read_to_string(&mut text).map_err(failed)?;
    // An editor may have ended the line.
    text.truncate(text.trim_end_matches(['\n', '\r']).len());
    if text.is_empty() {
        file.set_len(0).and_then(|()| file.rewind()).map_err(failed)?;
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        text = URL_SAFE_NO_PAD.encode(bytes);
        file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)?;
    }
    if text.len() < 32 {
        return Err(Error::Setup(format!("the secret in {} is cut short", path.display())));
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> ServerSecret {
        ServerSecret(b"interop-test-secret-0123456789-abcdefghijklmnop"[..].into())
    }

    // Vectors observed on a Better Auth server.
    #[test]
    fn signs_as_better_auth_does() {
        for (text, signature) in [
            ("true", "EGj7ysTQC4SqBhNrjPpC/VBSEKPLUXXktEexQAecZos="),
            ("9koDaUQQxb7jyBs3d99RoNp2mYJyY2NJ", "2CnwPNOv5kGicVPcDRu8GRQaB/mm2NeGZA8vABVncp0="),
        ] {
            assert_eq!(secret().sign(text), signature);
            assert!(secret().is_signature(text, signature));
            assert!(!secret().is_signature("else", signature));
        }
    }

    #[test]
    fn what_is_sealed_opens_with_the_same_secret_only() {
        let sealed = secret().seal("token").unwrap();
        assert_eq!(secret().open(&sealed).as_deref(), Some("token"));
        assert_eq!(ServerSecret(b"other"[..].into()).open(&sealed), None);
        assert_eq!(secret().open(&sealed[..10]), None);
    }
}
