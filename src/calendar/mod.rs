//! An examiner's agenda as a calendar that his phone subscribes to: the secret `address` that opens it, made,
//! shown once and revoked from command line, dashboard and API; and the `feed` that is served there.

mod address;
mod feed;

pub use address::Address;
pub use feed::{Feed, feed};

use crate::store::{Store, StoreError};

/// An address could not be made.
#[derive(Debug, thiserror::Error)]
pub enum CalendarError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The system gives no random bytes.
    #[error("the system gives no random bytes")]
    NoRandomness,
}

/// Gives an examiner an address, in place of the one he may have. It is known to nobody but the caller, and
/// cannot be shown again. `None` if there is no such user.
///
/// # Errors
/// [`CalendarError`]; then nothing has changed.
pub async fn make(
    store: &Store,
    usuario_id: i32,
    actor: &str,
) -> Result<Option<Address>, CalendarError> {
    let address = Address::new()?;
    let made = store
        .make_calendar(usuario_id, &address.hash(), actor)
        .await?;
    Ok(made.then_some(address))
}
