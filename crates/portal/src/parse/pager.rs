//! Whether a result goes on on a further page: its rows are then not all of the day's.

mod lead;
mod look;
mod sentence;

use std::ops::Range;

use super::table::DataTable;
use crate::browser::document::Document;
use lead::{Lead, are_run, lead_on, without_counts};
use look::chooses_page;
use sentence::{CUT, says_more};

/// The label of the link that ends a result, folded.
pub(super) const BACK: &str = "voltar";

/// Whether a link, a field or a sentence of the result, from its legend on, says that there are further pages: in its table but in
/// no appointment, above it or behind it.
pub(super) fn has_more(document: &Document<'_>, table: &DataTable, legend: Option<usize>) -> bool {
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
    let mut fields = document.selects();
    let mut is_chosen = || {
        fields.any(|(field, options)| {
            (start..end).contains(&field.at)
                && !is_apart(field.at)
                && chooses_page(&field.name, options)
        })
    };
    lead_on(&within(header.end..end))
        || above.iter().any(Lead::is_named)
        || legend.is_some() && are_run(&above)
        || is_chosen()
        || says_more(&text_around(document, start..end, &table.apart))
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
