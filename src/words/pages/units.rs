//! Words about the units of an examiner.

use crate::words::{Sentence, both};

pub(crate) const UNITS: Sentence = both("Unidades", "Units");
pub(crate) const UNIT: Sentence = both("Unidade", "Unit");
pub(crate) const LAST_READ: Sentence = both("Última leitura", "Last read");
pub(crate) const SLOTS: Sentence = both("Horários", "Slots");
pub(crate) const NEVER: Sentence = both("nunca", "never");
pub(crate) const QUIET_UNITS: Sentence = both(
    "As que não têm horários são visitadas mais raramente (portal.quiet_unit_interval).",
    "Those without slots are visited more rarely (portal.quiet_unit_interval).",
);
pub(crate) const NOT_OFFERED: Sentence = both("fora do portal", "not offered");
pub(crate) const YES: Sentence = both("sim", "yes");
pub(crate) const NONE: Sentence = both("nenhum", "none");
