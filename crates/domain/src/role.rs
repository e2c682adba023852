//! What somebody who logs in may do.

use serde::Serialize;
use strum::{Display, EnumString, IntoStaticStr, VariantArray};

/// The role of somebody who logs in: `agendad_people.role`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Serialize, Display, EnumString, IntoStaticStr, VariantArray,
)]
pub enum Role {
    /// Receives the candidates: the clinic's day, and nothing that changes how it is read.
    #[serde(rename = "recepcao")]
    #[strum(serialize = "recepcao")]
    Reception,
    /// May do everything.
    #[serde(rename = "operador")]
    #[strum(serialize = "operador")]
    Operator,
    /// An examiner: their own agenda, and nobody else's.
    #[serde(rename = "perito")]
    #[strum(serialize = "perito")]
    Examiner,
}

impl Role {
    /// All roles.
    pub const ALL: &'static [Self] = Self::VARIANTS;
}
