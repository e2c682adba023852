//! What the system, the network or the other side refuses, by kind. Libraries wrap it in texts of their own, which are
//! English and for experts; people are told the kind.

use std::error::Error;
use std::io;

/// What the system, the network or TLS refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// No machine has this name.
    NoSuchHost,
    /// The machine is there, and nobody listens at this port.
    Closed,
    /// No way leads there.
    NoRoute,
    /// The connection broke.
    Broken,
    /// It took too long.
    TimedOut,
    /// The other side's certificate cannot be trusted.
    Certificate,
    /// No encryption that both sides know.
    Tls,
    /// A file or directory that is not there.
    Missing,
    /// A file or directory that this user may not touch.
    Forbidden,
    /// No room on the disk.
    DiskFull,
}

/// What another machine answers where it should say yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The user, the password or the key is wrong.
    Login,
    /// Nothing is at this address.
    Address,
    /// There is no such mailbox.
    Mailbox,
    /// It wants to be left alone for a while.
    Busy,
    /// It has a problem of its own.
    Broken,
    /// No, for whatever reason.
    Other,
}

/// A name that could not be looked up: libraries do not tell it apart.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NoSuchHost(#[source] pub(crate) io::Error);

const KINDS: [(io::ErrorKind, Trouble); 13] = [
    (io::ErrorKind::ConnectionRefused, Trouble::Closed),
    (io::ErrorKind::HostUnreachable, Trouble::NoRoute),
    (io::ErrorKind::NetworkUnreachable, Trouble::NoRoute),
    (io::ErrorKind::NetworkDown, Trouble::NoRoute),
    (io::ErrorKind::ConnectionReset, Trouble::Broken),
    (io::ErrorKind::ConnectionAborted, Trouble::Broken),
    (io::ErrorKind::BrokenPipe, Trouble::Broken),
    (io::ErrorKind::UnexpectedEof, Trouble::Broken),
    (io::ErrorKind::TimedOut, Trouble::TimedOut),
    (io::ErrorKind::NotFound, Trouble::Missing),
    (io::ErrorKind::PermissionDenied, Trouble::Forbidden),
    (io::ErrorKind::StorageFull, Trouble::DiskFull),
    (io::ErrorKind::QuotaExceeded, Trouble::DiskFull),
];

impl Trouble {
    /// Of an error and its causes, the first that is known.
    #[must_use]
    pub fn of(error: &(dyn Error + 'static)) -> Option<Self> {
        let mut causes = std::iter::successors(Some(error), |&cause| cause.source());
        causes.find_map(Self::of_one)
    }

    fn of_one(error: &(dyn Error + 'static)) -> Option<Self> {
        if error.is::<NoSuchHost>() {
            return Some(Self::NoSuchHost);
        }
        if let Some(error) = error.downcast_ref() {
            let is_certificate = matches!(
                error,
                rustls::Error::InvalidCertificate(_) | rustls::Error::NoCertificatesPresented
            );
            return Some(if is_certificate {
                Self::Certificate
            } else {
                Self::Tls
            });
        }
        let error: &io::Error = error.downcast_ref()?;
        // What is inside stands in no chain of causes.
        let inside = error.get_ref().and_then(|inside| Self::of(inside));
        inside.or_else(|| Self::of_kind(error.kind()))
    }

    /// Of what the system calls it.
    #[must_use]
    pub fn of_kind(kind: io::ErrorKind) -> Option<Self> {
        let known = KINDS.iter().find(|(known, _)| *known == kind);
        known.map(|(_, trouble)| *trouble)
    }
}

impl Refusal {
    pub(crate) const fn of_http(status: u16) -> Self {
        match status {
            401 | 403 | 407 => Self::Login,
            404 | 405 | 410 => Self::Address,
            429 => Self::Busy,
            500.. => Self::Broken,
            _ => Self::Other,
        }
    }

    pub(crate) const fn of_smtp(code: u16) -> Self {
        match code {
            530 | 534 | 535 | 538 => Self::Login,
            550 | 551 | 553 => Self::Mailbox,
            400..500 => Self::Busy,
            _ => Self::Other,
        }
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
            assert_eq!(Trouble::of(&Library(error)), expected);
        }
    }
}
