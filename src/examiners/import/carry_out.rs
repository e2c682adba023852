//! Writing what was shown: one transaction, in which every examiner is written down under a name.

use secrecy::ExposeSecret;
use serde_json::json;

use super::plan::{Plan, Step};
use super::read::Wanted;
use crate::credentials::CredentialsError;
use crate::domain::import::{Counts, Field};
use crate::domain::{ActionKind, Cpf, Detail, Details, WorkingDays};
use crate::store::audit::{self, Action};
use crate::store::encoding::DatabaseEncoding;
use crate::store::settings::{self, SettingsChange};
use crate::store::users::{self, ExistingAccount, NewUser};
use crate::store::{Store, StoreError, Transaction};
use crate::vault::{Purpose, Vault};

/// What became of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Imported {
    /// Everything is written.
    Done(Counts),
    /// Somebody has changed an account since it was looked at; nothing is written.
    ChangedMeanwhile,
}

/// Carries a plan out, all of it or nothing. One in which a line is refused is not carried out.
///
/// # Errors
/// [`CredentialsError`]; then nothing has changed.
pub(crate) async fn carry_out(
    store: &Store,
    vault: &Vault,
    plan: &Plan,
    actor: &str,
) -> Result<Imported, CredentialsError> {
    let counts = plan.counts();
    if counts.refused > 0 {
        return Ok(Imported::ChangedMeanwhile);
    }
    let letters = store.encoding().await?;
    let tx = store.begin().await?;
    let mut import = Import {
        tx,
        letters,
        vault,
        actor,
    };
    for step in &plan.steps {
        let is_done = match step {
            Step::Add { nome, cpf, row } => import.add(nome, cpf, row).await,
            Step::Change {
                stored,
                fields,
                row,
            } => import.change(stored, fields, row).await,
        };
        match is_done {
            Ok(true) => {}
            // What was free when it was looked at has been taken.
            Ok(false) | Err(CredentialsError::Store(StoreError::CpfTaken { .. })) => {
                return Ok(Imported::ChangedMeanwhile);
            }
            Err(error) => return Err(error),
        }
    }
    let counted = [
        Detail::New.with(counts.new),
        Detail::Changed.with(counts.changed),
        Detail::Same.with(counts.same),
        Detail::Refused.with(counts.refused),
    ];
    import
        .record(ActionKind::UsersImport, None, counted)
        .await?;
    import.tx.commit().await.map_err(StoreError::from)?;
    Ok(Imported::Done(counts))
}

struct Import<'a> {
    tx: Transaction,
    letters: DatabaseEncoding,
    vault: &'a Vault,
    actor: &'a str,
}

impl Import<'_> {
    async fn add(&mut self, nome: &str, cpf: &Cpf, row: &Wanted) -> Result<bool, CredentialsError> {
        let new = NewUser {
            usuario_id: None,
            nome,
            email: row.email.as_deref(),
            cpf,
            working_days: row.days.unwrap_or(WorkingDays::ALL),
        };
        let id = users::insert(&mut self.tx, self.letters, &new).await?;
        let sealed = self.sealed(id, row)?;
        let units = units(row);
        let rest = SettingsChange {
            windows: windows(row),
            units: units.as_ref().map(Option::as_deref),
            sealed: sealed.as_deref(),
            // Without a password there is nothing to read with.
            active: sealed.is_some().then_some(true),
            ..SettingsChange::default()
        };
        let is_done = settings::apply(&mut self.tx, self.letters, id, &rest).await?;
        self.record(ActionKind::UsersAdd, Some(id), [Detail::Import.with(true)])
            .await?;
        Ok(is_done)
    }

    async fn change(
        &mut self,
        stored: &ExistingAccount,
        fields: &[Field],
        row: &Wanted,
    ) -> Result<bool, CredentialsError> {
        let id = stored.usuario_id;
        let has = |field: Field| fields.contains(&field);
        let sealed = if has(Field::Password) {
            self.sealed(id, row)?
        } else {
            None
        };
        let units = units(row);
        let change = SettingsChange {
            nome: row.nome.as_deref().filter(|_| has(Field::Name)),
            email: row.email.as_deref().filter(|_| has(Field::Email)).map(Some),
            working_days: row.days.filter(|_| has(Field::Days)),
            windows: windows(row).filter(|_| has(Field::Windows)),
            units: units
                .as_ref()
                .map(Option::as_deref)
                .filter(|_| has(Field::Units)),
            sealed: sealed.as_deref(),
            seen: Some(stored.credentials_since),
            ..SettingsChange::default()
        };
        let is_done = settings::apply(&mut self.tx, self.letters, id, &change).await?;
        let names: Vec<&str> = fields.iter().map(|field| field.code()).collect();
        let details = [Detail::Import.with(true), Detail::Fields.with(names)];
        self.record(ActionKind::UsersEdit, Some(id), details)
            .await?;
        Ok(is_done)
    }

    fn sealed(&self, id: i32, row: &Wanted) -> Result<Option<String>, CredentialsError> {
        let password = row.password.as_ref();
        let sealed = password.map(|password| {
            self.vault
                .seal(Purpose::Password, id, password.expose_secret())
        });
        Ok(sealed.transpose()?)
    }

    async fn record(
        &mut self,
        action: ActionKind,
        usuario_id: Option<i32>,
        details: impl Into<Details>,
    ) -> Result<(), StoreError> {
        let action = Action {
            actor: self.actor,
            action,
            usuario_id,
            details: details.into(),
        };
        audit::record(&mut self.tx, &action).await
    }
}

fn units(row: &Wanted) -> Option<Option<String>> {
    let units = row.units.as_ref();
    units.map(|units| units.as_ref().map(|units| json!(units).to_string()))
}

fn windows(row: &Wanted) -> Option<Option<&[String]>> {
    row.windows.as_ref().map(Option::as_deref)
}
