//! One request and its answer, with every bound that keeps a slow, huge or hostile portal from
//! holding a worker. Knows nothing of pages, sessions or retries. The only home of reqwest.

use std::time::{Duration, Instant};

use reqwest::header::{
    ACCEPT, ACCEPT_LANGUAGE, CONNECTION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, COOKIE,
    DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, ORIGIN, REFERER, RETRY_AFTER, SET_COOKIE,
    TRANSFER_ENCODING, UPGRADE_INSECURE_REQUESTS,
};
use reqwest::{Client, Proxy, StatusCode, Version};
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use url::Url;

use super::breaker::{Breaker, Permit};
use super::errors::{PortalError, PortalErrorKind};
use super::firewall::Firewall;
use super::politeness::Limits;
use super::request::Purpose;
use super::transport;
use agendad_config::portal::PortalConfig;
use agendad_retry::retry_after;
use agendad_telemetry::metrics::names::{PORTAL_REQUEST_DURATION, PORTAL_REQUESTS};

/// The process's way to the portal.
pub(crate) struct Http {
    /// Made once: reading the system's certificates takes longer than a request.
    tls: rustls::ClientConfig,
    settings: Settings,
    limits: Limits,
    breaker: Breaker,
    firewall: Firewall,
    max_body: u64,
}

/// Room for a page that does not say its size: the portal's have 73 to 93 kB.
const TYPICAL: u64 = 96 * 1024;
/// Not more room at once, whatever an answer says of its size.
const LARGEST_AT_ONCE: u64 = 256 * 1024;

/// One session's connection: kept alive from request to request, and never shared with another session.
pub(crate) struct Connection {
    client: Client,
    /// Whether a person asked for this conversation: the firewall's pause does not bind them.
    by_hand: bool,
}

/// What every connection is made with.
struct Settings {
    user_agent: String,
    connect_timeout: Duration,
    request_timeout: Duration,
    proxy: Option<SecretString>,
}

/// A request, complete but for what every request carries.
#[derive(Clone)]
pub(crate) struct Outgoing {
    pub purpose: Purpose,
    pub url: Url,
    /// A form's content; without one the request is a GET.
    pub form: Option<String>,
    /// The page that it comes from.
    pub referer: Option<Url>,
    /// The `Cookie` header.
    pub cookies: Option<String>,
}

/// An answer, body included.
pub(crate) struct Answer {
    pub status: StatusCode,
    pub body: Vec<u8>,
    pub content_type: Option<String>,
    pub location: Option<String>,
    pub set_cookies: Vec<String>,
    /// Whether a body that ends too early would have been noticed by the protocol.
    pub framed: bool,
    /// How long the portal asks to be left alone.
    pub retry_after: Option<Duration>,
    /// What its status says, where that is that the portal cannot serve now: its page may say more.
    pub refusal: Option<PortalError>,
}

