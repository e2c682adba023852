//! A page taken apart: plain values in page order, most of them slices of the page.

use std::borrow::Cow;
use std::ops::{Range, RangeBounds};

use super::form::{Choice, Field, FieldKind, Form};
use super::link::{Click, Link};
use agendad_domain::text::folds_to;

/// What a page holds. `at` counts tags in page order, so that "after the table" can be asked.
#[derive(Debug, Default)]
pub(crate) struct Document<'a> {
    pub title: String,
    /// `<base href>`
    pub base: Option<String>,
    pub frames: Vec<Frame>,
    pub refresh: Option<Refresh>,
    pub forms: Vec<Form>,
    /// Anchors and buttons.
    pub links: Vec<Link<'a>>,
    /// What is clicked besides them, in page order.
    pub clicks: Vec<Click<'a>>,
    pub tables: Vec<Table<'a>>,
    /// Selects that stand in no form.
    pub selects_outside_forms: Vec<Field>,
    /// Options that stand in no form: an answer may be a bare fragment of them, with or without a `<select>`.
    pub options_outside_selects: Vec<Choice>,
    /// Inline scripts, and what runs when the page has loaded.
    pub scripts: Vec<Cow<'a, str>>,
    /// Its text, also what a style hides.
    pub runs: Vec<Run<'a>>,
    /// Texts of its legends.
    pub legends: Vec<String>,
    /// Every id, class, name and src, in lower case; one that is there often need not stand here as often.
    pub marks: Vec<Cow<'a, str>>,
    /// Whether there is any element besides what a parser adds by itself.
    pub has_markup: bool,
    /// Whether `</html>` stands behind the last row, field and form.
    pub is_closed: bool,
    /// Whether moreover every table has its end tag.
    pub is_whole: bool,
    /// Whether rows, fields or forms stand behind an `</html>`.
    pub goes_on: bool,
}

#[derive(Debug)]
pub(crate) struct Frame {
    pub name: String,
    pub src: String,
}

/// `<meta http-equiv="refresh">`
#[derive(Debug, PartialEq)]
pub(crate) struct Refresh {
    pub seconds: f64,
    pub target: Option<String>,
}

#[derive(Debug)]
pub(crate) struct Run<'a> {
    pub at: usize,
    /// White space folded; never empty.
    pub text: Cow<'a, str>,
    /// Whether it is seen as the page comes, before a script shows more of it.
    pub seen: bool,
    /// Whether it goes on in the line of the text before, in other letters.
    pub in_line: bool,
}

#[derive(Debug)]
pub(crate) struct Table<'a> {
    pub id: Option<Cow<'a, str>>,
    pub at: usize,
    pub end: usize,
    /// Whether another has ended it, and not its end tag.
    pub is_cut: bool,
    pub rows: Vec<Row<'a>>,
}

#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub at: usize,
    pub end: usize,
    /// Whether nobody sees it: a page may hold rows in reserve, or show them some at a time.
    pub hidden: bool,
    /// Whether it stands in the head or the foot of its table.
    pub beside: bool,
    pub cells: Vec<Cell<'a>>,
}

#[derive(Debug)]
pub(crate) struct Cell<'a> {
    /// Text, white space folded; tags count as white space.
    pub text: Cow<'a, str>,
    /// Whether white space stands behind the text so far.
    pub(super) gap: bool,
    pub colspan: usize,
    pub rowspan: usize,
    /// Whether it holds a table, whose text is not in `text`.
    pub nested: bool,
    /// Whether a script writes what it says.
    pub scripted: bool,
    /// Whether its text is what its fields and images say, as it has none of its own.
    pub(super) spoken: bool,
}

impl<'a> Cell<'a> {
    pub(super) fn new(colspan: usize, rowspan: usize) -> Self {
        Self {
            text: Cow::Borrowed(""),
            gap: false,
            colspan,
            rowspan,
            nested: false,
            scripted: false,
            spoken: false,
        }
    }

    /// Adds a text, and itself with its white space folded.
    pub(super) fn push(&mut self, text: &str, folded: Cow<'a, str>) {
        self.gap |= text.starts_with(char::is_whitespace);
        if folded.is_empty() {
            return;
        }
        if self.text.is_empty() {
            self.text = folded;
        } else {
            let whole = self.text.to_mut();
            if self.gap {
                whole.push(' ');
            }
            whole.push_str(&folded);
        }
        self.gap = text.ends_with(char::is_whitespace);
    }

    pub(super) fn space(&mut self) {
        self.gap = true;
    }
}

