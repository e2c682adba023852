//! What roles are called.

use super::{Sentence, both};
use crate::domain::Role;

pub(crate) const fn name(role: Role) -> Sentence {
    match role {
        Role::Reception => both("recepção", "reception"),
        Role::Operator => both("operador", "operator"),
        Role::Examiner => both("perito", "examiner"),
    }
}

/// What somebody with this role can do.
pub(crate) const fn what(role: Role) -> Sentence {
    match role {
        Role::Reception => both(
            "vê e busca a agenda do dia, imprime, exporta, pede uma leitura",
            "sees and searches the clinic's day, prints, exports, asks for a reading",
        ),
        Role::Operator => both(
            "pode tudo, também cuidar das pessoas",
            "may do everything, people included",
        ),
        Role::Examiner => both("vê só a própria agenda", "sees their own agenda only"),
    }
}
