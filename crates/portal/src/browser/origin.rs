//! Which addresses may be asked at all, and which may be told a password.

use url::{Host, Url};

/// The configured portal: scheme, host and port of the base address.
#[derive(Debug, Clone)]
pub(crate) struct Origin {
    base: Url,
}

/// An address that must not be asked. Names the host, never path or query.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum OffLimits {
    #[error("leads to {0}, which is not the configured portal")]
    OtherHost(String),
    #[error("leads from https to plain http")]
    Downgrade,
    #[error("would send the password over plain http to a host that is not this machine")]
    PlainPassword,
}

impl Origin {
    pub(crate) fn new(base: &Url) -> Self {
        Self { base: base.clone() }
    }

    /// A path of the profile as an address.
    pub(crate) fn path(&self, path: &str) -> Result<Url, url::ParseError> {
        self.base.join(path)
    }

    /// Where a redirect leads that leaves https for plain http on the portal's own host, as a server says it that does not
    /// know that a proxy before it ends TLS: the same address over https. Every other address as it is.
    pub(crate) fn upgraded(&self, to: Url) -> Url {
        let own_port = to.port().is_none() || to.port() == self.base.port_or_known_default();
        let is_own = to.host() == self.base.host() && own_port;
        if self.base.scheme() != "https" || to.scheme() != "http" || !is_own {
            return to;
        }
        let mut upgraded = to.clone();
        let done = upgraded
            .set_scheme("https")
            .and(upgraded.set_port(self.base.port()));
        done.map_or(to, |()| upgraded)
    }

    /// Whether `to` may be asked, coming from the page `from`.
    pub(crate) fn check(&self, from: Option<&Url>, to: &Url) -> Result<(), OffLimits> {
        if !self.is_portal(to) {
            return Err(OffLimits::OtherHost(describe(to)));
        }
        let was_https =
            self.base.scheme() == "https" || from.is_some_and(|f| f.scheme() == "https");
        if was_https && to.scheme() != "https" {
            return Err(OffLimits::Downgrade);
        }
        Ok(())
    }

    /// Whether `to` may be told a password: the configured host, over TLS or on this machine.
    pub(crate) fn check_password(&self, to: &Url) -> Result<(), OffLimits> {
        self.check(None, to)?;
        if to.scheme() == "https" || is_loopback(to) {
            Ok(())
        } else {
            Err(OffLimits::PlainPassword)
        }
    }

    fn is_portal(&self, url: &Url) -> bool {
        let same_port = url.port_or_known_default() == self.base.port_or_known_default();
        // The usual step from http to https, each on its own port.
        let upgrade = self.base.scheme() == "http"
            && url.scheme() == "https"
            && self.base.port().is_none()
            && url.port().is_none();
        matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none()
            && url.host() == self.base.host()
            && (same_port || upgrade)
    }
}

fn describe(url: &Url) -> String {
    let host = url.host_str().unwrap_or("no host");
    match url.port() {
        Some(port) => format!("{}://{host}:{port}", url.scheme()),
        None => format!("{}://{host}", url.scheme()),
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        text.parse().unwrap()
    }

    fn origin(base: &str) -> Origin {
        Origin::new(&url(base))
    }

    #[test]
    fn only_the_portal_is_asked() {
        let origin = origin("https://portal.example.com/");
        for ok in [
            "https://portal.example.com/a.do?x=1",
            "https://PORTAL.example.com:443/",
        ] {
            assert_eq!(origin.check(None, &url(ok)), Ok(()), "{ok}");
        }
        for bad in [
            "https://evil.example.com/",
            "https://portal.example.com.evil.example/",
            "https://portal.example.com@evil.example/",
            "https://user@portal.example.com/",
            "https://portal.example.com:8443/",
            "ftp://portal.example.com/",
            "javascript:alert(1)",
            "data:text/html,x",
        ] {
            let refused = matches!(origin.check(None, &url(bad)), Err(OffLimits::OtherHost(_)));
            assert!(refused, "{bad}");
        }
    }

    #[test]
    fn tls_is_never_left() {
        let to = url("http://portal.example.com:443/");
        assert_eq!(
            origin("https://portal.example.com/").check(None, &to),
            Err(OffLimits::Downgrade)
        );
        let upgraded = url("https://portal.example.com/");
        let plain = origin("http://portal.example.com/");
        assert_eq!(plain.check(None, &upgraded), Ok(()));
        assert_eq!(
            plain.check(Some(&upgraded), &url("http://portal.example.com/")),
            Err(OffLimits::Downgrade)
        );
    }

    #[test]
    fn a_redirect_to_plain_http_on_the_portals_host_is_followed_over_tls() {
        for (base, to, followed) in [
            (
                "https://portal.example.com/",
                "http://portal.example.com/a.do?x=1",
                "https://portal.example.com/a.do?x=1",
            ),
            (
                "https://portal.example.com/",
                "http://portal.example.com:443/",
                "https://portal.example.com/",
            ),
            (
                "https://portal.example.com:8443/",
                "http://portal.example.com/",
                "https://portal.example.com:8443/",
            ),
            (
                "https://portal.example.com:8443/",
                "http://portal.example.com:8443/",
                "https://portal.example.com:8443/",
            ),
            (
                "https://portal.example.com/",
                "http://portal.example.com:8080/",
                "http://portal.example.com:8080/",
            ),
            (
                "https://portal.example.com/",
                "http://evil.example.com/",
                "http://evil.example.com/",
            ),
            (
                "http://portal.example.com/",
                "http://portal.example.com/",
                "http://portal.example.com/",
            ),
        ] {
            assert_eq!(origin(base).upgraded(url(to)), url(followed), "{base} {to}");
            let is_asked = origin(base).check(None, &url(followed)).is_ok();
            assert_eq!(
                is_asked,
                base.starts_with("http:") || followed.starts_with("https:")
            );
        }
    }

    #[test]
    fn a_password_goes_over_tls_or_stays_on_this_machine() {
        for ok in [
            "https://portal.example.com/",
            "http://127.0.0.1:80/",
            "http://[::1]:9/",
            "http://localhost/",
        ] {
            assert_eq!(origin(ok).check_password(&url(ok)), Ok(()), "{ok}");
        }
        for bad in [
            "http://portal.example.com/",
            "http://127.0.0.1.example.com/",
            "http://10.0.0.1/",
        ] {
            assert_eq!(
                origin(bad).check_password(&url(bad)),
                Err(OffLimits::PlainPassword),
                "{bad}"
            );
        }
        let other =
            origin("https://portal.example.com/").check_password(&url("https://localhost/"));
        assert!(matches!(other, Err(OffLimits::OtherHost(_))));
    }

    #[test]
    fn the_refusal_names_no_path_and_no_query() {
        let refused = origin("https://portal.example.com/")
            .check(
                None,
                &url("https://evil.example:8443/x;jsessionid=1?senha=2"),
            )
            .unwrap_err();
        assert_eq!(
            refused.to_string(),
            "leads to https://evil.example:8443, which is not the configured portal"
        );
    }
}
