//! Sessions in the database, beside the record of whose they are: shared by all daemons and commands, and still there
//! after a restart. Sealed before they leave the process.

use std::time::Duration;

use chrono::{DateTime, Utc};

use super::sealed::Login;
use super::{KeepError, KeptSession, sealed};
use crate::domain::Cpf;
use crate::domain::causes::in_a_line;
use crate::store::Store;
use crate::vault::Vault;

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

    pub(super) async fn get(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        ttl: Duration,
    ) -> Option<KeptSession> {
        match self.store.kept_session(usuario_id, cpf, ttl).await {
            Ok(kept) => {
                let kept = kept?;
                let opened = sealed::open(&self.vault, usuario_id, cpf, &kept.sealed)?;
                // The row's own stamps count: they are of the clock that judges them.
                Some(KeptSession {
                    generation: kept.generation,
                    ..opened.kept(kept.expired)
                })
            }
            Err(error) => {
                tracing::warn!(error = in_a_line(&error), "kept session not read");
                None
            }
        }
    }

    pub(super) async fn put(
        &self,
        usuario_id: i32,
        cpf: &Cpf,
        generation: i64,
        cookies: &str,
    ) -> Result<(), KeepError> {
        let login = Login {
            generation,
            opened_at: DateTime::<Utc>::UNIX_EPOCH,
        };
        let sealed = sealed::seal(&self.vault, usuario_id, cpf, login, cookies)?;
        let used = self.store.session_used(cpf, generation, Some(&sealed));
        if used.await?.is_none() {
            tracing::debug!(generation, "another login has taken the session's place");
        }
        Ok(())
    }
}
