//! A page that was asked for, looked at before anybody else sees it.

use url::Url;

use super::browser::charset;
use super::browser::page::Page;
use super::classify::{self, ClassifiedPage};
use super::errors::{PortalError, PortalErrorKind};
use super::http::Answer;
use super::page_kind::PageKind;
use super::verdict::PasswordAnswer;
use agendad_config::portal::Profile;

/// A page that was asked for, and what it is.
pub(crate) struct Visit {
    pub page: Page,
    pub seen: ClassifiedPage,
    /// What was said on the way to it, if it answers a password.
    pub answer: Option<PasswordAnswer>,
}

impl Visit {
    /// Of a search form and an empty result of no day under it, the form: for whoever has not asked for a day.
    pub(crate) fn into_search(mut self) -> Self {
        if let PageKind::Result(result) = &mut self.seen.page_kind
            && let Some(search) = result.search.take()
        {
            self.seen.page_kind = PageKind::Search(search);
        }
        self
    }

    /// Whether a form of the page carries another number in the hidden field `name` than `expected`. Nothing, zero, and
    /// what is no number, is no statement.
    pub(crate) fn is_of_another(&self, name: &str, expected: &str) -> bool {
        let Some(expected) = number(expected).filter(|_| !name.is_empty()) else {
            return false;
        };
        let fields = self.seen.hidden.iter().filter(|(field, _)| field == name);
        let mut numbers = fields.filter_map(|(_, value)| number(value));
        numbers.any(|number| number != expected)
    }
}

/// Looks at an answer. Whether it refuses a password is asked before it is called half a page, or one of a portal that
/// cannot serve now: such a request is sent again. Where the status says that the portal cannot serve, its page is asked
/// only for that, and whether it is the firewall's.
pub(crate) fn understand(
    url: Url,
    answer: Answer,
    said: Option<PasswordAnswer>,
    profile: &Profile,
) -> Result<Visit, PortalError> {
    let (text, charset) = charset::decode(answer.body, answer.content_type.as_deref());
    let page = Page {
        url,
        status: answer.status,
        text,
        charset,
        framed: answer.framed,
    };
    let looked = classify::look(&page, profile);
    let looked = match (looked, answer.refusal) {
        // What broke, or waited in vain, may have judged a password: its status stands, whoever says so.
        (Err(error), Some(refusal))
            if *error.kind() == PortalErrorKind::Firewall && !refusal.may_have_arrived() =>
        {
            Err(error)
        }
        (_, Some(refusal)) => Err(refusal),
        (looked, None) => looked.map_err(|error| error.asking_for(answer.retry_after)),
    };
    let seen = match (looked, said) {
        (Err(error), Some(said)) if error.is_unavailable() => said.failed(error, &page, profile)?,
        (seen, _) => seen?,
    };
    Ok(Visit {
        page,
        seen,
        answer: None,
    })
}

/// The digits of a number that is not zero.
fn number(value: &str) -> Option<&str> {
    let value = value.trim();
    let is_number = value.bytes().all(|byte| byte.is_ascii_digit());
    let digits = value.trim_start_matches('0');
    (is_number && !digits.is_empty()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::charset::Charsets;
    use encoding_rs::WINDOWS_1252;
    use reqwest::StatusCode;

    #[test]
    fn a_page_of_another_examiner_is_told_by_any_other_number() {
        for (value, expected, another) in [
            ("12345", "12345", false),
            (" 012345 ", "12345", false),
            ("54321", "12345", true),
            ("9876", "12345", true),
            (" 123456 ", "12345", true),
            ("", "12345", false),
            ("0000", "12345", false),
            ("null", "12345", false),
            ("54321", "", false),
        ] {
            let page = Page {
                url: "https://portal.example.com/".parse().unwrap(),
                status: StatusCode::OK,
                text: String::new(),
                charset: Charsets::of(WINDOWS_1252),
                framed: true,
            };
            let visit = Visit {
                page,
                seen: ClassifiedPage {
                    hidden: vec![("id".to_owned(), value.to_owned())],
                    ..ClassifiedPage::default()
                },
                answer: None,
            };
            assert_eq!(visit.is_of_another("id", expected), another, "{value}");
            assert!(!visit.is_of_another("other", expected), "{value}");
        }
    }
}
