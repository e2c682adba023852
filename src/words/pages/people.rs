//! Words about those who log in: their pages, and what became of what was asked for.

use crate::domain::login::{BadPassword, LONGEST_PASSWORD, SHORTEST_PASSWORD};
use crate::words::{Sentence, both};

pub(crate) const PEOPLE: Sentence = both("Pessoas", "People");
pub(crate) const INTRODUCTION: Sentence = both(
    "Quem entra no painel com nome e senha. O que cada um faz fica na auditoria com o seu nome.",
    "Those who log in to the dashboard with name and password. What each does is in the audit under their name.",
);
pub(crate) const NOBODY_YET: Sentence = both(
    "Ninguém ainda: todos entram com a mesma chave. Acrescente primeiro um operador; a partir daí a chave fica só para programas.",
    "Nobody yet: all log in with the same token. Add an operator first; from then on the token is for programs only.",
);
pub(crate) const LOGIN: Sentence = both("Nome de acesso", "Login name");
pub(crate) const NAME: Sentence = both("Nome", "Name");
pub(crate) const ROLE: Sentence = both("Papel", "Role");
pub(crate) const EXAMINER: Sentence = both(
    "Perito (só para esse papel)",
    "Examiner (of that role only)",
);
pub(crate) const EXAMINER_NUMBER: Sentence = both(
    "Número do perito (só para esse papel)",
    "Examiner's number (of that role only)",
);
pub(crate) const NO_EXAMINER: Sentence = both("nenhum", "none");
pub(crate) const LAST_LOGIN: Sentence = both("Último acesso", "Last login");
pub(crate) const NEVER: Sentence = both("nunca", "never");
pub(crate) const OFF: Sentence = both("desativado", "disabled");
pub(crate) const ADD: Sentence = both("Acrescentar", "Add");
pub(crate) const ADD_SOMEBODY: Sentence = both("Acrescentar alguém", "Add somebody");
pub(crate) const PASSWORD: Sentence = both("Senha", "Password");
pub(crate) const NEW_PASSWORD: Sentence = both("Senha nova", "New password");
pub(crate) const OLD_PASSWORD: Sentence = both("Senha atual", "Present password");
pub(crate) const SET_PASSWORD: Sentence = both("Mudar a senha", "Change the password");
pub(crate) const SET_ROLE: Sentence = both("Mudar o papel", "Change the role");
pub(crate) const DISABLE: Sentence = both("Desativar", "Disable");
pub(crate) const ENABLE: Sentence = both("Reativar", "Enable");
pub(crate) const REMOVE: Sentence = both("Remover", "Remove");
pub(crate) const REMOVE_TITLE: Sentence = both("Remover esta pessoa?", "Remove this person?");
pub(crate) const WHAT_GOES: Sentence = both(
    "O acesso e as sessões acabam na hora. O que a pessoa fez continua na auditoria, com o nome dela. Para voltar, tem de ser acrescentada de novo, com uma senha nova; para uma pausa, basta desativar.",
    "The login and its sessions end at once. What that person did stays in the audit, under their name. To come back they must be added anew, with a new password; for a while, disabling is enough.",
);
pub(crate) const SESSIONS: Sentence = both("Onde está conectado", "Where they are logged in");
pub(crate) const YOUR_SESSIONS: Sentence =
    both("Onde você está conectado", "Where you are logged in");
pub(crate) const NO_SESSIONS: Sentence = both("Em lugar nenhum.", "Nowhere.");
pub(crate) const SINCE: Sentence = both("Desde", "Since");
pub(crate) const LAST_SEEN: Sentence = both("Visto", "Seen");
pub(crate) const ADDRESS: Sentence = both("Endereço", "Address");
pub(crate) const BROWSER: Sentence = both("Navegador", "Browser");
pub(crate) const END: Sentence = both("Encerrar", "End");
pub(crate) const END_ALL: Sentence = both("Encerrar todas", "End all");
pub(crate) const THIS_ONE: Sentence = both("esta", "this one");
pub(crate) const ACCOUNT: Sentence = both("Minha conta", "My account");
pub(crate) const BY_KEY: Sentence = both(
    "Você entrou com a chave do operador, que todos conhecem. Crie o seu acesso em ",
    "You have logged in with the operator token, which everybody knows. Make a login of your own under ",
);
pub(crate) const ENDS_SESSIONS: Sentence = both(
    "Mudar senha ou papel, desativar e remover encerram as sessões da pessoa.",
    "Changing password or role, disabling and removing end the sessions of that person.",
);
pub(crate) const WHAT_THEY_DID: Sentence = both("O que fez", "What they did");

