//! The keys of the profile by which a page would have been known, for one that was not.

use super::ProfileKey;
use super::describe::key;
use crate::config::portal::Profile;
use crate::domain::text::fold;
use crate::portal::browser::document::Document;
use crate::portal::browser::page::Page;
use crate::portal::browser::reader;

pub(super) fn keys(page: &Page, profile: &Profile) -> Vec<ProfileKey> {
    let Some(document) = reader::read(&page.text) else {
        return Vec::new();
    };
    let links = [
        ("agenda_link", &profile.agenda_link),
        ("logout_link", &profile.logout_link),
    ];
    let fields = [
        ("login_user_field", &profile.login_user_field),
        ("login_password_field", &profile.login_password_field),
        ("unit_field", &profile.unit_field),
        ("reference_field", &profile.reference_field),
        ("date_field", &profile.date_field),
    ];
    let links = links
        .into_iter()
        .map(|(name, label)| key(name, label, has_link(&document, label)));
    let fields = fields
        .into_iter()
        .map(|(name, field)| key(name, field, has_field(&document, field)));
    links.chain(fields).collect()
}

fn has_link(document: &Document, label: &str) -> bool {
    let label = fold(label);
    document.links.iter().any(|link| link.label == label)
}

fn has_field(document: &Document, name: &str) -> bool {
    document.forms.iter().any(|form| form.field(name).is_some())
}
