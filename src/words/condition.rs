//! How an examiner is doing: two words, and what to do.

use super::advice::Advice;
use super::{Sentence, both};

pub(crate) const SWITCHED_OFF: Sentence = both("Desligado", "Switched off");
pub(crate) const NO_PASSWORD: Sentence = both("Sem senha", "No password");
pub(crate) const BY_HAND_ONLY: Sentence = both("Só manual", "By hand only");
pub(crate) const EXAMINER_AT_PORTAL: Sentence = both("Perito no portal", "Examiner at the portal");
pub(crate) const PARTIAL: Sentence = both("Parcial", "Partial");
pub(crate) const FAILED: Sentence = both("Falhou", "Failed");
pub(crate) const NEW_PASSWORD: Sentence = both("Senha nova", "New password");
pub(crate) const BEING_TRIED: Sentence = both(
    "A senha nova está sendo experimentada agora; o resultado aparece aqui.",
    "The new password is being tried just now; the outcome will be seen here.",
);
pub(crate) const NOT_TRIED_YET: Sentence = both(
    "A próxima leitura experimenta a senha nova; ou Sincronizar agora.",
    "The next run tries the new password; or synchronise now.",
);
pub(crate) const LATE: Sentence = both("Atrasado", "Late");
pub(crate) const NEW: Sentence = both("Novo", "New");
pub(crate) const UP_TO_DATE: Sentence = both("Em dia", "Up to date");

pub(crate) const AUTOMATIC_IS_OFF: Sentence = both(
    "A sincronização automática está desligada na configuração do perito.",
    "Automatic synchronisation is switched off in the examiner's settings.",
);
pub(crate) const PAGE_OR_ROW_NOT_UNDERSTOOD: Sentence = both(
    "Uma página ou uma linha da agenda não foi entendida; o resto foi gravado. A leitura diz qual.",
    "A page or a row of the agenda was not understood; the rest was stored. The run says which.",
);
pub(crate) const REMOVALS_HELD_BACK: Sentence = both(
    "A guarda segurou remoções até outra leitura confirmar.",
    "The guard holds removals back until another reading confirms them.",
);
pub(crate) const LAST_RUN_FAILED: Sentence =
    both("A última leitura falhou.", "The last run failed.");
pub(crate) const NOTHING_READ_FOR_LONG: Sentence = both(
    "Faz tempo que nenhuma leitura chega ao fim. Veja acima se o agendad está no ar e se a fila anda.",
    "No run has read everything for long. See above whether agendad is up and the queue moves.",
);
pub(crate) const NO_WINDOW: Sentence = both(
    "Nada é lido: os períodos marcados para este perito não existem mais na configuração. Marque outros, ou todos.",
    "Nothing is read: the windows chosen for this examiner are not in the configuration any more. Choose others, or all.",
);
pub(crate) const NOT_READ_YET: Sentence = both("Ainda não foi lido.", "Not read yet.");
pub(crate) const BEING_READ: Sentence = both(
    "É a primeira leitura, que está em andamento.",
    "It is the first run, which is under way.",
);

pub(crate) fn switch_on(usuario_id: i32) -> Advice {
    Advice::command(
        both(
            "Conta ou usuário desligado: nada é lido. Para ligar",
            "Account or user is switched off: nothing is read. To switch it on",
        ),
        format!("agendad users enable --user {usuario_id}"),
    )
}

pub(crate) const STORE_PASSWORD: Sentence = both(
    "Não há senha do portal guardada: grave-a na página do perito, em Conta no portal.",
    "No portal password is stored: store it on the examiner's page, under Portal account.",
);

/// The examiner works at the portal. `until`: when agendad waits no longer.
pub(crate) fn waits_for_examiner(until: Option<&str>) -> Sentence<String> {
    match until {
        Some(until) => sentence!(
            "O perito está usando o portal; agendad espera até {until}.",
            "The examiner is using the portal; agendad waits until {until}."
        ),
        None => both(
            "O perito está usando o portal; agendad espera até que saia.",
            "The examiner is using the portal; agendad waits until they leave.",
        )
        .owned(),
    }
}
