//! What `agendad portal probe` says of a page. Of what is found the names are said in both languages; what stands behind
//! them names parts of pages and keys of the configuration.

use super::{Sentence, both, joined};
use crate::portal::PageName;
use crate::portal::probe::{Fact, Finding, ProbeStep, ProfileKey, Topic};

/// A page on the way, line by line.
#[must_use]
pub fn step(step: &ProbeStep) -> Sentence<String> {
    let mut lines = vec![page(step), asked_for(&step.asked)];
    if !step.sent.is_empty() {
        lines.push(sent(&step.sent.join(", ")));
    }
    lines.extend(step.findings.iter().map(finding));
    lines.extend(step.keys.iter().map(key));
    let Sentence { pt, en } = joined(lines, "\n   ");
    sentence!("{pt}\n", "{en}\n")
}

/// What the page is and how it was reached.
fn page(step: &ProbeStep) -> Sentence<String> {
    let ProbeStep { number, path, .. } = step;
    let Sentence { pt, en } = name(step.page);
    sentence!("{number}. {pt} ({path})", "{number}. {en} ({path})")
}

const fn name(page: PageName) -> Sentence {
    let pt = match page {
        PageName::Captcha => "captcha",
        PageName::Result => "página de um dia",
        PageName::Search => "página de busca",
        PageName::Dates => "lista de datas",
        PageName::AgendaLogin => "entrada da agenda",
        PageName::Choice => "escolha da unidade",
        PageName::Entry => "página de entrada",
        PageName::Frames => "página de quadros",
        PageName::Refresh => "página que leva adiante",
        PageName::Expired => "sessão encerrada",
        PageName::Unknown => "página desconhecida",
        PageName::NoPage => "nenhuma página",
    };
    both(pt, page.as_str())
}

fn asked_for(what: &str) -> Sentence<String> {
    sentence!("pedido: {what}", "asked for: {what}")
}

fn sent(fields: &str) -> Sentence<String> {
    sentence!("campos enviados: {fields}", "sent the fields: {fields}")
}

fn finding(finding: &Finding) -> Sentence<String> {
    let pt = match finding {
        Finding::Of(about, what) => format!("{}: {what}", topic(*about)),
        Finding::Fact(known) => fact(*known).to_owned(),
        Finding::Line(line) => line.clone(),
    };
    sentence!("{pt}", "{finding}")
}

const fn topic(topic: Topic) -> &'static str {
    match topic {
        Topic::Legends => "legendas",
        Topic::Units => "unidades",
        Topic::UnitsToChoose => "unidades para escolher",
        Topic::ReferenceDate => "data de referência",
        Topic::DatesOffered => "datas oferecidas",
        Topic::Columns => "colunas",
        Topic::ExamStatuses => "situações de exame",
        Topic::TableIds => "ids das tabelas",
        Topic::LinksAndButtons => "links e botões",
        Topic::Text => "texto",
        Topic::BeforeTable => "antes da tabela",
        Topic::UnderLegend => "abaixo da legenda",
        Topic::LinesBeforeForm => "linhas antes do formulário",
        Topic::InNoForm => "fora de qualquer formulário",
        Topic::CallsWithCpf => "chamadas de script com um CPF",
        Topic::ValuesByScripts => "valores que os scripts põem em campos",
        Topic::NewFields => "campos que não constavam da gravação",
        Topic::MissingFields => "campos que constavam da gravação e não estão aqui",
        Topic::PasswordAnswer => "a resposta à senha foi outra coisa",
    }
}

const fn fact(fact: Fact) -> &'static str {
    match fact {
        Fact::NoDatesOffered => "nenhuma data oferecida",
        Fact::NoDate => "não diz a data",
        Fact::SeveralDates => "diz várias datas",
        Fact::NoTable => "nenhuma tabela com os cabeçalhos de hora, cpf e nome",
        Fact::NoTitle => "nenhum título diz de quem são os exames, então contam os dois",
        Fact::Captcha => "um CAPTCHA, que nunca é contornado",
        Fact::SessionElsewhere => "o perito tem uma sessão em outro lugar",
        Fact::UnitToChoose => "é preciso escolher uma unidade",
    }
}

fn key(key: &ProfileKey) -> Sentence<String> {
    let ProfileKey {
        key: name, value, ..
    } = key;
    let Sentence { pt, en } = if key.found {
        both("encontrada", "found")
    } else {
        both("NÃO encontrada", "NOT found")
    };
    sentence!(
        "portal.profile.{name} = {value}: {pt}",
        "portal.profile.{name} = {value}: {en}"
    )
}
