//! PostgreSQL's own programs for whole databases: `pg_dump`, `pg_restore`, `psql`. They are run by whoever we are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;

use super::address::Address;
use super::error::PrivatePostgresError;
use super::output::last_lines;
use super::programs::{self, Search};

/// What the programs learn from our environment, which may hold secrets; the terminal's part is for `psql`.
const ENVIRONMENT: [&str; 9] = [
    "PATH",
    "LD_LIBRARY_PATH",
    "TZDIR",
    "HOME",
    "TERM",
    "LANG",
    "LC_ALL",
    "PAGER",
    "COLUMNS",
];

/// Programs that fit a server.
#[derive(Debug, Clone)]
pub struct Tools {
    dir: PathBuf,
}

/// A program that gives a dump, or takes one.
#[derive(Debug)]
pub struct Transfer<S> {
    child: Child,
    /// Where the dump comes from, or goes to.
    pub stream: S,
    errors: JoinSet<Vec<u8>>,
    program: &'static str,
    doing: &'static str,
}

impl Tools {
    /// The programs of a server's own major version, else of the next newer one that this machine has.
    ///
    /// # Errors
    /// [`PrivatePostgresError::NoTools`].
    pub async fn for_server(version: u32) -> Result<Self, PrivatePostgresError> {
        let mut best: Option<(u32, PathBuf)> = None;
        for dir in Search::of_this_machine().candidates("pg_dump", "pg_restore") {
            let Some(found) = version_of(&dir.join("pg_dump")).await else {
                continue;
            };
            if found >= version && best.as_ref().is_none_or(|(known, _)| found < *known) {
                best = Some((found, dir));
            }
        }
        match best {
            Some((_, dir)) => Ok(Self { dir }),
            None => Err(PrivatePostgresError::NoTools {
                program: "pg_dump",
                version,
            }),
        }
    }

    /// Dumps a database as it is in a snapshot that somebody holds.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Program`].
    pub fn dump(
        &self,
        url: &str,
        snapshot: &str,
    ) -> Result<Transfer<ChildStdout>, PrivatePostgresError> {
        let mut command = self.command("pg_dump");
        command.args([
            "--format=custom",
            "--no-password",
            "--lock-wait-timeout=60s",
        ]);
        command.arg(format!("--snapshot={snapshot}"));
        Address::of(url).give(&mut command);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let program = self.dir.join("pg_dump");
        let mut child = spawn(&mut command, &program)?;
        let stream = child.stdout.take().ok_or_else(|| no_pipe(&program))?;
        Transfer::of(child, stream, "pg_dump", "copy the database")
    }

    /// Puts a dump into an empty database, all of it or nothing.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Program`].
    pub fn restore(&self, url: &str) -> Result<Transfer<ChildStdin>, PrivatePostgresError> {
        let mut command = self.command("pg_restore");
        command.args([
            "--format=custom",
            "--no-password",
            "--no-owner",
            "--no-privileges",
        ]);
        command.args(["--exit-on-error", "--single-transaction"]);
        Address::of(url).give(&mut command);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let program = self.dir.join("pg_restore");
        let mut child = spawn(&mut command, &program)?;
        let stream = child.stdin.take().ok_or_else(|| no_pipe(&program))?;
        Transfer::of(
            child,
            stream,
            "pg_restore",
            "put the dump into the database",
        )
    }

    /// `psql`, in this terminal; read-only unless it may write. Its exit code.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Program`].
    pub async fn psql(
        &self,
        url: &str,
        may_write: bool,
        arguments: &[impl AsRef<OsStr>],
    ) -> Result<Option<i32>, PrivatePostgresError> {
        let mut command = self.command("psql");
        if !may_write {
            command.env("PGOPTIONS", "-c default_transaction_read_only=on");
        }
        Address::of(url).give(&mut command);
        command.args(arguments);
        let program = self.dir.join("psql");
        let status = command.status().await;
        let status = status.map_err(|source| PrivatePostgresError::Program { program, source })?;
        Ok(status.code())
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.dir.join(program));
        let known = ENVIRONMENT.iter();
        command
            .env_clear()
            .envs(known.filter_map(|name| Some((name, std::env::var_os(name)?))))
            .env("PGAPPNAME", format!("agendad {program}"))
            .env("PGCONNECT_TIMEOUT", "10")
            .kill_on_drop(true);
        command
    }
}

impl<S> Transfer<S> {
    fn of(
        mut child: Child,
        stream: S,
        program: &'static str,
        doing: &'static str,
    ) -> Result<Self, PrivatePostgresError> {
        let mut stderr = child
            .stderr
            .take()
            .ok_or_else(|| no_pipe(Path::new(program)))?;
        let mut errors = JoinSet::new();
        errors.spawn(async move {
            let mut said = Vec::new();
            // What it cannot say any more is not missed: its exit code counts.
            stderr.read_to_end(&mut said).await.ok();
            said
        });
        Ok(Self {
            child,
            stream,
            errors,
            program,
            doing,
        })
    }
}

impl Transfer<ChildStdout> {
    /// After the last byte: whether it was the last.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Refused`] with what the program said.
    pub async fn end(self) -> Result<(), PrivatePostgresError> {
        drop(self.stream);
        ended(self.child, self.errors, self.program, self.doing).await
    }
}

impl<S: AsyncWrite + Unpin> Transfer<S> {
    /// After the last byte: whether all of it has arrived.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Refused`] with what the program said.
    pub async fn finish(mut self) -> Result<(), PrivatePostgresError> {
        // A program that has ended takes no end of file; its exit code says why.
        self.stream.shutdown().await.ok();
        drop(self.stream);
        ended(self.child, self.errors, self.program, self.doing).await
    }
}

async fn ended(
    mut child: Child,
    mut errors: JoinSet<Vec<u8>>,
    program: &'static str,
    doing: &'static str,
) -> Result<(), PrivatePostgresError> {
    let status = child.wait().await;
    let status = status.map_err(|source| PrivatePostgresError::Program {
        program: program.into(),
        source,
    })?;
    let said = errors
        .join_next()
        .await
        .and_then(Result::ok)
        .unwrap_or_default();
    if status.success() {
        return Ok(());
    }
    Err(PrivatePostgresError::Refused {
        doing,
        program,
        output: last_lines(&said),
    })
}

fn spawn(command: &mut Command, program: &Path) -> Result<Child, PrivatePostgresError> {
    let child = command.stderr(Stdio::piped()).spawn();
    child.map_err(|source| PrivatePostgresError::Program {
        program: program.to_owned(),
        source,
    })
}

fn no_pipe(program: &Path) -> PrivatePostgresError {
    PrivatePostgresError::Program {
        program: program.to_owned(),
        source: std::io::ErrorKind::BrokenPipe.into(),
    }
}

async fn version_of(program: &Path) -> Option<u32> {
    let output = Command::new(program).arg("--version").output().await.ok()?;
    programs::major(&String::from_utf8_lossy(&output.stdout))
}
