//! The pages, as the portal writes them: one file per page. Pure text; nothing here knows of requests.

mod address;
mod choice;
mod entry;
mod filler;
mod frame;
mod html;
mod login;
mod odd;
mod page;
mod result;
mod scripts;
mod search;

pub(super) use address::path_of;
pub(super) use choice::choice;
pub(super) use entry::{Entry, entry, frameset, header};
pub(super) use frame::Notices;
pub(super) use login::{LoginDefects, login};
pub(super) use odd::{
    captcha, error_status, firewall, firewall_frame, firewall_script, long, maintenance, refresh,
    style, unauthorized, unknown,
};
pub(super) use page::Page;
pub(super) use result::{ResultDefects, ResultPage, result};
pub(super) use scripts::file as script;
pub(super) use search::{AGENDA_PATH, Owner, SearchDefects, SearchForm, search};

use super::names::Names;

impl Names {
    /// A date as the portal shows it.
    pub(super) fn shown(&self, date: chrono::NaiveDate) -> String {
        date.format(&self.date_format).to_string()
    }
}
