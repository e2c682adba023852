//! What a person types: a CPF, and a password that is shown to nobody.

use std::io::{IsTerminal, Read};

use secrecy::SecretString;

use crate::cli::output::Usage;
use crate::domain::{Cpf, secret_text};

/// From the terminal, without echo; else all of standard input.
pub(super) fn ask_password() -> anyhow::Result<SecretString> {
    let password = if std::io::stdin().is_terminal() {
        secret_text::without_marks(rpassword::prompt_password("Portal password (not shown): ")?)
    } else {
        let mut bytes = Vec::new();
        std::io::stdin().take(4096).read_to_end(&mut bytes)?;
        let text = secret_text::decode(bytes)
            .ok_or_else(|| Usage("the password is not text in UTF-8".to_owned()))?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.is_empty() {
        return Err(Usage("the password is empty; type it, or pipe it in".to_owned()).into());
    }
    Ok(password.into())
}

pub(super) fn cpf(text: &str) -> anyhow::Result<Cpf> {
    let cpf = Cpf::parse(text).map_err(|error| Usage(format!("--cpf: {error}")))?;
    if !cpf.has_valid_check_digits() {
        return Err(Usage(
            "--cpf: the check digits do not fit; look for a typing error".to_owned(),
        )
        .into());
    }
    Ok(cpf)
}
