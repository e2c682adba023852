//! A slot as the clinic needs it.

use chrono::{DateTime, NaiveDate, NaiveTime, Utc};

use agendad_domain::SlotStatus;

/// A slot as the clinic needs it.
#[derive(Clone)]
pub struct ClinicSlot {
    /// `agenda_slots.id`.
    pub id: i64,
    pub usuario_id: i32,
    pub examiner_name: String,
    pub data: NaiveDate,
    /// The hour, local time.
    pub hora: NaiveTime,
    /// Its state.
    pub status: SlotStatus,
    /// The unit's name; its code where that is not known.
    pub unit: String,
    /// Candidate's name, as the portal writes it.
    pub nome: Option<String>,
    /// Candidate's CPF, whole.
    pub cpf: Option<String>,
    /// Telephone numbers, as the portal writes them.
    pub telefone: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Kind of process.
    pub process: Option<String>,
    /// Licence category.
    pub categoria: Option<String>,
    /// Status of the medical exam.
    pub medical_exam: Option<String>,
    /// Status of the psychological exam.
    pub psychological_exam: Option<String>,
    pub first_seen_at: Option<DateTime<Utc>>,
    pub last_seen_at: Option<DateTime<Utc>>,
    /// Since when readings miss it, while its removal is held back.
    pub missing_since: Option<DateTime<Utc>>,
}

impl std::fmt::Debug for ClinicSlot {
    // It holds a person's data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ClinicSlot({} {} {})", self.id, self.data, self.hora)
    }
}
