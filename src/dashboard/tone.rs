//! How much something matters, as colours and signs show it.

use maud::{Markup, html};

use super::language::Language;
use crate::domain::{ChangeKind, RunStatus, SlotStatus};
use crate::words::kinds;

/// How much something matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub(super) enum Tone {
    Good,
    Warn,
    Bad,
    Off,
    Busy,
}

impl Tone {
    /// Its class in the style, which has a sign too, for those who do not see colours.
    pub(super) fn class(self) -> &'static str {
        self.into()
    }

    /// A short text with a sign before it.
    pub(super) fn badge(self, text: &str) -> Markup {
        html! { span class=(format!("badge {}", self.class())) { (text) } }
    }
}

pub(super) fn run(status: RunStatus, language: Language) -> Markup {
    let tone = match status {
        RunStatus::Success => Tone::Good,
        RunStatus::Partial => Tone::Warn,
        RunStatus::Running => Tone::Busy,
        RunStatus::Failed => Tone::Bad,
    };
    tone.badge(language.say(kinds::run(status)))
}

/// The state of a slot.
pub(super) fn slot(status: SlotStatus, language: Language) -> Markup {
    let tone = match status {
        SlotStatus::Upcoming => Tone::Good,
        SlotStatus::Completed => Tone::Busy,
        SlotStatus::Removed => Tone::Off,
    };
    tone.badge(language.say(kinds::slot(status)))
}

pub(super) fn change(kind: ChangeKind, language: Language) -> Markup {
    let tone = match kind {
        ChangeKind::Inserted => Tone::Good,
        ChangeKind::Changed => Tone::Warn,
        ChangeKind::Removed => Tone::Off,
        ChangeKind::Reappeared => Tone::Busy,
    };
    tone.badge(language.say(kinds::change(kind)))
}
