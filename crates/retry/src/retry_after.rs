//! What an answer says about when to come again.

use std::time::Duration;

use chrono::DateTime;

/// A longer rest is not kept: whoever has told nothing for an hour is asked again.
const LONGEST_REST: Duration = Duration::from_secs(3600);

/// What `Retry-After` says: seconds, of which some send fractions, or a date, which counts from the answer's own;
/// an hour at most.
#[must_use]
pub fn retry_after(text: &str, answered: Option<&str>) -> Option<Duration> {
    let date = |text: &str| DateTime::parse_from_rfc2822(text.trim()).ok();
    let rest = match text.trim().parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok()?,
        Err(_) => (date(text)? - date(answered?)?).to_std().ok()?,
    };
    Some(rest.min(LONGEST_REST))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rest_is_read_in_all_its_spellings() {
        let answered = Some("Sat, 28 Nov 2026 10:00:00 GMT");
        for (text, seconds) in [
            ("30", Some(30.0)),
            (" 0.5", Some(0.5)),
            ("86400", Some(3600.0)),
            ("Sat, 28 Nov 2026 10:02:00 GMT", Some(120.0)),
            ("Sat, 28 Nov 2026 09:00:00 GMT", None),
            ("-1", None),
            ("NaN", None),
            ("later", None),
        ] {
            assert_eq!(
                retry_after(text, answered).map(|rest| rest.as_secs_f64()),
                seconds,
                "{text}"
            );
        }
    }
}
