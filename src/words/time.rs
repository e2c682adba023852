//! Days, months, and how long ago.

use super::{Sentence, both};

pub(crate) const NOW: Sentence = both("agora", "now");

/// From Monday on.
pub(crate) const WEEKDAYS: [Sentence; 7] = [
    both("seg", "Mon"),
    both("ter", "Tue"),
    both("qua", "Wed"),
    both("qui", "Thu"),
    both("sex", "Fri"),
    both("sáb", "Sat"),
    both("dom", "Sun"),
];

pub(crate) const MONTHS: [Sentence; 12] = [
    both("jan", "Jan"),
    both("fev", "Feb"),
    both("mar", "Mar"),
    both("abr", "Apr"),
    both("mai", "May"),
    both("jun", "Jun"),
    both("jul", "Jul"),
    both("ago", "Aug"),
    both("set", "Sep"),
    both("out", "Oct"),
    both("nov", "Nov"),
    both("dez", "Dec"),
];

pub(crate) fn ago(length: &str) -> Sentence<String> {
    sentence!("há {length}", "{length} ago")
}

pub(crate) fn soon(length: &str) -> Sentence<String> {
    sentence!("em {length}", "in {length}")
}
