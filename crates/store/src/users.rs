//! Adding and listing examiners: `usuarios` together with `configuracoes_detran`.

use chrono::{DateTime, Utc};
use sqlx::postgres::PgDatabaseError;

use super::accounts::StoredPassword;
use super::encoding::DatabaseEncoding;
use super::overview::OtherSessionSeen;
use super::settings::SettingsChange;
use super::shown_cpf::masked;
use super::units::{InvalidUnits, UnitRecord, parse_units};
use super::{Store, StoreError, Transaction, duplicates};
use agendad_domain::weekday::InvalidWorkingDays;
use agendad_domain::{Cpf, PauseReason, WorkingDays};

/// An examiner in a list.
#[derive(Debug, Clone, serde::Serialize)]
pub struct UserListed {
    pub usuario_id: i32,
    pub nome: String,
    /// CPF, masked when it is written out; `None`: what is stored is none.
    #[serde(serialize_with = "masked")]
    pub cpf: Option<Cpf>,
    /// Whether the daemon synchronises them: account and user active, automatic, not paused.
    pub scheduled: bool,
    /// Whether account and user are active.
    pub active: bool,
    /// Why no login is attempted.
    pub pause_reason: Option<PauseReason>,
    /// If another scheduled account has the same CPF and is older: its user.
    pub duplicate_of: Option<i32>,
    /// Until when; none while there is a reason: until somebody acts.
    pub pause_until: Option<DateTime<Utc>>,
    /// Working days; `None`: none are stored, and so every day.
    #[serde(serialize_with = "as_stored")]
    pub working_days: Option<Result<WorkingDays, InvalidWorkingDays>>,
    /// End of the last successful run.
    pub last_success: Option<DateTime<Utc>>,
    /// Current slots from today on.
    pub current_slots: i64,
    /// The examiner's own session at the portal, while it is met: nothing is read meanwhile.
    pub other_session: Option<OtherSessionSeen>,
    /// The units that the portal has offered, and when each was last read.
    pub units: Vec<UnitRecord>,
}

/// Days that cannot be understood are shown as they are stored, like all others.
fn as_stored<S: serde::Serializer>(
    days: &Option<Result<WorkingDays, InvalidWorkingDays>>,
    to: S,
) -> Result<S::Ok, S::Error> {
    match days {
        Some(Ok(days)) => to.serialize_str(&days.to_json()),
        Some(Err(invalid)) => to.serialize_str(&invalid.text),
        None => to.serialize_none(),
    }
}

/// An examiner who is to be.
#[derive(Debug, Clone, Copy)]
pub struct NewUser<'a> {
    /// The user to whom the account is given; `None`: a new one.
    pub usuario_id: Option<i32>,
    pub nome: &'a str,
    pub email: Option<&'a str>,
    /// CPF for the portal.
    pub cpf: &'a Cpf,
    pub working_days: WorkingDays,
}

/// Adds an examiner and their account, switched off, in the caller's transaction; returns the id.
///
/// # Errors
/// [`StoreError::CpfTaken`]; [`StoreError::UserRefused`]; [`StoreError::Database`].
pub async fn insert(
    tx: &mut Transaction,
    letters: DatabaseEncoding,
    new: &NewUser<'_>,
) -> Result<i32, StoreError> {
    duplicates::one_at_a_time(tx, new.cpf).await?;
    duplicates::refuse_taken(tx, new.cpf.digits(), new.usuario_id).await?;
    let usuario_id = match new.usuario_id {
        Some(id) => id,
        None => sqlx::query_scalar!(
            "INSERT INTO usuarios (nome, email) VALUES ($1, $2) RETURNING id",
            &letters.nearest(new.nome),
            new.email.map(|email| letters.nearest(email).into_owned()),
        )
        .fetch_one(&mut **tx)
        .await
        .map_err(|error| match refused_by(&error) {
            Some(by) => StoreError::UserRefused { by },
            None => error.into(),
        })?,
    };
    // Inactive until the password is sealed for this id: see `set_sealed_password`.
    sqlx::query!(
        "INSERT INTO configuracoes_detran (usuario_id, cpf, dias_trabalho, ativo) VALUES ($1, $2, $3, FALSE)",
        usuario_id,
        new.cpf.formatted(),
        new.working_days.to_json(),
    )
    .execute(&mut **tx)
    .await?;
    Ok(usuario_id)
}

