//! What goes wrong, as clients see it: a status, a stable `code`, and a sentence in Portuguese.

use std::time::Duration;

use axum::Json;
use axum::http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::FailureKind;
use crate::domain::causes::in_a_line;
use crate::store::StoreError;
use crate::vault::VaultError;
use crate::words::api as words;
pub(crate) use crate::words::code::Code;
use crate::words::{Language, Sentence, Shown};

/// The application is Portuguese.
const LANGUAGE: Language = Language::Portuguese;

/// An answer that is not what was asked for.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    code: Code,
    message: Option<String>,
    run_id: Option<i64>,
    retry_after: Option<Duration>,
    allow: Option<HeaderValue>,
}

/// The body of every answer that is not what was asked for.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ErrorBody {
    /// What happened, in Portuguese, for the person in front of the screen.
    #[schema(
        example = "O portal do DETRAN está indisponível no momento. Tente novamente em alguns minutos."
    )]
    pub(crate) error: String,
    /// What happened, for programs.
    pub(crate) code: Code,
    /// The run that failed, if one took place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) run_id: Option<i64>,
}

impl ApiError {
    pub(crate) fn of(code: Code) -> Self {
        Self {
            code,
            message: None,
            run_id: None,
            retry_after: None,
            allow: None,
        }
    }

    /// A wrong value, and what would be right.
    pub(crate) fn input<T: Into<String> + Shown>(sentence: Sentence<T>) -> Self {
        Self::of(Code::Input).because(sentence)
    }

    pub(crate) fn failed_sync(kind: FailureKind, run_id: i64) -> Self {
        Self {
            run_id: Some(run_id),
            ..Self::of(Code::of(kind))
        }
    }

    /// What happened, for programs.
    pub(crate) fn code(&self) -> Code {
        self.code
    }

    /// Another sentence than the code's own.
    pub(crate) fn because<T: Into<String> + Shown>(mut self, sentence: Sentence<T>) -> Self {
        self.message = Some(LANGUAGE.say(sentence).into());
        self
    }

    pub(crate) fn retry_after(mut self, rest: Duration) -> Self {
        self.retry_after = Some(rest);
        self
    }

    /// The methods that a path does have.
    pub(crate) fn allow(mut self, methods: Option<HeaderValue>) -> Self {
        self.allow = methods;
        self
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a request failed");
        match error {
            StoreError::Database(_)
            | StoreError::Encoding { .. }
            | StoreError::UserRefused { .. }
            | StoreError::RunClosed { .. } => Self::of(Code::Database),
            StoreError::CpfTaken { usuario_id } => {
                Self::of(Code::DuplicateCpf).because(words::cpf_taken(usuario_id))
            }
            StoreError::BadValue { .. } => {
                Self::of(Code::Internal).because(words::UNREADABLE_VALUE)
            }
        }
    }
}

impl From<VaultError> for ApiError {
    fn from(error: VaultError) -> Self {
        tracing::warn!(error = in_a_line(&error), "a request failed");
        Self::of(Code::Internal)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code;
        let body = ErrorBody {
            error: self
                .message
                .unwrap_or_else(|| LANGUAGE.say(code.message()).to_owned()),
            code,
            run_id: self.run_id,
        };
        let mut response = (status(code), Json(body)).into_response();
        let headers = response.headers_mut();
        if code == Code::Token {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if let Some(rest) = self.retry_after {
            headers.insert(RETRY_AFTER, (rest.as_secs() + 1).into());
        }
        if let Some(methods) = self.allow {
            headers.insert(ALLOW, methods);
        }
        response
    }
}

/// The HTTP status of a code.
fn status(code: Code) -> StatusCode {
    match code {
        Code::Input => StatusCode::BAD_REQUEST,
        Code::Token | Code::Auth => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound | Code::NoAccount => StatusCode::NOT_FOUND,
        Code::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        Code::TooSlow => StatusCode::REQUEST_TIMEOUT,
        Code::Busy
        | Code::Paused
        | Code::DuplicateCpf
        | Code::Inactive
        | Code::NoPassword
        | Code::Captcha
        | Code::InUse => StatusCode::CONFLICT,
        Code::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Code::Layout => StatusCode::UNPROCESSABLE_ENTITY,
        Code::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
        Code::TooManySyncs
        | Code::Network
        | Code::Unavailable
        | Code::Firewall
        | Code::SessionExpired
        | Code::Database
        | Code::LockLost
        | Code::Orphaned
        | Code::Cancelled
        | Code::Vault => StatusCode::SERVICE_UNAVAILABLE,
        Code::Timeout => StatusCode::GATEWAY_TIMEOUT,
        Code::Panic | Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_failed_syncs_are_the_kinds_that_records_and_metrics_name() {
        for &kind in FailureKind::ALL {
            assert_eq!(serde_json::json!(Code::of(kind)), kind.as_str());
        }
    }

    #[test]
    fn every_failure_of_a_sync_has_the_status_that_is_documented() {
        let statuses: Vec<String> = FailureKind::ALL
            .iter()
            .map(|&kind| format!("{kind} {}", status(Code::of(kind)).as_u16()))
            .collect();
        assert_eq!(
            statuses,
            [
                "network 503",
                "timeout 504",
                "unavailable 503",
                "session_expired 503",
                "auth 401",
                "captcha 409",
                "firewall 503",
                "in_use 409",
                "layout 422",
                "database 503",
                "lock_lost 503",
                "orphaned 503",
                "cancelled 503",
                "vault 503",
                "panic 500",
            ]
        );
    }
}
