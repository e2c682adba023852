//! What can go wrong with a private cluster, and what a person can do about it.

use std::io;
use std::path::{Path, PathBuf};

use super::trouble::{StorageFault, after_colon};

/// Whether a directory is where systemd keeps the state of services: nobody else shall enter it.
#[must_use]
pub fn is_of_the_service(dir: &Path) -> bool {
    dir.starts_with("/var/lib/private")
}

fn closed(at: &Path, user: &str) -> String {
    let (is_of_the_service, at) = (is_of_the_service(at), at.display());
    if is_of_the_service {
        return format!("enter {at}, where systemd lets in nobody but the service itself");
    }
    format!(
        "enter {at} as {user}, the user that runs PostgreSQL because root may not: `chmod o+x {at}`, or choose a \
         state_dir that {user} can reach"
    )
}

/// A failure of the private cluster. The messages fit "failed to …".
#[derive(Debug, thiserror::Error)]
pub enum PrivatePostgresError {
    /// The machine has no PostgreSQL server.
    #[error(
        "find PostgreSQL's server programs (initdb and postgres, {oldest} or newer, in PATH or in \
         /usr/lib/postgresql/*/bin): install them (Debian, Ubuntu: `apt-get install postgresql`; \
         Fedora: `dnf install postgresql-server`; Arch, Alpine: package `postgresql`), or set \
         database.url to a server that already runs"
    )]
    NoPrograms {
        /// The oldest major version that will do.
        oldest: u32,
    },
    /// The machine's programs are newer than the cluster.
    #[error(
        "open the private database in {dir}: it was made by PostgreSQL {cluster}, and this machine has {found}; take it to \
         the newer version with `agendad database upgrade` (--dry-run rehearses it; the old one is kept), or install \
         PostgreSQL {cluster} again (Debian: `apt-get install postgresql-{cluster}`)"
    )]
    OlderCluster {
        /// The cluster's data directory.
        dir: PathBuf,
        /// Its major version.
        cluster: u32,
        /// The versions found, for people.
        found: String,
    },
    /// The machine's programs are older than the cluster.
    #[error(
        "open the private database in {dir}: it was made by PostgreSQL {cluster}, and this machine has only {found}, which is \
         older and cannot read it: install PostgreSQL {cluster} (Debian: `apt-get install postgresql-{cluster}`)"
    )]
    NewerCluster {
        /// The cluster's data directory.
        dir: PathBuf,
        /// Its major version.
        cluster: u32,
        /// The versions found, for people.
        found: String,
    },
    /// Somebody uses the cluster.
    #[error(
        "have the private database in {dir} to itself: a daemon or another command uses it; stop it first (systemctl stop \
         agendad)"
    )]
    InUse {
        /// The cluster's directory.
        dir: PathBuf,
    },
    /// Another container uses the cluster.
    #[error(
        "use the private database in {dir}: its server runs in another container with the same volume; stop that one first, or \
         give each a state_dir of its own"
    )]
    Elsewhere {
        /// The cluster's directory.
        dir: PathBuf,
    },
    /// There is no cluster.
    #[error(
        "there is no private database in {dir}: set state_dir (AGENDAD_STATE_DIR) to the directory of the daemon, or \
         database.url if the database is one of your own"
    )]
    NoCluster {
        /// Where it would lie.
        dir: PathBuf,
    },
    /// The machine has no client programs that fit.
    #[error(
        "find {program} of PostgreSQL {version} or newer, in PATH or in /usr/lib/postgresql/*/bin (Debian: `apt-get install \
         postgresql-client-{version}`)"
    )]
    NoTools {
        program: &'static str,
        /// The server's major version.
        version: u32,
    },
    /// There is too little space.
    #[error(
        "find room in {dir}: {needed} MB are needed and {free} MB are free; make room, or move the state directory to a \
         larger disk"
    )]
    NoRoom {
        dir: PathBuf,
        /// Megabytes.
        needed: u64,
        /// Megabytes.
        free: u64,
    },
    /// A program of PostgreSQL ran and failed.
    #[error("{doing}; {program} said:\n{output}")]
    Refused {
        /// What was tried.
        doing: &'static str,
        /// The program's name.
        program: &'static str,
        /// The end of its output.
        output: String,
    },
    /// Root may not run a server, and there is nobody else to run it.
    #[error(
        "choose a user for PostgreSQL, which root may not run: there is neither `postgres` nor \
         `nobody` on this machine; run agendad as an ordinary user, or set database.url"
    )]
    NoUser,
    /// The cluster is another user's.
    #[error(
        "use {path}, which belongs to {owner}: run agendad as that user or as root, or choose \
         another state_dir"
    )]
    Foreign {
        /// What belongs to that user.
        path: PathBuf,
        /// The user's name or number.
        owner: String,
    },
    /// The server's user cannot reach the cluster.
    #[error("{}", closed(at, user))]
    Closed {
        /// The first directory of the path that is closed to that user.
        at: PathBuf,
        /// The server's user.
        user: String,
    },
    /// The directory of the socket is not safe to use.
    #[error("use {dir} for the socket: it is not a directory that only {user} can open; remove it")]
    UnsafeSocket {
        /// The directory.
        dir: PathBuf,
        /// The server's user.
        user: String,
    },
    /// A file operation failed.
    #[error("{doing} {path}{}", after_colon(StorageFault::of_error(source)))]
    File {
        /// The verb.
        doing: &'static str,
        /// The file or directory.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// A server program could not be run at all.
    #[error("run {program}")]
    Program {
        program: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// initdb ran and refused.
    #[error("make a private database in {dir}; initdb said:\n{output}")]
    Init {
        /// The cluster's directory.
        dir: PathBuf,
        /// The end of its output.
        output: String,
    },
    /// The server ended instead of starting.
    #[error(
        "start the private database ({status}){}; the end of {log}:\n{lines}",
        after_colon(StorageFault::of_log(lines))
    )]
    Start {
        /// How the server ended.
        status: String,
        /// The server's log.
        log: PathBuf,
        /// The last lines that this start wrote to it.
        lines: String,
    },
    /// Something took too long.
    #[error("{doing} within {seconds} s; see {log}")]
    TooSlow {
        /// What was waited for.
        doing: &'static str,
        /// The time-out, in seconds.
        seconds: u64,
        /// The server's log.
        log: PathBuf,
    },
    /// The server was asked something and refused, or could not be reached.
    #[error("{doing} in the private database")]
    Sql {
        /// What was asked.
        doing: String,
        /// Why not.
        source: sqlx::Error,
    },
}

impl PrivatePostgresError {
    /// What ails the machine or its files, where that is known.
    #[must_use]
    pub fn storage_fault(&self) -> Option<StorageFault> {
        if let Self::File { source, .. } = self {
            StorageFault::of_error(source)
        } else if let Self::Start { lines, .. } = self {
            StorageFault::of_log(lines)
        } else {
            None
        }
    }
}

/// Turns an io error into ours, with the verb and the path.
pub(super) fn file(
    doing: &'static str,
    path: impl AsRef<Path>,
) -> impl FnOnce(io::Error) -> PrivatePostgresError {
    move |source| PrivatePostgresError::File {
        doing,
        path: path.as_ref().to_owned(),
        source,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_told_to_open_the_state_of_services_to_others() {
        let closed = |at: &str| {
            let (at, user) = (PathBuf::from(at), "postgres".to_owned());
            PrivatePostgresError::Closed { at, user }.to_string()
        };
        for at in ["/var/lib/private", "/var/lib/private/agendad/postgres"] {
            assert!(closed(at).contains("nobody but the service"), "{at}");
            assert!(!closed(at).contains("chmod"), "{at}");
        }
        assert!(closed("/root").contains("chmod o+x /root"));
    }
}
