//! How a command of ours is called here. Where the package's service runs, only root and the service may read what it
//! keeps, and a person calls commands with `sudo`; in a container, in a checkout, and for whoever is root already, they
//! are called as they are.

use std::borrow::Cow;
use std::collections::HashMap;
use std::path::Path;
use std::sync::{LazyLock, Mutex, OnceLock, PoisonError};

/// Where the package puts the program, below the root of the file system.
const PROGRAM: &str = "usr/bin/agendad";
/// Where the unit may lie.
const UNITS: [&str; 3] = [
    "etc/systemd/system/agendad.service",
    "usr/lib/systemd/system/agendad.service",
    "lib/systemd/system/agendad.service",
];
/// It is there where systemd runs the machine, see sd_booted(3).
const SYSTEMD: &str = "run/systemd/system";

/// The commands that read what the service keeps. The others need nobody's leave.
pub(crate) const PRIVATE: &[&str] = &[
    "agenda", "alerts", "backup", "changes", "check", "config", "database", "jobs", "locks",
    "migrate", "people", "portal", "restore", "runs", "sessions", "setup", "slots", "stats",
    "sync", "users", "vault", "verify", "webhooks",
];

static WANTS_SUDO: OnceLock<bool> = OnceLock::new();

/// From now on commands are told as they are, wherever this is: a demonstration belongs to whoever began it.
pub(crate) fn as_they_are() {
    WANTS_SUDO.set(false).ok();
}

fn wants_sudo() -> bool {
    *WANTS_SUDO.get_or_init(|| {
        let program = std::env::current_exe().unwrap_or_default();
        let is_root = nix::unistd::geteuid().is_root() && std::env::var_os("SUDO_UID").is_none();
        !is_root && is_packaged(&program, Path::new("/"))
    })
}

/// Whether this program is that of the package's service.
fn is_packaged(program: &Path, root: &Path) -> bool {
    program == root.join(PROGRAM)
        && root.join(SYSTEMD).is_dir()
        && UNITS.iter().any(|unit| root.join(unit).is_file())
}

/// The commands in a text as they are called here.
pub(crate) fn here(text: &str) -> Cow<'_, str> {
    if wants_sudo() {
        with_sudo(text)
    } else {
        text.into()
    }
}

/// A text that is shown to people.
pub trait Shown {
    /// The same, with commands as they are called here.
    #[must_use]
    fn shown(self) -> Self;
}

impl Shown for String {
    fn shown(self) -> Self {
        match here(&self) {
            Cow::Borrowed(_) => self,
            Cow::Owned(text) => text,
        }
    }
}

impl Shown for &'static str {
    fn shown(self) -> Self {
        static KNOWN: LazyLock<Mutex<HashMap<&'static str, &'static str>>> =
            LazyLock::new(Mutex::default);
        match here(self) {
            Cow::Borrowed(_) => self,
            // As many as there are sentences with a command in them.
            Cow::Owned(text) => {
                let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
                known.entry(self).or_insert_with(|| text.leak())
            }
        }
    }
}

/// What only root may call: the private commands, and these of the system.
const CALLED: [&str; 3] = ["agendad ", "systemctl ", "journalctl "];

fn with_sudo(text: &str) -> Cow<'_, str> {
    let found = CALLED.iter().flat_map(|name| text.match_indices(name));
    let mut places: Vec<usize> = found
        .map(|(at, _)| at)
        .filter(|at| needs_sudo(text, *at))
        .collect();
    if places.is_empty() {
        return text.into();
    }
    places.sort_unstable();
    let (mut told, mut from) = (String::new(), 0);
    for at in places {
        told.push_str(&text[from..at]);
        told.push_str("sudo ");
        from = at;
    }
    told.push_str(&text[from..]);
    told.into()
}

/// Whether a command begins there that lacks it.
fn needs_sudo(text: &str, at: usize) -> bool {
    let (before, after) = text.split_at(at);
    let last = before.chars().next_back();
    if before.ends_with("sudo ") || last.is_some_and(|c| c.is_alphanumeric() || "/-_.".contains(c))
    {
        return false;
    }
    let Some(arguments) = after.strip_prefix("agendad ") else {
        return true;
    };
    let word = arguments.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
    word.take(1).any(|word| PRIVATE.contains(&word))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sudo_stands_before_what_only_root_may_call_and_before_nothing_else() {
        for (text, told) in [
            ("agendad check", "sudo agendad check"),
            (
                "Confira: agendad check. Depois: systemctl start agendad (ou agendad run)",
                "Confira: sudo agendad check. Depois: sudo systemctl start agendad (ou agendad run)",
            ),
            (
                "sudo agendad check; journalctl -u agendad",
                "sudo agendad check; sudo journalctl -u agendad",
            ),
            (
                "printf x | agendad users add",
                "printf x | sudo agendad users add",
            ),
            (
                "agendad espera até 10:00; agendad demo; /usr/bin/agendad check",
                "agendad espera até 10:00; agendad demo; /usr/bin/agendad check",
            ),
        ] {
            assert_eq!(with_sudo(text), told);
        }
    }

    #[test]
    fn the_package_is_told_from_a_container_and_from_a_checkout() {
        let root = tempfile::tempdir().unwrap();
        let place = |path: &str| root.path().join(path);
        let program = place(PROGRAM);
        assert!(!is_packaged(&program, root.path()), "a container");
        std::fs::create_dir_all(place(SYSTEMD)).unwrap();
        assert!(!is_packaged(&program, root.path()), "no service");
        std::fs::create_dir_all(place(UNITS[1]).parent().unwrap()).unwrap();
        std::fs::write(place(UNITS[1]), "").unwrap();
        assert!(is_packaged(&program, root.path()));
        assert!(
            !is_packaged(&place("target/debug/agendad"), root.path()),
            "a checkout"
        );
    }
}
