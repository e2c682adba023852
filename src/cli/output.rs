//! How commands speak: tables for people, JSON for programs, errors with their causes.
#![expect(clippy::print_stderr, reason = "this is where the program prints")]

use std::io::{self, IsTerminal, Write};

use comfy_table::{Cell, Color, ContentArrangement, Table, presets};

use super::stdout;
pub(super) use super::stdout::finish;

/// Wrong usage that clap cannot see.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct Usage(pub(super) String);

/// A line on standard output.
pub(super) fn line(text: impl std::fmt::Display) {
    stdout::write(|out| writeln!(out, "{text}"));
}

/// Text on standard output, as it is.
pub(super) fn text(text: &[u8]) {
    stdout::write(|out| out.write_all(text));
}

/// Asks on the terminal; anything but a clear yes is a no.
pub(super) fn confirm(question: &str) -> io::Result<bool> {
    eprint!("{question}");
    io::stderr().flush()?;
    let mut answer = String::new();
    io::stdin().read_line(&mut answer)?;
    Ok(matches!(answer.trim(), "y" | "Y" | "yes" | "s" | "sim"))
}

/// A remark on standard error.
pub(super) fn remark(text: impl std::fmt::Display) {
    eprintln!("{text}");
}

/// Good.
pub(super) fn green(text: &str) -> String {
    colour(text, 32)
}

/// Worth a look.
pub(super) fn yellow(text: &str) -> String {
    colour(text, 33)
}

/// Bad.
pub(super) fn red(text: &str) -> String {
    colour(text, 31)
}

/// Only where a person looks on, and has not declined: <https://no-color.org>.
fn wants_colour() -> bool {
    let declined = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    !declined && io::stdout().is_terminal()
}

fn colour(text: &str, code: u8) -> String {
    if wants_colour() {
        format!("\x1b[{code}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// One JSON value on a line.
pub(super) fn json(value: &impl serde::Serialize) -> anyhow::Result<()> {
    line(serde_json::to_string(value)?);
    Ok(())
}

/// An aligned table, as wide as the terminal or as wide as it needs to be.
pub(super) fn table(header: &[&str], rows: Vec<Vec<String>>, empty: &str) {
    if rows.is_empty() {
        remark(empty);
        return;
    }
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_header(header.to_vec());
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    for row in rows {
        table.add_row(row.into_iter().map(cell));
    }
    if !wants_colour() {
        table.force_no_tty();
    }
    line(table.trim_fmt());
}

/// Words that say how something went have its colour.
fn cell(text: String) -> Cell {
    let colour = match text.as_str() {
        "success" | "available" | "alive" | "on" | "completed" => Some(Color::Green),
        "partial" | "booked" | "running" | "manual" | "retryable" => Some(Color::Yellow),
        "failed" | "removed" | "dead?" | "discarded" => Some(Color::Red),
        _ => None,
    };
    match colour {
        Some(colour) => Cell::new(text).fg(colour),
        None => Cell::new(text),
    }
}

/// An error and its causes.
pub(super) fn error(error: &anyhow::Error) {
    eprintln!("agendad: {error}");
    let mut last = error.to_string();
    for cause in error.chain().skip(1) {
        let text = cause.to_string();
        if !last.contains(&text) {
            eprintln!("  because: {text}");
        }
        last = text;
    }
}

/// A time of the database on the wall of the configured zone.
pub(super) fn local(
    time: Option<chrono::DateTime<chrono::Utc>>,
    zone: crate::domain::Zone,
) -> String {
    time.map_or_else(
        || "-".to_owned(),
        |t| {
            t.with_timezone(&zone)
                .format("%Y-%m-%d %H:%M:%S")
                .to_string()
        },
    )
}
