//! Faults as text, for the command line, and as JSON, for the control address. One vocabulary.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Fault, FaultKind, Place, Scope, Times};

const DEFAULT_SIZE: u64 = 32_000_000;

/// The grammar, for help texts.
pub const GRAMMAR: &str = "\
FAULTS = FAULT[,FAULT...]      FAULT = KIND[=VALUE][@PLACE][#EXAMINER][:TIMES]

KIND, with its VALUE if it takes one:
  latency=300ms     the answer comes later
  500, 503, 429...  an error status, 400 to 599; 429=30: with Retry-After
  reset             the connection is reset before any answer
  truncated[=BYTES] the body ends before its announced length (default: half)
  cut[=BYTES]       the page ends early, in a whole answer (default: half)
  slow=BYTES        the body comes at so many bytes per second
  expired           the session dies
  wrong-password    the login is refused
  blocked           the login is refused: account blocked
  captcha           a CAPTCHA in place of the page
  maintenance       a maintenance page in place of the page, status 200
  layout            login: fields renamed; search, dates: form gone;
                    result: columns renamed
  empty-table       a result table without rows and without a word about it
  wrong-date        the result of another day
  duplicate-rows    every row twice
  malformed-rows    hours 9h30 and 25:99, a CPF of ten digits
  oversized[=BYTES] a body of that size, unannounced (default 32000000)
  gzip-bomb[=BYTES] a small gzip body that becomes that size (same default)
  redirect-loop     redirects without end
  foreign-redirect[=HOST]
                    a redirect to another host (default portal.invalid)
  meta-refresh      first a page with a meta refresh; follow it, all is well
PLACE: any (default), entry, login, search, dates, result
EXAMINER: an index, from 0 (default: everybody)
TIMES: 5% (with that probability), 3 (the next three requests it fits),
  nothing (always)

Example: 500:5%,latency=300ms,reset:1%,wrong-date@result:2,captcha@login#3:1";

/// A text that is not a fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("fault {fault:?}: {reason}")]
pub struct InvalidFault {
    fault: String,
    reason: String,
}

/// Reads a list of faults separated by commas; see [`GRAMMAR`]. An empty text is no fault.
///
/// # Errors
/// [`InvalidFault`] naming the fault that was not understood and what would be.
pub fn parse_faults(text: &str) -> Result<Vec<Fault>, InvalidFault> {
    text.split(',')
        .map(str::trim)
        .filter(|fault| !fault.is_empty())
        .map(str::parse)
        .collect()
}

impl FromStr for Fault {
    type Err = InvalidFault;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        read(text).map_err(|reason| InvalidFault {
            fault: text.to_owned(),
            reason,
        })
    }
}

fn read(text: &str) -> Result<Fault, String> {
    let (rest, times) = split_last(text, ':');
    let (rest, examiner) = split_last(rest, '#');
    let (rest, place) = split_last(rest, '@');
    let (kind, value) = match rest.split_once('=') {
        Some((kind, value)) => (kind, Some(value)),
        None => (rest, None),
    };
    Ok(Fault {
        kind: read_kind(kind.trim(), value.map(str::trim))?,
        scope: match examiner {
            Some(index) => Scope::Examiner(number(index, "an examiner's index")?),
            None => Scope::All,
        },
        place: place.map_or(Ok(Place::Any), str::parse)?,
        times: times.map_or(Ok(Times::Always), read_times)?,
    })
}

fn split_last(text: &str, mark: char) -> (&str, Option<&str>) {
    match text.rsplit_once(mark) {
        Some((before, after)) => (before, Some(after.trim())),
        None => (text, None),
    }
}

fn read_times(text: &str) -> Result<Times, String> {
    if let Some(percent) = text.strip_suffix('%') {
        let percent: f64 = number(percent.trim(), "a percentage")?;
        return if (0.0..=100.0).contains(&percent) {
            Ok(Times::Probability(percent / 100.0))
        } else {
            Err(format!("{percent} % is not between 0 % and 100 %"))
        };
    }
    number(text, "a number of requests or a percentage such as 5%").map(Times::Next)
}

fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not {what}"))
}

fn read_kind(name: &str, value: Option<&str>) -> Result<FaultKind, String> {
    if let Ok(code) = name.parse::<u16>() {
        return read_status(code, value);
    }
    let bytes = |what: &str| value.map(|v| number(v, what)).transpose();
    let kind = match name {
        "latency" => FaultKind::Latency(read_duration(value)?),
        "truncated" => FaultKind::Truncated(bytes("a number of bytes")?),
        "cut" => FaultKind::Cut(bytes("a number of bytes")?),
        "slow" => FaultKind::Slow(number(value.unwrap_or(""), "a number of bytes per second")?),
        "oversized" => FaultKind::Oversized(read_size(value)?),
        "gzip-bomb" => FaultKind::GzipBomb(read_size(value)?),
        "foreign-redirect" => {
            let host = value.unwrap_or("portal.invalid");
            let whole = host.contains("://");
            FaultKind::ForeignRedirect(if whole {
                host.into()
            } else {
                format!("http://{host}/")
            })
        }
        _ => return read_bare_kind(name, value),
    };
    Ok(kind)
}