/// What the application's table has against a new user. Not in the server's words, which may quote them.
fn refused_by(error: &sqlx::Error) -> Option<String> {
    let error = error.as_database_error()?;
    let details = error.try_downcast_ref::<PgDatabaseError>()?;
    let by = match details.code() {
        "23502" => details.column(),
        "23505" | "23514" => details.constraint(),
        "22001" => Some("nome, email"),
        _ => return None,
    };
    Some(by.unwrap_or("usuarios").to_owned())
}

/// Who an examiner is, as it is edited beside the [settings](super::settings) of the account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub nome: String,
    pub email: Option<String>,
    /// CPF for the portal, as stored.
    pub cpf: String,
    /// The units that are read, if what is stored can be understood; `None`: all.
    pub units: Result<Option<Vec<String>>, InvalidUnits>,
}

/// An account beside which a list of examiners is held.
#[derive(Debug, Clone)]
pub struct ExistingAccount {
    pub usuario_id: i32,
    pub nome: String,
    pub email: Option<String>,
    /// CPF for the portal, as stored.
    pub cpf: String,
    /// Working days, if what is stored can be understood.
    pub working_days: Result<WorkingDays, InvalidWorkingDays>,
    /// The windows that apply; `None`: all.
    pub windows: Option<Vec<String>>,
    /// The units that are read, if what is stored can be understood; `None`: all.
    pub units: Result<Option<Vec<String>>, InvalidUnits>,
    /// The password at rest.
    pub password: StoredPassword,
    /// When the credentials last changed: recognises them.
    pub credentials_since: DateTime<Utc>,
}

