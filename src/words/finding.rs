//! What the rules of the alerts find.

use std::path::Path;

use chrono::TimeDelta;

use super::alert::length;
use super::{Sentence, both, count, joined};

pub(crate) const CAPTCHA_WITHOUT_SUCCESS: Sentence = both(
    "ainda sem sucesso depois do descanso",
    "still without success after the rest",
);

pub(crate) fn captcha_rest(until: &str) -> Sentence<String> {
    sentence!(
        "conta em descanso até {until}",
        "the account rests until {until}"
    )
}

pub(crate) fn same_cpf(older: Option<i32>) -> Sentence<String> {
    match older {
        Some(older) => sentence!(
            "mesmo CPF da conta nº {older}",
            "same CPF as account no. {older}"
        ),
        None => both("mesmo CPF de outra conta", "same CPF as another account").owned(),
    }
}

/// `windows`: what people call them.
pub(crate) fn pages_not_understood(windows: Option<Sentence<String>>) -> Sentence<String> {
    let sentence = both("páginas não reconhecidas", "pages not understood");
    match windows {
        Some(windows) => Sentence {
            pt: format!("{} ({})", sentence.pt, windows.pt),
            en: format!("{} ({})", sentence.en, windows.en),
        },
        None => sentence.owned(),
    }
}

pub(crate) fn unread_rows(day: &str, fault: Sentence<String>, more: i64) -> Sentence<String> {
    let first = Sentence {
        pt: format!("{day}, {}", fault.pt),
        en: format!("{day}, {}", fault.en),
    };
    if more == 0 {
        return first;
    }
    let more = count(more, both("linha", "row"), both("linhas", "rows"));
    Sentence {
        pt: format!("{}; e mais {}", first.pt, more.pt),
        en: format!("{}; and {} more", first.en, more.en),
    }
}

pub(crate) fn appointments_refused(n: i64) -> Sentence<String> {
    let one = both("agendamento recusado", "appointment refused");
    let many = both("agendamentos recusados", "appointments refused");
    count(n, one, many)
}

pub(crate) fn removals_held(n: i64) -> Sentence<String> {
    let one = both("remoção retida", "removal held back");
    count(n, one, both("remoções retidas", "removals held back"))
}

pub(crate) fn slots_removed(n: i64) -> Sentence<String> {
    let one = both("horário removido", "slot removed");
    count(n, one, both("horários removidos", "slots removed"))
}

/// `windows`: what people call them.
pub(crate) fn no_success(ever: bool, windows: Vec<Sentence<String>>) -> Sentence<String> {
    let what = if ever {
        both("sem sucesso", "without success")
    } else {
        both("nenhum sucesso até hoje", "no success so far")
    };
    let place = if windows.len() == 1 {
        both("no período", "in the window")
    } else {
        both("nos períodos", "in the windows")
    };
    let windows = joined(windows, ", ");
    Sentence {
        pt: format!("{} {} {}", what.pt, place.pt, windows.pt),
        en: format!("{} {} {}", what.en, place.en, windows.en),
    }
}

/// An account that is limited to `windows`, of which none is configured.
pub(crate) fn no_window(windows: &[String]) -> Sentence<String> {
    if windows.is_empty() {
        return both(
            "nada é lido: nenhum período está marcado na conta",
            "nothing is read: no window is chosen in the account",
        )
        .owned();
    }
    let windows = windows.join(", ");
    sentence!(
        "nada é lido: a conta só tem períodos que não existem na configuração ({windows})",
        "nothing is read: the account has only windows that are not configured ({windows})"
    )
}

/// A reason for which syncs failed, and how many.
pub(crate) fn failures(reason: &Sentence<String>, n: i64) -> Sentence<String> {
    Sentence {
        pt: format!("{}: {n}", reason.pt),
        en: format!("{}: {n}", reason.en),
    }
}

/// Of runs whose record names no kind.
pub(crate) const WITHOUT_REASON: Sentence = both("sem motivo", "without a reason");

pub(crate) fn failure_rate(
    failed: i64,
    runs: i64,
    window: &str,
    reasons: Vec<Sentence<String>>,
) -> Sentence<String> {
    let Sentence { pt, en } = joined(reasons, ", ");
    sentence!(
        "{failed} de {runs} sincronizações falharam em {window} ({pt})",
        "{failed} of {runs} syncs failed within {window} ({en})"
    )
}

