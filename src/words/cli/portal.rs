//! Words of `agendad portal`. Of what is found on a page the names are said in both languages; what stands behind them
//! names parts of pages and keys of the configuration.

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

/// What a page is, by its name in English.
pub(crate) fn page(name: &'static str) -> Sentence {
    let pt = match name {
        "captcha" => "captcha",
        "result page" => "página de um dia",
        "search page" => "página de busca",
        "list of dates" => "lista de datas",
        "choice of a unit" => "escolha da unidade",
        "front door" => "página de entrada",
        "frameset" => "página de quadros",
        "page that leads on" => "página que leva adiante",
        "session over" => "sessão encerrada",
        "unknown page" => "página desconhecida",
        "no page" => "nenhuma página",
        "login of the agenda" => "entrada da agenda",
        other => other,
    };
    both(pt, name)
}

pub(crate) fn asked_for(what: &str) -> Sentence<String> {
    sentence!("pedido: {what}", "asked for: {what}")
}

pub(crate) fn sent(fields: &str) -> Sentence<String> {
    sentence!("campos enviados: {fields}", "sent the fields: {fields}")
}

/// A finding by the name that it begins with; what follows, names of the page's parts and settings, stays as it is.
pub(crate) fn finding(line: &str) -> String {
    let Some((name, what)) = line.split_once(": ") else {
        return whole_finding(line).to_owned();
    };
    let name = match name {
        "legends" => "legendas",
        "units" => "unidades",
        "units to choose from" => "unidades para escolher",
        "reference date" => "data de referência",
        "dates offered" => "datas oferecidas",
        "columns" => "colunas",
        "exam statuses" => "situações de exame",
        "ids of tables" => "ids das tabelas",
        "links and buttons" => "links e botões",
        "text" => "texto",
        "before the table" => "antes da tabela",
        "under the legend" => "abaixo da legenda",
        "lines before the form" => "linhas antes do formulário",
        "in no form" => "fora de qualquer formulário",
        "script calls with a CPF" => "chamadas de script com um CPF",
        "scripts set fields to" => "valores que os scripts põem em campos",
        "fields that were not recorded" => "campos que não constavam da gravação",
        "fields that were recorded and are not there" => {
            "campos que constavam da gravação e não estão aqui"
        }
        "the password was answered by something else" => "a resposta à senha foi outra coisa",
        other => other,
    };
    format!("{name}: {what}")
}

fn whole_finding(line: &str) -> &str {
    match line {
        "no dates offered" => "nenhuma data oferecida",
        "says no date" => "não diz a data",
        "says several dates" => "diz várias datas",
        "no table with the headers of hora, cpf and nome" => {
            "nenhuma tabela com os cabeçalhos de hora, cpf e nome"
        }
        "no title line says whose exams these are, so both exams count" => {
            "nenhum título diz de quem são os exames, então contam os dois"
        }
        "a CAPTCHA, which is never bypassed" => "um CAPTCHA, que nunca é contornado",
        "the examiner has a session elsewhere" => "o perito tem uma sessão em outro lugar",
        "a unit is to be chosen" => "é preciso escolher uma unidade",
        other => other,
    }
}

pub(crate) const FOUND: Sentence = both("encontrada", "found");
pub(crate) const NOT_FOUND: Sentence = both("NÃO encontrada", "NOT found");
