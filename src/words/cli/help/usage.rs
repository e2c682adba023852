//! What was typed and cannot be understood.

/// Where the whole help is, below each of these.
pub(crate) const SEE_HELP: &str = "Para ver o que um comando aceita, repita-o com --help no fim.";

/// Before the problem.
pub(crate) const ERROR: &str = "erro:";

pub(crate) fn unknown_argument(argument: &str) -> String {
    format!("não há a opção '{argument}' neste comando")
}

pub(crate) fn unknown_command(command: &str) -> String {
    format!("não há o comando '{command}'")
}

pub(crate) fn missing_command(command: &str) -> String {
    format!("depois de '{command}' falta um comando")
}

pub(crate) fn missing(arguments: &str) -> String {
    format!("falta dizer: {arguments}")
}

pub(crate) fn missing_value(argument: &str) -> String {
    format!("depois de '{argument}' falta o valor")
}

pub(crate) fn wrong_value(value: &str, argument: &str) -> String {
    format!("'{value}' não serve para '{argument}'")
}

pub(crate) fn allowed(values: &str) -> String {
    format!("pode ser: {values}")
}

pub(crate) fn too_many(value: &str, argument: &str) -> String {
    format!("'{value}' é demais para '{argument}'")
}

pub(crate) fn too_few(argument: &str) -> String {
    format!("faltam valores para '{argument}'")
}

pub(crate) fn twice(argument: &str) -> String {
    format!("'{argument}' só pode aparecer uma vez")
}

pub(crate) fn conflict(argument: &str, others: &str) -> String {
    format!("'{argument}' não pode ser usado junto com {others}")
}

pub(crate) fn no_equals(argument: &str) -> String {
    format!("o valor de '{argument}' vem depois de um sinal de igual, sem espaço")
}

pub(crate) const NO_TEXT: &str = "um dos valores não é texto em UTF-8";

pub(crate) fn similar(names: &str) -> String {
    format!("você quis dizer {names}?")
}

pub(crate) const NO_NUMBER: &str = "é preciso um número inteiro";
pub(crate) const NO_RATIO: &str = "é preciso um número, com ponto e não vírgula";
pub(crate) const NO_ADDRESS: &str = "é preciso um endereço com porta, como 127.0.0.1:8080";
pub(crate) const NO_TIME: &str = "é preciso um tempo, como 30m, 2h ou 1d";

pub(crate) fn from_to(first: &str, last: &str) -> String {
    format!("é preciso um número de {first} a {last}")
}

pub(crate) fn from(first: &str) -> String {
    format!("é preciso um número a partir de {first}")
}
