//! The table of the time zone.

use std::fmt::Display;
use std::path::Path;

use crate::words::trouble::detailed;
use crate::words::{Sentence, both};

pub(crate) fn built_in(version: &str) -> Sentence<String> {
    sentence!(
        "a tabela embutida ({version})",
        "the table that is built in ({version})"
    )
}

pub(crate) fn unusable(
    zone: impl Display,
    built_in: &Sentence<String>,
    error: &str,
) -> Sentence<String> {
    let Sentence { pt, en } = built_in;
    let pt = format!("{zone}, por {pt}; a tabela do sistema não pode ser usada");
    Sentence {
        pt: detailed(&pt, error),
        en: format!("{zone} by {en}: {error}"),
    }
}

pub(crate) const UNUSABLE_CURE: Sentence = both(
    "reinstale o pacote tzdata do sistema",
    "install the system's package tzdata anew",
);

pub(crate) fn alone(zone: impl Display, built_in: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = built_in;
    sentence!(
        "{zone}, por {pt}: o sistema não tem nenhuma (pacote tzdata)",
        "{zone} by {en}: the system has none (package tzdata)"
    )
}

pub(crate) fn of_system(zone: impl Display, path: &Path) -> Sentence<String> {
    let path = path.display();
    sentence!(
        "{zone}, pela tabela do sistema {path}",
        "{zone} by the system's table {path}"
    )
}

pub(crate) fn same(found: &Sentence<String>, built_in: &Sentence<String>) -> Sentence<String> {
    Sentence {
        pt: format!("{}, que diz o mesmo que {}", found.pt, built_in.pt),
        en: format!("{}, which says the same as {}", found.en, built_in.en),
    }
}

pub(crate) fn differs(
    found: &Sentence<String>,
    built_in: &Sentence<String>,
    system: &str,
    other: &str,
) -> Sentence<String> {
    Sentence {
        pt: format!(
            "{}; {} difere em {system}: diria {other}. Vale a do sistema",
            found.pt, built_in.pt
        ),
        en: format!(
            "{}; {} differs from {system} on, when it would say {other}. The system's counts",
            found.en, built_in.en
        ),
    }
}

pub(crate) const DIFFERS_CURE: Sentence = both(
    "se a do sistema é a antiga, atualize o pacote tzdata e reinicie o agendad",
    "if the system's table is the old one, bring the package tzdata up to date and restart agendad",
);
