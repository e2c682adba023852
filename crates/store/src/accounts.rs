//! `configuracoes_detran`: the examiner's account at the portal, its credentials and what it is read for.

use chrono::{DateTime, Utc};

use super::pause::Pause;
use super::repeatable::repeatable;
use super::units::parse_units;
use super::{Store, StoreError};
use agendad_domain::{Cpf, PauseReason, WorkingDays};

/// An account, as a run needs it.
#[derive(Clone)]
pub struct Account {
    pub usuario_id: i32,
    /// CPF for the portal.
    pub cpf: Cpf,
    pub password: StoredPassword,
    /// Whether the portal has accepted these very credentials before.
    pub proven: bool,
    /// When the credentials last changed: recognises them.
    pub credentials_since: DateTime<Utc>,
    /// On which weekdays the examiner works.
    pub working_days: WorkingDays,
    /// Set while no login may be attempted.
    pub pause: Option<Pause>,
    /// Whether account and user are active.
    pub active: bool,
    /// Whether the schedule may run it.
    pub automatic: bool,
    /// The windows that apply to it; `None`: all.
    pub windows: Option<Vec<String>>,
    /// The units that are read, by code or name; `None`: all.
    pub units: Option<Vec<String>>,
}

impl Account {
    /// Of credentials that a caller brings and that are not stored.
    #[must_use]
    pub fn brought(usuario_id: i32, cpf: Cpf, password: String, working_days: WorkingDays) -> Self {
        Self {
            usuario_id,
            cpf,
            password: StoredPassword::Clear(password),
            proven: false,
            // No stored credentials are so old: none are paused or proven in their stead.
            credentials_since: DateTime::<Utc>::UNIX_EPOCH,
            working_days,
            pause: None,
            active: true,
            automatic: false,
            windows: None,
            units: None,
        }
    }

    /// Whether its credentials are a caller's, and stand in no row.
    #[must_use]
    pub fn is_brought(&self) -> bool {
        self.credentials_since == DateTime::<Utc>::UNIX_EPOCH
    }
}

/// A password at rest. Cannot print itself.
#[derive(Clone, PartialEq, Eq)]
pub enum StoredPassword {
    /// As the earlier application writes it.
    Clear(String),
    /// Sealed by the vault.
    Sealed(String),
    /// None stored.
    Missing,
}

impl StoredPassword {
    /// From the two columns; a clear one wins, because the earlier application has just written it.
    #[must_use]
    pub fn of(clear: Option<String>, sealed: Option<String>) -> Self {
        match (clear.filter(|text| !text.is_empty()), sealed) {
            (Some(clear), _) => Self::Clear(clear),
            (None, Some(sealed)) => Self::Sealed(sealed),
            (None, None) => Self::Missing,
        }
    }
}

impl std::fmt::Debug for StoredPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Clear(_) => "Clear(…)",
            Self::Sealed(_) => "Sealed(…)",
            Self::Missing => "Missing",
        })
    }
}

impl Store {
    /// The account of a user; `None` if there is none.
    ///
    /// # Errors
    /// [`StoreError::BadValue`] if CPF, working days or units cannot be understood; [`StoreError::Database`].
    pub async fn account(&self, usuario_id: i32) -> Result<Option<Account>, StoreError> {
        let account = || {
            sqlx::query!(
                r#"SELECT coalesce(c.cpf, '') AS "cpf!", c.senha, c.senha_cifrada, c.dias_trabalho,
                      c.pausa_motivo AS "reason: PauseReason", c.pausa_desde, c.pausa_ate,
                      c.credencial_mudada_em, c.credencial_aceita_em IS NOT NULL AS "proven!",
                      (c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE)) AS "paused!",
                      (coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)) AS "active!",
                      coalesce(c.sincronizacao_automatica, FALSE) AS "automatic!", c.janelas, c.unidades
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               WHERE c.usuario_id = $1"#,
                usuario_id,
            )
            .fetch_optional(&self.pool)
        };
        let Some(row) = repeatable(account).await? else {
            return Ok(None);
        };
        let bad = |what, source: Box<dyn std::error::Error + Send + Sync>| StoreError::BadValue {
            usuario_id,
            what,
            source,
        };
        let password = StoredPassword::of(row.senha, row.senha_cifrada);
        let pause = row.reason.filter(|_| row.paused).map(|reason| Pause {
            reason,
            since: row.pausa_desde,
            until: row.pausa_ate,
        });
        Ok(Some(Account {
            usuario_id,
            cpf: Cpf::parse(&row.cpf).map_err(|e| bad("the CPF", e.into()))?,
            password,
            proven: row.proven,
            credentials_since: row.credencial_mudada_em,
            working_days: WorkingDays::parse(row.dias_trabalho.as_deref())
                .map_err(|e| bad("the working days", e.into()))?,
            pause,
            active: row.active,
            automatic: row.automatic,
            windows: row.janelas,
            units: parse_units(row.unidades.as_deref()).map_err(|e| bad("the units", e.into()))?,
        }))
    }
}
