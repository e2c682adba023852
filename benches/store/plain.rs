//! The yardstick for a first fill: one `INSERT … ON CONFLICT DO UPDATE` for each day, by the same client over the same
//! connections, into the same tables with the same indexes and foreign keys.
//!
//! What a day is, is the same for both: rows that the client has at hand, with identity and hash. Each plain statement
//! keeps as many of the promises as its name says, and none of the others: no fence, no guard, no look for appointments
//! that are there already.

use agendad::domain::{Appointment, Slot};
use sqlx::PgPool;

use super::fixture::{Agenda, UNIT};

/// What a plain statement writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Writes {
    Slots,
    /// And a row of the change log for each.
    Log,
    /// And an appointment for each, to which the slot is linked.
    Appointments,
}

const SLOTS: &str = "
INSERT INTO agenda_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
    external_uid, uid_version, payload, content_hash, first_seen_at, last_seen_at)
SELECT 'DETRAN', $1, $2, 'PERITO', $3, s.hora, s.status, TRUE, s.external_uid, 1, s.payload, s.content_hash, now(), now()
FROM unnest($4::text[], $5::text[], $6::time[], $7::text[], $8::jsonb[]) AS s (external_uid, content_hash, hora, status, payload)
ON CONFLICT (source, external_uid) DO UPDATE SET status = excluded.status, is_current = TRUE,
    payload = excluded.payload, content_hash = excluded.content_hash, last_seen_at = now()";

const LOGGED: &str = "
INSERT INTO agenda_slot_changes (slot_id, kind) SELECT id, 'inserted' FROM stored";

const APPOINTMENTS: &str = "
WITH made AS (
    INSERT INTO agendamentos (usuario_id, nome, cpf, telefone_fixo, telefone_celular, email, data_agendamento, contexto,
        tipo_transito, categoria_cnh, observacoes, status)
    SELECT $1, s.nome, s.cpf, s.fixo, s.celular, s.email, $3 + s.hora, 'Trânsito', s.tipo, s.categoria,
        'Importado automaticamente do DETRAN em ' || to_char(now(), 'DD/MM/YYYY HH24:MI'), 'agendado'
    FROM unnest($6::time[], $9::text[], $10::text[], $11::text[], $12::text[], $13::text[], $14::text[], $15::text[])
        AS s (hora, nome, cpf, fixo, celular, email, tipo, categoria)
    RETURNING id, data_agendamento
), stored AS (
    INSERT INTO agenda_slots (source, usuario_id, unidade_code, servico_code, data, hora, status, is_current,
        external_uid, uid_version, payload, content_hash, first_seen_at, last_seen_at, agendamento_id, agendamento_state)
    SELECT 'DETRAN', $1, $2, 'PERITO', $3, s.hora, s.status, TRUE, s.external_uid, 1, s.payload, s.content_hash, now(), now(),
        made.id, 'created'
    FROM unnest($4::text[], $5::text[], $6::time[], $7::text[], $8::jsonb[]) AS s (external_uid, content_hash, hora, status, payload)
    JOIN made ON made.data_agendamento = $3 + s.hora
    ON CONFLICT (source, external_uid) DO UPDATE SET status = excluded.status, is_current = TRUE,
        payload = excluded.payload, content_hash = excluded.content_hash, last_seen_at = now()
    RETURNING id
)";

impl Writes {
    fn sql(self) -> String {
        match self {
            Self::Slots => SLOTS.to_owned(),
            Self::Log => format!("WITH stored AS ({SLOTS} RETURNING id){LOGGED}"),
            Self::Appointments => format!("{APPOINTMENTS}{LOGGED}"),
        }
    }
}

/// Stores all days of an agenda.
pub(crate) async fn run(pool: &PgPool, agenda: &Agenda, writes: Writes) {
    let sql = writes.sql();
    for (day, reading) in agenda.readings.iter().enumerate() {
        let slots = agenda.slots(day);
        let texts = |of: fn(&Slot<'_>) -> String| slots.iter().map(of).collect::<Vec<_>>();
        let payloads: Vec<_> = slots
            .iter()
            .map(|slot| sqlx::types::Json(slot.payload))
            .collect();
        let query = sqlx::query(sqlx::AssertSqlSafe(sql.clone()))
            .bind(agenda.usuario_id)
            .bind(UNIT)
            .bind(reading.date)
            .bind(texts(|slot| slot.external_uid.clone()))
            .bind(texts(|slot| slot.content_hash.clone()))
            .bind(slots.iter().map(|slot| slot.time).collect::<Vec<_>>())
            .bind(texts(|slot| slot.status.as_str().to_owned()))
            .bind(payloads);
        let query = if writes == Writes::Appointments {
            let all: Vec<_> = slots.iter().map(|slot| Appointment::of(slot, "")).collect();
            let column = |of: fn(&Appointment) -> Option<String>| {
                all.iter().map(of).collect::<Vec<Option<String>>>()
            };
            query
                .bind(column(|a| Some(a.nome.clone())))
                .bind(column(|a| Some(a.cpf.clone())))
                .bind(column(|a| a.telefone_fixo.clone()))
                .bind(column(|a| a.telefone_celular.clone()))
                .bind(column(|a| a.email.clone()))
                .bind(column(|a| a.tipo_transito.clone()))
                .bind(column(|a| a.categoria_cnh.clone()))
        } else {
            query
        };
        query.execute(pool).await.unwrap();
    }
}
