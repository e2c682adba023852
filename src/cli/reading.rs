//! How a reading is shown while it goes on and once it is over, whoever has begun it.

use chrono::NaiveDate;
use indicatif::{ProgressBar, ProgressStyle};

use super::language::{language, say};
use super::{Exit, output};
use crate::domain::{RunStatus, Window};
use crate::words::{Language, Sentence, window};

/// As long as nobody knows how many days there are.
const LOGGING_IN: &str = "{spinner} {msg}  {elapsed}";
/// Days that have been read, of those that are wanted; as wide as the terminal is.
pub(super) const READING: &str = "{spinner} {msg} {wide_bar} {pos}/{len} {prefix}  {elapsed}";

/// What goes on for nobody knows how long.
pub(super) fn spinner(what: Sentence) -> ProgressBar {
    let bar = ProgressBar::new(0).with_message(say(what));
    bar.set_style(style(LOGGING_IN));
    bar.enable_steady_tick(std::time::Duration::from_millis(200));
    bar
}

pub(super) fn style(template: &str) -> ProgressStyle {
    // Both templates are ours: a test draws them.
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

pub(super) fn exit_of(status: RunStatus) -> Exit {
    match status {
        RunStatus::Success => Exit::Done,
        RunStatus::Partial => Exit::Partial,
        RunStatus::Failed | RunStatus::Running => Exit::Failed,
    }
}

/// Which days were read; in English the window's name comes first, as scripts know it.
pub(super) fn days(
    window: Option<&str>,
    from: NaiveDate,
    to: NaiveDate,
    windows: &[Window],
) -> String {
    match (language(), window) {
        (Language::English, name) => {
            format!("{} {from}..{to}", name.unwrap_or("dates"))
        }
        (Language::Portuguese, Some(name)) => window::named(windows, name).pt,
        (Language::Portuguese, None) => {
            format!("{} – {}", output::day(from), output::day(to))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_of_the_progress_are_well_formed() {
        for template in [LOGGING_IN, READING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }
}
