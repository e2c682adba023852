//! What stands in an examiner's calendar.

use super::{Sentence, both};

/// Of a candidate of whom nothing may be shown.
pub(crate) const EXAM: Sentence = both("Exame DETRAN", "DETRAN exam");
/// After the dashes of the calendar's `PRODID`.
pub(crate) const PRODUCT: Sentence = both("agenda do perito", "the examiner's agenda");

pub(crate) fn cancelled(what: &str) -> Sentence<String> {
    sentence!("CANCELADO: {what}", "CANCELLED: {what}")
}
