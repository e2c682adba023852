//! The portal, and the way to it.

use std::fmt::Display;

use crate::words::trouble::detailed;
use crate::words::{Sentence, both};

/// Through this proxy, or directly.
pub(crate) fn way(proxy: Option<&str>) -> Sentence<String> {
    match proxy {
        Some(proxy) => sentence!(
            "perguntado pelo proxy {proxy}",
            "asked through the proxy {proxy}"
        ),
        None => both("perguntado diretamente", "asked directly").owned(),
    }
}

pub(crate) fn answers(url: impl Display, way: &Sentence<String>) -> Sentence<String> {
    let Sentence { pt, en } = way;
    sentence!("{url} responde, {pt}", "{url} answers, {en}")
}

pub(crate) fn turned_away(
    url: impl Display,
    way: &Sentence<String>,
    error: &str,
) -> Sentence<String> {
    let Sentence { pt, en } = way;
    let pt = format!("{url}: o firewall do portal recusa esta máquina, {pt}");
    Sentence {
        pt: detailed(&pt, error),
        en: format!("{url}: this machine was turned away by the portal's firewall, {en}: {error}"),
    }
}

pub(crate) const TURNED_AWAY_CURE: Sentence = both(
    "o firewall não gosta de servidores em nuvem: use uma linha no Brasil, como a da clínica (portal.proxy leva um servidor por ela), ou outro portal.user_agent",
    "the firewall dislikes cloud hosts: use a line in Brazil, such as the clinic's own (portal.proxy lets a server go through it), or try another portal.user_agent",
);

pub(crate) fn fails(
    url: impl Display,
    way: &Sentence<String>,
    error: &Sentence<String>,
) -> Sentence<String> {
    Sentence {
        pt: format!("{url}, {}: {}", way.pt, error.pt),
        en: format!("{url}, {}: {}", way.en, error.en),
    }
}

pub(crate) const NO_CONTACT: Sentence = both(
    "o e-mail da clínica ainda não vai junto nas consultas ao portal: está operador@example.com",
    "the clinic's e-mail address is not yet sent along with requests to the portal: it is operador@example.com",
);
pub(crate) const NO_CONTACT_CURE: Sentence = both(
    "no painel: Ajustes (/ajustes), Contato da clínica; ou portal.user_agent",
    "on the dashboard: Settings (/ajustes), The clinic's contact; or portal.user_agent",
);

pub(crate) const FAILS_CURE: Sentence = both(
    "portal.base_url está certo, o portal está no ar, algum firewall segura esta máquina, o proxy está no ar?",
    "is portal.base_url right, is the portal up, does a firewall let this machine out, is the proxy up?",
);
