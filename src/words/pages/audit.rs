//! Words about what people did by hand.

use crate::domain::{ActionGroup, ActionKind, Detail, ExportForm, ExportedList};
use crate::words::{Sentence, both};

pub(crate) const AUDIT: Sentence = both("Auditoria", "Audit");
pub(crate) const WHO: Sentence = both("Quem", "Who");
pub(crate) const WHAT: Sentence = both("O que fez", "What");
pub(crate) const WHEN: Sentence = both("Quando", "When");
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const EXAMINER_NUMBER: Sentence = both("Número do perito", "Examiner's number");
pub(crate) const DETAILS: Sentence = both("Detalhes", "Details");
pub(crate) const DAY: Sentence = both("Dia", "Day");
pub(crate) const KIND: Sentence = both("Tipo", "Kind");
pub(crate) const ALL: Sentence = both("tudo", "all");
pub(crate) const FILTER: Sentence = both("Filtrar", "Filter");
pub(crate) const NOTHING: Sentence = both("Nada assim. ", "Nothing like that. ");
pub(crate) const SHOW_ALL: Sentence = both("Ver tudo", "See all");
pub(crate) const WHO_HINT: Sentence = both(
    "nome de acesso, ou usuário do sistema",
    "login name, or user of the system",
);

/// The list goes on.
pub(crate) fn cut(shown: i64) -> Sentence<String> {
    sentence!(
        "{shown} por página; há mais antigas na próxima.",
        "{shown} on a page; there are older ones on the next."
    )
}

/// What actions are about.
pub(crate) const fn group(group: ActionGroup) -> Sentence {
    match group {
        ActionGroup::Dashboard => both("entradas no painel", "logins"),
        ActionGroup::People => both("pessoas", "people"),
        ActionGroup::Users => both("contas de peritos", "examiners' accounts"),
        ActionGroup::Config => both("contas, pela API", "accounts, by API"),
        ActionGroup::Sync => both("leituras pedidas", "readings asked for"),
        ActionGroup::Cpf => both("CPFs mostrados", "CPFs shown"),
        ActionGroup::Agenda => both("arquivos da agenda", "files of the agenda"),
        ActionGroup::Sheet => both("endereços de planilhas", "addresses of sheets"),
        ActionGroup::Calendar => both("endereços de calendários", "addresses of calendars"),
        ActionGroup::Vault => both("chaves", "keys"),
        ActionGroup::Settings => both("ajustes", "settings"),
        ActionGroup::Webhook => both("webhooks", "webhooks"),
        ActionGroup::Alerts => both("avisos retidos", "messages held back"),
        ActionGroup::Locks => both("travas liberadas", "locks released"),
        ActionGroup::Sessions => both("sessões no portal", "portal sessions"),
    }
}

pub(crate) const YES: Sentence = both("sim", "yes");
pub(crate) const NO: Sentence = both("não", "no");

/// What else was worth knowing, by its name.
pub(crate) const fn detail(detail: Detail) -> Sentence {
    match detail {
        Detail::Accepted => both("aceitos", "accepted"),
        Detail::Address => both("endereço", "address"),
        Detail::AllowPrivate => both("rede privada", "private network"),
        Detail::Change => both("mudança", "change"),
        Detail::Changed => both("alterados", "changed"),
        Detail::Connection => both("conexão", "connection"),
        Detail::Cpf => both("CPF", "CPF"),
        Detail::Cpfs => both("com CPF", "with CPFs"),
        Detail::Days => both("dias", "days"),
        Detail::End => both("até", "until"),
        Detail::Ended => both("encerradas", "ended"),
        Detail::Erased => both("apagados", "erased"),
        Detail::Examiner => both("perito", "examiner"),
        Detail::Examiners => both("peritos", "examiners"),
        Detail::Fields => both("campos", "fields"),
        Detail::Forced => both("à força", "by force"),
        Detail::Form => both("formato", "form"),
        Detail::From => both("desde", "from"),
        Detail::Id => both("nº", "no."),
        Detail::Import => both("por arquivo", "from a file"),
        Detail::Instance => both("processo", "process"),
        Detail::Key => both("chave", "key"),
        Detail::Kinds => both("tipos", "kinds"),
        Detail::Label => both("para", "for"),
        Detail::Left => both("deixadas", "left"),
        Detail::Login => both("nome de acesso", "login name"),
        Detail::Logins => both("nomes de acesso", "logins"),
        Detail::New => both("novos", "new"),
        Detail::On => both("ligado", "on"),
        Detail::Refused => both("recusados", "refused"),
        Detail::Resealed => both("seladas de novo", "sealed again"),
        Detail::Role => both("papel", "role"),
        Detail::Rows => both("linhas", "rows"),
        Detail::Rule => both("regra", "rule"),
        Detail::Run => both("leitura", "run"),
        Detail::Runs => both("leituras", "runs"),
        Detail::Same => both("iguais", "same"),
        Detail::Sealed => both("seladas", "sealed"),
        Detail::Seconds => both("segundos", "seconds"),
        Detail::Sessions => both("sessões", "sessions"),
        Detail::Since => both("desde", "since"),
        Detail::Slots => both("horários", "slots"),
        Detail::Start => both("de", "from"),
        Detail::Status => both("resultado", "result"),
        Detail::Telephones => both("com telefones", "with telephones"),
        Detail::What => both("o quê", "what"),
        Detail::Why => both("motivo", "why"),
    }
}

