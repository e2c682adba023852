//! Taking an examiner away: under the locks of user and person, so that no run is in the middle of it.

use super::lock;
use super::syncer::Syncer;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::store::control::UserLock;
use crate::store::removal::Removed;

/// What became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Removal {
    /// They are gone; this stays.
    Done(Removed),
    /// A sync of them is running; nothing has changed.
    Busy,
    NoAccount,
}

impl Syncer {
    /// Takes an examiner's account away, and logs out at the portal.
    ///
    /// # Errors
    /// [`StoreError`]; then nothing has changed.
    pub async fn remove(&self, usuario_id: i32, actor: &str) -> Result<Removal, StoreError> {
        let Some(lock) = lock::take(self, usuario_id).await? else {
            return Ok(Removal::Busy);
        };
        let removal = self.remove_locked(usuario_id, &lock, actor).await;
        lock.release().await;
        if let Ok(Removal::Done(_)) = removal
            && let Err(error) = self.end_sessions_of(usuario_id).await
        {
            tracing::warn!(
                usuario_id,
                error = in_a_line(&error),
                "the portal session of a removed examiner is ended later"
            );
        }
        removal
    }

    async fn remove_locked(
        &self,
        usuario_id: i32,
        lock: &UserLock,
        actor: &str,
    ) -> Result<Removal, StoreError> {
        match self.store.account(usuario_id).await {
            Ok(Some(account)) => {
                if !lock.try_person(&account.cpf).await? {
                    return Ok(Removal::Busy);
                }
            }
            Ok(None) => return Ok(Removal::NoAccount),
            // What cannot be read cannot run either.
            Err(StoreError::BadValue { .. }) => {}
            Err(error) => return Err(error),
        }
        let removed = self.store.remove_examiner(usuario_id, actor).await?;
        Ok(removed.map_or(Removal::NoAccount, Removal::Done))
    }

    /// A session that only another process can end is ended by that process.
    async fn end_sessions_of(&self, usuario_id: i32) -> Result<(), StoreError> {
        self.close_sessions(Some(usuario_id)).await?;
        self.store.forget_ended_sessions(usuario_id).await
    }
}
