//! Words about trying all logins: on the page and at the command line.

use crate::domain::verification::{End, Login};
use crate::words::{Sentence, both, pause};

pub(crate) const TITLE: Sentence = both("Verificar os acessos", "Verify the logins");
pub(crate) const INTRODUCTION: Sentence = both(
    "Entra no portal com a senha de cada perito, um depois do outro, uma só vez cada, sem ler a agenda. Quem está pausado, ou tem uma senha que o portal já \
     recusou, não é tentado. Se o portal não responder, a verificação acaba ali.",
    "Logs in at the portal with each examiner's password, one after another, once each, without reading the agenda. Whoever is paused, or has a password that \
     the portal has refused, is not tried. If the portal does not answer, it ends there.",
);
pub(crate) const BEGIN: Sentence = both("Verificar todos agora", "Verify all now");
pub(crate) const GOES_ON: Sentence = both("Verificando…", "Verifying…");
pub(crate) const ANOTHER: Sentence = both(
    "Uma verificação já está em andamento.",
    "A verification is under way already.",
);
pub(crate) const LAST: Sentence = both("A última", "The last one");
pub(crate) const EXAMINER: Sentence = both("Perito", "Examiner");
pub(crate) const LOGIN: Sentence = both("Acesso", "Login");
pub(crate) const NOBODY: Sentence =
    both("Não há nenhum perito ainda.", "There are no examiners yet.");
pub(crate) const ALL_NEEDED: Sentence = both(
    "diga --all: cada senha é enviada uma vez ao portal",
    "say --all: each password is posted to the portal once",
);

/// What is known of a login.
pub(crate) const fn login(login: Login) -> Sentence {
    match login {
        Login::Waiting => both("espera a vez", "waits"),
        Login::Trying => both("entrando…", "logging in…"),
        Login::Accepted => both("o portal aceitou", "the portal took it"),
        Login::Refused => both(
            "o portal recusou; a conta está pausada",
            "the portal refused it; the account is paused",
        ),
        Login::Unexplained => both(
            "o portal respondeu algo que não se entende",
            "the portal answered something that is not understood",
        ),
        Login::Paused(reason) => pause::title(reason),
        Login::Off => both("desligado; não tentado", "switched off; not tried"),
        Login::NoPassword => both("sem senha; não tentado", "no password; not tried"),
        Login::Busy => both(
            "está sendo lido agora; não tentado",
            "being read just now; not tried",
        ),
        Login::InUse => both(
            "o perito está usando o portal; não se sabe",
            "the examiner is using the portal; not known",
        ),
        Login::Trouble(_) => both("não deu para saber", "could not be found out"),
        Login::Unreadable => both(
            "há um dado inválido na conta; não tentado",
            "the account has an invalid value; not tried",
        ),
        Login::NotTried => both("não tentado", "not tried"),
    }
}

/// How a round ended.
pub(crate) const fn end(end: End) -> Sentence {
    match end {
        End::Done => both("Todos tiveram a sua vez.", "Everybody has had their turn."),
        End::Failed(_) => both(
            "Acabou antes: o portal ou o banco de dados não respondeu como devia. Os outros não foram tentados.",
            "It ended early: the portal or the database did not answer as it should. The others were not tried.",
        ),
        End::Unexplained => both(
            "Acabou antes: o portal respondeu algo que não se entende, e enviar mais senhas podia bloquear contas. Os outros não foram tentados.",
            "It ended early: the portal answered something that is not understood, and to post more passwords could block accounts. The others were not tried.",
        ),
        End::Stopped => both(
            "Acabou antes: o agendad foi parado. Os outros não foram tentados.",
            "It ended early: agendad was stopped. The others were not tried.",
        ),
    }
}

/// How far it is.
pub(crate) fn progress(done: usize, of: usize) -> Sentence<String> {
    sentence!("{done} de {of}", "{done} of {of}")
}
