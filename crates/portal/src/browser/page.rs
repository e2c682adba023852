//! A page as it arrived: where from, and its text.

use encoding_rs::Encoding;
use reqwest::StatusCode;
use url::Url;

/// A page, decoded but not yet read.
pub(crate) struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub text: String,
    /// In which its forms are answered.
    pub charset: &'static Encoding,
    /// Whether a body that ends too early would have been noticed by the protocol.
    pub framed: bool,
}

impl Page {
    /// Resolves an address that the page spells.
    pub(crate) fn resolve(&self, base: Option<&str>, target: &str) -> Option<Url> {
        let base = base.and_then(|base| self.url.join(base).ok());
        let mut url = base.as_ref().unwrap_or(&self.url).join(target).ok()?;
        url.set_fragment(None);
        Some(url)
    }

    /// Whether it begins, or may have begun, as a whole HTML document; something else (plain text, a
    /// fragment) has no end that could be looked for.
    pub(crate) fn is_document(&self) -> bool {
        let text = self.text.trim_start().to_ascii_lowercase();
        let begins =
            |start: &str| text.starts_with(start) || (!text.is_empty() && start.starts_with(&text));
        begins("<!") || begins("<html") || text.contains("<html") || text.contains("<body")
    }
}
