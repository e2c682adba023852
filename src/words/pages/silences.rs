//! Words about messages that are held back, in the browser.

use crate::words::{Sentence, both, silence};

pub(crate) const HOLD_BACK: Sentence = both("Reter avisos", "Hold messages back");
pub(crate) const HOLD: Sentence = both("Reter", "Hold back");
pub(crate) const END: Sentence = both("Soltar agora", "Let go now");
pub(crate) const ALL: Sentence = both("todos os avisos", "all messages");
pub(crate) const EXAMINER: Sentence = both("só do perito nº", "of this examiner only (number)");
pub(crate) const FOR: Sentence = both("por", "for");
pub(crate) const MAINTENANCE: Sentence = both("Anunciar manutenção", "Announce a maintenance");
pub(crate) const ANNOUNCE: Sentence = both("Anunciar", "Announce");
pub(crate) const NOW: Sentence = both("agora", "now");
pub(crate) const HINT: Sentence = both(
    "Os problemas continuam a ser notados e aparecem nesta página; só as mensagens esperam. Depois de uma manutenção, uma mensagem \
     resume o que houve. Horas: 22:00, 29/11/2026 22:00.",
    "Trouble is still noticed and stands on this page; only the messages wait. After a maintenance one message sums up what there \
     was. Times: 22:00, 29/11/2026 22:00.",
);
/// In seconds.
pub(crate) const SPANS: [(&str, Sentence); 7] = [
    ("1800", both("meia hora", "half an hour")),
    ("3600", both("1 hora", "1 hour")),
    ("14400", both("4 horas", "4 hours")),
    ("28800", both("8 horas", "8 hours")),
    ("86400", both("1 dia", "1 day")),
    ("259200", both("3 dias", "3 days")),
    ("604800", both("7 dias", "7 days")),
];

/// What became of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum SilenceNotice {
    Held,
    Ended,
    Failed,
    Examiner,
    Span,
    Time,
    Why,
}

impl SilenceNotice {
    pub(crate) fn is_good(self) -> bool {
        match self {
            Self::Held | Self::Ended => true,
            Self::Failed | Self::Examiner | Self::Span | Self::Time | Self::Why => false,
        }
    }

    pub(crate) fn sentence(self) -> Sentence {
        match self {
            Self::Held => both("Os avisos esperam.", "The messages wait."),
            Self::Ended => both("Os avisos voltam.", "Messages come again."),
            Self::Failed => both(
                "Já terminou, ou não existe.",
                "It is over, or there is none.",
            ),
            Self::Examiner => both(
                "O perito é um número da lista de peritos, e ninguém tem este.",
                "The examiner is a number of the list of examiners, and nobody has this one.",
            ),
            Self::Span => silence::BAD_SPAN,
            Self::Time => silence::BAD_TIME,
            Self::Why => both("Diga por quê.", "Say why."),
        }
    }
}
