//! A header cell's text to the key under which its column is stored.

use std::collections::HashMap;

use agendad_config::portal::Profile;
use agendad_domain::agenda::column::HORA;
use agendad_domain::text::{fold, folds_to, visible};

/// The headers that the profile names, folded.
pub(crate) struct ColumnNames<'a> {
    keys: HashMap<String, &'a str>,
    /// The same without any sign around them: what sorts by a column shows arrows there.
    bare_keys: HashMap<String, &'a str>,
    /// Headers of the times, without any sign around them.
    times: Vec<String>,
}

impl<'a> ColumnNames<'a> {
    pub(crate) fn of(profile: &'a Profile) -> Self {
        let (mut keys, mut bare_keys) = (HashMap::new(), HashMap::new());
        let mut times = Vec::new();
        for (key, headers) in &profile.columns {
            for header in headers.all() {
                let header = bare(header);
                let letters = header.trim_matches(is_sign);
                // Where it says nothing but signs, they are the header.
                if !letters.is_empty() {
                    let key = key.as_str();
                    bare_keys.entry(letters.to_owned()).or_insert(key);
                    if key == HORA {
                        times.push(letters.to_owned());
                    }
                }
                keys.insert(header, key.as_str());
            }
        }
        Self {
            keys,
            bare_keys,
            times,
        }
    }

    /// The key of a known column, else the folded header with `_` for spaces. Empty for a header that says
    /// nothing.
    pub(crate) fn key(&self, header: &str) -> String {
        let bare = bare(header);
        match self.known(&bare) {
            Some(key) => key.to_owned(),
            None => bare.replace(' ', "_"),
        }
    }

    /// The key of a known column, whatever signs stand around its header.
    fn known(&self, bare: &str) -> Option<&'a str> {
        let letters = || self.bare_keys.get(bare.trim_matches(is_sign));
        self.keys.get(bare).or_else(letters).copied()
    }

    /// The same of a column with a header that stands below another.
    pub(crate) fn key_below(&self, above: &str, header: &str) -> String {
        let (above, header) = (bare(above), bare(header));
        let letters = [&above, &header].map(|text| text.trim_matches(is_sign));
        match self.known(&letters.join(" ")) {
            Some(key) => key.to_owned(),
            None => self.key(&format!("{above} {header}")),
        }
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
        let header = header.trim_matches(is_sign);
        let is_time = self.times.iter().any(|time| folds_to(header, time));
        // One header may be named for two columns.
        is_time && self.key(header) == HORA
    }
}

fn bare(header: &str) -> String {
    fold(&visible(header)).trim_matches(is_around).to_owned()
}

/// What a header may be decorated with. Brackets and the like are those of a row that a script copies (`#{hora}`).
fn is_sign(c: char) -> bool {
    let is_arrow = !c.is_ascii() && !c.is_alphanumeric();
    is_around(c) || is_arrow || "^<>|+-./".contains(c)
}

/// What stands around a header and is no part of its name.
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

    #[test]
    fn what_sorts_by_a_known_column_does_not_rename_it() {
        let config = agendad_config::Config::shipped().unwrap();
        let names = ColumnNames::of(&config.portal.profile);
        let arrows = "▲ ▼ △ ▽ ▴ ▾ ↑ ↓ ↕ ⇅ ⬆ ⬇ « » ► ◄ ^ + - > | \u{f0de} \u{2b06}\u{fe0f} ▲▼";
        for arrow in arrows.split(' ') {
            for header in [format!("Hora {arrow}"), format!("{arrow}Hora")] {
                assert!(names.is_time(&header), "{header}");
                assert_eq!(names.key(&header), "hora");
            }
            let (above, header) = (format!("Status do {arrow}"), format!("Exame Médico{arrow}"));
            assert_eq!(names.key_below(&above, &header), "status_exame_medico");
        }
        // Other headers keep the names under which they are stored.
        for (header, key) in [("#", "#"), ("Obs.", "obs."), ("Sala (2)", "sala_(2)")] {
            assert_eq!(names.key(header), key);
        }
        assert!(!names.is_time("▲") && !names.is_time("--"));
        assert!(!names.is_time("#{hora}") && !names.is_time("{{ hora }}"));
    }
}
