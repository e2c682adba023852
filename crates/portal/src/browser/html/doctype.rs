//! What a doctype asks for: pages of the nineties get the quirks of their browsers.

/// How much a page is read as old browsers did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Quirks {
    Yes,
    No,
}

/// Public identifiers that begin so ask for quirks.
const QUIRKY: [&str; 55] = [
    "+//silmaril//dtd html pro v0r11 19970101//",
    "-//as//dtd html 3.0 aswedit + extensions//",
    "-//advasoft ltd//dtd html 3.0 aswedit + extensions//",
    "-//ietf//dtd html 2.0 level 1//",
    "-//ietf//dtd html 2.0 level 2//",
    "-//ietf//dtd html 2.0 strict level 1//",
    "-//ietf//dtd html 2.0 strict level 2//",
    "-//ietf//dtd html 2.0 strict//",
    "-//ietf//dtd html 2.0//",
    "-//ietf//dtd html 2.1e//",
    "-//ietf//dtd html 3.0//",
    "-//ietf//dtd html 3.2 final//",
    "-//ietf//dtd html 3.2//",
    "-//ietf//dtd html 3//",
    "-//ietf//dtd html level 0//",
    "-//ietf//dtd html level 1//",
    "-//ietf//dtd html level 2//",
    "-//ietf//dtd html level 3//",
    "-//ietf//dtd html strict level 0//",
    "-//ietf//dtd html strict level 1//",
    "-//ietf//dtd html strict level 2//",
    "-//ietf//dtd html strict level 3//",
    "-//ietf//dtd html strict//",
    "-//ietf//dtd html//",
    "-//metrius//dtd metrius presentational//",
    "-//microsoft//dtd internet explorer 2.0 html strict//",
    "-//microsoft//dtd internet explorer 2.0 html//",
    "-//microsoft//dtd internet explorer 2.0 tables//",
    "-//microsoft//dtd internet explorer 3.0 html strict//",
    "-//microsoft//dtd internet explorer 3.0 html//",
    "-//microsoft//dtd internet explorer 3.0 tables//",
    "-//netscape comm. corp.//dtd html//",
    "-//netscape comm. corp.//dtd strict html//",
    "-//o'reilly and associates//dtd html 2.0//",
    "-//o'reilly and associates//dtd html extended 1.0//",
    "-//o'reilly and associates//dtd html extended relaxed 1.0//",
    "-//sq//dtd html 2.0 hotmetal + extensions//",
    "-//softquad software//dtd hotmetal pro 6.0::19990601::extensions to html 4.0//",
    "-//softquad//dtd hotmetal pro 4.0::19971010::extensions to html 4.0//",
    "-//spyglass//dtd html 2.0 extended//",
    "-//sun microsystems corp.//dtd hotjava html//",
    "-//sun microsystems corp.//dtd hotjava strict html//",
    "-//w3c//dtd html 3 1995-03-24//",
    "-//w3c//dtd html 3.2 draft//",
    "-//w3c//dtd html 3.2 final//",
    "-//w3c//dtd html 3.2//",
    "-//w3c//dtd html 3.2s draft//",
    "-//w3c//dtd html 4.0 frameset//",
    "-//w3c//dtd html 4.0 transitional//",
    "-//w3c//dtd html experimental 19960712//",
    "-//w3c//dtd html experimental 970421//",
    "-//w3c//dtd w3 html//",
    "-//w3o//dtd w3 html 3.0//",
    "-//webtechs//dtd mozilla html 2.0//",
    "-//webtechs//dtd mozilla html//",
];

/// These too, unless a system identifier stands behind them.
const QUIRKY_ALONE: [&str; 2] = [
    "-//w3c//dtd html 4.01 frameset//",
    "-//w3c//dtd html 4.01 transitional//",
];

const QUIRKY_WHOLE: [&str; 3] = [
    "-//w3o//dtd w3 html strict 3.0//en//",
    "-/w3c/dtd html 4.0 transitional/en",
    "html",
];

const QUIRKY_SYSTEM: &str = "http://www.ibm.com/data/dtd/v11/ibmxhtml1-transitional.dtd";

/// What stands between `<!DOCTYPE` and `>`.
pub(super) fn quirks(text: &str) -> Quirks {
    let text = text.to_ascii_lowercase();
    let is_space = |c: char| matches!(c, ' ' | '\t' | '\n' | '\r' | '\x0c');
    let text = text.trim_start_matches(is_space);
    let (name, rest) = text.split_at(text.find(is_space).unwrap_or(text.len()));
    let rest = rest.trim_start_matches(is_space);
    let (public, system) = if let Some(ids) = rest.strip_prefix("public") {
        let (public, rest) = identifier(ids);
        (public, identifier(rest).0)
    } else if let Some(id) = rest.strip_prefix("system") {
        (None, identifier(id).0)
    } else {
        (None, None)
    };
    let has_keyword = rest.starts_with("public") || rest.starts_with("system");
    // A keyword without its text, or something else in its place.
    let is_broken = has_keyword && public.is_none() && system.is_none();
    let starts = |starts: &[&str]| {
        public.is_some_and(|public| starts.iter().any(|start| public.starts_with(start)))
    };
    let quirky = name != "html"
        || is_broken
        || (!has_keyword && !rest.is_empty())
        || public.is_some_and(|public| QUIRKY_WHOLE.contains(&public))
        || system == Some(QUIRKY_SYSTEM)
        || starts(&QUIRKY)
        || (system.is_none() && starts(&QUIRKY_ALONE));
    if quirky { Quirks::Yes } else { Quirks::No }
}

/// A text in quotes, and what follows it.
fn identifier(text: &str) -> (Option<&str>, &str) {
    let text = text.trim_start_matches([' ', '\t', '\n', '\r', '\x0c']);
    match text.chars().next() {
        Some(quote @ ('"' | '\'')) => match text[1..].split_once(quote) {
            Some((id, rest)) => (Some(id), rest),
            None => (Some(&text[1..]), ""),
        },
        Some(_) | None => (None, text),
    }
}
