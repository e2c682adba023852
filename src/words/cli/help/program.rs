//! The program itself, the options of all commands, and clap's own words.

use super::command::Help;

pub(super) const HELP: &[Help] = &[Help {
    path: "",
    about: "Mantém um banco de dados PostgreSQL em dia com as agendas dos peritos do DETRAN no e-CNHsp.",
    args: &[
        (
            "config",
            "Arquivo de configuração [padrão: /etc/agendad/config.toml, ou ./config.toml se existir]",
        ),
        (
            "json",
            "Um objeto ou uma lista em JSON na saída padrão, em vez de tabela: para programas",
        ),
        (
            "wide",
            "Todas as colunas da tabela, por mais larga que fique; sem isto, o que cabe no terminal, ou em 80 colunas",
        ),
    ],
    after: "Códigos de saída: 0 feito, 1 falhou, 2 uso ou configuração, 3 feito em parte, 75 este perito já está sendo lido.\n\n\
        Idioma do que as pessoas leem: AGENDAD_LANG=pt ou en, ou então o de LC_ALL, LC_MESSAGES, LANG (pt: português; senão, \
        inglês). JSON e o registro do serviço não têm idioma.\n\n\
        Primeiros passos: agendad demo · agendad setup · agendad check",
}];

/// The whole of the first page.
pub(crate) const LONG_ABOUT: &str = "Mantém um banco de dados PostgreSQL em dia com as agendas dos peritos do DETRAN no e-CNHsp.\n\n\
    Sem database.url, mantém um PostgreSQL próprio em state_dir. Configuração: config.toml, ou AGENDAD_SEÇÃO__OPÇÃO no \
    ambiente; `agendad config show` mostra tudo.";

pub(crate) const USAGE: &str = "Uso:";
pub(crate) const COMMANDS: &str = "Comandos:";
pub(crate) const ARGUMENTS: &str = "Argumentos:";
pub(crate) const OPTIONS: &str = "Opções:";
/// As clap writes it into a usage line, and in Portuguese.
pub(crate) const NO_OPTIONS: &str = "[OPTIONS]";
pub(crate) const SOME_OPTIONS: &str = "[OPÇÕES]";
pub(crate) const SOME_COMMAND: &str = "COMANDO";
pub(crate) const HELP_FLAG: &str = "Mostra esta ajuda";
pub(crate) const VERSION_FLAG: &str = "Mostra a versão";
pub(crate) const HELP_COMMAND: &str = "Mostra esta ajuda, ou a de um comando";

/// The headings of a manual page, as they are made, and in Portuguese.
pub(crate) const MANUAL_HEADINGS: &[(&str, &str)] = &[
    ("NAME", "NOME"),
    ("SYNOPSIS", "USO"),
    ("DESCRIPTION", "DESCRIÇÃO"),
    ("OPTIONS", "OPÇÕES"),
    ("SUBCOMMANDS", "COMANDOS"),
    ("EXTRA", "MAIS"),
    ("VERSION", "VERSÃO"),
];

pub(crate) fn default(values: &str) -> String {
    format!("[padrão: {values}]")
}

pub(crate) fn possible_values(values: &str) -> String {
    format!("[valores possíveis: {values}]")
}

pub(crate) const POSSIBLE_VALUES: &str = "Valores possíveis:";
