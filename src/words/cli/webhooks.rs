//! Words about addresses of other systems.

pub(crate) use super::list::{BECAUSE, NEXT, SINCE, STATE, TRIES, USER};
use crate::words::{Sentence, both};

pub(crate) const ADDRESS: Sentence = both("webhook", "webhook");
pub(crate) const URL: Sentence = both("endereço", "address");
pub(crate) const FOR: Sentence = both("para", "for");
pub(crate) const EVENTS: Sentence = both("eventos", "events");
pub(crate) const EXAMINERS: Sentence = both("peritos", "examiners");
pub(crate) const WAITING: Sentence = both("à espera", "waiting");
pub(crate) const GIVEN_UP: Sentence = both("perdidas", "given up");
pub(crate) const LAST_TAKEN: Sentence = both("última aceita", "last taken");
pub(crate) const PROBLEM: Sentence = both("último problema", "last problem");
pub(crate) const CHANGES: Sentence = both("alterações", "changes");
pub(crate) const ALL: Sentence = both("todos", "all");
pub(crate) const ON: Sentence = both("ligado", "on");
pub(crate) const OFF: Sentence = both("desligado", "off");
pub(crate) const GONE: Sentence = both("não existe mais (410)", "gone (410)");
pub(crate) const REPLAYED: Sentence = both("mandadas de novo", "sent again");
pub(crate) const LOST: Sentence = both("desistiu-se", "given up");
pub(crate) const NO_ADDRESSES: Sentence = both(
    "nenhum webhook; para acrescentar: agendad webhooks add --url https://… --label …",
    "no webhooks; add one with: agendad webhooks add --url https://… --label …",
);
pub(crate) const NOTHING_WAITS: Sentence = both(
    "nada espera e nada se perdeu",
    "nothing waits and nothing was given up",
);
pub(crate) const KEEP_SECRET: Sentence = both(
    "guarde o segredo com quem recebe: ele não é mostrado de novo",
    "give the secret to the receiver: it is not shown again",
);
pub(crate) const NOT_RUNNING: Sentence = both(
    "webhooks.enabled = false: nada é enviado",
    "webhooks.enabled = false: nothing is sent",
);

pub(crate) fn no_such(id: i32) -> Sentence<String> {
    sentence!(
        "não há webhook {id}; veja: agendad webhooks list",
        "there is no webhook {id}; see: agendad webhooks list"
    )
}

pub(crate) fn added(id: i32) -> Sentence<String> {
    sentence!(
        "webhook {id}: recebe o que mudar de agora em diante",
        "webhook {id}: is told of what changes from now on"
    )
}

pub(crate) fn rotated(id: i32, until: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!(
            "webhook {id}: o segredo anterior também assina até {}",
            until.pt
        ),
        en: format!(
            "webhook {id}: the secret before signs too until {}",
            until.en
        ),
    }
}

pub(crate) fn disabled(id: i32) -> Sentence<String> {
    sentence!(
        "webhook {id}: desligado; o que mudar espera por ele",
        "webhook {id}: disabled; what changes waits for it"
    )
}

pub(crate) fn enabled(id: i32) -> Sentence<String> {
    sentence!(
        "webhook {id}: ligado; continua de onde parou",
        "webhook {id}: enabled; goes on where it stopped"
    )
}

pub(crate) fn removed(id: i32) -> Sentence<String> {
    sentence!("webhook {id}: removido", "webhook {id}: removed")
}

pub(crate) fn replayed(id: i32, examiners: i64) -> Sentence<String> {
    sentence!(
        "webhook {id}: as alterações de {examiners} peritos são enviadas de novo",
        "webhook {id}: the changes of {examiners} examiners are sent again"
    )
}
