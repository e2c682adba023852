//! A state directory remembers the portal that it belongs to: the first daemon, command or demo that asks a portal
//! from there writes its origin down. What would ask another portal from there later is stopped, because the
//! examiners known there are not that portal's: a demo's invented CPFs must not be tried at the real portal, nor
//! real passwords at a stand-in.
//!
//! Stand-ins on this machine change their port with every start. A directory moves from one of them to the next
//! with a warning, unless it is a demo's: that belongs to this very one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use url::Url;

use crate::config::Config;
use crate::config::host::is_loopback;

/// Its name in the state directory.
const FILE: &str = "portal";
/// Marks the directory of a demo.
const DEMO: &str = "demo";

/// The portal cannot be asked from this state directory.
#[derive(Debug, thiserror::Error)]
pub enum PortalMemoryError {
    /// It belongs to another portal.
    #[error(
        "the state directory {} belongs to {} {remembered}, but portal.base_url leads to {configured}: nothing was \
         asked. Set portal.base_url (AGENDAD_PORTAL__BASE_URL) to {remembered}/ or choose another state_dir \
         (AGENDAD_STATE_DIR); if the portal itself has moved, delete {} and say it again",
        dir.display(), if *demo { "the demo of" } else { "the portal" }, file_of(dir).display()
    )]
    Elsewhere {
        /// The state directory.
        dir: PathBuf,
        /// The origin that it remembers.
        remembered: String,
        /// The origin that is configured.
        configured: String,
        /// Whether it is a demo's.
        demo: bool,
    },
    /// A demo would be played in the directory of an installation.
    #[error(
        "{} is the state directory of an installation{}, and a demo would mix invented examiners into it: choose \
         another directory for --keep", dir.display(),
        remembered.as_ref().map(|portal| format!(" (portal {portal})")).unwrap_or_default()
    )]
    NoDemo {
        /// The state directory.
        dir: PathBuf,
        /// The origin that it remembers, if it does.
        remembered: Option<String>,
    },
    /// The file cannot be read or written.
    #[error("the portal that the state directory belongs to cannot be {doing}: {}", path.display())]
    File {
        /// "read" or "written down".
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// What a state directory remembers.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Remembered {
    origin: String,
    demo: bool,
}

/// Says whether the configured portal may be asked from the configured state directory. Writes nothing.
///
/// # Errors
/// [`PortalMemoryError::Elsewhere`] if not; [`PortalMemoryError::File`].
pub fn check(config: &Config) -> Result<(), PortalMemoryError> {
    let dir = &config.state_dir;
    let Some(remembered) = read(dir)? else {
        return Ok(());
    };
    let configured = origin(&config.portal.base_url);
    let is_same = remembered.origin == configured;
    let are_stand_ins = is_stand_in(&remembered.origin) && is_stand_in(&configured);
    if is_same || (are_stand_ins && !remembered.demo) {
        return Ok(());
    }
    Err(PortalMemoryError::Elsewhere {
        dir: dir.clone(),
        remembered: remembered.origin,
        configured,
        demo: remembered.demo,
    })
}

/// [`check`], and writes the portal down if none is remembered yet.
///
/// # Errors
/// As [`check`]. A directory that cannot be written is no error but a warning: the daemon may have been given
/// everything by other means and need none.
pub fn check_and_remember(config: &Config) -> Result<(), PortalMemoryError> {
    check(config)?;
    let configured = origin(&config.portal.base_url);
    let known = read(&config.state_dir)?;
    match &known {
        Some(known) if known.origin == configured => return Ok(()),
        Some(known) => tracing::warn!(
            was = known.origin,
            now = configured,
            "this state directory belonged to another stand-in for the portal"
        ),
        None => {}
    }
    let remembered = Remembered {
        origin: configured,
        demo: false,
    };
    if let Err(error) = write(&config.state_dir, &remembered) {
        tracing::warn!(
            error = crate::domain::causes::in_a_line(&error),
            "the state directory will not stop a command that asks another portal from there"
        );
    }
    Ok(())
}

/// Makes a state directory the demo's of a simulated portal.
///
/// # Errors
/// [`PortalMemoryError::NoDemo`] if it is an installation's: it holds a database and is not known to be a demo's.
pub fn remember_demo(dir: &Path, portal: &Url) -> Result<(), PortalMemoryError> {
    let known = read(dir)?;
    let is_demo = known.as_ref().is_some_and(|known| known.demo);
    let has_database = dir.join("postgres").join("data").exists();
    if !is_demo && (known.is_some() || has_database) {
        return Err(PortalMemoryError::NoDemo {
            dir: dir.to_owned(),
            remembered: known.map(|known| known.origin),
        });
    }
    let remembered = Remembered {
        origin: origin(portal),
        demo: true,
    };
    write(dir, &remembered)
}

