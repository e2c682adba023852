//! A page as it arrived: where from, and its text.

use reqwest::StatusCode;
use url::Url;

use super::charset::Charsets;

/// A page, decoded but not yet read.
pub(crate) struct Page {
    pub url: Url,
    pub status: StatusCode,
    pub text: String,
    /// In which its forms are answered.
    pub charset: Charsets,
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

    /// Where a form of the page leads. Without an action it leads to the page itself, whatever its `<base>`.
    pub(crate) fn resolve_action(&self, base: Option<&str>, action: Option<&str>) -> Option<Url> {
        let own = self.url.as_str();
        let action = action.map(str::trim).filter(|action| !action.is_empty());
        self.resolve(base, action.unwrap_or(own))
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

#[cfg(test)]
mod tests {
    use super::*;
    use encoding_rs::WINDOWS_1252;

    #[test]
    fn a_form_without_an_action_leads_to_its_own_page_whatever_the_base() {
        let url = "https://portal.example.com/gefor/login.do?x=1";
        let page = Page {
            url: format!("{url}#top").parse().unwrap(),
            status: StatusCode::OK,
            text: String::new(),
            charset: Charsets::of(WINDOWS_1252),
            framed: true,
        };
        for base in [None, Some("/"), Some("https://portal.example.com/other/")] {
            for action in [None, Some(""), Some(" \n")] {
                let target = page.resolve_action(base, action).unwrap();
                assert_eq!(target.as_str(), url, "{base:?} {action:?}");
            }
        }
        let target = page.resolve_action(Some("/other/"), Some("a.do")).unwrap();
        assert_eq!(target.path(), "/other/a.do");
    }
}
