//! PostgreSQL's own programs for whole databases: `pg_dump`, `pg_restore`, `psql`. They are run by whoever we are.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::task::JoinSet;

use super::address::{Address, with_options};
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

/// The first version whose `pg_restore` sends a setting that earlier servers do not know, and stop at.
const NEW_SETTING: u32 = 17;
/// That setting. It stands at the head of the script, before all that a table could hold.
const SETTING: &[u8] = b"\nSET transaction_timeout = 0;\n";
/// Bytes of the head in which it is looked for.
const HEAD: usize = 16_384;

const COPYING: &str = "copy the database";
const RESTORING: &str = "put the dump into the database";

/// Programs that fit a server.
#[derive(Debug, Clone)]
pub struct Tools {
    dir: PathBuf,
    /// Their own major version, and the server's.
    version: u32,
    server: u32,
}

/// A program that gives a dump, or takes one.
#[derive(Debug)]
pub struct Transfer<S> {
    /// Where the dump comes from, or goes to.
    pub stream: S,
    /// What becomes of it.
    ending: JoinSet<Result<(), PrivatePostgresError>>,
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
            Some((found, dir)) => Ok(Self {
                dir,
                version: found,
                server: version,
            }),
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
        let mut command = self.unattended("pg_dump");
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
        Ok(Transfer::of(stream, ended(child, "pg_dump", COPYING)))
    }

    /// Puts a dump into an empty database, all of it or nothing.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Program`].
    pub fn restore(&self, url: &str) -> Result<Transfer<ChildStdin>, PrivatePostgresError> {
        if self.sends_unknown_setting() {
            return self.restore_by_script(url);
        }
        let mut command = self.unattended("pg_restore");
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
        Ok(Transfer::of(stream, ended(child, "pg_restore", RESTORING)))
    }

    fn sends_unknown_setting(&self) -> bool {
        self.version >= NEW_SETTING && self.server < NEW_SETTING
    }

    /// The same for a server that does not understand all that these programs send: as a script, without that.
    fn restore_by_script(&self, url: &str) -> Result<Transfer<ChildStdin>, PrivatePostgresError> {
        let mut command = self.unattended("psql");
        Address::of(url).give(&mut command);
        command.args(["--no-psqlrc", "--quiet", "--no-password"]);
        command.args(["--set=ON_ERROR_STOP=1", "--file=-"]);
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let program = self.dir.join("psql");
        let mut psql = spawn(&mut command, &program)?;
        let sql = psql.stdin.take().ok_or_else(|| no_pipe(&program))?;

        let mut command = self.unattended("pg_restore");
        command.args(["--format=custom", "--no-owner", "--no-privileges"]);
        command.arg("--file=-");
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let program = self.dir.join("pg_restore");
        let mut restore = spawn(&mut command, &program)?;
        let stream = restore.stdin.take().ok_or_else(|| no_pipe(&program))?;
        let script = restore.stdout.take().ok_or_else(|| no_pipe(&program))?;
        let ending = async move {
            let fed = feed(ended(restore, "pg_restore", RESTORING), script, sql);
            let (fed, applied) = tokio::join!(fed, ended(psql, "psql", RESTORING));
            applied.and(fed)
        };
        Ok(Transfer::of(stream, ending))
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
        let url = if may_write {
            url.to_owned()
        } else {
            // Not by PGOPTIONS, which counts for nothing where the address has options of its own.
            with_options(url, "-c default_transaction_read_only=on")
        };
        Address::of(&url).give(&mut command);
        command.args(arguments);
        let program = self.dir.join("psql");
        let status = command.status().await;
        let status = status.map_err(|source| PrivatePostgresError::Program { program, source })?;
        Ok(status.code())
    }

    /// One whose words nobody but we read: of other languages than English we do not know what quotes the tables.
    fn unattended(&self, program: &str) -> Command {
        let mut command = self.command(program);
        command.env("LC_ALL", "C");
        command
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
        stream: S,
        ends: impl Future<Output = Result<(), PrivatePostgresError>> + Send + 'static,
    ) -> Self {
        let mut ending = JoinSet::new();
        ending.spawn(ends);
        Self { stream, ending }
    }

    async fn ended(mut self) -> Result<(), PrivatePostgresError> {
        drop(self.stream);
        match self.ending.join_next().await {
            Some(Ok(ended)) => ended,
            Some(Err(_)) | None => Err(no_pipe(Path::new("pg_restore"))),
        }
    }
}

impl Transfer<ChildStdout> {
    /// After the last byte: whether it was the last.
    ///
    /// # Errors
    /// [`PrivatePostgresError::Refused`] with what the program said.
    pub async fn end(self) -> Result<(), PrivatePostgresError> {
        self.ended().await
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
        self.ended().await
    }
}

/// Hands a script on, in one transaction that ends only where whoever writes it has ended well.
async fn feed(
    writer: impl Future<Output = Result<(), PrivatePostgresError>>,
    script: impl AsyncRead + Unpin,
    mut sql: impl AsyncWrite + Unpin,
) -> Result<(), PrivatePostgresError> {
    let copy = async {
        sql.write_all(b"BEGIN;\n").await.ok();
        // Whoever reads it says why it was not taken.
        copy_but_setting(script, &mut sql).await.ok();
    };
    let ((), written) = tokio::join!(copy, writer);
    if written.is_ok() {
        sql.write_all(b"\nCOMMIT;\n").await.ok();
    }
    sql.shutdown().await.ok();
    written
}

