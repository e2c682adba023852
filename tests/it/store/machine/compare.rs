//! Everything that is stored of the history's users, beside the model.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use sqlx::types::Json;

use super::history::USERS;
use super::model::{Model, Slot, State};

#[derive(sqlx::FromRow)]
struct StoredSlot {
    external_uid: String,
    usuario_id: i32,
    unidade_code: String,
    data: chrono::NaiveDate,
    hora: chrono::NaiveTime,
    status: String,
    is_current: bool,
    payload: Json<BTreeMap<String, String>>,
    content_hash: String,
    first_seen_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    removed: bool,
    missing: bool,
    missing_count: i16,
    agendamento_id: Option<i32>,
    agendamento_state: Option<String>,
    log: Vec<String>,
}

#[derive(sqlx::FromRow)]
struct StoredAppointment {
    id: i32,
    usuario_id: i32,
    nome: String,
    cpf: String,
    telefone_fixo: Option<String>,
    telefone_celular: Option<String>,
    data_agendamento: NaiveDateTime,
    status: String,
    convertido_em_paciente: bool,
}

const SLOTS: &str = "SELECT s.external_uid, s.usuario_id, s.unidade_code, s.data, s.hora, s.status, s.is_current,
        s.payload, s.content_hash, s.first_seen_at, s.last_seen_at, s.removed_at IS NOT NULL AS removed,
        s.missing_since IS NOT NULL AS missing, s.missing_count, s.agendamento_id, s.agendamento_state,
        ARRAY(SELECT kind FROM agenda_slot_changes c WHERE c.slot_id = s.id ORDER BY c.id) AS log
    FROM agenda_slots s WHERE s.usuario_id = ANY ($1) ORDER BY s.external_uid";

const APPOINTMENTS: &str =
    "SELECT id, usuario_id, nome, regexp_replace(cpf, '\\D', '', 'g') AS cpf, telefone_fixo,
        telefone_celular, data_agendamento, status, convertido_em_paciente
    FROM agendamentos WHERE usuario_id = ANY ($1) ORDER BY id";

macro_rules! same {
    ($left:expr, $right:expr, $($what:tt)*) => {
        if $left != $right {
            return Err(format!("{}: stored {:?}, expected {:?}", format!($($what)*), $left, $right));
        }
    };
}

/// Compares, and learns from the database what only it can know: ids and times.
pub(super) async fn compare(
    pool: &sqlx::PgPool,
    users: &[i32; USERS],
    model: &mut Model,
) -> Result<(), String> {
    let slots: Vec<StoredSlot> = sqlx::query_as(SLOTS)
        .bind(&users[..])
        .fetch_all(pool)
        .await
        .unwrap();
    let appointments: Vec<StoredAppointment> = sqlx::query_as(APPOINTMENTS)
        .bind(&users[..])
        .fetch_all(pool)
        .await
        .unwrap();
    same!(slots.len(), model.slots.len(), "slots");
    let mut ids = BTreeMap::new();
    for (stored, (uid, slot)) in slots.iter().zip(&mut model.slots) {
        same!(&stored.external_uid, uid, "identity");
        slot_is(stored, slot, users).map_err(|e| format!("{} {}: {e}", slot.minuto, slot.unit))?;
        if let (Some(a), Some(id)) = (slot.appointment, stored.agendamento_id) {
            same!(
                *ids.entry(a).or_insert(id),
                id,
                "one appointment has one id"
            );
        }
    }
    for (a, appointment) in model.appointments.iter_mut().enumerate() {
        if appointment.id.is_none() {
            appointment.id = ids.get(&a).copied();
        }
        if let Some(id) = ids.get(&a) {
            same!(appointment.id, Some(*id), "id of appointment {a}");
        }
    }
    appointments_are(&appointments, users, model)
}

fn slot_is(stored: &StoredSlot, slot: &mut Slot, users: &[i32; USERS]) -> Result<(), String> {
    same!(stored.usuario_id, users[slot.user], "user");
    same!(stored.unidade_code, slot.unit, "unit");
    same!(stored.data.and_time(stored.hora), slot.minuto, "time");
    same!(stored.status, slot.status.as_str(), "status");
    same!(stored.is_current, slot.is_current, "is_current");
    same!(stored.payload.0, slot.payload, "payload");
    same!(stored.content_hash, slot.content_hash, "hash");
    same!(stored.removed, !slot.is_current, "removed_at");
    same!(stored.missing, slot.missing_count > 0, "missing_since");
    same!(
        i32::from(stored.missing_count),
        slot.missing_count,
        "missing_count"
    );
    same!(
        stored.agendamento_id.is_some(),
        slot.appointment.is_some(),
        "has appointment"
    );
    same!(
        stored.agendamento_state.as_deref(),
        slot.state.map(state_text),
        "state"
    );
    same!(stored.log, slot.log, "change log");
    if let Some(first) = slot.first_seen_at.replace(stored.first_seen_at) {
        same!(stored.first_seen_at, first, "first_seen_at");
    }
    match slot.last_seen_at.replace(stored.last_seen_at) {
        Some(last) if slot.is_touched => same!((stored.last_seen_at > last), true, "seen now"),
        Some(last) => same!(stored.last_seen_at, last, "last_seen_at"),
        None => same!(
            stored.last_seen_at,
            stored.first_seen_at,
            "seen for the first time"
        ),
    }
    slot.is_touched = false;
    Ok(())
}

fn appointments_are(
    stored: &[StoredAppointment],
    users: &[i32; USERS],
    model: &mut Model,
) -> Result<(), String> {
    let alive: Vec<usize> = (0..model.appointments.len())
        .filter(|a| !model.appointments[*a].is_deleted)
        .collect();
    same!(stored.len(), alive.len(), "appointments");
    for a in alive {
        let appointment = &model.appointments[a];
        let of_it = stored.iter().find(|s| Some(s.id) == appointment.id);
        let Some(stored) = of_it else {
            return Err(format!("appointment {a} is not stored: {appointment:?}"));
        };
        same!(
            stored.usuario_id,
            users[appointment.user],
            "user of appointment {a}"
        );
        same!(stored.nome, appointment.nome, "name of appointment {a}");
        same!(stored.cpf, appointment.cpf, "CPF of appointment {a}");
        same!(
            stored.telefone_fixo,
            appointment.fixo,
            "landline of appointment {a}"
        );
        same!(
            stored.telefone_celular,
            appointment.celular,
            "mobile of appointment {a}"
        );
        same!(
            stored.data_agendamento,
            appointment.quando,
            "time of appointment {a}"
        );
        same!(
            stored.status,
            appointment.status,
            "status of appointment {a}"
        );
        same!(
            stored.convertido_em_paciente,
            appointment.is_patient,
            "patient of appointment {a}"
        );
    }
    Ok(())
}

fn state_text(state: State) -> &'static str {
    match state {
        State::Created => "created",
        State::Linked => "linked",
        State::Cancelled => "cancelled",
    }
}