/// The HTTP client could not be built.
#[derive(Debug, thiserror::Error)]
pub enum PortalSetupError {
    /// The settings do not make a client.
    #[error("set up the portal's HTTP client")]
    Client(#[source] reqwest::Error),
    /// No certificate of an authority was found.
    #[error(
        "this machine has no certificates of authorities, by which the portal is known: apt-get install ca-certificates, or set \
         SSL_CERT_FILE to a file of them"
    )]
    NoAuthorities(#[source] rustls::Error),
    /// The system's certificates cannot be used.
    #[error("set up TLS for the portal")]
    Tls(#[source] rustls::Error),
}

impl Http {
    pub(crate) fn new(
        config: &PortalConfig,
        proxy: Option<&SecretString>,
        breaker: Breaker,
        firewall: Firewall,
    ) -> Result<Self, PortalSetupError> {
        // Already installed by `main` as a rule; a second call changes nothing.
        rustls::crypto::ring::default_provider()
            .install_default()
            .ok();
        let settings = Settings {
            user_agent: config.user_agent.clone(),
            connect_timeout: config.connect_timeout,
            request_timeout: config.request_timeout,
            proxy: proxy.cloned(),
        };
        let http = Self {
            tls: tls()?,
            settings,
            limits: Limits::new(config),
            breaker,
            firewall,
            max_body: config.max_body_bytes,
        };
        // What cannot be made now could not be made for a session either.
        http.connection(true)?;
        Ok(http)
    }

    /// A connection for one session, not opened yet.
    ///
    /// # Errors
    /// [`PortalSetupError::Client`].
    pub(crate) fn connection(&self, by_hand: bool) -> Result<Connection, PortalSetupError> {
        let client = client(&self.settings, self.tls.clone()).map_err(PortalSetupError::Client)?;
        Ok(Connection { client, by_hand })
    }

    pub(crate) fn firewall(&self) -> &Firewall {
        &self.firewall
    }

    /// Sends `request` once. The permit that comes back is to be told what the answer was worth; failures
    /// found here are already counted. `on_send` is called when the request really leaves.
    ///
    /// # Errors
    /// `network`, `timeout`; `layout` for a body that is too large; `unavailable` for half a body, and for a status that
    /// says so whose body cannot be read.
    pub(crate) async fn send(
        &self,
        over: &Connection,
        request: &Outgoing,
        on_send: impl FnOnce(),
    ) -> Result<(Answer, Permit), PortalError> {
        if !over.by_hand {
            self.firewall.admit()?;
        }
        let permit = self.admit()?;
        let connection = self.limits.wait().await;
        on_send();
        let start = Instant::now();
        let outcome = self.exchange(over, request).await;
        count(request.purpose, &outcome, start.elapsed());
        // The connection goes back to the pool in a task of its own; whoever comes before that opens another.
        // This leaves it the time, on all but a very busy machine.
        tokio::task::yield_now().await;
        drop(connection);
        match outcome {
            Ok(answer) => Ok((answer, permit)),
            Err(error) => {
                if error.blames_portal() {
                    permit.failure(error.retry_after());
                } else {
                    permit.success();
                }
                Err(error)
            }
        }
    }

    fn admit(&self) -> Result<Permit, PortalError> {
        self.breaker
            .admit()
            .map_err(|open| PortalError::breaker_is_open(open.retry_in))
    }

    async fn exchange(&self, over: &Connection, request: &Outgoing) -> Result<Answer, PortalError> {
        let start = Instant::now();
        let sent = build(&over.client, request).send();
        let sent = self.in_time(self.settings.request_timeout, sent).await?;
        let response = sent.map_err(|error| self.failure(error))?;
        let headers = response.headers();
        let answered = text(headers, &DATE);
        let rest = text(headers, &RETRY_AFTER)
            .and_then(|header| retry_after(&header, answered.as_deref()));
        let refusal = transport::refusal(response.status(), rest);
        // Of an answer that leads elsewhere nobody reads the body.
        let leads_on = response.status().is_redirection() && headers.contains_key(LOCATION);
        if is_encoded(headers) && !leads_on {
            let what = "the answer is compressed in a way that was not asked for";
            return Err(refusal.unwrap_or_else(|| PortalError::unavailable(what)));
        }
        let answer = Answer {
            status: response.status(),
            body: Vec::new(),
            content_type: text(headers, &CONTENT_TYPE),
            location: text(headers, &LOCATION),
            set_cookies: headers.get_all(SET_COOKIE).iter().map(latin1).collect(),
            framed: is_framed(response.version(), headers),
            retry_after: rest,
            refusal: None,
        };
        let left = self
            .settings
            .request_timeout
            .saturating_sub(start.elapsed());
        let body = self.in_time(left, self.body(response)).await.flatten();
        match (body, refusal) {
            // The status stands, whatever its page would have said.
            (Err(_), Some(refusal)) => Err(refusal),
            (body, refusal) => Ok(Answer {
                body: body?,
                refusal,
                ..answer
            }),
        }
    }

    /// Does `work` in what is `left` of `portal.request_timeout`, within which head and body of an answer must come.
    ///
    /// # Errors
    /// `timeout`.
    async fn in_time<T>(
        &self,
        left: Duration,
        work: impl Future<Output = T>,
    ) -> Result<T, PortalError> {
        let done = tokio::time::timeout(left, work).await;
        done.map_err(|_| transport::too_slow(self.settings.request_timeout))
    }

    fn failure(&self, error: reqwest::Error) -> PortalError {
        transport::failure(error, self.settings.proxy.is_some())
    }

    /// The body as it comes, given up as soon as it exceeds the bound, which counts what gzip unpacks.
    async fn body(&self, mut response: reqwest::Response) -> Result<Vec<u8>, PortalError> {
        // Not before there is something: most of a request's time is spent waiting.
        let size = response
            .content_length()
            .unwrap_or(TYPICAL)
            .min(LARGEST_AT_ONCE);
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|e| self.failure(e))? {
            if (body.len() + chunk.len()) as u64 > self.max_body {
                let what = format!(
                    "the page is larger than {} bytes; see portal.max_body_bytes",
                    self.max_body
                );
                return Err(PortalError::layout(what));
            }
            if body.is_empty() {
                body.reserve_exact(chunk.len().max(size as usize));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

/// The headers are those of a navigation.
fn build(client: &Client, request: &Outgoing) -> reqwest::RequestBuilder {
    let builder = match &request.form {
        None => client.get(request.url.clone()),
        Some(form) => client
            .post(request.url.clone())
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
            .header(ORIGIN, request.url.origin().ascii_serialization())
            .body(form.clone()),
    };
    let builder = match &request.referer {
        Some(referer) => builder.header(REFERER, referer.as_str()),
        None => builder,
    };
    match &request.cookies {
        Some(cookies) => builder.header(COOKIE, sensitive(cookies)),
        None => builder,
    }
}

fn count(purpose: Purpose, outcome: &Result<Answer, PortalError>, took: Duration) {
    let status = match outcome {
        Ok(answer) => status_label(answer.status.as_u16()),
        Err(error) => match error.status() {
            Some(status) => status_label(status),
            None => transport_label(error),
        },
    };
    PORTAL_REQUESTS.one([purpose.as_str(), status]);
    PORTAL_REQUEST_DURATION.took([purpose.as_str()], took);
}

/// The statuses that portals give are told one by one, the others by their hundred: labels are few.
fn status_label(status: u16) -> &'static str {
    match status {
        200 => "200",
        301 => "301",
        302 => "302",
        303 => "303",
        400 => "400",
        401 => "401",
        403 => "403",
        404 => "404",
        408 => "408",
        429 => "429",
        500 => "500",
        502 => "502",
        503 => "503",
        504 => "504",
        ..=299 => "2xx",
        300..=399 => "3xx",
        405..=499 | 402 => "4xx",
        _ => "5xx",
    }
}

/// What came instead of a whole answer.
fn transport_label(error: &PortalError) -> &'static str {
    match error.kind() {
        PortalErrorKind::Network => "network",
        PortalErrorKind::Timeout => "timeout",
        PortalErrorKind::Layout => "too_large",
        PortalErrorKind::Unavailable { .. }
        | PortalErrorKind::SessionExpired
        | PortalErrorKind::Auth(_)
        | PortalErrorKind::Captcha
        | PortalErrorKind::Firewall
        | PortalErrorKind::InUse => "cut",
    }
}

fn tls() -> Result<rustls::ClientConfig, PortalSetupError> {
    let mut tls = rustls::ClientConfig::with_platform_verifier().map_err(|error| {
        // So the verifier says that it has found none, and nothing else.
        if matches!(error, rustls::Error::General(_)) {
            PortalSetupError::NoAuthorities(error)
        } else {
            PortalSetupError::Tls(error)
        }
    })?;
    tls.alpn_protocols = vec!["h2".into(), "http/1.1".into()];
    Ok(tls)
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the one place that builds the portal's clients"
)]
fn client(settings: &Settings, tls: rustls::ClientConfig) -> Result<Client, reqwest::Error> {
    let mut headers = HeaderMap::new();
    headers.insert(
        ACCEPT,
        HeaderValue::from_static("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"),
    );
    headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_static("pt-BR,pt;q=0.9"));
    headers.insert(UPGRADE_INSECURE_REQUESTS, HeaderValue::from_static("1"));
    let builder = Client::builder()
        .tls_backend_preconfigured(tls)
        .user_agent(&settings.user_agent)
        .default_headers(headers)
        .connect_timeout(settings.connect_timeout)
        // A time-out ends a request of HTTP/2 and not its connection: a dead one has to be known for dead before, or every
        // try goes out over it. Half of the time a request has, in all.
        .http2_keep_alive_interval(settings.request_timeout / 3)
        .http2_keep_alive_timeout(settings.request_timeout / 6)
        // `visit` follows redirects itself: each is checked against the portal's host first.
        .redirect(reqwest::redirect::Policy::none())
        // `visit` retries itself, where it is counted and where a password is not posted twice.
        .retry(reqwest::retry::never())
        .referer(false)
        // Imperva sends a cookie with a control character on purpose, which browsers leave out.
        .http1_ignore_invalid_headers_in_responses(true)
        .no_proxy()
        .pool_max_idle_per_host(1)
        .pool_idle_timeout(Duration::from_secs(60));
    match &settings.proxy {
        Some(proxy) => builder
            .proxy(Proxy::all(proxy.expose_secret()).map_err(reqwest::Error::without_url)?)
            .build(),
        None => builder.build(),
    }
}

