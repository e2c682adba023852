//! How commands speak: tables for people, JSON for programs, errors with their causes.

use std::ffi::OsStr;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::language::{language, say};
use super::problem;
use crate::domain::text::{fold, title_case};
use crate::domain::{Cpf, Trouble};
use crate::words::cli::list as words;
use crate::words::{Language, Sentence, Shown, api, trouble};

use super::stdout;
pub(super) use super::stdout::finish;

/// Wrong usage that clap cannot see.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// A line on standard output.
pub(super) fn line(text: impl std::fmt::Display) {
    stdout::write(|out| writeln!(out, "{text}"));
}

/// Text on standard output, as it is.
pub(super) fn text(text: &[u8]) {
    stdout::write(|out| out.write_all(text));
}

/// What ends the wait for an answer. Where there is nothing, a signal ends the process.
static LEAVE: OnceLock<CancellationToken> = OnceLock::new();
/// How often a wait for an answer looks at it.
const LOOK: Duration = Duration::from_millis(100);

/// From now on the wait for an answer ends when `stop` fires, with [`io::ErrorKind::Interrupted`].
pub(super) fn leave_questions_at(stop: &CancellationToken) {
    LEAVE.get_or_init(|| stop.clone());
}

/// Asks on the terminal; anything but a clear yes is a no.
pub(super) fn confirm(question: &str) -> io::Result<bool> {
    Ok(answer_to(question)?.is_some_and(|answer| is_yes(&answer)))
}

/// Asks on the terminal; anything but a clear no, or an end (Ctrl-D), is a yes.
pub(super) fn agree(question: &str) -> io::Result<bool> {
    Ok(answer_to(question)?.is_some_and(|answer| !is_no(&answer)))
}

fn is_yes(answer: &str) -> bool {
    matches!(fold(answer).as_str(), "y" | "yes" | "s" | "sim")
}

fn is_no(answer: &str) -> bool {
    matches!(fold(answer).as_str(), "n" | "no" | "nao")
}

/// Asks on the terminal; the line that comes, without spaces around it. Empty where nothing comes.
pub(super) fn ask(question: &str) -> io::Result<String> {
    Ok(answer_to(question)?.unwrap_or_default())
}

/// The same; `None` at an end (Ctrl-D), after which nothing more is waited for.
fn answer_to(question: &str) -> io::Result<Option<String>> {
    static ENDED: AtomicBool = AtomicBool::new(false);
    write!(io::stderr(), "{question}")?;
    io::stderr().flush()?;
    let answer = if ENDED.load(Ordering::Relaxed) {
        String::new()
    } else {
        until_left(|| {
            let mut line = String::new();
            io::stdin().read_line(&mut line).map(|_| line)
        })?
    };
    if answer.is_empty() {
        ENDED.store(true, Ordering::Relaxed);
        remark("");
        return Ok(None);
    }
    Ok(Some(answer.trim().to_owned()))
}

/// What is read from the terminal, unless the [wait for it ends](leave_questions_at) before.
pub(super) fn until_left<T: Send + 'static>(
    read: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    let Some(stop) = LEAVE.get() else {
        return read();
    };
    // A read cannot be interrupted: a thread waits for its end, which the process does not.
    let (said, answer) = mpsc::channel();
    std::thread::spawn(move || said.send(read()));
    loop {
        if stop.is_cancelled() {
            return Err(io::ErrorKind::Interrupted.into());
        }
        match answer.recv_timeout(LOOK) {
            Ok(read) => return read,
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => return Err(io::ErrorKind::BrokenPipe.into()),
        }
    }
}

/// A remark on standard error. Where that is closed or full, nobody can be told, and the work goes on.
pub(super) fn remark(text: impl std::fmt::Display) {
    drop(writeln!(io::stderr(), "{text}"));
}

/// Good.
pub(super) fn green(text: &str) -> String {
    colour(text, 32)
}

/// Worth a look.
pub(super) fn yellow(text: &str) -> String {
    colour(text, 33)
}

/// Bad.
pub(super) fn red(text: &str) -> String {
    colour(text, 31)
}

/// Only where a person looks on, and has not declined: <https://no-color.org>.
pub(super) fn wants_colour() -> bool {
    let (no_color, term) = (std::env::var_os("NO_COLOR"), std::env::var_os("TERM"));
    !is_colour_declined(no_color.as_deref(), term.as_deref()) && io::stdout().is_terminal()
}

/// A dumb terminal shows the marks of colours as they are.
fn is_colour_declined(no_color: Option<&OsStr>, term: Option<&OsStr>) -> bool {
    no_color.is_some_and(|value| !value.is_empty()) || term.is_some_and(|term| term == "dumb")
}

