//! A header cell's text to the key under which its column is stored.

use crate::domain::agenda::column;
use crate::domain::text::fold;

/// The canonical key of a known column, else the folded header with `_` for spaces. Empty for a header
/// that says nothing.
pub(crate) fn key(header: &str) -> String {
    let folded = fold(header);
    let bare = folded.trim_matches(|c: char| matches!(c, ':' | '*' | ' '));
    match bare {
        "hora" => column::HORA,
        "cpf" => column::CPF,
        "nome" => column::NOME,
        "telefone" => column::TELEFONE,
        "e-mail" | "email" => column::EMAIL,
        "tipo de processo" => column::TIPO_PROCESSO,
        "categoria" => column::CATEGORIA,
        "status do exame medico" => column::STATUS_EXAME_MEDICO,
        "status do exame psicologico" => column::STATUS_EXAME_PSICOLOGICO,
        other => return other.replace(' ', "_"),
    }
    .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_headers_have_canonical_keys_and_others_keep_their_name() {
        for (header, expected) in [
            ("HORA", "hora"),
            ("E-mail:", "email"),
            ("Tipo de\u{a0}Processo", "tipo_processo"),
            ("Status do Exame Psicológico", "status_exame_psicologico"),
            ("Local da Prova", "local_da_prova"),
            (" ", ""),
        ] {
            assert_eq!(key(header), expected);
        }
    }
}
