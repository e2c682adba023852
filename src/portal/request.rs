//! What a session asks for: an address, or a form that is sent, perhaps with a password in it.

use encoding_rs::Encoding;
use url::Url;

use super::browser::form::Form;

/// A request for a page.
#[derive(Clone)]
pub(crate) struct Request {
    pub(super) url: Url,
    pub(super) form: Option<String>,
    pub(super) password: Password,
}

/// Whether a request carries a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Password {
    None,
    /// This very password was accepted before, or not.
    Carried {
        proven: bool,
    },
}

impl Request {
    pub(crate) fn get(url: Url) -> Self {
        Self {
            url,
            form: None,
            password: Password::None,
        }
    }

    /// Submits a form to its resolved action.
    pub(crate) fn submit(
        form: &Form,
        action: Url,
        charset: &'static Encoding,
        password: Password,
    ) -> Self {
        let content = form.encode(charset);
        let mut url = action;
        let form = if form.post {
            Some(content)
        } else {
            url.set_query(Some(&content));
            None
        };
        Self {
            url,
            form,
            password,
        }
    }
}
