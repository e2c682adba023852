//! The way in: the agenda login page, the login and its answers, the choice of a unit.

use axum::http::Method;

use super::answer::Answer;
use super::config::Refusal;
use super::faults::DialogSpelling;
use super::invent::Unit;
use super::pages::{self, Entry, Notices};
use super::people;
use super::routes::{Request, digits};
use super::sessions::{LoginOutcome, LoginRequest, Visitor};
use super::world::Login;

/// Field in which a redirect carries what a refused login is told.
const TOLD_FIELD: &str = "mensagem";

impl Request<'_> {
    /// The agenda login page, for the entry page's form, sent whole.
    pub(super) fn agenda_login(&self) -> Answer {
        let names = &self.world.config.names;
        let user = names.login_user_field.as_str();
        let form = [
            names.method_field.as_str(),
            "isCyberark",
            user,
            &names.login_password_field,
            "autenticadoCyberark",
            "cpfStorage",
            "novaSenha",
            "novaSenha1",
            "alteraSenha",
            "idGrupoUsuario",
            "idCFC",
            &names.choice_unit_field,
            "msgPublicacao",
            &names.force_field,
            user,
        ];
        let whole = if self.has_agenda_path() {
            self.received.is_at(&names.agenda_path)
        } else {
            self.received.method == Method::POST && self.received.has_all(&form)
        };
        let told = self.received.field(TOLD_FIELD).is_some();
        match &self.visitor {
            Some(visitor) if whole || told => {
                self.world.sessions.show_agenda_login(&visitor.id);
                self.login_page(&Notices::default())
            }
            Some(_) | None => self.entry_page(&Entry::default()),
        }
    }

    pub(super) fn login_page(&self, notices: &Notices) -> Answer {
        let names = &self.world.config.names;
        self.in_session(Answer::page(pages::login(names, notices, self.twist.login)))
    }

    /// Whether the request holds a password.
    pub(super) fn has_password(&self) -> bool {
        let password = self
            .received
            .field(&self.world.config.names.login_password_field);
        password.is_some_and(|password| !password.is_empty())
    }

    /// The login: right or wrong, alone or not, of one unit or several.
    pub(super) fn login(&self) -> Answer {
        let names = &self.world.config.names;
        let password = self.received.field(&names.login_password_field);
        let Some(visitor) = self.visitor.as_ref().filter(|v| v.at_agenda_login) else {
            return self.entry_page(&Entry::default());
        };
        let user = self
            .received
            .field(&names.login_user_field)
            .unwrap_or_default();
        let cpf = digits(user);
        if !self.is_whole_login() || !self.is_written_right(user, &cpf) {
            self.world.counters.login_refused(self.whose());
            return self.login_page(&Notices::default());
        }
        match self.world.login(&cpf, password.unwrap_or_default()) {
            Login::Wrong => self.refuse_login(false),
            Login::Blocked => self.refuse_login(true),
            Login::Welcome(examiner) => self.admit(visitor, examiner),
        }
    }

    fn is_whole_login(&self) -> bool {
        let names = &self.world.config.names;
        self.received.has_all(&[
            &names.method_field,
            "novaSenha",
            "novaSenha1",
            "alteraSenha",
            "idGrupoUsuario",
            "idCFC",
            &names.choice_unit_field,
            "msgPublicacao",
            "consultaAgenda",
            "autenticadoCyberark",
            &names.login_user_field,
            &names.login_password_field,
        ]) && self.received.field("consultaAgenda") == Some("true")
    }

    fn is_written_right(&self, user: &str, cpf: &str) -> bool {
        cpf.len() == 11
            && if self.world.config.names.login_user_format == "digits" {
                user == cpf
            } else {
                user == people::dotted(cpf)
            }
    }

    fn admit(&self, visitor: &Visitor, examiner: usize) -> Answer {
        let units = self.world.plan(examiner).units();
        let unit = match units.as_slice() {
            [only] => Some(*only),
            several => several
                .iter()
                .copied()
                .find(|unit| Some(self.choice_code(*unit).as_str()) == self.chosen()),
        };
        let wanted = LoginRequest {
            examiner,
            unit,
            force: self.is_forced(),
        };
        let counters = &self.world.counters;
        let sessions = &self.world.sessions;
        let opens = self.world.config.variants.login_opens_session && units.len() == 1;
        let opened = opens.then(|| sessions.open().id);
        let id = opened.as_ref().unwrap_or(&visitor.id);
        match (sessions.admit(id, wanted), unit) {
            (LoginOutcome::Elsewhere, _) => {
                counters.in_use(examiner);
                self.ask_about_other_session()
            }
            (LoginOutcome::In(ended), Some(unit)) => {
                counters.login(examiner, ended > 0);
                let page = self.search_page(examiner, unit, Notices::default());
                match opened {
                    Some(id) => page.opening(id),
                    None => page,
                }
            }
            (LoginOutcome::In(_), None) | (LoginOutcome::Choose(0), _) => {
                counters.choice();
                self.ask_for_unit()
            }
            (LoginOutcome::Choose(_), _) => {
                counters.forced(examiner);
                counters.choice();
                self.ask_for_unit()
            }
        }
    }

    fn chosen(&self) -> Option<&str> {
        self.received
            .field(&self.world.config.names.choice_unit_field)
    }

    fn choice_code(&self, unit: Unit) -> String {
        if self.world.config.variants.choice_has_own_codes {
            format!("7{}", unit.code)
        } else {
            unit.code.to_owned()
        }
    }

    /// The entry page, which asks whether the session elsewhere shall end.
    fn ask_about_other_session(&self) -> Answer {
        let [cpf, password] = self.credentials();
        let dialog = &self.world.config.names.session_dialog;
        self.entry_page(&opening(
            dialog,
            [cpf, password, "false"],
            self.twist.dialog,
        ))
    }

    /// The entry page, which opens the choice of a unit.
    fn ask_for_unit(&self) -> Answer {
        let [cpf, password] = self.credentials();
        let dialog = &self.world.config.names.choice_dialog;
        self.entry_page(&opening(
            dialog,
            ["false", cpf, password],
            self.twist.dialog,
        ))
    }

    /// CPF and password as the form brought them, as the portal writes them into its script.
    fn credentials(&self) -> [&str; 2] {
        let names = &self.world.config.names;
        [&names.login_user_field, &names.login_password_field]
            .map(|field| self.received.field(field).unwrap_or_default())
    }

    /// The choice of a unit. It is open to whoever has just logged in; the portal does not say whose units
    /// it shows, so neither does the request: the session remembers.
    pub(super) fn choice(&self) -> Answer {
        let chooser = self.visitor.as_ref().and_then(|visitor| visitor.chooser);
        let Some(examiner) = chooser else {
            return self.entry_page(&Entry::default());
        };
        let units: Vec<(String, &str)> = self
            .world
            .plan(examiner)
            .units()
            .into_iter()
            .map(|unit| (self.choice_code(unit), unit.name))
            .collect();
        Answer::page(pages::choice(&self.world.config.names, &units, &[]))
    }

    /// The choice of a unit that offers no unit, or asks for a profile besides.
    pub(super) fn odd_choice(&self, profiles: &[&str]) -> Answer {
        let names = &self.world.config.names;
        let units: &[(String, &str)] = &[
            ("18".to_owned(), "CIR-SAO PAULO"),
            ("781".to_owned(), "POUPATEMPO CANINDE"),
        ];
        let units = if profiles.is_empty() { &[] } else { units };
        Answer::page(pages::choice(names, units, profiles))
    }

    /// The agenda login page, saying that the password has to be changed.
    pub(super) fn ask_for_new_password(&self) -> Answer {
        let text = &self.world.config.names.change_password_texts;
        self.login_page(&Notices::error(text))
    }

    /// The agenda login page again, saying why, or not.
    fn refuse_login(&self, blocked: bool) -> Answer {
        self.refuse_login_by(self.world.config.variants.refusal, blocked)
    }

    pub(super) fn refuse_login_by(&self, refusal: Refusal, blocked: bool) -> Answer {
        let names = &self.world.config.names;
        let text = if blocked {
            &names.blocked_texts
        } else {
            &names.refused_texts
        };
        match refusal {
            Refusal::Errors => self.login_page(&Notices::error(text)),
            Refusal::Silent => self.login_page(&Notices::default()),
            Refusal::Alert => self.login_page(&Notices::alert(text)),
            Refusal::Redirect => Answer::redirect(302, &self.telling_address(text)),
        }
    }

    fn telling_address(&self, text: &str) -> String {
        let names = &self.world.config.names;
        let path = pages::path_of(&names.entry_path);
        let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
        let text: String = url::form_urlencoded::byte_serialize(&bytes).collect();
        format!(
            "{path}?{}={}&{TOLD_FIELD}={text}",
            names.method_field, names.agenda_method
        )
    }
}