/// Scheme, host and port: what makes one portal.
fn origin(url: &Url) -> String {
    url.origin().ascii_serialization()
}

fn is_stand_in(origin: &str) -> bool {
    Url::parse(origin).is_ok_and(|url| url.host_str().is_some_and(is_loopback))
}

fn file_of(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

fn read(dir: &Path) -> Result<Option<Remembered>, PortalMemoryError> {
    let path = file_of(dir);
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
            ) =>
        {
            return Ok(None);
        }
        Err(source) => {
            return Err(PortalMemoryError::File {
                doing: "read",
                path,
                source,
            });
        }
    };
    let mut words = text.split_whitespace();
    let Some(origin) = words.next() else {
        // Cut short by a full disk: as good as never written.
        return Ok(None);
    };
    Ok(Some(Remembered {
        origin: origin.to_owned(),
        demo: words.next() == Some(DEMO),
    }))
}

/// Beside, then into place: a crash half-way leaves what was there.
fn write(dir: &Path, remembered: &Remembered) -> Result<(), PortalMemoryError> {
    let path = file_of(dir);
    let aside = dir.join(format!(".{FILE}.{}", std::process::id()));
    let mark = if remembered.demo { " demo" } else { "" };
    let written = fs::create_dir_all(dir)
        .and_then(|()| {
            match fs::remove_file(&aside) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
            // Anew: never where a link leads that whoever owns the directory has put there for root.
            let mut made = File::create_new(&aside)?;
            made.write_all(format!("{}{mark}\n", remembered.origin).as_bytes())
        })
        .and_then(|()| fs::rename(&aside, &path));
    written.map_err(|source| PortalMemoryError::File {
        doing: "written down",
        path,
        source,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::layers;

    fn config(dir: &Path, portal: &str) -> Config {
        let mut config = Config::from_layers(vec![layers::built_in().unwrap()]).unwrap();
        config.state_dir = dir.to_owned();
        config.portal.base_url = portal.parse().unwrap();
        config
    }

    fn said(result: Result<(), PortalMemoryError>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn the_first_portal_is_remembered_and_another_one_is_refused_with_both_names_and_the_cure() {
        let dir = tempfile::tempdir().unwrap();
        let state = dir.path().join("state");
        let real = config(&state, "https://portal.example.com/gefor/");
        check(&real).unwrap();
        assert!(!state.exists(), "checking writes nothing");
        check_and_remember(&real).unwrap();
        check_and_remember(&real).unwrap();
        for other in [
            "https://other.example.com/",
            "https://portal.example.com:8443/",
            "http://127.0.0.1:9/",
        ] {
            let said = said(check_and_remember(&config(&state, other)));
            for word in ["https://portal.example.com,", "state_dir", "base_url"] {
                assert!(said.contains(word), "{other}: {said}");
            }
        }
    }

    #[test]
    fn it_is_not_written_down_where_a_link_leads() {
        let dir = tempfile::tempdir().unwrap();
        let precious = dir.path().join("precious");
        fs::write(&precious, "x").unwrap();
        let aside = dir.path().join(format!(".{FILE}.{}", std::process::id()));
        std::os::unix::fs::symlink(&precious, aside).unwrap();
        check_and_remember(&config(dir.path(), "https://portal.example.com/")).unwrap();
        assert_eq!(fs::read_to_string(&precious).unwrap(), "x");
        assert!(file_of(dir.path()).exists());
    }

    #[test]
    fn stand_ins_follow_each_other_but_never_the_real_portal() {
        let dir = tempfile::tempdir().unwrap();
        for port in ["8081", "8082"] {
            let url = format!("http://127.0.0.1:{port}/");
            check_and_remember(&config(dir.path(), &url)).unwrap();
        }
        let said = said(check(&config(dir.path(), "https://portal.example.com/")));
        assert!(said.contains("http://127.0.0.1:8082"), "{said}");
    }

    #[test]
    fn a_demo_stays_with_its_own_portal_and_out_of_installations() {
        let dir = tempfile::tempdir().unwrap();
        let url = |port: u16| Url::parse(&format!("http://127.0.0.1:{port}/")).unwrap();
        remember_demo(dir.path(), &url(1)).unwrap();
        check(&config(dir.path(), url(1).as_str())).unwrap();
        assert!(said(check(&config(dir.path(), url(2).as_str()))).contains("the demo of"));
        remember_demo(dir.path(), &url(2)).unwrap();

        let old = tempfile::tempdir().unwrap();
        fs::create_dir_all(old.path().join("postgres/data")).unwrap();
        assert!(said(remember_demo(old.path(), &url(1))).contains("--keep"));
        let real = tempfile::tempdir().unwrap();
        check_and_remember(&config(real.path(), "https://portal.example.com/")).unwrap();
        assert!(said(remember_demo(real.path(), &url(1))).contains("portal.example.com"));
    }
}
