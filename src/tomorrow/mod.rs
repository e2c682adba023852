//! *What does an examiner do tomorrow?* Their agenda by e-mail, every evening, for those who want it: read anew before the
//! hour, honest about what was not read, sent once. `due` says when, `mail` writes, `send` sends.

mod due;
mod mail;
mod send;

pub use due::{Due, due};
pub(crate) use mail::{Written, line, page, table};
pub use send::{Sent, TomorrowMailer, is_fresh};
pub(crate) use send::{day_state, pause};
