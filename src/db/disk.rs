//! The disk under a directory.

use std::path::Path;

/// Free bytes for us, if that can be told.
pub fn free_space(dir: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(dir).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

/// The name of a file system that other machines serve, if this is one. Its locks
/// are not those of one machine.
#[cfg(target_os = "linux")]
pub fn network_file_system(dir: &Path) -> Option<&'static str> {
    // statfs(2) lists these.
    const KNOWN: [(u32, &str); 6] = [
        (0x6969, "NFS"),
        (0xff53_4d42, "CIFS"),
        (0xfe53_4d42, "SMB2"),
        (0x0000_517b, "SMB"),
        (0x0102_1997, "9p"),
        (0x00c3_6400, "Ceph"),
    ];
    let kind = rustix::fs::statfs(dir).ok()?.f_type;
    #[allow(clippy::cast_possible_truncation, reason = "the numbers have 32 bits")]
    #[allow(clippy::cast_sign_loss, reason = "some of them look negative")]
    let kind = kind as u32;
    KNOWN.iter().find(|(number, _)| *number == kind).map(|(_, name)| *name)
}

#[cfg(not(target_os = "linux"))]
pub fn network_file_system(_: &Path) -> Option<&'static str> {
    None
}
