//! Words about logging in.

use std::time::Duration;

use crate::words::{Sentence, both};

pub(crate) const NOBODY_YET: Sentence = both("Ninguém tem acesso ainda", "Nobody can log in yet");
pub(crate) const INVITE: Sentence = both(
    "O primeiro operador é criado num endereço que vale uma vez. Este comando, num terminal desta máquina, o mostra:",
    "The first operator is made at an address that is good once. This command, at a terminal of this machine, shows it:",
);
pub(crate) const OPEN_IT: Sentence = both(
    "Abra o endereço, escolha nome e senha, e entre aqui com eles.",
    "Open the address, choose name and password, and log in here with them.",
);
pub(crate) const WITHOUT_NAME: Sentence = both(
    "Para programas, ou sem nomes: uma chave",
    "For programs, or without names: a token",
);
pub(crate) const SET: Sentence = both("Defina ", "Set ");
pub(crate) const IN_WHICH_FILE: Sentence = both(
    " no config.toml (ou AGENDAD_HTTP__OPERATOR_TOKEN no ambiente), por exemplo com a saída de ",
    " in config.toml (or AGENDAD_HTTP__OPERATOR_TOKEN in the environment), for example to what ",
);
pub(crate) const AND_RESTART: Sentence =
    both(", e reinicie o agendad.", " prints, and restart agendad.");
pub(crate) const LOG_IN: Sentence = both("Entrar", "Log in");
/// To a page that a link of another site leads to.
pub(crate) const GO_ON: Sentence = both("Continuar", "Continue");
pub(crate) const NAME_MADE: Sentence = both(
    "O seu acesso está pronto. Entre com o nome de acesso e a senha que acabou de escolher.",
    "Your login is ready. Log in with the login name and the password that you have just chosen.",
);
pub(crate) const WRONG_TOKEN: Sentence = both(
    "Esta chave não é a do operador.",
    "This is not the operator's token.",
);
pub(crate) const TOO_MANY_ATTEMPTS: Sentence = both(
    "Muitas tentativas sem sucesso deste endereço. Aguarde um minuto.",
    "Too many failed attempts from this address. Wait a minute.",
);
pub(crate) const COOKIE_REFUSED: Sentence = both(
    "O acesso está certo, mas o navegador não guardou a sessão. Fora desta máquina o painel exige HTTPS (um proxy com TLS) ou um túnel: ssh -L 8787:localhost:8787.",
    "That was right, but the browser did not keep the session. From other machines the dashboard demands HTTPS (a proxy with TLS) or a tunnel: ssh -L 8787:localhost:8787.",
);
pub(crate) const FORM_LOST: Sentence = both(
    "Nada foi gravado: a sessão terminou antes de o formulário chegar. Entre de novo, confira o que ficou e envie outra vez.",
    "Nothing was saved: your session had ended before the form came. Log in again, look at what is there, and send it once more.",
);
pub(crate) const OPERATOR_TOKEN: Sentence = both("Chave do operador", "Operator token");
pub(crate) const WHICH_TOKEN: Sentence = both(
    "A de http.operator_token, na configuração.",
    "That of http.operator_token, in the configuration.",
);
pub(crate) const BETTER_A_NAME: Sentence = both(
    "Ela vale só até que um operador tenha nome e senha próprios (em Pessoas).",
    "It is good only until an operator has a name and a password of their own (under People).",
);
pub(crate) const WITH_KEY: Sentence = both("Entrar com a chave", "Log in with the token");
pub(crate) const LOGIN_NAME: Sentence = both("Nome de acesso", "Login name");
pub(crate) const PASSWORD: Sentence = both("Senha", "Password");
pub(crate) const FORGOTTEN: Sentence = both(
    "Esqueceu? Um operador lhe dá outra, em Pessoas.",
    "Forgotten? An operator gives you another one, under People.",
);
pub(crate) const KEY_IS_FOR_PROGRAMS: Sentence = both(
    "A chave do operador é só para programas: cada pessoa entra com o próprio nome.",
    "The operator token is for programs only: each person logs in with a name of their own.",
);
pub(crate) const WRONG_PASSWORD: Sentence = both(
    "Nome ou senha não conferem.",
    "Name or password are not right.",
);
pub(crate) const BUSY: Sentence = both(
    "Muita gente está entrando agora. Tente em alguns segundos.",
    "Many people are logging in just now. Try again in a few seconds.",
);

/// Too many wrong passwords under one name.
pub(crate) fn locked(rest: Duration) -> Sentence<String> {
    let minutes = rest.as_secs().div_ceil(60);
    sentence!(
        "Muitas senhas erradas com este nome. Tente em {minutes} min, ou peça a um operador outra senha.",
        "Too many wrong passwords under this name. Try again in {minutes} min, or ask an operator for another password."
    )
}
