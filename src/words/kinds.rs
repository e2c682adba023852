//! The kinds that the database records: states of slots and runs, what changed, what a run counts.

use super::{Sentence, both};
use crate::domain::{ChangeKind, RunStatus, SlotStatus, Totals};

pub(crate) const fn slot(status: SlotStatus) -> Sentence {
    match status {
        SlotStatus::Upcoming => both("marcado", "booked"),
        SlotStatus::Completed => both("realizado", "done"),
        SlotStatus::Removed => both("removido", "removed"),
    }
}

pub(crate) const fn run(status: RunStatus) -> Sentence {
    match status {
        RunStatus::Running => both("em andamento", "running"),
        RunStatus::Success => both("completa", "complete"),
        RunStatus::Partial => both("parcial", "partial"),
        RunStatus::Failed => both("falhou", "failed"),
    }
}

pub(crate) const fn change(kind: ChangeKind) -> Sentence {
    match kind {
        ChangeKind::Inserted => both("novo", "new"),
        ChangeKind::Changed => both("alterado", "changed"),
        ChangeKind::Removed => both("removido", "removed"),
        ChangeKind::Reappeared => both("voltou", "back"),
    }
}

/// A field of a slot that changed, by its column or its key in the payload; `None` for one that has no other name.
pub(crate) fn field(key: &str) -> Option<Sentence> {
    Some(match key {
        "nome" => both("nome", "name"),
        "telefone" => both("telefone", "telephone"),
        "email" => both("e-mail", "e-mail"),
        "tipo_processo" => both("processo", "process"),
        "categoria" => both("categoria", "category"),
        "status_exame_medico" => both("exame médico", "medical exam"),
        "status_exame_psicologico" => both("exame psicológico", "psychological exam"),
        "slot_status" => both("situação", "status"),
        _ => return None,
    })
}

/// What a run counts, each with its name.
pub(crate) const fn totals(totals: &Totals) -> [(i64, Sentence); 9] {
    let Totals {
        inserted,
        updated,
        unchanged,
        removed,
        held,
        skipped,
        appointments_created,
        appointments_linked,
        appointments_cancelled,
    } = *totals;
    [
        (inserted, both("novos", "new")),
        (updated, both("alterados", "changed")),
        (unchanged, both("iguais", "unchanged")),
        (removed, both("removidos", "removed")),
        (
            held,
            both(
                "remoções à espera de confirmação",
                "removals waiting for confirmation",
            ),
        ),
        (skipped, both("dias não lidos", "days not read")),
        (
            appointments_created,
            both("agendamentos criados", "appointments created"),
        ),
        (
            appointments_linked,
            both("agendamentos ligados", "appointments linked"),
        ),
        (
            appointments_cancelled,
            both("agendamentos cancelados", "appointments cancelled"),
        ),
    ]
}
