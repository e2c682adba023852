//! The names of the kinds of faults and their values.

use std::str::FromStr;
use std::time::Duration;

use strum::VariantNames;

use super::fault::FaultKind;

const DEFAULT_SIZE: u64 = 32_000_000;
const DEFAULT_PAGE: u64 = 5_000_000;

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
        "odd-dialog" => FaultKind::OddDialog(named(value.unwrap_or("double"), "spelling")?),
        "foreign-redirect" => {
            let host = value.unwrap_or("portal.invalid");
            FaultKind::ForeignRedirect(format!("http://{host}/"))
        }
        _ => {
            let kind = named(name, "kind")?;
            if let Some(value) = value {
                return Err(format!("{name} takes no value, not {value:?}"));
            }
            kind
        }
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

impl FaultKind {
    /// Its name in texts, and its value if it has one.
    #[must_use]
    pub fn name_and_value(&self) -> (String, Option<String>) {
        let value = match self {
            Self::Status { code, retry_after } => {
                return (code.to_string(), retry_after.map(|s| s.to_string()));
            }
            Self::Latency(time) => Some(humantime::format_duration(*time).to_string()),
            Self::Truncated(bytes) | Self::Cut(bytes) => bytes.map(|bytes| bytes.to_string()),
            Self::Slow(rate) => Some(rate.to_string()),
            Self::Oversized(bytes) | Self::GzipBomb(bytes) | Self::PageAsList(bytes) => {
                Some(bytes.to_string())
            }
            Self::Firewall(status) => (*status != 200).then(|| status.to_string()),
            Self::OddDialog(spelling) => Some(spelling.to_string()),
            Self::ForeignRedirect(to) => Some(short_address(to)),
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
            | Self::UnknownStatus => None,
        };
        (<&str>::from(self).to_owned(), value)
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

/// A number, or a sentence that says what it should have been.
pub(super) fn number<T: FromStr>(text: &str, what: &str) -> Result<T, String> {
    text.parse().map_err(|_| format!("{text:?} is not {what}"))
}

/// What has this name, or a sentence that says which names there are.
pub(super) fn named<T: FromStr + VariantNames>(name: &str, what: &str) -> Result<T, String> {
    name.parse().map_err(|_| {
        let known = T::VARIANTS.join(", ");
        format!("unknown {what} {name:?}; known are {known}")
    })
}