pub(crate) fn portal_not_reached(unreached: i64, runs: i64) -> Sentence<String> {
    sentence!(
        "{unreached} das últimas {runs} sincronizações não chegaram ao portal",
        "{unreached} of the last {runs} syncs did not reach the portal"
    )
}

pub(crate) fn no_access_from(hosts: &[&str]) -> Sentence<String> {
    let hosts = hosts.join(", ");
    sentence!("sem acesso a partir de {hosts}", "no access from {hosts}")
}

pub(crate) fn syncs_turned_away(n: i64) -> Sentence<String> {
    let one = both("sincronização recusada", "sync turned away");
    count(
        n,
        one,
        both("sincronizações recusadas", "syncs turned away"),
    )
}

/// `until`: as long as it asks for nothing.
pub(crate) fn turned_away(machine: &str, until: Option<&str>) -> Sentence<String> {
    match until {
        Some(until) => sentence!(
            "{machine} não pede nada ao portal até {until}",
            "{machine} leaves the portal alone until {until}"
        ),
        None => sentence!(
            "{machine} tenta de novo na próxima sincronização",
            "{machine} tries again with the next sync"
        ),
    }
}

pub(crate) fn backup_directory(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "o diretório dos backups, {dir}, não pode ser gravado",
        "the directory of the backups, {dir}, cannot be written"
    )
}

pub(crate) fn no_backup_directory(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "a pasta dos backups, {dir}, não existe: o disco dela está montado?",
        "the directory of the backups, {dir}, is not there: is its disk mounted?"
    )
}

pub(crate) fn silent_backup_directory(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "a pasta dos backups, {dir}, não responde: o disco dela ainda é alcançado?",
        "the directory of the backups, {dir}, does not answer: is its disk still reached?"
    )
}

/// `since`: of the last good backup, or since when there ought to have been one.
pub(crate) fn backup_old(exists: bool, age: TimeDelta) -> Sentence<String> {
    let age = length(age);
    if exists {
        return Sentence {
            pt: format!("o último backup bom tem {}", age.pt),
            en: format!("the last good backup is {} old", age.en),
        };
    }
    Sentence {
        pt: format!("nenhum backup bom em {}", age.pt),
        en: format!("no good backup within {}", age.en),
    }
}

/// A system that is told of changes has not taken some.
pub(crate) fn webhook_gave_up(id: i32, label: &str, changes: i64) -> Sentence<String> {
    let changes = count(
        changes,
        both("alteração não foi aceita", "change was not taken"),
        both("alterações não foram aceitas", "changes were not taken"),
    );
    Sentence {
        pt: format!("webhook {id} ({label}): {}", changes.pt),
        en: format!("webhook {id} ({label}): {}", changes.en),
    }
}

/// A system that is told of changes has said that it is gone.
pub(crate) fn webhook_gone(id: i32, label: &str) -> Sentence<String> {
    sentence!(
        "webhook {id} ({label}): o endereço respondeu que não existe mais (410) e foi desligado",
        "webhook {id} ({label}): the address answered that it is gone (410) and was disabled"
    )
}

pub(crate) fn times_taken_back(rows: i64, ahead: TimeDelta) -> Sentence<String> {
    let one = both("hora gravada", "stored time");
    let rows = count(rows, one, both("horas gravadas", "stored times"));
    let ahead = length(ahead);
    Sentence {
        pt: format!(
            "{} no futuro (até {} à frente), trazidas para agora",
            rows.pt, ahead.pt
        ),
        en: format!(
            "{} in the future (up to {} ahead), taken back to now",
            rows.en, ahead.en
        ),
    }
}

/// `ahead`: of the database's clock, in seconds.
pub(crate) fn wrong_clock(machine: &str, ahead: f64) -> Sentence<String> {
    let side = if ahead > 0.0 {
        both("adiantado", "ahead of")
    } else {
        both("atrasado", "behind")
    };
    let seconds = ahead.abs();
    Sentence {
        pt: format!(
            "o relógio de {machine} está {seconds:.0} s {} em relação ao do banco de dados",
            side.pt
        ),
        en: format!(
            "the clock of {machine} is {seconds:.0} s {} the database's",
            side.en
        ),
    }
}
