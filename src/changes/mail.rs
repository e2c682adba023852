//! The mail: text, and the same as simple HTML. CPFs are masked; no telephone number, no e-mail address.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};

use super::news::{News, What};
use crate::domain::text::title_case;
use crate::domain::{DayState, Zone};
use crate::tomorrow::{Written, escaped};
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
    let mut text = format!("{greeting}\n\n");
    for row in &rows {
        let cells: Vec<&str> = row
            .iter()
            .map(String::as_str)
            .filter(|c| !c.is_empty())
            .collect();
        // Writing to a text cannot fail.
        writeln!(text, "{}", cells.join("  ")).ok();
    }
    if let Some(more) = &more {
        writeln!(text, "{more}").ok();
    }
    write!(text, "\n{state}\n\n{}\n", words::FOOT.pt).ok();
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
        html: html(&greeting, &rows, more.as_deref(), &state),
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

fn html(greeting: &str, rows: &[[String; 5]], more: Option<&str>, state: &str) -> String {
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"pt-BR\"><body style=\"font-family:sans-serif\"><p>{}</p>\
         <table cellpadding=\"6\" style=\"border-collapse:collapse\">",
        escaped(greeting)
    );
    for row in rows {
        html.push_str("<tr style=\"border-top:1px solid #ccc\">");
        for cell in row {
            write!(html, "<td>{}</td>", escaped(cell)).ok();
        }
        html.push_str("</tr>");
    }
    html.push_str("</table>");
    for text in more.into_iter().chain([state]) {
        write!(html, "<p>{}</p>", escaped(text)).ok();
    }
    write!(
        html,
        "<p style=\"color:#666\"><small>{}</small></p></body></html>",
        words::FOOT.pt
    )
    .ok();
    html
}
