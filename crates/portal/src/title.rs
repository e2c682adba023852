//! The title line, which says whose exams a page is about.

use super::browser::document::Document;
use agendad_config::portal::Profile;
use agendad_domain::Profession;
use agendad_domain::text::fold;

/// `None` if the page says neither, or both.
pub(super) fn profession(document: &Document<'_>, profile: &Profile) -> Option<Profession> {
    let titles = [
        (&profile.psychologist_title, Profession::Psychologist),
        (&profile.physician_title, Profession::Physician),
    ];
    let titles = titles.map(|(title, profession)| (fold(title), profession));
    let longest = titles.iter().map(|(title, _)| title.len()).max()?;
    let shortest = titles.iter().map(|(title, _)| title.len()).min()?;
    let mut found = Vec::new();
    let lines = document.runs.chunk_by(|_, next| next.in_line);
    let cut = lines.filter(|line| line.len() > 1).map(|line| {
        let texts = line.iter().map(|run| &*run.text);
        texts.collect::<Vec<_>>().join(" ")
    });
    let cut: Vec<String> = cut.collect();
    let texts = document.runs.iter().map(|run| &*run.text);
    let texts = texts.chain(cut.iter().map(String::as_str));
    // A title is a line of its own: much longer texts need not be folded.
    let short = texts.filter(|text| (shortest..=longest * 3).contains(&text.len()));
    for line in short.map(fold) {
        for (title, profession) in &titles {
            if !title.is_empty() && line.contains(title.as_str()) && !found.contains(profession) {
                found.push(*profession);
            }
        }
    }
    match found.as_slice() {
        [one] => Some(*one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::reader;
    use agendad_config::Config;

    #[test]
    fn a_title_may_be_cut_by_tags_that_end_no_line() {
        use Profession::{Physician, Psychologist};
        let profile = *Config::shipped().unwrap().portal.profile;
        let long =
            "Usuário: um nome que se estende pela linha toda e não é título nenhum, ".repeat(2);
        let beside = format!("<td><b>Imprimir Agenda Diária do Psicólogo</b> {long}</td>");
        for (html, expected) in [
            (
                "<h3>Imprimir Agenda Diária <b>do Psicólogo</b></h3>",
                Some(Psychologist),
            ),
            (
                "<td><span>Imprimir</span> Agenda<br>Diária do <i>Médico</i></td>",
                Some(Physician),
            ),
            ("<p>Imprimir Agenda Diária</p><p>do Psicólogo</p>", None),
            (
                "<li><a>Imprimir Agenda Diária</a><a>do Psicólogo</a></li>",
                None,
            ),
            (beside.as_str(), Some(Psychologist)),
        ] {
            let document = reader::read(html).unwrap();
            assert_eq!(profession(&document, &profile), expected, "{html}");
        }
    }
}
