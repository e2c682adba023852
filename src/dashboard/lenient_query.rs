//! What the address of a page asks for. Whatever it says, there is a page: what is odd is as if it were not said.

use std::collections::HashMap;
use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use chrono::{Datelike, NaiveDate};
use serde::de::DeserializeOwned;
use serde::de::value::{Error, MapDeserializer};

/// The query string of a page, whose fields are texts.
pub(super) struct LenientQuery<T>(pub(super) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequestParts<S> for LenientQuery<T> {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(read(parts.uri.query().unwrap_or_default())))
    }
}

fn read<T: DeserializeOwned + Default>(query: &str) -> T {
    let mut fields: HashMap<String, String> = HashMap::new();
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        // Of what is said twice, the first.
        fields
            .entry(name.into_owned())
            .or_insert_with(|| typed(&value));
    }
    let fields = MapDeserializer::<_, Error>::new(fields.into_iter());
    T::deserialize(fields).unwrap_or_default()
}

/// A text without what nobody types, and no database holds: control characters.
pub(super) fn typed(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).collect()
}

/// Which examiner a list is to be of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Number {
    Any,
    Of(i32),
    /// What is written there is no number: nobody is meant by it.
    Unread,
}

impl Number {
    /// With the sign before it that pages show, or without.
    pub(super) fn read(text: &str) -> Self {
        match text.trim().trim_start_matches('#').trim_start() {
            "" if text.trim().is_empty() => Self::Any,
            number => number.parse().map_or(Self::Unread, Self::Of),
        }
    }

    /// What a list is filtered by.
    pub(super) fn filter(self) -> Option<i32> {
        match self {
            Self::Of(number) => Some(number),
            Self::Any | Self::Unread => None,
        }
    }
}

/// A day on which something may have happened.
pub(super) fn day(text: &str) -> Option<NaiveDate> {
    let day: NaiveDate = text.parse().ok()?;
    (1900..=2999).contains(&day.year()).then_some(day)
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    struct Fields {
        #[serde(default)]
        dia: String,
        #[serde(default)]
        quem: String,
    }

    #[test]
    fn an_examiners_number_is_read_with_its_sign_and_nothing_else_is_one() {
        for (text, number) in [
            ("", Number::Any),
            (" ", Number::Any),
            ("7", Number::Of(7)),
            (" #7 ", Number::Of(7)),
            ("# 7", Number::Of(7)),
            ("#", Number::Unread),
            ("Ana", Number::Unread),
            ("7a", Number::Unread),
            ("99999999999", Number::Unread),
        ] {
            assert_eq!(Number::read(text), number, "{text}");
        }
    }

    #[test]
    fn an_address_is_read_whatever_it_says() {
        let fields = |dia: &str, quem: &str| Fields {
            dia: dia.to_owned(),
            quem: quem.to_owned(),
        };
        for (query, expected) in [
            ("dia=a&dia=b&x=y", fields("a", "")),
            ("quem=%00A%0Ana%7F", fields("", "Ana")),
            ("quem=%FF&&=&dia", fields("", "\u{fffd}")),
            ("", fields("", "")),
        ] {
            assert_eq!(read::<Fields>(query), expected, "{query}");
        }
        for odd in [
            "-262143-01-01",
            "-5000-01-01",
            "+262142-12-31",
            "1899-12-31",
            "3000-01-01",
            "x",
        ] {
            assert_eq!(day(odd), None, "{odd}");
        }
        assert!(day("1900-01-01").is_some() && day("2999-12-31").is_some());
    }
}
