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
    !option.disabled && !search::is_placeholder(option)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::reader;

    #[test]
    fn what_cannot_be_chosen_is_no_unit_and_asks_nothing() {
        let profile = *agendad_config::Config::shipped().unwrap().portal.profile;
        let page = format!(
            "<form><select name={}><option value=7>CIR-A<option value=8 disabled>CIR-B</select>\
             <select name=perfil><option value=1>Perito<option value=2 disabled>Gestor</select></form>",
            profile.choice_unit_field
        );
        let document = reader::read(&page).unwrap();
        let units = find(&document, &profile).unwrap().unwrap();
        let codes: Vec<&str> = units.iter().map(|unit| &*unit.code).collect();
        assert_eq!(codes, ["7"]);
    }
}
