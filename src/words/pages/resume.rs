//! Words about ending a pause after a refusal.

use crate::words::{Sentence, both};

pub(crate) const TITLE: Sentence = both(
    "Retomar com a mesma senha?",
    "Resume with the same password?",
);
pub(crate) const RISK: Sentence = both(
    "Retomar agora envia a mesma senha mais uma vez, e o DETRAN pode bloquear a conta.",
    "To resume now posts the same password once more, and DETRAN may block the account.",
);
pub(crate) const FIRST_FIND_OUT: Sentence = both(
    "Antes, confira com o perito, pelo navegador, se o portal aceita esta senha. Se ela mudou, grave a nova: a pausa acaba sozinha.",
    "First find out with the examiner, in a browser, whether the portal takes this password. If it has changed, store the new one: that ends the pause.",
);
/// A link, and behind it a command.
pub(crate) const STORE_PASSWORD: Sentence = both(
    "Gravar a senha nova na página do perito, em Conta no portal; ou com",
    "Store the new password on the examiner's page, under Portal account; or with",
);
pub(crate) const BACK_WITHOUT_RESUMING: Sentence =
    both("Voltar, sem retomar", "Back, without resuming");
pub(crate) const RESUME_IN_SPITE_OF_RISK: Sentence = both(
    "Retomar com a mesma senha, apesar do risco",
    "Resume with the same password in spite of the risk",
);
