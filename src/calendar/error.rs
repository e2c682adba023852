//! How making an address can fail.

use crate::store::StoreError;

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