impl Store {
    /// All accounts, by user.
    pub async fn existing_accounts(&self) -> Result<Vec<ExistingAccount>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!", u.email, coalesce(c.cpf, '') AS "cpf!", c.dias_trabalho, c.janelas,
                      c.unidades, c.senha, c.senha_cifrada, c.credencial_mudada_em
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id ORDER BY c.usuario_id"#
        );
        let rows = rows.fetch_all(&self.pool).await?.into_iter();
        Ok(rows
            .map(|row| ExistingAccount {
                usuario_id: row.usuario_id,
                nome: row.nome,
                email: row.email.filter(|email| !email.is_empty()),
                cpf: row.cpf,
                working_days: WorkingDays::parse(row.dias_trabalho.as_deref()),
                windows: row.janelas,
                units: parse_units(row.unidades.as_deref()),
                password: StoredPassword::of(row.senha, row.senha_cifrada),
                credentials_since: row.credencial_mudada_em,
            })
            .collect())
    }

    /// Who an examiner is; `None` if there is no such account.
    pub async fn profile(&self, usuario_id: i32) -> Result<Option<Profile>, StoreError> {
        let row = sqlx::query!(
            r#"SELECT coalesce(u.nome, '') AS "nome!", u.email, coalesce(c.cpf, '') AS "cpf!", c.unidades AS units
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id WHERE c.usuario_id = $1"#,
            usuario_id,
        );
        let row = row.fetch_optional(&self.pool).await?;
        Ok(row.map(|row| Profile {
            nome: row.nome,
            email: row.email,
            cpf: row.cpf,
            units: parse_units(row.units.as_deref()),
        }))
    }

    /// Adds an examiner and their account in one transaction; returns the id. With `usuario_id`, the
    /// account is added to an existing user.
    ///
    /// # Errors
    /// [`StoreError::CpfTaken`] if another scheduled account has this CPF; [`StoreError::UserRefused`];
    /// [`StoreError::Database`].
    pub async fn add_user(
        &self,
        usuario_id: Option<i32>,
        nome: &str,
        email: Option<&str>,
        cpf: &Cpf,
        working_days: WorkingDays,
    ) -> Result<i32, StoreError> {
        let letters = self.encoding().await?;
        let mut tx = self.begin().await?;
        let new = NewUser {
            usuario_id,
            nome,
            email,
            cpf,
            working_days,
        };
        let usuario_id = insert(&mut tx, letters, &new).await?;
        tx.commit().await?;
        Ok(usuario_id)
    }

    /// Stores a sealed password, removes a clear one, and activates the account.
    pub async fn set_sealed_password(
        &self,
        usuario_id: i32,
        sealed: &str,
    ) -> Result<bool, StoreError> {
        let done = sqlx::query!(
            "UPDATE configuracoes_detran SET senha_cifrada = $2, senha = NULL, ativo = TRUE WHERE usuario_id = $1",
            usuario_id,
            sealed,
        )
        .execute(&self.pool)
        .await?;
        Ok(done.rows_affected() == 1)
    }

    /// Whether such a user exists.
    pub async fn user_exists(&self, usuario_id: i32) -> Result<bool, StoreError> {
        let found = sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM usuarios WHERE id = $1) AS "found!""#,
            usuario_id
        );
        Ok(found.fetch_one(&self.pool).await?)
    }

    /// Switches an account on or off. Returns whether there is one.
    ///
    /// # Errors
    /// [`StoreError::CpfTaken`] if it would be a second scheduled account of its CPF; [`StoreError::Database`].
    pub async fn set_active(&self, usuario_id: i32, active: bool) -> Result<bool, StoreError> {
        let change = SettingsChange {
            active: Some(active),
            ..SettingsChange::default()
        };
        self.change_settings(usuario_id, &change).await
    }

    /// All examiners with an account, by id.
    pub async fn list_users(
        &self,
        today: chrono::NaiveDate,
    ) -> Result<Vec<UserListed>, StoreError> {
        let rows = sqlx::query!(
            r#"SELECT c.usuario_id, coalesce(u.nome, '') AS "nome!", coalesce(c.cpf, '') AS "cpf!", c.dias_trabalho,
                      c.pausa_motivo AS "reason: PauseReason", c.pausa_ate,
                      (coalesce(c.ativo, TRUE) AND coalesce(u.ativo, TRUE)) AS "active!",
                      coalesce(c.sincronizacao_automatica, FALSE) AS "automatic!",
                      (c.pausa_motivo IS NOT NULL AND coalesce(c.pausa_ate > now(), TRUE)) AS "paused!",
                      c.ultima_sincronizacao AT TIME ZONE $2 AS last_success,
                      (SELECT count(*) FROM agenda_slots s
                       WHERE s.usuario_id = c.usuario_id AND s.data >= $1 AND s.is_current) AS "current_slots!",
                      CASE WHEN c.usuario_id > d.older THEN d.older END AS duplicate_of
               FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id
               LEFT JOIN (
                   SELECT s.usuario_id,
                          min(s.usuario_id) OVER (PARTITION BY ltrim(regexp_replace(s.cpf, '\D', '', 'g'), '0')) AS older
                   FROM configuracoes_detran s JOIN usuarios su ON su.id = s.usuario_id
                   WHERE coalesce(s.sincronizacao_automatica, FALSE) AND coalesce(s.ativo, TRUE)
                     AND coalesce(su.ativo, TRUE) AND s.cpf ~ '[1-9]') d ON d.usuario_id = c.usuario_id
               ORDER BY c.usuario_id"#,
            today,
            self.zone.name(),
        )
        .fetch_all(&self.pool)
        .await?;
        let mut units = self.units_of_all().await?;
        let mut others = self.other_sessions(None).await?;
        Ok(rows
            .into_iter()
            .map(|row| {
                // Stored a moment later than it is true, and taken away a moment later.
                let stored = row.reason.filter(|_| row.paused);
                let stored = stored.filter(|reason| *reason != PauseReason::DuplicateCpf);
                let second = row.duplicate_of.map(|_| PauseReason::DuplicateCpf);
                let pause_reason = stored.or(second);
                UserListed {
                    usuario_id: row.usuario_id,
                    nome: row.nome,
                    cpf: Cpf::parse(&row.cpf).ok(),
                    scheduled: row.active && row.automatic && pause_reason.is_none(),
                    active: row.active,
                    pause_until: row.pausa_ate.filter(|_| pause_reason.is_some()),
                    pause_reason,
                    duplicate_of: row.duplicate_of,
                    working_days: row
                        .dias_trabalho
                        .as_deref()
                        .map(|text| WorkingDays::parse(Some(text))),
                    last_success: row.last_success,
                    current_slots: row.current_slots,
                    other_session: others.remove(&row.usuario_id),
                    units: units.remove(&row.usuario_id).unwrap_or_default(),
                }
            })
            .collect())
    }
}
