//! A slot as other systems are given it: what the API answers and what is posted to webhooks are the same. Of a
//! candidate's data only what tells them apart.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::SlotStatus;
use crate::store::listing::SlotView;

#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct SlotBody {
    id: i64,
    usuario_id: Option<i32>,
    /// The unit.
    unidade: String,
    data: NaiveDate,
    /// Local time.
    #[schema(value_type = String, example = "14:00:00")]
    hora: NaiveTime,
    /// `available`, `booked` or `removed`.
    #[schema(value_type = String, example = "available")]
    status: SlotStatus,
    nome: Option<String>,
    /// Masked.
    #[schema(example = "***.982.247-**")]
    cpf: Option<String>,
    tipo_processo: Option<String>,
    first_seen_at: Option<DateTime<Utc>>,
    last_seen_at: Option<DateTime<Utc>>,
    removed_at: Option<DateTime<Utc>>,
    /// Its appointment.
    agendamento_id: Option<i32>,
}

impl From<SlotView> for SlotBody {
    fn from(slot: SlotView) -> Self {
        Self {
            id: slot.id,
            usuario_id: slot.usuario_id,
            unidade: slot.unidade_code,
            data: slot.data,
            hora: slot.hora,
            status: slot.status,
            nome: slot.nome,
            cpf: slot.cpf,
            tipo_processo: slot.processo,
            first_seen_at: slot.first_seen_at,
            last_seen_at: slot.last_seen_at,
            removed_at: slot.removed_at,
            agendamento_id: slot.agendamento_id,
        }
    }
}
