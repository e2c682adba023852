//! What `vault.key` may say.

use secrecy::ExposeSecret;

use crate::Config;
use crate::wrong::Wrong;

/// Base64 of 32 bytes: 43 letters, the last of which has only four of its six bits, and `=`.
const LETTERS: usize = 43;

pub(super) fn check(config: &Config, refuse: &mut impl FnMut(bool, &str, Wrong)) {
    let Some(keys) = &config.secrets.vault_key else {
        return;
    };
    let keys = keys.expose_secret();
    let mut all = keys.split_whitespace().peekable();
    let is_wrong = all.peek().is_none() || !all.all(is_key);
    refuse(is_wrong, "vault.key", Wrong::VaultKey);
}

fn is_key(text: &str) -> bool {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
    text.strip_suffix('=').is_some_and(|letters| {
        letters.len() == LETTERS
            && letters.chars().all(is_letter)
            && letters.ends_with(|c| "AEIMQUYcgkosw048".contains(c))
    })
}
