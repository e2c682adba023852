//! The stable codes of the API, and the sentence of each: to whoever sits in front of the application's screen.

use serde::Serialize;
use strum::{IntoStaticStr, VariantArray};
use utoipa::ToSchema;

use super::{Sentence, both};
use crate::domain::FailureKind;

/// The stable codes. Those of a failed sync are the same as in `agenda_sync_runs.error_details`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema, IntoStaticStr, VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
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

impl Code {
    pub(crate) const ALL: &'static [Self] = Self::VARIANTS;

    /// As clients see it.
    pub(crate) fn as_str(self) -> &'static str {
        self.into()
    }

    /// Of the failure of a sync.
    pub(crate) const fn of(kind: FailureKind) -> Self {
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
            // Of a record only, and there the API says `unknown`; no sync of ours ends so.
            FailureKind::Unknown => Self::Internal,
        }
    }

    /// What it means and what can be done, in the words of an examiner.
    pub(crate) const fn message(self) -> Sentence {
        match self {
            Self::Input => both(
                "Os dados enviados não são válidos.",
                "The data sent are not valid.",
            ),
            Self::Token => both(
                "Acesso não autorizado: entre novamente no sistema.",
                "Not authorised: log in to the system again.",
            ),
            Self::Forbidden => both("Você não tem permissão para isso.", "You may not do this."),
            Self::NotFound => both("Não encontrado.", "Not found."),
            Self::NoAccount => both(
                "Este perito ainda não tem CPF e senha do portal configurados.",
                "This examiner's CPF and password for the portal are not configured yet.",
            ),
            Self::MethodNotAllowed => both(
                "Este endereço não aceita esse método.",
                "This address does not take that method.",
            ),
            Self::TooSlow => both(
                "O envio dos dados demorou demais.",
                "The data took too long to arrive.",
            ),
            Self::Busy => both(
                "Já existe uma sincronização deste perito em andamento. Aguarde ela terminar.",
                "Another sync of this examiner is running. Wait until it ends.",
            ),
            Self::Paused => both(
                "A sincronização deste perito está pausada.",
                "The synchronisation of this examiner is paused.",
            ),
            Self::DuplicateCpf => both(
                "Outra conta já é sincronizada com este CPF. Desative uma das duas contas.",
                "Another account is synchronised with this CPF. Switch one of the two off.",
            ),
            Self::Inactive => both(
                "A sincronização deste perito está desativada.",
                "The synchronisation of this examiner is switched off.",
            ),
            Self::NoPassword => both(
                "Nenhuma senha do portal está guardada. Grave-a na página do perito no painel, em Conta no portal, ou com agendad users set-password.",
                "No portal password is stored. Store it on the examiner's page of the dashboard, under Portal account, or with agendad users set-password.",
            ),
            Self::Captcha => both(
                "O portal do DETRAN pediu um CAPTCHA. Por segurança, a sincronização fica suspensa por algumas horas.",
                "DETRAN's portal asked for a CAPTCHA. To be safe, the synchronisation rests for some hours.",
            ),
            Self::Firewall => both(
                "O firewall do portal do DETRAN recusa esta máquina no momento. Tente novamente mais tarde e avise o operador.",
                "The firewall of DETRAN's portal turns this machine away at present. Try again later, and tell the operator.",
            ),
            Self::InUse => both(
                "O perito está usando o portal do DETRAN, que permite uma sessão por pessoa. Nada foi alterado; tente novamente quando o perito sair.",
                "The examiner is using DETRAN's portal, which allows one session a person. Nothing was changed; try again when the examiner has left.",
            ),
            Self::Auth => both(
                "O portal do DETRAN não aceitou o CPF e a senha. Confira pelo navegador se valem e grave a senha certa na página do perito no painel, em Conta no portal, ou com agendad users set-password; até lá nenhuma nova tentativa é feita.",
                "DETRAN's portal did not accept CPF and password. Find out with a browser whether they are good, and store the right password on the examiner's page of the dashboard, under Portal account, or with agendad users set-password; until then nothing more is tried.",
            ),
            Self::TooLarge => both(
                "Os dados enviados são grandes demais.",
                "The data sent are too large.",
            ),
            Self::Layout => both(
                "Uma página do portal do DETRAN mudou e não pôde ser lida. Nenhum horário foi alterado. Avise o operador.",
                "A page of DETRAN's portal has changed and could not be read. No slot was changed. Tell the operator.",
            ),
            Self::TooManyAttempts => both(
                "Muitas tentativas de acesso sem sucesso. Aguarde um minuto e tente novamente.",
                "Too many failed attempts. Wait a minute and try again.",
            ),
            Self::TooManySyncs => both(
                "Há muitas sincronizações em andamento. Tente novamente em instantes.",
                "Too many syncs are running. Try again in a moment.",
            ),
            Self::Network => both(
                "O portal do DETRAN não pôde ser alcançado. Tente novamente em alguns minutos.",
                "DETRAN's portal could not be reached. Try again in some minutes.",
            ),
            Self::Unavailable => both(
                "O portal do DETRAN está indisponível no momento. Tente novamente em alguns minutos.",
                "DETRAN's portal is not available at present. Try again in some minutes.",
            ),
            Self::SessionExpired => both(
                "O portal do DETRAN encerrou a sessão logo após o acesso. Tente novamente em alguns minutos.",
                "DETRAN's portal ended the session right after the login. Try again in some minutes.",
            ),
            Self::Database => both(
                "O banco de dados não aceitou o pedido, ou demorou demais. Tente novamente em instantes.",
                "The database did not take it, or took too long. Try again in a moment.",
            ),
            Self::LockLost | Self::Orphaned => both(
                "A sincronização foi interrompida. Tente novamente em instantes.",
                "The synchronisation was interrupted. Try again in a moment.",
            ),
            Self::Cancelled => both(
                "O serviço está sendo reiniciado, ou a conta foi mudada durante a leitura. Tente novamente em instantes.",
                "The service is being restarted, or the account was changed during the sync. Try again in a moment.",
            ),
            Self::Vault => both(
                "A senha guardada não pode ser aberta. Avise o operador, ou grave-a de novo na página do perito no painel, em Conta no portal, ou com agendad users set-password.",
                "The stored password cannot be opened. Tell the operator, or store it again on the examiner's page of the dashboard, under Portal account, or with agendad users set-password.",
            ),
            Self::Timeout => both(
                "A resposta demorou demais. Tente novamente em alguns minutos.",
                "The answer took too long. Try again in some minutes.",
            ),
            Self::Panic | Self::Internal => both(
                "Erro interno. O ocorrido foi registrado; avise o operador.",
                "Internal error. What happened has been recorded; tell the operator.",
            ),
        }
    }
}
