//! Words of `agendad demo`: what runs, and the story that it tells.

use std::path::Path;

use crate::domain::{ChangeKind, FailureKind, RunStatus, Totals};
use crate::words::{Sentence, both, failure, kinds};

pub(crate) fn begins(examiners: impl std::fmt::Display) -> Sentence<String> {
    sentence!(
        "agendad demo: {examiners} peritos inventados, nada de verdade é consultado",
        "agendad demo: {examiners} synthetic examiners, nothing real is contacted"
    )
}

pub(crate) fn portal_at(portal: &str, control: &str) -> Sentence<String> {
    sentence!(
        "  portal     simulado em {portal} (o estado dele: {control})",
        "  portal     simulated at {portal} (its own state: {control})"
    )
}

pub(crate) fn database_in(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "  banco      PostgreSQL próprio em {dir}",
        "  database   private PostgreSQL under {dir}"
    )
}

/// `cpf`: masked; `in_two_units`: the one who works in two.
pub(crate) fn examiner(user: i32, name: &str, cpf: &str, in_two_units: bool) -> Sentence<String> {
    let Sentence { pt, en } = if in_two_units {
        both(", atende em duas unidades", ", works in two units")
    } else {
        both("", "")
    };
    sentence!(
        "  perito     {user}: {name}, CPF {cpf}{pt}",
        "  examiner   {user}: {name}, CPF {cpf}{en}"
    )
}

pub(crate) fn dashboard_at(address: impl std::fmt::Display, token: &str) -> Sentence<String> {
    sentence!(
        "  painel     http://{address}/  chave do operador: {token}",
        "  dashboard  http://{address}/  operator token: {token}"
    )
}

/// `windows`: with their days.
pub(crate) fn windows(windows: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = windows;
    sentence!(
        "  períodos   {pt}, aqui a cada 15 segundos",
        "  windows    {en}, every 15 seconds here"
    )
}

pub(crate) const MEANWHILE: Sentence = both(
    "\nEnquanto isso, em outro terminal:",
    "\nMeanwhile, in another terminal:",
);
pub(crate) const COMMANDS: [Sentence; 3] = [
    both(
        "  agendad agenda           quem vem hoje            agendad slots --removed",
        "  agendad slots            the current slots       agendad slots --removed",
    ),
    both(
        "  agendad runs             as últimas leituras      agendad users list",
        "  agendad runs             the last runs           agendad users list",
    ),
    both(
        "  agendad sync --user 1    um perito, agora         agendad check",
        "  agendad sync --user 1    one examiner now        agendad check",
    ),
];
pub(crate) const HOW_IT_ENDS: Sentence = both(
    "Ctrl-C encerra a demonstração.\n",
    "Ctrl-C ends the demo.\n",
);
pub(crate) const STOPPING: Sentence = both(
    "encerrando: as leituras terminam, o banco de dados e o portal param",
    "stopping: the runs end, the database and the portal stop",
);
pub(crate) const ENDED: Sentence = both("nada ficou no ar", "nothing is left running");

pub(crate) fn not_made(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "não foi possível criar a pasta {dir}",
        "the directory {dir} cannot be made"
    )
}

pub(crate) fn not_removed(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "não foi possível remover a pasta {dir}",
        "the directory {dir} cannot be removed"
    )
}

/// Who is told of, at the beginning of a line.
pub(crate) const PORTAL: Sentence = both("portal  ", "portal  ");
pub(crate) const RUN: Sentence = both("leitura ", "run     ");
pub(crate) const DATABASE: Sentence = both("banco   ", "database");

pub(crate) const HICCUP: Sentence = both(
    "tropeça: a próxima resposta será um erro 503",
    "has a hiccup: its next answer will be an error 503",
);

pub(crate) fn logs_in(examiner: usize) -> Sentence<String> {
    sentence!(
        "o perito nº {examiner} entra pelo navegador; o agendad o deixa em paz",
        "examiner {examiner} logs in themself; agendad leaves them alone"
    )
}

pub(crate) fn logs_out(examiner: usize) -> Sentence<String> {
    sentence!("o perito nº {examiner} sai", "examiner {examiner} logs out")
}