/// Copies a script, but for the setting at its head.
async fn copy_but_setting(
    mut script: impl AsyncRead + Unpin,
    sql: &mut (impl AsyncWrite + Unpin),
) -> std::io::Result<()> {
    let mut head = Vec::new();
    let mut limited = (&mut script).take(HEAD as u64);
    limited.read_to_end(&mut head).await?;
    let at = head.windows(SETTING.len()).position(|part| part == SETTING);
    if let Some(at) = at {
        // Its last line break stays, in the place of the first.
        head.drain(at..at + SETTING.len() - 1);
    }
    sql.write_all(&head).await?;
    tokio::io::copy(&mut script, sql).await?;
    Ok(())
}

async fn ended(
    mut child: Child,
    program: &'static str,
    doing: &'static str,
) -> Result<(), PrivatePostgresError> {
    let mut said = Vec::new();
    if let Some(stderr) = &mut child.stderr {
        // What it cannot say any more is not missed: its exit code counts.
        stderr.read_to_end(&mut said).await.ok();
    }
    let status = child.wait().await;
    let status = status.map_err(|source| PrivatePostgresError::Program {
        program: program.into(),
        source,
    })?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Durability, PrivatePostgres, Snapshot, differences, figures};
    use agendad_test_support::place;
    use sqlx::{Connection, PgConnection};

    const TABLE: &str =
        "CREATE TABLE note AS SELECT n, E'SET transaction_timeout = 0;\\n' || n AS text
        FROM generate_series(1, 5000) AS n; ALTER TABLE note ADD PRIMARY KEY (n)";

    #[tokio::test]
    async fn the_setting_goes_from_the_head_and_nothing_else_from_anywhere() {
        let copied = async |script: &str| {
            let mut sql = Vec::new();
            copy_but_setting(script.as_bytes(), &mut sql).await.unwrap();
            String::from_utf8(sql).unwrap()
        };
        let setting = "SET transaction_timeout = 0;\n";
        let script = format!("SET a = 0;\n{setting}SET b = 0;\nCOPY note FROM stdin;\n{setting}");
        let expected = format!("SET a = 0;\nSET b = 0;\nCOPY note FROM stdin;\n{setting}");
        assert_eq!(copied(&script).await, expected);
        for other in [
            "",
            "SET a = 0;\n",
            "SELECT 'SET transaction_timeout = 0;';\n",
        ] {
            assert_eq!(copied(other).await, other);
        }
        let late = format!("{}\n{setting}", "x".repeat(2 * HEAD));
        assert_eq!(copied(&late).await, late, "that is content");
    }

    /// With the programs of the server's own version, which send no such setting: that the way is one.
    #[tokio::test]
    async fn a_dump_is_put_back_by_a_script_whole_or_not_at_all() {
        let (_guard, dir) = place();
        let server = PrivatePostgres::start_with(&dir, Durability::Throwaway)
            .await
            .unwrap();
        let mut connection = PgConnection::connect(server.url()).await.unwrap();
        sqlx::raw_sql(TABLE).execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
        let mut snapshot = Snapshot::take(server.url()).await.unwrap();
        let tools = Tools::for_server(snapshot.major()).await.unwrap();
        let before = snapshot.tables().await.unwrap();
        let mut dump = tools.dump(server.url(), snapshot.id()).unwrap();
        let mut bytes = Vec::new();
        dump.stream.read_to_end(&mut bytes).await.unwrap();
        dump.end().await.unwrap();
        snapshot.release().await.unwrap();

        let put = async |name: &str, bytes: &[u8]| {
            server.create_database(name).await.unwrap();
            let mut restore = tools.restore_by_script(&server.url_for(name)).unwrap();
            restore.stream.write_all(bytes).await.ok();
            restore.finish().await
        };
        put("whole", &bytes).await.unwrap();
        let after = figures(&server.url_for("whole")).await.unwrap();
        assert_eq!(differences(&before, &after), Vec::<String>::new());

        let cut = put("cut", &bytes[..bytes.len() / 2]).await;
        // By either: the one finds no end, the other half a row.
        assert!(matches!(cut, Err(PrivatePostgresError::Refused { .. })));
        assert!(
            figures(&server.url_for("cut")).await.unwrap().is_empty(),
            "nothing of it"
        );
        let mut twice = tools.restore_by_script(&server.url_for("whole")).unwrap();
        twice.stream.write_all(&bytes).await.ok();
        let twice = twice.finish().await;
        assert!(matches!(
            twice,
            Err(PrivatePostgresError::Refused {
                program: "psql",
                ..
            })
        ));
        server.stop().await.unwrap();
    }

    #[test]
    fn what_people_do_not_read_speaks_english() {
        let tools = Tools {
            dir: PathBuf::new(),
            version: 15,
            server: 15,
        };
        let command = tools.unattended("pg_dump");
        let language = (OsStr::new("LC_ALL"), Some(OsStr::new("C")));
        assert!(command.as_std().get_envs().any(|one| one == language));
    }

    #[test]
    fn only_programs_that_send_the_setting_to_a_server_that_does_not_know_it_take_the_other_way() {
        for (version, server, expected) in [
            (15, 15, false),
            (16, 13, false),
            (17, 16, true),
            (18, 17, false),
        ] {
            let tools = Tools {
                dir: PathBuf::new(),
                version,
                server,
            };
            assert_eq!(
                tools.sends_unknown_setting(),
                expected,
                "{version} to {server}"
            );
        }
    }
}
