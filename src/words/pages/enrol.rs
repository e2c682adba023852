//! Words about adding an examiner, and about their account.

use crate::words::{Sentence, both};

pub(crate) const TITLE: Sentence = both("Acrescentar perito", "Add an examiner");
pub(crate) const NAME: Sentence = both("Nome", "Name");
pub(crate) const EMAIL: Sentence = both("E-mail (opcional)", "E-mail (optional)");
pub(crate) const CPF_HINT: Sentence = both(
    "É com ele que o perito entra no e-CNHsp.",
    "With it the examiner logs in to e-CNHsp.",
);
pub(crate) const PASSWORD: Sentence = both("Senha do e-CNHsp", "Password for e-CNHsp");
pub(crate) const PASSWORD_HINT: Sentence = both(
    "Fica guardada cifrada. Ao testar, o agendad entra uma única vez; se o portal recusar, a conta pausa e nada mais é tentado.",
    "It is kept sealed. For the test agendad logs in once; if the portal refuses, the account is paused and nothing else is tried.",
);
pub(crate) const DAYS: Sentence = both(
    "Dias de trabalho (nenhum marcado: todos)",
    "Working days (none ticked: all)",
);
pub(crate) const WINDOWS: Sentence = both(
    "O que é lido (nada marcado: tudo)",
    "What is read (none ticked: all)",
);
pub(crate) const ADD_AND_TEST: Sentence = both("Acrescentar e testar agora", "Add and test now");
pub(crate) const ADD_ONLY: Sentence = both("Só acrescentar", "Add only");
pub(crate) const ACCOUNT: Sentence = both("Conta no portal", "Portal account");
pub(crate) const NEW_PASSWORD: Sentence = both("Senha nova do e-CNHsp", "New password for e-CNHsp");
pub(crate) const SAVE: Sentence = both("Salvar", "Save");
pub(crate) const SWITCH_ON: Sentence = both("Ligar", "Switch on");
pub(crate) const SWITCH_OFF: Sentence = both("Desligar", "Switch off");

pub(crate) const EDIT: Sentence = both("Editar", "Edit");
pub(crate) const REMOVE: Sentence = both("Remover…", "Remove…");
pub(crate) const EDIT_TITLE: Sentence = both("Editar perito", "Edit an examiner");
pub(crate) const NEW_CPF: Sentence =
    both("CPF novo (vazio: o de antes)", "New CPF (empty: as before)");
pub(crate) const NEW_CPF_HINT: Sentence = both(
    "Outro CPF é outro acesso ao portal: digite também a senha dele.",
    "Another CPF is another login at the portal: type its password too.",
);
pub(crate) const PRESENT_CPF: Sentence = both("CPF de agora: ", "CPF now: ");
pub(crate) const PASSWORD_IF_NEW: Sentence = both(
    "Senha do e-CNHsp (vazia: a de antes)",
    "Password for e-CNHsp (empty: as before)",
);
pub(crate) const UNITS: Sentence = both(
    "Unidades que são lidas (nenhuma marcada: todas)",
    "Units that are read (none ticked: all)",
);
pub(crate) const UNITS_LATER: Sentence = both(
    "O portal ainda não mostrou mais de uma unidade deste perito.",
    "The portal has not shown more than one unit of this examiner yet.",
);
pub(crate) const BACK: Sentence = both("Voltar, sem mudar nada", "Back, changing nothing");
pub(crate) const CHANGED_MEANWHILE: Sentence = both(
    "Alguém mudou este perito enquanto esta página estava aberta. Nada foi salvo: aqui está o que vale agora; mude de novo o que for preciso.",
    "Somebody has changed this examiner while this page was open. Nothing was saved: here is what is so now; change again what must be changed.",
);
pub(crate) const NEEDS_PASSWORD: Sentence = both(
    "Com outro CPF é preciso digitar a senha do portal de novo. Nada mudou.",
    "With another CPF the portal password must be typed again. Nothing has changed.",
);
pub(crate) const NO_SUCH_UNIT: Sentence = both(
    "O portal não mostrou uma destas unidades. Nada mudou.",
    "The portal has not shown one of these units. Nothing has changed.",
);

