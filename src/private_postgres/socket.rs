//! Where the server's socket lies: in a directory that only the server's user can open, which is all
//! the authentication there is.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::path::{Path, PathBuf};

use sha1::{Digest, Sha1};

use super::PORT;
use super::error::{PrivatePostgresError, file};
use super::layout::Layout;
use super::owner::Owner;

/// Bytes of the socket's whole path. The kernel allows 107, some clients fewer.
const LONGEST: usize = 90;

/// Makes the directory for the socket, free of the remains of a server that died.
pub(super) fn prepare(layout: &Layout, owner: &Owner) -> Result<PathBuf, PrivatePostgresError> {
    let dir = place(layout, owner);
    match DirBuilder::new().mode(0o700).create(&dir) {
        Ok(()) => owner.own(&dir)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file("make directory", dir)(error)),
    }
    check(&dir, owner)?;
    let socket = socket_in(&dir);
    for left in [socket.with_extension(format!("{PORT}.lock")), socket] {
        match fs::remove_file(&left) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(file("remove", left)(error));
            }
            _ => {}
        }
    }
    Ok(dir)
}

/// Removes the directory after the server's end, if it lies outside the cluster's own.
pub(super) fn tidy(layout: &Layout, dir: &Path) {
    if dir != layout.socket() {
        // It may already be gone, and an empty directory does no harm.
        fs::remove_dir(dir).ok();
    }
}

/// Below the cluster if that is short and plain enough to stand in a socket's address and in the
/// server's settings; else in a place for run-time files, named after the cluster's path.
fn place(layout: &Layout, owner: &Owner) -> PathBuf {
    let inside = layout.socket();
    if is_fit(&inside) {
        return inside;
    }
    let hash = Sha1::digest(layout.root().as_os_str().as_bytes());
    let name: String = hash.iter().take(8).map(|b| format!("{b:02x}")).collect();
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime
        // Root's is closed to the server's user.
        .filter(|dir| !owner.is_other() && dir.is_dir())
        .map(|dir| dir.join(format!("agendad-{name}")))
        .filter(|dir| is_fit(dir))
        .unwrap_or_else(|| PathBuf::from(format!("/tmp/agendad-{name}")))
}

fn is_fit(dir: &Path) -> bool {
    let is_plain = |b: &u8| b.is_ascii_alphanumeric() || b"/._-+".contains(b);
    let socket = socket_in(dir);
    let bytes = socket.as_os_str().as_bytes();
    bytes.len() < LONGEST && bytes.iter().all(is_plain)
}

fn socket_in(dir: &Path) -> PathBuf {
    dir.join(format!(".s.PGSQL.{PORT}"))
}

/// In `/tmp` anybody can be first to take a name.
fn check(dir: &Path, owner: &Owner) -> Result<(), PrivatePostgresError> {
    let found = fs::symlink_metadata(dir).map_err(file("look at", dir))?;
    if found.is_dir() && found.uid() == owner.uid() && found.mode() & 0o077 == 0 {
        return Ok(());
    }
    Err(PrivatePostgresError::UnsafeSocket {
        dir: dir.to_owned(),
        user: owner.name().to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_or_odd_paths_are_not_for_sockets() {
        assert!(is_fit(Path::new("/var/lib/agendad/postgres/socket")));
        assert!(!is_fit(Path::new("/home/joão/socket")));
        assert!(!is_fit(Path::new("/srv/with space/socket")));
        assert!(!is_fit(&Path::new("/srv").join("x".repeat(80))));
    }
}
