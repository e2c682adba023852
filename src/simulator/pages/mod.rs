//! The pages, as the portal writes them: one file per page. Pure text; nothing here knows of requests.

mod entry;
mod frame;
mod html;
mod login;
mod odd;
mod result;
mod search;

pub(super) use entry::{entry, frameset, header};
pub(super) use frame::Notices;
pub(super) use login::{login, path_of};
pub(super) use odd::{captcha, error_status, maintenance, refresh, script, style};
pub(super) use result::{ResultPage, ResultTwist, result};
pub(super) use search::{SearchForm, options, search};

/// The date as the portal shows it.
pub(super) fn shown(date: chrono::NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// Bytes in the portal's charset; what it cannot write becomes a character reference.
pub(super) fn encode(page: &str) -> Vec<u8> {
    encoding_rs::WINDOWS_1252.encode(page).0.into_owned()
}
