//! What a cluster's `postmaster.pid` says, and whether it can be believed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::error::{PrivatePostgresError, file};
use super::listener;

/// How long a server that listens nowhere yet, or no longer, may take to begin or to end: it does either between two
/// lines of its pid file.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

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
    /// A server takes connections, and its number is none of this system's: another container has the same volume. Nobody
    /// here may signal the number.
    Elsewhere,
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
    let answers = || listener::answers(data, lines.get(3), lines.get(4));
    match resident(postmaster.pid, data, Path::new("/proc")) {
        Resident::Server => {}
        Resident::Other if answers() => return Ok(State::Elsewhere),
        Resident::Hidden if answers() || is_moving(&path, &lines) => {}
        Resident::Other | Resident::Hidden => return Ok(State::Stale),
    }
    match (lines.get(4), lines.get(7)) {
        (Some(socket), Some(&"ready"))
            if !socket.is_empty()
                && !has_pending_interrupt(postmaster.pid)
                && still_says_ready(&path) =>
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

/// Who has the number that the file names.
#[derive(Debug, PartialEq, Eq)]
enum Resident {
    /// The cluster's server.
    Server,
    /// Nobody, or another process.
    Other,
    /// A process of our user, of which we are shown nothing.
    Hidden,
}

/// Who has the number. After a crash of the machine, or in a restarted container, that may be anybody; but a server
/// works in its data directory.
fn resident(pid: Pid, data: &Path, proc: &Path) -> Resident {
    match kill(pid, None) {
        Ok(()) => {}
        // Not ours to signal, so not started by us: EPERM; gone: ESRCH.
        Err(Errno::EPERM | Errno::ESRCH) => return Resident::Other,
        Err(_) => return Resident::Server,
    }
    let process = proc.join(pid.to_string());
    match fs::read_link(process.join("cwd")) {
        Ok(directory) if directory == data => Resident::Server,
        Ok(_) => Resident::Other,
        Err(error) if error.kind() != io::ErrorKind::NotFound => Resident::Server,
        // A zombie is shown, and has no directory.
        Err(_) if process.exists() => Resident::Other,
        // systemd hides from a unit (`ProtectProc=invisible`) what was started outside of it, by a command of root say.
        Err(_) if proc.join("self").exists() => Resident::Hidden,
        // Without /proc we cannot know, and believe the file.
        Err(_) => Resident::Server,
    }
}

/// Whether a server that takes no connections may be about to, or about to end: it has said so a moment ago.
fn is_moving(pid_file: &Path, lines: &[&str]) -> bool {
    let changed = fs::metadata(pid_file).and_then(|found| found.modified());
    let age = changed.map(|changed| changed.elapsed());
    lines.get(7) != Some(&"ready") && matches!(age, Ok(Ok(age)) if age < BETWEEN_LINES)
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

/// Whether it has not had its turn between the two looks, after which nothing is ahead of it any more.
fn still_says_ready(pid_file: &Path) -> bool {
    let text = fs::read_to_string(pid_file).unwrap_or_default();
    text.lines().nth(7).map(str::trim) == Some("ready")
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
    fn a_server_that_answers_though_its_number_is_not_its_own_is_another_containers() {
        let dir = tempfile::tempdir().unwrap();
        let me = std::process::id();
        let text = format!("{me}\n/data\n1\n5432\n\n\n 1 2\nready   \n");
        fs::write(pid_file(dir.path()), text).unwrap();
        let socket = dir.path().join(".s.PGSQL.5432");
        let server = std::os::unix::net::UnixListener::bind(socket).unwrap();
        assert_eq!(look(dir.path()).unwrap(), State::Elsewhere);
        forget_dead(dir.path()).unwrap();
        assert!(pid_file(dir.path()).exists());
        drop(server);
        assert_eq!(look(dir.path()).unwrap(), State::Stale);
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
        let me = Pid::this();
        let proc = Path::new("/proc");
        assert_eq!(resident(me, &dir, proc), Resident::Server);
        assert_eq!(resident(me, Path::new("/nowhere"), proc), Resident::Other);
    }

    #[test]
    fn a_process_that_is_hidden_is_no_dead_one() {
        let proc = tempfile::tempdir().unwrap();
        let data = Path::new("/data");
        let me = Pid::this();
        assert_eq!(
            resident(me, data, proc.path()),
            Resident::Server,
            "no /proc"
        );
        fs::create_dir(proc.path().join("self")).unwrap();
        assert_eq!(resident(me, data, proc.path()), Resident::Hidden);
        fs::create_dir(proc.path().join(me.to_string())).unwrap();
        assert_eq!(resident(me, data, proc.path()), Resident::Other, "a zombie");
    }

    #[test]
    fn of_a_hidden_process_its_socket_tells_whether_it_is_the_server() {
        let dir = tempfile::tempdir().unwrap();
        let data = dir.path().join("data");
        fs::create_dir(&data).unwrap();
        let (port, place) = ("5432", "../socket");
        let answers = || listener::answers(&data, Some(&port), Some(&place));
        assert!(!answers(), "another program has the number by now");

        let own = std::os::unix::net::UnixListener::bind(data.join(".s.PGSQL.5432")).unwrap();
        assert!(answers(), "in its data directory");
        drop(own);
        assert!(!answers(), "the socket of a dead server");

        fs::create_dir(dir.path().join("socket")).unwrap();
        let named = dir.path().join("socket/.s.PGSQL.5432");
        let _named = std::os::unix::net::UnixListener::bind(named).unwrap();
        assert!(answers(), "where the file says");
    }

    #[test]
    fn a_hidden_server_between_two_lines_of_its_file_is_waited_for() {
        let dir = tempfile::tempdir().unwrap();
        let path = pid_file(dir.path());
        fs::write(&path, "1").unwrap();
        let lines = |status| ["1", "/data", "1", "5432", ".", "", "", status];
        assert!(is_moving(&path, &lines("starting")));
        assert!(is_moving(&path, &lines("stopping")));
        assert!(is_moving(&path, &["1"]));
        assert!(!is_moving(&path, &lines("ready")));
        let long_ago = std::time::UNIX_EPOCH;
        let file = fs::File::options().write(true).open(&path).unwrap();
        file.set_modified(long_ago).unwrap();
        assert!(!is_moving(&path, &lines("stopping")));
    }
}
