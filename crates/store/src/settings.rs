//! `configuracoes_detran` as its examiner sees and changes it: everything but the password itself.

use chrono::{DateTime, Utc};

use super::audit::{self, Action};
use super::encoding::DatabaseEncoding;
use super::{Store, StoreError, Transaction, duplicates};
use agendad_domain::weekday::InvalidWorkingDays;
use agendad_domain::{Cpf, PauseReason, WorkingDays};

/// The settings of an account. Holds no password.
#[derive(Debug, Clone)]
pub struct Settings {
    /// CPF for the portal, as stored.
    pub cpf: String,
    /// Whether a password is stored, in whatever form.
    pub has_password: bool,
    /// Working days, if what is stored can be understood.
    pub working_days: Result<WorkingDays, InvalidWorkingDays>,
    /// Whether the schedule runs it.
    pub automatic: bool,
    /// Whether the account is active.
    pub active: bool,
    /// The windows that apply to it; `None`: all.
    pub windows: Option<Vec<String>>,
    /// Why no login is attempted, while there is a pause in force.
    pub pause_reason: Option<PauseReason>,
    pub pause_since: Option<DateTime<Utc>>,
    /// Until when; none while there is a reason: until somebody acts.
    pub pause_until: Option<DateTime<Utc>>,
    /// End of the last successful run.
    pub last_success: Option<DateTime<Utc>>,
}

/// What is to change; `None` leaves a setting as it is.
#[derive(Debug, Clone, Default)]
pub struct SettingsChange<'a> {
    /// CPF for the portal; new credentials, if it differs.
    pub cpf: Option<&'a Cpf>,
    pub nome: Option<&'a str>,
    /// E-mail; `Some(None)`: none.
    pub email: Option<Option<&'a str>>,
    /// The units that are read, as JSON of codes and names; `Some(None)`: all.
    pub units: Option<Option<&'a str>>,
    pub working_days: Option<WorkingDays>,
    /// Whether the schedule runs it.
    pub automatic: Option<bool>,
    /// Whether the account is active.
    pub active: Option<bool>,
    /// The windows that apply to it; `Some(None)`: all.
    pub windows: Option<Option<&'a [String]>>,
    /// A sealed password, which takes the place of a clear one too.
    pub sealed: Option<&'a str>,
    /// Change nothing if the credentials have changed since.
    pub seen: Option<DateTime<Utc>>,
    /// Written down in the same transaction.
    pub action: Option<&'a Action<'a>>,
}

/// A user of the application who asks for something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallingUser {
    /// Whether the user is active.
    pub active: bool,
    /// Their profile, where `usuarios` has that column.
    pub perfil: Option<String>,
}

impl Store {
    /// The user behind a token; `None` if there is none.
    pub async fn caller(&self, usuario_id: i32) -> Result<Option<CallingUser>, StoreError> {
        // By name, not the whole row: the daemon's role may not see the rest.
        let row = sqlx::query_as!(
            CallingUser,
            r#"SELECT coalesce(u.ativo, TRUE) AS "active!", u.perfil::text AS perfil
               FROM usuarios u WHERE u.id = $1"#,
            usuario_id,
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }

    /// The settings of an account; `None` if there is none.
    pub async fn settings(&self, usuario_id: i32) -> Result<Option<Settings>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT coalesce(c.cpf, '') AS "cpf!", (coalesce(c.senha, '') <> '' OR c.senha_cifrada IS NOT NULL) AS "has_password!",
                      c.dias_trabalho AS working_days, coalesce(c.sincronizacao_automatica, FALSE) AS "automatic!",
                      coalesce(c.ativo, TRUE) AS "active!", c.janelas AS windows,
                      CASE WHEN p.paused THEN c.pausa_motivo END AS "pause_reason: PauseReason",
                      CASE WHEN p.paused THEN c.pausa_desde END AS pause_since,
                      CASE WHEN p.paused THEN c.pausa_ate END AS pause_until,
                      -- Kept as local time, because the application has it so.
                      c.ultima_sincronizacao AT TIME ZONE $2 AS last_success
               FROM configuracoes_detran c,
                    LATERAL (SELECT c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE) AS paused) p
               WHERE c.usuario_id = $1"#,
            usuario_id,
            self.zone.name(),
        );
        let row = row.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| Settings {
            cpf: row.cpf,
            has_password: row.has_password,
            working_days: WorkingDays::parse(row.working_days.as_deref()),
            automatic: row.automatic,
            active: row.active,
            windows: row.windows,
            pause_reason: row.pause_reason,
            pause_since: row.pause_since,
            pause_until: row.pause_until,
            last_success: row.last_success,
        }))
    }

    /// Changes an account's settings, all of them or none. Returns whether it did: false if there is no
    /// account, or if its credentials have changed since `seen`.
    ///
    /// # Errors
    /// [`StoreError::CpfTaken`] if it would become a second scheduled account of its CPF; [`StoreError::Database`].
    pub async fn change_settings(
        &self,
        usuario_id: i32,
        change: &SettingsChange<'_>,
    ) -> Result<bool, StoreError> {
        let letters = self.encoding().await?;
        let mut tx = self.begin().await?;
        let is_changed = apply(&mut tx, letters, usuario_id, change).await?;
        if is_changed {
            tx.commit().await?;
        }
        Ok(is_changed)
    }
}

