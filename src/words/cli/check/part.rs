//! What `agendad check` looks at, part by part.

use crate::words::{Sentence, both};

/// A part; its name in the JSON is that of the variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Part {
    Accounts,
    Alerts,
    Appointments,
    Backups,
    Clock,
    Configuration,
    Contact,
    Daemon,
    Database,
    Encoding,
    Http,
    Kept,
    Key,
    Locks,
    Migrations,
    Passwords,
    People,
    Portal,
    Postgresql,
    Redis,
    Rights,
    Room,
    Sessions,
    Settings,
    StateDir,
    Tables,
    #[serde(rename = "time zone")]
    TimeZone,
    Windows,
}

/// What it is called, before what was found.
pub(crate) const fn name(part: Part) -> Sentence {
    match part {
        Part::Accounts => both("contas", "accounts"),
        Part::Alerts => both("alertas", "alerts"),
        Part::Appointments => both("agendamentos", "appointments"),
        Part::Backups => both("backup", "backups"),
        Part::Clock => both("relógio", "clock"),
        Part::Configuration => both("configuração", "configuration"),
        Part::Contact => both("contato", "contact"),
        Part::Daemon => both("serviço", "daemon"),
        Part::Database => both("banco de dados", "database"),
        Part::Encoding => both("codificação", "encoding"),
        Part::Http => both("http", "http"),
        Part::Kept => both("guardado", "kept"),
        Part::Key => both("chave", "key"),
        Part::Locks => both("travas", "locks"),
        Part::Migrations => both("tabelas", "migrations"),
        Part::Passwords => both("senhas", "passwords"),
        Part::People => both("pessoas", "people"),
        Part::Portal => both("portal", "portal"),
        Part::Postgresql => both("postgresql", "postgresql"),
        Part::Redis => both("redis", "redis"),
        Part::Rights => both("permissões", "rights"),
        Part::Room => both("espaço", "room"),
        Part::Sessions => both("sessões", "sessions"),
        Part::Settings => both("ajustes", "settings"),
        Part::StateDir => both("pasta", "state_dir"),
        Part::Tables => both("onde estão", "tables"),
        Part::TimeZone => both("fuso horário", "time zone"),
        Part::Windows => both("períodos", "windows"),
    }
}