/// In which form the agenda left.
pub(crate) const fn form(form: ExportForm) -> Sentence {
    match form {
        ExportForm::Terminal => both("na tela do terminal", "on the terminal"),
        ExportForm::Json => both("JSON", "JSON"),
        ExportForm::Csv => both("CSV", "CSV"),
        ExportForm::Xlsx => both("Excel", "Excel"),
    }
}

/// Which list left.
pub(crate) const fn list(list: ExportedList) -> Sentence {
    match list {
        ExportedList::Search => both("uma busca", "a search"),
        ExportedList::Changes => both("mudanças", "changes"),
    }
}

/// What was done, in words.
pub(crate) fn action(kind: ActionKind) -> Sentence {
    match kind {
        ActionKind::DashboardLogin => both("entrou no painel", "logged in"),
        ActionKind::PeopleAdd => both("acrescentou uma pessoa", "added a person"),
        ActionKind::PeoplePassword => both("mudou uma senha de acesso", "changed a login password"),
        ActionKind::PeopleRole => both("mudou um papel", "changed a role"),
        ActionKind::PeopleDisable => both("desativou uma pessoa", "disabled a person"),
        ActionKind::PeopleEnable => both("reativou uma pessoa", "enabled a person"),
        ActionKind::PeopleRemove => both("removeu uma pessoa", "removed a person"),
        ActionKind::PeopleLogOut => both("encerrou sessões", "ended sessions"),
        ActionKind::PeopleExport => both(
            "exportou dados de um candidato",
            "exported a candidate's data",
        ),
        ActionKind::PeopleErase => {
            both("apagou dados de um candidato", "erased a candidate's data")
        }
        ActionKind::UsersAdd => both("acrescentou um perito", "added an examiner"),
        ActionKind::UsersEdit => both("mudou um perito", "changed an examiner"),
        ActionKind::UsersImport => both(
            "importou peritos de um arquivo",
            "imported examiners from a file",
        ),
        ActionKind::UsersVerify => both(
            "verificou os acessos ao portal",
            "verified the portal logins",
        ),
        ActionKind::UsersRemove => both("removeu um perito", "removed an examiner"),
        ActionKind::UsersSetPassword => {
            both("mudou a senha do portal", "changed the portal password")
        }
        ActionKind::UsersDays => both("mudou dias ou períodos", "changed days or windows"),
        ActionKind::UsersEnable => both("ligou a conta", "switched the account on"),
        ActionKind::UsersDisable => both("desligou a conta", "switched the account off"),
        ActionKind::UsersPause => both("pausou a conta", "paused the account"),
        ActionKind::UsersResume => both("retomou a conta", "resumed the account"),
        ActionKind::UsersResumeSamePassword => both(
            "retomou a conta com a mesma senha",
            "resumed the account with the same password",
        ),
        ActionKind::Sync => both("pediu uma leitura", "asked for a reading"),
        ActionKind::CpfShow => both("viu os CPFs", "saw the CPFs"),
        ActionKind::AgendaExport => both("exportou a agenda", "exported the agenda"),
        ActionKind::SheetMake => both(
            "criou um endereço de planilha",
            "made the address of a sheet",
        ),
        ActionKind::SheetRevoke => both(
            "revogou um endereço de planilha",
            "revoked the address of a sheet",
        ),
        ActionKind::ConfigChange => both("mudou a conta pela API", "changed the account by API"),
        ActionKind::LocksRelease => both("liberou uma trava", "released a lock"),
        ActionKind::SessionsClear => both("encerrou sessões no portal", "ended portal sessions"),
        ActionKind::VaultRotate => both("trocou a chave do cofre", "replaced the vault's key"),
        ActionKind::VaultSeal => both("selou senhas", "sealed passwords"),
        ActionKind::CalendarMake => {
            both("criou um endereço de calendário", "made a calendar address")
        }
        ActionKind::CalendarRevoke => both(
            "revogou um endereço de calendário",
            "revoked a calendar address",
        ),
        ActionKind::SettingsChange => both("mudou ajustes", "changed settings"),
        ActionKind::UsersTomorrow => both(
            "mudou quem recebe a agenda de amanhã",
            "changed who gets tomorrow's agenda",
        ),
        ActionKind::UsersChanges => both(
            "mudou quem é avisado das mudanças do dia",
            "changed who is told of the day's changes",
        ),
        ActionKind::WebhookAdd => both("acrescentou um webhook", "added a webhook"),
        ActionKind::WebhookRotate => both(
            "trocou o segredo de um webhook",
            "rotated a webhook's secret",
        ),
        ActionKind::WebhookDisable => both("desligou um webhook", "disabled a webhook"),
        ActionKind::WebhookEnable => both("ligou um webhook", "enabled a webhook"),
        ActionKind::WebhookRemove => both("removeu um webhook", "removed a webhook"),
        ActionKind::WebhookReplay => both(
            "mandou mudanças de novo a um webhook",
            "sent changes to a webhook again",
        ),
        ActionKind::AlertsMute => both("reteve avisos", "held messages back"),
        ActionKind::AlertsMaintenance => both("anunciou uma manutenção", "announced a maintenance"),
        ActionKind::AlertsUnmute => both("soltou os avisos", "let messages come again"),
    }
}
