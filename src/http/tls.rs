//! TLS from certificate files, which can be read anew while serving.

use std::fmt;
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::io::{AsyncRead, AsyncWrite};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error as TlsError, InconsistentKeys, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::config::Config;
use crate::error::{Error, Result};

/// The bridge speaks nothing newer.
const PROTOCOLS: &[&[u8]] = &[b"http/1.1"];

/// What makes connections secret, and shows whose the server is.
#[derive(Clone)]
pub(super) struct Tls {
    acceptor: TlsAcceptor,
    shown: Arc<Shown>,
}

/// The certificate that is shown at present.
struct Shown {
    cert: PathBuf,
    key: PathBuf,
    provider: Arc<CryptoProvider>,
    current: RwLock<Arc<CertifiedKey>>,
}

/// Refuses files that could not be served from.
pub fn check_tls(config: &Config) -> Result<()> {
    Tls::load(config).map(|_| ())
}

impl Tls {
    /// Reads the files that the settings name, if they name any.
    pub(super) fn load(config: &Config) -> Result<Option<Tls>> {
        let Some((cert, key)) = config.tls() else { return Ok(None) };
        let provider = Arc::new(ring::default_provider());
        let current = RwLock::new(Arc::new(read(cert, key, &provider)?));
        let (cert, key) = (cert.to_owned(), key.to_owned());
        let shown = Arc::new(Shown { cert, key, provider: provider.clone(), current });
        let mut server = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| Error::Internal(error.to_string()))?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        server.alpn_protocols = PROTOCOLS.iter().map(|name| name.to_vec()).collect();
        Ok(Some(Tls { acceptor: TlsAcceptor::from(Arc::new(server)), shown }))
    }

    /// Shows what is in the files now. If they are no good, the log says why and
    /// what was shown before goes on.
    pub(super) fn reload(&self) {
        let Shown { cert, key, provider, current } = &*self.shown;
        match read(cert, key, provider) {
            Ok(fresh) => {
                *current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
                tracing::info!("the certificate was read anew from {}", cert.display());
            }
            Err(error) => tracing::error!("the certificate from before goes on: {error}"),
        }
    }

    /// Shakes hands with somebody who connected.
    pub(super) async fn accept<S>(&self, stream: S) -> io::Result<TlsStream<S>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        self.acceptor.accept(stream).await
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

impl fmt::Debug for Shown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Shown({})", self.cert.display())
    }
}

fn read(cert: &Path, key: &Path, provider: &CryptoProvider) -> Result<CertifiedKey> {
    let chain = CertificateDer::pem_file_iter(cert)
        .and_then(Iterator::collect::<Result<Vec<_>, pem::Error>>)
        .map_err(|error| unreadable("certificate", cert, error))?;
    if chain.is_empty() {
        return Err(unreadable("certificate", cert, pem::Error::NoItemsFound));
    }
    let secret =
        PrivateKeyDer::from_pem_file(key).map_err(|error| unreadable("key", key, error))?;
    warn_if_shared(key);
    CertifiedKey::from_der(chain, secret, provider).map_err(|error| {
        let (cert, key) = (cert.display(), key.display());
        Error::Setup(match error {
            TlsError::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                format!("the key in {key} is not that of the certificate in {cert}")
            }
            TlsError::InvalidCertificate(why) => {
                format!("the certificate in {cert} cannot be used: {why:?}")
            }
            why => format!("the key in {key} cannot be used: {why}"),
        })
    })
}

fn unreadable(what: &str, file: &Path, error: pem::Error) -> Error {
    let file = file.display();
    match error {
        pem::Error::Io(error) => Error::of_io(&format!("cannot read the {what} {file}"), &error),
        pem::Error::NoItemsFound => Error::Setup(format!("there is no {what} (PEM) in {file}")),
        _ => Error::Setup(format!("the {what} in {file} is broken: it is not what PEM looks like")),
    }
}

/// A key that everybody on the machine can read is as good as published.
fn warn_if_shared(key: &Path) {
    let mode = std::fs::metadata(key).map_or(0, |file| file.permissions().mode());
    if mode & 0o007 != 0 {
        let key = key.display();
        tracing::warn!("others on this machine may use the key {key}; chmod o= {key} ends that");
    }
}
