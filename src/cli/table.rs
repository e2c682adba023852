//! Tables for people: as wide as the terminal, or 80 columns. What finds no room is left out, the least needed first,
//! or cut; with `--wide` everything stands there.

use std::io::{self, IsTerminal};
use std::sync::OnceLock;

use comfy_table::{Color, ContentArrangement, Table, presets};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::language::say;
use super::output;
use crate::domain::RunStatus;
use crate::words::Sentence;
use crate::words::cli::list as words;

/// Where nobody says how wide it may be.
const WIDTH: usize = 80;
/// Beside each column's text.
const PADDING: usize = 2;
/// A text is not cut to less than this while others can be left out.
const SHORTEST: usize = 18;
/// Nor to less than this at all.
const LEAST: usize = 6;

/// Whether all columns were asked for: one answer a process, given before any table is drawn.
static WIDE: OnceLock<bool> = OnceLock::new();

/// All columns, however wide (`--wide`).
pub(super) fn be_wide(wide: bool) {
    WIDE.get_or_init(|| wide);
}

/// A column of a table.
#[derive(Debug, Clone)]
pub(super) struct Column {
    title: Sentence,
    /// Whether its texts may be cut.
    is_text: bool,
    /// Where there is no room, the smallest goes first; `None`: never.
    rank: Option<u8>,
}

impl Column {
    /// One that is always there, whole.
    pub(super) const fn new(title: Sentence) -> Self {
        Self {
            title,
            is_text: false,
            rank: None,
        }
    }

    /// One whose texts may be cut.
    pub(super) const fn text(title: Sentence) -> Self {
        Self {
            is_text: true,
            ..Self::new(title)
        }
    }

    /// Left out where there is no room: the smallest rank first.
    pub(super) const fn rank(self, rank: u8) -> Self {
        Self {
            rank: Some(rank),
            ..self
        }
    }
}

/// A text, and perhaps a colour.
#[derive(Debug, Clone)]
pub(super) struct Cell {
    text: String,
    colour: Option<Color>,
}

impl Cell {
    pub(super) fn good(text: impl Into<String>) -> Self {
        Self::coloured(text, Color::Green)
    }

    pub(super) fn warn(text: impl Into<String>) -> Self {
        Self::coloured(text, Color::Yellow)
    }

    pub(super) fn bad(text: impl Into<String>) -> Self {
        Self::coloured(text, Color::Red)
    }

    fn coloured(text: impl Into<String>, colour: Color) -> Self {
        Self {
            text: text.into(),
            colour: Some(colour),
        }
    }

    /// How a run went.
    pub(super) fn run(status: RunStatus, text: impl Into<String>) -> Self {
        match status {
            RunStatus::Success => Self::good(text),
            RunStatus::Partial | RunStatus::Running => Self::warn(text),
            RunStatus::Failed => Self::bad(text),
        }
    }
}

impl<T: ToString> From<T> for Cell {
    fn from(text: T) -> Self {
        Self {
            text: text.to_string(),
            colour: None,
        }
    }
}

/// Prints a table, or on standard error what there is to say where it has no rows.
pub(super) fn show(columns: &[Column], rows: Vec<Vec<Cell>>, empty: Sentence) {
    if rows.is_empty() {
        output::remark(say(empty));
        return;
    }
    let titles: Vec<&str> = columns.iter().map(|column| say(column.title)).collect();
    let natural = |index: usize| {
        let cells = rows.iter().map(|row| row[index].text.width());
        cells.max().unwrap_or(0).max(titles[index].width())
    };
    let natural: Vec<usize> = (0..columns.len()).map(natural).collect();
    let widths = if WIDE.get() == Some(&true) {
        natural.iter().copied().map(Some).collect()
    } else {
        fit(columns, &natural, width())
    };
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    let kept = |cells: Vec<String>| {
        let cells = cells.into_iter().zip(&widths);
        cells.filter_map(|(text, width)| cut(&text, *width))
    };
    table.set_header(kept(
        titles.iter().map(|title| (*title).to_owned()).collect(),
    ));
    for row in rows {
        let (texts, colours): (Vec<String>, Vec<Option<Color>>) =
            row.into_iter().map(|cell| (cell.text, cell.colour)).unzip();
        let colours = colours
            .into_iter()
            .zip(&widths)
            .filter(|(_, width)| width.is_some());
        let cells = kept(texts).zip(colours).map(|(text, (colour, _))| {
            let cell = comfy_table::Cell::new(text);
            match colour {
                Some(colour) => cell.fg(colour),
                None => cell,
            }
        });
        table.add_row(cells.collect::<Vec<_>>());
    }
    if !output::wants_colour() {
        table.force_no_tty();
    }
    output::line(table.trim_fmt());
    if widths.contains(&None) && io::stderr().is_terminal() {
        output::remark(say(words::MORE_COLUMNS));
    }
}

/// The same of texts that must not be cut, such as paths: on a terminal they go on in the next line.
pub(super) fn plain(header: &[&str], rows: Vec<Vec<String>>, empty: &str) {
    if rows.is_empty() {
        output::remark(empty);
        return;
    }
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_header(header.to_vec());
    if io::stdout().is_terminal() {
        table.set_content_arrangement(ContentArrangement::Dynamic);
    }
    table.add_rows(rows);
    if !output::wants_colour() {
        table.force_no_tty();
    }
    output::line(table.trim_fmt());
}

/// A sentence behind `before`, on as many lines as it takes; each further one begins at column `at`. Words stay whole,
/// and so does the line with `--wide`.
pub(super) fn wrap(before: &str, at: usize, text: &str) -> String {
    let room = match WIDE.get() {
        Some(true) => usize::MAX,
        Some(false) | None => width(),
    };
    wrap_to(room, before, at, text)
}

