//! What became of what an operator asked for, told on the page to which they are sent back.

use axum::response::{IntoResponse, Redirect, Response};
use maud::{Markup, html};
use serde::Deserialize;

use super::language::Language;
use crate::domain::Role;
use crate::words::code::Code;
use crate::words::{Sentence, notice as words};

/// The query string of a page that tells what became of what was asked for.
#[derive(Debug, Default, Deserialize)]
pub(super) struct NoticeQuery {
    #[serde(default)]
    pub(super) aviso: String,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Notice {
    Paused,
    Resumed,
    CalendarRevoked,
    PasswordChanged,
    PasswordTried,
    PasswordOfOneOff,
    SamePassword,
    RefusedBefore,
    BadPassword,
    DaysChanged,
    Edited,
    NothingToEdit,
    SwitchedOn,
    SwitchedOff,
    MailsSaved,
    BadEmail,
    NoEmail,
    NothingTicked,
    /// A sync did not begin.
    NotBegun(Code),
}

impl Notice {
    /// As the address names it.
    fn code(self) -> String {
        match self {
            Self::Paused => "pausado".to_owned(),
            Self::Resumed => "retomado".to_owned(),
            Self::CalendarRevoked => "calendario-revogado".to_owned(),
            Self::PasswordChanged => "senha-guardada".to_owned(),
            Self::PasswordTried => "senha-guardada-lendo".to_owned(),
            Self::PasswordOfOneOff => "senha-guardada-desligado".to_owned(),
            Self::SamePassword => "mesma-senha".to_owned(),
            Self::RefusedBefore => "senha-ja-recusada".to_owned(),
            Self::BadPassword => "senha-invalida".to_owned(),
            Self::DaysChanged => "dias-guardados".to_owned(),
            Self::Edited => "perito-guardado".to_owned(),
            Self::NothingToEdit => "nada-mudou".to_owned(),
            Self::SwitchedOn => "ligado".to_owned(),
            Self::SwitchedOff => "desligado".to_owned(),
            Self::MailsSaved => "emails-guardados".to_owned(),
            Self::BadEmail => "email-invalido".to_owned(),
            Self::NoEmail => "sem-email".to_owned(),
            Self::NothingTicked => "nada-marcado".to_owned(),
            Self::NotBegun(code) => code.as_str().to_owned(),
        }
    }

    /// Back to the page of the examiner, which tells it.
    pub(super) fn redirect(self, usuario_id: i32) -> Response {
        back(&format!("/peritos/{usuario_id}"), &self.code())
    }

    /// The same, where a run can be watched that was begun with it.
    pub(super) fn redirect_to_run(self, usuario_id: i32, run: i64) -> Response {
        let code = self.code();
        let address = format!("/peritos/{usuario_id}?aviso={code}&execucao={run}");
        Redirect::to(&address).into_response()
    }

    /// Whether an address names it.
    pub(super) fn is(self, code: &str) -> bool {
        self.code() == code
    }

    fn of(code: &str) -> Option<Self> {
        let plain = [
            Self::Paused,
            Self::Resumed,
            Self::CalendarRevoked,
            Self::PasswordChanged,
            Self::PasswordTried,
            Self::PasswordOfOneOff,
            Self::SamePassword,
            Self::RefusedBefore,
            Self::BadPassword,
            Self::DaysChanged,
            Self::Edited,
            Self::NothingToEdit,
            Self::SwitchedOn,
            Self::SwitchedOff,
            Self::MailsSaved,
            Self::BadEmail,
            Self::NoEmail,
            Self::NothingTicked,
        ];
        plain
            .into_iter()
            .chain(Code::ALL.iter().copied().map(Self::NotBegun))
            .find(|notice| notice.code() == code)
    }

    /// Above the page.
    pub(super) fn show(self, language: Language, reader: Role) -> Markup {
        let bad = matches!(
            self,
            Self::NotBegun(_)
                | Self::RefusedBefore
                | Self::BadPassword
                | Self::BadEmail
                | Self::NoEmail
                | Self::NothingTicked
        );
        drawn(language.say(self.sentence(reader)), bad)
    }

    fn sentence(self, reader: Role) -> Sentence {
        match self {
            Self::Paused => words::PAUSED,
            Self::Resumed => words::RESUMED,
            Self::CalendarRevoked => words::CALENDAR_REVOKED,
            Self::PasswordChanged => words::PASSWORD_CHANGED,
            Self::PasswordTried => words::PASSWORD_TRIED,
            Self::PasswordOfOneOff => words::PASSWORD_OF_ONE_OFF,
            Self::SamePassword => words::SAME_PASSWORD,
            Self::RefusedBefore => words::REFUSED_BEFORE,
            Self::BadPassword => words::BAD_PASSWORD,
            Self::DaysChanged => words::DAYS_CHANGED,
            Self::Edited => words::EDITED,
            Self::NothingToEdit => words::NOTHING_TO_EDIT,
            Self::SwitchedOn => words::SWITCHED_ON,
            Self::SwitchedOff => words::SWITCHED_OFF,
            Self::MailsSaved => words::MAILS_SAVED,
            Self::BadEmail => words::BAD_EMAIL,
            Self::NoEmail => words::NO_EMAIL,
            Self::NothingTicked => words::NOTHING_TICKED,
            Self::NotBegun(code) => words::not_begun(code, reader),
        }
    }
}

/// The notice that the address names: nothing of the address itself is shown. Nothing, if there is none.
pub(super) fn show(code: &str, language: Language, reader: Role) -> Markup {
    if code.is_empty() {
        return html! {};
    }
    match Notice::of(code) {
        Some(notice) => notice.show(language, reader),
        None => drawn(language.say(words::failed(reader)), true),
    }
}

/// What is told, above a page.
pub(super) fn drawn(said: &str, bad: bool) -> Markup {
    html! { p.notice.bad[bad] role="status" { (said) } }
}

/// Back to a page, which tells it.
pub(super) fn back(page: &str, code: &str) -> Response {
    Redirect::to(&format!("{page}?aviso={code}")).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_address_is_repeated() {
        let shown = show("<script>", Language::English, Role::Operator).into_string();
        assert!(!shown.contains("script"), "{shown}");
        assert_eq!(
            Notice::NotBegun(Code::TooManySyncs).code(),
            "too_many_syncs"
        );
    }
}
