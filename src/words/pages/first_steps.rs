//! Words about what is set up, and what is left.

use chrono::NaiveTime;

use crate::domain::Undelivered;
use crate::words::{Sentence, both, count, trouble};

/// The steps, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::VariantArray)]
pub(crate) enum Step {
    Operator,
    Contact,
    Examiners,
    Reading,
    Alerts,
    Key,
    Backup,
    Address,
}

impl Step {
    pub(crate) const ALL: &'static [Self] = <Self as strum::VariantArray>::VARIANTS;

    pub(crate) fn title(self) -> Sentence {
        match self {
            Self::Operator => OPERATOR,
            Self::Contact => super::settings::CONTACT,
            Self::Examiners => EXAMINERS,
            Self::Reading => READING,
            Self::Alerts => ALERTS,
            Self::Key => KEY,
            Self::Backup => BACKUP,
            Self::Address => ADDRESS,
        }
    }
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stand {
    Done,
    ToDo,
    /// It is good as it is, and there could be more.
    Optional,
}

impl Stand {
    pub(crate) fn word(self) -> Sentence {
        match self {
            Self::Done => both("pronto", "done"),
            Self::ToDo => both("falta", "to do"),
            Self::Optional => both("opcional", "optional"),
        }
    }
}

/// How many steps are left.
pub(crate) fn left(n: usize) -> Sentence<String> {
    match n {
        0 => both("Está tudo pronto.", "Everything is set up.").owned(),
        1 => both("Falta 1 passo.", "1 step is left.").owned(),
        n => sentence!("Faltam {n} passos.", "{n} steps are left."),
    }
}

pub(crate) const TITLE: Sentence = both("O que falta configurar", "What is left to set up");
pub(crate) const IN_SETTINGS: Sentence = both(
    "Contato, horários de leitura, avisos, backup e endereço se configuram em ",
    "Contact, reading times, alerts, backup and address are set in ",
);
pub(crate) const OPERATOR: Sentence = both("Operador com nome próprio", "An operator with a name");
pub(crate) const OPERATOR_TODO: Sentence = both(
    "Todos entram com a mesma chave. ",
    "All log in with the same token. ",
);
pub(crate) const ADD_PEOPLE: Sentence = both("Acrescentar pessoas", "Add people");
pub(crate) const EXAMINERS: Sentence = both("Peritos", "Examiners");
pub(crate) const ADD_EXAMINER: Sentence = both("Acrescentar perito", "Add an examiner");
pub(crate) const READING: Sentence = both("Quando a agenda é lida", "When the agenda is read");
pub(crate) const NEXT: Sentence = both("próxima ", "next ");
pub(crate) const IMPORT: Sentence = both("Importar peritos", "Import examiners");
pub(crate) const VERIFY: Sentence = both("Verificar os acessos", "Verify the logins");
pub(crate) const READING_CHANGE: Sentence = both("Mudar quando se lê", "Change when it is read");
pub(crate) const ALERTS: Sentence = both("Quem é avisado", "Who is told");
pub(crate) const ALERTS_TODO: Sentence = both(
    "Ninguém é avisado quando algo vai mal. Diga para onde vão os avisos: ",
    "Nobody is told when something is wrong. Say where messages go: ",
);
pub(crate) const ALERTS_CHANGE: Sentence = both("Para onde vão os avisos", "Where messages go");

/// The last message to somebody did not arrive.
pub(crate) fn undelivered(target: &Sentence<String>, why: &Undelivered) -> Sentence<String> {
    let why = trouble::recorded(why.why, &why.said);
    Sentence {
        pt: format!("{}: a última mensagem não chegou: {}.", target.pt, why.pt),
        en: format!(
            "{}: the last message did not arrive: {}.",
            target.en, why.en
        ),
    }
}

/// With these settings no message was sent yet.
pub(crate) fn untried(place: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = place;
    sentence!(
        "{pt}: ainda não se sabe se as mensagens chegam. Envie uma de teste.",
        "{en}: whether messages arrive is not known yet. Send a test message."
    )
}
pub(crate) const KEY: Sentence = both("Chave do cofre", "The vault's key");
pub(crate) const KEY_COPY: Sentence = both(
    "Sem ela nenhuma senha e nenhum backup abre. Guarde uma cópia fora desta máquina. Identificação: ",
    "Without it no password and no backup can be opened. Keep a copy elsewhere. Its id: ",
);
pub(crate) const BACKUP: Sentence = both("Backup", "Backup");
/// None was made yet; `at`: the time of the plan.
pub(crate) fn backup_none(at: NaiveTime) -> Sentence<String> {
    let at = at.format("%H:%M");
    sentence!(
        "Nenhum ainda. O serviço faz o primeiro minutos depois de começar, e daí em diante um por dia, às {at}. Para fazer já: ",
        "None yet. The service makes the first some minutes after it has started, and from then on one a day, at {at}. To make one now: "
    )
}
pub(crate) const BACKUP_OFF: Sentence = both(
    "Desligado em config.toml (backup.of): nenhum é feito.",
    "Switched off in config.toml (backup.of): none is made.",
);
pub(crate) const BACKUP_ELSEWHERE: Sentence = both(
    "Este processo não faz nenhum: o banco de dados é de um servidor, que tem os seus.",
    "This process makes none: the database is a server's, which has its own.",
);
pub(crate) const ADDRESS: Sentence = both(
    "Endereço para outras máquinas",
    "Address for other machines",
);
pub(crate) const ADDRESS_TODO: Sentence = both(
    "O painel só abre nesta máquina; se ninguém precisa dele em outra, não falta nada. Para as outras: um proxy com TLS e http.public_url. Como: /usr/share/doc/agendad/pt/seguranca.md, HTTP.",
    "The dashboard opens on this machine only; if nobody needs it on another one, nothing is left. For others: a proxy with TLS, and http.public_url. How: /usr/share/doc/agendad/security.md, HTTP.",
);

/// The portal does not take the password of `nome`, and of `more` others.
pub(crate) fn refused(nome: &str, more: usize) -> Sentence<String> {
    match more {
        0 => sentence!(
            "O portal recusou a senha de {nome}: falta salvar a certa.",
            "The portal refused the password of {nome}: the right one is missing."
        ),
        more => sentence!(
            "O portal recusou a senha de {nome} e de mais {more}: falta salvar as certas.",
            "The portal refused the passwords of {nome} and {more} more: the right ones are missing."
        ),
    }
}
pub(crate) const NEW_PASSWORD: Sentence = both("Salvar a senha nova", "Store the new password");

pub(crate) fn examiners(n: usize) -> Sentence<String> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    count(n, both("perito", "examiner"), both("peritos", "examiners"))
}
