//! E-mail by SMTP. The only home of lettre. Each recipient gets a message of his own, so that one address
//! that is refused does not keep the others from theirs.

use std::path::Path;
use std::time::Duration;

use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::ExposeSecret;

use super::channels::{ChannelError, DeliveryError};
use super::text::Letter;
use crate::config::Config;
use crate::config::alerts::{EmailConfig, MailSecurity};

/// A way to an SMTP server.
#[derive(Clone)]
pub(super) struct Email {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
    place: String,
    /// Bounds a whole delivery; the transport's own time-out bounds each of its steps.
    timeout: Duration,
}

impl Email {
    pub(super) fn new(config: &Config) -> Result<Self, ChannelError> {
        let email = &config.alerts.email;
        let timeout = config.alerts.timeout;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&email.host)
            .port(email.port())
            .tls(tls(email)?)
            .timeout(Some(timeout))
            .hello_name(hello());
        let secrets = &config.secrets;
        if let (Some(user), Some(password)) = (
            &secrets.alerts_email_username,
            &secrets.alerts_email_password,
        ) {
            let (user, password) = (user.expose_secret(), password.expose_secret());
            builder = builder.credentials(Credentials::new(user.to_owned(), password.to_owned()));
        }
        Ok(Self {
            transport: builder.build(),
            from: mailbox("alerts.email.from", &email.from)?,
            place: place(email),
            timeout,
        })
    }

    /// The server and how it is talked to.
    pub(super) fn place(&self) -> &str {
        &self.place
    }

    /// Connects, encrypts and logs in as a delivery would, and sends nothing.
    pub(super) async fn greet(&self) -> Result<(), DeliveryError> {
        let greeted = tokio::time::timeout(self.timeout, self.transport.test_connection());
        match greeted.await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err(DeliveryError::Unreachable("the server hung up".to_owned())),
            Ok(Err(error)) => Err(failure(&error)),
            Err(_) => Err(DeliveryError::TimedOut),
        }
    }

    pub(super) async fn send(&self, to: &str, letter: &Letter) -> Result<String, DeliveryError> {
        let message = self.message(to, letter)?;
        let sent = tokio::time::timeout(self.timeout, self.transport.send(message));
        let response = sent.await.map_err(|_| DeliveryError::TimedOut)?;
        let response = response.map_err(|error| failure(&error))?;
        let lines: Vec<&str> = response.message().collect();
        Ok(format!("{} {}", response.code(), lines.join(" ")))
    }

    fn message(&self, to: &str, letter: &Letter) -> Result<Message, DeliveryError> {
        let host = self.from.email.domain();
        let to = mailbox("alerts.email.to", to)
            .map_err(|error| DeliveryError::Unreachable(error.to_string()))?;
        Message::builder()
            .from(self.from.clone())
            .to(to)
            .subject(&letter.title)
            .message_id(Some(format!("<agendad-{}@{host}>", letter.id)))
            .date_now()
            .header(ContentType::TEXT_PLAIN)
            // No holiday greetings in return.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
            .body(letter.body.clone())
            .map_err(|error| DeliveryError::Unreachable(error.to_string()))
    }
}

fn tls(email: &EmailConfig) -> Result<Tls, ChannelError> {
    if email.security == MailSecurity::None {
        return Ok(Tls::None);
    }
    let mut parameters = TlsParameters::builder(email.host.clone());
    if !email.trusted_ca.as_os_str().is_empty() {
        parameters = parameters.add_root_certificate(authority(&email.trusted_ca)?);
    }
    let parameters = parameters
        .build_rustls()
        .map_err(|source| ChannelError::Tls(source.into()))?;
    Ok(match email.security {
        MailSecurity::Tls => Tls::Wrapper(parameters),
        MailSecurity::Starttls | MailSecurity::None => Tls::Required(parameters),
    })
}

fn authority(path: &Path) -> Result<Certificate, ChannelError> {
    let unusable = |source: Box<dyn std::error::Error + Send + Sync>| ChannelError::Authority {
        path: path.to_owned(),
        source,
    };
    let pem = std::fs::read(path).map_err(|error| unusable(error.into()))?;
    if !String::from_utf8_lossy(&pem).contains("-----BEGIN CERTIFICATE-----") {
        return Err(unusable("it holds no certificate in PEM form".into()));
    }
    Certificate::from_pem(&pem).map_err(|error| unusable(error.into()))
}

fn hello() -> ClientId {
    let name = gethostname::gethostname().to_string_lossy().into_owned();
    ClientId::Domain(name)
}

fn mailbox(key: &'static str, text: &str) -> Result<Mailbox, ChannelError> {
    text.trim().parse().map_err(
        |source: lettre::address::AddressError| ChannelError::Address {
            key,
            text: text.to_owned(),
            source: source.into(),
        },
    )
}

/// That recipients can be read as addresses.
pub(super) fn check_recipients(email: &EmailConfig) -> Result<(), ChannelError> {
    email
        .to
        .iter()
        .try_for_each(|to| mailbox("alerts.email.to", to).map(drop))
}

fn place(email: &EmailConfig) -> String {
    let how = match email.security {
        MailSecurity::Tls => "TLS",
        MailSecurity::Starttls => "STARTTLS",
        MailSecurity::None => "no encryption",
    };
    format!("{}:{} with {how}", email.host, email.port())
}

fn failure(error: &lettre::transport::smtp::Error) -> DeliveryError {
    if error.is_timeout() {
        return DeliveryError::TimedOut;
    }
    match error.status() {
        Some(_) => DeliveryError::Refused {
            said: error.to_string(),
            retry_after: None,
        },
        None => DeliveryError::Unreachable(error.to_string()),
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Email").field(&self.place).finish()
    }
}
