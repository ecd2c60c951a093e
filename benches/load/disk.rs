//! The disk that is written to: how often it syncs, and a slower one.
//!
//! A machine's disk may sync 300 or 6,000 times a second from one minute to the
//! next, so `--sync-ms 3` makes one that always takes at least that long.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What each sync takes beyond the disk's own time.
#[derive(Clone, Copy, Default)]
pub struct Disk {
    pub extra: Duration,
}

impl Disk {
    /// Makes a program's syncs as slow as this disk's.
    pub fn under(self, program: &mut Command, folder: &Path) {
        if self.extra.is_zero() {
            return;
        }
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/load/slow_disk.c");
        let library = folder.join("slow_disk.so");
        program.env("SYNC_MICROSECONDS", self.extra.as_micros().to_string());
        program.env("LD_PRELOAD", &library);
        // A running program may have it open.
        if library.exists() {
            return;
        }
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O2", source, "-ldl", "-o"])
            .arg(&library)
            .status()
            .expect("a C compiler");
        assert!(compiled.success(), "slow_disk.c compiles");
    }

    /// Syncs a second of one page appended each time, in this directory.
    pub fn sync_rate(self, dir: &Path, time: Duration) -> f64 {
        let path = dir.join("sync-rate");
        let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file");
        let (begun, mut count) = (Instant::now(), 0);
        while begun.elapsed() < time {
            file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).expect("a disk");
            std::thread::sleep(self.extra);
            count += 1;
        }
        let rate = f64::from(count) / begun.elapsed().as_secs_f64();
        std::fs::remove_file(path).expect("the file is there");
        rate
    }
}
