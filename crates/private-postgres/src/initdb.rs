//! Making a cluster where there is none.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::process::Stdio;

use super::error::{PrivatePostgresError, file};
use super::layout::{Layout, NAME};
use super::output::last_lines;
use super::owner::Owner;
use super::process_guard::ProcessGroupGuard;
use super::programs::Programs;

/// What a crash of the *machine* may cost. A crash of the server or of the daemon costs nothing
/// either way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Durability {
    /// Nothing that was committed.
    #[default]
    Durable,
    /// The whole cluster, in exchange for speed: tests and demonstrations.
    Throwaway,
}

/// Makes the cluster aside and moves it into place, so that a crash half-way leaves none.
pub(super) async fn run(
    layout: &Layout,
    owner: &Owner,
    programs: &Programs,
    durability: Durability,
) -> Result<(), PrivatePostgresError> {
    let with_checksums = durability == Durability::Durable;
    run_with(layout, owner, programs, durability, with_checksums).await
}

/// The same, with or without data checksums: `pg_upgrade` wants them as the old cluster has them.
pub(super) async fn run_with(
    layout: &Layout,
    owner: &Owner,
    programs: &Programs,
    durability: Durability,
    with_checksums: bool,
) -> Result<(), PrivatePostgresError> {
    let staging = make_staging(layout)?;
    owner.own(&staging)?;
    let mut command = owner.command(&programs.initdb(), &staging);
    command.args(["--pgdata=.", "--encoding=UTF8", "--locale=C"]);
    match (with_checksums, programs.version()) {
        (true, _) => {
            command.arg("--data-checksums");
        }
        // Before, not asking for them was enough.
        (false, 18..) => {
            command.arg("--no-data-checksums");
        }
        (false, _) => {}
    }
    command.args([
        "--auth-local=trust",
        "--auth-host=reject",
        "--username",
        NAME,
    ]);
    if durability == Durability::Throwaway {
        command.arg("--no-sync");
    }
    let ran = async {
        let child = command
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()?;
        let process_guard = ProcessGroupGuard::of(&child);
        let output = child.wait_with_output().await;
        process_guard.disarm();
        output
    };
    let output = ran.await.map_err(|source| PrivatePostgresError::Program {
        program: programs.initdb(),
        source,
    })?;
    if !output.status.success() {
        return Err(PrivatePostgresError::Init {
            dir: layout.root().to_owned(),
            output: last_lines(&output.stderr),
        });
    }
    let data = layout.data();
    fs::rename(&staging, &data).map_err(file("move into place", &data))?;
    for number in 0..9 {
        fs::remove_dir_all(layout.staging(number)).ok();
    }
    let root = File::open(layout.root()).and_then(|dir| dir.sync_all());
    root.map_err(file("write", layout.root()))
}

/// An empty directory for a new cluster. What an earlier try left is removed if possible; a process of
/// a try that was killed may still be at work there, so the next name is taken then.
fn make_staging(layout: &Layout) -> Result<PathBuf, PrivatePostgresError> {
    let mut number = 0;
    loop {
        let staging = layout.staging(number);
        fs::remove_dir_all(&staging).ok();
        match DirBuilder::new().mode(0o700).create(&staging) {
            Ok(()) => return Ok(staging),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => number += 1,
            Err(error) => return Err(file("make directory", staging)(error)),
        }
    }
}
