//! Names that were decoded in the wrong charset: to store them would rename everybody.

use encoding_rs::WINDOWS_1252;

use agendad_domain::AgendaRow;
use agendad_domain::agenda::column;

/// # Errors
/// If every name with a letter beyond ASCII would read otherwise in UTF-8 (`JoÃ£o`), as a fragment.
pub(super) fn refuse(rows: &[AgendaRow]) -> Result<(), String> {
    let names = rows.iter().map(|row| row.column(column::NOME));
    let mut accented = names.filter(|name| !name.is_ascii()).peekable();
    if accented.peek().is_some() && accented.all(is_garbled) {
        return Err(
            "the names were decoded in the wrong charset: all of them would change in UTF-8"
                .to_owned(),
        );
    }
    Ok(())
}

fn is_garbled(name: &str) -> bool {
    let (bytes, _, unmappable) = WINDOWS_1252.encode(name);
    !unmappable && std::str::from_utf8(&bytes).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_garbled_if_its_bytes_are_another_name_in_utf_8() {
        for (name, garbled) in [
            ("JoÃ£o", true),
            ("João", false),
            ("JOSÃ‰", true),
            ("Ávila", false),
        ] {
            assert_eq!(is_garbled(name), garbled, "{name}");
        }
    }
}
