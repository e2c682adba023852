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
    // A title is a line of its own: much longer texts need not be folded.
    let lines = document.runs.iter().filter(|run| {
        let length = run.text.trim().len();
        (shortest..=longest * 3).contains(&length)
    });
    for line in lines.map(|run| fold(&run.text)) {
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
