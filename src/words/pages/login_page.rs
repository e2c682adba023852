//! Words about logging in.

use crate::words::{Sentence, both};

pub(crate) const DASHBOARD_SWITCHED_OFF: Sentence =
    both("Painel desligado", "Dashboard switched off");
pub(crate) const SET: Sentence = both("Defina ", "Set ");
pub(crate) const IN_WHICH_FILE: Sentence = both(
    " no config.toml (ou AGENDAD_HTTP__OPERATOR_TOKEN no ambiente), por exemplo com a saída de ",
    " in config.toml (or AGENDAD_HTTP__OPERATOR_TOKEN in the environment), for example to what ",
);
pub(crate) const AND_RESTART: Sentence =
    both(", e reinicie o agendad.", " prints, and restart agendad.");
pub(crate) const LOG_IN: Sentence = both("Entrar", "Log in");
pub(crate) const WRONG_TOKEN: Sentence = both(
    "Esta chave não é a do operador.",
    "This is not the operator's token.",
);
pub(crate) const TOO_MANY_ATTEMPTS: Sentence = both(
    "Muitas tentativas sem sucesso deste endereço. Aguarde um minuto.",
    "Too many failed attempts from this address. Wait a minute.",
);
pub(crate) const COOKIE_REFUSED: Sentence = both(
    "A chave está certa, mas o navegador não guardou a sessão. Fora desta máquina o painel exige HTTPS (um proxy com TLS) ou um túnel: ssh -L 8787:localhost:8787.",
    "The token is right, but the browser did not keep the session. From other machines the dashboard demands HTTPS (a proxy with TLS) or a tunnel: ssh -L 8787:localhost:8787.",
);
pub(crate) const OPERATOR_TOKEN: Sentence = both("Chave do operador", "Operator token");
pub(crate) const WHICH_TOKEN: Sentence = both(
    "A de http.operator_token, na configuração.",
    "That of http.operator_token, in the configuration.",
);