/// Cookies in the bytes in which they came; see [`latin1`]. The jar gives none that cannot be sent.
fn sensitive(cookies: &str) -> HeaderValue {
    let bytes = encoding_rs::mem::encode_latin1_lossy(cookies);
    let mut value =
        HeaderValue::from_bytes(&bytes).unwrap_or_else(|_| HeaderValue::from_static(""));
    value.set_sensitive(true);
    value
}

fn text(headers: &HeaderMap, name: &HeaderName) -> Option<String> {
    headers.get(name).map(latin1)
}

/// Header bytes as HTTP has always read them: Tomcat writes raw Latin-1 into `Location`.
fn latin1(value: &HeaderValue) -> String {
    encoding_rs::mem::decode_latin1(value.as_bytes()).into_owned()
}

/// What a body may be encoded in. Other names change nothing: a charset is put there by mistake at times.
const ENCODINGS: [&str; 9] = [
    "gzip",
    "x-gzip",
    "deflate",
    "br",
    "zstd",
    "compress",
    "x-compress",
    "dcb",
    "dcz",
];

/// Whether the body is still encoded: the client takes the header away with what it unpacks itself. Read as it is, it
/// would be a page that says nothing, and that would be taken for the answer to a password.
fn is_encoded(headers: &HeaderMap) -> bool {
    let encodings = headers.get_all(CONTENT_ENCODING).iter().map(latin1);
    let encodings: Vec<String> = encodings.collect();
    let mut names = encodings.iter().flat_map(|names| names.split(','));
    names.any(|name| ENCODINGS.contains(&&*name.trim().to_ascii_lowercase()))
}

