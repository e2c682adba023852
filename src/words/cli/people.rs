//! Words about those who log in to the dashboard.

use crate::domain::Role;
use crate::domain::login::SHORTEST_PASSWORD;
use crate::words::{Sentence, both, role};

pub(crate) const LOGIN: Sentence = both("acesso", "login");
pub(crate) const NAME: Sentence = both("nome", "name");
pub(crate) const ROLE: Sentence = both("papel", "role");
pub(crate) const STATE: Sentence = both("situação", "state");
pub(crate) const LAST_LOGIN: Sentence = both("último acesso", "last login");
pub(crate) const SESSION: Sentence = both("sessão", "session");
pub(crate) const SINCE: Sentence = both("desde", "since");
pub(crate) const LAST_SEEN: Sentence = both("visto", "seen");
pub(crate) const ADDRESS: Sentence = both("endereço", "address");
pub(crate) const BROWSER: Sentence = both("navegador", "browser");
pub(crate) const ON: Sentence = both("ativo", "on");
pub(crate) const OFF: Sentence = both("desativado", "off");
pub(crate) const NOBODY: Sentence = both(
    "ninguém ainda; como acrescentar: agendad people add --help",
    "nobody yet; how to add somebody: agendad people add --help",
);
pub(crate) const NO_SESSIONS: Sentence = both("ninguém está conectado", "nobody is logged in");
/// What is wanted of it is said before it is typed.
pub(crate) fn password_prompt() -> Sentence<String> {
    sentence!(
        "Senha (de {SHORTEST_PASSWORD} letras ou mais; não aparece): ",
        "Password (of {SHORTEST_PASSWORD} characters or more; not shown): "
    )
}
pub(crate) const PASSWORD_AGAIN: Sentence = both("Outra vez: ", "Once more: ");
pub(crate) const NOT_THE_SAME: Sentence = both(
    "as duas senhas não são iguais",
    "the two passwords are not the same",
);
pub(crate) const ADDED: Sentence = both("acrescentado", "added");
pub(crate) const PASSWORD_CHANGED: Sentence = both(
    "tem uma senha nova; as sessões foram encerradas",
    "has a new password; the sessions are ended",
);
pub(crate) const ROLE_CHANGED: Sentence = both(
    "tem outro papel; as sessões foram encerradas",
    "has another role; the sessions are ended",
);
pub(crate) const DISABLED: Sentence = both("não entra mais", "cannot log in any more");
pub(crate) const ENABLED: Sentence = both("entra de novo", "can log in again");
pub(crate) const REMOVED: Sentence = both("removido", "removed");
pub(crate) const LOGIN_TAKEN: Sentence = both(
    "já há alguém com este nome de acesso",
    "somebody else has this login name",
);
pub(crate) const EXAMINER: Sentence = both(
    "--role perito precisa de --examiner com um perito que tenha conta, e os outros papéis não o têm",
    "--role perito needs --examiner with an examiner who has an account, and no other role has one",
);
pub(crate) const LAST_OPERATOR: Sentence = both(
    "é o único operador; acrescente outro antes",
    "this is the only operator; add another one first",
);
pub(crate) const INVITED: Sentence = both(
    "vale uma vez e por 4 horas; quem o abre cria um acesso de operador",
    "good once and for 4 hours; whoever opens it makes a login as an operator",
);
pub(crate) const HTTP_OFF: Sentence = both(
    "http.listen está vazio: não há painel onde entrar",
    "http.listen is empty: there is no dashboard to log in to",
);

pub(crate) fn of(login: &str, what: Sentence) -> Sentence<String> {
    let Sentence { pt, en } = what;
    sentence!("{login}: {pt}", "{login}: {en}")
}

pub(crate) fn nobody_called(login: &str) -> Sentence<String> {
    sentence!(
        "ninguém entra como {login:?}; veja: agendad people list",
        "nobody logs in as {login:?}; see: agendad people list"
    )
}

pub(crate) fn role(role: Role, examiner: Option<i32>) -> Sentence<String> {
    let Sentence { pt, en } = role::name(role);
    match examiner {
        Some(id) => sentence!("{pt} (nº {id})", "{en} ({id})"),
        None => both(pt, en).owned(),
    }
}

pub(crate) fn ended(login: &str, n: u64) -> Sentence<String> {
    sentence!(
        "{login}: {n} sessões encerradas",
        "{login}: {n} sessions ended"
    )
}
