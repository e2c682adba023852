//! As whom the server runs: PostgreSQL refuses root, so root hands its programs to another user.

use std::fs;
use std::io;
use std::os::unix::fs::{MetadataExt, lchown};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use nix::unistd::{Gid, Uid, User};
use tokio::process::Command;

use super::error::{PrivatePostgresError, file};
use super::layout::Layout;

/// Who runs the server of a new cluster when root starts it: the first that exists.
const CANDIDATES: [&str; 2] = ["postgres", "nobody"];

/// All that a server program learns from our environment, which may hold secrets.
const ENVIRONMENT: [&str; 3] = ["PATH", "LD_LIBRARY_PATH", "TZDIR"];

/// The user that owns the cluster and runs its programs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Owner {
    uid: Uid,
    gid: Gid,
    name: String,
    /// We are root and they are not.
    switch: bool,
}

impl Owner {
    /// The owner of the cluster at `layout`, existing or yet to be made.
    pub(super) fn of(layout: &Layout) -> Result<Self, PrivatePostgresError> {
        let me = Uid::effective();
        let data = layout.data();
        let mut owner = look(layout.root(), me)?;
        if data.exists() {
            owner = look(&data, me)?;
        }
        let (uid, gid) = owner;
        if uid.is_root() {
            return Self::candidate(&CANDIDATES).ok_or(PrivatePostgresError::NoUser);
        }
        Ok(Self {
            uid,
            gid,
            name: name_of(uid),
            switch: me.is_root(),
        })
    }

    /// The first of `names` that is a user of this machine and not root.
    fn candidate(names: &[&str]) -> Option<Self> {
        let users = names.iter().filter_map(|name| User::from_name(name).ok()?);
        let user = users.into_iter().find(|user| !user.uid.is_root())?;
        Some(Self {
            uid: user.uid,
            gid: user.gid,
            name: user.name,
            switch: true,
        })
    }

    /// The user's name.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The user's number.
    pub(super) fn uid(&self) -> u32 {
        self.uid.as_raw()
    }

    /// The user's and their group's numbers.
    pub(super) fn ids(&self) -> (u32, u32) {
        (self.uid.as_raw(), self.gid.as_raw())
    }

    /// Whether programs are run as somebody else than we are.
    pub(super) fn switches(&self) -> bool {
        self.switch
    }

    /// Gives them a file or an empty directory that we have just made.
    pub(super) fn own(&self, path: &Path) -> Result<(), PrivatePostgresError> {
        if self.switch {
            lchown(path, Some(self.uid.as_raw()), Some(self.gid.as_raw()))
                .map_err(file("hand over", path))?;
        }
        Ok(())
    }

    /// A program to be run as them in `dir`: without our environment and input, and in a process
    /// group of its own, so that Ctrl-C in the terminal reaches us alone.
    pub(super) fn command(&self, program: &Path, dir: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .envs(
                ENVIRONMENT
                    .iter()
                    .filter_map(|name| Some((name, std::env::var_os(name)?))),
            )
            .env("LC_ALL", "C")
            .current_dir(dir)
            .stdin(Stdio::null())
            .process_group(0);
        if self.switch {
            command.uid(self.uid.as_raw()).gid(self.gid.as_raw());
        }
        command
    }

    /// Checks that they can enter `dir`, by running `program` (one they are known to be able to run) in
    /// it: the kernel knows about groups, access lists and mounts, and mode bits are only a guess.
    pub(super) async fn check_can_enter(
        &self,
        dir: &Path,
        program: &Path,
    ) -> Result<(), PrivatePostgresError> {
        if !self.switch || self.can_enter(dir, program).await? {
            return Ok(());
        }
        let mut ancestors: Vec<&Path> = dir.ancestors().collect();
        ancestors.reverse();
        let mut at = PathBuf::from(dir);
        for ancestor in ancestors {
            if !self.can_enter(ancestor, program).await? {
                at = ancestor.to_owned();
                break;
            }
        }
        Err(PrivatePostgresError::Closed {
            at,
            user: self.name.clone(),
        })
    }

    async fn can_enter(&self, dir: &Path, program: &Path) -> Result<bool, PrivatePostgresError> {
        let mut command = self.command(program, dir);
        match command.arg("--version").output().await {
            Ok(_) => Ok(true),
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => Ok(false),
            Err(source) => Err(PrivatePostgresError::Program {
                program: program.to_owned(),
                source,
            }),
        }
    }
}

/// Whose `path` is; an error if it is neither `me`'s nor am I root.
fn look(path: &Path, me: Uid) -> Result<(Uid, Gid), PrivatePostgresError> {
    let found = fs::metadata(path).map_err(file("look at", path))?;
    let uid = Uid::from_raw(found.uid());
    if me.is_root() || me == uid {
        return Ok((uid, Gid::from_raw(found.gid())));
    }
    Err(PrivatePostgresError::Foreign {
        path: path.to_owned(),
        owner: name_of(uid),
    })
}

fn name_of(uid: Uid) -> String {
    let user = User::from_uid(uid).ok().flatten();
    user.map_or_else(|| format!("user number {uid}"), |user| user.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_hands_over_to_the_first_user_that_exists_and_is_not_root() {
        let name = |names: &[&str]| Owner::candidate(names).map(|owner| owner.name);
        let nobody = Some("nobody".to_owned());
        assert_eq!(name(&["no-such-user", "nobody"]), nobody);
        assert_eq!(name(&["root", "nobody", "postgres"]), nobody);
        assert_eq!(name(&["no-such-user", "root"]), None);
    }
}
