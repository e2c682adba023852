//! Words of `agendad migrate`.

use crate::store::places::Places;
use crate::store::preflight::{PreflightIssue, Trouble};
use crate::words::{Sentence, both};

pub(crate) const DRY_RUN: Sentence = both(
    "Ensaio: nada mudou. O que agendad migrate faria:",
    "Dry run: nothing was changed. What agendad migrate would do:",
);

pub(crate) fn to_apply(applied: usize, total: usize) -> Sentence<String> {
    sentence!(
        "{applied} de {total} mudanças das tabelas a fazer",
        "{applied} of {total} migrations to apply"
    )
}

pub(crate) fn applied(applied: usize, total: usize) -> Sentence<String> {
    sentence!(
        "{applied} de {total} mudanças das tabelas feitas agora; as tabelas estão em dia",
        "{applied} of {total} migrations applied now, the schema is up to date"
    )
}

/// Where tables are: ours in one PostgreSQL schema, those of the application perhaps in others.
pub(crate) fn places(places: &Places) -> Sentence<String> {
    let ours = places.ours();
    let mut pt = format!("nossas tabelas: esquema {ours}");
    for (schema, tables) in places.by_schema() {
        pt += &format!("; em {schema}: {}", tables.join(", "));
    }
    let missing = places.missing();
    if !missing.is_empty() {
        pt += &format!("; a criar em {ours}: {}", missing.join(", "));
    }
    Sentence {
        pt,
        en: places.to_string(),
    }
}

/// What an appointment will meet in the application's table.
pub(crate) fn found(foreseen: &PreflightIssue) -> Sentence<String> {
    let column = &foreseen.column;
    let pt = match &foreseen.trouble {
        Trouble::NoDefault => format!(
            "a coluna {column} exige um valor e não tem um padrão: nenhum agendamento pode ser gravado"
        ),
        Trouble::NoText { kind } => format!(
            "a coluna {column} é do tipo {kind}, que não aceita esse texto: nenhum agendamento pode ser gravado"
        ),
        Trouble::Cuts { width, .. } => format!(
            "a coluna {column} só aceita {width} caracteres: valores mais longos são cortados, com um aviso"
        ),
        Trouble::TooNarrow { width, .. } => format!(
            "a coluna {column} só aceita {width} caracteres: nenhum agendamento pode ser gravado"
        ),
        Trouble::MayNotBeEmpty => {
            format!("a coluna {column} exige um valor: candidatos sem ele ficam sem agendamento")
        }
        Trouble::WithZone { zone } => format!(
            "a coluna {column} guarda o horário com fuso: as horas de {zone} são gravadas como se fossem de UTC, e aparecem como outras"
        ),
    };
    let en = foreseen.to_string();
    Sentence { pt, en }
}

/// What to do about it; statements are the same in both languages.
pub(crate) fn cure(foreseen: &PreflightIssue) -> Sentence<String> {
    let column = &foreseen.column;
    let en = foreseen.cure();
    let pt = match foreseen.trouble {
        Trouble::NoDefault => format!(
            "ALTER TABLE agendamentos ALTER COLUMN {column} SET DEFAULT …, ou DROP NOT NULL"
        ),
        Trouble::NoText { .. } => {
            "faça dela um texto, ou configure appointments.enabled = false".to_owned()
        }
        Trouble::WithZone { .. } => {
            "quem mantém o sistema da clínica deve torná-la TIMESTAMP sem fuso; ou configure appointments.enabled = false".to_owned()
        }
        Trouble::Cuts { .. } | Trouble::TooNarrow { .. } | Trouble::MayNotBeEmpty => en.clone(),
    };
    Sentence { pt, en }
}

pub(crate) fn queue(n: usize) -> Sentence<String> {
    sentence!(
        "{n} mudanças das tabelas da fila",
        "{n} migrations of the queue's tables"
    )
}

pub(crate) const OWNERS_FOUND: Sentence = both(
    "horários do sistema anterior atribuídos ao perito deles",
    "slots of the earlier system given to their examiner",
);
pub(crate) const IDENTITIES_REWRITTEN: Sentence = both(
    "horários receberam a identificação nova",
    "slots given their new identity",
);
pub(crate) const DUPLICATES_SET_ASIDE: Sentence = both(
    "linhas mais antigas de um mesmo horário guardadas como removidas",
    "older rows of an identity kept as removed history",
);
pub(crate) const UNIDENTIFIED: Sentence = both(
    "horários sem perito ou sem CPF ficam como estão",
    "slots without examiner or CPF kept as they are",
);
pub(crate) const APPOINTMENTS_LINKED: Sentence = both(
    "horários ligados ao agendamento deles",
    "slots linked to their appointment",
);
pub(crate) const RUNS_CLOSED: Sentence = both(
    "leituras encerradas cujo programa não está mais no ar",
    "runs closed whose process is gone",
);
pub(crate) const USERS_BUSY: Sentence = both(
    "peritos estão sendo lidos agora; a próxima leitura deles faz o resto",
    "examiners being synchronised; their next run does the rest",
);
