//! Words about what is set up, and what is left.

use crate::words::{Sentence, both, count};

pub(crate) const TITLE: Sentence = both("O que falta configurar", "What is left to set up");
pub(crate) const IN_SETTINGS: Sentence = both(
    "Contato, horários de leitura, avisos, backup e endereço se configuram em ",
    "Contact, reading times, alerts, backup and address are set in ",
);
pub(crate) const DONE: Sentence = both("pronto", "done");
pub(crate) const TO_DO: Sentence = both("falta", "to do");
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
    "Ninguém é avisado quando algo vai mal. Diga para onde vão os avisos; depois: ",
    "Nobody is told when something is wrong. Say where messages go; then: ",
);
pub(crate) const ALERTS_CHANGE: Sentence = both("Para onde vão os avisos", "Where messages go");
pub(crate) const ALERTS_TEST: Sentence = both("Para experimentar: ", "To try it: ");
pub(crate) const KEY: Sentence = both("Chave do cofre", "The vault's key");
pub(crate) const KEY_COPY: Sentence = both(
    "Sem ela nenhuma senha e nenhum backup abre. Guarde uma cópia fora desta máquina. Identificação: ",
    "Without it no password and no backup can be opened. Keep a copy elsewhere. Its id: ",
);
pub(crate) const BACKUP: Sentence = both("Backup", "Backup");
pub(crate) const BACKUP_NONE: Sentence = both(
    "Nenhum ainda; o primeiro se faz à noite, ou com ",
    "None yet; the first is made at night, or by ",
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
    "O painel só abre nesta máquina. Para as outras: um proxy com TLS e http.public_url. Como: /usr/share/doc/agendad/pt/seguranca.md, HTTP.",
    "The dashboard opens on this machine only. For others: a proxy with TLS, and http.public_url. How: /usr/share/doc/agendad/security.md, HTTP.",
);

pub(crate) fn examiners(n: usize) -> Sentence<String> {
    let n = i64::try_from(n).unwrap_or(i64::MAX);
    count(n, both("perito", "examiner"), both("peritos", "examiners"))
}