fn is_framed(version: Version, headers: &HeaderMap) -> bool {
    let closes = || text(headers, &CONNECTION).is_some_and(|c| c.eq_ignore_ascii_case("close"));
    version >= Version::HTTP_2
        || headers.contains_key(CONTENT_LENGTH)
        || headers.contains_key(TRANSFER_ENCODING)
        || (version == Version::HTTP_11 && !closes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::browser::jar::Jar;

    #[test]
    fn what_is_still_encoded_is_told() {
        for (encodings, is) in [
            (&[][..], false),
            (&["identity"], false),
            (&[" Identity "], false),
            (&[""], false),
            (&["UTF-8"], false),
            (&["none"], false),
            (&["deflate"], true),
            (&["BR"], true),
            (&["x-gzip"], true),
            (&["identity, br"], true),
            (&["identity", "zstd"], true),
        ] {
            let mut headers = HeaderMap::new();
            for &encoding in encodings {
                headers.append(CONTENT_ENCODING, HeaderValue::from_static(encoding));
            }
            assert_eq!(is_encoded(&headers), is, "{encodings:?}");
        }
    }

    #[test]
    fn cookies_go_back_in_the_bytes_in_which_they_came() {
        let url: Url = "https://portal.example.com/".parse().unwrap();
        let came = HeaderValue::from_bytes(b"perito=Jos\xe9; Path=/").unwrap();
        let mut jar = Jar::default();
        let unfit = ["a=\u{7f}", "b=\u{3a3}"].map(str::to_owned);
        jar.take(&url, &[&[latin1(&came)], &unfit[..]].concat());
        let cookies = jar.header(&url).unwrap();
        assert_eq!(sensitive(&cookies).as_bytes(), b"perito=Jos\xe9");
    }
}
