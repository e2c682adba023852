//! What every run of a process shares.

pub(super) mod at_work;
pub(super) mod request;
pub(super) mod settings;

use crate::clock::Clock;
use crate::session::SessionCache;
use crate::store::control::Control;
use crate::store::{Store, StoreError};
use crate::sync::{AtWork, Unwritten};
use crate::vault::Vault;
use settings::CurrentSettings;

/// All that a run needs. One per process.
#[derive(Debug)]
pub struct Syncer {
    /// The database.
    pub store: Store,
    /// The connection that holds the locks.
    pub control: Control,
    /// Cookies between runs.
    pub sessions: SessionCache,
    /// Opens passwords.
    pub vault: Vault,
    /// Today.
    pub clock: Clock,
    /// The portal and the limits of a run, as configured now.
    pub settings: CurrentSettings,
    /// What the portal said against passwords and the database has not taken.
    pub unwritten: Unwritten,
    /// For whom this process is at work.
    pub at_work: AtWork,
}

impl Syncer {
    /// Writes down what the database did not take when the portal said it. `after_each`: each may wait for its row.
    ///
    /// # Errors
    /// The last [`StoreError`]: what is left is kept.
    pub async fn write_refusals(&self, after_each: &(dyn Fn() + Sync)) -> Result<(), StoreError> {
        self.unwritten.write(&self.store, after_each).await
    }
}
