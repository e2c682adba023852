//! Words of the first set-up on a terminal. The names of its steps are those of the page `/comecar`.

use crate::words::{Sentence, both};

pub(crate) const NO_TERMINAL: Sentence = both(
    "agendad setup pergunta num terminal, e aqui não há um. O mesmo, por comandos:\n  \
     operador:  agendad people add --role operador (ou agendad people invite)\n  \
     contato:   agendad config set portal.user_agent 'agendad (agenda do perito; +mailto:E-MAIL-DA-CLÍNICA)'\n  \
     peritos:   agendad users add, agendad users import; depois agendad verify --all\n  \
     leituras:  agendad config set windows '[…]'\n  \
     avisos:    agendad config set alerts.email.host SERVIDOR (e from, to, username, password); depois agendad alerts test\n  \
     backup:    agendad backup\n  \
     endereço:  agendad config set http.public_url https://…\n  \
     tudo:      agendad check",
    "agendad setup asks at a terminal, and there is none. The same by commands:\n  \
     operator:  agendad people add --role operador (or agendad people invite)\n  \
     contact:   agendad config set portal.user_agent 'agendad (agenda do perito; +mailto:E-MAIL-OF-THE-CLINIC)'\n  \
     examiners: agendad users add, agendad users import; then agendad verify --all\n  \
     readings:  agendad config set windows '[…]'\n  \
     alerts:    agendad config set alerts.email.host SERVER (and from, to, username, password); then agendad alerts test\n  \
     backup:    agendad backup\n  \
     address:   agendad config set http.public_url https://…\n  \
     all of it: agendad check",
);
pub(crate) const INTRODUCTION: Sentence = both(
    "O que falta configurar, um passo de cada vez. Enter sem nada deixa um passo para depois, ou como está; do que está pronto só se pergunta se muda.",
    "What is left to set up, one step after another. Enter alone leaves a step for later, or as it is; of what is done you are only asked whether to change it.",
);
pub(crate) const LATER: Sentence = both(
    "Fica para depois. Quando quiser: agendad setup",
    "Left for later. When you like: agendad setup",
);
/// At a signal.
pub(crate) const LEFT: Sentence = both(
    "Interrompido. O que já está pronto fica; o resto, quando quiser: agendad setup",
    "Stopped. What is done stays; the rest, when you like: agendad setup",
);
/// The portal took the password.
pub(crate) fn read_next(user: i32) -> Sentence<String> {
    sentence!(
        "O serviço lê a agenda em seguida. Para ler já e acompanhar: agendad sync --user {user}",
        "The service reads the agenda next. To read at once and watch: agendad sync --user {user}"
    )
}
/// The portal refused what was typed.
pub(crate) fn right_password(user: i32) -> Sentence<String> {
    sentence!(
        "Digite a senha certa do e-CNHsp e ela é tentada uma vez; Enter deixa para depois: agendad users set-password --user {user}",
        "Type the right password of e-CNHsp and it is tried once; Enter leaves it for later: agendad users set-password --user {user}"
    )
}
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
pub(crate) const ASK_ANOTHER: Sentence =
    both("Acrescentar outro? [s/N] ", "Add another one? [y/N] ");
pub(crate) const ASK_CHANGE: Sentence = both("Mudar? [s/N] ", "Change it? [y/N] ");
pub(crate) const ASK_AGAIN: Sentence = both(
    "Corrigir e tentar de novo? [S/n] ",
    "Correct it and try again? [Y/n] ",
);
pub(crate) const ASK_CONTACT: Sentence = both("E-mail da clínica: ", "The clinic's e-mail: ");
pub(crate) const ASK_CHANNEL: Sentence = both(
    "Por onde avisar? O número (Enter: depois): ",
    "Which way? Its number (Enter: later): ",
);
pub(crate) const BAD_CHANNEL: Sentence = both("Um número da lista.", "A number of the list.");
pub(crate) const ASK_ADDRESS: Sentence = both(
    "Endereço para as outras, como https://agenda.example.org (Enter: fica como está): ",
    "Address for the others, such as https://agenda.example.org (Enter: it stays as it is): ",
);
pub(crate) const ENTER_KEEPS: Sentence = both(
    "Enter deixa o que está entre colchetes.",
    "Enter leaves what stands in brackets.",
);
/// Of settings of which each can be taken away.
pub(crate) const ENTER_KEEPS_HYPHEN_TAKES: Sentence = both(
    "Enter deixa o que está entre colchetes; um hífen (-) tira o que há.",
    "Enter leaves what stands in brackets; a hyphen (-) takes away what there is.",
);
pub(crate) const ASK_WINDOW_DAYS: Sentence = both(
    "  Dias, contados de hoje, que é 0, como 0-3; 'nenhum' tira esta leitura",
    "  Days from today, which is 0, such as 0-3; 'none' takes this reading away",
);
pub(crate) const ASK_NEW_DAYS: Sentence = both(
    "  Mais uma leitura? Os dias dela (Enter: não): ",
    "  Another reading? Its days (Enter: no): ",
);
pub(crate) const ASK_RHYTHM: Sentence = both(
    "  Com que frequência, como 15m (minutos) ou 2h; ou uma vez por dia, às 06:30",
    "  How often, such as 15m (minutes) or 2h; or once a day, at 06:30",
);
pub(crate) const ASK_HOURS: Sentence = both(
    "  Das quantas às quantas horas, como 6-20; 'todas': o dia inteiro",
    "  From which hour to which, such as 6-20; 'all': all day",
);
pub(crate) const ALL_DAY: Sentence = both("todas", "all");
pub(crate) const NO_DAYS: Sentence = both("nenhum", "none");
pub(crate) const SAVED: Sentence = both(
    "Salvo; o agendad que está no ar o usa em segundos.",
    "Saved; the agendad that is running uses it within seconds.",
);
pub(crate) const STANDING: Sentence = both("Como está", "How it stands");

/// A question, and what Enter leaves as it is.
pub(crate) fn with_known(question: Sentence, known: &str) -> Sentence<String> {
    let Sentence { pt, en } = question;
    if known.is_empty() {
        return sentence!("{pt}: ", "{en}: ");
    }
    sentence!("{pt} [{known}]: ", "{en} [{known}]: ")
}
pub(crate) const NEVER: Sentence = both("nunca", "never");
pub(crate) const KEY_FILE: Sentence = both("O arquivo: ", "The file: ");
pub(crate) const AT_LAST: Sentence = both(
    "Confira a instalação inteira com: agendad check. Se o agendad não está no ar: systemctl start agendad (sem o serviço: agendad run)",
    "Look at everything with: agendad check. If agendad is not running: systemctl start agendad (without the service: agendad run)",
);
