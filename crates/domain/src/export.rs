//! In which form the agenda leaves the program, which list of it, and which columns.

use strum::{EnumString, IntoStaticStr};

#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
#[strum(serialize_all = "lowercase")]
pub enum ExportForm {
    /// On somebody's screen.
    Terminal,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
    /// For Excel.
    Xlsx,
}

/// A list that is not that of some days; its name is that of its file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, EnumString, IntoStaticStr)]
pub enum ExportedList {
    #[strum(serialize = "agenda-busca")]
    Search,
    #[strum(serialize = "agenda-mudancas")]
    Changes,
}

/// A column of a file; its key is for programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, IntoStaticStr)]
pub enum ExportColumn {
    /// The day of the slot.
    #[strum(serialize = "data")]
    Day,
    #[strum(serialize = "hora")]
    Hour,
    /// Who comes.
    #[strum(serialize = "candidato")]
    Candidate,
    /// Their numbers.
    #[strum(serialize = "telefones")]
    Telephones,
    /// Their e-mail address.
    #[strum(serialize = "e_mail")]
    Email,
    #[strum(serialize = "cpf")]
    Cpf,
    /// What they come for.
    #[strum(serialize = "processo")]
    Process,
    /// Of which licence.
    #[strum(serialize = "categoria")]
    Category,
    /// How the medical exam stands.
    #[strum(serialize = "exame_medico")]
    MedicalExam,
    /// How the psychological one does.
    #[strum(serialize = "exame_psicologico")]
    PsychologicalExam,
    /// What is known of the slot or of the day.
    #[strum(serialize = "situacao")]
    Status,
    /// To whom they come.
    #[strum(serialize = "perito")]
    Examiner,
    #[strum(serialize = "unidade")]
    Unit,
    /// Since when the slot is known.
    #[strum(serialize = "visto_desde")]
    FirstSeen,
    /// When it was read last.
    #[strum(serialize = "lido_em")]
    ReadAt,
    #[strum(serialize = "mudou_em")]
    ChangedAt,
    /// What the change is.
    #[strum(serialize = "mudanca")]
    What,
    /// Which fields changed.
    #[strum(serialize = "campos")]
    Fields,
}
