//! What a server or the system complains of, and what a person can do about it.

use std::io;

/// What ails a server's machine, or its files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum StorageFault {
    /// No room on the disk.
    #[error(
        "the disk is full, or can hold no more files (df -h, df -i): make room, and start again; nothing that was committed is \
         lost"
    )]
    DiskFull,
    /// One of both is missing.
    #[error(
        "the disk has neither room nor names for more files (df -h, df -i): make room, and start again; nothing that was \
         committed is lost"
    )]
    NoRoom,
    /// No names for more files.
    #[error(
        "no file can be made although the disk may have room (compare df -h with df -i): delete what made so many small files, \
         and start again; nothing that was committed is lost"
    )]
    NoInodes,
    /// No writes.
    #[error(
        "the disk cannot be written: after an error of the disk Linux mounts it read-only (dmesg says why); check it (fsck), \
         mount it read-write, and start again; nothing that was committed is lost"
    )]
    ReadOnly,
    /// The journal is not whole.
    #[error(
        "a part of the database's journal (pg_wal) is missing or damaged, so that it cannot become consistent by itself: do not \
         use pg_resetwal, which makes up a state; restore the newest backup with agendad restore FILE --replace, which keeps \
         this one beside it"
    )]
    NoWal,
    /// A page is not what was written.
    #[error(
        "a page of the database is damaged: the disk or the memory of this machine is failing; copy the state directory \
         elsewhere, and restore the newest backup with agendad restore FILE --replace, on a sound disk"
    )]
    Damaged,
    /// Somebody else's files.
    #[error(
        "the database's files belong to another user, or others may open them: chown -R the directory named below back to the \
         user that ran it, and chmod 700 it"
    )]
    Owner,
}

/// What the server's log says, in order of how sure it is.
const SIGNS: &[(&str, StorageFault)] = &[
    ("No space left on device", StorageFault::DiskFull),
    ("Disk quota exceeded", StorageFault::DiskFull),
    ("Read-only file system", StorageFault::ReadOnly),
    (
        "could not locate a valid checkpoint record",
        StorageFault::NoWal,
    ),
    (
        "could not locate required checkpoint record",
        StorageFault::NoWal,
    ),
    ("invalid checkpoint record", StorageFault::NoWal),
    ("invalid primary checkpoint record", StorageFault::NoWal),
    ("WAL ends before", StorageFault::NoWal),
    ("could not open file \"pg_wal", StorageFault::NoWal),
    ("required WAL directory", StorageFault::NoWal),
    ("page verification failed", StorageFault::Damaged),
    ("invalid page in block", StorageFault::Damaged),
    ("incorrect checksum in control file", StorageFault::Damaged),
    ("has wrong ownership", StorageFault::Owner),
    ("has invalid permissions", StorageFault::Owner),
    ("Permission denied", StorageFault::Owner),
    ("Input/output error", StorageFault::Damaged),
];

impl StorageFault {
    /// What the end of a server's log means, if it is known.
    pub(super) fn of_log(lines: &str) -> Option<Self> {
        let sign = SIGNS.iter().find(|(sign, _)| lines.contains(sign));
        sign.map(|(_, storage_fault)| *storage_fault)
    }

    /// What a failed file operation means, where the system's words are not enough.
    pub(super) fn of_error(error: &io::Error) -> Option<Self> {
        let is = |kind| error.kind() == kind;
        if is(io::ErrorKind::StorageFull) || is(io::ErrorKind::QuotaExceeded) {
            Some(Self::NoRoom)
        } else if is(io::ErrorKind::ReadOnlyFilesystem) {
            Some(Self::ReadOnly)
        } else {
            None
        }
    }
}

/// After a colon; nothing where it is not known.
pub(super) fn after_colon(storage_fault: Option<StorageFault>) -> String {
    storage_fault.map_or_else(String::new, |storage_fault| format!(": {storage_fault}"))
}

/// Whether a damaged page is what a statement met.
#[must_use]
pub fn is_damaged(text: &str) -> bool {
    [
        "invalid page in block",
        "page verification failed",
        "XX001",
        "XX002",
    ]
    .iter()
    .any(|sign| text.contains(sign))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_server_complains_of_becomes_a_cure_that_loses_nothing() {
        for (line, cure) in [
            (
                "FATAL:  could not write lock file \"postmaster.pid\": No space left on device",
                "make room",
            ),
            (
                "FATAL:  could not open file: Read-only file system",
                "mount it read-write",
            ),
            (
                "PANIC:  could not locate a valid checkpoint record",
                "agendad restore",
            ),
            ("FATAL:  data directory \"/x\" has wrong ownership", "chown"),
        ] {
            let said = after_colon(StorageFault::of_log(line));
            assert!(said.contains(cure), "{line}: {said}");
        }
        assert_eq!(StorageFault::of_log("FATAL:  something new"), None);
        let wal = StorageFault::NoWal.to_string();
        assert!(wal.contains("do not use pg_resetwal"));
    }
}
