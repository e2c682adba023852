//! Whether a server listens at its cluster's sockets: what tells of a process that the system hides from us.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::OpenOptionsExt;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use super::layout::PORT;

/// Whether somebody takes connections for the cluster in `data`. `port` and `place` are what the server wrote down, the
/// place as seen from `data`.
pub(super) fn answers(data: &Path, port: Option<&&str>, place: Option<&&str>) -> bool {
    // The path of a socket must be short: it is named through a handle.
    let Ok(handle) = open(data) else {
        return false;
    };
    let here = PathBuf::from(format!("/proc/self/fd/{}", handle.as_raw_fd()));
    let name = match port {
        Some(port) => format!(".s.PGSQL.{port}"),
        None => format!(".s.PGSQL.{PORT}"),
    };
    let places = [Some(&"."), Some(&"../socket"), place];
    let mut sockets = places.into_iter().flatten();
    sockets.any(|place| UnixStream::connect(here.join(place).join(&name)).is_ok())
}

fn open(dir: &Path) -> io::Result<File> {
    let flags = nix::libc::O_PATH | nix::libc::O_DIRECTORY | nix::libc::O_CLOEXEC;
    OpenOptions::new().read(true).custom_flags(flags).open(dir)
}
