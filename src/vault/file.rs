//! The key file under the state directory: readable by its owner only, never overwritten in place.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, ErrorKind, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, fchown};
use std::path::Path;

use zeroize::Zeroizing;

use super::error::VaultError;
use crate::domain::secret_text;

/// The file's text; `None` if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, VaultError> {
    match std::fs::read(path) {
        Ok(bytes) => match secret_text::of_file(bytes) {
            Some(text) => Ok(Some(Zeroizing::new(text))),
            None => Err(bad(path, false)),
        },
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(path, "read", error)),
    }
}

/// Makes the file, which has its name only when it is whole and on the disk; false if another process has just made it.
pub(super) fn make(path: &Path, text: &str) -> Result<bool, VaultError> {
    // Of this attempt alone: processes of two containers may have one number.
    let mut number = [0_u8; 4];
    getrandom::fill(&mut number).map_err(|_| VaultError::NoRandomness)?;
    let attempt = || -> io::Result<()> {
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        let beside = path.with_extension(format!("key.new.{}", hex::encode(number)));
        let named = write_new(&beside, text).and_then(|()| name(&beside, path, text));
        std::fs::remove_file(&beside).ok(); // where the disk is full it may be there in part, or not at all
        named?;
        sync_directory(path)
    };
    match attempt() {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(false),
        Err(error) => Err(failed(path, "made", error)),
    }
}

/// Replaces the file whole: whoever reads it meanwhile finds the old text or the new one.
pub(super) fn replace(path: &Path, text: &str) -> Result<(), VaultError> {
    let beside = path.with_extension("key.new");
    let attempt = || -> io::Result<()> {
        match std::fs::remove_file(&beside) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        write_new(&beside, text)?;
        std::fs::rename(&beside, path)?;
        sync_directory(path)
    };
    attempt().map_err(|error| failed(path, "replaced", error))
}

/// Keeps other processes from putting a key in front, until it is dropped.
#[derive(Debug, Default)]
pub struct KeyFileLock {
    /// None for keys that are configured elsewhere.
    _file: Option<File>,
}

/// Keeps other processes from replacing the file until it is dropped; `None`: another one does.
pub(super) fn lock(path: &Path) -> Result<Option<KeyFileLock>, VaultError> {
    // Beside it, since whoever replaces the file gives its name to another one.
    let beside = path.with_extension("lock");
    let attempt = || -> io::Result<Option<KeyFileLock>> {
        let mut options = OpenOptions::new();
        // Never through a link: whoever owns the directory would have root give them what it leads to.
        let options = options.write(true).create(true).truncate(false);
        let options = options.mode(0o600).custom_flags(nix::libc::O_NOFOLLOW);
        let file = options.open(&beside)?;
        give_to_owner(&file, &beside)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(KeyFileLock { _file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    };
    attempt().map_err(|error| failed(&beside, "locked", error))
}

/// Gives a whole file its name, if nobody has it.
fn name(whole: &Path, path: &Path, text: &str) -> io::Result<()> {
    match std::fs::hard_link(whole, path) {
        // A file system without links.
        Err(error)
            if matches!(
                error.kind(),
                ErrorKind::PermissionDenied | ErrorKind::Unsupported
            ) =>
        {
            write_new(path, text)
        }
        linked => linked,
    }
}

fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    give_to_owner(&file, path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    sync_directory(path)
}

/// What root makes, the daemon, which owns the directory, must be able to read.
fn give_to_owner(file: &File, path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) if nix::unistd::Uid::effective().is_root() => {
            let owner = parent.metadata()?;
            fchown(file, Some(owner.uid()), Some(owner.gid()))
        }
        Some(_) | None => Ok(()),
    }
}

/// Without this a power cut may forget the file's name, and with it every stored password.
fn sync_directory(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(parent) => File::open(parent)?.sync_all(),
        None => Ok(()),
    }
}

/// What the file holds is no key.
pub(super) fn bad(path: &Path, is_empty: bool) -> VaultError {
    VaultError::BadKeyFile {
        path: path.to_owned(),
        is_empty,
    }
}

fn failed(path: &Path, action: &'static str, source: io::Error) -> VaultError {
    VaultError::KeyFile {
        path: path.to_owned(),
        action,
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::vault::{Vault, key_file};

    const FIRST: &str = "AQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQEBAQE=";
    const SECOND: &str = "AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=";

    #[test]
    fn a_key_that_cannot_be_written_leaves_no_file_and_one_that_is_cut_short_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = key_file(dir.path());
        let names = || std::fs::read_dir(dir.path()).unwrap().count();
        assert!(make(&path, FIRST).unwrap());
        assert!(!make(&path, SECOND).unwrap(), "somebody was first");
        assert_eq!(std::fs::read_to_string(&path).unwrap(), FIRST);
        assert_eq!(names(), 1);

        for (text, said) in [
            ("", "delete it"),
            ("AAAA\n", "32 bytes"),
            ("\u{1f}", "32 bytes"),
        ] {
            std::fs::write(&path, text).unwrap();
            let refused = Vault::open(None, dir.path()).unwrap_err();
            assert!(matches!(refused, VaultError::BadKeyFile { .. }));
            let refused = refused.to_string();
            let file = path.display().to_string();
            assert!(
                refused.contains(&file) && refused.contains(said),
                "{refused}"
            );
            assert!(text.is_empty() || !refused.contains("delete"), "{refused}");
        }
    }

    #[test]
    fn where_no_key_file_can_be_made_the_setting_that_moves_it_is_named() {
        let refused = make(Path::new("/dev/null/state/vault.key"), FIRST).unwrap_err();
        let refused = refused.to_string();
        assert!(refused.contains("AGENDAD_STATE_DIR"), "{refused}");
    }

    /// A disk without room for a single byte, in a name space of mounts of its own.
    #[test]
    fn a_full_disk_leaves_no_key_file_that_would_keep_the_next_start_from_making_one() {
        if !nix::unistd::Uid::effective().is_root() {
            return;
        }
        let mut unshare = std::process::Command::new("unshare");
        let may_mount = unshare.args(["--mount", "true"]).status().unwrap();
        if !may_mount.success() {
            eprintln!("skipped: this container allows no mounts (unshare: {may_mount})");
            return;
        }
        let dir = tempfile::tempdir().unwrap();
        let this = std::env::current_exe().unwrap();
        let script = r#"mount -t tmpfs -o size=4k none "$1" && head -c 4096 /dev/zero >"$1/filler" && exec "$2" --exact \
            vault::file::tests::a_key_on_a_full_disk --nocapture"#;
        let output = std::process::Command::new("unshare")
            .args(["-m", "sh", "-c", script, "sh"])
            .args([dir.path(), &this])
            .env("FULL", dir.path())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && said.contains("1 passed"),
            "{said}"
        );
    }

    /// Within the test above.
    #[test]
    fn a_key_on_a_full_disk() {
        let Some(dir) = std::env::var_os("FULL") else {
            return;
        };
        let dir = Path::new(&dir);
        let full = Vault::open(None, dir).unwrap_err();
        assert!(matches!(full, VaultError::KeyFile { .. }), "{full}");
        let left = std::fs::read_dir(dir).unwrap().count();
        assert_eq!(left, 1, "only what fills it");
        std::fs::remove_file(dir.join("filler")).unwrap();
        Vault::open(None, dir).unwrap();
    }
}
