//! *What changes for an examiner today?* By e-mail to those who want it, quietly: collected for some minutes, not at night,
//! and only what is news. `due` says when, `news` what, `mail` writes, `send` sends.

mod due;
mod mail;
mod news;
mod send;

pub use due::changes_query;
pub use send::{ChangesMailer, Sent};