pub(crate) const BOOKED: Sentence = both("surge um horário", "a booking appears");
pub(crate) const CANCELLED: Sentence = both("um horário é cancelado", "a booking is cancelled");
pub(crate) const CHANGED: Sentence = both("um horário muda", "a booking changes");
pub(crate) const MOVED: Sentence = both("um horário é remarcado", "a booking moves");

/// `when`: day and hour.
pub(crate) fn booking(
    what: Sentence,
    name: &str,
    when: &Sentence<String>,
    examiner: usize,
) -> Sentence<String> {
    let Sentence { pt, en } = what;
    let (at_pt, at_en) = (&when.pt, &when.en);
    sentence!(
        "{pt}: {name}, {at_pt}, perito nº {examiner}",
        "{en}: {name}, {at_en}, examiner {examiner}"
    )
}

/// A run that has ended.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ended<'a> {
    pub(crate) id: i64,
    pub(crate) user: i32,
    /// Its name, and what people call it.
    pub(crate) window: &'a str,
    pub(crate) label: &'a str,
    pub(crate) status: RunStatus,
    pub(crate) totals: Totals,
    pub(crate) requests: i32,
    pub(crate) retries: i32,
    pub(crate) kind: Option<FailureKind>,
    pub(crate) error: Option<&'a str>,
}

pub(crate) fn in_use(run: &Ended<'_>) -> Sentence<String> {
    let Ended {
        id,
        user,
        window,
        label,
        ..
    } = run;
    sentence!(
        "{id} do perito nº {user}, {label}: nada lido, o perito está usando o portal; a próxima vez tenta de novo",
        "{id} of examiner {user}, window {window}: reads nothing, the examiner is using the portal; the next tick looks again"
    )
}

pub(crate) fn ended(run: &Ended<'_>) -> Sentence<String> {
    let Ended {
        id,
        user,
        window,
        label,
        status,
        totals,
        requests,
        retries,
        kind,
        error,
    } = run;
    let (new, same) = (totals.inserted, totals.unchanged);
    let retried = if *retries > 0 {
        sentence!(
            ", {retries} repetidas depois do tropeço",
            ", {retries} retried after a hiccup"
        )
    } else {
        both("", "").owned()
    };
    let why = kind.map_or(String::new(), |kind| {
        format!(" — {}", failure::in_short(kind).pt)
    });
    let error = error.map_or(String::new(), |error| format!(" — {error}"));
    let word = kinds::run(*status).pt;
    Sentence {
        pt: format!(
            "{id} do perito nº {user}, {label}: {word}, {new} horários novos, {same} iguais, {requests} consultas{}{why}",
            retried.pt
        ),
        en: format!(
            "{id} of examiner {user}, window {window}: {status}, {new} new slots, {same} unchanged, {requests} requests{}{error}",
            retried.en
        ),
    }
}

pub(crate) const fn stored(kind: ChangeKind) -> Sentence {
    match kind {
        ChangeKind::Inserted => both("horário gravado", "slot stored"),
        ChangeKind::Removed => both(
            "horário marcado como removido, com a sua história",
            "slot marked removed, its history kept",
        ),
        ChangeKind::Reappeared => both("o horário voltou", "slot is back"),
        ChangeKind::Changed => both("horário alterado", "slot updated"),
    }
}

/// A slot that changed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Change<'a> {
    pub(crate) slot: i64,
    pub(crate) name: &'a str,
    pub(crate) user: i32,
    /// Names of fields, as they are stored and as people call them.
    pub(crate) fields: &'a Sentence<String>,
}

pub(crate) fn change(
    what: Sentence,
    when: &Sentence<String>,
    change: &Change<'_>,
) -> Sentence<String> {
    let Change {
        slot,
        name,
        user,
        fields,
    } = change;
    let Sentence { pt, en } = what;
    let (at_pt, at_en) = (&when.pt, &when.en);
    let in_brackets = |fields: &str| {
        if fields.is_empty() {
            String::new()
        } else {
            format!(" ({fields})")
        }
    };
    let (fields_pt, fields_en) = (in_brackets(&fields.pt), in_brackets(&fields.en));
    sentence!(
        "{pt}: {name}, {at_pt}, perito nº {user}, horário {slot}{fields_pt}",
        "{en}: {name}, {at_en}, examiner {user}, slot {slot}{fields_en}"
    )
}
