//! The names of the kinds of faults and their values.

use std::str::FromStr;
use std::time::Duration;

use super::fault::{DialogSpelling, FaultKind};

const DEFAULT_SIZE: u64 = 32_000_000;
const DEFAULT_PAGE: u64 = 5_000_000;

const SPELLINGS: [(&str, DialogSpelling); 6] = [
    ("double", DialogSpelling::Double),
    ("hex", DialogSpelling::Hex),
    ("attribute", DialogSpelling::Attribute),
    ("spaces", DialogSpelling::Spaces),
    ("lines", DialogSpelling::Lines),
    ("defined", DialogSpelling::Defined),
];

pub(super) fn read_kind(name: &str, value: Option<&str>) -> Result<FaultKind, String> {
    if let Ok(code) = name.parse::<u16>() {
        return read_status(code, value);
    }
    let bytes = |what: &str| value.map(|v| number(v, what)).transpose();
    let kind = match name {
        "latency" => FaultKind::Latency(read_duration(value)?),
        "truncated" => FaultKind::Truncated(bytes("a number of bytes")?),
        "cut" => FaultKind::Cut(bytes("a number of bytes")?),
        "slow" => FaultKind::Slow(number(value.unwrap_or(""), "a number of bytes per second")?),
        "oversized" => FaultKind::Oversized(read_size(value, DEFAULT_SIZE)?),
        "gzip-bomb" => FaultKind::GzipBomb(read_size(value, DEFAULT_SIZE)?),
        "page-as-list" => FaultKind::PageAsList(read_size(value, DEFAULT_PAGE)?),
        "firewall" => FaultKind::Firewall(match value {
            Some(status) => number(status, "a status")?,
            None => 200,
        }),
        "odd-dialog" => FaultKind::OddDialog(read_spelling(value)?),
        "foreign-redirect" => {
            let host = value.unwrap_or("portal.invalid");
            FaultKind::ForeignRedirect(format!("http://{host}/"))
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

fn read_size(value: Option<&str>, default: u64) -> Result<u64, String> {
    value.map_or(Ok(default), |v| number(v, "a number of bytes"))
}

fn read_spelling(value: Option<&str>) -> Result<DialogSpelling, String> {
    let text = value.unwrap_or("double");
    let found = SPELLINGS.iter().find(|(name, _)| *name == text);
    found.map(|(_, spelling)| *spelling).ok_or_else(|| {
        let known = SPELLINGS.map(|(name, _)| name).join(", ");
        format!("unknown spelling {text:?}; known are {known}")
    })
}

/// The kinds that take no value.
pub(super) const BARE: [(&str, FaultKind); 33] = [
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
    ("answer-lost", FaultKind::AnswerLost),
    ("taken", FaultKind::Taken),
    ("firewall-frame", FaultKind::FirewallFrame),
    ("firewall-script", FaultKind::FirewallScript),
    ("refused-silently", FaultKind::RefusedSilently),
    ("refused-redirect", FaultKind::RefusedRedirect),
    ("refused-alert", FaultKind::RefusedAlert),
    ("change-password", FaultKind::ChangePassword),
    ("unknown-after-password", FaultKind::UnknownAfterPassword),
    ("twin-forms", FaultKind::TwinForms),
    ("choice-empty", FaultKind::ChoiceEmpty),
    ("choice-profiles", FaultKind::ChoiceProfiles),
    ("list-ignores-reference", FaultKind::ListIgnoresReference),
    ("empty-list", FaultKind::EmptyList),
    ("not-json", FaultKind::NotJson),
    ("not-a-list", FaultKind::NotAList),
    ("far-date", FaultKind::FarDate),
    ("dates-for-all-units", FaultKind::DatesForAllUnits),
    ("no-date", FaultKind::NoDate),
    ("unknown-status", FaultKind::UnknownStatus),
];

fn read_bare_kind(name: &str, value: Option<&str>) -> Result<FaultKind, String> {
    let Some((_, kind)) = BARE.iter().find(|(known, _)| *known == name) else {
        let known: Vec<&str> = BARE.iter().map(|(known, _)| *known).collect();
        return Err(format!(
            "unknown kind {name:?}; known are a status such as 500, latency, truncated, cut, slow, \
             oversized, gzip-bomb, foreign-redirect, firewall, odd-dialog, page-as-list, {}",
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
            Self::PageAsList(bytes) => ("page-as-list".into(), Some(bytes.to_string())),
            Self::Firewall(200) => ("firewall".into(), None),
            Self::Firewall(status) => ("firewall".into(), Some(status.to_string())),
            Self::OddDialog(spelling) => ("odd-dialog".into(), spelling_name(*spelling)),
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
            | Self::MetaRefresh
            | Self::AnswerLost
            | Self::Taken
            | Self::FirewallFrame
            | Self::FirewallScript
            | Self::RefusedSilently
            | Self::RefusedRedirect
            | Self::RefusedAlert
            | Self::ChangePassword
            | Self::UnknownAfterPassword
            | Self::TwinForms
            | Self::ChoiceEmpty
            | Self::ChoiceProfiles
            | Self::ListIgnoresReference
            | Self::EmptyList
            | Self::NotJson
            | Self::NotAList
            | Self::FarDate
            | Self::DatesForAllUnits
            | Self::NoDate
            | Self::UnknownStatus => {
                let known = BARE.iter().find(|(_, kind)| kind == self);
                (known.map_or("", |(name, _)| *name).to_owned(), None)
            }
        }
    }
}

fn spelling_name(spelling: DialogSpelling) -> Option<String> {
    let found = SPELLINGS.iter().find(|(_, known)| *known == spelling);
    found.map(|(name, _)| (*name).to_owned())
}

/// `http://HOST/` is written as it may stand in a text: `HOST`.
fn short_address(address: &str) -> String {
    let host = address
        .strip_prefix("http://")
        .and_then(|rest| rest.strip_suffix('/'))
        .filter(|host| !host.contains([':', '/', '@', '#']));
    host.unwrap_or(address).to_owned()
}

/// A number, or a sentence that says what it should have been.
pub(super) fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not {what}"))
}
