//! Words of the lists: titles of their columns, and what is said where there is nothing to list.

use crate::domain::{ChangeKind, FailureKind, JobState, RunStatus, SlotStatus};
use crate::store::kept_sessions::SessionState;
use crate::words::{Sentence, both, failure, kinds};

pub(crate) const MORE_COLUMNS: Sentence = both("mais colunas: --wide", "more columns: --wide");

/// Of a list that was cut.
pub(crate) fn cut(shown: usize, all: i64) -> Sentence<String> {
    sentence!(
        "{shown} de {all}; todas: --limit {all}",
        "{shown} of {all}; all of them: --limit {all}"
    )
}

pub(crate) const SETTING: Sentence = both("opção", "setting");
pub(crate) const VALUE: Sentence = both("valor", "value");
pub(crate) const SOURCE: Sentence = both("vem de", "from");
pub(crate) const RUN: Sentence = both("leitura", "run");
pub(crate) const USER: Sentence = both("perito", "user");
pub(crate) const WINDOW: Sentence = both("período", "window");
pub(crate) const DAYS: Sentence = both("dias", "days");
pub(crate) const DAY: Sentence = both("dia", "day");
pub(crate) const KNOWN: Sentence = both("o que se sabe", "what is known");
pub(crate) const HOUR: Sentence = both("hora", "hour");
pub(crate) const STATUS: Sentence = both("situação", "status");
pub(crate) const STATE: Sentence = both("situação", "state");
pub(crate) const STARTED: Sentence = both("início", "started");
pub(crate) const SECONDS: Sentence = both("segundos", "seconds");
pub(crate) const NEW: Sentence = both("novos", "new");
pub(crate) const UPDATED: Sentence = both("alt.", "upd");
pub(crate) const SAME: Sentence = both("iguais", "same");
pub(crate) const REMOVED: Sentence = both("rem.", "rem");
pub(crate) const HELD: Sentence = both("retidos", "held");
pub(crate) const REQUESTS: Sentence = both("consultas", "requests");
pub(crate) const ERROR: Sentence = both("problema", "error");
pub(crate) const SLOT: Sentence = both("horário", "slot");
pub(crate) const NAME: Sentence = both("nome", "name");
pub(crate) const CPF: Sentence = both("CPF", "CPF");
pub(crate) const PROCESS: Sentence = both("processo", "process");
pub(crate) const UNIT: Sentence = both("unidade", "unit");
pub(crate) const FIRST_SEEN: Sentence = both("visto desde", "first seen");
pub(crate) const LAST_SEEN: Sentence = both("lido em", "last seen");
pub(crate) const APPOINTMENT: Sentence = both("agendamento", "appointment");
pub(crate) const WHEN: Sentence = both("quando", "when");
pub(crate) const WHAT: Sentence = both("o que houve", "what");
pub(crate) const FIELDS: Sentence = both("mudou", "fields");
pub(crate) const COMPLETE: Sentence = both("completas", "ok");
pub(crate) const PARTIAL: Sentence = both("parciais", "partly");
pub(crate) const FAILED: Sentence = both("falhas", "not");
pub(crate) const RUNS: Sentence = both("leituras", "runs");
pub(crate) const JOB: Sentence = both("tarefa", "job");
pub(crate) const TICK: Sentence = both("marcada para", "tick");
pub(crate) const DUE: Sentence = both("começa", "due");
pub(crate) const TAKEN: Sentence = both("iniciada", "taken");
pub(crate) const BY: Sentence = both("por", "by");
pub(crate) const ENDED: Sentence = both("terminou", "ended");
pub(crate) const TRIES: Sentence = both("tentativas", "tries");
pub(crate) const HOLDER: Sentence = both("quem lê", "holder");
pub(crate) const PROCESS_OF: Sentence = both("programa", "process");
pub(crate) const FROM: Sentence = both("de", "from");
pub(crate) const CONNECTION: Sentence = both("conexão", "connection");
pub(crate) const SINCE: Sentence = both("desde", "since");
pub(crate) const CONNECTED: Sentence = both("conectado", "connected");
pub(crate) const OPENED: Sentence = both("aberta", "opened");
pub(crate) const LAST_USED: Sentence = both("usada", "last used");
pub(crate) const UNTIL: Sentence = both("até", "until");
pub(crate) const RULE: Sentence = both("alerta", "rule");
pub(crate) const OF: Sentence = both("de quem", "of");
pub(crate) const TOLD: Sentence = both("avisado", "told");
pub(crate) const TIMES: Sentence = both("vezes", "times");
pub(crate) const OVER: Sentence = both("acabou", "over");
pub(crate) const TO: Sentence = both("para", "to");
pub(crate) const ABOUT: Sentence = both("sobre", "about");
pub(crate) const KIND: Sentence = both("tipo", "kind");
pub(crate) const WRITTEN: Sentence = both("escrita", "written");
pub(crate) const NEXT: Sentence = both("próxima", "next");
/// Beneath an error that only says that something may not be read.
pub(crate) const SUDO: Sentence = both(
    "só o root e o serviço podem ler isto: o mesmo comando com sudo na frente",
    "only root and the service may read this: the same command with sudo in front of it",
);
/// What `file`, which may not be read, says of something.
pub(crate) fn not_known(file: &std::path::Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "não dá para saber: {file}, onde fica o que foi configurado no painel, não pode ser lido por este usuário",
        "not known: {file}, which keeps what was set in the browser, cannot be read by this user"
    )
}
pub(crate) const BECAUSE: Sentence = both("porque", "because");
/// Before what a library says; in Portuguese alone, as its English is a cause like any other.
pub(crate) const DETAIL: &str = "detalhe";
pub(crate) const SLOTS_AHEAD: Sentence = both("horários", "slots ahead");
pub(crate) const LAST_SUCCESS: Sentence = both("lido em", "last success");
pub(crate) const LAST_READ: Sentence = both("lida em", "last read");
pub(crate) const SLOTS: Sentence = both("horários", "slots");

