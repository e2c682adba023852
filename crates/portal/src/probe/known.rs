//! The keys of the profile by which a page would have been known, for one that was not.

use super::profile_key::{ProfileKey, key};
use crate::browser::document::Document;
use crate::browser::page::Page;
use crate::browser::reader;
use crate::request::Purpose;
use agendad_config::portal::Profile;
use agendad_domain::text::fold;

/// The fields and links that the answer to such a request should have, and whether it has them.
pub(super) fn of_purpose(purpose: Purpose, page: &Page, profile: &Profile) -> Vec<ProfileKey> {
    let Some(document) = reader::read(&page.text) else {
        return Vec::new();
    };
    let login = [
        ("method_field", &profile.method_field),
        ("login_user_field", &profile.login_user_field),
        ("login_password_field", &profile.login_password_field),
    ];
    let search = [
        ("method_field", &profile.method_field),
        ("unit_field", &profile.unit_field),
        ("examiner_field", &profile.examiner_field),
        ("reference_field", &profile.reference_field),
        ("date_field", &profile.date_field),
    ];
    let names: &[(&'static str, &String)] = match purpose {
        Purpose::Entry | Purpose::Agenda => &login,
        Purpose::Choice => &[("choice_unit_field", &profile.choice_unit_field)],
        Purpose::Login | Purpose::Search | Purpose::Dates | Purpose::Day => &search,
        Purpose::Logout => &[],
    };
    let named = names.iter().filter(|(_, name)| !name.is_empty());
    let mut keys: Vec<ProfileKey> = named
        .map(|(name, field)| key(name, field, has_field(&document, field)))
        .collect();
    if matches!(purpose, Purpose::Entry) {
        let label = &profile.agenda_link;
        keys.push(key("agenda_link", label, has_link(&document, label)));
    }
    keys
}

pub(super) fn has_link(document: &Document<'_>, label: &str) -> bool {
    let label = fold(label);
    document.links.iter().any(|link| link.label == label)
}

fn has_field(document: &Document<'_>, name: &str) -> bool {
    let in_forms = document.forms.iter().any(|form| form.field(name).is_some());
    in_forms || document.selects().any(|(field, _)| field.name == name)
}
