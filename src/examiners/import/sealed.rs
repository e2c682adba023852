//! The file between looking at it and writing it: sealed by the vault, so that its passwords lie nowhere in clear, and good
//! for whoever looked, for a quarter of an hour, and for just what they saw.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};

use super::plan::Plan;
use crate::vault::{Purpose, Vault, VaultError};

const LASTS: TimeDelta = TimeDelta::minutes(15);
/// Files are of no examiner.
const NOBODY: i32 = 0;

/// What was looked at, as text for a form.
pub(crate) fn seal(
    vault: &Vault,
    file: &SecretString,
    plan: &Plan,
    actor: &str,
    now: DateTime<Utc>,
) -> Result<String, VaultError> {
    let until = (now + LASTS).timestamp();
    let head = format!("{until}\n{}\n{actor}\n", plan.digest());
    let text = SecretString::from(head + file.expose_secret());
    vault.seal(Purpose::Import, NOBODY, text.expose_secret())
}

/// The file, and what recognises what was shown of it; `None` if it is over, somebody else's, or none of ours.
pub(crate) fn open(
    vault: &Vault,
    sealed: &str,
    actor: &str,
    now: DateTime<Utc>,
) -> Option<(SecretString, String)> {
    let text = vault.unseal(Purpose::Import, NOBODY, sealed).ok()?;
    let mut parts = text.expose_secret().splitn(4, '\n');
    let until: i64 = parts.next()?.parse().ok()?;
    let digest = parts.next()?.to_owned();
    let is_good = parts.next()? == actor && now.timestamp() < until;
    let file = parts.next()?;
    is_good.then(|| (file.into(), digest))
}