impl Document<'_> {
    /// Text between two places, white space folded.
    pub(crate) fn text_between(&self, from: usize, to: usize) -> String {
        let runs = self.runs_between(from, to);
        runs.map(|run| &*run.text).collect::<Vec<_>>().join(" ")
    }

    /// The same without what nobody sees as the page comes.
    pub(crate) fn seen_between(&self, from: usize, to: usize) -> String {
        let seen = self.runs_between(from, to).filter(|run| run.seen);
        seen.map(|run| &*run.text).collect::<Vec<_>>().join(" ")
    }

    /// Whether the text that begins here is seen as the page comes.
    pub(crate) fn is_seen(&self, at: usize) -> bool {
        self.runs_between(at, at + 1).any(|run| run.seen)
    }

    fn runs_between(&self, from: usize, to: usize) -> impl Iterator<Item = &Run<'_>> {
        let first = self.runs.partition_point(|run| run.at < from);
        let runs = self.runs[first..].iter();
        runs.take_while(move |run| run.at < to)
    }

    /// Text between two places, but for what stands in `apart`, which is in page order.
    pub(crate) fn text_but_for(&self, places: Range<usize>, apart: &[Range<usize>]) -> String {
        let mut apart = apart.iter().peekable();
        let runs = self.runs.iter().filter(|run| {
            while apart.next_if(|place| place.end <= run.at).is_some() {}
            places.contains(&run.at) && apart.peek().is_none_or(|place| run.at < place.start)
        });
        runs.map(|run| &*run.text).collect::<Vec<_>>().join(" ")
    }

    /// Where the first link behind a place stands, or the page's end.
    pub(crate) fn link_behind(&self, place: usize) -> usize {
        let link = self.links.iter().find(|link| link.at > place);
        link.map_or(usize::MAX, |link| link.at)
    }

    /// Where the last link before a place stands, or the page's start.
    pub(crate) fn link_before(&self, place: usize) -> usize {
        let link = self.links.iter().rev().find(|link| link.at < place);
        link.map_or(0, |link| link.at)
    }

    /// Every hidden field of every form.
    pub(crate) fn hidden_values(&self) -> Vec<(String, String)> {
        let fields = self.forms.iter().flat_map(|form| &form.fields);
        let hidden = fields.filter(|field| field.kind == FieldKind::Hidden);
        hidden
            .map(|field| (field.name.clone(), field.value.clone()))
            .collect()
    }

    /// A select of this name, in a form or not.
    pub(crate) fn selects(&self) -> impl Iterator<Item = (&Field, &[Choice])> {
        let in_forms = self.forms.iter().flat_map(|form| &form.fields);
        let all = in_forms.chain(&self.selects_outside_forms);
        all.filter_map(|field| match &field.kind {
            FieldKind::Select(options) => Some((field, options.as_slice())),
            FieldKind::Hidden | FieldKind::Password | FieldKind::Submit | FieldKind::Other => None,
        })
    }

    /// The place of the first text that, folded, is `word` alone.
    pub(crate) fn heading(&self, word: &str) -> Option<usize> {
        headings(&self.runs, word).next()
    }

    /// The place of the last such text before another place.
    pub(crate) fn heading_before(&self, word: &str, place: usize) -> Option<usize> {
        let end = self.runs.partition_point(|run| run.at < place);
        headings(&self.runs[..end], word).next_back()
    }

    /// Whether a link or button with one of these labels (folded) stands within these places.
    pub(crate) fn has_label(&self, places: impl RangeBounds<usize>, labels: &[&str]) -> bool {
        self.links
            .iter()
            .any(|link| places.contains(&link.at) && labels.contains(&link.label.as_str()))
    }

    /// The frame that holds the content: the one called `name`, else a single one of those that may hold it.
    pub(crate) fn frame(&self, name: &str, may_hold_it: impl Fn(&Frame) -> bool) -> Option<&Frame> {
        let named = |frame: &&Frame| frame.name.eq_ignore_ascii_case(name);
        self.frames.iter().find(named).or_else(|| {
            let mut others = self.frames.iter().filter(|frame| may_hold_it(frame));
            let only = others.next();
            only.filter(|_| others.next().is_none())
        })
    }
}

/// The places of the texts that, folded, are `word` alone.
fn headings(runs: &[Run<'_>], word: &str) -> impl DoubleEndedIterator<Item = usize> {
    // A fold is never longer than its text, and a text with accents never thrice as long as its fold.
    let lengths = word.len()..=3 * word.len();
    let is_word =
        move |run: &&Run<'_>| lengths.contains(&run.text.len()) && folds_to(&run.text, word);
    runs.iter().filter(is_word).map(|run| run.at)
}

/// Reads `5; URL='x.do'` as browsers do.
pub(crate) fn refresh(content: &str) -> Option<Refresh> {
    let content = content.trim();
    let digits = content
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(content.len());
    let seconds = content[..digits].parse().ok()?;
    let rest = content[digits..].trim_start_matches([';', ',', ' ', '\t', '\n']);
    let target = match rest.get(..3) {
        Some(url) if url.eq_ignore_ascii_case("url") => {
            let value = rest[3..].trim_start();
            value.strip_prefix('=').unwrap_or(rest).trim_start()
        }
        _ => rest,
    };
    let target = match target.chars().next() {
        Some(quote @ ('"' | '\'')) => target[1..].split(quote).next().unwrap_or_default(),
        _ => target,
    };
    let target = Some(target.trim().to_owned()).filter(|target| !target.is_empty());
    Some(Refresh { seconds, target })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refresh_is_read_as_browsers_do() {
        for (content, seconds, target) in [
            ("0; url=/a.do", 0.0, Some("/a.do")),
            ("5;URL='a.do?x=1;2'", 5.0, Some("a.do?x=1;2")),
            (" 1.5 , \"b.do\" ", 1.5, Some("b.do")),
            ("1800", 1800.0, None),
        ] {
            let target = target.map(str::to_owned);
            assert_eq!(
                refresh(content),
                Some(Refresh { seconds, target }),
                "{content}"
            );
        }
        assert_eq!(refresh("url=/a.do"), None);
    }
}