/// The same as [`Store::change_settings`] in the caller's transaction, which is to be rolled back if it did not.
///
/// # Errors
/// As there.
pub async fn apply(
    tx: &mut Transaction,
    letters: DatabaseEncoding,
    usuario_id: i32,
    change: &SettingsChange<'_>,
) -> Result<bool, StoreError> {
    let schedules =
        change.cpf.is_some() || change.active == Some(true) || change.automatic == Some(true);
    // Before the row, as whoever makes an account does: each would else wait for the other.
    if let Some(cpf) = change.cpf {
        duplicates::one_at_a_time(tx, cpf).await?;
    } else if schedules {
        duplicates::one_at_a_time_as_stored(tx, usuario_id).await?;
    }
    // A CPF that differs in its punctuation only is no new one.
    let row = sqlx::query!(
        r#"UPDATE configuracoes_detran
           SET cpf = CASE WHEN $2::text IS NULL
                               OR regexp_replace(cpf, '\D', '', 'g') = regexp_replace($2, '\D', '', 'g')
                          THEN cpf ELSE $2 END,
               dias_trabalho = coalesce($3, dias_trabalho),
               sincronizacao_automatica = coalesce($4, sincronizacao_automatica),
               ativo = coalesce($5, ativo),
               janelas = CASE WHEN $6 THEN $7::text[] ELSE janelas END,
               senha_cifrada = coalesce($8, senha_cifrada),
               senha = CASE WHEN $8::text IS NULL THEN senha END,
               unidades = CASE WHEN $10 THEN $11 ELSE unidades END
           WHERE usuario_id = $1 AND coalesce(credencial_mudada_em = $9, TRUE)
           RETURNING coalesce(cpf, '') AS "cpf!", coalesce(ativo, TRUE) AND coalesce(sincronizacao_automatica, FALSE) AS "scheduled!""#,
        usuario_id,
        change.cpf.map(Cpf::formatted),
        change.working_days.map(WorkingDays::to_json),
        change.automatic,
        change.active,
        change.windows.is_some(),
        change.windows.flatten() as _,
        change.sealed,
        change.seen,
        change.units.is_some(),
        change.units.flatten().map(|units| letters.nearest(units).into_owned()),
    )
    .fetch_optional(&mut **tx)
    .await?;
    let Some(row) = row else { return Ok(false) };
    if schedules && row.scheduled {
        // Whatever CPF was written until the row was ours.
        if let Ok(cpf) = Cpf::parse(&row.cpf) {
            duplicates::one_at_a_time(tx, &cpf).await?;
        }
        duplicates::refuse_taken(tx, &row.cpf, Some(usuario_id)).await?;
    }
    // The application's row, which not every role of the database may write: only where it must.
    if change.nome.is_some() || change.email.is_some() {
        sqlx::query!(
            "UPDATE usuarios SET nome = coalesce($2, nome), email = CASE WHEN $3 THEN $4 ELSE email END WHERE id = $1",
            usuario_id,
            change.nome.map(|nome| letters.nearest(nome).into_owned()),
            change.email.is_some(),
            change.email.flatten().map(|email| letters.nearest(email).into_owned()),
        )
        .execute(&mut **tx)
        .await?;
    }
    if let Some(action) = change.action {
        audit::record(tx, action).await?;
    }
    Ok(true)
}
