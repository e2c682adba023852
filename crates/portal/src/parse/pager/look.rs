//! What leads to a further page without saying so: an arrow, by the name of its image or of its class, and a list of pages.

use crate::browser::form::Choice;
use agendad_domain::text::fold;

/// How words end by which images and classes of a link to the next page are called, folded: `btnProximo`, `ui-next`.
const NEXT: [&str; 8] = [
    "next", "forward", "proximo", "proxima", "proximos", "proximas", "seguinte", "avancar",
];

/// The words of images of a link to the last page. Classes say with them where something stands among others.
const LAST: [&str; 3] = ["last", "ultimo", "ultima"];

/// What else images and classes show that may be called so, or that does nothing, folded.
const OTHER: [&str; 23] = [
    "volta",
    "back",
    "prev",
    "anterior",
    "primeir",
    "first",
    "imprim",
    "print",
    "pdf",
    "excel",
    "xls",
    "disab",
    "desab",
    "inativ",
    "calend",
    "datepicker",
    "carousel",
    "slick",
    "slide",
    "swiper",
    "semana",
    "month",
    "week",
];

/// Words by which they lead to another day.
const DAYS: [&str; 6] = ["dia", "data", "mes", "ano", "day", "year"];

/// What a link looks like that has no words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Look {
    Next,
    Other,
    Unknown,
}

pub(super) fn look(class: Option<&str>, image: Option<&str>) -> Look {
    let class = fold(class.unwrap_or_default());
    let image = fold(image.map_or("", stem));
    let says = |text: &str| {
        let is_day = words(text).any(|word| DAYS.contains(&word));
        is_day || OTHER.iter().any(|part| text.contains(part))
    };
    if says(&class) || says(&image) {
        return Look::Other;
    }
    let is_next = |word: &str| NEXT.iter().any(|end| word.ends_with(end));
    let leads =
        words(&class).chain(words(&image)).any(is_next) || words(&image).any(|w| LAST.contains(&w));
    if leads { Look::Next } else { Look::Unknown }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphabetic())
}

/// The name of an image in its address, without what stands behind its first dot. One that stands in the page has none.
fn stem(address: &str) -> &str {
    if address.starts_with("data:") {
        return "";
    }
    let path = address.split(['?', ';', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    name.split('.').next().unwrap_or_default()
}

/// Whether a field chooses one of several pages: it is called so, and its options count from one on. How many rows a page
/// has is chosen among other numbers.
pub(super) fn chooses_page(field: &str, options: &[Choice]) -> bool {
    let number = |option: &Choice| {
        let text = fold(&option.text);
        let parts = ["pagina", "pag"].iter();
        let number = parts.filter_map(|word| text.strip_prefix(word)).next();
        let number = number.unwrap_or(&text).trim_matches(['.', ':', ' ']);
        number.parse::<usize>().ok()
    };
    let mut pages = options.iter().zip(1..);
    options.len() > 1
        && fold(field).contains("pag")
        && pages.all(|(option, page)| number(option) == Some(page))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_arrow_is_known_by_its_image_or_its_class() {
        for (class, image, look) in [
            ("", "/gefor/img/btn_proximo.gif", Look::Next),
            ("", "btnProximo.gif?v=2", Look::Next),
            ("", "/x/next.png.jsf?ln=img", Look::Next),
            ("", "seta_ultima.png", Look::Next),
            ("next", "", Look::Next),
            ("ui-corner bt-next", "seta.gif", Look::Next),
            ("next disabled", "", Look::Other),
            ("", "proximo_desabilitado.gif", Look::Other),
            ("", "proximo_mes.gif", Look::Other),
            ("ui-datepicker-next", "", Look::Other),
            ("", "voltar.gif", Look::Other),
            ("last", "", Look::Unknown),
            ("bt last", "mais.gif", Look::Unknown),
            ("", "aproximar.gif", Look::Unknown),
            ("", "data:image/gif;base64,AA/next.AA", Look::Unknown),
            ("", "lixeira.gif", Look::Unknown),
            ("", "", Look::Unknown),
        ] {
            assert_eq!(
                super::look(Some(class), Some(image)),
                look,
                "{class} {image}"
            );
        }
    }

    #[test]
    fn a_list_of_pages_counts_from_one_on() {
        let chooses = |field: &str, texts: &[&str]| {
            let option = |text: &&str| Choice {
                value: String::new(),
                text: (*text).to_owned(),
                selected: false,
                disabled: false,
            };
            let options: Vec<Choice> = texts.iter().map(option).collect();
            chooses_page(field, &options)
        };
        assert!(chooses("pagina", &["1", "2"]));
        assert!(chooses("form:Página", &["Página 1", "Pág. 2", "3"]));
        assert!(!chooses("pagina", &["1"]));
        assert!(!chooses("tamanhoPagina", &["10", "25", "50"]));
        assert!(!chooses("pagina", &["1", "3"]));
        assert!(!chooses("sala", &["1", "2"]));
    }
}
