//! All that is stored of one candidate, and its erasure. A candidate is recognised by their CPF, whoever
//! the examiner is, and whether or not somebody took it for a number, without its leading zeros; a slot without one, as
//! the earlier system left some, by that of its appointment. No index helps: it is asked at the command line, and may
//! take its time.

use serde_json::Value;

use super::audit::{self, Action};
use super::{Store, StoreError};
use agendad_domain::{ActionKind, Cpf, Detail};

/// All that the database holds of a candidate.
#[derive(Debug, serde::Serialize)]
pub struct PersonStored {
    /// Rows of `agenda_slots`, whole.
    pub slots: Vec<Value>,
    /// Their rows of `agenda_slot_changes`, whole.
    pub changes: Vec<Value>,
    /// Their rows of the application's `agendamentos`, whole.
    pub appointments: Vec<Value>,
}

/// What an erasure did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Erased {
    /// Slots blanked.
    pub slots: i64,
    /// Of these, slots that the portal still lists: the next run stores them anew.
    pub still_listed: i64,
    /// Rows of the change log blanked.
    pub changes: i64,
    /// Appointments blanked.
    pub appointments: i64,
}

impl Store {
    /// Collects all that is stored of a candidate.
    pub async fn person(&self, cpf: &Cpf) -> Result<PersonStored, StoreError> {
        let slots = sqlx::query_scalar!(
            r#"SELECT to_jsonb(s) AS "row!" FROM agenda_slots s
               WHERE ltrim(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), '0') = ltrim($1, '0') AND s.payload ->> 'cpf' ~ '[0-9]'
                  OR coalesce(s.payload ->> 'cpf', '') !~ '[0-9]' AND s.payload ->> 'nome' IS DISTINCT FROM '(apagado)'
                     AND s.agendamento_id IN (
                         SELECT g.id FROM agendamentos g
                         WHERE ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim($1, '0') AND g.cpf ~ '[0-9]')
               ORDER BY s.data, s.hora, s.id"#,
            cpf.digits(),
        );
        let changes = sqlx::query_scalar!(
            r#"SELECT to_jsonb(c) AS "row!" FROM agenda_slot_changes c JOIN agenda_slots s ON s.id = c.slot_id
               WHERE ltrim(regexp_replace(s.payload ->> 'cpf', '\D', '', 'g'), '0') = ltrim($1, '0') AND s.payload ->> 'cpf' ~ '[0-9]'
                  OR coalesce(s.payload ->> 'cpf', '') !~ '[0-9]' AND s.payload ->> 'nome' IS DISTINCT FROM '(apagado)'
                     AND s.agendamento_id IN (
                         SELECT g.id FROM agendamentos g
                         WHERE ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim($1, '0') AND g.cpf ~ '[0-9]')
               ORDER BY c.id"#,
            cpf.digits(),
        );
        let appointments = sqlx::query_scalar!(
            r#"SELECT to_jsonb(g) AS "row!" FROM agendamentos g
               WHERE ltrim(regexp_replace(g.cpf, '\D', '', 'g'), '0') = ltrim($1, '0') AND g.cpf ~ '[0-9]'
               ORDER BY g.data_agendamento, g.id"#,
            cpf.digits(),
        );
        let mut tx = self.begin_long().await?;
        Ok(PersonStored {
            slots: slots.fetch_all(&mut *tx).await?,
            changes: changes.fetch_all(&mut *tx).await?,
            appointments: appointments.fetch_all(&mut *tx).await?,
        })
    }

    /// Blanks a candidate for good; with `appointments`, in the application's rows too. Written to the
    /// audit table in the same transaction.
    ///
    /// # Errors
    /// [`StoreError::Database`]; then nothing has changed.
    pub async fn erase_person(
        &self,
        cpf: &Cpf,
        appointments: bool,
        actor: &str,
    ) -> Result<Erased, StoreError> {
        let mut tx = self.begin_long().await?;
        let zone = self.zone.name();
        let counts = sqlx::query_file!("src/sql/erase_person.sql", cpf.digits(), zone)
            .fetch_one(&mut *tx)
            .await?;
        let mut erased = Erased {
            slots: counts.slots,
            still_listed: counts.still_listed,
            changes: counts.changes,
            appointments: 0,
        };
        if appointments {
            // What a person has written there may name them too.
            let blanked = sqlx::query!(
                "UPDATE agendamentos
                 SET nome = '(apagado)', cpf = NULL, telefone_fixo = NULL, telefone_celular = NULL, email = NULL,
                     observacoes = CASE WHEN observacoes ~ '^Importado automaticamente do DETRAN em [0-9/: ]+$'
                                        THEN observacoes END
                 WHERE ltrim(regexp_replace(cpf, '\\D', '', 'g'), '0') = ltrim($1, '0') AND cpf ~ '[0-9]'",
                cpf.digits(),
            );
            let blanked = blanked.execute(&mut *tx).await?.rows_affected();
            erased.appointments = i64::try_from(blanked).unwrap_or(i64::MAX);
        }
        let details = [
            Detail::Cpf.with(cpf.to_string()),
            Detail::Erased.with(erased),
        ];
        let action = Action::of_none(actor, ActionKind::PeopleErase, details);
        audit::commit_if(true, tx, &action).await?;
        Ok(erased)
    }
}
