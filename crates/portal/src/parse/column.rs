//! A header cell's text to the key under which its column is stored.

use std::collections::HashMap;

use agendad_config::portal::Profile;
use agendad_domain::agenda::column::HORA;
use agendad_domain::text::{fold, folds_to, visible};

/// The headers that the profile names, folded.
pub(crate) struct ColumnNames<'a> {
    keys: HashMap<String, &'a str>,
    /// headers of the times, without colons and stars around them.
    times: Vec<String>,
}

impl<'a> ColumnNames<'a> {
    pub(crate) fn of(profile: &'a Profile) -> Self {
        let mut keys = HashMap::new();
        let mut times = Vec::new();
        for (key, headers) in &profile.columns {
            for header in headers.all() {
                keys.insert(bare(header), key.as_str());
                if key == HORA {
                    times.push(bare(header));
                }
            }
        }
        Self { keys, times }
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

    /// The same of a column with a header that stands below another.
    pub(crate) fn key_below(&self, above: &str, header: &str) -> String {
        self.key(&format!("{} {}", bare(above), bare(header)))
    }

    /// Whether the profile names columns of this key.
    pub(crate) fn is_key(&self, key: &str) -> bool {
        self.keys.values().any(|known| *known == key)
    }

    /// Whether this is the header of the times. Most cells are data, and need not be folded to know that they are not.
    pub(crate) fn is_time(&self, header: &str) -> bool {
        if !header.is_ascii() {
            return self.key(header) == HORA;
        }
        let header = header.trim_matches(is_around);
        let is_time = self.times.iter().any(|time| folds_to(header, time));
        // One header may be named for two columns.
        is_time && self.key(header) == HORA
    }
}

fn bare(header: &str) -> String {
    fold(&visible(header)).trim_matches(is_around).to_owned()
}

/// What may stand around a header.
fn is_around(c: char) -> bool {
    matches!(c, ':' | '*') || c.is_whitespace()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_headers_have_canonical_keys_and_others_keep_their_name() {
        let config = agendad_config::Config::shipped().unwrap();
        let names = ColumnNames::of(&config.portal.profile);
        for (header, expected) in [
            ("HORA", "hora"),
            ("E-mail:", "email"),
            ("Tipo de\u{a0}Processo", "tipo_processo"),
            ("Status do Exame Psicológico", "status_exame_psicologico"),
            ("Local da Prova", "local_da_prova"),
            (" ", ""),
            ("\u{feff}Ho\u{ad}ra\u{200b}", "hora"),
            ("Sala\u{200e} 2", "sala_2"),
            ("\u{200b}", ""),
        ] {
            assert_eq!(names.key(header), expected);
        }
        assert!(names.is_time("\u{200b}Hora") && !names.is_time("\u{200b}14:00"));
        assert!(names.is_time(" Hora: ") && !names.is_time("14:00"));
    }
}
