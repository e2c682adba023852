//! From one major version to the next with `pg_upgrade`, which makes a second cluster out of the first and leaves that one as it is.

use std::fs;
use std::io::{Seek, Write};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::sys::statvfs::statvfs;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};

use super::error::{PrivatePostgresError, file};
use super::hold::Hold;
use super::initdb::{self, Durability};
use super::layout::{Layout, NAME};
use super::output::last_lines;
use super::process_guard::ProcessGroupGuard;
use super::programs::{Programs, Search};

/// What is needed beside the copy itself: the new cluster's own tables and its journal.
const SPARE: u64 = 200_000_000;
/// The kernel allows 107 bytes; `/.s.PGSQL.50432` is part of it.
const LONGEST_SOCKET: usize = 85;

/// How the files come into the new cluster. In both ways the old one stays whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// They share their blocks until one of them is written: at once, and without room.
    Clone,
    /// They are copied.
    Copy,
}

impl Hold {
    /// Makes a cluster of version `target` in the workshop, from the present one, which must have been stopped in good
    /// order. `say` is told what goes on.
    ///
    /// # Errors
    /// [`PrivatePostgresError::NoTools`] when programs are missing, [`PrivatePostgresError::NoRoom`], or what `pg_upgrade` says.
    pub async fn convert(
        &self,
        target: u32,
        with_checksums: bool,
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<Mode, PrivatePostgresError> {
        let (old, new) = self.programs(target).await?;
        let next = Layout::create(&self.workshop().await?)?;
        initdb::run_with(
            &next,
            &self.owner,
            &new,
            Durability::Durable,
            with_checksums,
        )
        .await?;
        let place = next.root().join("work");
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&place)
            .map_err(file("make directory", &place))?;
        self.owner.own(&place)?;
        let socket = Socket::near(&place, self)?;
        let run = PgUpgrade {
            hold: self,
            old: &old,
            new: &new,
            data: next.data(),
            place: &place,
            socket: &socket.dir,
        };
        say("looking whether the two fit, and whether this disk can clone files");
        let mode = match run.go(&["--check", "--clone"], &mut |_| ()).await {
            Ok(()) => Mode::Clone,
            Err(_) => {
                run.go(&["--check"], say).await?;
                Mode::Copy
            }
        };
        if mode == Mode::Copy {
            self.check_room(self.size()? + SPARE)?;
        }
        let how: &[&str] = match mode {
            Mode::Clone => &["--clone"],
            Mode::Copy => &[],
        };
        run.go(how, say).await?;
        if !with_checksums {
            say("switching data checksums on");
            let mut command = self
                .owner
                .command(&new.dir().join("pg_checksums"), next.root());
            command.args(["--enable", "-D", "data"]);
            let output = command.output().await;
            let program = new.dir().join("pg_checksums");
            let output =
                output.map_err(|source| PrivatePostgresError::Program { program, source })?;
            if !output.status.success() {
                return Err(PrivatePostgresError::Refused {
                    doing: "switch data checksums on",
                    program: "pg_checksums",
                    output: last_lines(&output.stderr),
                });
            }
        }
        Ok(mode)
    }

    /// Whether so many bytes are free beside the cluster.
    ///
    /// # Errors
    /// [`PrivatePostgresError::NoRoom`].
    pub fn check_room(&self, needed: u64) -> Result<(), PrivatePostgresError> {
        let dir = self.layout.root();
        let free = free_bytes(dir)?;
        if free >= needed {
            return Ok(());
        }
        Err(PrivatePostgresError::NoRoom {
            dir: dir.to_owned(),
            needed: needed.div_ceil(1_000_000),
            free: free / 1_000_000,
        })
    }

    async fn programs(&self, target: u32) -> Result<(Programs, Programs), PrivatePostgresError> {
        let data = self.layout.data();
        let cluster = self.layout.cluster_version()?;
        let cluster = cluster.ok_or(PrivatePostgresError::NoCluster { dir: data })?;
        let found = Programs::all(&Search::of_this_machine(), &self.owner).await?;
        let of = |version: u32, program: &'static str| {
            let programs = found.iter().find(|p| p.version() == version);
            let programs = programs
                .filter(|p| p.dir().join(program).is_file())
                .cloned();
            programs.ok_or(PrivatePostgresError::NoTools { program, version })
        };
        Ok((of(cluster, "postgres")?, of(target, "pg_upgrade")?))
    }
}

/// Bytes that may still be written to the disk of a directory.
///
/// # Errors
/// If it cannot be looked at.
pub fn free_bytes(dir: &Path) -> Result<u64, PrivatePostgresError> {
    let found = statvfs(dir).map_err(|errno| file("measure the disk of", dir)(errno.into()))?;
    Ok(found.blocks_available() * found.fragment_size())
}

