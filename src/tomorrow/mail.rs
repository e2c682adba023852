//! The mail: text, and the same as simple HTML. CPFs are masked; no telephone number, no e-mail address.

use chrono::{DateTime, NaiveDate, Utc};
use maud::{DOCTYPE, Markup, html};

use crate::domain::text::title_case;
use crate::domain::{DayState, SlotStatus, Zone};
use crate::store::listing::SlotView;
use crate::words::{Sentence, tomorrow as words};

/// What is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Written {
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) nome: &'a str,
    pub(super) day: NaiveDate,
    pub(super) state: DayState,
    pub(super) slots: &'a [SlotView],
}

/// In Portuguese, as everything that goes out by mail.
pub(super) fn write(about: &About<'_>, now: DateTime<Utc>, zone: Zone) -> Written {
    let state = words::state(about.day, about.state, now, zone).pt;
    let greeting = words::greeting(&title_case(about.nome)).pt;
    let rows: Vec<[String; 4]> = about.slots.iter().map(row).collect();
    let lines: String = rows.iter().map(|row| line(row)).collect();
    let text = format!("{greeting}\n\n{state}\n\n{lines}\n{}\n", words::FOOT.pt);
    Written {
        subject: words::subject(about.day, about.state).pt,
        text,
        html: page(&greeting, &day(&state, about.state, &rows)),
    }
}

fn row(slot: &SlotView) -> [String; 4] {
    let mut process = slot.processo.clone().unwrap_or_default();
    if slot.status == SlotStatus::Completed {
        process = format!("{process} ({})", words::CLOSED.pt);
    }
    [
        slot.hora.format("%H:%M").to_string(),
        slot.nome.as_deref().map(title_case).unwrap_or_default(),
        process,
        slot.cpf.clone().unwrap_or_default(),
    ]
}

fn day(state: &str, day: DayState, rows: &[[String; 4]]) -> Markup {
    let colour = match day {
        DayState::Unread { .. } | DayState::OutsideWindows => "#a00",
        DayState::Listed { .. } | DayState::Empty { .. } | DayState::DayOff => "inherit",
    };
    let titles = [words::HOUR, words::CANDIDATE, words::PROCESS, words::CPF];
    html! {
        p style={ "color:" (colour) } { strong { (state) } }
        @if !rows.is_empty() { (table(&titles, rows)) }
    }
}

/// A row of the text.
pub(crate) fn line(row: &[String]) -> String {
    let cells = row.iter().filter(|cell| !cell.is_empty());
    let cells: Vec<&str> = cells.map(String::as_str).collect();
    cells.join("  ") + "\n"
}

/// The whole as HTML. Mail programs know no style sheets: each element says how it looks.
pub(crate) fn page(greeting: &str, content: &Markup) -> String {
    let page = html! {
        (DOCTYPE)
        html lang="pt-BR" {
            body style="font-family:sans-serif" {
                p { (greeting) }
                (content)
                p style="color:#666" { small { (words::FOOT.pt) } }
            }
        }
    };
    page.into_string()
}

pub(crate) fn table<const N: usize>(titles: &[Sentence], rows: &[[String; N]]) -> Markup {
    html! {
        table cellpadding="6" style="border-collapse:collapse" {
            @if !titles.is_empty() {
                tr { @for title in titles { th align="left" { (title.pt) } } }
            }
            @for row in rows {
                tr style="border-top:1px solid #ccc" { @for cell in row { td { (cell) } } }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_portal_says_is_text_in_a_mail_and_never_markup() {
        let name = ["<b>Ana \"&\"".to_owned()];
        assert_eq!(
            page("Olá, <i>.", &day("lido", DayState::OutsideWindows, &[])),
            "<!DOCTYPE html><html lang=\"pt-BR\"><body style=\"font-family:sans-serif\"><p>Olá, &lt;i&gt;.</p>\
             <p style=\"color:#a00\"><strong>lido</strong></p><p style=\"color:#666\"><small>"
                .to_owned()
                + words::FOOT.pt
                + "</small></p></body></html>"
        );
        assert_eq!(
            table(&[words::CANDIDATE], &[name]).into_string(),
            "<table cellpadding=\"6\" style=\"border-collapse:collapse\"><tr><th align=\"left\">candidato</th></tr>\
             <tr style=\"border-top:1px solid #ccc\"><td>&lt;b&gt;Ana &quot;&amp;&quot;</td></tr></table>"
        );
    }
}
