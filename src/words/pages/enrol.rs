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
pub(crate) const SAVE: Sentence = both("Guardar", "Save");
pub(crate) const SWITCH_ON: Sentence = both("Ligar", "Switch on");
pub(crate) const SWITCH_OFF: Sentence = both("Desligar", "Switch off");

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