pub(crate) const INVITED: Sentence = both("Primeiro acesso", "First login");
pub(crate) const INVITED_TO: Sentence = both(
    "Crie o seu acesso de operador. Este endereço vale uma vez.",
    "Make your login as an operator. This address is good once.",
);
pub(crate) const INVITATION_OVER: Sentence = both(
    "Este endereço já foi usado ou passou da hora. Outro sai com ",
    "This address has been used, or its time is over. Another one prints ",
);
pub(crate) const LOGIN_HINT: Sentence = both(
    "Letras minúsculas sem acento, números, ponto, hífen: maria.silva",
    "Small letters without accents, digits, full stop, hyphen: maria.silva",
);

/// What a password must be like.
pub(crate) fn password_hint() -> Sentence<String> {
    sentence!(
        "Pelo menos {SHORTEST_PASSWORD} caracteres; três ou quatro palavras servem bem.",
        "At least {SHORTEST_PASSWORD} characters; three or four words do well."
    )
}

/// What became of what was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "kebab-case")]
pub(crate) enum PersonNotice {
    Added,
    Changed,
    Ended,
    LoginTaken,
    BadLogin,
    BadRole,
    NoName,
    Examiner,
    LastOperator,
    Short,
    Long,
    LikeLogin,
    Common,
    WrongPassword,
    Locked,
    Busy,
    Failed,
}

impl PersonNotice {
    /// Whether something was done.
    pub(crate) const fn is_good(self) -> bool {
        matches!(self, Self::Added | Self::Changed | Self::Ended)
    }

    pub(crate) fn of_password(bad: BadPassword) -> Self {
        match bad {
            BadPassword::Short => Self::Short,
            BadPassword::Long => Self::Long,
            BadPassword::LoginName => Self::LikeLogin,
            BadPassword::Common => Self::Common,
        }
    }

    pub(crate) fn sentence(self) -> Sentence<String> {
        let plain = match self {
            Self::Added => both("Acrescentado.", "Added."),
            Self::Changed => both("Feito.", "Done."),
            Self::Ended => both("Sessão encerrada.", "The session is ended."),
            Self::LoginTaken => both(
                "Já há alguém com este nome de acesso.",
                "Somebody else has this login name.",
            ),
            Self::BadLogin => both(
                "O nome de acesso não serve: de 2 a 60 letras minúsculas sem acento, números e . - _ @, começando por letra ou número.",
                "This cannot be a login name: 2 to 60 small letters without accents, digits and . - _ @, beginning with a letter or digit.",
            ),
            Self::BadRole => both("Escolha um papel.", "Choose a role."),
            Self::NoName => both("Falta o nome.", "The name is missing."),
            Self::Examiner => both(
                "O papel de perito é de um perito cadastrado, e só ele o tem.",
                "The examiner's role is that of an examiner with an account, and of nobody else.",
            ),
            Self::LastOperator => both(
                "É o único operador: acrescente outro antes.",
                "This is the only operator: add another one first.",
            ),
            Self::Short => {
                return sentence!(
                    "A senha tem menos de {SHORTEST_PASSWORD} caracteres.",
                    "The password has fewer than {SHORTEST_PASSWORD} characters."
                );
            }
            Self::Long => {
                return sentence!(
                    "A senha tem mais de {LONGEST_PASSWORD} caracteres.",
                    "The password has more than {LONGEST_PASSWORD} characters."
                );
            }
            Self::LikeLogin => both(
                "A senha é o nome de acesso, ou pouco mais.",
                "The password is the login name, or little more.",
            ),
            Self::Common => both(
                "Esta senha é das primeiras que alguém tentaria.",
                "This password is one of those that are tried first.",
            ),
            Self::WrongPassword => both(
                "A senha atual não confere.",
                "The present password is not right.",
            ),
            Self::Locked => both(
                "Muitas senhas erradas seguidas. Tente mais tarde.",
                "Too many wrong passwords in a row. Try again later.",
            ),
            Self::Busy => both(
                "Muita gente está entrando agora. Tente em alguns segundos.",
                "Many people are logging in just now. Try again in a few seconds.",
            ),
            Self::Failed => both(
                "Não foi possível. Os detalhes estão no registro do agendad.",
                "That was not possible. Details are in agendad's log.",
            ),
        };
        plain.owned()
    }
}
