//! *What does an examiner do tomorrow?* Their agenda by e-mail, every evening, for those who want it: read anew before the
//! hour, honest about what was not read, sent once. `due` says when, `mail` writes, `send` sends.

mod due;
mod mail;
mod send;

pub use due::{Due, due};
pub(crate) use mail::{Written, line, page, table};
pub(crate) use send::{HandedOver, day_state, pause};
pub use send::{NotMailed, Sent, TomorrowMailer, is_fresh};
