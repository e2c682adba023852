//! Where the clusters of tests lie.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use nix::sys::statvfs::statvfs;
use nix::unistd::Uid;
use tempfile::TempDir;

/// What all clusters of a test run need at once, with plenty to spare.
const ROOM: u64 = 2 << 30;

/// A place for a cluster of the test's own, which every user may pass through.
pub fn place() -> (TempDir, PathBuf) {
    let dir = tempfile::tempdir_in(parent()).unwrap();
    fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o711)).unwrap();
    let cluster = dir.path().join("postgres");
    (dir, cluster)
}

/// In memory if that is possible: a database is a thousand files, and to make and remove those takes ten times as long
/// on a disk. Not for a normal user: systemd clears what they have there when they log out, even if tests still run.
/// `TMPDIR` has the first word.
pub(crate) fn parent() -> PathBuf {
    let memory = "/dev/shm";
    let has_room = statvfs(memory)
        .is_ok_and(|fs| fs.blocks_available().saturating_mul(fs.fragment_size()) > ROOM);
    if std::env::var_os("TMPDIR").is_none() && Uid::effective().is_root() && has_room {
        memory.into()
    } else {
        std::env::temp_dir()
    }
}
