//! Words of `agendad portal`. What it says of pages is in `probe`.

use std::path::Path;

use crate::words::{Sentence, both};

pub(crate) const PAGE: Sentence = both("página", "page");
pub(crate) const BYTES: Sentence = both("bytes", "bytes");

pub(crate) fn not_shown(name: &str) -> Sentence<String> {
    sentence!("não foi possível mostrar {name}", "failed to show {name}")
}

pub(crate) const NOT_SAVED: Sentence = both(
    "não foi possível guardar as páginas",
    "failed to save the pages",
);
pub(crate) const NOT_WALKED: Sentence = both(
    "o caminho pelo portal não chegou ao fim",
    "failed to walk the portal to its end",
);
pub(crate) const NOT_LISTED: Sentence = both(
    "não foi possível listar as páginas guardadas",
    "failed to list the evidence",
);

pub(crate) const BUSY: Sentence = both(
    "este perito está sendo lido agora; tente de novo quando a leitura terminar",
    "a sync of this user is running; try again when it has ended",
);

/// `refused`: as a sync says it.
pub(crate) fn paused(refused: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = refused;
    sentence!(
        "{pt}; para entrar no portal mesmo assim, por sua conta e risco: --although-paused",
        "{en}; to risk a login all the same: --although-paused"
    )
}

/// `missing`: keys that were not found; `logged_in`: the walk went through the login.
pub(crate) fn walked(user: i32, missing: &str, logged_in: bool) -> Sentence<String> {
    let fits = if missing.is_empty() {
        both("o perfil está certo", "the profile fits").owned()
    } else {
        sentence!(
            "não encontrado no caminho: {missing}",
            "not found on the way: {missing}"
        )
    };
    let login = if logged_in {
        both("", "").owned()
    } else {
        sentence!(
            " e as chaves da entrada e do formulário de busca (agendad sessions clear --user {user}, e o caminho começa por elas)",
            " and the keys of the login and of the search form (agendad sessions clear --user {user}, then the walk begins there)"
        )
    };
    Sentence {
        pt: format!(
            "O caminho chegou ao fim: {}. Não se experimentou, porque a sessão fica aberta: portal.profile.logout_path{}.",
            fits.pt, login.pt
        ),
        en: format!(
            "The walk reached its end: {}. Not tried, because the session is kept: portal.profile.logout_path{}.",
            fits.en, login.en
        ),
    }
}

pub(crate) fn page_is_kept(name: &Path) -> Sentence<String> {
    let name = name.display();
    sentence!(
        "a página está guardada; veja com: agendad portal evidence show {name}",
        "the page is kept; see it with: agendad portal evidence show {name}"
    )
}

pub(crate) const SET_THE_KEY: Sentence = both(
    "a chave que não foi encontrada se define em [portal.profile] da configuração, ou, para experimentar, em \
     AGENDAD_PORTAL__PROFILE__<KEY>; depois repita agendad portal probe",
    "a key that was not found is set in [portal.profile] of the configuration, or for a trial as \
     AGENDAD_PORTAL__PROFILE__<KEY>; then probe again",
);

pub(crate) const ALL_UNDERSTOOD: Sentence = both(
    "nenhuma página foi guardada: todas foram entendidas",
    "no page has been kept: all were understood",
);

pub(crate) fn no_state_dir(dir: &Path) -> Sentence<String> {
    let dir = dir.display();
    sentence!(
        "não existe a pasta {dir}: indique em state_dir (AGENDAD_STATE_DIR) a do agendad que está no ar",
        "there is no directory {dir}: set state_dir (AGENDAD_STATE_DIR) to the daemon's"
    )
}
