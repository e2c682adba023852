//! Words about the secret address of an examiner's calendar.

use crate::words::{Sentence, both};

pub(crate) const CALENDAR_ADDRESS: Sentence = both("Endereço do calendário", "Calendar address");
pub(crate) const SHOWN_ONCE: Sentence = both("(mostrado só agora)", "(shown only now)");
pub(crate) const HOW_TO_SUBSCRIBE: Sentence = both(
    "No celular do perito: acrescentar uma assinatura de calendário com este endereço. Quem o tiver vê a agenda; passe-o só ao perito.",
    "On the examiner's phone: add a calendar subscription with this address. Whoever has it sees the agenda; give it to the examiner alone.",
);
pub(crate) const WHAT_IT_IS: Sentence = both(
    "A agenda no calendário do celular do perito, por um endereço secreto.",
    "The agenda in the calendar of the examiner's phone, by a secret address.",
);
pub(crate) const ADDRESS_MADE: Sentence = both("Endereço criado ", "Address made ");
pub(crate) const READ: Sentence = both("lido ", "read ");
pub(crate) const NOT_READ_YET: Sentence = both("ainda não lido", "not read yet");
pub(crate) const REPLACE_ADDRESS: Sentence = both("Trocar endereço", "Replace address");
pub(crate) const MAKE_ADDRESS: Sentence = both("Criar endereço", "Make address");
pub(crate) const REVOKE: Sentence = both("Revogar", "Revoke");
