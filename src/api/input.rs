//! What clients send, read strictly: a value that is not understood is refused, never guessed.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;

use axum::body::Bytes;
use axum::extract::rejection::{BytesRejection, PathRejection, QueryRejection};
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::request::Parts;
use chrono::NaiveDate;
use serde::de::DeserializeOwned;
use serde_path_to_error::Segment;

use crate::web::errors::ApiError;
use crate::words::api as words;

/// A query string.
pub(crate) struct Params<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Params<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        let Query(params) = query.map_err(|_| ApiError::input(words::BAD_QUERY))?;
        Ok(Self(params))
    }
}

/// A number in the path.
pub(crate) struct Id(pub(crate) i64);

impl<S: Send + Sync> FromRequestParts<S> for Id {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path: Result<Path<i64>, PathRejection> = Path::from_request_parts(parts, state).await;
        let Path(id) = path.map_err(|_| ApiError::input(words::ID_IS_NO_NUMBER))?;
        Ok(Self(id))
    }
}

/// A JSON object as body; `None` for an empty body.
pub(crate) struct Body<T>(pub(crate) Option<T>);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let bytes: Result<Bytes, BytesRejection> = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|_| ApiError::input(words::BODY_UNREADABLE))?;
        match bytes.trim_ascii().first() {
            None => return Ok(Self(None)),
            Some(b'{') => {}
            // serde would take `[]` for an object without fields.
            Some(_) => return Err(not_an_object()),
        }
        read(&bytes).map(Self)
    }
}

/// More of a name that a client has given is not repeated.
const LONGEST_NAME: usize = 40;

/// serde's own sentence quotes values, and one of them may be a password: of the fault only its place and its field are told.
fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, ApiError> {
    let not_this = |error: &serde_json::Error| words::not_this_json(error.line(), error.column());
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value = serde_path_to_error::deserialize(&mut json).map_err(|error| {
        let wrong = error.inner();
        let said = match error.path().iter().next() {
            Some(Segment::Map { key }) if wrong.is_data() => {
                let name: String = key.chars().take(LONGEST_NAME).collect();
                words::wrong_field(&name, wrong.line(), wrong.column())
            }
            Some(_) | None => not_this(wrong),
        };
        ApiError::input(said)
    })?;
    json.end()
        .map_err(|error| ApiError::input(not_this(&error)))?;
    Ok(value)
}

/// The body is missing, or something else than an object.
pub(crate) fn not_an_object() -> ApiError {
    ApiError::input(words::BODY_IS_NO_OBJECT)
}

/// Leaves the first `limit` of a list of which one more was asked for, and tells whether there are more.
pub(crate) fn cut<T>(list: &mut Vec<T>, limit: i32) -> bool {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let is_cut = list.len() > limit;
    list.truncate(limit);
    is_cut
}

/// A yes or no, as text: Python writes `True`.
///
/// # Errors
/// [`crate::web::errors::Code::Input`], naming the parameter.
pub(crate) fn flag(name: &str, text: Option<&str>) -> Result<Option<bool>, ApiError> {
    match text.map(str::to_ascii_lowercase).as_deref() {
        None => Ok(None),
        Some("true" | "1") => Ok(Some(true)),
        Some("false" | "0") => Ok(Some(false)),
        Some(_) => Err(ApiError::input(words::not_a_flag(name))),
    }
}

/// A whole number within a range, as text.
///
/// # Errors
/// [`crate::web::errors::Code::Input`], naming the parameter and the range.
pub(crate) fn number<N: FromStr + PartialOrd + Display>(
    name: &str,
    text: Option<&str>,
    range: RangeInclusive<N>,
) -> Result<Option<N>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let plain = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let number = text.parse().ok().filter(|n| plain && range.contains(n));
    number
        .map(Some)
        .ok_or_else(|| ApiError::input(words::not_in_range(name, &range)))
}

/// A date, `AAAA-MM-DD` and nothing else.
///
/// # Errors
/// [`crate::web::errors::Code::Input`], naming the parameter.
pub(crate) fn date(name: &str, text: Option<&str>) -> Result<Option<NaiveDate>, ApiError> {
    let Some(text) = text else { return Ok(None) };
    let date = text.parse().ok().filter(|date: &NaiveDate| {
        // chrono also takes `2026-1-5` and `+12026-01-05`.
        text.len() == 10 && date.to_string() == text
    });
    date.map(Some)
        .ok_or_else(|| ApiError::input(words::not_a_date(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_iso_dates_and_nothing_else() {
        let read = |text| date("windowStart", Some(text)).map(Option::unwrap);
        assert_eq!(read("2026-11-24").unwrap().to_string(), "2026-11-24");
        for wrong in [
            "",
            "2026-1-5",
            "24/11/2026",
            "2026-02-30",
            "+12026-01-01",
            "2026-11-24T00:00",
            "2026-11-24 ",
            "hoje",
            "'; DROP TABLE usuarios; --",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_yes_or_no_is_one_however_its_letters_are_written() {
        for (text, expected) in [
            ("True", true),
            ("TRUE", true),
            ("1", true),
            ("False", false),
            ("0", false),
        ] {
            assert_eq!(flag("async", Some(text)).unwrap(), Some(expected), "{text}");
        }
        for wrong in ["", "sim", "yes", " true"] {
            assert!(flag("async", Some(wrong)).is_err(), "{wrong}");
        }
    }

    #[test]
    fn numbers_have_a_range_and_no_decoration() {
        let read = |text| number("limit", Some(text), 1..=500);
        assert_eq!(read("500").unwrap(), Some(500));
        for wrong in [
            "",
            "0",
            "501",
            "+5",
            "-1",
            " 5",
            "5.0",
            "1e2",
            "99999999999",
        ] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
