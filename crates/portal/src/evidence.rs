//! Pages that were not understood, or that refuse a password, kept for whoever adapts the profile. What is blanked in
//! them is in `redact`.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, fchown};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use nix::fcntl::{OFlag, openat};
use nix::sys::stat::Mode;

use super::browser::page::Page;
use super::redact::{self, Secrets};
use agendad_config::portal::{EvidenceConfig, PortalConfig, Profile};
use agendad_domain::clock::Clock;

/// So much of a page is read to know its kind.
const LONGEST_HEADING: u64 = 1024;

/// Where pages are kept, and how many. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Evidence {
    dir: PathBuf,
    config: EvidenceConfig,
    profile: Arc<Profile>,
    clock: Clock,
    /// One writer at a time, so that the caps hold.
    writing: Arc<Mutex<()>>,
}

/// A page that was kept.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct EvidenceFile {
    /// Its name, as [`show`] takes it; begins with the time (UTC) at which it was kept.
    pub name: String,
    /// Its size.
    pub bytes: u64,
}

/// The pages kept under `state_dir`, oldest first.
///
/// # Errors
/// If the directory cannot be read; that there is none is no error.
pub fn list(state_dir: &Path) -> io::Result<Vec<EvidenceFile>> {
    files(&directory(state_dir))
}

