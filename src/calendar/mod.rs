//! An examiner's agenda as a calendar that their phone subscribes to: the secret `address` that opens it, made,
//! shown once and revoked from command line, dashboard and API; and the `feed` that is served there.

mod address;
mod error;
mod feed;

pub use address::Address;
pub use error::CalendarError;
pub use feed::{Feed, feed};

use crate::store::Store;

/// Gives an examiner an address, in place of the one that they may have. Only the caller knows it, and it
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
