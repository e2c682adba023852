//! Words of `agendad backup` and `agendad restore`.

use std::path::Path;

use crate::words::{Sentence, both};

/// How much a copy holds, compared with what was copied where it can be.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Size {
    pub(crate) rows: i64,
    pub(crate) tables: usize,
}

pub(crate) const FILE: Sentence = both("arquivo", "file");
pub(crate) const MADE: Sentence = both("feito em", "made");
pub(crate) const SIZE: Sentence = both("tamanho", "size");
pub(crate) const ROWS: Sentence = both("linhas", "rows");
pub(crate) const SEALED: Sentence = both("cifrado", "sealed");
pub(crate) const VERIFIED: Sentence = both("conferido em", "verified");
pub(crate) const NO: Sentence = both("não", "no");

pub(crate) fn with_key(key: &str) -> Sentence<String> {
    sentence!("chave {key}", "key {key}")
}

pub(crate) fn made(file: &Path, size: Size) -> Sentence<String> {
    let (file, Size { rows, tables }) = (file.display(), size);
    sentence!(
        "{file}: {rows} linhas de {tables} tabelas",
        "{file}: {rows} rows of {tables} tables"
    )
}

/// `file`: that of the key; `None`: it is configured.
pub(crate) fn opens_only_with(key: &str, file: Option<&Path>) -> Sentence<String> {
    match file.map(Path::display) {
        Some(file) => sentence!(
            "só abre com a chave {key}: guarde uma cópia de {file} em outro lugar, e não junto dos backups",
            "it opens only with key {key}: keep a copy of {file} elsewhere, not beside the backups"
        ),
        None => sentence!(
            "só abre com a chave {key}: ela está em vault.key; confira se há uma cópia em outro lugar",
            "it opens only with key {key}: vault.key is configured; see that a copy is kept elsewhere"
        ),
    }
}

/// Something that only one process does at a time.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Other {
    Backup,
    Verification,
}

pub(crate) fn waiting(other: Other) -> Sentence {
    match other {
        Other::Backup => both(
            "esperando outro backup terminar …",
            "waiting for another backup to end …",
        ),
        Other::Verification => both(
            "esperando outra conferência terminar …",
            "waiting for another verification to end …",
        ),
    }
}

pub(crate) fn none(dir: &Path, state_dir: &Path) -> Sentence<String> {
    let (dir, state_dir) = (dir.display(), state_dir.display());
    sentence!(
        "não há backups em {dir} (backup.directory; state_dir é {state_dir})",
        "there are no backups in {dir} (backup.directory; state_dir is {state_dir})"
    )
}

pub(crate) fn good(file: &Path, made: &str, size: Size) -> Sentence<String> {
    let (file, Size { rows, tables }) = (file.display(), size);
    sentence!(
        "{file}: em ordem. De {made}; restaurado em um servidor temporário, tem {rows} linhas de {tables} tabelas iguais às originais",
        "{file}: good. Of {made}; put back into a throw-away server, {rows} rows of {tables} tables are what they were"
    )
}

pub(crate) fn not_removed(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("não foi possível remover {dir}", "cannot remove {dir}")
}

pub(crate) fn not_made(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("não foi possível criar {dir}", "cannot make {dir}")
}

pub(crate) const NO_TEXT: Sentence = both(
    "a cópia não é um texto: passe-a adiante, por exemplo para pg_restore --list",
    "the dump is no text: pass it on, for instance to pg_restore --list",
);

pub(crate) const BACKUP_IS_NO_TEXT: Sentence = both(
    "o backup não é um texto: passe-o adiante, por exemplo para | ssh nas 'cat > agenda.backup'",
    "a backup is no text: pass it on, for instance to | ssh nas 'cat > agenda.backup'",
);

pub(crate) fn no_plain_file(path: &Path) -> Sentence<String> {
    let path = path.display();
    sentence!(
        "{path} não é um arquivo comum, e o backup tomaria o lugar dele: indique um arquivo, ou - para a saída padrão",
        "{path} is no plain file, and the backup would take its place: name a file, or - for standard output"
    )
}

/// At a signal.
pub(crate) const NOT_VERIFIED: Sentence = both(
    "interrompido: o backup não foi conferido até o fim; do servidor temporário nada ficou",
    "stopped: the backup was not verified to its end; nothing is left of the throw-away server",
);

pub(crate) const REPLACE_IS_FOR_PRIVATE: Sentence = both(
    "--replace é para o banco de dados próprio: crie um vazio (createdb) e aponte database.url para ele",
    "--replace is for a private database: make an empty one (createdb), and set database.url to it",
);

pub(crate) const FILLING_GIVEN: Sentence = both(
    "enchendo o banco de dados de database.url …",
    "filling the database of database.url …",
);
pub(crate) const FILLING_NEW: Sentence = both(
    "enchendo um banco de dados novo …",
    "filling a new database …",
);

pub(crate) fn private_exists(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "já há um banco de dados próprio em {dir}; com --replace ele dá lugar ao novo, e fica guardado ao lado",
        "there is a private database in {dir} already; with --replace it makes way, and is kept beside the new one"
    )
}

pub(crate) const CANNOT_BE_USED: Sentence = both(
    "o backup foi restaurado, mas não pode ser usado",
    "the backup was put back, but cannot be used",
);

pub(crate) fn restored(made: &str, size: Size) -> Sentence<String> {
    let Size { rows, tables } = size;
    sentence!(
        "o backup de {made} foi restaurado: {rows} linhas de {tables} tabelas iguais às originais",
        "restored the backup of {made}: {rows} rows of {tables} tables are what they were"
    )
}

pub(crate) fn before_is_kept(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "o banco de dados anterior está guardado em {dir}; apague-o quando tudo estiver bem",
        "the database before is kept in {dir}; delete it once all is well"
    )
}

/// `left`: keys that were left aside.
pub(crate) fn settings_restored(left: &[String]) -> Sentence<String> {
    let left = left.join(", ");
    if left.is_empty() {
        both(
            "o que se configurou no navegador ou com agendad config set também voltou",
            "what was set in the browser or by agendad config set is back too",
        )
        .owned()
    } else {
        sentence!(
            "o que se configurou no navegador ou com agendad config set também voltou, menos: {left}",
            "what was set in the browser or by agendad config set is back too, but for: {left}"
        )
    }
}

pub(crate) fn settings_stay(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "{file} já existe e ficou como está: os ajustes do backup não foram postos por cima",
        "{file} is there already and stays as it is: the settings of the backup were not put over it"
    )
}

pub(crate) fn settings_refused(Sentence { pt, en }: &Sentence<String>) -> Sentence<String> {
    sentence!(
        "os ajustes feitos no navegador não puderam voltar; faça-os de novo em Ajustes: {pt}",
        "the settings made in the browser could not be put back; make them again under Ajustes: {en}"
    )
}

/// What comes after whatever needed a stopped daemon.
pub(crate) const NEXT: Sentence = both(
    "agora: agendad check, e depois inicie o agendad",
    "next: agendad check, then start the daemon",
);
