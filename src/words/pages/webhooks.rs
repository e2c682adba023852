//! Words about addresses of other systems, in the browser. Those of their lists are the command line's.

use crate::domain::ChangeKind;
use crate::words::{Sentence, both};

pub(crate) const TITLE: Sentence = both("Webhooks", "Webhooks");
pub(crate) const INTRODUCTION: Sentence = both(
    "Endereços de outros sistemas, avisados de cada horário que aparece, muda, some ou volta (/usr/share/doc/agendad/pt/webhooks.md).",
    "Addresses of other systems, told of each slot that appears, changes, vanishes or comes back (/usr/share/doc/agendad/webhooks.md).",
);
pub(crate) const NONE: Sentence = both("Nenhum ainda.", "None yet.");
pub(crate) const ADD: Sentence = both("Acrescentar", "Add");
pub(crate) const EXAMINERS: Sentence = both(
    "Só destes peritos (números ou nomes, com vírgulas)",
    "Of these examiners only (numbers or names, with commas)",
);
pub(crate) const PRIVATE: Sentence = both(
    "Permitir a rede local, sem TLS",
    "Allow the local network, without TLS",
);
pub(crate) const HINT: Sentence = both(
    "Leva nome, processo e dia do candidato, com o CPF mascarado: quem recebe trata dados pessoais (LGPD). Nenhum evento marcado: todos.",
    "It holds a candidate's name, process and day, with the CPF masked: the receiver handles personal data (LGPD). No event ticked: all.",
);
pub(crate) const NOBODY: Sentence = both(
    "Nenhum perito, ou mais de um, se chama assim:",
    "No examiner, or more than one, is called so:",
);
pub(crate) const BAD_URL: Sentence = both(
    "Este endereço não serve: ele",
    "This address will not do: it",
);
pub(crate) const REFUSED: Sentence = both("Não foi acrescentado:", "It was not added:");
pub(crate) const TEST: Sentence = both("Enviar teste", "Send a test");
pub(crate) const TAKEN: Sentence = both("Aceito:", "Taken:");
pub(crate) const NOT_TAKEN: Sentence = both("Não foi aceito:", "Not taken:");
pub(crate) const ENABLE: Sentence = both("Ligar", "Enable");
pub(crate) const DISABLE: Sentence = both("Desligar", "Disable");
pub(crate) const ROTATE: Sentence = both("Trocar o segredo", "Rotate the secret");
pub(crate) const ROTATE_HINT: Sentence = both(
    "O segredo anterior ainda assina por um dia; trocado de novo em dez minutos, é o de antes das duas trocas que continua. Desligado, o que mudar espera; removido, perde-se o que espera.",
    "The secret before signs too for a day; rotated again within ten minutes, it is the one before both that goes on. Disabled, what changes waits; removed, what waits is lost.",
);
pub(crate) const REMOVE: Sentence = both("Remover", "Remove");
pub(crate) const REMOVE_TITLE: Sentence = both("Remover este webhook?", "Remove this webhook?");
pub(crate) const WHAT_GOES: Sentence = both(
    "O endereço não recebe mais nada, e o que ainda espera por ele se perde, junto com o segredo. Para uma pausa, basta desligar: o que mudar espera.",
    "The address gets nothing more, and what still waits for it is lost, as is its secret. For a while, disabling is enough: what changes waits.",
);
pub(crate) const NOTHING_WAITS: Sentence = both("Nada espera.", "Nothing waits.");
pub(crate) const REPLAY: Sentence = both("Mandar de novo", "Send again");
pub(crate) const SINCE_DAY: Sentence = both("desde o dia", "from this day on");
pub(crate) const FROM_CHANGE: Sentence = both("ou desde a alteração nº", "or from this change on");
pub(crate) const OF_EXAMINER: Sentence = both("só do perito nº", "of this examiner only (number)");
pub(crate) const REPLAY_HINT: Sentence = both(
    "Com os mesmos números da primeira vez: quem recebe e se lembra deles ignora o que já tem.",
    "With the same ids as the first time: a receiver that remembers them ignores what it has.",
);

pub(crate) fn secret_of(id: i32) -> Sentence<String> {
    sentence!("Segredo do webhook {id}.", "Secret of webhook {id}.")
}

pub(crate) fn event(kind: ChangeKind) -> Sentence {
    match kind {
        ChangeKind::Inserted => both("novo", "new"),
        ChangeKind::Changed => both("mudou", "changed"),
        ChangeKind::Removed => both("sumiu", "removed"),
        ChangeKind::Reappeared => both("voltou", "back"),
    }
}

/// What became of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum WebhookNotice {
    Disabled,
    Enabled,
    Removed,
    Replayed,
    NothingToReplay,
    BadReplay,
}

impl WebhookNotice {
    pub(crate) fn is_good(self) -> bool {
        match self {
            Self::Disabled | Self::Enabled | Self::Removed | Self::Replayed => true,
            Self::NothingToReplay | Self::BadReplay => false,
        }
    }

    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Self::Disabled => both(
                "Desligado; o que mudar espera por ele.",
                "Disabled; what changes waits for it.",
            ),
            Self::Enabled => both(
                "Ligado; continua de onde parou.",
                "Enabled; it goes on where it stopped.",
            ),
            Self::Removed => both("Removido.", "Removed."),
            Self::Replayed => both("Vai de novo.", "It is sent again."),
            Self::NothingToReplay => both(
                "Nada a mandar de novo: desde então, do que este endereço recebe, nada mudou.",
                "There is nothing to send again: since then nothing has changed of what this address is told.",
            ),
            Self::BadReplay => both(
                "Diga desde que dia, ou desde que alteração: um dos dois.",
                "Say from which day, or from which change: one of the two.",
            ),
        }
    }
}
