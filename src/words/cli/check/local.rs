//! This machine: windows, state directory, key.

use std::path::Path;
use std::time::Duration;

use crate::words::{Sentence, both, trouble};

pub(crate) fn configuration(zone: &str) -> Sentence<String> {
    sentence!(
        "todas as configurações são válidas; fuso {zone}",
        "every setting is understood; zone {zone}"
    )
}

pub(crate) fn file_closed(file: &Path, mode: u32) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "o serviço não pode ler {file} (modo {mode:03o}) e não inicia",
        "the service cannot read {file} (mode {mode:03o}), and does not start"
    )
}

pub(crate) fn file_closed_cure(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "chmod 644 {file}; segredos ficam em /etc/agendad/credentials",
        "chmod 644 {file}; secrets belong in /etc/agendad/credentials"
    )
}

pub(crate) fn unread_credentials(names: &str, dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "ninguém lê em {dir}: {names}",
        "nobody reads in {dir}: {names}"
    )
}

pub(crate) const UNREAD_CREDENTIALS_CURE: Sentence = both(
    "o arquivo tem o nome de um segredo da configuração, como database.url ou alerts.email.password: corrija o nome, ou tire-o dali",
    "a file there has the name of a setting that is a secret, such as database.url or alerts.email.password: correct it, or take it away",
);

/// A window: what it reads and how often, and its name.
pub(crate) fn window(name: &str, said: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = said;
    sentence!("{pt} ({name})", "{en} ({name})")
}

pub(crate) fn share(a: &str, b: &str, from: u16, to: u16) -> Sentence<String> {
    sentence!(
        "{a} e {b} têm em comum os dias {from} a {to}",
        "{a} and {b} share days {from} to {to}"
    )
}

pub(crate) const SHARE_CURE: Sentence = both(
    "não faz mal, mas esses dias são lidos duas vezes: que um período comece onde o outro termina",
    "harmless, but these days are asked for twice: let one window begin where the other ends",
);

pub(crate) fn gap(from: u16, to: u16) -> Sentence<String> {
    sentence!(
        "nenhum período lê os dias {from} a {to}",
        "no window reads days {from} to {to}"
    )
}

pub(crate) const GAP_CURE: Sentence = both(
    "se os horários desses dias importam, aumente um período ou acrescente outro",
    "widen a window, or add one, if slots of these days matter",
);

pub(crate) fn merged(name: &str, distance: Duration, splay: Duration) -> Sentence<String> {
    sentence!(
        "scheduler.splay ({splay:?}) é maior que o menor tempo entre dois disparos de {name} ({distance:?}): uns caem dentro de outros, e a agenda é lida menos vezes",
        "scheduler.splay ({splay:?}) is longer than the shortest time between two ticks of {name} ({distance:?}): ticks are merged, and the agenda is read less often"
    )
}

pub(crate) const MERGED_CURE: Sentence = both(
    "diminua scheduler.splay, ou leia esses dias menos vezes",
    "give scheduler.splay less time, or the window a rarer cron",
);

pub(crate) fn no_dir(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("{dir} não existe", "{dir} does not exist")
}

pub(crate) fn dir_hidden(dir: &Path, error: &std::io::Error) -> Sentence<String> {
    let (dir, why) = (dir.display(), trouble::of(error).pt);
    sentence!(
        "{dir} não pode ser lida por este usuário: {why}",
        "{dir} may not be looked into by this user: {error}"
    )
}

pub(crate) const SUDO: Sentence = both(
    "rode com sudo: sudo agendad check",
    "run it with sudo: sudo agendad check",
);

pub(crate) const NO_DIR_CURE: Sentence = both(
    "agendad run ou agendad migrate a criam; se o agendad já rodou, indique em state_dir (AGENDAD_STATE_DIR) a mesma pasta",
    "agendad run or agendad migrate makes it; if the daemon has run already, set state_dir (AGENDAD_STATE_DIR) \
     to the daemon's",
);

pub(crate) fn settings(n: usize, file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "{n} no navegador ou por comando ({file})",
        "{n} made in the browser or by command ({file})"
    )
}

pub(crate) fn dir(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!("{dir} aceita gravações", "{dir} can be written")
}

pub(crate) fn dir_fails(dir: &Path, error: &std::io::Error) -> Sentence<String> {
    let (dir, why) = (dir.display(), trouble::of(error).pt);
    sentence!(
        "{dir} não aceita gravações: {why}",
        "{dir} cannot be written: {error}"
    )
}

pub(crate) const DIR_CURE: Sentence = both(
    "rode com o usuário dono da pasta, ou mude state_dir (AGENDAD_STATE_DIR)",
    "run as the user who owns it, or set state_dir (AGENDAD_STATE_DIR)",
);

pub(crate) fn key_file(file: &Path, id: &str) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "{file} guarda a chave {id} (tenha uma cópia: sem ela as senhas gravadas se perdem)",
        "{file} holds key {id} (keep a copy: without it the stored passwords are lost)"
    )
}

/// Others than its owner may read it.
pub(crate) fn key_readable(file: &Path, mode: u32) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "{file} pode ser lido por outros usuários desta máquina (modo {mode:03o}): quem o lê abre todas as senhas gravadas",
        "{file} can be read by other users of this machine (mode {mode:03o}): whoever reads it opens every stored password"
    )
}

pub(crate) fn key_readable_cure(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!("chmod 600 {file}", "chmod 600 {file}")
}

pub(crate) fn key_configured(id: &str) -> Sentence<String> {
    sentence!(
        "vault.key está configurada: chave {id}",
        "vault.key is configured: key {id}"
    )
}

pub(crate) fn no_key(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "ainda nenhuma; {file} é criado no primeiro início, ou por: agendad vault init",
        "none yet; {file} is made at the first start, or by: agendad vault init"
    )
}
