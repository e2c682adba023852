//! *Who is told?* What goes wrong for longer than a run: rules look at what is in the database, what they find
//! is remembered there, and operators hear of it in Portuguese, once for each trouble.
//!
//! The story of a message: a rule (`rules`) finds something; `plan`
//! compares it with what is open and decides who must be told; `text` writes the message, in the words of `crate::words`; `evaluator`
//! stores all of it in one transaction. `courier` takes messages from there to the `channels` (`slack`,
//! `email`, `ntfy`, `telegram`, `hook`), and `arrivals` remembers whether they arrive. Trouble with the database itself is kept in memory (`database`).
//!
//! Architecture invariant: never a candidate's data and never a CPF in a message; an examiner's name at
//! most. Nothing here is in the way of a sync.

mod arrivals;
mod channels;
mod courier;
mod database;
mod delivery;
mod email;
mod evaluator;
mod finding;
mod hook;
mod machine;
mod ntfy;
mod plan;
mod quiet;
mod rules;
mod severity;
mod slack;
mod telegram;
mod text;
mod web;

pub use crate::domain::Rule;
pub use arrivals::{Arrival, Arrivals};
pub use channels::Channels;
pub use courier::{Courier, Delivered};
pub use database::DatabaseWatch;
pub use delivery::{ChannelError, DeliveryError, Target, WebError};
pub use email::{MailOut, is_mail_address};
pub use evaluator::{Evaluated, Evaluator};
pub use machine::host;
pub use quiet::{is_silence, moment};
pub use severity::Severity;
pub use text::{AlertMessage, trial};
pub use web::Web;
