//! Making addresses and their secrets, for commands and the dashboard alike.

use std::time::Duration;

use chrono::TimeDelta;

use super::address::check_url;
use super::signature::Secret;
use crate::domain::ChangeKind;
use crate::domain::webhook::{SecretError, UrlError};
use crate::store::webhooks::{NewWebhook, Webhook};
use crate::store::{Store, StoreError};
use crate::vault::{Purpose, Vault, VaultError};
use crate::words::{Sentence, delivery as words};

/// Each has a few deliveries of its own, so their number bounds these.
const MOST: usize = 50;
/// What the same person asks for again within so long was sent twice.
const TWICE: TimeDelta = TimeDelta::minutes(1);

/// An address to be made.
#[derive(Debug)]
pub struct NewAddress<'a> {
    /// Where changes are posted.
    pub url: &'a str,
    /// What it is for.
    pub label: &'a str,
    /// Of these examiners; none: of all.
    pub usuario_ids: &'a [i32],
    /// Of these kinds; none: of all.
    pub kinds: &'a [ChangeKind],
    /// Whether the local network and plain HTTP are allowed.
    pub allow_private: bool,
}

/// It was not made.
#[derive(Debug, thiserror::Error)]
pub enum ManageError {
    /// The address cannot be one.
    #[error(transparent)]
    Url(#[from] UrlError),
    /// There are enough.
    #[error("there are {MOST} webhooks already; more are not made")]
    TooMany,
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// What signs.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

impl ManageError {
    /// What is wrong with what was asked for, if that is it.
    pub(crate) fn sentence(&self) -> Option<Sentence<String>> {
        match self {
            Self::Url(error) => Some(words::url(*error)),
            Self::TooMany => Some(words::too_many_webhooks(MOST)),
            Self::Secret(error) => Some(words::secret(error)),
            Self::Store(_) | Self::Vault(_) => None,
        }
    }
}

/// The address that the same person has just made of the very same, with its secret: a form that was sent twice is one
/// wish, and of its two answers only the second is seen.
///
/// # Errors
/// [`ManageError`].
pub async fn just_added(
    store: &Store,
    vault: &Vault,
    new: &NewAddress<'_>,
    actor: &str,
) -> Result<Option<(i32, Secret)>, ManageError> {
    let since = store.now().await? - TWICE;
    let is_it = |known: &Webhook| {
        let is_same = known.url == new.url
            && known.label == new.label
            && known.usuario_ids.as_deref().unwrap_or_default() == new.usuario_ids
            && known.kinds.as_deref().unwrap_or_default() == new.kinds
            && known.allow_private == new.allow_private;
        is_same && known.created_by == actor && known.created_at > since
    };
    let all = store.webhooks().await?;
    let Some(known) = all.into_iter().rfind(is_it) else {
        return Ok(None);
    };
    let Some(endpoint) = store.endpoints(Some(known.id)).await?.pop() else {
        return Ok(None);
    };
    let secret = vault.unseal(Purpose::Webhook, known.id, &endpoint.secret)?;
    Ok(Some((known.id, Secret::parse(&secret)?)))
}

/// Makes an address. Returns its number and its secret, which is shown this once.
///
/// # Errors
/// [`ManageError`]; then nothing has changed.
pub async fn add(
    store: &Store,
    vault: &Vault,
    new: &NewAddress<'_>,
    actor: &str,
) -> Result<(i32, Secret), ManageError> {
    check_url(new.url, new.allow_private)?;
    if store.webhooks().await?.len() >= MOST {
        return Err(ManageError::TooMany);
    }
    let (id, secret) = (store.next_webhook_id().await?, Secret::random()?);
    let sealed = vault.seal(Purpose::Webhook, id, secret.shown())?;
    let webhook = NewWebhook {
        id,
        url: new.url,
        label: new.label,
        usuario_ids: (!new.usuario_ids.is_empty()).then_some(new.usuario_ids),
        kinds: (!new.kinds.is_empty()).then_some(new.kinds),
        allow_private: new.allow_private,
        secret: &sealed,
    };
    store.add_webhook(&webhook, actor).await?;
    Ok((id, secret))
}

/// Gives an address another secret; the one before signs too for `keep`. `None`: there is no such address.
///
/// # Errors
/// [`ManageError`]; then nothing has changed.
pub async fn rotate(
    store: &Store,
    vault: &Vault,
    id: i32,
    keep: Duration,
    actor: &str,
) -> Result<Option<Secret>, ManageError> {
    let secret = Secret::random()?;
    let sealed = vault.seal(Purpose::Webhook, id, secret.shown())?;
    let found = store.rotate_webhook(id, &sealed, keep, actor).await?;
    Ok(found.then_some(secret))
}