/// Files that may still be made there; `None` where the disk does not count them.
///
/// # Errors
/// If it cannot be looked at.
pub fn free_files(dir: &Path) -> Result<Option<u64>, PrivatePostgresError> {
    let found = statvfs(dir).map_err(|errno| file("measure the disk of", dir)(errno.into()))?;
    Ok((found.files() > 0).then(|| found.files_available()))
}

/// One `pg_upgrade`, to be run several times.
struct PgUpgrade<'a> {
    hold: &'a Hold,
    old: &'a Programs,
    new: &'a Programs,
    data: PathBuf,
    place: &'a Path,
    socket: &'a Path,
}

impl PgUpgrade<'_> {
    async fn go(
        &self,
        how: &[&str],
        say: &mut (dyn FnMut(&str) + Send),
    ) -> Result<(), PrivatePostgresError> {
        let program = self.new.dir().join("pg_upgrade");
        let failed = |source| PrivatePostgresError::Program {
            program: program.clone(),
            source,
        };
        let mut command = self.hold.owner.command(&program, self.place);
        for (name, value) in [
            ("--old-bindir", self.old.dir()),
            ("--new-bindir", self.new.dir()),
            ("--old-datadir", &self.hold.layout.data()),
            ("--new-datadir", &self.data),
            ("--socketdir", self.socket),
        ] {
            command.arg(name).arg(value);
        }
        command.args(["--username", NAME]).args(how);
        // The lock goes with the last process that has it open: that is how the next start knows of those that outlive us.
        let path = self.hold.layout.upgrade_lock();
        let mut lock = self.hold.layout.open(&path)?;
        lock.try_lock()
            .map_err(|error| file("lock", &path)(error.into()))?;
        let inherited = lock.try_clone().map_err(file("open", &path))?;
        command
            .stdin(inherited)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn().map_err(failed)?;
        let process_guard = ProcessGroupGuard::of(&child);
        let group = child.id().unwrap_or_default();
        let noted = lock
            .set_len(0)
            .and_then(|()| lock.rewind())
            .and_then(|()| write!(lock, "{group}"));
        noted.map_err(file("write", &path))?;
        let (tell, mut told) = tokio::sync::mpsc::unbounded_channel::<String>();
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let telling = async {
            while let Some(line) = told.recv().await {
                // Its steps; not its advice, which is for those who run it by hand.
                if line.trim_end().ends_with(" ok") {
                    say(line.trim());
                }
            }
        };
        let (printed, complained, status, ()) = tokio::join!(
            lines(out, Some(tell)),
            lines(err, None),
            child.wait(),
            telling
        );
        let status = status.map_err(failed)?;
        process_guard.disarm();
        if status.success() {
            return Ok(());
        }
        let said = [printed, complained].concat();
        let mut output = last_lines(said.join("\n").as_bytes());
        for list in self.lists(&said) {
            output.push('\n');
            output += &list;
        }
        Err(PrivatePostgresError::Refused {
            doing: "take the private database to the newer version",
            program: "pg_upgrade",
            output,
        })
    }

    /// The ends of the files that it points to: they lie in the new cluster, which is not kept.
    fn lists(&self, said: &[String]) -> Vec<String> {
        let named = said.iter().map(|line| {
            // In quotes, or behind four blanks.
            let quoted = line.split('"').nth(1);
            let indented = line.trim_end().rsplit("    ").next();
            self.place.join(quoted.or(indented).unwrap_or_default())
        });
        let is_list = |path: &PathBuf| {
            let end = path.extension();
            end.is_some_and(|end| end == "txt" || end == "log")
        };
        let found = named.filter(is_list).filter_map(|path| fs::read(path).ok());
        found.map(|list| last_lines(&list)).collect()
    }
}

async fn lines(
    from: Option<impl AsyncRead + Unpin>,
    tell: Option<tokio::sync::mpsc::UnboundedSender<String>>,
) -> Vec<String> {
    let mut all = Vec::new();
    let Some(from) = from else { return all };
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        if let Some(tell) = &tell {
            // Who no longer listens has given up.
            tell.send(line.clone()).ok();
        }
        all.push(line);
    }
    all
}

/// A directory for the sockets of both servers: the place itself, or where its path is too long, one of its own.
struct Socket {
    dir: PathBuf,
    own: bool,
}

impl Socket {
    fn near(place: &Path, hold: &Hold) -> Result<Self, PrivatePostgresError> {
        if place.as_os_str().len() < LONGEST_SOCKET {
            let dir = place.to_owned();
            return Ok(Self { dir, own: false });
        }
        let dir = std::env::temp_dir().join(format!("agendad-upgrade-{}", std::process::id()));
        fs::DirBuilder::new()
            .mode(0o700)
            .create(&dir)
            .map_err(file("make directory", &dir))?;
        hold.owner.own(&dir)?;
        Ok(Self { dir, own: true })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        if self.own {
            fs::remove_dir_all(&self.dir).ok(); // nothing but a socket is in it
        }
    }
}