pub(crate) const NO_RUNS: Sentence = both("nenhuma leitura ainda", "no runs yet");
pub(crate) const NO_SLOTS: Sentence = both("nenhum horário assim", "no such slots");
pub(crate) const NO_CHANGES: Sentence = both("nenhuma mudança assim", "no such changes");
pub(crate) const NO_RUNS_IN_DAYS: Sentence =
    both("nenhuma leitura nestes dias", "no runs in these days");
pub(crate) const NO_JOBS: Sentence = both("nenhuma tarefa assim", "no such jobs");
pub(crate) const NO_LOCKS: Sentence = both(
    "nenhum perito está sendo lido agora",
    "no examiner is being synchronised",
);
pub(crate) const NO_SESSIONS: Sentence =
    both("nenhuma sessão aberta no portal", "no sessions are open");
pub(crate) const NOTHING_WRONG: Sentence = both("nenhum alerta", "nothing is wrong");
pub(crate) const NOT_DELIVERED: Sentence = both("\nnão entregues:", "\nnot delivered:");
pub(crate) const GIVEN_UP: Sentence = both("desistiu", "given up");
pub(crate) const EVERYBODY: Sentence = both("todos", "all");
pub(crate) const ALIVE: Sentence = both("ativo", "alive");
pub(crate) const PERHAPS_DEAD: Sentence = both("parado?", "dead?");
pub(crate) const LEFT_ALONE: Sentence = both("não se mexe", "left alone");
pub(crate) const EMPTY_VALUE: Sentence = both("(vazio)", "(none)");

pub(crate) fn waits_until(until: &str) -> Sentence<String> {
    sentence!("espera até {until}", "waits until {until}")
}

/// How a run went. In English the word that scripts know.
pub(crate) fn run(status: RunStatus) -> Sentence {
    Sentence {
        pt: kinds::run(status).pt,
        en: status.as_str(),
    }
}

/// The state of a slot.
pub(crate) fn slot(status: SlotStatus) -> Sentence {
    Sentence {
        pt: kinds::slot(status).pt,
        en: status.as_str(),
    }
}

/// What became of a slot.
pub(crate) fn change(kind: ChangeKind) -> Sentence {
    Sentence {
        pt: kinds::change(kind).pt,
        en: kind.as_str(),
    }
}

/// A field that changed.
pub(crate) fn field(key: &str) -> Sentence<String> {
    let pt = kinds::field(key).map_or(key, |field| field.pt);
    sentence!("{pt}", "{key}")
}

/// Why a run did not go well: in English the technical sentence.
pub(crate) fn trouble(kind: Option<FailureKind>, error: Option<&str>) -> Sentence<String> {
    let error = error.unwrap_or_default();
    match kind {
        Some(kind) if error.is_empty() => {
            let pt = failure::in_short(kind).pt;
            sentence!("{pt}", "")
        }
        Some(kind) => {
            let (pt, en) = (failure::in_short(kind).pt, kind.as_str());
            sentence!("{pt}", "{en}: {error}")
        }
        None => sentence!("{error}", "{error}"),
    }
}

/// The state of a job in the queue, by the queue's word for it.
pub(crate) fn job(state: JobState) -> Sentence<String> {
    let pt = match state {
        JobState::Available => "na fila",
        JobState::Scheduled => "marcada",
        JobState::Running => "em andamento",
        JobState::Retryable => "vai repetir",
        JobState::Pending => "à espera",
        JobState::Completed => "feita",
        JobState::Discarded => "abandonada",
        JobState::Cancelled => "cancelada",
    };
    sentence!("{pt}", "{state}")
}

/// How a session at the portal stands.
pub(crate) const fn session(state: SessionState) -> Sentence {
    match state {
        SessionState::Open => both("aberta", "open"),
        SessionState::Unresolved => both("entrando", "unresolved"),
        SessionState::Resting => both("parada", "resting"),
        SessionState::Closed => both("encerrada", "closed"),
        SessionState::InUse => both("o perito está no portal", "the examiner is there"),
    }
}
