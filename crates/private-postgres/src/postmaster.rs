//! What a cluster's `postmaster.pid` says, and whether it can be believed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::{PrivatePostgresError, file};

/// The server process of a cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Postmaster {
    pid: Pid,
}

impl Postmaster {
    /// Its process id.
    pub(super) fn pid(self) -> i32 {
        self.pid.as_raw()
    }

    /// Asks for a fast shutdown: transactions are aborted, connections cut.
    pub(super) fn interrupt(self) -> io::Result<()> {
        Ok(kill(self.pid, Signal::SIGINT)?)
    }
}

/// What the file says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// No server.
    Absent,
    /// A server died without removing the file.
    Stale,
    /// A server is on its way up or down.
    Busy(Postmaster),
    /// A server takes connections at the socket in this directory.
    Ready(Postmaster, PathBuf),
}

/// Reads the state of the cluster in `data`.
pub(super) fn look(data: &Path) -> Result<State, PrivatePostgresError> {
    let path = pid_file(data);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(State::Absent),
        Err(error) => return Err(file("read", path)(error)),
    };
    // Lines: pid, data directory, start time, port, socket directory, TCP address, memory key, status.
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let Some(pid) = lines.first().and_then(|line| line.parse().ok()) else {
        return Ok(State::Stale); // cut short by a full disk
    };
    let postmaster = Postmaster {
        pid: Pid::from_raw(pid),
    };
    if !is_server(postmaster.pid, data) {
        return Ok(State::Stale);
    }
    match (lines.get(4), lines.get(7)) {
        (Some(socket), Some(&"ready"))
            if !socket.is_empty() && !has_pending_interrupt(postmaster.pid) =>
        {
            Ok(State::Ready(postmaster, PathBuf::from(socket)))
        }
        _ => Ok(State::Busy(postmaster)),
    }
}

/// The server of the cluster, if one runs on another port than ours: `pg_upgrade` started it, and has died.
pub(super) fn stranger(data: &Path, port: u16) -> Result<Option<Postmaster>, PrivatePostgresError> {
    let (State::Ready(server, _) | State::Busy(server)) = look(data)? else {
        return Ok(None);
    };
    let text = fs::read_to_string(pid_file(data)).unwrap_or_default();
    let other = text
        .lines()
        .nth(3)
        .and_then(|line| line.trim().parse::<u16>().ok());
    Ok(other.filter(|other| *other != port).map(|_| server))
}

/// Removes the pid file of a dead server. The next server would do so itself, unless the number in it
/// is by now another process's or a zombie's. That no process of the dead server still writes, the
/// next one finds out from the shared memory, with or without this file.
pub(super) fn forget_dead(data: &Path) -> Result<(), PrivatePostgresError> {
    if look(data)? != State::Stale {
        return Ok(());
    }
    let path = pid_file(data);
    fs::remove_file(&path).map_err(file("remove", path))
}

fn pid_file(data: &Path) -> PathBuf {
    data.join("postmaster.pid")
}

/// Whether the process is this cluster's server. After a crash of the machine, or in a restarted
/// container, the number may be anybody's; but a server works in its data directory.
fn is_server(pid: Pid, data: &Path) -> bool {
    match kill(pid, None) {
        Ok(()) => {}
        // Not ours to signal, so not started by us: EPERM; gone: ESRCH.
        Err(Errno::EPERM | Errno::ESRCH) => return false,
        Err(_) => return true,
    }
    match fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(directory) => directory == data,
        // A zombie has no directory. Without /proc we cannot know, and believe the file.
        Err(error) if error.kind() == io::ErrorKind::NotFound => !Path::new("/proc/self").exists(),
        Err(_) => true,
    }
}

/// Whether a server that says "ready" has our SIGINT ahead of it, by which it shuts down: on a busy machine it says
/// "stopping" only once it has had its turn, and whoever joined it meanwhile would be cut off. Without /proc we cannot know.
fn has_pending_interrupt(pid: Pid) -> bool {
    const BIT: u64 = 1 << (Signal::SIGINT as u64 - 1);
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    let pending = status
        .lines()
        .find_map(|line| line.strip_prefix("ShdPnd:"))
        .and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    pending.is_some_and(|mask| mask & BIT != 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::sys::wait::{WaitPidFlag, waitpid};
    use std::io::{Read, Write};
    use std::process::Stdio;

    fn state(text: &str) -> State {
        let dir = tempfile::tempdir().unwrap();
        fs::write(pid_file(dir.path()), text).unwrap();
        look(dir.path()).unwrap()
    }

    #[test]
    fn no_file_means_no_server() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(look(dir.path()).unwrap(), State::Absent);
    }

    #[test]
    fn a_number_that_another_process_has_by_now_is_not_believed() {
        let me = std::process::id();
        let text = format!("{me}\n/data\n1\n5432\n/socket\n\n 1 2\nready   \n");
        assert_eq!(state(&text), State::Stale);
    }

    #[test]
    fn a_file_cut_short_is_not_believed() {
        assert_eq!(state(""), State::Stale);
    }

    #[test]
    fn a_server_that_was_told_to_end_and_has_not_had_its_turn_is_on_its_way_down() {
        // A shell that started these tests in the background has the signal ignored, and so it would never be pending.
        let mut child = std::process::Command::new("env")
            .args(["--default-signal=INT", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = [0; 1];
        child.stdin.as_mut().unwrap().write_all(b"1").unwrap();
        child
            .stdout
            .as_mut()
            .unwrap()
            .read_exact(&mut line)
            .unwrap();
        let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
        kill(pid, Signal::SIGSTOP).unwrap();
        waitpid(pid, Some(WaitPidFlag::WUNTRACED)).unwrap();
        assert!(!has_pending_interrupt(pid));
        kill(pid, Signal::SIGINT).unwrap();
        assert!(has_pending_interrupt(pid));
        child.kill().unwrap();
        child.wait().unwrap();
        assert!(!has_pending_interrupt(pid), "nobody is there");
    }

    #[test]
    fn a_process_in_the_data_directory_is_believed() {
        let dir = fs::canonicalize(std::env::current_dir().unwrap()).unwrap();
        let me = Pid::from_raw(i32::try_from(std::process::id()).unwrap());
        assert!(is_server(me, &dir));
        assert!(!is_server(me, Path::new("/nowhere")));
    }
}
