//! Sessions in the database, beside the record of whose they are: shared by all daemons and commands, and still there
//! after a restart. Sealed before they leave the process.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::kept::{KeepError, KeptSession};
use super::sealed::{self, Login};
use crate::domain::Cpf;
use crate::domain::causes::in_a_line;
use crate::store::Store;
use crate::store::kept_sessions::KeptHere;
use crate::store::runs::SessionUsed;
use crate::vault::{Vault, VaultError};

/// The sessions of all users, in PostgreSQL.
#[derive(Debug)]
pub(super) struct Postgres {
    store: Store,
    vault: Vault,
}

impl Postgres {
    pub(super) fn new(store: Store, vault: Vault) -> Self {
        Self { store, vault }
    }

    /// What is kept of a user who logs in with `cpf`, still sealed.
    pub(super) async fn read(&self, usuario_id: i32, cpf: &Cpf, ttl: Duration) -> Option<KeptHere> {
        let kept = self.store.kept_session(usuario_id, cpf, ttl).await;
        kept.unwrap_or_else(|error| {
            tracing::warn!(error = in_a_line(&error), "kept session not read");
            None
        })
    }

    pub(super) fn open(&self, usuario_id: i32, cpf: &Cpf, kept: &KeptHere) -> Option<KeptSession> {
        let opened = sealed::open(&self.vault, usuario_id, cpf, &kept.sealed)?;
        // The row's own stamps count: they are of the clock that judges them.
        Some(KeptSession {
            generation: kept.generation,
            ..opened.kept(kept.expired)
        })
    }

    pub(super) fn seal(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        generation: i64,
        cookies: &str,
    ) -> Result<SessionUsed, VaultError> {
        let login = Login {
            generation,
            opened_at: DateTime::<Utc>::UNIX_EPOCH,
        };
        Ok(SessionUsed {
            cpf: cpf.clone(),
            generation,
            sealed: sealed::seal(&self.vault, usuario_id, cpf, login, cookies)?,
        })
    }

    pub(super) async fn put(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        generation: i64,
        cookies: &str,
    ) -> Result<(), KeepError> {
        let used = self.seal(usuario_id, cpf, generation, cookies)?;
        let used = self.store.session_used(cpf, generation, Some(&used.sealed));
        if used.await?.is_none() {
            tracing::debug!(generation, "another login has taken the session's place");
        }
        Ok(())
    }
}
