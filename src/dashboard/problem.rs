//! Pages that are not what was asked for.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::language::Language;
use super::page::Page;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::words::pages::problem as words;
pub(super) use crate::words::pages::problem::Problem;

/// A page that says so.
#[derive(Debug)]
pub(super) struct PageError(Problem);

impl PageError {
    pub(super) fn of(problem: Problem) -> Self {
        Self(problem)
    }

    pub(super) fn show(self, language: Language) -> Response {
        let (title, advice) = (
            language.say(words::title(self.0)),
            language.say(words::advice(self.0)),
        );
        let content = html! {
            section.door {
                h1 { (title) }
                p { (advice) }
                p { a href="/" { (language.say(words::GO_TO_OVERVIEW)) } }
            }
        };
        let page = Page::open(language, title, "/").show(&content);
        (status(self.0), page).into_response()
    }
}

const fn status(problem: Problem) -> StatusCode {
    match problem {
        Problem::NotFound => StatusCode::NOT_FOUND,
        Problem::Form => StatusCode::FORBIDDEN,
        Problem::Database => StatusCode::SERVICE_UNAVAILABLE,
        Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
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
