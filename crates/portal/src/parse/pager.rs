//! Whether a result goes on on a further page: its rows are then not all of the day's.

mod lead;
mod look;
mod sentence;

use std::ops::Range;

use super::table::DataTable;
use crate::browser::document::Document;
use agendad_domain::text::fold;
use lead::{Lead, are_run, lead_on, without_counts};
use look::chooses_page;
use sentence::{CUT, Sentence};

/// The label of the link that ends a result, folded.
pub(super) const BACK: &str = "voltar";

/// What a result says of rows that its table does not show.
#[derive(Debug, Clone, Copy)]
pub(super) struct Further {
    /// Whether there is a further page.
    pub(super) has_more: bool,
    /// How many rows there are in all.
    pub(super) counted: Option<usize>,
}

/// What links, fields and sentences of the result, from its legend on, say of further pages: in its table but in no
/// appointment, above it or behind it.
pub(super) fn further(
    document: &Document<'_>,
    table: &DataTable,
    legend: Option<usize>,
) -> Further {
    let header = table.apart.first().cloned();
    let header = header.unwrap_or(table.at..table.at);
    let end = back_behind(document, table).unwrap_or(usize::MAX);
    // In page order: of those that begin before a place the last may hold it.
    let is_apart = |at: usize| {
        let begun = table.apart.partition_point(|place| place.start <= at);
        begun > 0 && at < table.apart[begun - 1].end
    };
    let within = |places: Range<usize>| {
        let is_there = |at: usize| places.contains(&at) && !is_apart(at);
        let links = document.links.iter().filter(|link| is_there(link.at));
        let clicks = document.clicks.iter().filter(|click| is_there(click.at));
        let clicks = clicks.filter_map(|click| Lead::of_click(click, document));
        let leads = links.filter_map(Lead::of_link).chain(clicks);
        without_counts(leads.collect())
    };
    let start = legend.unwrap_or(0).min(header.start);
    let above = within(start..header.start);
    let leads = lead_on(&within(header.end..end))
        || above.iter().any(Lead::is_named)
        || legend.is_some() && are_run(&above);
    let mut fields = document.selects();
    let mut is_chosen = || {
        fields.any(|(field, options)| {
            (start..end).contains(&field.at)
                && !is_apart(field.at)
                && chooses_page(&field.name, options)
        })
    };
    if leads || is_chosen() {
        return Further {
            has_more: true,
            counted: None,
        };
    }
    let text = fold(&text_around(document, start..end, &table.apart));
    let sentence = Sentence::of(&text);
    Further {
        has_more: sentence.says_more(),
        counted: sentence.counted(),
    }
}

/// The text between two places without what stands in `apart`, cut where something did.
fn text_around(document: &Document<'_>, places: Range<usize>, apart: &[Range<usize>]) -> String {
    let starts = apart.iter().map(|place| place.start).chain([places.end]);
    let ends = [places.start]
        .into_iter()
        .chain(apart.iter().map(|place| place.end));
    let texts = ends
        .zip(starts)
        .map(|(from, to)| document.text_between(from, to));
    let texts: Vec<String> = texts.filter(|text| !text.is_empty()).collect();
    texts.join(CUT)
}

/// Where the link stands that ends the result.
pub(super) fn back_behind(document: &Document<'_>, table: &DataTable) -> Option<usize> {
    let mut links = document.links.iter();
    let back = links.find(|link| link.at > table.end && link.label == BACK);
    back.map(|link| link.at)
}
