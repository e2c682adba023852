//! Ways to misbehave: what goes wrong, for whom, where, and how often. `text` and `kinds` read
//! and write them, `registry` decides which strike a request; what they do to an answer is the portal's
//! business.

mod fault;
mod kinds;
mod registry;
mod text;

pub(super) use fault::Visit;
pub use fault::{DialogSpelling, Fault, FaultKind, Place, Scope, Times};
pub use registry::FaultReport;
pub(super) use registry::Faults;
pub use text::{GRAMMAR, InvalidFault, parse_faults};
