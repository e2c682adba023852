//! The forms of the recorded portal, field by field: what a form lacks, and what it has beside, is named.

use super::finding::{Finding, Topic};
use super::outline;
use crate::browser::form::Form;
use agendad_config::portal::Profile;

/// Which form it is.
#[derive(Clone, Copy)]
pub(super) enum Which {
    Entry,
    Login,
    Search,
}

impl Which {
    /// Its fields as they were recorded: what the profile calls them, with the key that says so, or as they are.
    fn recorded(self, profile: &Profile) -> Vec<(Option<&'static str>, &str)> {
        let common = [
            (Some("method_field"), profile.method_field.as_str()),
            (Some("login_user_field"), &profile.login_user_field),
            (Some("login_password_field"), &profile.login_password_field),
            (Some("choice_unit_field"), &profile.choice_unit_field),
            (None, "novaSenha"),
            (None, "novaSenha1"),
            (None, "alteraSenha"),
            (None, "idGrupoUsuario"),
            (None, "idCFC"),
            (None, "msgPublicacao"),
            (None, "autenticadoCyberark"),
        ];
        match self {
            Self::Entry => {
                let more = [
                    (Some("force_field"), profile.force_field.as_str()),
                    (None, "isCyberark"),
                    (None, "cpfStorage"),
                ];
                [common.as_slice(), &more].concat()
            }
            Self::Login => [common.as_slice(), &[(None, "consultaAgenda")]].concat(),
            Self::Search => vec![
                (Some("method_field"), &profile.method_field),
                (Some("unit_field"), &profile.unit_field),
                (Some("examiner_field"), &profile.examiner_field),
                (Some("reference_field"), &profile.reference_field),
                (Some("date_field"), &profile.date_field),
            ],
        }
    }
}

/// The fields of a form, and how they differ from those that were recorded.
pub(super) fn fields(form: &Form, which: Which, profile: &Profile) -> Vec<Finding> {
    let recorded = which.recorded(profile);
    let mut found = vec![outline::fields(form)];
    let mut unexpected: Vec<&str> = form
        .fields
        .iter()
        .map(|field| field.name.as_str())
        .filter(|name| !name.is_empty() && recorded.iter().all(|(_, known)| known != name))
        .collect();
    unexpected.dedup();
    let missing = recorded
        .iter()
        .filter(|(_, name)| !name.is_empty() && form.field(name).is_none());
    let missing: Vec<String> = missing
        .map(|(key, name)| match key {
            Some(key) => format!("{name} (portal.profile.{key})"),
            None => (*name).to_owned(),
        })
        .collect();
    if !unexpected.is_empty() {
        let names = unexpected.join(", ");
        found.push(Topic::NewFields.of(format!("{names}; they are sent as they come")));
    }
    if !missing.is_empty() {
        found.push(Topic::MissingFields.of(missing.join(", ")));
    }
    found
}
