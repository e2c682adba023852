//! Which of the machine's PostgreSQL server programs run the cluster.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use super::error::PrivatePostgresError;
use super::layout::Layout;
use super::owner::Owner;

/// The oldest major version that the statements of this program are written for.
const OLDEST: u32 = 13;

/// Where to look.
#[derive(Debug)]
pub(super) struct Search {
    path: OsString,
    /// A directory with a `bin` below each version number, as Debian has it.
    versions: PathBuf,
}

impl Search {
    /// PATH, then Debian's place.
    pub(super) fn of_this_machine() -> Self {
        Self {
            path: std::env::var_os("PATH").unwrap_or_default(),
            versions: PathBuf::from("/usr/lib/postgresql"),
        }
    }

    /// Directories that hold the programs, best first. A program on PATH may be a link to
    /// its place, and its companions are looked for there.
    pub(super) fn candidates(&self, program: &str, companion: &str) -> Vec<PathBuf> {
        let on_path = std::env::split_paths(&self.path).map(|dir| dir.join(program));
        let versioned = self.versions().map(|dir| dir.join("bin").join(program));
        let mut found: Vec<PathBuf> = Vec::new();
        for server in on_path.chain(versioned) {
            let Ok(server) = fs::canonicalize(server) else {
                continue;
            };
            if let Some(dir) = server.parent()
                && dir.join(companion).is_file()
                && !found.iter().any(|known| known == dir)
            {
                found.push(dir.to_owned());
            }
        }
        found
    }

    /// The version directories, highest number first.
    fn versions(&self) -> impl Iterator<Item = PathBuf> {
        let entries = fs::read_dir(&self.versions).into_iter().flatten().flatten();
        let mut numbered: Vec<(u32, PathBuf)> = entries
            .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path())))
            .collect();
        numbered.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
        numbered.into_iter().map(|(_, path)| path)
    }
}

/// The server programs of one version, in one directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Programs {
    dir: PathBuf,
    version: u32,
}

impl Programs {
    /// The programs that `owner` can run and that fit the cluster: of its version if it exists, else
    /// the first found.
    pub(super) async fn find(
        search: &Search,
        owner: &Owner,
        layout: &Layout,
    ) -> Result<Self, PrivatePostgresError> {
        let wanted = layout.cluster_version()?;
        let mut others = Vec::new();
        let mut trouble = None;
        for dir in search.candidates("postgres", "initdb") {
            match version(owner, &dir).await {
                Ok(Some(version)) if version >= OLDEST && wanted.is_none_or(|w| w == version) => {
                    return Ok(Self { dir, version });
                }
                Ok(version) => others.extend(version),
                Err(error) => trouble = Some(error),
            }
        }
        match (trouble, wanted) {
            (Some(error), _) => Err(error),
            (None, Some(cluster)) if !others.is_empty() => {
                others.sort_unstable_by_key(|version| std::cmp::Reverse(*version));
                let newest = others[0];
                let found: Vec<String> = others.iter().map(u32::to_string).collect();
                let (dir, found) = (layout.data(), found.join(", "));
                Err(if newest > cluster {
                    PrivatePostgresError::OlderCluster {
                        dir,
                        cluster,
                        found,
                    }
                } else {
                    PrivatePostgresError::NewerCluster {
                        dir,
                        cluster,
                        found,
                    }
                })
            }
            (None, _) => Err(PrivatePostgresError::NoPrograms { oldest: OLDEST }),
        }
    }

    /// All that this machine has and `owner` can run, as they are found: the first of each version.
    pub(super) async fn all(
        search: &Search,
        owner: &Owner,
    ) -> Result<Vec<Self>, PrivatePostgresError> {
        let mut found: Vec<Self> = Vec::new();
        for dir in search.candidates("postgres", "initdb") {
            if let Some(version) = version(owner, &dir).await?
                && version >= OLDEST
                && !found.iter().any(|known| known.version == version)
            {
                found.push(Self { dir, version });
            }
        }
        Ok(found)
    }

    /// Their major version.
    pub(super) fn version(&self) -> u32 {
        self.version
    }

    /// Where they lie.
    pub(super) fn dir(&self) -> &Path {
        &self.dir
    }

    /// The server.
    pub(super) fn postgres(&self) -> PathBuf {
        self.dir.join("postgres")
    }

    /// What makes a cluster.
    pub(super) fn initdb(&self) -> PathBuf {
        self.dir.join("initdb")
    }
}

/// The major version of the server in `dir`, as it says itself.
async fn version(owner: &Owner, dir: &Path) -> Result<Option<u32>, PrivatePostgresError> {
    let program = dir.join("postgres");
    let mut command = owner.command(&program, Path::new("/"));
    let output = command.arg("--version").output().await;
    let output = output.map_err(|source| PrivatePostgresError::Program { program, source })?;
    Ok(major(&String::from_utf8_lossy(&output.stdout)))
}

