//! How each step asks, and what it says of what is left.

use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::cli::table;
use crate::examiners;
use crate::first_steps::FirstSteps;
use crate::words::Sentence;
use crate::words::cli::setup as words;

/// What is left to do about the messages to operators.
pub(super) fn tell_left(steps: &FirstSteps, before: &str) {
    for left in steps.places.iter().flat_map(|place| &place.left) {
        output::line(table::wrap(before, before.len(), &say(left.clone())));
    }
}

pub(super) fn later<T>() -> anyhow::Result<Option<T>> {
    output::remark(say(words::LATER));
    Ok(None)
}

/// What is typed, once it is good; `None`: nothing, and the step is for later.
pub(super) fn ask_until<T>(
    question: Sentence,
    wrong: Sentence,
    good: impl Fn(&str) -> Option<T>,
) -> anyhow::Result<Option<T>> {
    loop {
        let text = output::ask(say(question))?;
        if text.is_empty() {
            return Ok(None);
        }
        match good(&text) {
            Some(value) => return Ok(Some(value)),
            None => output::remark(say(wrong)),
        }
    }
}

/// What a question gives once nothing is wrong with the answer, as it says itself; `None`: nothing was typed, or nothing
/// good a few times.
pub(super) async fn until_good<T>(
    mut ask: impl AsyncFnMut() -> anyhow::Result<Option<T>>,
) -> anyhow::Result<Option<T>> {
    const TRIES: u8 = 3;
    for _ in 0..TRIES {
        match ask().await {
            Err(error) if error.is::<Usage>() => output::remark(error),
            other => return other,
        }
    }
    Ok(None)
}

pub(super) fn a_name(text: &str) -> Option<String> {
    examiners::is_name(text).then(|| text.to_owned())
}
