//! Words of `agendad vault`.

use std::path::Path;

use crate::words::{Sentence, both};

pub(crate) fn configured(key: &str) -> Sentence<String> {
    sentence!(
        "vault.key está configurado: chave {key}",
        "vault.key is configured: key {key}"
    )
}

/// `is_new`: the file has just been made.
pub(crate) fn in_file(file: &Path, key: &str, is_new: bool) -> Sentence<String> {
    let file = file.display();
    if is_new {
        sentence!(
            "{file} tem a chave nova {key}; guarde uma cópia em outro lugar: sem ela as senhas guardadas se perdem",
            "{file} holds the new key {key}; keep a copy elsewhere: without it the stored passwords are lost"
        )
    } else {
        sentence!(
            "{file} já existia e tem a chave {key}; guarde uma cópia em outro lugar: sem ela as senhas guardadas se perdem",
            "{file} has been made already and holds key {key}; keep a copy elsewhere: without it the stored passwords are lost"
        )
    }
}

pub(crate) const IS_ROTATING: Sentence = both(
    "outra troca da chave está em andamento; nada foi mudado. Espere ela terminar",
    "another rotation is under way; nothing was changed. Wait until it ends",
);

pub(crate) fn nothing_to_rotate(first: &str) -> Sentence<String> {
    sentence!(
        "todas as senhas já estão cifradas com a primeira chave de vault.key ({first}); para trocar essa chave, ponha uma \
         nova antes dela (veja: agendad vault rotate --help)",
        "every password is sealed with the first key of vault.key ({first}) already; to replace that key put a new one in \
         front of it (see: agendad vault rotate --help)"
    )
}

pub(crate) fn rotated(n: usize, key: &str) -> Sentence<String> {
    let pt = if n == 1 {
        "senha está agora cifrada"
    } else {
        "senhas estão agora cifradas"
    };
    sentence!(
        "{n} {pt} com a chave {key}",
        "{n} passwords are now sealed with key {key}"
    )
}

pub(crate) fn second_line(file: &Path) -> Sentence<String> {
    let file = file.display();
    sentence!(
        "{file}: guarde uma cópia; a segunda linha é a chave anterior, que só serve para backups feitos até agora",
        "{file}: keep a copy; its second line is the last key, needed only for backups made before now"
    )
}

pub(crate) const OTHER_KEYS: Sentence = both(
    "as outras chaves de vault.key só servem para backups feitos até agora",
    "the other keys of vault.key are needed only for backups made before now",
);

pub(crate) fn unopened(users: &[i32]) -> Sentence<String> {
    sentence!(
        "as senhas dos peritos {users:?} não abrem com nenhuma das chaves daqui; grave-as de novo com: agendad users set-password --user …",
        "the passwords of users {users:?} cannot be opened with any key at hand; set them anew with: agendad users set-password --user …"
    )
}

pub(crate) fn unopened_webhooks(ids: &[i32]) -> Sentence<String> {
    sentence!(
        "os segredos dos webhooks {ids:?} não abrem com nenhuma das chaves daqui; dê outro a cada um com: agendad webhooks rotate …",
        "the secrets of webhooks {ids:?} cannot be opened with any key at hand; give each another one with: agendad webhooks rotate …"
    )
}

pub(crate) fn sealed(n: usize, key: &str) -> Sentence<String> {
    let pt = if n == 1 {
        "senha que não estava cifrada está agora cifrada"
    } else {
        "senhas que não estavam cifradas estão agora cifradas"
    };
    sentence!(
        "{n} {pt} com a chave {key}",
        "{n} clear-text passwords are now sealed with key {key}"
    )
}