/// Reads `postgres (PostgreSQL) 15.16 (Debian 15.16-0+deb12u1)`, or `18beta1`.
pub(super) fn major(text: &str) -> Option<u32> {
    let number = text.split_once("(PostgreSQL) ")?.1;
    let end = number.find(|c: char| !c.is_ascii_digit());
    number[..end.unwrap_or(number.len())].parse().ok()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use tempfile::TempDir;

    use super::*;

    /// A machine with server programs that only tell their version.
    struct Machine {
        dir: TempDir,
    }

    impl Machine {
        fn new() -> Self {
            let dir = tempfile::tempdir().unwrap();
            fs::set_permissions(dir.path(), fs::Permissions::from_mode(0o755)).unwrap();
            Self { dir }
        }

        /// Written by a shell, not by us: while another test forks, a file that this process has
        /// open for writing cannot be run ("text file busy").
        fn install(&self, place: &str, version: &str) {
            let script = r#"mkdir -p "$1" && cd "$1" && for program in postgres initdb; do
                printf '#!/bin/sh\necho "%s (PostgreSQL) %s (Debian)"\n' $program "$2" > $program
                chmod 755 $program
            done"#;
            let bin = self.dir.path().join(place);
            let mut shell = std::process::Command::new("sh");
            shell.args(["-ec", script, "sh"]).arg(bin).arg(version);
            assert!(shell.status().unwrap().success());
        }

        async fn find(&self, cluster: Option<&str>) -> Result<Programs, PrivatePostgresError> {
            let layout = Layout::create(&self.dir.path().join("cluster")).unwrap();
            if let Some(version) = cluster {
                fs::create_dir_all(layout.data()).unwrap();
                fs::write(layout.data().join("PG_VERSION"), format!("{version}\n")).unwrap();
            }
            let search = Search {
                path: self.dir.path().join("bin").into_os_string(),
                versions: self.dir.path().join("versions"),
            };
            let owner = Owner::of(&layout).unwrap();
            Programs::find(&search, &owner, &layout).await
        }
    }

    #[tokio::test]
    async fn a_machine_without_programs_is_told_what_to_install() {
        let error = Machine::new().find(None).await.unwrap_err().to_string();
        assert!(error.contains("apt-get install postgresql"), "{error}");
        assert!(error.contains("database.url"), "{error}");
    }

    #[tokio::test]
    async fn path_comes_first_and_then_the_highest_version() {
        let machine = Machine::new();
        machine.install("versions/9/bin", "9.6.24");
        machine.install("versions/15/bin", "15.16");
        machine.install("versions/17/bin", "17.2");
        assert_eq!(machine.find(None).await.unwrap().version, 17);
        machine.install("bin", "14.1");
        assert_eq!(machine.find(None).await.unwrap().version, 14);
    }

    #[tokio::test]
    async fn a_link_on_the_path_leads_to_the_place_of_all_programs() {
        let machine = Machine::new();
        machine.install("opt/pg", "16.1");
        fs::create_dir(machine.dir.path().join("bin")).unwrap();
        let (real, link) = ("opt/pg/postgres", "bin/postgres");
        symlink(machine.dir.path().join(real), machine.dir.path().join(link)).unwrap();
        let found = machine.find(None).await.unwrap();
        assert!(found.initdb().ends_with("opt/pg/initdb"));
    }

    #[tokio::test]
    async fn an_existing_cluster_gets_programs_of_its_version_or_a_clear_no() {
        let machine = Machine::new();
        machine.install("bin", "17.2");
        machine.install("versions/15/bin", "15.16");
        assert_eq!(machine.find(Some("15")).await.unwrap().version, 15);
        let error = machine.find(Some("16")).await.unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 16"), "{error}");
        assert!(error.contains("17, 15"), "{error}");
        assert!(error.contains("agendad database upgrade"), "{error}");
        assert!(error.contains("postgresql-16"), "{error}");
    }

    #[tokio::test]
    async fn a_cluster_newer_than_all_programs_is_told_that_there_is_no_way_back() {
        let machine = Machine::new();
        machine.install("versions/15/bin", "15.16");
        let error = machine.find(Some("17")).await.unwrap_err().to_string();
        assert!(error.contains("made by PostgreSQL 17"), "{error}");
        assert!(error.contains("older"), "{error}");
        assert!(error.contains("install PostgreSQL 17"), "{error}");
        assert!(!error.contains("upgrade"), "{error}");
    }

    #[tokio::test]
    async fn versions_that_are_too_old_are_as_good_as_none() {
        let machine = Machine::new();
        machine.install("bin", "12.3");
        let error = machine.find(None).await.unwrap_err();
        assert!(
            matches!(error, PrivatePostgresError::NoPrograms { .. }),
            "{error}"
        );
    }

    #[test]
    fn the_version_is_read_from_releases_and_betas() {
        assert_eq!(major("postgres (PostgreSQL) 15.16 (Debian)\n"), Some(15));
        assert_eq!(major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(major("postgres (PostgreSQL) 13"), Some(13));
        assert_eq!(major("something else"), None);
    }
}
