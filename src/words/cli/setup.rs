//! Words of the first set-up on a terminal. The names of its steps are those of the page `/comecar`.

use crate::words::{Sentence, both};

pub(crate) const NO_TERMINAL: Sentence = both(
    "agendad setup pergunta num terminal, e aqui não há um. O mesmo, por comandos: agendad people add --role operador · agendad users add · \
     agendad users import · agendad verify --all · agendad alerts test · agendad backup · agendad check",
    "agendad setup asks at a terminal, and there is none. The same by commands: agendad people add --role operador · agendad users add · \
     agendad users import · agendad verify --all · agendad alerts test · agendad backup · agendad check",
);
pub(crate) const INTRODUCTION: Sentence = both(
    "O que falta configurar, um passo de cada vez. Enter sem nada deixa um passo para depois; o que está pronto não é perguntado de novo.",
    "What is left to set up, one step after another. Enter alone leaves a step for later; what is done is not asked again.",
);
pub(crate) const LATER: Sentence = both(
    "Fica para depois. Quando quiser: agendad setup",
    "Left for later. When you like: agendad setup",
);
pub(crate) const ASK_LOGIN: Sentence = both(
    "Nome de acesso (como maria.silva): ",
    "Login name (such as maria.silva): ",
);
pub(crate) const ASK_NAME: Sentence = both("Nome: ", "Name: ");
pub(crate) const ASK_CPF: Sentence = both("CPF: ", "CPF: ");
pub(crate) const ASK_EMAIL: Sentence = both("E-mail (opcional): ", "E-mail (optional): ");
pub(crate) const ASK_DAYS: Sentence = both(
    "Dias de trabalho, como terca, quarta (Enter: todos): ",
    "Working days, in Portuguese, such as terca, quarta (Enter: all): ",
);
pub(crate) const ASK_TEST: Sentence = both(
    "Testar agora? A senha é enviada uma vez ao portal. [S/n] ",
    "Test now? The password is posted to the portal once. [Y/n] ",
);
pub(crate) const ASK_MESSAGE: Sentence = both(
    "Enviar uma mensagem de teste? [s/N] ",
    "Send a test message? [y/N] ",
);
pub(crate) const BAD_LOGIN: Sentence = both(
    "Não serve: letras minúsculas sem acento, números, ponto, hífen.",
    "That will not do: small letters without accents, digits, full stop, hyphen.",
);
pub(crate) const BAD_CPF: Sentence = both(
    "O CPF não está certo: confira os números.",
    "The CPF is not right: look at its digits.",
);
pub(crate) const BAD_EMAIL: Sentence = both("O e-mail não está certo.", "The e-mail is not right.");
pub(crate) const BAD_DAYS: Sentence = both(
    "Há um dia que não é dia da semana.",
    "One of the days is no weekday.",
);
pub(crate) const CPF_TAKEN: Sentence = both(
    "Outro perito já é lido com este CPF.",
    "Another examiner is read with this CPF already.",
);
pub(crate) const ADDED: Sentence = both("acrescentado", "added");
pub(crate) const SEVERAL_EXAMINERS: Sentence = both(
    "De uma planilha: agendad users import",
    "From a spreadsheet: agendad users import",
);
pub(crate) const SETTINGS_PAGE: Sentence = both(
    "Contato da clínica, quando se lê e para onde vão os avisos mudam-se no painel, em ",
    "The clinic's contact, when it is read and where messages go are changed on the dashboard, at ",
);
pub(crate) const NEVER: Sentence = both("nunca", "never");
pub(crate) const KEY_FILE: Sentence = both("O arquivo: ", "The file: ");
pub(crate) const AT_LAST: Sentence = both(
    "Confira tudo com: agendad check. Se o agendad não está no ar: sudo systemctl start agendad (sem o serviço: agendad run)",
    "Look at everything with: agendad check. If agendad is not running: sudo systemctl start agendad (without the service: agendad run)",
);
