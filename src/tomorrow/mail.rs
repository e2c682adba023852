//! The mail: text, and the same as simple HTML. CPFs are masked; no telephone number, no e-mail address.

use std::fmt::Write as _;

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::text::title_case;
use crate::domain::{DayState, SlotStatus, Zone};
use crate::store::listing::SlotView;
use crate::words::tomorrow as words;

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
    let lines = rows.iter().map(|row| {
        let row: Vec<&str> = row
            .iter()
            .map(String::as_str)
            .filter(|c| !c.is_empty())
            .collect();
        format!("{}\n", row.join("  "))
    });
    let text = format!(
        "{greeting}\n\n{state}\n\n{}\n{}\n",
        lines.collect::<String>(),
        words::FOOT.pt
    );
    Written {
        subject: words::subject(about.day, about.state).pt,
        text,
        html: html(&greeting, &state, about.state, &rows),
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

fn html(greeting: &str, state: &str, day: DayState, rows: &[[String; 4]]) -> String {
    let colour = match day {
        DayState::Unread { .. } | DayState::OutsideWindows => "#a00",
        DayState::Listed { .. } | DayState::Empty { .. } | DayState::DayOff => "inherit",
    };
    let mut html = format!(
        "<!DOCTYPE html><html lang=\"pt-BR\"><body style=\"font-family:sans-serif\"><p>{}</p>\
         <p style=\"color:{colour}\"><strong>{}</strong></p>",
        escaped(greeting),
        escaped(state)
    );
    if !rows.is_empty() {
        html.push_str("<table cellpadding=\"6\" style=\"border-collapse:collapse\"><tr>");
        for title in [words::HOUR, words::CANDIDATE, words::PROCESS, words::CPF] {
            // Writing to a text cannot fail.
            write!(html, "<th align=\"left\">{}</th>", title.pt).ok();
        }
        html.push_str("</tr>");
        for row in rows {
            html.push_str("<tr style=\"border-top:1px solid #ccc\">");
            for cell in row {
                write!(html, "<td>{}</td>", escaped(cell)).ok();
            }
            html.push_str("</tr>");
        }
        html.push_str("</table>");
    }
    write!(
        html,
        "<p style=\"color:#666\"><small>{}</small></p></body></html>",
        words::FOOT.pt
    )
    .ok();
    html
}

pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