fn colour(text: &str, code: u8) -> String {
    if wants_colour() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// One JSON value on a line.
pub(super) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string(value)?);
    Ok(())
}

/// An error and its causes.
pub(super) fn error(error: &anyhow::Error) {
    let because = say(words::BECAUSE);
    match language() {
        Language::English => {
            let mut last = error.to_string().shown();
            remark(format_args!("agendad: {last}"));
            for cause in error.chain().skip(1) {
                let text = cause.to_string().shown();
                if !last.contains(&text) {
                    remark(format_args!("  {because}: {text}"));
                }
                last = text;
            }
        }
        Language::Portuguese => {
            let (said, causes, detail) = problem::by_line(error.as_ref());
            remark(format_args!("agendad: {}", said.shown()));
            for cause in causes {
                remark(format_args!("  {because}: {}", cause.shown()));
            }
            if !detail.is_empty() {
                remark(format_args!("  {}: {detail}", words::DETAIL));
            }
        }
    }
    if let Some(cure) = problem::cure(error.as_ref()) {
        remark(format_args!("  {}", say(cure)));
    }
}

/// A time of the database on the wall of the configured zone.
pub(super) fn moment(
    time: chrono::DateTime<chrono::Utc>,
    zone: crate::domain::Zone,
) -> Sentence<String> {
    let local = time.with_timezone(&zone);
    Sentence {
        pt: local.format("%d/%m/%Y %H:%M").to_string(),
        en: local.format("%Y-%m-%d %H:%M:%S").to_string(),
    }
}

/// The same in this process's language; a dash where there is none.
pub(super) fn local(
    time: Option<chrono::DateTime<chrono::Utc>>,
    zone: crate::domain::Zone,
) -> String {
    time.map_or_else(|| "-".to_owned(), |time| say(moment(time, zone)))
}

/// Why something was not delivered; empty where nothing is wrong.
pub(super) fn why_not(kind: Option<Trouble>, said: Option<&str>) -> String {
    let why = said.map(|said| trouble::recorded(kind, said));
    why.map_or_else(String::new, say)
}

pub(super) fn day(day: chrono::NaiveDate) -> String {
    match language() {
        Language::Portuguese => day.format("%d/%m/%Y").to_string(),
        Language::English => day.to_string(),
    }
}

/// A person's name as people write it; in English as it is stored, which scripts may compare.
pub(super) fn name(name: &str) -> String {
    match language() {
        Language::Portuguese => title_case(name),
        Language::English => name.to_owned(),
    }
}

/// A CPF, masked; in place of a stored one that is none, a word.
pub(super) fn cpf(stored: Option<&Cpf>) -> String {
    stored.map_or_else(|| say(api::INVALID).to_owned(), ToString::to_string)
}

/// A sentence on standard output.
pub(super) fn tell(sentence: Sentence<String>) {
    line(say(sentence));
}

pub(super) fn or_dash(value: Option<impl std::fmt::Display>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

/// How many there are in all, of a list that `limit` has cut.
pub(super) async fn all_if_cut<E>(
    shown: usize,
    limit: i64,
    count: impl Future<Output = Result<i64, E>>,
) -> Result<Option<i64>, E> {
    if i64::try_from(shown).is_ok_and(|shown| shown < limit) {
        return Ok(None);
    }
    let all = count.await?;
    Ok(i64::try_from(shown)
        .is_ok_and(|shown| shown < all)
        .then_some(all))
}

/// The remark under a list that was cut.
pub(super) fn remark_if_cut(shown: usize, all: Option<i64>) {
    if let Some(all) = all {
        remark(say(words::cut(shown, all)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_declined_by_a_variable_and_by_a_dumb_terminal() {
        let declined = |no_color: Option<&str>, term: Option<&str>| {
            is_colour_declined(no_color.map(OsStr::new), term.map(OsStr::new))
        };
        assert!(declined(Some("1"), Some("xterm")) && declined(None, Some("dumb")));
        assert!(!declined(Some(""), Some("xterm")) && !declined(None, None));
    }

    #[test]
    fn a_yes_and_a_no_are_understood_as_people_write_them() {
        for yes in ["y", "Y", "YES", "s", "S", "Sim", " sim "] {
            assert!(is_yes(yes) && !is_no(yes), "{yes}");
        }
        for no in ["n", "N", "No", "nao", "não", "Não", "NÃO", "na\u{303}o"] {
            assert!(is_no(no) && !is_yes(no), "{no}");
        }
        for neither in ["", "talvez", "simples"] {
            assert!(!is_yes(neither) && !is_no(neither), "{neither}");
        }
    }
}
