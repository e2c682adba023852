//! The names, addresses and texts of the portal. Their defaults are what was recorded, or assumed where
//! nothing was; a simulator with other ones stands for a portal that turned out otherwise.

use std::str::FromStr;

macro_rules! names {
    ($($(#[doc = $doc:literal])* $key:ident = $default:literal;)*) => {
        /// The names, addresses and texts. The fields are called as the keys of `[portal.profile]`.
        #[derive(Debug, Clone)]
        pub struct Names {
            $($(#[doc = $doc])* pub $key: String,)*
        }

        impl Default for Names {
            fn default() -> Self {
                Self { $($key: $default.to_owned(),)* }
            }
        }

        impl Names {
            fn field_mut(&mut self, key: &str) -> Option<&mut String> {
                match key {
                    $(stringify!($key) => Some(&mut self.$key),)*
                    _ => None,
                }
            }
        }

        const KEYS: &[&str] = &[$(stringify!($key)),*];
    };
}

names! {
    /// First page.
    entry_path = "/gefor/SGU/login.do?method=iniciarLogin";
    /// Value of the method field that asks for the agenda login.
    agenda_method = "iniciarLoginAgenda";
    /// Text of the link to the agenda login.
    agenda_link = "Consultar Agenda do Perito";
    /// Address of the agenda login; empty: there is none, the method above is posted.
    agenda_path = "";
    /// CPF field of the agenda login.
    login_user_field = "codigo";
    /// Password field of the agenda login.
    login_password_field = "senha";
    /// How that login takes the CPF: `punctuated` or `digits`.
    login_user_format = "punctuated";
    /// Function that asks whether the session elsewhere shall end.
    session_dialog = "openDialogNewSession";
    /// Field that ends the session elsewhere.
    force_field = "forceLogout";
    /// Function that opens the choice of a unit.
    choice_dialog = "openDialogChoice";
    /// Address of the choice of a unit.
    choice_path = "/gefor/SGU/login.do?method=openChoice";
    /// Field of the login that takes the chosen unit.
    choice_unit_field = "idUnidTransito";
    /// Unit field of the search form.
    unit_field = "idUnidadeTransitoConsulta";
    /// Hidden field of the search form that says which examiner it is.
    examiner_field = "idUsuarioMedicoConsulta";
    /// Reference-date field of the search form.
    reference_field = "dataReferencia";
    /// Date field of the search form.
    date_field = "data";
    /// How dates are written in lists and result pages: `%d` day, `%m` month, `%Y` year.
    date_format = "%d/%m/%Y";
    /// How else a reference date may be written.
    reference_format = "%d%m%Y";
    /// Hidden field that says what a form is for.
    method_field = "method";
    /// Its value to list dates.
    method_list_dates = "refreshAgendaMedicaByMedico";
    /// Its value to show a day; empty: that of the examiner's profession.
    method_search = "";
    /// Fields without which no dates are listed, split by `,`.
    list_fields = "method,idUsuarioMedicoConsulta,dataReferencia";
    /// Address at which the search page can be had again; empty: nowhere.
    search_path = "";
    /// Address that logs out.
    logout_path = "/gefor/SGU/login.do?method=finalizarLogin";
    /// Text of the menu's item that logs out.
    logout_link = "Sair";
    /// Title line of a psychologist's pages.
    psychologist_title = "Imprimir Agenda Diária do Psicólogo";
    /// Title line of a physician's pages.
    physician_title = "Imprimir Agenda Diária do Médico";
    /// `id` of the table of a day.
    table_id = "agenda";
    /// What stands before the date of a result page.
    date_label = "DATA:";
    /// Legend of a result page.
    result_legend = "Resultado";
    /// Heads of the table's columns, split by `,`.
    columns = "Hora,CPF,Nome,Telefone,E-mail,Tipo de Processo,Categoria,Status do Exame Médico,Status do Exame Psicológico";
    /// Said of a day without rows.
    empty_texts = "Nenhum agendamento encontrado para a data informada.";
    /// Said of a wrong CPF or password.
    refused_texts = "CPF ou senha inválidos.";
    /// Said of a blocked account.
    blocked_texts = "Usuário bloqueado. Procure a Unidade de Trânsito.";
    /// Said of a password that has to be changed.
    change_password_texts = "Sua senha expirou. É necessário alterar a senha.";
    /// Said of a session that is over, where that is said at all.
    expired_texts = "Sua sessão expirou. Efetue o login novamente.";
    /// Said while the portal is under maintenance.
    maintenance_texts = "Sistema em manutenção";
    /// Said by the firewall.
    firewall_texts = "Incapsula incident ID";
    /// Shown in place of a missing phone, e-mail or category.
    absent_texts = "NÃO INFORMADO";
    /// How an exam stands that is over, split by `,`.
    closing_statuses = "Realizado,Apto,Inapto";
    /// In the class of a CAPTCHA's element.
    captcha_marker = "captcha";
}

impl Names {
    /// Gives one name another value.
    pub fn rename(&mut self, rename: Rename) {
        if let Some(field) = self.field_mut(rename.key) {
            *field = rename.value;
        }
    }
}

/// One name and its new value, from the text `login_user_field=usuario`.
#[derive(Debug, Clone)]
pub struct Rename {
    key: &'static str,
    value: String,
}

/// A text that is not `KEY=VALUE` with a known key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not KEY=VALUE with a key of [portal.profile]: {}", KEYS.join(", "))]
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
        let key = KEYS
            .iter()
            .find(|known| **known == name.trim())
            .ok_or_else(invalid)?;
        let value = value.trim();
        if value.is_empty() {
            return Err(invalid());
        }
        Ok(Self {
            key,
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
    fn every_key_can_be_renamed() {
        for key in KEYS {
            let mut names = Names::default();
            names.rename(format!("{key}=outro").parse().unwrap());
            assert_eq!(names.field_mut(key).unwrap(), "outro");
        }
    }

    #[test]
    fn an_unknown_name_is_refused_with_the_known_ones() {
        for text in ["usuario=x", "login_user_field", "date_field="] {
            let error = text.parse::<Rename>().unwrap_err().to_string();
            assert!(error.contains("method_list_dates"), "{error}");
        }
    }
}
