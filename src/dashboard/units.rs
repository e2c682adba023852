//! The units of an examiner, and when each was last read.

use maud::{Markup, html};

use super::time::Times;
use super::tone::Tone;
use crate::store::units::UnitRecord;
use crate::words::pages::units as words;

/// Nothing if the portal has only ever offered one unit.
pub(super) fn section(times: Times, units: &[UnitRecord]) -> Markup {
    let say = |sentence| times.language.say(sentence);
    if units.len() < 2 {
        return html! {};
    }
    html! {
        section {
            h2 { (say(words::UNITS)) " " span.n { (units.len()) } }
            table.units {
                thead {
                    tr {
                        th scope="col" { (say(words::UNIT)) }
                        th scope="col" { (say(words::LAST_READ)) }
                        th scope="col" { (say(words::SLOTS)) }
                    }
                }
                tbody {
                    @for unit in units {
                        tr {
                            th scope="row" { (unit.name) " " span.id { (unit.code) } }
                            td { @if let Some(at) = unit.last_read_at { (times.ago(at)) } @else { span.never { (say(words::NEVER)) } } }
                            td { (slots(unit, times)) }
                        }
                    }
                }
            }
            p.dim { (say(words::QUIET_UNITS)) }
        }
    }
}

/// Whether the last complete reading found any, or why there is none.
fn slots(unit: &UnitRecord, times: Times) -> Markup {
    let say = |sentence| times.language.say(sentence);
    html! {
        @if !unit.offered {
            (Tone::Warn.badge(say(words::NOT_OFFERED)))
            @if let Some(since) = unit.missing_since { " " (times.ago(since)) }
        } @else {
            @match unit.had_slots {
                Some(true) => (say(words::YES)),
                Some(false) => (say(words::NONE)),
                None => "–",
            }
        }
    }
}