/// An entry page that opens a dialog, its call written in this way.
fn opening(function: &str, arguments: [&str; 3], spelling: DialogSpelling) -> Entry {
    let quoted = |quote: char| {
        arguments.map(|text| {
            let text = text.replace('\\', "\\\\");
            let text = text.replace(quote, &format!("\\{quote}"));
            format!("{quote}{text}{quote}")
        })
    };
    let single = quoted('\'');
    let mut entry = Entry::default();
    let call = match spelling {
        DialogSpelling::Plain => format!("{function}({});", single.join(", ")),
        DialogSpelling::Double => format!("{function}({});", quoted('"').join(",")),
        DialogSpelling::Hex => {
            let [first, second, third] = arguments.map(in_hex);
            format!("{function}('{first}', '{second}', '{third}');")
        }
        DialogSpelling::Spaces => format!("{function}  (  {}  )  ;", single.join("  ,  ")),
        DialogSpelling::Lines => format!("{function}(\r\n\t{}\r\n);", single.join(",\r\n\t")),
        DialogSpelling::Defined => {
            entry.inline_dialogs = true;
            format!("{function}({});", single.join(", "))
        }
        DialogSpelling::Attribute => {
            let arguments = single.map(|text| text.replace('"', "&quot;").replace('\'', "&#39;"));
            entry.onload = Some(format!(" {function}({});", arguments.join(", ")));
            return entry;
        }
    };
    entry.call = Some(call);
    entry
}

fn in_hex(text: &str) -> String {
    let bytes = encoding_rs::WINDOWS_1252.encode(text).0;
    bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect()
}
