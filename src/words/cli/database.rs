//! Words of `agendad database`.

use std::path::Path;

use crate::words::{Sentence, both};

use super::backup::Size;

pub(crate) const READ_ONLY: Sentence = both(
    "somente leitura; --write permite mudanças",
    "read-only; --write allows changes",
);

pub(crate) fn not_read(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!("não foi possível ler {file}", "cannot read {file}")
}

pub(crate) const WHERE_TO: Sentence = both(
    "diga para onde: --to URL ou --from URL",
    "say where to: --to URL or --from URL",
);

pub(crate) fn moved(size: Size) -> Sentence<String> {
    let Size { rows, tables } = size;
    sentence!(
        "transferido: {rows} linhas de {tables} tabelas, todas comparadas; o que havia antes continua lá",
        "moved: {rows} rows of {tables} tables, each compared; what was there before is still there"
    )
}

/// `is_given`: the database is now the one of `database.url`.
pub(crate) fn after_move(is_given: bool) -> Sentence {
    if is_given {
        both(
            "agora: ponha o novo endereço em database.url, conserve vault.key, depois agendad check e inicie o agendad",
            "next: set database.url to the new address, keep vault.key, then agendad check and start the daemon",
        )
    } else {
        both(
            "agora: deixe database.url vazio, conserve vault.key, depois agendad check e inicie o agendad",
            "next: leave database.url empty, keep vault.key, then agendad check and start the daemon",
        )
    }
}

pub(crate) const BACKUPS_END: Sentence = both(
    "os backups da noite eram do banco de dados próprio e param aqui: com backup.of = \"any\" continuam no novo",
    "the nightly backups were of the private database, and end here: with backup.of = \"any\" they go on for the new one",
);

pub(crate) fn in_use(n: i64) -> Sentence<String> {
    sentence!(
        "{n} agendad usam esse banco de dados: pare-os antes",
        "{n} daemons use that database: stop them first"
    )
}

pub(crate) const NOT_PRIVATE: Sentence = both(
    "database.url está configurado: quem cuida daquele servidor é quem o atualiza; este comando é para o banco de dados próprio",
    "database.url is set: its server is upgraded by whoever runs it; this is for the private database",
);

pub(crate) fn newest_already(version: u32) -> Sentence<String> {
    sentence!(
        "o banco de dados próprio é do PostgreSQL {version}, o mais novo desta máquina: nada a fazer",
        "the private database is of PostgreSQL {version}, the newest on this machine: nothing to do"
    )
}

pub(crate) const NO_SERVER: Sentence = both(
    "esta máquina não tem os programas do servidor PostgreSQL: apt-get install postgresql",
    "this machine has no PostgreSQL server programs: apt-get install postgresql",
);

/// `can_undo`: the database of before the upgrade is still there.
pub(crate) fn newer_than_programs(cluster: u32, newest: u32, can_undo: bool) -> Sentence<String> {
    let Sentence { pt, en } = if can_undo {
        both(
            "ou volte ao banco de dados de antes da atualização: agendad database upgrade --undo",
            "or take back the database as it was before the upgrade: agendad database upgrade --undo",
        )
    } else {
        both(
            "não há como voltar a uma versão anterior",
            "there is no way back to an older version",
        )
    };
    sentence!(
        "o banco de dados próprio é do PostgreSQL {cluster}, e esta máquina só tem o {newest}, que é mais antigo: instale o \
         PostgreSQL {cluster} (apt-get install postgresql-{cluster}); {pt}",
        "the private database is of PostgreSQL {cluster}, and this machine has only {newest}, which is older: install \
         PostgreSQL {cluster} (apt-get install postgresql-{cluster}); {en}"
    )
}

pub(crate) fn from_backup(file: &Path, made: &str, to: u32) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "ou leve o backup mais novo para o PostgreSQL {to}: agendad database upgrade --from-backup {file} (de {made}; o que foi \
         guardado depois dele se perde, menos o que o portal ainda mostra; o banco de dados antigo fica guardado)",
        "or take the newest backup to PostgreSQL {to}: agendad database upgrade --from-backup {file} (of {made}; what was stored \
         after it is lost, but for what the portal still lists; the old database is kept)"
    )
}

pub(crate) const NO_BACKUP: Sentence = both(
    "não há backup de reserva, portanto conserve a pasta do banco de dados antigo",
    "there is no backup to fall back on, so keep the old database's directory",
);

