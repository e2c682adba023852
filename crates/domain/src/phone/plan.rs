//! Brazil's numbering plan: what a string of digits is.

/// What digits are, once prefixes are off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Number {
    /// Area code and nine digits.
    Mobile(String),
    /// Area code and eight digits.
    Landline(String),
    /// Nine digits of a mobile number.
    LocalMobile(String),
    /// Eight digits of a landline number.
    LocalLandline(String),
    /// None of the plan.
    Impossible,
}

impl Number {
    /// Whether it lacks its area code.
    pub(super) fn is_local(&self) -> bool {
        matches!(self, Self::LocalMobile(_) | Self::LocalLandline(_))
    }
}

/// The areas that exist: the second digits by the first.
const AREAS: [&str; 10] = [
    "",
    "123456789",
    "12478",
    "1234578",
    "123456789",
    "1345",
    "123456789",
    "134579",
    "123456789",
    "123456789",
];

/// Whether these are the two digits of an area that exists.
pub(super) fn is_area(digits: &str) -> bool {
    match digits.as_bytes() {
        [first, second] if first.is_ascii_digit() => {
            AREAS[usize::from(first - b'0')].as_bytes().contains(second)
        }
        _ => false,
    }
}

/// What these digits are. Country code, trunk zero and carrier code may stand before them.
pub(super) fn read(digits: &str) -> Number {
    let national = match digits.strip_prefix("00") {
        // Dialled from abroad, or as if from abroad.
        Some(international) => international.strip_prefix("55"),
        None => match digits.len() {
            12.. if digits.starts_with("55") => digits.strip_prefix("55"),
            _ => Some(digits),
        },
    };
    national.map_or(Number::Impossible, in_the_country)
}

fn in_the_country(digits: &str) -> Number {
    match digits.strip_prefix('0') {
        // Trunk zero, and perhaps two digits of a carrier.
        Some(rest) => match rest.len() {
            10 | 11 => with_area(rest),
            12 | 13 => rest.get(2..).map_or(Number::Impossible, with_area),
            _ => Number::Impossible,
        },
        None => match digits.len() {
            8 | 9 => local(digits, Number::LocalMobile, Number::LocalLandline),
            10 | 11 => with_area(digits),
            _ => Number::Impossible,
        },
    }
}

fn with_area(digits: &str) -> Number {
    match digits.split_at_checked(2) {
        Some((area, subscriber)) if is_area(area) => local(
            subscriber,
            |_| Number::Mobile(digits.to_owned()),
            |_| Number::Landline(digits.to_owned()),
        ),
        _ => Number::Impossible,
    }
}

/// A subscriber's number: nine digits from 9 on are mobile, eight from 2 to 5 on a landline. One digit
/// repeated is what people write who have no number.
fn local(
    subscriber: &str,
    mobile: impl Fn(String) -> Number,
    landline: impl Fn(String) -> Number,
) -> Number {
    let first = subscriber.bytes().next().unwrap_or_default();
    let repeated = subscriber.bytes().all(|digit| digit == first);
    match (subscriber.len(), first) {
        _ if repeated => Number::Impossible,
        (9, b'9') => mobile(subscriber.to_owned()),
        (8, b'2'..=b'5') => landline(subscriber.to_owned()),
        _ => Number::Impossible,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixty_seven_areas_exist() {
        let all = (0..100).map(|n| format!("{n:02}"));
        assert_eq!(all.filter(|area| is_area(area)).count(), 67);
        assert!(!is_area("1") && !is_area("111") && !is_area("é"));
    }

    #[test]
    fn santa_marias_area_is_not_taken_for_the_country() {
        assert_eq!(
            read("55987654321"),
            Number::Mobile("55987654321".to_owned())
        );
        assert_eq!(
            read("5555987654321"),
            Number::Mobile("55987654321".to_owned())
        );
    }
}
