//! Where the server's socket lies: in a directory that only the server's user can open, which is all
//! the authentication there is.
//!
//! The server listens in two places, both below the cluster and, where the path is too long for a socket, named from
//! its data directory: `socket`, and the data directory itself. Nothing of it lies in `/tmp` or `$XDG_RUNTIME_DIR`, which a
//! cleaner or a log-out empties. Should `socket` vanish all the same, it comes back as a link to the data directory:
//! the server is not restarted, and nobody who is connected notices.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, symlink};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::error::{PrivatePostgresError, file};
use super::layout::{Layout, PORT};
use super::owner::Owner;

/// What the server is told: both places, by names that it can use.
pub(super) fn places(layout: &Layout) -> OsString {
    let inside = layout.socket();
    let mut places = if is_fit(&inside) {
        inside.into_os_string()
    } else {
        // Seen from its data directory.
        OsString::from("../socket")
    };
    places.push(",.");
    places
}

/// Bytes of the socket's whole path. The kernel allows 107, some clients fewer.
const LONGEST: usize = 90;

/// Makes the directory for the socket, free of the remains of a server that died.
pub(super) fn prepare(layout: &Layout, owner: &Owner) -> Result<(), PrivatePostgresError> {
    let dir = layout.socket();
    if fs::symlink_metadata(&dir).is_ok_and(|found| found.is_symlink()) {
        fs::remove_file(&dir).map_err(file("remove", &dir))?;
    }
    match DirBuilder::new().mode(0o700).create(&dir) {
        Ok(()) => owner.own(&dir)?,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
        Err(error) => return Err(file("make directory", dir)(error)),
    }
    check(&dir, owner)?;
    for dir in [dir, layout.data()] {
        let socket = socket_in(&dir);
        for left in [lock_of(&socket), socket] {
            match fs::remove_file(&left) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(file("remove", left)(error));
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The directory in which clients of this process find the socket. `said` is what the server wrote down.
pub(super) fn place(layout: &Layout, said: &Path) -> Result<PathBuf, PrivatePostgresError> {
    if said.is_absolute() {
        return Ok(said.to_owned());
    }
    let inside = layout.socket();
    if is_fit(&inside) {
        return Ok(inside);
    }
    let root = short_name(layout.root()).map_err(file("open", layout.root()))?;
    Ok(root.join("socket"))
}

/// Sees to it that the socket of a running server can be reached. False: only another start can bring it back.
pub(super) fn mend(layout: &Layout, place: &Path) -> Result<bool, PrivatePostgresError> {
    if socket_in(place).exists() {
        return Ok(true);
    }
    let spare = socket_in(&layout.data());
    let dir = layout.socket();
    let is_ours = place == dir || place.starts_with("/proc");
    if !is_ours || !spare.exists() {
        return Ok(false);
    }
    tracing::warn!(dir = %dir.display(), "the private database's socket had vanished; it is put back");
    match fs::remove_dir_all(&dir) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(file("remove", dir)(error));
        }
        _ => {}
    }
    match symlink("data", &dir) {
        // Another process was first.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(true),
        Err(error) => Err(file("link", dir)(error)),
        Ok(()) => Ok(true),
    }
}

/// A directory's name through a handle of this process: short, plain, and good for as long as this process lives,
/// for others of the same user too. One handle a directory, never closed, so that an address stays what it is.
fn short_name(dir: &Path) -> io::Result<PathBuf> {
    static HANDLES: Mutex<Vec<(PathBuf, File)>> = Mutex::new(Vec::new());
    let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
    let found = fs::metadata(dir)?;
    for (known, handle) in handles.iter() {
        let opened = handle.metadata()?;
        // A directory that was deleted and made anew is another one.
        if known == dir && (opened.dev(), opened.ino()) == (found.dev(), found.ino()) {
            return Ok(name_of(handle));
        }
    }
    let flags = nix::libc::O_PATH | nix::libc::O_DIRECTORY | nix::libc::O_CLOEXEC;
    let handle = OpenOptions::new()
        .read(true)
        .custom_flags(flags)
        .open(dir)?;
    let name = name_of(&handle);
    handles.push((dir.to_owned(), handle));
    Ok(name)
}

fn name_of(handle: &File) -> PathBuf {
    let (pid, number) = (std::process::id(), handle.as_raw_fd());
    PathBuf::from(format!("/proc/{pid}/fd/{number}"))
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

fn lock_of(socket: &Path) -> PathBuf {
    socket.with_extension(format!("{PORT}.lock"))
}

/// Only the server's user may open it.
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

    #[test]
    fn a_short_name_stays_as_long_as_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        let long = dir.path().join("x".repeat(100));
        fs::create_dir(&long).unwrap();
        let name = short_name(&long).unwrap();
        assert!(is_fit(&name.join("socket")));
        fs::write(long.join("a"), "").unwrap();
        assert!(name.join("a").exists());
        assert_eq!(short_name(&long).unwrap(), name);
        fs::remove_dir_all(&long).unwrap();
        fs::create_dir(&long).unwrap();
        assert_ne!(short_name(&long).unwrap(), name);
    }
}
