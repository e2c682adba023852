//! What this machine alone can tell: windows, state directory, key.

use std::fs::File;
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

use nix::unistd::Uid;

use super::line::Line;
use crate::clock::Clock;
use crate::config::{Config, Place, layers};
use crate::domain::Window;
use crate::private_postgres::is_of_the_service;
use crate::scheduler::offset::{Crowded, crowded};
use crate::vault::{Vault, key_file};
use crate::words::cli::check::local as words;
use crate::words::cli::check::part::Part;
use crate::words::{joined, window as window_words};

pub(super) fn lines(config: &Config) -> Vec<Line> {
    let mut lines = vec![Line::ok(
        Part::Configuration,
        words::configuration(&config.timezone.to_string()),
    )];
    let kept = config.saved.keys().count();
    if kept > 0 {
        let file = crate::config::saved_settings::path_in(&config.state_dir);
        lines.push(Line::ok(Part::Settings, words::settings(kept, &file)));
    }
    lines.extend(files(config));
    let (splay, clock) = (config.scheduler.splay, Clock::system(config.timezone));
    let crowded = crowded(&config.windows, splay, &clock);
    lines.extend(windows(&config.windows));
    lines.extend(crowded.iter().map(|crowded| merged(crowded, splay)));
    lines.push(state_dir(&config.state_dir));
    lines.push(key(config));
    lines
}

/// Of the files that hold settings: one that the service cannot read, and those that nobody reads.
fn files(config: &Config) -> Vec<Line> {
    let layers = config.sources.layers().unwrap_or_default();
    let lines = layers.iter().filter_map(|layer| match &layer.place {
        Place::File(file) => closed(Path::new(&**file), &config.state_dir),
        Place::Credentials(dir) => unread(dir),
        Place::BuiltIn | Place::Environment | Place::Variable(_) | Place::Given => None,
    });
    lines.collect()
}

/// Root, who may read all, sees by the state directory that the service has a user of its own.
fn closed(file: &Path, state_dir: &Path) -> Option<Line> {
    let state_dir = state_dir.canonicalize().ok()?;
    let is_for_another = Uid::effective().is_root() && is_of_the_service(&state_dir);
    let mode = mode(file).filter(|mode| is_for_another && mode & 0o004 == 0)?;
    let found = words::file_closed(file, mode);
    Some(Line::warn(
        Part::Configuration,
        found,
        words::file_closed_cure(file),
    ))
}

fn unread(credentials: &Path) -> Option<Line> {
    let unknown = layers::unknown_credentials(credentials);
    (!unknown.is_empty()).then(|| {
        let found = words::unread_credentials(&unknown.join(", "), credentials);
        Line::warn(Part::Configuration, found, words::UNREAD_CREDENTIALS_CURE)
    })
}

/// The windows, and the days that two of them share or that lie between them.
fn windows(windows: &[Window]) -> Vec<Line> {
    let mut sorted: Vec<&Window> = windows.iter().collect();
    sorted.sort_by_key(|window| window.from_day);
    let list = sorted
        .iter()
        .map(|w| words::window(&w.name, &window_words::said(w)));
    let mut lines = vec![Line::ok(Part::Windows, joined(list.collect(), "; "))];
    for pair in sorted.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if b.from_day <= a.to_day {
            lines.push(Line::warn(
                Part::Windows,
                words::share(&a.name, &b.name, b.from_day, a.to_day.min(b.to_day)),
                words::SHARE_CURE,
            ));
        } else if b.from_day > a.to_day + 1 {
            lines.push(Line::warn(
                Part::Windows,
                words::gap(a.to_day + 1, b.from_day - 1),
                words::GAP_CURE,
            ));
        }
    }
    lines
}

/// Ticks of a window that come faster than its examiners start.
fn merged(crowded: &Crowded<'_>, splay: Duration) -> Line {
    Line::warn(
        Part::Windows,
        words::merged(crowded.window, crowded.distance, splay),
        words::MERGED_CURE,
    )
}

/// Tries what the daemon will do there. Makes nothing: a wrong directory would look like a right one.
fn state_dir(dir: &Path) -> Line {
    match dir.try_exists() {
        Ok(true) => {}
        Ok(false) => return Line::warn(Part::StateDir, words::no_dir(dir), words::NO_DIR_CURE),
        // What lies in a directory of root's cannot be told from what is not there.
        Err(error) => {
            return Line::fail(Part::StateDir, words::dir_hidden(dir, &error), words::SUDO);
        }
    }
    let tried = dir.join(format!(".check-{}", std::process::id()));
    // New, so that nothing is written where a link leads.
    let wrote = File::create_new(&tried).and_then(|mut made| {
        let wrote = made.write_all(b"x");
        // A disk that was full leaves nothing that another process of this number would find.
        std::fs::remove_file(&tried).and(wrote)
    });
    match wrote {
        Ok(()) => Line::ok(Part::StateDir, words::dir(dir)),
        Err(error) => Line::fail(
            Part::StateDir,
            words::dir_fails(dir, &error),
            words::DIR_CURE,
        ),
    }
}

fn key(config: &Config) -> Line {
    match Vault::find(config.secrets.vault_key.as_ref(), &config.state_dir) {
        Ok(Some(vault)) => match vault.file() {
            Some(file) => match mode(file) {
                // A file that can be opened has a mode; were it not so, the vault would have said more.
                Some(mode) if mode & 0o077 != 0 => Line::warn(
                    Part::Key,
                    words::key_readable(file, mode),
                    words::key_readable_cure(file),
                ),
                Some(_) | None => Line::ok(
                    Part::Key,
                    words::key_file(file, &vault.key_id().to_string()),
                ),
            },
            None => Line::ok(
                Part::Key,
                words::key_configured(&vault.key_id().to_string()),
            ),
        },
        Ok(None) => Line::ok(Part::Key, words::no_key(&key_file(&config.state_dir))),
        Err(error) => Line::error(Part::Key, &error),
    }
}

/// Who may do what with a file.
fn mode(file: &Path) -> Option<u32> {
    let metadata = file.metadata().ok()?;
    Some(metadata.permissions().mode() & 0o777)
}

#[cfg(test)]
mod tests {
    use super::super::line::State;
    use super::*;

    #[test]
    fn overlaps_and_gaps_of_windows_are_told() {
        let window = |name: &str, from_day, to_day| Window {
            name: name.to_owned(),
            from_day,
            to_day,
            cron: "0 0 * * * *".to_owned(),
        };
        let told = |list: &[Window]| -> Vec<String> {
            windows(list)
                .into_iter()
                .filter(|line| line.state == State::Warn)
                .map(|line| line.found.en)
                .collect()
        };
        assert!(told(&[window("far", 4, 14), window("near", 0, 3)]).is_empty());
        assert_eq!(
            told(&[window("a", 0, 3), window("b", 2, 5), window("c", 8, 9)]),
            ["a and b share days 2 to 3", "no window reads days 6 to 7"]
        );
    }
}
