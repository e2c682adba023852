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

/// The stable codes. Those of a failed sync are the same as in `agenda_sync_runs.error_details`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Code {
    /// 400: a value is missing, malformed or out of range.
    Input,
    /// 401: no token, or not a good one.
    Token,
    /// 403: this token may not do this.
    Forbidden,
    /// 404: no such thing, or not one that this token may see.
    NotFound,
    /// 404: the examiner has no account at the portal.
    NoAccount,
    /// 405
    MethodNotAllowed,
    /// 408: the body came too slowly.
    TooSlow,
    /// 409: another sync of this examiner is running.
    Busy,
    /// 409: an operator has paused the account.
    Paused,
    /// 409: another examiner's account has this CPF.
    DuplicateCpf,
    /// 409: the account, or its user, is switched off.
    Inactive,
    /// 409: no password is stored.
    NoPassword,
    /// 409: the portal showed a CAPTCHA; the account rests.
    Captcha,
    /// 409: the examiner is using the portal, which allows one session a person.
    InUse,
    /// 401: the portal refused CPF or password; nothing is tried until they change.
    Auth,
    /// 413: the body is too large.
    TooLarge,
    /// 422: a page of the portal that is not understood.
    Layout,
    /// 429: too many wrong tokens from this address.
    TooManyAttempts,
    /// 503: as many syncs as allowed are running for API callers.
    TooManySyncs,
    /// 503: the portal cannot be reached.
    Network,
    /// 503: the portal cannot serve now.
    Unavailable,
    /// 503: the portal's firewall turned this machine away.
    Firewall,
    /// 503: the session died right after a login.
    SessionExpired,
    /// 503: our database does not answer.
    Database,
    /// 503: the sync lost its lock.
    LockLost,
    /// 503: the process that ran it died.
    Orphaned,
    /// 503: the daemon is stopping.
    Cancelled,
    /// 503: the stored password cannot be opened with the key at hand.
    Vault,
    /// 504: the portal, or the answer, took too long.
    Timeout,
    /// 500: a bug of agendad in a sync.
    Panic,
    /// 500: a bug of agendad.
    Internal,
}

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
    pub(crate) fn input(message: impl Into<String>) -> Self {
        Self::of(Code::Input).because(message)
    }

    /// The failure of a sync.
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
    pub(crate) fn because(mut self, message: impl Into<String>) -> Self {
        self.message = Some(message.into());
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
            | StoreError::RunClosed { .. } => Self::of(Code::Database),
            StoreError::CpfTaken { usuario_id } => Self::of(Code::DuplicateCpf).because(format!(
                "Este CPF já é sincronizado pela conta do usuário {usuario_id}. Desative uma das duas contas."
            )),
            StoreError::BadValue { .. } => Self::of(Code::Internal)
                .because("Um valor guardado para este perito não pode ser lido. Avise o operador."),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let code = self.code;
        let body = ErrorBody {
            error: self.message.unwrap_or_else(|| code.message().to_owned()),
            code,
            run_id: self.run_id,
        };
        let mut response = (code.status(), Json(body)).into_response();
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

impl Code {
    pub(crate) fn of(kind: FailureKind) -> Self {
        match kind {
            FailureKind::Network => Self::Network,
            FailureKind::Timeout => Self::Timeout,
            FailureKind::Unavailable => Self::Unavailable,
            FailureKind::SessionExpired => Self::SessionExpired,
            FailureKind::Auth => Self::Auth,
            FailureKind::Captcha => Self::Captcha,
            FailureKind::Firewall => Self::Firewall,
            FailureKind::InUse => Self::InUse,
            FailureKind::Layout => Self::Layout,
            FailureKind::Database => Self::Database,
            FailureKind::LockLost => Self::LockLost,
            FailureKind::Orphaned => Self::Orphaned,
            FailureKind::Cancelled => Self::Cancelled,
            FailureKind::Vault => Self::Vault,
            FailureKind::Panic => Self::Panic,
        }
    }

    fn status(self) -> StatusCode {
        match self {
            Self::Input => StatusCode::BAD_REQUEST,
            Self::Token | Self::Auth => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound | Self::NoAccount => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
            Self::Busy
            | Self::Paused
            | Self::DuplicateCpf
            | Self::Inactive
            | Self::NoPassword
            | Self::Captcha
            | Self::InUse => StatusCode::CONFLICT,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Layout => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyAttempts => StatusCode::TOO_MANY_REQUESTS,
            Self::TooManySyncs
            | Self::Network
            | Self::Unavailable
            | Self::Firewall
            | Self::SessionExpired
            | Self::Database
            | Self::LockLost
            | Self::Orphaned
            | Self::Cancelled
            | Self::Vault => StatusCode::SERVICE_UNAVAILABLE,
            Self::Timeout => StatusCode::GATEWAY_TIMEOUT,
            Self::Panic | Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// What it means and what can be done, in the words of the examiner's own world.
    pub(crate) fn message(self) -> &'static str {
        match self {
            Self::Input => "Os dados enviados não são válidos.",
            Self::Token => "Acesso não autorizado: entre novamente no sistema.",
            Self::Forbidden => "Você não tem permissão para isso.",
            Self::NotFound => "Não encontrado.",
            Self::NoAccount => "Este perito ainda não tem CPF e senha do portal configurados.",
            Self::MethodNotAllowed => "Este endereço não aceita esse método.",
            Self::TooSlow => "O envio dos dados demorou demais.",
            Self::Busy => {
                "Já existe uma sincronização deste perito em andamento. Aguarde ela terminar."
            }
            Self::Paused => "A sincronização deste perito está pausada.",
            Self::DuplicateCpf => {
                "Outra conta já é sincronizada com este CPF. Desative uma das duas contas."
            }
            Self::Inactive => "A sincronização deste perito está desativada.",
            Self::NoPassword => {
                "Nenhuma senha do portal está guardada. Informe a senha na configuração."
            }
            Self::Captcha => {
                "O portal do DETRAN pediu um CAPTCHA. Por segurança, a sincronização fica suspensa por algumas horas."
            }
            Self::Firewall => {
                "O firewall do portal do DETRAN recusa esta máquina no momento. Tente novamente mais tarde e avise o operador."
            }
            Self::InUse => {
                "O perito está usando o portal do DETRAN, que permite uma sessão por pessoa. Nada foi alterado; tente novamente quando o perito sair."
            }
            Self::Auth => {
                "O portal do DETRAN não aceitou o CPF e a senha. Confira pelo navegador se valem e corrija a senha na configuração; até lá nenhuma nova tentativa é feita."
            }
            Self::TooLarge => "Os dados enviados são grandes demais.",
            Self::Layout => {
                "Uma página do portal do DETRAN mudou e não pôde ser lida. Nenhum horário foi alterado. Avise o operador."
            }
            Self::TooManyAttempts => {
                "Muitas tentativas de acesso sem sucesso. Aguarde um minuto e tente novamente."
            }
            Self::TooManySyncs => {
                "Há muitas sincronizações em andamento. Tente novamente em instantes."
            }
            Self::Network => {
                "O portal do DETRAN não pôde ser alcançado. Tente novamente em alguns minutos."
            }
            Self::Unavailable => {
                "O portal do DETRAN está indisponível no momento. Tente novamente em alguns minutos."
            }
            Self::SessionExpired => {
                "O portal do DETRAN encerrou a sessão logo após o acesso. Tente novamente em alguns minutos."
            }
            Self::Database => "O banco de dados não respondeu. Tente novamente em instantes.",
            Self::LockLost | Self::Orphaned => {
                "A sincronização foi interrompida. Tente novamente em instantes."
            }
            Self::Cancelled => "O serviço está sendo reiniciado. Tente novamente em instantes.",
            Self::Vault => {
                "A senha guardada não pode ser aberta. Avise o operador, ou informe a senha novamente na configuração."
            }
            Self::Timeout => "A resposta demorou demais. Tente novamente em alguns minutos.",
            Self::Panic | Self::Internal => {
                "Erro interno. O ocorrido foi registrado; avise o operador."
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_codes_of_failed_syncs_are_the_kinds_that_records_and_metrics_name() {
        for kind in FailureKind::ALL {
            assert_eq!(serde_json::json!(Code::of(kind)), kind.as_str());
        }
    }

    #[test]
    fn every_failure_of_a_sync_has_the_status_that_is_documented() {
        let statuses: Vec<String> = FailureKind::ALL
            .into_iter()
            .map(|kind| format!("{kind} {}", Code::of(kind).status().as_u16()))
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
