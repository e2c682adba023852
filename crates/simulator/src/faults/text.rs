//! Faults as text, for the command line and the control address.

use std::fmt;
use std::str::FromStr;

use super::fault::{Fault, Place, Scope, Times};
use super::kinds::{named, number, read_kind};

/// The grammar, for help texts.
pub const GRAMMAR: &str = "\
FAULTS = FAULT[,FAULT...]      FAULT = KIND[=VALUE][@PLACE][#EXAMINER][:TIMES]

KIND, with its VALUE if it takes one. Anywhere:
  latency=300ms     the answer comes later
  500, 503, 429...  an error status, 400 to 599; 429=30: with Retry-After
  reset             the connection is reset before any answer
  answer-lost       the request takes effect, then the connection is reset
  truncated[=BYTES] the body ends before its announced length (default: half)
  cut[=BYTES]       the page ends early, in a whole answer (default: half)
  slow=BYTES        the body comes at so many bytes per second
  oversized[=BYTES] a body of that size, unannounced (default 32000000)
  gzip-bomb[=BYTES] a small gzip body that becomes that size (same default)
  captcha           a CAPTCHA in place of the page
  maintenance       a maintenance page in place of the page, status 200
  firewall[=STATUS] the firewall's page with its incident (default 200)
  firewall-frame    a page that is nothing but the firewall's frame
  firewall-script   a page that is nothing but the firewall's script
  redirect-loop     redirects without end
  foreign-redirect[=HOST]
                    a redirect to another host (default portal.invalid)
  meta-refresh      first a page with a meta refresh; follow it, all is well
  layout            agenda: fields renamed; login: search form gone;
                    result: columns renamed
  twin-forms        agenda, login: another form of the same name comes first
Answers to CPF and password:
  wrong-password    refused, with the text in errors[]
  refused-silently  refused, the agenda login page again without a word
  refused-redirect  refused by a redirect whose address holds the text
  refused-alert     refused by a call of alert
  blocked           refused: account blocked
  change-password   refused until the password is changed
  unknown-after-password
                    a page that nobody knows
  odd-dialog[=HOW]  a call that opens a dialog is written oddly: double
                    (quotes, the default), hex (escapes), attribute (of
                    the body), spaces, lines, defined (after a definition)
  choice-empty      the choice of a unit offers none
  choice-profiles   the choice of a unit asks for a profile too
Lists and days:
  expired           the session dies
  taken             the examiner logs in at a browser of their own
  list-ignores-reference
                    the same list whatever reference date is given
  empty-list        a list without dates
  not-json          a list that breaks off
  not-a-list        JSON, but an object
  far-date          a list with a date of next month besides
  page-as-list[=BYTES]
                    a page in place of the list (default 5000000)
  dates-for-all-units
                    a list of the dates of all units of the examiner
  empty-table       a result table without rows and without a word about it
  wrong-date        the result of another day
  no-date           a result that does not say its date
  unknown-status    a status that nobody has heard of, in the first row
  duplicate-rows    every row twice
  malformed-rows    hours 9h30 and 25:99, a CPF of ten digits
PLACE: any (default), entry, agenda (the agenda login page), login (posts of
  CPF and password), choice, dates, result, logout, script
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
    checked(Fault {
        kind: read_kind(kind.trim(), value.map(str::trim))?,
        scope: match examiner {
            Some(index) => Scope::Examiner(number(index, "an examiner's index")?),
            None => Scope::All,
        },
        place: place.map_or(Ok(Place::Any), |name| named(name, "place"))?,
        times: times.map_or(Ok(Times::Always), read_times)?,
    })
}

/// The fault, unless no page could ever be struck by it.
fn checked(fault: Fault) -> Result<Fault, String> {
    if fault.is_possible() {
        Ok(fault)
    } else {
        let (kind, _) = fault.kind.name_and_value();
        Err(format!("{kind} makes no sense at {}", fault.place))
    }
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use strum::VariantNames;

    use super::*;
    use crate::FaultKind;

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
    fn every_kind_is_in_the_grammar_and_survives_its_text() {
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
            "firewall",
            "firewall=403",
            "page-as-list=100",
            "odd-dialog=hex",
            "503@login:3",
            "reset@dates#12:25%",
        ];
        let given = |name: &str| {
            texts
                .iter()
                .any(|text| text.split('=').next() == Some(name))
        };
        let bare = FaultKind::VARIANTS.iter().copied();
        let bare = bare.filter(|name| !given(name));
        for text in texts.into_iter().chain(bare) {
            let fault: Fault = text.parse().unwrap();
            assert_eq!(fault.to_string(), text);
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
                "known are any, entry, agenda, login, choice, dates, result, logout, script",
            ),
            ("reset:often", "a number of requests or a percentage"),
            ("reset:101%", "between 0 % and 100 %"),
            ("200", "not an error status"),
            ("latency", "such as latency=300ms"),
            ("captcha=3", "takes no value"),
            ("odd-dialog=loud", "unknown spelling"),
            ("not-json@result", "makes no sense at result"),
            ("wrong-date@login", "makes no sense at login"),
            ("reset#x", "an examiner's index"),
        ] {
            let error = parse_faults(&format!("500,{text}"))
                .unwrap_err()
                .to_string();
            assert!(error.contains(expected), "{text}: {error}");
            assert!(error.contains(&format!("{text:?}")), "{error}");
        }
    }
}
