//! Words about what people did by hand.

use crate::domain::ActionKind;
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

/// Groups of actions, by what their names begin with.
pub(crate) const KINDS: [(&str, Sentence); 13] = [
    ("dashboard.", both("entradas no painel", "logins")),
    ("people.", both("pessoas", "people")),
    ("users.", both("contas de peritos", "examiners' accounts")),
    ("config.", both("contas, pela API", "accounts, by API")),
    ("sync", both("leituras pedidas", "readings asked for")),
    ("cpf.", both("CPFs mostrados", "CPFs shown")),
    ("agenda.", both("arquivos da agenda", "files of the agenda")),
    (
        "sheet.",
        both("endereços de planilhas", "addresses of sheets"),
    ),
    (
        "calendar.",
        both("endereços de calendários", "addresses of calendars"),
    ),
    ("vault.", both("chaves", "keys")),
    ("settings.", both("ajustes", "settings")),
    ("webhook.", both("webhooks", "webhooks")),
    ("alerts.", both("avisos retidos", "messages held back")),
];

pub(crate) const YES: Sentence = both("sim", "yes");
pub(crate) const NO: Sentence = both("não", "no");

/// The name of something else that was worth knowing; one that is not known stays as it is.
pub(crate) fn detail(name: &str) -> Option<Sentence> {
    Some(match name {
        "accepted" => both("aceitos", "accepted"),
        "address" => both("endereço", "address"),
        "connection" => both("conexão", "connection"),
        "cpf" => both("CPF", "CPF"),
        "end" => both("até", "until"),
        "forced" => both("à força", "by force"),
        "from" => both("desde", "from"),
        "instance" => both("processo", "process"),
        "login" => both("nome de acesso", "login name"),
        "rule" => both("regra", "rule"),
        "run" => both("leitura", "run"),
        "seconds" => both("segundos", "seconds"),
        "sessions" => both("sessões", "sessions"),
        "start" => both("de", "from"),
        "status" => both("resultado", "result"),
        "why" => both("motivo", "why"),
        "cpfs" => both("com CPF", "with CPFs"),
        "days" => both("dias", "days"),
        "ended" => both("encerradas", "ended"),
        "examiners" => both("peritos", "examiners"),
        "fields" => both("campos", "fields"),
        "form" => both("formato", "form"),
        "id" => both("nº", "no."),
        "import" => both("por arquivo", "from a file"),
        "key" => both("chave", "key"),
        "kinds" => both("tipos", "kinds"),
        "label" => both("para", "for"),
        "left" => both("deixadas", "left"),
        "on" => both("ligado", "on"),
        "refused" => both("recusados", "refused"),
        "resealed" => both("seladas de novo", "sealed again"),
        "rows" => both("linhas", "rows"),
        "sealed" => both("seladas", "sealed"),
        "slots" => both("horários", "slots"),
        "telephones" => both("com telefones", "with telephones"),
        "what" => both("o quê", "what"),
        _ => return None,
    })
}

/// What stands there instead of a code of ours.
pub(crate) fn value(code: &str) -> Option<Sentence> {
    Some(match code {
        "terminal" => both("na tela do terminal", "on the terminal"),
        "json" => both("JSON", "JSON"),
        "csv" => both("CSV", "CSV"),
        "xlsx" => both("Excel", "Excel"),
        "agenda-busca" => both("uma busca", "a search"),
        "agenda-mudancas" => both("mudanças", "changes"),
        _ => return None,
    })
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