fn read_status(code: u16, value: Option<&str>) -> Result<FaultKind, String> {
    if !(400..600).contains(&code) {
        return Err(format!("{code} is not an error status (400 to 599)"));
    }
    let retry_after = value
        .map(|v| number(v, "a number of seconds"))
        .transpose()?;
    Ok(FaultKind::Status { code, retry_after })
}

fn read_duration(value: Option<&str>) -> Result<Duration, String> {
    let text = value.ok_or("latency needs a time, such as latency=300ms")?;
    humantime::parse_duration(text).map_err(|_| format!("{text:?} is not a time such as 300ms"))
}

fn read_size(value: Option<&str>) -> Result<u64, String> {
    value.map_or(Ok(DEFAULT_SIZE), |v| number(v, "a number of bytes"))
}

const BARE: [(&str, FaultKind); 13] = [
    ("reset", FaultKind::Reset),
    ("expired", FaultKind::Expired),
    ("wrong-password", FaultKind::WrongPassword),
    ("blocked", FaultKind::Blocked),
    ("captcha", FaultKind::Captcha),
    ("maintenance", FaultKind::Maintenance),
    ("layout", FaultKind::Layout),
    ("empty-table", FaultKind::EmptyTable),
    ("wrong-date", FaultKind::WrongDate),
    ("duplicate-rows", FaultKind::DuplicateRows),
    ("malformed-rows", FaultKind::MalformedRows),
    ("redirect-loop", FaultKind::RedirectLoop),
    ("meta-refresh", FaultKind::MetaRefresh),
];

fn read_bare_kind(name: &str, value: Option<&str>) -> Result<FaultKind, String> {
    let Some((_, kind)) = BARE.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = BARE.iter().map(|(known, _)| *known).collect();
        return Err(format!(
            "unknown kind {name:?}; known are a status such as 500, latency, truncated, cut, slow, \
             oversized, gzip-bomb, foreign-redirect, {}",
            known.join(", ")
        ));
    };
    match value {
        Some(value) => Err(format!("{name} takes no value, not {value:?}")),
        None => Ok(kind.clone()),
    }
}

impl FaultKind {
    /// Its name in texts, and its value if it has one.
    #[must_use]
    pub fn name_and_value(&self) -> (String, Option<String>) {
        let sized = |name: &str, bytes: &Option<usize>| {
            (name.to_owned(), bytes.map(|bytes| bytes.to_string()))
        };
        match self {
            Self::Latency(time) => (
                "latency".into(),
                Some(humantime::format_duration(*time).to_string()),
            ),
            Self::Status { code, retry_after } => {
                (code.to_string(), retry_after.map(|s| s.to_string()))
            }
            Self::Truncated(bytes) => sized("truncated", bytes),
            Self::Cut(bytes) => sized("cut", bytes),
            Self::Slow(rate) => ("slow".into(), Some(rate.to_string())),
            Self::Oversized(bytes) => ("oversized".into(), Some(bytes.to_string())),
            Self::GzipBomb(bytes) => ("gzip-bomb".into(), Some(bytes.to_string())),
            Self::ForeignRedirect(to) => ("foreign-redirect".into(), Some(short_address(to))),
            Self::Reset
            | Self::Expired
            | Self::WrongPassword
            | Self::Blocked
            | Self::Captcha
            | Self::Maintenance
            | Self::Layout
            | Self::EmptyTable
            | Self::WrongDate
            | Self::DuplicateRows
            | Self::MalformedRows
            | Self::RedirectLoop
            | Self::MetaRefresh => {
                let known = BARE.iter().find(|(_, kind)| kind == self);
                (known.map_or("", |(name, _)| *name).to_owned(), None)
            }
        }
    }
}

/// `http://HOST/` is written as it may stand in a text: `HOST`.
fn short_address(address: &str) -> String {
    let host = address
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix('/'))
        .filter(|host| !host.contains([':', '/', '@', '#']));
    host.unwrap_or(address).to_owned()
}

const PLACES: [(&str, Place); 6] = [
    ("any", Place::Any),
    ("entry", Place::Entry),
    ("login", Place::Login),
    ("search", Place::Search),
    ("dates", Place::Dates),
    ("result", Place::Result),
];

