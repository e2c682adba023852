//! A header cell's text to the key under which its column is stored.

use std::collections::HashMap;

use crate::config::portal::Profile;
use crate::domain::agenda::column::HORA;
use crate::domain::text::fold;

/// The headers that the profile names, folded.
pub(crate) struct ColumnNames<'a> {
    keys: HashMap<String, &'a str>,
    longest_hour: usize,
}

impl<'a> ColumnNames<'a> {
    pub(crate) fn of(profile: &'a Profile) -> Self {
        let mut keys = HashMap::new();
        let mut longest_hour = 0;
        for (key, headers) in &profile.columns {
            for header in headers.all() {
                keys.insert(bare(header), key.as_str());
                if key == HORA {
                    longest_hour = longest_hour.max(header.len());
                }
            }
        }
        Self { keys, longest_hour }
    }

    /// The key of a known column, else the folded header with `_` for spaces. Empty for a header that says
    /// nothing.
    pub(crate) fn key(&self, header: &str) -> String {
        let bare = bare(header);
        match self.keys.get(&bare) {
            Some(key) => (*key).to_owned(),
            None => bare.replace(' ', "_"),
        }
    }

    /// Whether this is the header of the hours. Most cells are data: a look at their length spares folding them.
    pub(crate) fn is_hour(&self, header: &str) -> bool {
        header.len() <= self.longest_hour + 8 && self.key(header) == HORA
    }
}

fn bare(header: &str) -> String {
    let folded = fold(header);
    folded
        .trim_matches(|c: char| matches!(c, ':' | '*' | ' '))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_headers_have_canonical_keys_and_others_keep_their_name() {
        let config = crate::config::tests::shipped();
        let names = ColumnNames::of(&config.portal.profile);
        for (header, expected) in [
            ("HORA", "hora"),
            ("E-mail:", "email"),
            ("Tipo de\u{a0}Processo", "tipo_processo"),
            ("Status do Exame Psicológico", "status_exame_psicologico"),
            ("Local da Prova", "local_da_prova"),
            (" ", ""),
        ] {
            assert_eq!(names.key(header), expected);
        }
        assert!(names.is_hour(" Hora: ") && !names.is_hour("14:00"));
    }
}
