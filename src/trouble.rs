//! What kind of trouble an error is, whichever library wraps it.

use std::error::Error;
use std::io;
use std::sync::Arc;

use crate::domain::Trouble;

/// A name that could not be looked up: libraries do not tell it apart.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoSuchHost(#[source] pub(crate) io::Error);

const KINDS: [(io::ErrorKind, Trouble); 14] = [
    (io::ErrorKind::ConnectionRefused, Trouble::Closed),
    (io::ErrorKind::HostUnreachable, Trouble::NoRoute),
    (io::ErrorKind::NetworkUnreachable, Trouble::NoRoute),
    (io::ErrorKind::NetworkDown, Trouble::NoRoute),
    (io::ErrorKind::ConnectionReset, Trouble::Broken),
    (io::ErrorKind::ConnectionAborted, Trouble::Broken),
    (io::ErrorKind::BrokenPipe, Trouble::Broken),
    (io::ErrorKind::UnexpectedEof, Trouble::Broken),
    (io::ErrorKind::AddrInUse, Trouble::InUse),
    (io::ErrorKind::TimedOut, Trouble::TimedOut),
    (io::ErrorKind::NotFound, Trouble::Missing),
    (io::ErrorKind::PermissionDenied, Trouble::Forbidden),
    (io::ErrorKind::StorageFull, Trouble::DiskFull),
    (io::ErrorKind::QuotaExceeded, Trouble::DiskFull),
];

/// Of an error and its causes, the first that is known.
pub(crate) fn of(error: &(dyn Error + 'static)) -> Option<Trouble> {
    let mut causes = std::iter::successors(Some(error), |&cause| cause.source());
    causes.find_map(own)
}

/// Of an error, whatever caused it.
pub(crate) fn own(error: &(dyn Error + 'static)) -> Option<Trouble> {
    if error.is::<NoSuchHost>() {
        return Some(Trouble::NoSuchHost);
    }
    if let Some(error) = error.downcast_ref() {
        let is_certificate = matches!(
            error,
            rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
        );
        return Some(if is_certificate {
            Trouble::Certificate
        } else {
            Trouble::Tls
        });
    }
    // As redis shares what it met.
    if let Some(shared) = error.downcast_ref::<Arc<dyn Error + Send + Sync>>() {
        return of(shared.as_ref());
    }
    let error: &io::Error = error.downcast_ref()?;
    // What is inside stands in no chain of causes.
    let inside = error.get_ref().and_then(|inside| of(inside));
    inside.or_else(|| of_kind(error.kind()))
}

/// Of what the system calls it.
pub(crate) fn of_kind(kind: io::ErrorKind) -> Option<Trouble> {
    let known = KINDS.iter().find(|(known, _)| *known == kind);
    known.map(|(_, trouble)| *trouble)
}

/// Of an answer that is no.
pub(crate) const fn of_http(status: u16) -> Trouble {
    match status {
        401 | 403 | 407 => Trouble::Login,
        404 | 405 | 410 => Trouble::Address,
        429 => Trouble::Busy,
        500.. => Trouble::TheirOwn,
        _ => Trouble::Refused,
    }
}

/// Of a mail server's answer that is no.
pub(crate) const fn of_smtp(code: u16) -> Trouble {
    match code {
        530 | 534 | 535 | 538 => Trouble::Login,
        550 | 551 | 553 => Trouble::Mailbox,
        400..500 => Trouble::Busy,
        _ => Trouble::Refused,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, thiserror::Error)]
    #[error("a library says so")]
    struct Library(#[source] io::Error);

    #[test]
    fn a_kind_is_found_however_deep_a_library_hides_it() {
        let closed = || io::Error::from(io::ErrorKind::ConnectionRefused);
        let certificate =
            rustls::Error::InvalidCertificate(rustls::CertificateError::UnknownIssuer);
        for (error, expected) in [
            (closed(), Some(Trouble::Closed)),
            (io::Error::other(Library(closed())), Some(Trouble::Closed)),
            (
                io::Error::other(NoSuchHost(closed())),
                Some(Trouble::NoSuchHost),
            ),
            (io::Error::other(certificate), Some(Trouble::Certificate)),
            (
                io::Error::other(rustls::Error::DecryptError),
                Some(Trouble::Tls),
            ),
            (io::Error::other("whatever"), None),
        ] {
            assert_eq!(of(&Library(error)), expected);
        }
    }
}
