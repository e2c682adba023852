//! The page on which an examiner of several units chooses one.

use super::browser::document::Document;
use super::browser::form::Choice;
use super::search;
use agendad_config::portal::Profile;
use agendad_domain::Unit;

/// The units of the choice page in a document, if it is one.
///
/// `Err` says what is wrong with it, as a fragment.
pub(super) fn find(
    document: &Document<'_>,
    profile: &Profile,
) -> Option<Result<Vec<Unit>, String>> {
    let name = &profile.choice_unit_field;
    let (_, options) = document.selects().find(|(field, _)| field.name == *name)?;
    let other = document.selects().find(|(field, options)| {
        field.name != *name && options.iter().filter(|option| is_real(option)).count() > 1
    });
    Some(match other {
        Some((field, _)) => Err(format!(
            "the choice page asks for `{}` too, which nobody has told us how to answer",
            field.name
        )),
        None => Ok(search::units(options)),
    })
}

fn is_real(option: &Choice) -> bool {
    !search::is_placeholder(option)
}
