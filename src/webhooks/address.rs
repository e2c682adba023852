//! Which addresses a webhook may have.

use std::net::IpAddr;

use url::{Host, Url};

use super::network::is_public;
use crate::domain::webhook::UrlError;

/// That an address can be one of a webhook; names are looked up when something is sent.
pub fn check_url(text: &str, allow_private: bool) -> Result<Url, UrlError> {
    let url = Url::parse(text).map_err(|_| UrlError::Form)?;
    let ip = match url.host().ok_or(UrlError::Form)? {
        Host::Domain(_) => None,
        Host::Ipv4(v4) => Some(IpAddr::V4(v4)),
        Host::Ipv6(v6) => Some(IpAddr::V6(v6)),
    };
    match url.scheme() {
        "https" => {}
        "http" if allow_private => {}
        "http" => return Err(UrlError::Plain),
        _ => return Err(UrlError::Form),
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err(UrlError::Login);
    }
    if !allow_private && ip.is_some_and(|ip| !is_public(ip)) {
        return Err(UrlError::Private);
    }
    Ok(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_public_and_encrypted_unless_the_local_network_is_allowed() {
        for (text, public, private) in [
            ("https://example.com/agenda?chave=1", Ok(()), Ok(())),
            ("https://93.184.216.34/", Ok(()), Ok(())),
            ("http://example.com/", Err(UrlError::Plain), Ok(())),
            ("https://127.0.0.1:9/", Err(UrlError::Private), Ok(())),
            ("https://2130706433/", Err(UrlError::Private), Ok(())),
            ("https://0x7f.1/", Err(UrlError::Private), Ok(())),
            ("https://[::1]/", Err(UrlError::Private), Ok(())),
            (
                "https://[::ffff:169.254.169.254]/",
                Err(UrlError::Private),
                Ok(()),
            ),
            (
                "https://a:b@example.com/",
                Err(UrlError::Login),
                Err(UrlError::Login),
            ),
            (
                "ftp://example.com/",
                Err(UrlError::Form),
                Err(UrlError::Form),
            ),
            (
                "file:///etc/passwd",
                Err(UrlError::Form),
                Err(UrlError::Form),
            ),
            ("example.com", Err(UrlError::Form), Err(UrlError::Form)),
        ] {
            let of = |allowed| check_url(text, allowed).map(|_| ());
            assert_eq!((of(false), of(true)), (public, private), "{text}");
        }
    }
}
