//! How often the disk syncs by itself.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// Syncs a second of one page appended each time, in this directory.
pub fn sync_rate(dir: &Path, time: Duration) -> f64 {
    let path = dir.join("sync-rate");
    let mut file = OpenOptions::new().create(true).append(true).open(&path).expect("a file");
    let (begun, mut count) = (Instant::now(), 0);
    while begun.elapsed() < time {
        file.write_all(&[0; 4096]).and_then(|()| file.sync_data()).expect("a disk");
        count += 1;
    }
    let rate = f64::from(count) / begun.elapsed().as_secs_f64();
    std::fs::remove_file(path).expect("the file is there");
    rate
}
