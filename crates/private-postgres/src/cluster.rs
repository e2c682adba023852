//! Starting a cluster's server and stopping it. All of it happens under the start lock.

use std::ffi::OsString;
use std::fs::{self, DirBuilder, File};
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::error::{PrivatePostgresError, file};
use super::initdb::{self, Durability};
use super::layout::{Layout, PORT};
use super::output::last_lines;
use super::owner::Owner;
use super::postmaster::{self, State};
use super::process_guard::ProcessGroupGuard;
use super::programs::{Programs, Search};
use super::{memory, socket};

/// The longest start: recovery of all the WAL that the settings below allow, on a slow disk.
const START: Duration = Duration::from_secs(120);

/// The longest stop: one checkpoint.
const STOP: Duration = Duration::from_secs(60);

/// Time for the processes of a killed server to notice and end.
const LINGER: Duration = Duration::from_secs(10);

/// A log longer than this is put aside at the next start, and the one put aside before is deleted.
const LONGEST_LOG: u64 = 10_000_000;

const POLL: Duration = Duration::from_millis(10);

/// Settings of every start. The server's log must not hold what the tables hold: no statements, and
/// `terse` because the details of a violated constraint name its values.
const SETTINGS: &[&str] = &[
    "listen_addresses=",
    "unix_socket_permissions=0700",
    "max_connections=100",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "log_checkpoints=off",
    "log_error_verbosity=terse",
    "log_min_error_statement=panic",
    "log_line_prefix=%m [%p] %q%a ",
    // Neither a container's small /dev/shm nor a log-out (systemd's RemoveIPC) can hurt a file.
    "dynamic_shared_memory_type=mmap",
];

/// Commits still reach the kernel at once, so the death of the server loses nothing.
const THROWAWAY: &[&str] = &[
    "fsync=off",
    "full_page_writes=off",
    "shared_buffers=64MB",
    // Tests of many processors share one server.
    "max_connections=400",
    "max_wal_size=256MB",
    // Tests open thousands of connections, and most of them come to a trigger: linked once, not by each.
    "shared_preload_libraries=plpgsql",
];

/// The socket directory of the server that runs, if one does. Waits for one on its way up or down.
pub(super) async fn running(layout: &Layout) -> Result<Option<PathBuf>, PrivatePostgresError> {
    let deadline = Instant::now() + START;
    loop {
        match postmaster::look(&layout.data())? {
            State::Ready(_, said) => return Ok(Some(socket::place(layout, &said)?)),
            State::Absent => return Ok(None),
            State::Stale => {
                tracing::info!("the private database's server died; starting it again");
                return Ok(None);
            }
            State::Busy(_) if Instant::now() < deadline => sleep(POLL).await,
            State::Busy(_) => {
                let doing = "wait for the private database to finish starting or stopping";
                return Err(too_slow(layout, doing, START));
            }
            // Not waited for: it needs the start lock, which is ours now, to stop in good order.
            State::Elsewhere => return Err(elsewhere(layout)),
        }
    }
}

/// Starts the server, after making the cluster if there is none. Gives the socket's directory.
///
/// A future dropped half-way leaves no server behind.
pub(super) async fn start(
    layout: &Layout,
    owner: &Owner,
    durability: Durability,
) -> Result<PathBuf, PrivatePostgresError> {
    let programs = Programs::find(&Search::of_this_machine(), owner, layout).await?;
    owner
        .check_can_enter(layout.root(), &programs.postgres())
        .await?;
    if !layout.data().exists() {
        initdb::run(layout, owner, &programs, durability).await?;
    }
    socket::prepare(layout, owner)?;
    // Processes of a killed server may still hold its shared memory; and one whose start was given
    // up, its files for a moment.
    let is_crashed = postmaster::look(&layout.data())? == State::Stale;
    let deadline = Instant::now() + if is_crashed { LINGER } else { 10 * POLL };
    loop {
        let is_late = Instant::now() > deadline;
        postmaster::forget_dead(&layout.data())?;
        match serve(layout, owner, &programs, durability).await {
            Err(PrivatePostgresError::Start { .. }) if !is_late => sleep(20 * POLL).await,
            result => {
                result?;
                return socket::place(layout, Path::new(""));
            }
        }
    }
}

