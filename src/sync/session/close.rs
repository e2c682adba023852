//! Ending sessions that are over: too old, of an account that is switched off or gone, or because somebody asked for
//! it. Under the locks of user and person, so that no run is in the middle of one, and by one process.

use std::time::Duration;

use chrono::{DateTime, Utc};
use futures::FutureExt;
use secrecy::{ExposeSecret, SecretString};

use crate::domain::Cpf;
use crate::portal::{Credentials, PortalError, SavedSession};
use crate::session::CachedSession;
use crate::store::StoreError;
use crate::store::control::UserLock;
use crate::store::kept_sessions::SessionToClose;
use crate::sync::run::persist;
use crate::sync::syncer::Syncer;

/// So long may the portal take for one of many sessions, whatever is tried again in that time.
pub(super) const LOGOUT: Duration = Duration::from_secs(10);

/// What became of the sessions that were to be ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Closed {
    /// Ended.
    pub closed: usize,
    /// Left: a run has them, or another process keeps them in its memory, or the portal did not end them.
    pub left: usize,
}

impl Syncer {
    /// Ends those sessions that are over by now, at most some hundred at once.
    ///
    /// # Errors
    /// [`StoreError`]; the rest waits for the next time.
    pub async fn close_sessions(&self, usuario_id: Option<i32>) -> Result<Closed, StoreError> {
        let (ttl, portal_idle) = (self.sessions.ttl(), self.sessions.portal_idle());
        let over = self.store.sessions_to_close(ttl, portal_idle).await?;
        let mut closed = Closed::default();
        for session in over {
            if usuario_id.is_some_and(|id| id != session.usuario_id) {
                continue;
            }
            if self.close_session(&session).await? {
                closed.closed += 1;
            } else {
                closed.left += 1;
            }
        }
        Ok(closed)
    }

    async fn close_session(&self, session: &SessionToClose) -> Result<bool, StoreError> {
        let Some(lock) = self.control.try_lock(session.usuario_id).await? else {
            return Ok(false);
        };
        let closed = self.close_locked(session, &lock).await;
        lock.release().await;
        closed
    }

    async fn close_locked(
        &self,
        session: &SessionToClose,
        lock: &UserLock,
    ) -> Result<bool, StoreError> {
        let SessionToClose {
            cpf,
            usuario_id,
            generation,
            rested,
        } = session;
        if !lock.try_person(cpf).await? {
            return Ok(false);
        }
        // Whatever it was opened with: it is ended.
        let since = DateTime::<Utc>::MIN_UTC;
        let kept = self.sessions.get(*usuario_id, cpf, since).await;
        match kept.filter(|kept| kept.generation == *generation) {
            Some(kept) => {
                // Otherwise it would be met as the examiner's own. It is asked again, or rests before long.
                if !rested && !self.log_out(&kept, cpf).await {
                    return Ok(false);
                }
                self.sessions.forget(*usuario_id).await;
            }
            // The process that has its cookies can log out; they may be nowhere, but then it rests before long.
            None if !rested && !self.sessions.is_shared() => return Ok(false),
            None => {}
        }
        let idle = Some(self.sessions.portal_idle());
        let write = || {
            let closed = self.store.session_closed(cpf, *generation, idle);
            closed.boxed()
        };
        persist::retry_always(write).await?;
        tracing::info!(usuario_id, "portal session ended");
        Ok(true)
    }

    /// Logs out at the portal with a session that is kept; whether the portal has answered.
    async fn log_out(&self, kept: &CachedSession, cpf: &Cpf) -> bool {
        let Ok(saved) = SavedSession::from_json(kept.cookies.expose_secret()) else {
            return true;
        };
        // Cookies are all that a logout needs.
        let credentials = Credentials {
            cpf: cpf.clone(),
            password: SecretString::default(),
            proven: false,
        };
        let portal = &self.settings.get().portal;
        let logout = async {
            let mut session = portal.session(credentials, Some(&saved), false)?;
            let left = session.logout().await;
            Ok::<_, PortalError>((left, !session.is_open()))
        };
        match tokio::time::timeout(LOGOUT, logout).await {
            Ok(Ok((Ok(()), _))) => true,
            Ok(Ok((Err(error), was_answered))) => {
                tracing::info!(%error, was_answered, "logging out failed");
                was_answered
            }
            Ok(Err(error)) => {
                tracing::info!(%error, "logging out failed");
                false
            }
            Err(_) => {
                tracing::info!("logging out took too long");
                false
            }
        }
    }
}
