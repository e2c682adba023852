//! What a result page says: its date, its table, its rows. Pure functions over a page taken apart.

pub(crate) mod absent;
pub(crate) mod column;
pub(crate) mod date;
mod message;
mod mojibake;
mod pager;
mod reaching;
pub(crate) mod result;
pub(crate) mod row;
pub(crate) mod shown;
mod strays;
pub(crate) mod table;
pub(crate) mod time;

pub(crate) use result::{DateOffer, day};