fn wrap_to(room: usize, before: &str, at: usize, text: &str) -> String {
    let mut wrapped = before.to_owned();
    for (n, line) in text.lines().enumerate() {
        if n > 0 {
            wrapped += &format!("\n{:at$}", "");
        }
        let mut used = at;
        for (n, word) in line.split(' ').enumerate() {
            let wide = word.width();
            if n == 0 {
                used += wide;
            } else if used.saturating_add(1 + wide) > room {
                wrapped += &format!("\n{:at$}", "");
                used = at + wide;
            } else {
                wrapped.push(' ');
                used += 1 + wide;
            }
            wrapped += word;
        }
    }
    wrapped
}

/// Columns that fit on a line of the terminal; of a pipe, as `COLUMNS` says.
fn width() -> usize {
    let of_environment = || std::env::var("COLUMNS").ok()?.parse().ok();
    let of_terminal = if io::stdout().is_terminal() {
        // A terminal that does not know its size, such as a serial console, says 0.
        Table::new()
            .width()
            .map(usize::from)
            .filter(|width| *width > 0)
    } else {
        None
    };
    of_terminal.or_else(of_environment).unwrap_or(WIDTH)
}

/// How wide each column may be; `None`: it is left out.
fn fit(columns: &[Column], natural: &[usize], room: usize) -> Vec<Option<usize>> {
    let narrow = |least: usize| {
        let narrowed = columns.iter().zip(natural).map(move |(column, natural)| {
            if column.is_text {
                Some((*natural).min(least))
            } else {
                Some(*natural)
            }
        });
        narrowed.collect::<Vec<_>>()
    };
    let sum = |widths: &[Option<usize>]| -> usize {
        widths.iter().flatten().map(|width| width + PADDING).sum()
    };
    let mut widths = narrow(SHORTEST);
    while sum(&widths) > room {
        let there = (0..columns.len()).filter(|index| widths[*index].is_some());
        let ranked = there.filter_map(|index| Some((columns[index].rank?, index)));
        let Some((_, index)) = ranked.min() else {
            break;
        };
        widths[index] = None;
    }
    if sum(&widths) > room {
        // What is left cannot be left out.
        for (width, narrow) in widths.iter_mut().zip(narrow(LEAST)) {
            *width = width.and(narrow);
        }
    }
    // The room that is left is shared, so that no text is a mere stump beside one that stands there whole.
    let mut free = room.saturating_sub(sum(&widths));
    loop {
        let before = free;
        for (width, natural) in widths.iter_mut().zip(natural) {
            if let Some(width) = width.as_mut().filter(|width| **width < *natural)
                && free > 0
            {
                *width += 1;
                free -= 1;
            }
        }
        if free == before {
            break;
        }
    }
    widths
}

/// The text as far as it has room, if its column is there.
fn cut(text: &str, width: Option<usize>) -> Option<String> {
    let width = width?;
    // A cell is one line.
    let text = text.replace(['\r', '\n'], " ");
    if text.width() <= width {
        return Some(text);
    }
    let mut kept = String::new();
    let mut used = 1;
    for c in text.chars() {
        used += c.width().unwrap_or(0);
        if used > width {
            break;
        }
        kept.push(c);
    }
    Some(format!("{}…", kept.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::both;

    const NAME: Sentence = both("nome", "name");

    #[test]
    fn what_is_needed_least_is_left_out_and_texts_take_the_room_that_is_left() {
        let columns = [
            Column::new(NAME),
            Column::text(NAME),
            Column::new(NAME).rank(2),
            Column::new(NAME).rank(1),
        ];
        let natural = [10, 100, 20, 30];
        assert_eq!(
            fit(&columns, &natural, 200),
            [Some(10), Some(100), Some(20), Some(30)]
        );
        let widths = fit(&columns, &natural, 80);
        assert_eq!(widths, [Some(10), Some(44), Some(20), None]);
        assert_eq!(
            fit(&columns, &natural, 40),
            [Some(10), Some(26), None, None]
        );
        let two = [Column::text(NAME), Column::new(NAME), Column::text(NAME)];
        assert_eq!(fit(&two, &[40, 10, 40], 60), [Some(22), Some(10), Some(22)]);
        assert_eq!(fit(&two, &[40, 10, 19], 70), [Some(35), Some(10), Some(19)]);
        assert_eq!(fit(&columns, &natural, 5), [Some(10), Some(6), None, None]);
    }

    #[test]
    fn a_sentence_goes_on_below_its_beginning_and_no_word_is_cut() {
        let wrapped = wrap_to(20, "ok  ", 4, "são muitas palavras aqui");
        assert_eq!(wrapped, "ok  são muitas\n    palavras aqui");
        let path = "/a/path/that/is/wider/than/the/line";
        let wrapped = wrap_to(20, "ok  ", 4, &format!("em {path}, sim"));
        assert_eq!(wrapped, format!("ok  em\n    {path},\n    sim"));
        let whole = wrap_to(usize::MAX, "", 0, "a b\nc");
        assert_eq!(whole, "a b\nc");
    }

    #[test]
    fn a_text_is_cut_by_what_is_seen_and_not_by_bytes() {
        let cut = |text: &str, width| cut(text, Some(width));
        assert_eq!(cut("São João", 8).as_deref(), Some("São João"));
        assert_eq!(cut("São João da Barra", 9).as_deref(), Some("São João…"));
        assert_eq!(cut("漢字漢字", 6).as_deref(), Some("漢字…"));
        assert_eq!(cut("a\nb", 6).as_deref(), Some("a b"));
        assert_eq!(super::cut("", None), None);
    }
}
