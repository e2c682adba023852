//! The mail: text, and the same as simple HTML. CPFs are masked; no telephone number, no e-mail address.

use chrono::{DateTime, NaiveDate, Utc};
use maud::html;

use super::news::{News, What};
use crate::domain::text::title_case;
use crate::domain::{DayState, Zone};
use crate::tomorrow::{Written, line, page, table};
use crate::words::changes as words;

/// More are counted.
const MOST: usize = 20;

#[derive(Debug, Clone, Copy)]
pub(super) struct About<'a> {
    pub(super) nome: &'a str,
    pub(super) day: NaiveDate,
    pub(super) state: DayState,
    pub(super) news: &'a [News<'a>],
}

/// In Portuguese, as everything that goes out by mail.
pub(super) fn write(about: &About<'_>, now: DateTime<Utc>, zone: Zone) -> Written {
    let greeting = words::greeting(&title_case(about.nome)).pt;
    let state = words::state(about.day, about.state, now, zone).pt;
    let rows: Vec<[String; 5]> = about.news.iter().take(MOST).map(row).collect();
    let more = about.news.len().saturating_sub(MOST);
    let more = (more > 0).then(|| words::more(more).pt);
    let lines: String = rows.iter().map(|row| line(row)).collect();
    let rest = more.as_ref().map(|more| format!("{more}\n"));
    let rest = rest.unwrap_or_default();
    let text = format!(
        "{greeting}\n\n{lines}{rest}\n{state}\n\n{}\n",
        words::FOOT.pt
    );
    let content = html! {
        (table(&[], &rows))
        @if let Some(more) = &more { p { (more) } }
        p { (state) }
    };
    let count = |what| about.news.iter().filter(|news| news.what == what).count();
    Written {
        subject: words::subject(
            about.day,
            count(What::New),
            count(What::Gone),
            count(What::Changed),
        )
        .pt,
        text,
        html: page(&greeting, &content),
    }
}

fn row(news: &News<'_>) -> [String; 5] {
    let what = match news.what {
        What::New => words::NEW,
        What::Gone => words::GONE,
        What::Changed => words::CHANGED,
    };
    let slot = news.slot;
    [
        slot.hora.format("%H:%M").to_string(),
        what.pt.to_owned(),
        slot.nome.as_deref().map(title_case).unwrap_or_default(),
        slot.processo.clone().unwrap_or_default(),
        slot.cpf.clone().unwrap_or_default(),
    ]
}
