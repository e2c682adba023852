//! A stored CPF in a list that goes out as JSON.

use agendad_domain::Cpf;

/// Masked; what is stored and is no CPF is said to be invalid.
pub(super) fn masked<S: serde::Serializer>(cpf: &Option<Cpf>, to: S) -> Result<S::Ok, S::Error> {
    match cpf {
        Some(cpf) => to.collect_str(cpf),
        None => to.serialize_str("invalid"),
    }
}
