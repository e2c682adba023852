//! How an examiner is doing, in words on which the operator can act.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::time::Times;
use super::tone::Tone;
use crate::domain::{FailureKind, PauseReason, Role, RunStatus};
use crate::store::listing::RunView;
use crate::store::overview::ExaminerSummary;
use crate::words::advice::Advice;
use crate::words::command::here;
use crate::words::{Language, Sentence, condition as words, failure, pages, pause};

/// How an examiner is doing.
pub(super) struct Condition {
    pub(super) tone: Tone,
    language: Language,
    /// Two words.
    title: Sentence,
    /// Why, and what to do; none if there is nothing to say.
    advice: Option<Advice>,
}

impl Condition {
    /// `firewall_until`: when a process that the portal's firewall turned away tries again.
    pub(super) fn of(
        examiner: &ExaminerSummary,
        times: Times,
        firewall_until: Option<DateTime<Utc>>,
    ) -> Self {
        let (tone, title, advice) = account(examiner, times)
            .or_else(|| other_session(examiner, times))
            .or_else(|| new_password(examiner).filter(|_| examiner.running.is_some()))
            .or_else(|| worst_run(examiner, times, firewall_until))
            .or_else(|| new_password(examiner))
            .map_or_else(
                || fresh(examiner),
                |(tone, title, advice)| (tone, title, Some(advice)),
            );
        Self {
            tone,
            language: times.language,
            title,
            advice,
        }
    }

    pub(super) fn badge(&self) -> Markup {
        self.tone.badge(self.language.say(self.title))
    }

    /// What an operator can do, with its command as such. None if there is nothing to say.
    pub(super) fn advice(&self) -> Option<Markup> {
        let Advice { text, command, .. } = self.advice.as_ref()?;
        let text = self.language.say(text.clone());
        Some(html! {
            (text) @if let Some(command) = command { ": " code { (here(command)) } }
        })
    }

    /// What examiners and reception can do.
    pub(super) fn plain_advice(&self) -> Option<Markup> {
        let advice = self.advice.clone()?;
        Some(html! { (self.language.say(advice.plain())) })
    }
}

/// What keeps the account as such from going on.
fn account(examiner: &ExaminerSummary, times: Times) -> Option<(Tone, Sentence, Advice)> {
    let id = examiner.usuario_id;
    if !examiner.active {
        return Some((Tone::Off, words::SWITCHED_OFF, words::switch_on(id)));
    }
    if !examiner.has_password {
        return Some((Tone::Bad, words::NO_PASSWORD, words::store_password()));
    }
    if let Some(reason) = examiner.pause_reason {
        let until = examiner.pause_until.map(|until| times.hour(until));
        let advice = pause::advice(reason, id, until.as_deref());
        return Some((tone_of_pause(reason), pause::title(reason), advice));
    }
    (!examiner.automatic).then(|| (Tone::Off, words::BY_HAND_ONLY, words::automatic_is_off()))
}

const fn tone_of_pause(reason: PauseReason) -> Tone {
    match reason {
        PauseReason::Refused
        | PauseReason::Blocked
        | PauseReason::ChangePassword
        | PauseReason::Unexplained => Tone::Bad,
        PauseReason::DuplicateCpf | PauseReason::Captcha => Tone::Warn,
        PauseReason::Manual => Tone::Off,
    }
}

/// The examiner works at the portal: no failure, and nothing to be done.
fn other_session(examiner: &ExaminerSummary, times: Times) -> Option<(Tone, Sentence, Advice)> {
    let seen = examiner.other_session?;
    let until = seen.until.map(|until| times.hour(until));
    let advice = Advice::text(words::waits_for_examiner(until.as_deref()));
    let tone = if examiner.late { Tone::Bad } else { Tone::Busy };
    Some((tone, words::EXAMINER_AT_PORTAL, advice))
}

/// A refusal of the earlier one says nothing of it.
fn new_password(examiner: &ExaminerSummary) -> Option<(Tone, Sentence, Advice)> {
    let what = match examiner.running {
        Some(_) => words::BEING_TRIED,
        None => words::NOT_TRIED_YET,
    };
    let said = (Tone::Busy, words::NEW_PASSWORD, Advice::text(what));
    (examiner.new_password && !examiner.late).then_some(said)
}

const fn warn_or_late(examiner: &ExaminerSummary) -> Tone {
    if examiner.late { Tone::Bad } else { Tone::Warn }
}

/// What the worst of the windows ended with, if not well.
fn worst_run(
    examiner: &ExaminerSummary,
    times: Times,
    firewall_until: Option<DateTime<Utc>>,
) -> Option<(Tone, Sentence, Advice)> {
    let run = examiner.worst_run.as_ref()?;
    let (partial, title, tone) = match run.status {
        RunStatus::Success => return None,
        RunStatus::Partial => (true, words::PARTIAL, warn_or_late(examiner)),
        RunStatus::Failed | RunStatus::Running => (false, words::FAILED, Tone::Bad),
    };
    let advice = match (run.kind, firewall_until) {
        (Some(FailureKind::Firewall), Some(until)) => {
            let sentence = pages::firewall::turned_away(&times.hour(until), until > times.now);
            pages::firewall::advice(sentence)
        }
        (Some(FailureKind::Layout), _) if partial => words::page_or_row_not_understood(),
        (Some(kind), _) => failure::meaning(kind),
        (None, _) if partial => Advice::text(words::REMOVALS_HELD_BACK),
        (None, _) => Advice::text(words::LAST_RUN_FAILED),
    };
    Some((tone, title, advice))
}

fn fresh(examiner: &ExaminerSummary) -> (Tone, Sentence, Option<Advice>) {
    if examiner.late {
        let advice = if examiner.windowless {
            words::no_window()
        } else {
            words::nothing_read_for_long()
        };
        (Tone::Bad, words::LATE, Some(advice))
    } else if examiner.last_success.iter().all(Option::is_none) {
        let what = match examiner.running {
            Some(_) => words::BEING_READ,
            None => words::NOT_READ_YET,
        };
        (Tone::Off, words::NEW, Some(Advice::text(what)))
    } else {
        (Tone::Good, words::UP_TO_DATE, None)
    }
}

/// Why a run ended as it did; of one in which only single rows could not be read, that.
pub(super) fn of_run(run: &RunView, language: Language, reader: Role) -> Option<String> {
    let details = run.details.as_ref()?;
    if run.status == RunStatus::Partial && details.only_rows() {
        return Some(language.say(pages::run::UNREAD_ROWS).to_owned());
    }
    let advice = failure::meaning(details.kind?);
    if reader != Role::Operator {
        return Some(language.say(advice.plain()));
    }
    let Advice { text, command, .. } = advice;
    let text = language.say(text);
    Some(match command {
        Some(command) => format!("{text}: {}", here(&command)),
        None => text,
    })
}
