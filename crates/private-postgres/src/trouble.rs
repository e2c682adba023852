//! What a server or the system complains of, and what a person can do about it.

use std::io;

const DISK_FULL: &str = "the disk is full, or can hold no more files (df -h, df -i): make room, and start again; nothing that \
     was committed is lost";
const NO_INODES: &str = "no file can be made although the disk may have room (compare df -h with df -i): delete what made so many \
     small files, and start again; nothing that was committed is lost";
const READ_ONLY: &str = "the disk cannot be written: after an error of the disk Linux mounts it read-only (dmesg says why); check \
     it (fsck), mount it read-write, and start again; nothing that was committed is lost";
const NO_WAL: &str = "a part of the database's journal (pg_wal) is missing or damaged, so that it cannot become consistent by itself: \
     do not use pg_resetwal, which makes up a state; restore the newest backup with agendad restore FILE --replace, which keeps \
     this one beside it";
const DAMAGED: &str = "a page of the database is damaged: the disk or the memory of this machine is failing; copy the state directory \
     elsewhere, and restore the newest backup with agendad restore FILE --replace, on a sound disk";
const OWNER: &str = "the database's files belong to another user, or others may open them: chown -R the directory named below back to the \
     user that ran it, and chmod 700 it";

/// What the server's log says, in order of how sure it is.
const SIGNS: &[(&str, &str)] = &[
    ("No space left on device", DISK_FULL),
    ("Disk quota exceeded", DISK_FULL),
    ("Read-only file system", READ_ONLY),
    ("could not locate a valid checkpoint record", NO_WAL),
    ("could not locate required checkpoint record", NO_WAL),
    ("invalid checkpoint record", NO_WAL),
    ("invalid primary checkpoint record", NO_WAL),
    ("WAL ends before", NO_WAL),
    ("could not open file \"pg_wal", NO_WAL),
    ("required WAL directory", NO_WAL),
    ("page verification failed", DAMAGED),
    ("invalid page in block", DAMAGED),
    ("incorrect checksum in control file", DAMAGED),
    ("has wrong ownership", OWNER),
    ("has invalid permissions", OWNER),
    ("Permission denied", OWNER),
    ("Input/output error", DAMAGED),
];

/// What the end of a server's log means, after a colon; empty where it is not known.
pub(super) fn of_log(lines: &str) -> String {
    let sign = SIGNS.iter().find(|(sign, _)| lines.contains(sign));
    sign.map_or_else(String::new, |(_, cure)| format!(": {cure}"))
}

/// What a failed file operation means, after a colon; empty where the system's words are enough.
pub(super) fn of_error(error: &io::Error) -> String {
    let is = |kind| error.kind() == kind;
    let cure = if is(io::ErrorKind::StorageFull) || is(io::ErrorKind::QuotaExceeded) {
        "the disk has neither room nor names for more files (df -h, df -i): make room, and start again; nothing that was \
         committed is lost"
    } else if is(io::ErrorKind::ReadOnlyFilesystem) {
        READ_ONLY
    } else {
        return String::new();
    };
    format!(": {cure}")
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

/// What to do about damaged pages.
#[must_use]
pub fn cure_of_damage() -> &'static str {
    DAMAGED
}

/// The same for a directory in which no more files can be made.
#[must_use]
pub fn cure_without_inodes() -> &'static str {
    NO_INODES
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
            assert!(of_log(line).contains(cure), "{line}: {}", of_log(line));
        }
        assert_eq!(of_log("FATAL:  something new"), "");
        assert!(NO_WAL.contains("do not use pg_resetwal"));
    }
}