impl FromStr for Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        PLACES
            .iter()
            .find(|(name, _)| *name == text)
            .map(|(_, place)| *place)
            .ok_or_else(|| {
                let known = PLACES.map(|(name, _)| name).join(", ");
                format!("unknown place {text:?}; known are {known}")
            })
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = PLACES.iter().find(|(_, place)| place == self);
        f.write_str(known.map_or("", |(name, _)| name))
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, value) = self.kind.name_and_value();
        f.write_str(&name)?;
        if let Some(value) = value {
            write!(f, "={value}")?;
        }
        if self.place != Place::Any {
            write!(f, "@{}", self.place)?;
        }
        if let Scope::Examiner(index) = self.scope {
            write!(f, "#{index}")?;
        }
        match self.times {
            Times::Always => Ok(()),
            Times::Next(count) => write!(f, ":{count}"),
            Times::Probability(p) => write!(f, ":{}%", p * 100.0),
        }
    }
}

/// A fault as JSON: `{"kind":"503","value":"30","place":"result","examiner":3,"times":2}`, or with
/// `"probability":0.05` in place of `times`.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Wire {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    place: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    examiner: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    times: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    probability: Option<f64>,
}

impl TryFrom<Wire> for Fault {
    type Error = String;

    fn try_from(wire: Wire) -> Result<Self, Self::Error> {
        let times = match (wire.times, wire.probability) {
            (None, None) => Times::Always,
            (Some(count), None) => Times::Next(count),
            (None, Some(p)) if (0.0..=1.0).contains(&p) => Times::Probability(p),
            (None, Some(p)) => return Err(format!("probability {p} is not between 0 and 1")),
            (Some(_), Some(_)) => return Err("give times or probability, not both".into()),
        };
        Ok(Self {
            kind: read_kind(&wire.kind, wire.value.as_deref())?,
            scope: wire.examiner.map_or(Scope::All, Scope::Examiner),
            place: wire.place.as_deref().map_or(Ok(Place::Any), str::parse)?,
            times,
        })
    }
}

impl From<Fault> for Wire {
    fn from(fault: Fault) -> Self {
        let (kind, value) = fault.kind.name_and_value();
        let (times, probability) = match fault.times {
            Times::Always => (None, None),
            Times::Next(count) => (Some(count), None),
            Times::Probability(p) => (None, Some(p)),
        };
        Self {
            kind,
            value,
            place: (fault.place != Place::Any).then(|| fault.place.to_string()),
            examiner: match fault.scope {
                Scope::All => None,
                Scope::Examiner(index) => Some(index),
            },
            times,
            probability,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_example_of_the_grammar_is_understood() {
        let example = GRAMMAR.rsplit_once("Example: ").unwrap().1;
        let faults = parse_faults(example).unwrap();
        assert_eq!(
            faults,
            [
                Fault::sometimes(
                    FaultKind::Status {
                        code: 500,
                        retry_after: None
                    },
                    0.05
                ),
                Fault::always(FaultKind::Latency(Duration::from_millis(300))),
                Fault::sometimes(FaultKind::Reset, 0.01),
                Fault::next(FaultKind::WrongDate, 2).at(Place::Result),
                Fault::next(FaultKind::Captcha, 1).at(Place::Login).only(3),
            ]
        );
    }

    #[test]
    fn every_kind_is_in_the_grammar_and_survives_text_and_json() {
        let texts = [
            "latency=2s",
            "429=30",
            "500",
            "truncated",
            "truncated=100",
            "cut=7",
            "slow=10",
            "oversized=1000",
            "gzip-bomb=1000",
            "foreign-redirect=outro.example.com",
            "503@login:3",
            "reset@dates#12:25%",
        ];
        let bare = BARE.iter().map(|(name, _)| *name);
        for text in texts.into_iter().chain(bare) {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
            let json = serde_json::to_string(&fault).unwrap();
            assert_eq!(
                serde_json::from_str::<Fault>(&json).unwrap(),
                fault,
                "{json}"
            );
            let name = fault.kind.name_and_value().0;
            assert!(GRAMMAR.contains(&name), "{name} is not in the grammar");
        }
    }

    #[test]
    fn a_fault_that_is_not_understood_is_named_with_what_would_be() {
        for (text, expected) in [
            ("explode", "unknown kind"),
            (
                "reset@nowhere",
                "known are any, entry, login, search, dates, result",
            ),
            ("reset:often", "a number of requests or a percentage"),
            ("reset:101%", "between 0 % and 100 %"),
            ("200", "not an error status"),
            ("latency", "such as latency=300ms"),
            ("captcha=3", "takes no value"),
            ("reset#x", "an examiner's index"),
        ] {
            let error = parse_faults(&format!("500,{text}"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }

    #[test]
    fn json_takes_either_times_or_a_probability() {
        let both = r#"{"kind":"reset","times":1,"probability":0.5}"#;
        assert!(serde_json::from_str::<Fault>(both).is_err());
        let some =
            r#"{"kind":"foreign-redirect","value":"http://localhost:1234/x","probability":0.5}"#;
        let fault: Fault = serde_json::from_str(some).unwrap();
        let to = "http://localhost:1234/x".to_owned();
        assert_eq!(fault, Fault::sometimes(FaultKind::ForeignRedirect(to), 0.5));
    }
}
