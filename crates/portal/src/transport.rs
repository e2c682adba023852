//! How a failed exchange gets its kind: transport errors and statuses. Pure functions;
//! the exchange itself is in `http`.

use std::error::Error;
use std::io;
use std::time::Duration;

use reqwest::StatusCode;

use super::errors::{Delivery, PortalError, PortalErrorKind};

/// What a transport error says, taken apart so that it can be judged without a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Facts {
    timeout: bool,
    connecting: bool,
    by_proxy: bool,
    reading_body: bool,
    /// What came is no answer in HTTP.
    unreadable: bool,
    io: Option<io::ErrorKind>,
}

/// The error of an exchange that ended without a whole answer; `by_proxy` where `portal.proxy` leads to the portal.
pub(crate) fn failure(error: reqwest::Error, by_proxy: bool) -> PortalError {
    let facts = Facts {
        by_proxy,
        timeout: error.is_timeout(),
        connecting: error.is_connect(),
        reading_body: error.is_body() || error.is_decode(),
        unreadable: cause::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse),
        io: cause::<io::Error>(&error).map(io::Error::kind),
    };
    let (kind, what) = judge(facts);
    let delivery = if facts.connecting {
        Delivery::NotSent
    } else {
        Delivery::Unknown
    };
    // The URL may hold a session id.
    let failure = PortalError::new(kind, what)
        .delivery(delivery)
        .caused_by(error.without_url());
    if facts.is_reset_before_an_answer() {
        failure.reset()
    } else {
        failure
    }
}

impl Facts {
    /// As firewalls turn a machine away: the connection ends after the request, or while it is set up.
    fn is_reset_before_an_answer(self) -> bool {
        let ended = if self.connecting {
            self.io.is_some_and(is_reset)
        } else {
            true
        };
        !self.timeout && !self.reading_body && !self.unreadable && ended
    }
}

fn judge(facts: Facts) -> (PortalErrorKind, &'static str) {
    let truncated = PortalErrorKind::Unavailable { retry_after: None };
    match (facts.timeout, facts.connecting, facts.reading_body) {
        (true, true, _) => (PortalErrorKind::Timeout, "connecting took too long"),
        (true, false, _) => (PortalErrorKind::Timeout, "the answer took too long"),
        (false, true, _) if facts.by_proxy => (
            PortalErrorKind::Network,
            "the portal cannot be reached by way of portal.proxy",
        ),
        (false, true, _) => (PortalErrorKind::Network, "the portal cannot be reached"),
        (false, false, true) if facts.io.is_some_and(is_reset) => {
            (PortalErrorKind::Network, "the connection was reset")
        }
        (false, false, true) => (truncated, "the answer was cut off"),
        (false, false, false) if facts.unreadable => {
            (PortalErrorKind::Network, "what came is no answer in HTTP")
        }
        (false, false, false) => (PortalErrorKind::Network, "the connection broke"),
    }
}

fn is_reset(kind: io::ErrorKind) -> bool {
    matches!(
        kind,
        io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe
            | io::ErrorKind::NotConnected
    )
}

/// The first cause of a kind.
fn cause<T: Error + 'static>(error: &reqwest::Error) -> Option<&T> {
    let mut source = error.source();
    while let Some(error) = source {
        if let Some(found) = error.downcast_ref::<T>() {
            return Some(found);
        }
        source = error.source();
    }
    None
}

/// The whole exchange, body included, exceeded `request_timeout`.
pub(crate) fn too_slow(after: Duration) -> PortalError {
    let what = format!(
        "no whole answer within {}",
        humantime::format_duration(after)
    );
    PortalError::new(PortalErrorKind::Timeout, what)
}

/// The error of a status that says that the portal cannot serve now, where its page says no more; `None` for every other
/// status, of which the page says all.
pub(crate) fn refusal(status: StatusCode, retry_after: Option<Duration>) -> Option<PortalError> {
    let cannot_serve = status.is_server_error()
        || status == StatusCode::TOO_MANY_REQUESTS
        || status == StatusCode::REQUEST_TIMEOUT;
    // Who is too busy has looked at nothing; what broke, or waited for something behind it, may have counted a password.
    let delivery = match status {
        StatusCode::SERVICE_UNAVAILABLE | StatusCode::TOO_MANY_REQUESTS => Delivery::Declined,
        _ => Delivery::Unknown,
    };
    cannot_serve.then(|| {
        let what = format!("the portal answered {}", status.as_u16());
        PortalError::new(PortalErrorKind::Unavailable { retry_after }, what)
            .answered(status.as_u16())
            .delivery(delivery)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use agendad_domain::FailureKind;

    #[test]
    fn only_who_is_too_busy_has_surely_not_counted_a_password() {
        for (status, again) in [
            (429, true),
            (503, true),
            (408, false),
            (500, false),
            (502, false),
            (504, false),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let error = refusal(status, None).unwrap();
            let decision = error.login_decision(false, Duration::from_secs(60));
            let gives_up = matches!(decision, agendad_retry::Decision::GiveUp);
            assert_eq!(!gives_up, again, "{status}");
        }
    }

    #[test]
    fn every_transport_error_has_its_kind() {
        use FailureKind::{Network, Timeout, Unavailable};
        use io::ErrorKind::{
            BrokenPipe, ConnectionAborted, ConnectionRefused, ConnectionReset, NotConnected,
            UnexpectedEof,
        };
        let table = [
            // timeout, connecting, reading the body, io error → kind
            (true, true, false, None, Timeout),
            (true, false, false, None, Timeout),
            (true, false, true, None, Timeout),
            (false, true, false, Some(ConnectionRefused), Network),
            (false, true, false, None, Network),
            (false, false, false, Some(ConnectionReset), Network),
            (false, false, false, None, Network),
            (false, false, true, Some(ConnectionReset), Network),
            (false, false, true, Some(ConnectionAborted), Network),
            (false, false, true, Some(BrokenPipe), Network),
            (false, false, true, Some(NotConnected), Network),
            (false, false, true, Some(UnexpectedEof), Unavailable),
            (false, false, true, None, Unavailable),
        ];
        for (timeout, connecting, reading_body, io, kind) in table {
            let facts = Facts {
                timeout,
                connecting,
                by_proxy: false,
                reading_body,
                unreadable: false,
                io,
            };
            let (found, what) = judge(facts);
            let found = PortalError::new(found, what).failure_kind();
            assert_eq!(found, kind, "{facts:?}");
        }
    }

    #[test]
    fn every_status_is_either_served_or_unavailable() {
        for code in 100..1000 {
            let status = StatusCode::from_u16(code).unwrap();
            let unavailable = matches!(code, 408 | 429 | 500..=599);
            assert_eq!(refusal(status, None).is_some(), unavailable, "{code}");
        }
    }
}
