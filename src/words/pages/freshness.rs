//! Words about when an examiner was last read.

use crate::words::{Sentence, both};

pub(crate) const WINDOW_DOES_NOT_APPLY: Sentence = both(
    "este período não vale para este perito",
    "this window does not apply to this examiner",
);
pub(crate) const NEVER: Sentence = both("nunca", "never");
