//! What a person types: a CPF, and a password that is shown to nobody.

use std::io::{ErrorKind, IsTerminal, Read};

use nix::sys::termios::{SetArg, tcgetattr, tcsetattr};
use secrecy::SecretString;

use crate::cli::language::say;
use crate::cli::output::{self, Usage};
use crate::domain::{Cpf, WorkingDays, secret_text};
use crate::examiners;
use crate::words::cli::users as words;

/// From the terminal, without echo; else all of standard input.
pub(super) fn ask_password() -> anyhow::Result<SecretString> {
    typed_password(say(words::PASSWORD_PROMPT))
}

/// The same with a question of its own.
pub(in crate::cli) fn typed_password(question: &str) -> anyhow::Result<SecretString> {
    let typed = typed_secret(question)?;
    Ok(typed.ok_or_else(|| Usage(say(words::PASSWORD_EMPTY).to_owned()))?)
}

/// The same; `None`: nothing was typed.
pub(in crate::cli) fn typed_secret(question: &str) -> anyhow::Result<Option<SecretString>> {
    let password = if std::io::stdin().is_terminal() {
        match read_unseen(question.to_owned()) {
            Ok(typed) => secret_text::without_marks(typed),
            // Ctrl-D, or the terminal's end: nothing was typed.
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => String::new(),
            Err(error) => return Err(error.into()),
        }
    } else {
        let mut bytes = Vec::new();
        std::io::stdin().take(4096).read_to_end(&mut bytes)?;
        let text = secret_text::decode(bytes)
            .ok_or_else(|| Usage(say(words::PASSWORD_NO_TEXT).to_owned()))?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    Ok((!password.is_empty()).then(|| password.into()))
}

/// A line that the terminal does not show; afterwards it shows what is typed again, whatever has ended the wait.
fn read_unseen(question: String) -> std::io::Result<String> {
    let before = tcgetattr(std::io::stdin());
    let read = output::until_left(move || rpassword::prompt_password(question));
    if read.is_err()
        && let Ok(before) = &before
    {
        tcsetattr(std::io::stdin(), SetArg::TCSANOW, before).ok(); // a terminal that has gone shows nothing
    }
    read
}

/// A name, by the rule of the dashboard and of lists.
pub(super) fn name(text: &str) -> anyhow::Result<String> {
    if !examiners::is_name(text) {
        return Err(Usage(say(words::BAD_NAME).to_owned()).into());
    }
    Ok(text.trim().to_owned())
}

/// An e-mail address by the same rule; empty: none.
pub(super) fn email(text: &str) -> anyhow::Result<String> {
    let text = text.trim();
    if !text.is_empty() && !examiners::is_email(text) {
        return Err(Usage(say(words::BAD_EMAIL).to_owned()).into());
    }
    Ok(text.to_owned())
}

pub(super) fn cpf(text: &str) -> anyhow::Result<Cpf> {
    let cpf = Cpf::parse(text).map_err(|error| Usage(say(words::no_cpf(error))))?;
    if !cpf.has_valid_check_digits() {
        return Err(Usage(say(words::BAD_CHECK_DIGITS).to_owned()).into());
    }
    Ok(cpf)
}

pub(super) fn days(names: &[String]) -> anyhow::Result<WorkingDays> {
    let days = examiners::days(names);
    Ok(days.ok_or_else(|| Usage(say(words::BAD_DAYS).to_owned()))?)
}
