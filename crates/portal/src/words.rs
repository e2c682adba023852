//! What a page says to a person, in its text and by its scripts.

use std::collections::HashSet;

use super::browser::page::Page;
use super::browser::{charset, reader, script};
use super::{list, search, title};
use agendad_config::portal::Profile;
use agendad_domain::text::fold;
use url::Url;

/// What a password is refused by name of, folded.
const CREDENTIALS: [&str; 4] = ["senha", "usuario", "cpf", "credencia"];

/// What those are told who are kept out for their tries, folded.
const TRIES: &str = "tentativa";

/// What stands before that word where it is a try yet to be made, folded.
const ANOTHER: [&str; 4] = ["nova", "novas", "outra", "outras"];

/// What a page shows in one piece that is longer, in bytes, is no verdict on a login but terms of use, a notice of privacy or
/// the trace of an error, which name what is invalid or blocked too.
const LONGEST_VERDICT: usize = 200;

/// Texts of pages, accents and case gone.
#[derive(Debug, Clone, Default)]
pub(crate) struct Words {
    /// What scripts tell whoever looks: `errors[]`, `messages[]`, `alert`.
    pub(crate) told: Vec<String>,
    /// Titles, visible texts, strings of scripts.
    shown: Vec<String>,
    /// Where it was led to.
    addresses: Vec<String>,
    /// Whether they are those of an inner page, by its title line.
    inner: bool,
}

impl Words {
    pub(crate) fn of(page: &Page, profile: &Profile) -> Self {
        if let Some(told) = list::told(&page.text) {
            return Self {
                told: told.iter().map(|text| fold(text)).collect(),
                ..Self::default()
            };
        }
        let Some(document) = reader::read(&page.text) else {
            return Self::default();
        };
        let scripts = &document.scripts;
        let title = [document.title.as_str()].into_iter();
        let texts = title.chain(document.runs.iter().map(|run| &*run.text));
        // The scripts of an inner page check what is typed there; what they would say to that answers nothing. What a
        // function would say, or half a page, which may be an inner one, counts only where it is about the login.
        let inner = title::profession(&document, profile).is_some();
        let is_inner = inner || search::almost(&document, profile).is_some();
        let strings = script::texts(scripts).map(|(text, at_top)| (fold(&text), at_top));
        let strings = strings.filter(|(text, at_top)| {
            !is_inner && (*at_top && document.is_closed || names_credentials(text))
        });
        let strings = strings.map(|(text, _)| text);
        Self {
            told: script::told(scripts)
                .iter()
                .map(|text| fold(text))
                .collect(),
            shown: texts.map(fold).chain(strings).collect(),
            addresses: Vec::new(),
            inner,
        }
    }

    /// The words of an address: they may say why it is led to.
    pub(crate) fn of_address(url: &Url) -> Self {
        let mut url = url.clone();
        // The session's name is no word.
        let path = url.path().split(';').next().unwrap_or_default().to_owned();
        url.set_path(&path);
        Self {
            told: Vec::new(),
            shown: Vec::new(),
            addresses: vec![fold(&charset::readable(url.as_str()))],
            inner: false,
        }
    }

    pub(crate) fn add(&mut self, more: Self) {
        self.told.extend(more.told);
        self.shown.extend(more.shown);
        self.addresses.extend(more.addresses);
        self.inner |= more.inner;
    }

    /// Whether an inner page says them, which whoever is refused does not see.
    pub(crate) fn are_inner(&self) -> bool {
        self.inner
    }

    /// Those that were not said before. A text is the same whatever numbers stand in it.
    pub(crate) fn new_since(self, before: &Self) -> Self {
        let new = |texts: Vec<String>, before: &[String]| {
            let known: HashSet<String> = before.iter().map(|text| without_numbers(text)).collect();
            let texts = texts.into_iter();
            let new = texts.filter(|text| !known.contains(&without_numbers(text)));
            new.collect()
        };
        Self {
            told: new(self.told, &before.told),
            shown: new(self.shown, &before.shown),
            addresses: new(self.addresses, &before.addresses),
            // A title that everybody sees says nothing.
            inner: self.inner && !before.inner,
        }
    }

    /// Whether they tell of tries: whoever is kept out for theirs is no portal that is down. A portal that is down
    /// invites to another try, and an address may count them.
    pub(crate) fn tell_of_tries(&self) -> bool {
        let texts = self.told.iter().chain(&self.shown);
        let mut before = "";
        texts.flat_map(|text| text.split_whitespace()).any(|word| {
            let is_another = ANOTHER.contains(&before);
            before = word;
            word.contains(TRIES) && !is_another
        })
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &str> {
        let all = self.told.iter().chain(&self.shown).chain(&self.addresses);
        all.map(String::as_str)
    }

    /// Those that may be the verdict on a login.
    pub(crate) fn verdicts(&self) -> impl Iterator<Item = &str> {
        let shown = self.shown.iter().filter_map(|text| verdict_of(text));
        let told = self.told.iter().map(String::as_str);
        told.chain(shown)
            .chain(self.addresses.iter().map(String::as_str))
    }
}

/// A long text may begin with the verdict, and go on with what to do about it.
fn verdict_of(text: &str) -> Option<&str> {
    let is_long = text.len() > LONGEST_VERDICT;
    let said = if is_long {
        text.split(". ").next()?.split("! ").next()?
    } else {
        text
    };
    (said.len() <= LONGEST_VERDICT).then_some(said)
}

/// Whether a folded text is about what a person logs in with.
pub(crate) fn names_credentials(text: &str) -> bool {
    CREDENTIALS.iter().any(|name| text.contains(name))
}

fn without_numbers(text: &str) -> String {
    let mut bare = String::with_capacity(text.len());
    for c in text.chars() {
        if !c.is_ascii_digit() {
            bare.push(c);
        } else if !bare.ends_with('0') {
            bare.push('0');
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    fn saying(told: &[&str], shown: &[&str]) -> Words {
        let folded = |texts: &[&str]| texts.iter().map(|text| fold(text)).collect();
        Words {
            told: folded(told),
            shown: folded(shown),
            ..Words::default()
        }
    }

    #[test]
    fn an_invitation_to_another_try_tells_of_no_tries() {
        for (text, tells) in [
            ("excedido o número de tentativas", true),
            ("Restam 2 tentativas", true),
            (
                "Faça uma nova tentativa mais tarde. Restam 2 tentativas.",
                true,
            ),
            ("Faça uma nova tentativa mais tarde.", false),
            ("Novas tentativas podem ser feitas às 18 h", false),
            ("Aguarde antes de outra tentativa", false),
            ("Sistema em manutenção", false),
        ] {
            assert_eq!(saying(&[text], &[]).tell_of_tries(), tells, "{text}");
            assert_eq!(saying(&[], &[text]).tell_of_tries(), tells, "{text}");
        }
        // Cut by tags.
        let cut = saying(&[], &["Faça uma", "nova", "tentativa"]);
        assert!(!cut.tell_of_tries());
    }

    #[test]
    fn an_address_that_counts_tries_tells_of_none_but_may_refuse() {
        let url = "https://portal.example.com/login.do?tentativa=1&erro=senha+incorreta";
        let words = Words::of_address(&url.parse().unwrap());
        assert!(!words.tell_of_tries());
        assert!(words.all().any(|text| text.contains("incorreta")));
    }
}