pub(crate) const REMOVE_TITLE: Sentence = both("Remover perito", "Remove an examiner");
pub(crate) const WHAT_GOES: Sentence = both(
    "Vão embora: o CPF e a senha do portal, a sessão no portal, os horários de leitura, o endereço do calendário, os de planilhas só deste perito, os e-mails que o perito recebe, e o acesso ao painel de quem entra como este perito.",
    "Gone will be: CPF and portal password, the session at the portal, when it is read, the calendar's address, those of sheets of this examiner alone, the e-mails that the examiner gets, and the dashboard login of whoever logs in as this examiner.",
);
pub(crate) const WHAT_STAYS: Sentence = both(
    "Ficam: os horários já lidos, o histórico e a auditoria, com o nome. Senhas que o portal recusou continuam lembradas, só como marca, para não serem enviadas de novo. Isto não se desfaz: para só parar de ler, desligue a conta.",
    "Kept are: the slots that were read, the history and the audit, with the name. Passwords that the portal refused are still remembered, as a mark only, so that they are not posted again. This cannot be undone: to just stop reading, switch the account off.",
);
pub(crate) const TYPE_NAME: Sentence =
    both("Para confirmar, digite o nome", "To confirm, type the name");
pub(crate) const REMOVE_NOW: Sentence = both("Remover", "Remove");
pub(crate) const OTHER_NAME: Sentence = both(
    "Este não é o nome. Nada foi removido.",
    "That is not the name. Nothing was removed.",
);
pub(crate) const BUSY: Sentence = both(
    "Uma leitura deste perito está em andamento. Espere ela terminar e tente de novo; nada foi removido.",
    "This examiner is being read. Wait until that ends and try again; nothing was removed.",
);
pub(crate) const REMOVED: Sentence = both("Removido", "Removed");
pub(crate) const TO_OVERVIEW: Sentence = both("Ir à visão geral", "Go to the overview");

/// What stays of somebody who was removed.
pub(crate) fn stays(nome: &str, slots: i64, runs: i64) -> Sentence<String> {
    sentence!(
        "{nome} não é mais lido. Ficaram no histórico {slots} horários e {runs} leituras.",
        "{nome} is read no more. {slots} slots and {runs} runs stay in the history."
    )
}

pub(crate) const BAD_EMAIL: Sentence = both(
    "O e-mail não está certo: confira (um só, como nome@exemplo.com.br).",
    "The e-mail is not right: look at it (a single one, such as name@example.com).",
);
pub(crate) const NO_NAME: Sentence = both("Falta o nome.", "The name is missing.");
pub(crate) const BAD_CPF: Sentence = both(
    "O CPF não está certo: confira os números.",
    "The CPF is not right: look at its digits.",
);
pub(crate) const BAD_PASSWORD: Sentence = both(
    "A senha do portal tem de 1 a 200 caracteres.",
    "A portal password has 1 to 200 characters.",
);
pub(crate) const CPF_TAKEN: Sentence = both(
    "Outro perito já é lido com este CPF.",
    "Another examiner is read with this CPF already.",
);

/// `by`: the column or constraint of the application's table.
pub(crate) fn user_refused(by: &str) -> Sentence<String> {
    sentence!(
        "O sistema da clínica exige de cada usuário mais do que nome e e-mail (usuarios: {by}). Crie o usuário nesse sistema e \
         depois dê a conta a ele: agendad users add --user N",
        "The clinic's application asks of each user for more than name and e-mail (usuarios: {by}). Make the user there, then \
         give them the account: agendad users add --user N"
    )
}

/// The weekdays, by the names under which they are stored.
pub(crate) const WEEKDAYS: [(&str, Sentence); 7] = [
    ("segunda", both("segunda", "Monday")),
    ("terca", both("terça", "Tuesday")),
    ("quarta", both("quarta", "Wednesday")),
    ("quinta", both("quinta", "Thursday")),
    ("sexta", both("sexta", "Friday")),
    ("sabado", both("sábado", "Saturday")),
    ("domingo", both("domingo", "Sunday")),
];
