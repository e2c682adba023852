//! What of an address was not understood, or is not shown as it asks: said on the page, so that nobody takes today for
//! another day, or a name that nobody has for an empty agenda.

use chrono::NaiveDate;
use maud::{Markup, html};

use super::Clinic;
use super::address::Address;
use crate::clinic::{Day, LONGEST, View, meant};
use crate::store::names::Named;
use crate::words::Sentence;
use crate::words::pages::clinic as words;

impl Clinic<'_> {
    pub(super) fn doubts(&self) -> Markup {
        let language = self.visitor.language;
        let mut doubts = misread(self.address, &self.examiners);
        let today = self.visitor.times.today();
        let view = self.view.as_ref();
        doubts.extend(view.and_then(|view| shortened(self.address, view, today)));
        html! {
            @for doubt in doubts { p.notice.bad role="alert" { (language.say(doubt)) } }
        }
    }

    /// Whether examiners were named, and nobody is called so.
    pub(super) fn is_of_nobody(&self) -> bool {
        let view = self.view.as_ref();
        let ids = view.and_then(|view| view.usuario_ids.as_ref());
        ids.is_some_and(Vec::is_empty)
    }
}

/// Days that there are not, and examiners whom nobody knows. `examiners`: those who may be meant.
pub(super) fn misread(address: &Address, examiners: &[Named]) -> Vec<Sentence<String>> {
    let written = match (address.search.is_empty(), address.changes) {
        (false, _) => &[][..],
        (true, true) => &[&address.since],
        (true, false) => &[&address.from, &address.to],
    };
    let is_no_day = |text: &&&String| !text.is_empty() && Day::read(text).is_none();
    let no_days = written.iter().filter(is_no_day);
    let named = address.examiners.iter();
    let unknown = named.filter(|name| meant(examiners, name).is_empty());
    let mut misread: Vec<_> = no_days.map(|text| words::no_day(text)).collect();
    misread.extend(unknown.map(|name| words::no_examiner(name)));
    misread
}

/// That the days asked for are too many.
pub(super) fn shortened(
    address: &Address,
    view: &View,
    today: NaiveDate,
) -> Option<Sentence<String>> {
    let (from, to) = address.range(today);
    let (_, last) = view.range()?;
    (last < from.max(to)).then(|| {
        let last = last.format("%d/%m/%Y").to_string();
        words::shortened(LONGEST, &last)
    })
}
