//! What must not be found, and where it was looked for.

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;

/// Texts that betray something, each with what it is.
#[derive(Default)]
pub(crate) struct Canaries {
    secrets: Vec<(String, String)>,
    personal: Vec<(String, String)>,
}

/// Everything that was said or kept, each with its place.
#[derive(Default)]
pub(crate) struct Hoard {
    /// For the eyes of people who may see whom an appointment is with: no secret, no complete CPF.
    lists: Vec<(String, String)>,
    /// Logs, errors, records, evidence: nothing of a candidate at all.
    traces: Vec<(String, String)>,
}

impl Canaries {
    /// In every form in which it may be written.
    pub(crate) fn secret(&mut self, what: &str, text: &str) {
        let in_a_form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
        let in_an_address =
            percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC);
        let in_html = text.replace('&', "&amp;").replace('"', "&quot;");
        let quoted = [format!("{text:?}"), serde_json::json!(text).to_string()];
        let unquoted = quoted.map(|quoted| quoted[1..quoted.len() - 1].to_owned());
        let mut forms = vec![
            text.to_owned(),
            in_a_form,
            in_an_address.to_string(),
            in_html,
            BASE64.encode(text),
        ];
        forms.extend(unquoted);
        forms.sort();
        forms.dedup();
        for form in forms {
            self.secrets.push((what.to_owned(), form));
        }
    }

    /// Anywhere, in both spellings.
    pub(crate) fn cpf(&mut self, what: &str, cpf: &str) {
        let digits: String = cpf.chars().filter(char::is_ascii_digit).collect();
        self.secrets.push((what.to_owned(), digits));
        self.secrets.push((what.to_owned(), cpf.to_owned()));
    }

    pub(crate) fn personal(&mut self, what: &str, text: &str) {
        if text.chars().count() > 7 {
            self.personal.push((what.to_owned(), text.to_owned()));
        }
    }

    /// Every place in which a canary sings; empty if all is well.
    pub(crate) fn found(&self, hoard: &Hoard) -> Vec<String> {
        let mut found = Vec::new();
        look(&self.secrets, &hoard.lists, &mut found);
        look(&self.secrets, &hoard.traces, &mut found);
        look(&self.personal, &hoard.traces, &mut found);
        found.sort();
        found.dedup();
        found
    }
}

/// One pass for all canaries: there are thousands, and the log is long.
fn look(canaries: &[(String, String)], places: &[(String, String)], found: &mut Vec<String>) {
    let texts = canaries.iter().map(|(_, text)| text);
    let search = AhoCorasick::new(texts).expect("so many canaries fit");
    for (place, text) in places {
        for hit in search.find_iter(text) {
            let (what, _) = &canaries[hit.pattern().as_usize()];
            let start = text[..hit.start()].rfind('\n').map_or(0, |line| line + 1);
            let line: String = text[start..].chars().take(300).collect();
            found.push(format!("{what} in {place}: {line}"));
        }
    }
}

impl Hoard {
    pub(crate) fn list(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.lists.push((place.into(), text.into()));
    }

    pub(crate) fn trace(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.traces.push((place.into(), text.into()));
    }

    /// All of it, to see that there was something to search.
    pub(crate) fn text_of(&self, place: &str) -> String {
        let places = self.lists.iter().chain(&self.traces);
        places
            .filter(|(name, _)| name.starts_with(place))
            .map(|(_, text)| text.as_str())
            .collect()
    }
}

#[test]
fn a_planted_leak_is_found_in_whatever_form() {
    let mut canaries = Canaries::default();
    canaries.secret("a password", "s\"3 n&ç");
    canaries.cpf("a CPF", "529.982.247-25");
    canaries.personal("a name", "Maria D'Ávila");
    let found_in = |text: &str| {
        let mut hoard = Hoard::default();
        hoard.trace("a log", text);
        canaries.found(&hoard).len()
    };
    for planted in [
        "senha=s\"3 n&ç",
        r#"senha="s\"3 n&ç""#,
        r#"{"senha":"s\"3 n&ç"}"#,
        "senha=s%223+n%26%C3%A7",
        "/?senha=s%223%20n%26%C3%A7",
        "<b>s&quot;3 n&amp;ç</b>",
        "Basic cyIzIG4mw6c=",
        "52998224725",
        "CPF 529.982.247-25",
        "candidate Maria D'Ávila",
    ] {
        assert_eq!(found_in(planted), 1, "{planted}");
    }
    assert_eq!(found_in("***.982.247-**, s, 3, Maria"), 0);
}
