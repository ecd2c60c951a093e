//! Starting and watching the processes that are measured.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::disk::Disk;
use crate::seed::BASE_URL;

/// The executable that is measured.
pub const DOCKET: &str = env!("CARGO_BIN_EXE_docket");

/// A command on a data directory.
pub fn command(disk: Disk, dir: &Path) -> Command {
    let mut docket = Command::new(DOCKET);
    docket.env_clear();
    disk.under(&mut docket, dir);
    docket.current_dir("/").arg("--data-dir").arg(dir);
    docket
}

/// A server, killed when it is dropped.
pub struct Process {
    pub address: SocketAddr,
    child: Child,
}

impl Process {
    /// The real server on a data directory. Ready when it says so.
    pub fn docket(dir: &Path) -> Process {
        Process::docket_on(Disk::default(), dir)
    }

    /// The same on a slower disk.
    pub fn docket_on(disk: Disk, dir: &Path) -> Process {
        let mut docket = Command::new(DOCKET);
        // Whoever measures sign-ins comes from one address.
        docket.env_clear().env("DOCKET_RATE_LIMITS", "off");
        disk.under(&mut docket, dir);
        let mut child = docket
            .current_dir("/")
            .args(["serve", "--port", "0", "--base-url", BASE_URL, "--data-dir"])
            .arg(dir)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("docket starts");
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        let address = line.trim().rsplit('/').next().and_then(|address| address.parse().ok());
        Process { address: address.unwrap_or_else(|| panic!("no address: {line}")), child }
    }

    /// A real Better Auth server, if the tests have installed one:
    /// `cargo test --test it -- issuer` does, where Node is.
    pub fn better_auth() -> Option<Process> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("better-auth-issuer");
        if !folder.join("installed").exists() {
            return None;
        }
        let address = free_port();
        let mut child = Command::new("node")
            .arg("server.mjs")
            .current_dir(folder)
            .env("PORT", address.port().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .ok()?;
        let mut line = String::new();
        let output = child.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("a line");
        Some(Process { address, child })
    }

    /// This program again, in one of the ways of [`crate::bare`].
    pub fn bare(kind: &str, body: &[u8]) -> Process {
        let free = free_port();
        let mut child = Command::new(std::env::current_exe().expect("this program"))
            .args([kind, &free.port().to_string()])
            .stdin(Stdio::piped())
            .spawn()
            .expect("it starts");
        child.stdin.take().expect("its input").write_all(body).expect("it reads");
        let begun = Instant::now();
        while TcpStream::connect(free).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(10), "{kind} did not start");
            std::thread::sleep(Duration::from_millis(10));
        }
        Process { address: free, child }
    }

    /// Processor time so far, in microseconds.
    pub fn cpu(&self) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.child.id()));
        let stat = stat.expect("it runs");
        let after_name = stat.rsplit(')').next().unwrap_or_default();
        let mut fields = after_name.split_whitespace().skip(11);
        let mut ticks = || fields.next().and_then(|text| text.parse::<f64>().ok()).expect("ticks");
        // A tick is 10 ms on every Linux that answers this file.
        (ticks() + ticks()) * 10_000.0
    }

    /// Resident memory in MiB: all of it, and the part that is no file's.
    pub fn memory(&self) -> (f64, f64) {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()));
        let status = status.expect("it runs");
        let of = |name: &str| {
            let line = status.lines().find(|line| line.starts_with(name)).expect("a line");
            let kilobytes =
                line.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok());
            kilobytes.expect("a number") / 1024.0
        };
        (of("VmRSS:"), of("RssAnon:"))
    }
}

fn free_port() -> SocketAddr {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("a port")
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
