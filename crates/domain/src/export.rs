//! In which form the agenda leaves the program, and which list of it.

use strum::{EnumString, IntoStaticStr};

/// In which form.
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
    /// What was searched for.
    #[strum(serialize = "agenda-busca")]
    Search,
    /// What changed.
    #[strum(serialize = "agenda-mudancas")]
    Changes,
}
