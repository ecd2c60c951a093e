//! The process as the system sees it, under the names that every exporter uses.
//! What a system does not tell is left out.

use std::fs;

use rustix::process::{Resource, getrlimit};

use super::text::Text;
use crate::time::Timestamp;

pub(super) fn write(text: &mut Text, started: Timestamp) {
    text.gauge("process_start_time_seconds", "When the server started, since 1970.")
        .value(u64::try_from(started.seconds()).unwrap_or_default());
    if let Some(bytes) = resident() {
        text.gauge("process_resident_memory_bytes", "Memory that the process holds.").value(bytes);
    }
    if let Ok(open) = fs::read_dir("/proc/self/fd") {
        text.gauge("process_open_fds", "Files and connections that are open.")
            .value(open.count() as u64);
    }
    if let Some(most) = getrlimit(Resource::Nofile).current {
        text.gauge("process_max_fds", "How many may be.").value(most);
    }
}

/// The second number of `statm`, in pages (proc(5)).
fn resident() -> Option<u64> {
    let statm = fs::read_to_string("/proc/self/statm").ok()?;
    let pages: u64 = statm.split(' ').nth(1)?.parse().ok()?;
    Some(pages * rustix::param::page_size() as u64)
}
