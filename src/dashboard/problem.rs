//! Pages that are not what was asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::language::Language;
use super::page::Page;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::vault::VaultError;

/// What went wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// No such examiner, run or page.
    NotFound,
    /// A form that is not of this session, or cannot be read.
    Form,
    /// The database does not answer.
    Database,
    /// Something else.
    Internal,
}

/// A page that says so.
#[derive(Debug)]
pub(super) struct PageError(Problem);

impl PageError {
    pub(super) fn of(problem: Problem) -> Self {
        Self(problem)
    }

    pub(super) fn show(self, language: Language) -> Response {
        let (status, title, advice) = self.0.words(language);
        let content = html! {
            section.door {
                h1 { (title) }
                p { (advice) }
                p { a href="/" { (language.say("Ir à visão geral", "Go to the overview")) } }
            }
        };
        let page = Page::open(language, title, "/").show(&content);
        (status, page).into_response()
    }
}

impl Problem {
    fn words(self, language: Language) -> (StatusCode, &'static str, &'static str) {
        match self {
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                language.say("Não encontrado", "Not found"),
                language.say(
                    "Não há nada neste endereço. Execuções antigas são apagadas depois de algum tempo (retention.runs).",
                    "There is nothing at this address. Old runs are deleted after some time (retention.runs).",
                ),
            ),
            Self::Form => (
                StatusCode::FORBIDDEN,
                language.say("Nada foi feito", "Nothing was done"),
                language.say(
                    "O pedido não veio de uma página aberta por você nesta sessão. Abra a página de novo e repita.",
                    "The request did not come from a page that you opened in this session. Open the page again and repeat it.",
                ),
            ),
            Self::Database => (
                StatusCode::SERVICE_UNAVAILABLE,
                language.say("O banco de dados não responde", "The database does not answer"),
                language.say(
                    "Sem ele o agendad espera e nada se perde. Veja se o PostgreSQL está no ar (agendad check diz o que falta).",
                    "Without it agendad waits and nothing is lost. See whether PostgreSQL is up (agendad check says what is missing).",
                ),
            ),
            Self::Internal => (
                StatusCode::INTERNAL_SERVER_ERROR,
                language.say("Erro interno", "Internal error"),
                language.say("O ocorrido está no log do agendad.", "What happened is in agendad's log."),
            ),
        }
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a page could not be shown");
        Self(match error {
            StoreError::Database(_) | StoreError::Encoding { .. } => Problem::Database,
            StoreError::RunClosed { .. }
            | StoreError::CpfTaken { .. }
            | StoreError::BadValue { .. } => Problem::Internal,
        })
    }
}

impl From<VaultError> for PageError {
    fn from(error: VaultError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a page could not be shown");
        Self(Problem::Internal)
    }
}
