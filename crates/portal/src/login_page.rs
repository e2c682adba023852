//! The page on which the password is posted.

use std::sync::Arc;

use url::Url;

use super::browser::charset::Charsets;
use super::browser::form::Form;
use super::words::Words;

/// The page on which the password is posted, again for the end of another session or for a unit.
pub(super) struct LoginPage {
    pub(super) form: Form,
    pub(super) action: Url,
    pub(super) charset: Charsets,
    /// What this page and the one before it said.
    pub(super) said: Arc<Words>,
    /// Hidden values of the answer that came last; none before the first, as the form has those of its own page.
    pub(super) newest: Vec<(String, String)>,
    /// What the portal says of the way of login, for the address of the choice.
    pub(super) cyberark: Option<String>,
    /// How often it was sent.
    pub(super) posts: u32,
}
