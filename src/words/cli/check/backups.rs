//! Backups and room.

use std::path::Path;

use crate::words::{Sentence, both};

pub(crate) fn none_yet(dir: &Path, at: &str) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "ainda nenhum em {dir}; agendad run faz o primeiro minutos depois de começar, e um por dia às {at}",
        "none yet in {dir}; agendad run makes the first some minutes after it has started, and one a day at {at}"
    )
}

pub(crate) const NOW: Sentence = both("agora: agendad backup", "now: agendad backup");

/// Where this installation makes none.
pub(crate) const NOT_HERE: Sentence = both(
    "o agendad não faz backup deste banco de dados (backup.of); alguém faz?",
    "agendad makes no backups of this database (backup.of); does anybody?",
);
pub(crate) const NOT_HERE_CURE: Sentence = both(
    "backup.of = \"any\" para que faça toda noite; \"none\" se quem cuida do PostgreSQL os faz",
    "backup.of = \"any\" has it make one every night; \"none\" if whoever looks after PostgreSQL makes them",
);

pub(crate) fn found(
    n: usize,
    dir: &Path,
    newest: &Sentence<String>,
    verified: Option<&Sentence<String>>,
) -> Sentence<String> {
    let dir = dir.display();
    let Sentence { pt, en } = newest;
    match verified {
        Some(at) => Sentence {
            pt: format!(
                "{n} em {dir}, o mais novo de {pt}; um foi restaurado e comparado em {}",
                at.pt
            ),
            en: format!(
                "{n} in {dir}, the newest of {en}; one was put back and compared on {}",
                at.en
            ),
        },
        None => sentence!(
            "{n} em {dir}, o mais novo de {pt}; nenhum foi restaurado ainda para ver se abre",
            "{n} in {dir}, the newest of {en}; none was put back yet to see whether it can be"
        ),
    }
}

pub(crate) const TOO_OLD: Sentence = both(
    "o mais novo é antigo demais: o agendad está no ar, o que diz o registro dele (journalctl -u agendad)? agora: agendad backup",
    "the newest is too old: is the daemon running, what does its log say? now: agendad backup",
);

pub(crate) fn key_needed(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "só abrem com {file}: guarde uma cópia dele, e de um backup, em outra máquina",
        "they open only with {file}: keep a copy of it, and of a backup, on another machine"
    )
}

pub(crate) fn versions(cluster: u32, newest: u32) -> Sentence<String> {
    sentence!(
        "o banco de dados próprio é da versão {cluster}, a mais nova nesta máquina é a {newest}",
        "the private database is of {cluster}, the newest on this machine is {newest}"
    )
}

pub(crate) const UPGRADE: Sentence = both(
    "quando houver tempo: agendad database upgrade --dry-run, depois sem ele",
    "when there is time: agendad database upgrade --dry-run, then without",
);

pub(crate) fn few_files(left: u64, dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "só mais {left} arquivos podem ser criados em {dir}",
        "only {left} more files can be made in {dir}"
    )
}

pub(crate) fn little_room(megabytes: u64, dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "só {megabytes} MB livres em {dir}",
        "only {megabytes} MB are free in {dir}"
    )
}

pub(crate) const ROOM_CURE: Sentence = both(
    "libere espaço, ou mude a pasta para um disco maior: o PostgreSQL para quando o disco enche, e não perde nada",
    "make room, or move the state directory to a larger disk: PostgreSQL stops when the disk is full, and loses nothing",
);

pub(crate) fn free(megabytes: u64) -> Sentence<String> {
    sentence!(
        "{megabytes} MB livres; quanto o banco de dados cresce, se sabe depois de alguns backups",
        "{megabytes} MB are free; how fast the database grows is known after some backups"
    )
}

/// `left`: for how many days there is room, where that is soon.
pub(crate) fn growth(megabytes: u64, grown: f64, days: f64, left: Option<f64>) -> Sentence<String> {
    match left {
        Some(left) => sentence!(
            "{megabytes} MB livres; o banco de dados cresceu {grown:.1} MB em {days:.0} dias: há espaço para {left:.0} dias",
            "{megabytes} MB are free; the database grew by {grown:.1} MB in {days:.0} days: room for {left:.0} days"
        ),
        None => sentence!(
            "{megabytes} MB livres; o banco de dados cresceu {grown:.1} MB em {days:.0} dias",
            "{megabytes} MB are free; the database grew by {grown:.1} MB in {days:.0} days"
        ),
    }
}

pub(crate) const GROWTH_CURE: Sentence = both(
    "um disco maior, ou retention.runs menor",
    "a larger disk, or a shorter retention.runs",
);

pub(crate) fn not_written(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("{dir} não aceita gravações", "{dir} cannot be written")
}

pub(crate) const NOT_WRITTEN_CURE: Sentence = both(
    "crie a pasta e dê-a ao usuário do agendad, ou mude backup.directory; com systemd, ReadWritePaths= também precisa citá-la",
    "make it and give it to the daemon's user, or set backup.directory; under systemd, ReadWritePaths= must name it too",
);

/// The daemon may not write where root may.
pub(crate) fn of_another(dir: &Path, state_dir: &Path) -> Sentence<String> {
    let (dir, state_dir) = (dir.display(), state_dir.display());
    sentence!(
        "{dir} não é do usuário do agendad, o dono de {state_dir}: os backups da noite falham",
        "{dir} does not belong to the daemon's user, who owns {state_dir}: the nightly backups fail"
    )
}

pub(crate) fn of_another_cure(dir: &Path, state_dir: &Path) -> Sentence<String> {
    let (dir, state_dir) = (dir.display(), state_dir.display());
    let both = format!("chown -R --reference={state_dir}/. {dir}");
    sentence!("{both}", "{both}")
}

pub(crate) fn missing(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "{dir} (backup.directory) não existe",
        "{dir} (backup.directory) is not there"
    )
}

pub(crate) const MISSING_CURE: Sentence = both(
    "monte o disco dela; se for nova, crie-a (mkdir -m 700) e dê-a ao usuário do agendad; com systemd, ReadWritePaths= também precisa citá-la",
    "mount its disk; if it is to be a new one, make it (mkdir -m 700) and give it to the daemon's user; under systemd, ReadWritePaths= must name it too",
);

/// Databases that made way for another one.
pub(crate) fn kept(n: usize, newest: &Path) -> Sentence<String> {
    let newest = newest.display();
    if n == 1 {
        return sentence!(
            "1 banco de dados de antes ocupa espaço, o mais novo é {newest}",
            "1 database of before takes room, the newest is {newest}"
        );
    }
    sentence!(
        "{n} bancos de dados de antes ocupam espaço, o mais novo é {newest}",
        "{n} databases of before take room, the newest is {newest}"
    )
}

pub(crate) const KEPT_CURE: Sentence = both(
    "quando tudo estiver bem: agendad database upgrade --finish para os de uma atualização, rm -r para os outros",
    "once all is well: agendad database upgrade --finish for those of an upgrade, rm -r for others",
);