/// The text of a page that [`list`] named. Personal data were blanked when it was kept.
///
/// # Errors
/// If there is no such page.
pub fn show(state_dir: &Path, name: &str) -> io::Result<String> {
    // One that an earlier release has kept may end within a character.
    let page = fs::read(path_of(state_dir, name)?)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Deletes a page that [`list`] named.
///
/// # Errors
/// If there is no such page, or it cannot be deleted.
pub fn remove(state_dir: &Path, name: &str) -> io::Result<()> {
    fs::remove_file(path_of(state_dir, name)?)
}

/// Only of what [`list`] names, so that no name leads out of the directory.
fn path_of(state_dir: &Path, name: &str) -> io::Result<PathBuf> {
    let dir = directory(state_dir);
    if files(&dir)?.into_iter().any(|file| file.name == name) {
        Ok(dir.join(name))
    } else {
        Err(io::Error::new(
            io::ErrorKind::NotFound,
            "no such page; `evidence list` names them",
        ))
    }
}

impl Evidence {
    pub(crate) fn new(config: &PortalConfig, state_dir: &Path, clock: &Clock) -> Self {
        Self {
            dir: directory(state_dir),
            config: config.evidence.clone(),
            profile: Arc::new(Profile::clone(&config.profile)),
            clock: clock.clone(),
            writing: Arc::default(),
        }
    }

    /// Keeps a page, blanked. `None` if it is not to be kept, or cannot be: that must not hide the
    /// error that it illustrates.
    pub(crate) async fn save(&self, page: &Page, why: &str, secrets: Secrets) -> Option<PathBuf> {
        if self.config.max_files == 0 {
            return None;
        }
        let heading = secrets.cut(&heading(page, why));
        let (evidence, html) = (self.clone(), page.text.clone());
        let saved = tokio::task::spawn_blocking(move || {
            let Some(html) = redact::page(&html, &secrets, &evidence.profile) else {
                return Ok(None);
            };
            let html = format!("{heading}{html}");
            evidence.write(&html).map(Some)
        });
        match saved.await {
            Ok(Ok(path)) => path,
            Ok(Err(error)) => {
                tracing::warn!(%error, "a page could not be kept");
                None
            }
            Err(error) => {
                tracing::error!(%error, "blanking a page failed; it was not kept");
                None
            }
        }
    }

    fn write(&self, html: &str) -> io::Result<PathBuf> {
        let _writing = self.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let html = &html[..html.floor_char_boundary(self.max_bytes())];
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.dir)?;
        let dir = open(&self.dir)?;
        self.make_room(html.len() as u64)?;
        let time = self.clock.now().format("%Y%m%dT%H%M%S%.3fZ");
        let name = format!("{time}-{:08x}.html", rand::random::<u32>());
        let path = self.dir.join(&name);
        let new = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_CLOEXEC;
        let file = openat(&dir, name.as_str(), new, Mode::S_IRUSR | Mode::S_IWUSR)?;
        let mut file = File::from(file);
        if let Some(state_dir) = self.dir.parent() {
            give_to_owner(&file, &dir, state_dir)?;
        }
        file.write_all(html.as_bytes())?;
        Ok(path)
    }

    fn max_bytes(&self) -> usize {
        usize::try_from(self.config.max_bytes).unwrap_or(usize::MAX)
    }

    /// Deletes pages until one more fits: the oldest of the kind that is kept most often. What comes by the hour does not
    /// push out the only page that says why a password was condemned.
    fn make_room(&self, bytes: u64) -> io::Result<()> {
        let files = files(&self.dir)?;
        let mut count = files.len();
        let mut total: u64 = files.iter().map(|file| file.bytes).sum();
        let fits = |count: usize, total: u64| {
            count < self.config.max_files && total + bytes <= self.config.max_bytes
        };
        if fits(count, total) {
            return Ok(());
        }
        let mut kinds: HashMap<Vec<u8>, VecDeque<EvidenceFile>> = HashMap::new();
        for file in files {
            // One that cannot be read, or is gone, is of no kind.
            let kind = kind(&self.dir.join(&file.name)).unwrap_or_default();
            kinds.entry(kind).or_default().push_back(file);
        }
        while !fits(count, total) {
            let most = kinds.values_mut().max_by(|a, b| {
                let oldest = |kind: &VecDeque<EvidenceFile>| kind.front().map(|f| f.name.clone());
                let by_age = || oldest(b).cmp(&oldest(a));
                a.len().cmp(&b.len()).then_with(by_age)
            });
            let Some(file) = most.and_then(VecDeque::pop_front) else {
                break;
            };
            // Another process may make room too.
            match fs::remove_file(self.dir.join(&file.name)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            count -= 1;
            total -= file.bytes;
        }
        Ok(())
    }
}

/// What the heading of a page says, numbers left out: pages of which the same is said are of one kind.
fn kind(path: &Path) -> io::Result<Vec<u8>> {
    let mut heading = Vec::new();
    let file = File::open(path)?.take(LONGEST_HEADING);
    BufReader::new(file).read_until(b'\n', &mut heading)?;
    heading.retain(|byte| !byte.is_ascii_digit());
    Ok(heading)
}

/// Root not through a link: whoever owns the state directory would be given the directory that it leads to. Others may
/// have the pages on another disk.
fn open(dir: &Path) -> io::Result<File> {
    let may_follow = !nix::unistd::Uid::effective().is_root();
    let no_follow = if may_follow { 0 } else { nix::libc::O_NOFOLLOW };
    let flags = nix::libc::O_DIRECTORY | no_follow;
    OpenOptions::new().read(true).custom_flags(flags).open(dir)
}

/// What root makes, the daemon, which owns the state directory, must be able to read and to remove; and in the directory,
/// whenever root has made it, it must be able to keep pages of its own.
fn give_to_owner(file: &File, dir: &File, state_dir: &Path) -> io::Result<()> {
    let (owner, ours) = (state_dir.metadata()?, file.metadata()?);
    if ours.uid() != 0 || owner.uid() == 0 {
        return Ok(());
    }
    fchown(dir, Some(owner.uid()), Some(owner.gid()))?;
    fchown(file, Some(owner.uid()), Some(owner.gid()))
}

fn directory(state_dir: &Path) -> PathBuf {
    state_dir.join("evidence")
}

fn files(dir: &Path) -> io::Result<Vec<EvidenceFile>> {
    let entries = match fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut files = Vec::new();
    for entry in entries {
        let entry = entry?;
        let metadata = match entry.metadata() {
            // Removed meanwhile.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            metadata => metadata?,
        };
        if let Ok(name) = entry.file_name().into_string()
            && metadata.is_file()
            && name.ends_with(".html")
        {
            let bytes = metadata.len();
            files.push(EvidenceFile { name, bytes });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(files)
}

/// What the page is an answer to, without the query, which may hold a session.
fn heading(page: &Page, why: &str) -> String {
    let path = page.url.path().split(';').next().unwrap_or_default();
    let status = page.status.as_u16();
    let text = format!("{path}, status {status}: {why}").replace("--", "- -");
    format!("<!-- agendad: {text}. Personal data are blanked. -->\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use std::os::unix::fs::PermissionsExt;

    /// As it is so many seconds after an hour.
    fn evidence(dir: &Path, max_files: usize, max_bytes: u64, second: i64) -> Evidence {
        let mut config = agendad_config::Config::shipped().unwrap().portal;
        config.evidence = EvidenceConfig {
            max_files,
            max_bytes,
        };
        let now = DateTime::from_timestamp(1_795_867_200 + second, 0).unwrap();
        let clock = Clock::fixed(chrono_tz::America::Sao_Paulo, now);
        Evidence::new(&config, dir, &clock)
    }

    #[test]
    fn the_caps_hold_and_of_one_kind_the_oldest_go_first() {
        let dir = tempfile::tempdir().unwrap();
        for n in 0..5 {
            let kept = evidence(dir.path(), 3, 1000, n);
            kept.write(&format!("page {n}")).unwrap();
        }
        let texts = |dir: &Path| -> Vec<String> {
            let files = list(dir).unwrap();
            files.iter().map(|f| show(dir, &f.name).unwrap()).collect()
        };
        assert_eq!(texts(dir.path()), ["page 2", "page 3", "page 4"]);
        evidence(dir.path(), 3, 14, 5)
            .write(&"x".repeat(100))
            .unwrap();
        assert_eq!(texts(dir.path()), ["x".repeat(14)]);
    }

    #[test]
    fn what_comes_by_the_hour_does_not_push_out_a_rare_page() {
        let dir = tempfile::tempdir().unwrap();
        let write = |second: i64, page: &str| {
            evidence(dir.path(), 3, 1000, second).write(page).unwrap();
        };
        write(0, "<!-- login.do: no way in -->\n<p>Aguarde");
        for n in 1..6 {
            write(n, &format!("<!-- agenda.do: {n} rows -->\n<p>{n}"));
        }
        let texts: Vec<String> = list(dir.path())
            .unwrap()
            .iter()
            .map(|file| show(dir.path(), &file.name).unwrap())
            .collect();
        let ends: Vec<&str> = texts.iter().filter_map(|t| t.lines().last()).collect();
        assert_eq!(ends, ["<p>Aguarde", "<p>4", "<p>5"]);
    }

    #[test]
    fn a_page_that_is_cut_can_be_shown_and_removed() {
        let dir = tempfile::tempdir().unwrap();
        let kept = evidence(dir.path(), 3, 13, 0);
        kept.write(&"ç".repeat(50)).unwrap();
        let name = list(dir.path()).unwrap().remove(0).name;
        assert_eq!(show(dir.path(), &name).unwrap(), "ç".repeat(6));
        remove(dir.path(), &name).unwrap();
        // As an earlier release has cut it.
        fs::write(kept.dir.join("old.html"), b"a\xc3").unwrap();
        assert_eq!(show(dir.path(), "old.html").unwrap(), "a\u{fffd}");
        remove(dir.path(), "old.html").unwrap();
        assert_eq!(list(dir.path()).unwrap(), []);
        assert!(remove(dir.path(), "old.html").is_err());
    }

    #[test]
    fn several_processes_make_room_at_the_same_time() {
        let dir = tempfile::tempdir().unwrap();
        std::thread::scope(|scope| {
            for process in 0..4 {
                let kept = evidence(dir.path(), 2, 1000, process);
                scope.spawn(move || {
                    for _ in 0..200 {
                        kept.write("x").unwrap();
                    }
                });
            }
        });
        assert!(!list(dir.path()).unwrap().is_empty());
    }

    #[test]
    fn only_the_owner_may_read_it() {
        let dir = tempfile::tempdir().unwrap();
        let path = evidence(dir.path(), 1, 100, 0).write("x").unwrap();
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
    }

    #[test]
    fn what_root_keeps_belongs_to_whoever_owns_the_state_directory() {
        const SOMEBODY: u32 = 61_200;
        let dir = tempfile::tempdir().unwrap();
        if dir.path().metadata().unwrap().uid() != 0 {
            return; // who is not root gives nothing away
        }
        let owner = |path: &Path| fs::metadata(path).unwrap().uid();
        // Made while the state directory was root's.
        let first = evidence(dir.path(), 9, 100, 0).write("x").unwrap();
        assert_eq!(owner(first.parent().unwrap()), 0);
        std::os::unix::fs::chown(dir.path(), Some(SOMEBODY), Some(SOMEBODY)).unwrap();
        let second = evidence(dir.path(), 9, 100, 1).write("x").unwrap();
        assert_eq!(owner(&second), SOMEBODY);
        assert_eq!(owner(second.parent().unwrap()), SOMEBODY);
    }

    #[test]
    fn nothing_is_kept_where_a_link_leads() {
        let dir = tempfile::tempdir().unwrap();
        let elsewhere = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink(elsewhere.path(), dir.path().join("evidence")).unwrap();
        assert!(evidence(dir.path(), 1, 100, 0).write("x").is_err());
        assert_eq!(fs::read_dir(elsewhere.path()).unwrap().count(), 0);
    }

    #[test]
    fn no_name_leads_out_of_the_directory() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("secret.html"), "x").unwrap();
        assert_eq!(list(dir.path()).unwrap(), []);
        assert!(show(dir.path(), "../secret.html").is_err());
    }
}
