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

pub(crate) fn automatic_is_off() -> Advice {
    Advice::text(both(
        "A sincronização automática está desligada na configuração do perito.",
        "Automatic synchronisation is switched off in the examiner's settings.",
    ))
    .told(both(
        "A agenda deste perito só é lida quando alguém pede. Não devia ser assim?",
        "This examiner's agenda is read only when somebody asks for it. Should it not be so?",
    ))
}

pub(crate) fn page_or_row_not_understood() -> Advice {
    Advice::text(both(
        "Uma página ou uma linha da agenda não foi entendida; o resto foi gravado. A leitura diz qual.",
        "A page or a row of the agenda was not understood; the rest was stored. The run says which.",
    ))
    .told(both(
        "Uma página ou uma linha da agenda não foi entendida; o resto foi gravado.",
        "A page or a row of the agenda was not understood; the rest was stored.",
    ))
}

pub(crate) const REMOVALS_HELD_BACK: Sentence = both(
    "A guarda segurou remoções até outra leitura confirmar.",
    "The guard holds removals back until another reading confirms them.",
);
pub(crate) const LAST_RUN_FAILED: Sentence =
    both("A última leitura falhou.", "The last run failed.");

pub(crate) fn nothing_read_for_long() -> Advice {
    Advice::text(both(
        "Faz tempo que nenhuma leitura chega ao fim. Veja na visão geral se o agendad está no ar e se a fila anda.",
        "No run has read everything for long. See in the overview whether agendad is up and the queue moves.",
    ))
    .told(both(
        "Faz tempo que nenhuma leitura chega ao fim.",
        "No run has read everything for long.",
    ))
}

pub(crate) fn no_window() -> Advice {
    Advice::text(both(
        "Nada é lido: os períodos marcados para este perito não existem mais na configuração. Marque outros, ou todos.",
        "Nothing is read: the windows chosen for this examiner are not in the configuration any more. Choose others, or all.",
    ))
    .told(both(
        "Nada é lido: os períodos marcados para este perito não existem mais.",
        "Nothing is read: the windows chosen for this examiner are not there any more.",
    ))
}

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
    .told(both(
        "A conta está desligada: nada é lido. Não devia ser assim?",
        "The account is switched off: nothing is read. Should it not be so?",
    ))
}

pub(crate) fn store_password() -> Advice {
    Advice::text(both(
        "Não há senha do portal guardada: grave-a na página do perito, em Conta no portal.",
        "No portal password is stored: store it on the examiner's page, under Portal account.",
    ))
    .told(both(
        "Não há senha do portal guardada: nada é lido.",
        "No portal password is stored: nothing is read.",
    ))
}

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

#[cfg(test)]
mod tests {
    use strum::VariantArray;

    use super::*;
    use crate::domain::{FailureKind, PauseReason};
    use crate::words::{failure, pause};

    #[test]
    fn examiners_and_reception_are_told_nothing_that_only_operators_can_do() {
        let of_accounts = [
            automatic_is_off(),
            page_or_row_not_understood(),
            nothing_read_for_long(),
            no_window(),
            switch_on(7),
            store_password(),
        ];
        let of_pauses = PauseReason::VARIANTS
            .iter()
            .map(|reason| pause::advice(*reason, 7, None));
        let of_runs = FailureKind::VARIANTS
            .iter()
            .map(|kind| failure::meaning(*kind));
        for advice in of_accounts.into_iter().chain(of_pauses).chain(of_runs) {
            let Sentence { pt, en } = advice.plain();
            for said in [&pt, &en] {
                for theirs in [
                    "Retomar",
                    "; then Resume",
                    "Conta no portal",
                    "Portal account",
                    "agendad users",
                    "agendad portal",
                    "agendad check",
                    "portal.",
                    "esta máquina",
                    "this machine",
                    "A leitura diz",
                    "The run says",
                    "visão geral",
                    "overview",
                ] {
                    let said = said.replace("no portal.", "").replace("the portal.", "");
                    assert!(!said.contains(theirs), "{theirs}: {said}");
                }
            }
        }
    }
}