pub(crate) fn no_programs(from: u32, backup: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = backup;
    sentence!(
        "os programas do PostgreSQL {from}, que criou o banco de dados próprio, não estão nesta máquina: instale-os para a \
         atualização (Debian: apt-get install postgresql-{from}, da versão anterior do sistema se for preciso); {pt}",
        "the programs of PostgreSQL {from}, which made the private database, are not on this machine: install them for the \
         upgrade (Debian: apt-get install postgresql-{from}, from the release before if need be); {en}"
    )
}

pub(crate) const READING: Sentence = both(
    "1/5 lendo o banco de dados, para comparar depois",
    "1/5 reading the database, to compare with afterwards",
);

pub(crate) fn making(to: u32) -> Sentence<String> {
    sentence!(
        "2/5 criando ao lado um banco de dados do PostgreSQL {to}",
        "2/5 making a database of PostgreSQL {to} beside it"
    )
}

pub(crate) const CLONED: Sentence = both(
    "    os arquivos foram clonados: só ocupam espaço quando mudarem",
    "    files were cloned: they take no room until they change",
);
pub(crate) const COPIED: Sentence = both("    os arquivos foram copiados", "    files were copied");
pub(crate) const PLACING: Sentence = both("5/5 pondo no lugar", "5/5 putting it into place");
pub(crate) const COMPARING: Sentence =
    both("3/5 comparando cada tabela", "3/5 comparing every table");

/// `tables`: what is not the same.
pub(crate) fn differs(tables: &str) -> Sentence<String> {
    sentence!(
        "o banco de dados novo não é igual ao antigo; o antigo fica: {tables}",
        "the new database is not what the old one is; the old one stays: {tables}"
    )
}

pub(crate) const STATISTICS: Sentence = both(
    "4/5 reunindo estatísticas, verificando as tabelas",
    "4/5 gathering statistics, looking at the schema",
);

pub(crate) fn pending(n: usize) -> Sentence<String> {
    sentence!(
        "    faltam {n} mudanças das tabelas: o agendad as faz ao iniciar",
        "    {n} migrations are to come: the daemon applies them at its start"
    )
}

pub(crate) fn deleted(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("{dir} apagado", "deleted {dir}")
}

pub(crate) const NONE_KEPT: Sentence = both(
    "nenhuma atualização guardou um banco de dados: nada a fazer",
    "no upgrade has kept a database: nothing to do",
);
pub(crate) const NO_WAY_BACK: Sentence = both(
    "nenhuma atualização guardou um banco de dados: só se volta com um backup (agendad restore)",
    "no upgrade has kept a database: there is no way back but a backup (agendad restore)",
);

/// `is_back`: an upgrade is undone, and not an undo.
pub(crate) fn undone(version: u32, is_back: bool) -> Sentence<String> {
    if is_back {
        sentence!(
            "o banco de dados próprio é de novo o do PostgreSQL {version}, como era antes da atualização; o mais novo fica guardado ao lado",
            "the private database is again the one of PostgreSQL {version}, as it was before the upgrade; the newer one is kept beside it"
        )
    } else {
        sentence!(
            "o banco de dados próprio é de novo o do PostgreSQL {version}, como era quando deu lugar ao outro; o mais antigo fica guardado ao lado",
            "the private database is again the one of PostgreSQL {version}, as it was when it made way; the older one is kept beside it"
        )
    }
}

pub(crate) fn install_first(version: u32) -> Sentence<String> {
    sentence!(
        "esta máquina não tem os programas do PostgreSQL {version}: instale-os antes de iniciar o agendad (Debian: apt-get install \
         postgresql-{version})",
        "this machine has no programs of PostgreSQL {version}: install them before the daemon is started (Debian: apt-get install \
         postgresql-{version})"
    )
}

pub(crate) fn rehearsed(from: u32, to: u32, seconds: f64) -> Sentence<String> {
    sentence!(
        "ensaiado: do PostgreSQL {from} para o {to} em {seconds:.0} s, cada tabela comparada; nada mudou",
        "rehearsed: from PostgreSQL {from} to {to} in {seconds:.0} s, every table compared; nothing was changed"
    )
}

pub(crate) fn upgraded(to: u32, seconds: f64) -> Sentence<String> {
    sentence!(
        "o banco de dados próprio é agora do PostgreSQL {to} ({seconds:.0} s)",
        "the private database is of PostgreSQL {to} now ({seconds:.0} s)"
    )
}

pub(crate) fn old_is_kept(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "o antigo está guardado em {dir}: agendad database upgrade --undo volta a ele, --finish o apaga",
        "the old one is kept in {dir}: agendad database upgrade --undo takes it back, --finish deletes it"
    )
}
