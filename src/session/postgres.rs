//! Sessions in the database, beside the record of whose they are: shared by all daemons and commands, and still there
//! after a restart. Sealed before they leave the process.

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use super::kept::{KeepError, KeptSession, SessionMark};
use super::sealed::{self, Login};
use crate::domain::Cpf;
use crate::domain::causes::in_a_line;
use crate::store::Store;
use crate::store::kept_sessions::KeptHere;
use crate::store::runs::SessionUsed;
use crate::vault::{Vault, VaultError, sealing_key};

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
        let session = opened.kept(kept.expired);
        let by_this_key = sealing_key(&kept.sealed) == Some(&*self.vault.key_id());
        let cookies = session.cookies.expose_secret();
        // The row's own stamps count: they are of the clock that judges them.
        Some(KeptSession {
            generation: kept.generation,
            mark: by_this_key.then(|| SessionMark::of(kept.generation, cookies)),
            ..session
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
            sealed: Some(sealed::seal(&self.vault, usuario_id, cpf, login, cookies)?),
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
        let sealed = used.sealed.as_deref();
        let used = self.store.session_used(cpf, generation, sealed);
        if used.await?.is_none() {
            tracing::debug!(generation, "another login has taken the session's place");
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_session_sealed_with_a_key_that_was_replaced_is_opened_but_sealed_anew() {
        let dir = tempfile::tempdir().unwrap();
        let vault = Vault::open(None, dir.path()).unwrap();
        let sessions = Postgres::new(Store::nowhere(), vault.clone());
        let cpf = Cpf::parse("52998224725").unwrap();
        let here = KeptHere {
            generation: 3,
            sealed: sessions.seal(1, &cpf, 3, "cookie").unwrap().sealed.unwrap(),
            expired: false,
        };
        let kept = sessions.open(1, &cpf, &here).unwrap();
        assert_eq!(kept.mark, Some(SessionMark::of(3, "cookie")));

        vault.add_key(|_| false).unwrap();
        let kept = sessions.open(1, &cpf, &here).unwrap();
        assert_eq!(kept.cookies.expose_secret(), "cookie");
        assert_eq!(kept.mark, None);
    }
}
