//! Words about the mails that an examiner gets.

use crate::words::{Sentence, both};

pub(crate) const MAILS: Sentence = both("E-mails ao perito", "Mails to the examiner");
pub(crate) const CHANGES: Sentence = both("O que muda no dia", "What changes on the day");
pub(crate) const ADDRESS: Sentence = both("Para", "To");
/// Where the two go to different addresses.
pub(crate) const ADDRESS_OF_TOMORROW: Sentence = both("A de amanhã, para", "Tomorrow's, to");
pub(crate) const ADDRESS_OF_CHANGES: Sentence = both("O que muda, para", "What changes, to");
pub(crate) const SAVE: Sentence = both("Salvar", "Save");
pub(crate) const LAST_ERROR: Sentence = both("O último não saiu: ", "The last one was not sent: ");
pub(crate) const LAST_UNANSWERED: Sentence = both("Sobre o último: ", "About the last one: ");
pub(crate) const NO_SERVER: Sentence = both(
    "Nenhum e-mail sai: falta o servidor, em Ajustes.",
    "No mail goes out: the server is missing, in Settings.",
);
/// The same for an examiner.
pub(crate) const NONE_SENT: Sentence = both(
    "Nenhum e-mail sai por enquanto. Avise quem cuida do agendad.",
    "No mail goes out for now. Tell whoever looks after agendad.",
);
pub(crate) const HINT: Sentence = both(
    "Levam nomes de candidatos, com o CPF mascarado: quem lê essa caixa lê os nomes. Sem endereço, vale o do cadastro.",
    "They hold candidates' names, with CPFs masked: whoever reads the mailbox reads the names. Without an address, the one that is on file.",
);
pub(crate) const YOUR_MAILS: Sentence = both("E-mails que você recebe", "Mails that you get");

pub(crate) fn tomorrow(hour: &str) -> Sentence<String> {
    sentence!(
        "A agenda de amanhã, todo dia às {hour}",
        "Tomorrow's agenda, every day at {hour}"
    )
}
