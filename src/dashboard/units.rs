//! The units of an examiner, and when each was last read.

use maud::{Markup, html};

use super::time::Times;
use super::words::Tone;
use crate::store::units::UnitRecord;

/// Nothing for whom the portal has only ever offered one unit.
pub(super) fn section(times: Times, units: &[UnitRecord]) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    if units.len() < 2 {
        return html! {};
    }
    html! {
        section {
            h2 { (say("Unidades", "Units")) " " span.n { (units.len()) } }
            table.units {
                thead {
                    tr {
                        th scope="col" { (say("Unidade", "Unit")) }
                        th scope="col" { (say("Última leitura", "Last read")) }
                        th scope="col" { (say("Horários", "Slots")) }
                    }
                }
                tbody {
                    @for unit in units {
                        tr {
                            th scope="row" { (unit.name) " " span.id { (unit.code) } }
                            td { @if let Some(at) = unit.last_read_at { (times.ago(at)) } @else { span.never { (say("nunca", "never")) } } }
                            td { (slots(unit, times)) }
                        }
                    }
                }
            }
            p.dim { (say(
                "As que não têm horários são visitadas mais raramente (portal.quiet_unit_interval).",
                "Those without slots are visited more rarely (portal.quiet_unit_interval).",
            )) }
        }
    }
}

/// Whether the last complete reading found any, or why there is none.
fn slots(unit: &UnitRecord, times: Times) -> Markup {
    let say = |pt, en| times.language.say(pt, en);
    html! {
        @if !unit.offered {
            (Tone::Warn.badge(say("fora do portal", "not offered")))
            @if let Some(since) = unit.missing_since { " " (times.ago(since)) }
        } @else {
            @match unit.had_slots {
                Some(true) => (say("sim", "yes")),
                Some(false) => (say("nenhum", "none")),
                None => "–",
            }
        }
    }
}
