//! What this machine alone can tell: windows, state directory, key.

use std::path::Path;

use super::Line;
use crate::config::Config;
use crate::domain::Window;
use crate::vault::{Vault, key_file};

pub(super) fn lines(config: &Config) -> Vec<Line> {
    let mut lines = vec![Line::ok(
        "configuration",
        format!("every setting is understood; zone {}", config.timezone),
    )];
    lines.extend(windows(&config.windows));
    lines.push(state_dir(&config.state_dir));
    lines.push(key(config));
    lines
}

/// The windows, and the days that two of them share or that lie between them.
fn windows(windows: &[Window]) -> Vec<Line> {
    let mut sorted: Vec<&Window> = windows.iter().collect();
    sorted.sort_by_key(|window| window.from_day);
    let list: Vec<String> = sorted
        .iter()
        .map(|w| {
            format!(
                "{} (days {} to {}, {})",
                w.name, w.from_day, w.to_day, w.cron
            )
        })
        .collect();
    let mut lines = vec![Line::ok("windows", list.join(", "))];
    for pair in sorted.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if b.from_day <= a.to_day {
            lines.push(Line::warn(
                "windows",
                format!("{} and {} share days {} to {}", a.name, b.name, b.from_day, a.to_day.min(b.to_day)),
                "harmless, but these days are asked for twice: let one window begin where the other ends",
            ));
        } else if b.from_day > a.to_day + 1 {
            lines.push(Line::warn(
                "windows",
                format!(
                    "no window reads days {} to {}",
                    a.to_day + 1,
                    b.from_day - 1
                ),
                "widen a window, or add one, if slots of these days matter",
            ));
        }
    }
    lines
}

/// Tries what the daemon will do there. Makes nothing: a wrong directory would look like a right one.
fn state_dir(dir: &Path) -> Line {
    if !dir.exists() {
        return Line::warn(
            "state_dir",
            format!("{} does not exist", dir.display()),
            "agendad run or agendad migrate makes it; if the daemon has run already, set state_dir (AGENDAD_STATE_DIR) \
             to the daemon's",
        );
    }
    let tried = dir.join(format!(".check-{}", std::process::id()));
    let wrote = std::fs::write(&tried, "x").and_then(|()| std::fs::remove_file(&tried));
    match wrote {
        Ok(()) => Line::ok("state_dir", format!("{} can be written", dir.display())),
        Err(error) => Line::fail(
            "state_dir",
            format!("{} cannot be written: {error}", dir.display()),
            "run as the user who owns it, or set state_dir (AGENDAD_STATE_DIR)",
        ),
    }
}

fn key(config: &Config) -> Line {
    match Vault::find(config.secrets.vault_key.as_ref(), &config.state_dir) {
        Ok(Some(vault)) => match vault.file() {
            Some(file) => Line::ok(
                "key",
                format!(
                    "{} holds key {} (keep a copy: without it the stored passwords are lost)",
                    file.display(),
                    vault.key_id()
                ),
            ),
            None => Line::ok(
                "key",
                format!("vault.key is configured: key {}", vault.key_id()),
            ),
        },
        Ok(None) => Line::ok(
            "key",
            format!(
                "none yet; {} is made at the first start, or by: agendad vault init",
                key_file(&config.state_dir).display()
            ),
        ),
        Err(error) => Line::error("key", &error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::check::State;

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
                .map(|line| line.found)
                .collect()
        };
        assert!(told(&[window("far", 4, 14), window("near", 0, 3)]).is_empty());
        assert_eq!(
            told(&[window("a", 0, 3), window("b", 2, 5), window("c", 8, 9)]),
            ["a and b share days 2 to 3", "no window reads days 6 to 7"]
        );
    }
}
