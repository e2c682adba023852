//! The words and addresses of the portal that were assumed, not observed. Their defaults are those of
//! the portal profile; a simulator with other ones stands for a portal that turned out otherwise.

use std::str::FromStr;

/// The assumed words and addresses. The fields are called as the keys of `[portal.profile]`.
#[derive(Debug, Clone)]
pub struct Names {
    /// First page.
    pub entry_path: String,
    /// Text of the link to the agenda.
    pub agenda_link: String,
    /// Address of the agenda.
    pub agenda_path: String,
    /// CPF field of the agenda login.
    pub login_user_field: String,
    /// Password field of the agenda login.
    pub login_password_field: String,
    /// Unit field of the search form.
    pub unit_field: String,
    /// Reference-date field of the search form.
    pub reference_field: String,
    /// Date field of the search form.
    pub date_field: String,
    /// Hidden field that says what a form is for.
    pub method_field: String,
    /// Its value to list dates.
    pub method_list_dates: String,
    /// Its value to show a date.
    pub method_search: String,
    /// Text of the link that logs out.
    pub logout_link: String,
}

impl Default for Names {
    fn default() -> Self {
        Self {
            entry_path: "/gefor/SGU/login.do?method=iniciarLogin".into(),
            agenda_link: "Consultar Agenda do Perito".into(),
            agenda_path: "/gefor/GFR/utilitarios/imprimirAgendaDiaria.do".into(),
            login_user_field: "codigo".into(),
            login_password_field: "senha".into(),
            unit_field: "unidade".into(),
            reference_field: "dataReferencia".into(),
            date_field: "dataAgendamento".into(),
            method_field: "method".into(),
            method_list_dates: "carregarDatas".into(),
            method_search: "pesquisar".into(),
            logout_link: "Sair".into(),
        }
    }
}

impl Names {
    /// Gives one name another value.
    pub fn rename(&mut self, rename: Rename) {
        let field = match rename.key {
            Key::EntryPath => &mut self.entry_path,
            Key::AgendaLink => &mut self.agenda_link,
            Key::AgendaPath => &mut self.agenda_path,
            Key::LoginUserField => &mut self.login_user_field,
            Key::LoginPasswordField => &mut self.login_password_field,
            Key::UnitField => &mut self.unit_field,
            Key::ReferenceField => &mut self.reference_field,
            Key::DateField => &mut self.date_field,
            Key::MethodField => &mut self.method_field,
            Key::MethodListDates => &mut self.method_list_dates,
            Key::MethodSearch => &mut self.method_search,
            Key::LogoutLink => &mut self.logout_link,
        };
        *field = rename.value;
    }
}

/// One name and its new value, from the text `login_user_field=usuario`.
#[derive(Debug, Clone)]
pub struct Rename {
    key: Key,
    value: String,
}

#[derive(Debug, Clone, Copy)]
enum Key {
    EntryPath,
    AgendaLink,
    AgendaPath,
    LoginUserField,
    LoginPasswordField,
    UnitField,
    ReferenceField,
    DateField,
    MethodField,
    MethodListDates,
    MethodSearch,
    LogoutLink,
}

const KEYS: [(&str, Key); 12] = [
    ("entry_path", Key::EntryPath),
    ("agenda_link", Key::AgendaLink),
    ("agenda_path", Key::AgendaPath),
    ("login_user_field", Key::LoginUserField),
    ("login_password_field", Key::LoginPasswordField),
    ("unit_field", Key::UnitField),
    ("reference_field", Key::ReferenceField),
    ("date_field", Key::DateField),
    ("method_field", Key::MethodField),
    ("method_list_dates", Key::MethodListDates),
    ("method_search", Key::MethodSearch),
    ("logout_link", Key::LogoutLink),
];

/// A text that is not `KEY=VALUE` with a known key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not KEY=VALUE with a key of [portal.profile]: {}", KEYS.map(|(name, _)| name).join(", "))]
pub struct InvalidRename {
    text: String,
}

impl FromStr for Rename {
    type Err = InvalidRename;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let invalid = || InvalidRename {
            text: text.to_owned(),
        };
        let (name, value) = text.split_once('=').ok_or_else(invalid)?;
        let (_, key) = KEYS
            .iter()
            .find(|(known, _)| *known == name.trim())
            .ok_or_else(invalid)?;
        let value = value.trim();
        if value.is_empty() {
            return Err(invalid());
        }
        Ok(Self {
            key: *key,
            value: value.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_can_be_given_another_value() {
        let mut names = Names::default();
        names.rename("login_user_field=usuario".parse().unwrap());
        names.rename("entry_path=/novo/login.do?method=abrir".parse().unwrap());
        assert_eq!(names.login_user_field, "usuario");
        assert_eq!(names.entry_path, "/novo/login.do?method=abrir");
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        for text in ["usuario=x", "login_user_field", "date_field="] {
            let error = text.parse::<Rename>().unwrap_err().to_string();
            assert!(error.contains("method_list_dates"), "{error}");
        }
    }
}