/// Stops the server, if it runs, and waits for its end.
pub(super) async fn stop(layout: &Layout) -> Result<(), PrivatePostgresError> {
    interrupt(layout);
    let deadline = Instant::now() + STOP;
    loop {
        match postmaster::look(&layout.data())? {
            State::Absent | State::Stale => return Ok(()),
            State::Elsewhere => return Err(elsewhere(layout)),
            State::Ready(..) | State::Busy(_) if Instant::now() > deadline => {
                return Err(too_slow(layout, "stop the private database", STOP));
            }
            State::Ready(..) | State::Busy(_) => sleep(POLL).await,
        }
    }
}

/// Tells the server to stop, without waiting.
pub(super) fn interrupt(layout: &Layout) {
    if let Ok(State::Ready(server, _) | State::Busy(server)) = postmaster::look(&layout.data())
        && let Err(error) = server.interrupt()
    {
        // It may have ended by itself since we looked.
        tracing::debug!(pid = server.pid(), %error, "the private database was not told to stop");
    }
}

/// Starts the server and waits until it takes connections.
async fn serve(
    layout: &Layout,
    owner: &Owner,
    programs: &Programs,
    durability: Durability,
) -> Result<(), PrivatePostgresError> {
    let mut log = open_log(layout)?;
    let start = log
        .seek(SeekFrom::End(0))
        .map_err(file("read", layout.log()))?;
    let mut command = owner.command(&programs.postgres(), layout.root());
    command.args(arguments(layout, durability));
    let output = || log.try_clone().map_err(file("write", layout.log()));
    command.stdout(output()?).stderr(output()?);
    let mut child = command
        .spawn()
        .map_err(|source| PrivatePostgresError::Program {
            program: programs.postgres(),
            source,
        })?;
    let me = child.id().and_then(|pid| i32::try_from(pid).ok());
    let process_guard = ProcessGroupGuard::of(&child);
    let deadline = Instant::now() + START;
    loop {
        if let Ok(Some(status)) = child.try_wait() {
            process_guard.disarm();
            return Err(PrivatePostgresError::Start {
                status: status.to_string(),
                log: layout.log(),
                lines: lines_since(&mut log, start),
            });
        }
        if let State::Ready(server, _) = postmaster::look(&layout.data())?
            && Some(server.pid()) == me
        {
            // From here on it belongs to no process but to the cluster's users; tokio reaps it
            // should it end before us.
            process_guard.disarm();
            return Ok(());
        }
        if Instant::now() > deadline {
            return Err(too_slow(layout, "start the private database", START));
        }
        sleep(POLL).await;
    }
}

fn arguments(layout: &Layout, durability: Durability) -> Vec<OsString> {
    let mut arguments = Vec::new();
    arguments.extend(["-D", "data", "-k"].map(OsString::from));
    arguments.push(socket::places(layout));
    arguments.extend(["-p".into(), PORT.to_string().into()]);
    let of_this_kind: Vec<String> = match durability {
        Durability::Durable => memory::settings(memory::of_this_machine()),
        Durability::Throwaway => THROWAWAY.iter().map(ToString::to_string).collect(),
    };
    let common = SETTINGS.iter().map(ToString::to_string);
    for setting in common.chain(of_this_kind) {
        arguments.extend(["-c".to_owned(), setting].map(OsString::from));
    }
    arguments
}

fn open_log(layout: &Layout) -> Result<File, PrivatePostgresError> {
    let path = layout.log();
    if let Some(dir) = path.parent() {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(dir)
            .map_err(file("make", dir))?;
    }
    if fs::metadata(&path).is_ok_and(|found| found.len() > LONGEST_LOG) {
        let aside = path.with_extension("log.1");
        fs::rename(&path, &aside).map_err(file("move aside", &path))?;
    }
    layout.open(&path)
}

fn lines_since(log: &mut File, start: u64) -> String {
    let mut bytes = Vec::new();
    // A log that cannot be read is no reason to hide that the server did not start.
    log.seek(SeekFrom::Start(start)).ok();
    log.read_to_end(&mut bytes).ok();
    last_lines(&bytes)
}

fn elsewhere(layout: &Layout) -> PrivatePostgresError {
    let dir = layout.root().to_owned();
    PrivatePostgresError::Elsewhere { dir }
}

fn too_slow(layout: &Layout, doing: &'static str, after: Duration) -> PrivatePostgresError {
    PrivatePostgresError::TooSlow {
        doing,
        seconds: after.as_secs(),
        log: layout.log(),
    }
}
