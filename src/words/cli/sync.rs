//! Words about a sync that somebody asked for and watches.

use crate::domain::{FailureKind, PauseOf, PauseReason, RunStatus, Totals};
use crate::words::{Sentence, both, count, failure, kinds, pause, trouble};

pub(crate) const LOGGING_IN: Sentence = both("entrando no portal", "logging in");
pub(crate) const READING: Sentence = both("lendo", "reading");
pub(crate) const DAYS: Sentence = both("dias", "days");
pub(crate) const BUSY: Sentence = both(
    "este perito já está sendo lido agora",
    "another sync of this user is running",
);
/// Instead of a reading of one's own.
pub(crate) const FOLLOWING: Sentence = both(
    "este perito já está sendo lido agora; acompanhando essa leitura (Ctrl-C deixa de esperar, e ela continua)",
    "another sync of this user is running; following it (Ctrl-C ends the waiting, and it goes on)",
);
pub(crate) const FOLLOWED: Sentence = both("lendo", "reading");
pub(crate) const NOT_FOLLOWED: Sentence = both(
    "a leitura continua; como terminou, diz: agendad runs",
    "the sync goes on; how it ended, say: agendad runs",
);
pub(crate) const UNREADABLE: Sentence = both(
    "um dado da conta não pode ser lido; corrija-o em configuracoes_detran",
    "a value of the account cannot be read; correct it in configuracoes_detran",
);

/// Stopped: so many windows were not begun.
pub(crate) fn left_out(windows: usize) -> Sentence<String> {
    match windows {
        1 => both(
            "interrompido: 1 período não foi lido",
            "stopped: 1 window was not read",
        )
        .owned(),
        n => sentence!(
            "interrompido: {n} períodos não foram lidos",
            "stopped: {n} windows were not read"
        ),
    }
}

/// The reading took place, but nobody will see who asked for it.
pub(crate) fn not_audited(why: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("a leitura não foi anotada na auditoria: {}", why.pt),
        en: format!("sync not written to the audit table: {}", why.en),
    }
}

pub(crate) fn no_window(name: &str, configured: &[&str]) -> Sentence<String> {
    let configured = configured.join(", ");
    sentence!(
        "não há período {name:?} (--window); existem: {configured}",
        "there is no window {name:?}; configured are {configured}"
    )
}

pub(crate) fn no_account(user: i32) -> Sentence<String> {
    sentence!(
        "o perito nº {user} não tem conta (para acrescentar: agendad users add)",
        "user {user} has no account (add one with: agendad users add)"
    )
}

pub(crate) fn inactive(user: i32) -> Sentence<String> {
    sentence!(
        "a conta do perito nº {user} está desligada (para ligar: agendad users enable --user {user})",
        "the account of user {user} is not active (switch it on with: agendad users enable --user {user})"
    )
}

pub(crate) fn not_scheduled(user: i32) -> Sentence<String> {
    sentence!(
        "a conta do perito nº {user} não é lida automaticamente",
        "the account of user {user} is not synchronised automatically"
    )
}

/// Why, by whose pause, and what to do.
pub(crate) fn paused(user: i32, reason: PauseReason, pause_of: PauseOf) -> Sentence<String> {
    let title = pause::title(reason).pt;
    let Sentence { pt, en } = pause::cure(user, reason, pause_of);
    sentence!(
        "a conta do perito nº {user} está pausada ({title}); {pt}",
        "the account of user {user} is paused ({reason}); {en}"
    )
}

/// Why a run did not go well; what the program says of it in English comes last.
pub(crate) fn trouble(kind: FailureKind, message: &str) -> Sentence<String> {
    let advice = failure::meaning(kind);
    let mut pt = advice.text.pt;
    if let Some(command) = advice.command {
        pt = format!("{pt}: {command}");
    }
    let pt = trouble::detailed(&pt, message);
    sentence!("  {pt}", "  {kind}: {message}")
}

/// What a run asked of the portal.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PortalUse {
    pub(crate) requests: u32,
    pub(crate) retries: u32,
    pub(crate) session_reused: bool,
}

/// How it ended: of which days, in the caller's words.
pub(crate) fn ended(
    days: &str,
    run: i64,
    status: RunStatus,
    totals: &Totals,
    portal_use: PortalUse,
) -> Sentence<String> {
    let counts = kinds::totals(totals).into_iter().filter(|(n, _)| *n > 0);
    let counts: Vec<String> = counts.map(|(n, what)| format!("{n} {}", what.pt)).collect();
    let counts = if counts.is_empty() {
        "nada mudou".to_owned()
    } else {
        counts.join(", ")
    };
    let PortalUse {
        requests,
        retries,
        session_reused,
    } = portal_use;
    let one = both("consulta ao portal", "request");
    let pt_requests = count(
        requests.into(),
        one,
        both("consultas ao portal", "requests"),
    )
    .pt;
    let (pt_status, en_status) = (kinds::run(status).pt, status.as_str());
    let t = totals;
    Sentence {
        pt: format!("{days}: {pt_status} (leitura {run}) — {counts}; {pt_requests}"),
        en: format!(
            "{days}: {en_status} (run {run}) — {} new, {} updated, {} unchanged, {} removed, {} held back, {} days failed; \
             {} appointments created, {} linked, {} cancelled; {requests} requests, {retries} retries{}",
            t.inserted,
            t.updated,
            t.unchanged,
            t.removed,
            t.held,
            t.skipped,
            t.appointments_created,
            t.appointments_linked,
            t.appointments_cancelled,
            if session_reused {
                ", session reused"
            } else {
                ""
            },
        ),
    }
}
