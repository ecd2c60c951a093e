//! Where the server listens: a TCP port, or a Unix socket.

use std::io::{self, ErrorKind};
use std::net::SocketAddr;
use std::os::unix::fs::FileTypeExt;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use tokio::net::{TcpListener, TcpStream, UnixListener, UnixStream};

use crate::config::{Config, SocketMode};
use crate::error::{Error, Result};

/// What is listened on. A Unix socket's file goes when this does.
pub(super) enum Socket {
    Tcp(TcpListener),
    Unix(UnixListener, PathBuf),
}

/// Somebody who connected.
pub(super) enum Stream {
    Tcp(TcpStream, SocketAddr),
    Unix(UnixStream),
}

impl Socket {
    /// The one that the settings name.
    pub(super) async fn bind(config: &Config) -> Result<Socket> {
        match config.unix_socket() {
            Some(path) => Socket::bind_unix(path, config.unix_socket_mode),
            None => Socket::bind_tcp(SocketAddr::new(config.address, config.port)).await,
        }
    }

    pub(super) async fn bind_tcp(address: SocketAddr) -> Result<Socket> {
        TcpListener::bind(address).await.map(Socket::Tcp).map_err(|error| {
            let hint = match error.kind() {
                ErrorKind::AddrInUse => "; another program has it, try --port 0",
                ErrorKind::PermissionDenied => "; ports below 1024 need a privilege",
                _ => "",
            };
            Error::Setup(format!("cannot listen on {address}: {error}{hint}"))
        })
    }

    /// The socket has its mode from its first moment: nothing else is made by this
    /// process meanwhile, so that its umask can be lent for it.
    fn bind_unix(path: &Path, mode: SocketMode) -> Result<Socket> {
        let what = format!("cannot listen on {}", path.display());
        make_room(path).map_err(|error| Error::of_io(&what, &error))?;
        let before = rustix::process::umask(Mode::from_raw_mode(!mode.0 & 0o777));
        let bound = UnixListener::bind(path);
        rustix::process::umask(before);
        let listener = bound.map_err(|error| Error::of_io(&what, &error))?;
        Ok(Socket::Unix(listener, path.to_owned()))
    }

    /// The TCP address, if it is one.
    pub(super) fn address(&self) -> Result<Option<SocketAddr>> {
        match self {
            Socket::Tcp(listener) => {
                listener.local_addr().map(Some).map_err(|error| Error::Setup(error.to_string()))
            }
            Socket::Unix(..) => Ok(None),
        }
    }

    pub(super) async fn accept(&self) -> io::Result<Stream> {
        match self {
            Socket::Tcp(listener) => {
                let (stream, peer) = listener.accept().await?;
                // Only latency is lost if it cannot be set.
                let _ = stream.set_nodelay(true);
                Ok(Stream::Tcp(stream, peer))
            }
            Socket::Unix(listener, _) => Ok(Stream::Unix(listener.accept().await?.0)),
        }
    }
}

/// Removes a socket that a killed server left behind; refuses one that somebody
/// answers at, and whatever is no socket.
fn make_room(path: &Path) -> io::Result<()> {
    let found = match path.symlink_metadata() {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        found => found?,
    };
    if !found.file_type().is_socket() {
        return Err(io::Error::other("it is there already, and is no socket"));
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Ok(_) => Err(io::Error::new(ErrorKind::AddrInUse, "another program listens there")),
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        Err(error) => Err(error),
    }
}

impl Drop for Socket {
    /// Before the listener is closed: whoever finds the file until then is served.
    fn drop(&mut self) {
        if let Socket::Unix(_, path) = self
            && let Err(error) = std::fs::remove_file(&*path)
        {
            tracing::warn!(%error, "cannot remove {}", path.display());
        }
    }
}
