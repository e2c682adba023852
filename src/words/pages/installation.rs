//! Words about how the installation stands.

use crate::store::figures::QueueFigures;
use crate::words::{Sentence, both, count};

pub(crate) const DAEMON: Sentence = both("Serviço", "Daemon");
pub(crate) const PORTAL: Sentence = both("Portal", "Portal");
pub(crate) const QUEUE: Sentence = both("Fila", "Queue");
pub(crate) const READY: Sentence = both("pronto", "ready");
pub(crate) const IN_TROUBLE: Sentence = both("com problema", "in trouble");
pub(crate) const BREAKER_CLOSED: Sentence = both("responde", "answers");
pub(crate) const BREAKER_ON_TRIAL: Sentence = both(
    "em teste: uma leitura vê se voltou",
    "on trial: one run sees whether it is back",
);
pub(crate) const BREAKER_OPEN: Sentence = both("não responde", "does not answer");
pub(crate) const TURNED_AWAY: Sentence =
    both("recusado pelo firewall", "turned away by the firewall");
pub(crate) const FREE: Sentence = both("livre", "free");
pub(crate) const BEHIND: Sentence = both("atrasada", "behind");
pub(crate) const MOVING: Sentence = both("anda", "moving");
pub(crate) const ALERTS: Sentence = both("Alertas", "Alerts");
pub(crate) const OPEN_ALERTS: Sentence = both("Alertas abertos", "Open alerts");

pub(crate) const BACKUPS: Sentence = both("Backup", "Backup");
pub(crate) const NO_BACKUP: Sentence = both("ainda nenhum", "none yet");
pub(crate) const NO_DIRECTORY: Sentence = both("pasta fora de alcance", "directory out of reach");
pub(crate) const BACKUP_GOOD: Sentence = both("feito", "made");
pub(crate) const BACKUP_OLD: Sentence = both("antigo demais", "too old");

/// Backups in the directory.
pub(crate) fn kept(n: usize) -> Sentence<String> {
    match n {
        1 => both("(1 guardado)", "(1 kept)").owned(),
        n => sentence!("({n} guardados)", "({n} kept)"),
    }
}

pub(crate) fn processes(n: i64) -> Sentence<String> {
    count(
        n,
        both("processo", "process"),
        both("processos", "processes"),
    )
}

/// Of a breaker that is open.
pub(crate) fn next_try_in(seconds: u64) -> Sentence<String> {
    sentence!(
        "muitas falhas seguidas; nova tentativa em {seconds} s",
        "too many failures in a row; next try in {seconds} s"
    )
}

pub(crate) fn queue(queue: &QueueFigures) -> Sentence<String> {
    let (running, waiting) = (queue.running, queue.available);
    let planned = queue.scheduled + queue.retryable;
    sentence!(
        "{running} em andamento, {waiting} à espera, {planned} marcadas",
        "{running} running, {waiting} waiting, {planned} planned"
    )
}

/// Alerts that are not shown.
pub(crate) fn and_more(n: usize) -> Sentence<String> {
    sentence!("e mais {n}", "and {n} more")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_backup_is_not_said_as_several() {
        assert_eq!(kept(1).pt, "(1 guardado)");
        assert_eq!(kept(14).pt, "(14 guardados)");
    }
}
