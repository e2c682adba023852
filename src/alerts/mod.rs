//! *Who is told?* What goes wrong for longer than a run: rules look at what is in the database, what they find
//! is remembered there, and operators hear of it in Portuguese, once for each trouble.
//!
//! The story of a message: a rule (`rule`, its texts; `rules`, what it looks at) finds something; `plan`
//! compares it with what is open and decides who must be told; `text` writes the message; `evaluator`
//! stores all of it in one transaction. `courier` takes messages from there to the `channels` (`slack`,
//! `email`). Trouble with the database itself is kept in memory (`database`).
//!
//! Architecture invariant: never a candidate's data and never a CPF in a message; an examiner's name at
//! most. Nothing here is in the way of a sync.

mod channels;
mod courier;
mod database;
mod email;
mod evaluator;
mod finding;
mod plan;
pub mod rule;
mod rules;
mod slack;
mod text;
mod web;

pub use channels::{Channel, ChannelError, Channels, DeliveryError, Target};
pub use courier::{Courier, Delivered};
pub use database::DatabaseWatch;
pub use evaluator::{Evaluated, Evaluator};
pub use rule::Rule;
pub use rules::{deadlines, host};
pub use text::{Letter, trial};
pub use web::{Web, WebError};
