//! What is asked for, as the address says it; whatever it says, there is a page.

use chrono::{Days, NaiveDate};

use crate::clinic::{Day, Selection, View, evening, meant};
use crate::clock::Clock;
use crate::dashboard::lenient_query::typed;
use crate::store::clinic::SearchedWords;
use crate::store::names::Named;

/// The query string, taken apart.
#[derive(Debug, Default)]
pub(in crate::dashboard) struct Address {
    /// What it holds, but for the page.
    pairs: Vec<(String, String)>,
    pub(super) from: String,
    pub(super) to: String,
    /// Examiners: numbers, or parts of names.
    pub(super) examiners: Vec<String>,
    pub(super) search: String,
    /// Through all days, however long it takes.
    pub(super) everything: bool,
    pub(super) changes: bool,
    /// The day since whose evening.
    pub(super) since: String,
    pub(super) by_examiner: bool,
    pub(super) print: Print,
    /// From 1.
    pub(super) page: u32,
    /// CSV by RFC 4180.
    pub(super) plain: bool,
    pub(super) cpfs: bool,
}

/// For paper.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) enum Print {
    #[default]
    No,
    List,
    /// A page for each day of each examiner.
    ByExaminer,
}

impl Address {
    pub(super) fn read(query: &str) -> Self {
        let mut address = Self {
            page: 1,
            ..Self::default()
        };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            let value = typed(&value);
            let value = value.trim();
            match name.as_ref() {
                "de" => value.clone_into(&mut address.from),
                "ate" => value.clone_into(&mut address.to),
                "perito" => {
                    let named = value.split(',').map(str::trim);
                    let named = named.filter(|named| !named.is_empty());
                    address.examiners.extend(named.map(ToOwned::to_owned));
                }
                "busca" => value.clone_into(&mut address.search),
                "tudo" => address.everything = value == "1",
                "desde" => value.clone_into(&mut address.since),
                "mudancas" => address.changes = value == "1",
                "ordem" => address.by_examiner = value == "perito",
                "imprimir" => {
                    address.print = match value {
                        "lista" => Print::List,
                        "perito" => Print::ByExaminer,
                        _ => Print::No,
                    };
                }
                "pagina" => {
                    address.page = value.parse().unwrap_or(1).clamp(1, 100_000);
                    continue;
                }
                "csv" => {
                    address.plain = value == "plain";
                    continue;
                }
                "cpf" => {
                    address.cpfs = value == "1";
                    continue;
                }
                _ => continue,
            }
            if !value.is_empty() {
                address.pairs.push((name.into_owned(), value.to_owned()));
            }
        }
        address
    }

    /// Whether names are to be found by part of them, or by the numbers of whoever has changed.
    pub(super) fn needs_all_names(&self) -> bool {
        self.changes || !self.examiners.is_empty()
    }

    /// What it means; `None` if what is to be looked for says too little. Examiners of whom none is meant are nobody.
    /// Whoever is an examiner, `own`, sees their own agenda, whatever the address says.
    pub(super) fn view(
        &self,
        clock: &Clock,
        examiners: &[Named],
        own: Option<i32>,
    ) -> Option<View> {
        let today = clock.today();
        let (from, to) = self.range(today);
        let mut view = View::days(from, to);
        view.by_examiner = self.by_examiner;
        if !self.examiners.is_empty() {
            let ids = self
                .examiners
                .iter()
                .flat_map(|text| meant(examiners, text))
                .map(|examiner| examiner.usuario_id);
            view.usuario_ids = Some(ids.collect());
        }
        if let Some(own) = own {
            view.usuario_ids = Some(vec![own]);
        }
        if !self.search.is_empty() {
            view.selection = Selection::Search(SearchedWords::read(&self.search)?);
        } else if self.changes {
            let since = evening(clock, Day::read(&self.since));
            view.selection = Selection::Changes { since };
        }
        Some(view)
    }

    /// First and last day; today, where nothing is said that can be understood.
    pub(super) fn range(&self, today: NaiveDate) -> (NaiveDate, NaiveDate) {
        let day = |text: &str| Day::read(text).map(|day| day.ahead(today));
        let (from, to) = (day(&self.from), day(&self.to));
        let from = from.or(to.map(|to| to.min(today))).unwrap_or(today);
        (from, to.unwrap_or(from))
    }

    /// The same with something else about it, from its first page on.
    pub(super) fn with(&self, name: &str, value: &str) -> String {
        let kept = self.pairs.iter().filter(|(known, _)| known != name);
        Self::address("/agenda", kept, &[(name, value)])
    }

    /// The same, from its first page on.
    pub(super) fn page(&self) -> String {
        Self::address("/agenda", self.pairs.iter(), &[])
    }

    /// Days instead of what is shown now, of the same examiners. Today has no date: tomorrow the same address is of that
    /// day.
    pub(super) fn days(today: NaiveDate, first: u64, last: u64, of: &Self) -> String {
        let dropped = [
            "de", "ate", "busca", "tudo", "mudancas", "desde", "imprimir",
        ];
        let kept = of.pairs.iter();
        let kept = kept.filter(|(known, _)| !dropped.contains(&known.as_str()));
        if (first, last) == (0, 0) {
            return Self::address("/agenda", kept, &[]);
        }
        let (from, to) = (today + Days::new(first), today + Days::new(last));
        let (from, to) = (from.to_string(), to.to_string());
        Self::address("/agenda", kept, &[("de", &from), ("ate", &to)])
    }

    /// What has changed, of the same examiners.
    pub(super) fn of_changes(&self, since: &str) -> String {
        let kept = self.pairs.iter().filter(|(known, _)| known == "perito");
        Self::address("/agenda", kept, &[("mudancas", "1"), ("desde", since)])
    }

    pub(super) fn file(&self, ending: &str, further: &[(&str, &str)]) -> String {
        let path = format!("/agenda/planilha.{ending}");
        let kept = self.pairs.iter().filter(|(known, _)| known != "imprimir");
        Self::address(&path, kept, further)
    }

    fn address<'a>(
        path: &str,
        kept: impl Iterator<Item = &'a (String, String)>,
        further: &[(&str, &str)],
    ) -> String {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(kept);
        query.extend_pairs(further.iter().filter(|(_, value)| !value.is_empty()));
        match query.finish() {
            query if query.is_empty() => path.to_owned(),
            query => format!("{path}?{query}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_was_asked_for_and_changes_one_thing() {
        let address = Address::read("de=28/11&perito=1&perito=ana,7&pagina=3&x=y&busca=");
        assert_eq!(address.examiners, ["1", "ana", "7"]);
        assert_eq!(address.page, 3);
        assert_eq!(
            address.with("ordem", "perito"),
            "/agenda?de=28%2F11&perito=1&perito=ana%2C7&ordem=perito"
        );
        assert_eq!(
            address.of_changes(""),
            "/agenda?perito=1&perito=ana%2C7&mudancas=1"
        );
        let today = "2026-11-28".parse().unwrap();
        let chip = |first, last, of| Address::days(today, first, last, &Address::read(of));
        assert_eq!(chip(0, 0, "de=27/11&ate=27/11"), "/agenda");
        assert_eq!(chip(0, 0, "perito=1&de=27/11"), "/agenda?perito=1");
        assert_eq!(chip(1, 1, ""), "/agenda?de=2026-11-29&ate=2026-11-29");
        assert_eq!(address.range(today), (today, today));
        assert_eq!(
            Address::read("de=x&ate=y&pagina=0").range(today),
            (today, today)
        );
    }
}
