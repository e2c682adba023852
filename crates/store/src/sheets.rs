//! `agendad_sheets`: the secret addresses at which a spreadsheet fetches the agenda.

use chrono::{DateTime, Utc};

use super::audit::{self, Action};
use super::{Store, StoreError};
use agendad_domain::{ActionKind, Detail};

/// What an address serves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewSheet {
    /// What it is for.
    pub label: String,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<Vec<i32>>,
    /// So many days from today on.
    pub days: i16,
    /// With telephone numbers and e-mail addresses.
    pub telephones: bool,
    /// With CPFs, whole.
    pub cpfs: bool,
}

/// An address, without the address.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Sheet {
    /// Its number, for revoking it.
    pub id: i32,
    /// What it is for.
    pub label: String,
    /// Of these examiners; `None`: all.
    pub usuario_ids: Option<Vec<i32>>,
    /// So many days from today on.
    pub days: i16,
    /// With telephone numbers and e-mail addresses.
    pub telephones: bool,
    /// With CPFs, whole.
    pub cpfs: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    pub created_by: String,
    /// When it was last read, to within ten minutes.
    pub last_read_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Makes an address, of which this is the hash; written down in the same transaction. Returns its number.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn make_sheet(
        &self,
        sheet: &NewSheet,
        token_hash: &[u8; 32],
        actor: &str,
    ) -> Result<i32, StoreError> {
        let label = self.encoding().await?.nearest(&sheet.label).into_owned();
        let mut tx = self.begin().await?;
        let id = sqlx::query_scalar!(
            "INSERT INTO agendad_sheets (token_hash, label, usuario_ids, days, telephones, cpfs, created_by)
             VALUES ($1, $2, $3, $4, $5, $6, $7) RETURNING id",
            token_hash.as_slice(),
            label,
            sheet.usuario_ids.as_deref(),
            sheet.days,
            sheet.telephones,
            sheet.cpfs,
            actor,
        )
        .fetch_one(&mut *tx)
        .await?;
        let details = [
            Detail::Id.with(id),
            Detail::Days.with(sheet.days),
            Detail::Examiners.with(&sheet.usuario_ids),
            Detail::Telephones.with(sheet.telephones),
            Detail::Cpfs.with(sheet.cpfs),
        ];
        let action = Action::of_none(actor, ActionKind::SheetMake, details);
        audit::commit_if(true, tx, &action).await?;
        Ok(id)
    }

    /// Takes an address away; written down in the same transaction. Returns whether there was such a one.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn revoke_sheet(&self, id: i32, actor: &str) -> Result<bool, StoreError> {
        let mut tx = self.begin().await?;
        let done = sqlx::query!("DELETE FROM agendad_sheets WHERE id = $1", id)
            .execute(&mut *tx)
            .await?;
        let found = done.rows_affected() == 1;
        let action = Action::of_none(actor, ActionKind::SheetRevoke, [Detail::Id.with(id)]);
        audit::commit_if(found, tx, &action).await
    }

    /// All addresses, the oldest first.
    pub async fn sheets(&self) -> Result<Vec<Sheet>, StoreError> {
        let rows = sqlx::query_as!(
            Sheet,
            "SELECT id, label, usuario_ids, days, telephones, cpfs, created_at, created_by, last_read_at
             FROM agendad_sheets ORDER BY id"
        );
        Ok(rows.fetch_all(&self.pool).await?)
    }

    /// What the address with this hash serves, and notes that it was read.
    pub async fn sheet_of(&self, token_hash: &[u8; 32]) -> Result<Option<Sheet>, StoreError> {
        let row = sqlx::query_as!(
            Sheet,
            r#"WITH found AS (
                 SELECT * FROM agendad_sheets WHERE token_hash = $1
             ), noted AS (
                 UPDATE agendad_sheets k SET last_read_at = now()
                 FROM found f
                 WHERE k.id = f.id AND coalesce(f.last_read_at < now() - interval '10 minutes', TRUE)
             )
             SELECT id AS "id!", label AS "label!", usuario_ids, days AS "days!", telephones AS "telephones!",
                    cpfs AS "cpfs!", created_at AS "created_at!", created_by AS "created_by!", last_read_at
             FROM found"#,
            token_hash.as_slice(),
        );
        Ok(row.fetch_optional(&self.pool).await?)
    }
}
