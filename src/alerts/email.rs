//! E-mail by SMTP. The only home of lettre. Each recipient gets a message of their own, so that one address
//! that is refused does not keep the others from theirs.

mod rest;
mod server;

use std::path::Path;
use std::time::Duration;

use lettre::Address;
use lettre::address::Envelope;
use lettre::message::header::{ContentType, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::message::{Mailbox, Message, MessageBuilder, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, Tls, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt, Rset};
use lettre::transport::smtp::extension::{
    ClientId, Extension, MailBodyParameter, MailParameter, ServerInfo,
};
use secrecy::ExposeSecret;
use tokio::time::{Instant, timeout, timeout_at};

use self::rest::Rest;
use self::server::{Server, failure};
use super::delivery::{ChannelError, DeliveryError};
use super::text::AlertMessage;
use crate::config::Config;
use crate::config::alerts::{EmailConfig, MailSecurity};
use crate::domain::Trouble;
use crate::domain::text::readable;
use crate::words::{Sentence, delivery};

/// So long a server may take to say good-bye.
const GOODBYE: Duration = Duration::from_secs(2);

/// A mail to an examiner: text, and the same as HTML.
#[derive(Debug, Clone, Copy)]
pub struct MailOut<'a> {
    pub to: &'a str,
    /// Names it among all mails.
    pub id: &'a str,
    /// One line.
    pub subject: &'a str,
    pub text: &'a str,
    /// The same.
    pub html: &'a str,
}

/// Whether a text can be an e-mail address to which most servers take mail: they want it in ASCII.
#[must_use]
pub fn is_mail_address(text: &str) -> bool {
    mailbox("", text).is_ok_and(|mailbox| mailbox.email.user().is_ascii())
}

/// A way to an SMTP server.
#[derive(Clone)]
pub(super) struct Email {
    server: Server,
    from: Mailbox,
    place: String,
    how: Sentence,
    /// Bounds a delivery up to its text, and once more the answer to that.
    timeout: Duration,
    rest: Rest,
}

impl Email {
    pub(super) fn new(config: &Config) -> Result<Self, ChannelError> {
        let email = &config.alerts.email;
        let timeout = config.alerts.timeout;
        let from = mailbox("alerts.email.from", &email.from)?;
        let secrets = &config.secrets;
        let login = secrets
            .alerts_email_username
            .as_ref()
            .zip(secrets.alerts_email_password.as_ref());
        let server = Server {
            host: email.host.clone(),
            port: email.port(),
            tls: tls(email)?,
            hello: ClientId::Domain(hello_name(
                &email.helo_name,
                &host_name(),
                from.email.domain(),
            )),
            login: login.map(|(user, password)| {
                let (user, password) = (user.expose_secret(), password.expose_secret());
                Credentials::new(user.to_owned(), password.to_owned())
            }),
        };
        Ok(Self {
            server,
            from,
            place: format!("{}:{}", email.host, email.port()),
            how: how(email.security),
            timeout,
            rest: Rest::new(config.alerts.retry.clone()),
        })
    }

    /// The server, how it is talked to, and how many are written to.
    pub(super) fn place(&self, recipients: usize) -> Sentence<String> {
        delivery::mail_server(&self.place, self.how, recipients)
    }

    /// Does all that a delivery does up to the recipients, and sends nothing.
    pub(super) async fn rehearse(&self, to: &[String]) -> Result<(), DeliveryError> {
        let until = Instant::now() + self.timeout;
        let mut connection = self.connect(until).await?;
        let rehearsal = timeout_at(until, self.rehearsal(&mut connection, to)).await;
        say_goodbye(connection).await;
        rehearsal.unwrap_or(Err(DeliveryError::TimedOut))
    }

    async fn rehearsal(
        &self,
        connection: &mut AsyncSmtpConnection,
        to: &[String],
    ) -> Result<(), DeliveryError> {
        let failed = |error| failure(&error);
        let from = Mail::new(Some(self.from.email.clone()), Vec::new());
        connection.command(from).await.map_err(failed)?;
        let mut refused = Vec::new();
        for address in to {
            let mailbox = recipient(address)?;
            let to = Rcpt::new(mailbox.email, Vec::new());
            if let Err(error) = connection.command(to).await {
                refused.push(format!("{address}: {error}"));
            }
        }
        connection.command(Rset).await.map_err(failed)?;
        if refused.is_empty() {
            return Ok(());
        }
        Err(DeliveryError::Refused {
            why: Trouble::Mailbox,
            said: readable(&refused.join("; ")),
            retry_after: None,
        })
    }

    pub(super) async fn send(
        &self,
        to: &str,
        letter: &AlertMessage,
    ) -> Result<String, DeliveryError> {
        self.hand_over(self.message(to, letter)?).await
    }

    async fn hand_over(&self, message: Message) -> Result<String, DeliveryError> {
        let until = Instant::now() + self.timeout;
        let mut connection = self.connect(until).await?;
        let offered = timeout_at(until, offer(&mut connection, message.envelope())).await;
        let answer = match offered.unwrap_or(Err(DeliveryError::TimedOut)) {
            Ok(()) => self.text(&mut connection, &message.formatted()).await,
            Err(error) => Err(error),
        };
        say_goodbye(connection).await;
        answer
    }

    async fn connect(&self, until: Instant) -> Result<AsyncSmtpConnection, DeliveryError> {
        let connect = Box::pin(self.server.connect(self.timeout));
        let connected = timeout_at(until, self.rest.unless_refused(connect)).await;
        connected.unwrap_or(Err(DeliveryError::TimedOut))
    }

    /// Many servers look into a text before they answer. Who does not wait for that sends it twice.
    async fn text(
        &self,
        connection: &mut AsyncSmtpConnection,
        text: &[u8],
    ) -> Result<String, DeliveryError> {
        let mut is_whole = false;
        // Asked for more only when all before is written. Who has not had all of it takes nothing.
        let end = std::iter::from_fn(|| {
            is_whole = true;
            None
        });
        let parts = std::iter::once(text).chain(end);
        let answered = timeout(self.timeout, connection.message_iter(parts)).await;
        let response = match answered {
            Ok(Ok(response)) => response,
            Ok(Err(error)) if error.status().is_some() || !is_whole => {
                return Err(failure(&error));
            }
            Err(_) if !is_whole => return Err(DeliveryError::TimedOut),
            Ok(Err(_)) | Err(_) => return Err(DeliveryError::Unanswered),
        };
        let lines: Vec<&str> = response.message().collect();
        Ok(format!("{} {}", response.code(), lines.join(" ")))
    }

    fn message(&self, to: &str, letter: &AlertMessage) -> Result<Message, DeliveryError> {
        self.head(recipient(to)?, &letter.id, &letter.title)
            .header(ContentType::TEXT_PLAIN)
            .body(letter.body.clone())
            .map_err(unwritten)
    }

    /// Sends a mail to somebody who is no operator.
    pub(super) async fn send_mail(&self, mail: &MailOut<'_>) -> Result<String, DeliveryError> {
        let both = MultiPart::alternative_plain_html(mail.text.to_owned(), mail.html.to_owned());
        let message = self
            .head(recipient(mail.to)?, mail.id, mail.subject)
            .multipart(both)
            .map_err(unwritten)?;
        self.hand_over(message).await
    }

    fn head(&self, to: Mailbox, id: &str, subject: &str) -> MessageBuilder {
        let domain = self.id_domain();
        Message::builder()
            .header(MIME_VERSION_1_0)
            .from(self.from.clone())
            .to(to)
            .subject(subject)
            .message_id(Some(format!("<agendad-{id}@{domain}>")))
            .date_now()
            // No holiday greetings in return.
            .raw_header(HeaderValue::new(
                HeaderName::new_from_ascii_str("Auto-Submitted"),
                "auto-generated".to_owned(),
            ))
    }

    /// The right half of a message's id: the sender's domain, unless that is a bare host.
    fn id_domain(&self) -> &str {
        match (self.from.email.domain(), &self.server.hello) {
            (domain, _) if domain.contains('.') => domain,
            (_, ClientId::Domain(hello)) => hello,
            (domain, _) => domain,
        }
    }
}

/// All that comes before the text, as lettre's own `send` does it: that one does not tell how far it came.
async fn offer(
    connection: &mut AsyncSmtpConnection,
    envelope: &Envelope,
) -> Result<(), DeliveryError> {
    let failed = |error| failure(&error);
    let options = options(connection.server_info(), envelope)?;
    let from = Mail::new(envelope.from().cloned(), options);
    connection.command(from).await.map_err(failed)?;
    for to in envelope.to() {
        let to = Rcpt::new(to.clone(), Vec::new());
        connection.command(to).await.map_err(failed)?;
    }
    connection.command(Data).await.map_err(failed)?;
    Ok(())
}

/// What an address before whose domain not all is ASCII needs: it stands in the head of the message too, whose text is
/// always ASCII.
fn options(server: &ServerInfo, envelope: &Envelope) -> Result<Vec<MailParameter>, DeliveryError> {
    let mut addresses = envelope.from().into_iter().chain(envelope.to());
    if addresses.all(|address| address.user().is_ascii()) {
        return Ok(Vec::new());
    }
    let wanted = [Extension::SmtpUtfEight, Extension::EightBitMime];
    if !wanted.into_iter().all(|one| server.supports_feature(one)) {
        // This server's answer to it would be the same each time.
        return Err(DeliveryError::Refused {
            why: Trouble::Mailbox,
            said: "the mail server takes only addresses in ASCII (no SMTPUTF8)".to_owned(),
            retry_after: None,
        });
    }
    Ok(vec![
        MailParameter::SmtpUtfEight,
        MailParameter::Body(MailBodyParameter::EightBitMime),
    ])
}

/// What the server says to it decides nothing.
async fn say_goodbye(mut connection: AsyncSmtpConnection) {
    timeout(GOODBYE, connection.abort()).await.ok();
}

/// A message that cannot be put together.
fn unwritten(error: lettre::error::Error) -> DeliveryError {
    DeliveryError::Unreachable {
        why: None,
        said: readable(&error.to_string()),
    }
}

fn recipient(address: &str) -> Result<Mailbox, DeliveryError> {
    mailbox("alerts.email.to", address).map_err(|error| no_mailbox(&error))
}

fn no_mailbox(error: &dyn std::error::Error) -> DeliveryError {
    DeliveryError::Refused {
        why: Trouble::Mailbox,
        said: readable(&error.to_string()),
        retry_after: None,
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

fn host_name() -> String {
    gethostname::gethostname().to_string_lossy().into_owned()
}

/// The name by which a mail server is greeted: the configured one; else the host's, with the sender's domain if
/// it has none of its own, because many servers refuse a name without a domain.
fn hello_name(configured: &str, host: &str, sender: &str) -> String {
    if !configured.is_empty() {
        return configured.to_owned();
    }
    let is_allowed = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    let host: String = host.chars().filter(is_allowed).collect();
    let host = host.trim_matches(['.', '-']);
    match (host.is_empty(), host.contains('.')) {
        (true, _) => sender.to_owned(),
        (false, true) => host.to_owned(),
        (false, false) => format!("{host}.{sender}"),
    }
}

/// With the domain in ASCII, as every server takes it.
fn mailbox(key: &'static str, text: &str) -> Result<Mailbox, ChannelError> {
    let unusable = |source: Box<dyn std::error::Error + Send + Sync>| ChannelError::Address {
        key,
        text: text.to_owned(),
        source,
    };
    let mut mailbox: Mailbox = text
        .trim()
        .parse()
        .map_err(|error: lettre::address::AddressError| unusable(error.into()))?;
    let domain = mailbox.email.domain();
    if !domain.is_ascii() {
        let domain = url::Host::parse(domain).map_err(|error| unusable(error.into()))?;
        let address = Address::new(mailbox.email.user(), domain.to_string());
        mailbox.email = address.map_err(|error| unusable(error.into()))?;
    }
    Ok(mailbox)
}

/// That recipients can be read as addresses.
pub(super) fn check_recipients(email: &EmailConfig) -> Result<(), ChannelError> {
    email
        .to
        .iter()
        .try_for_each(|to| mailbox("alerts.email.to", to).map(drop))
}

fn how(security: MailSecurity) -> Sentence {
    match security {
        MailSecurity::Tls => delivery::BY_TLS,
        MailSecurity::Starttls => delivery::BY_STARTTLS,
        MailSecurity::None => delivery::IN_CLEAR,
    }
}

impl std::fmt::Debug for Email {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Email").field(&self.place).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_server_is_greeted_by_a_name_with_a_domain() {
        for (configured, host, expected) in [
            ("", "clinica", "clinica.example.com"),
            ("", "clinica.example.org", "clinica.example.org"),
            ("", "minha_máquina", "minhamquina.example.com"),
            ("", "", "example.com"),
            ("mail.example.net", "clinica", "mail.example.net"),
        ] {
            assert_eq!(hello_name(configured, host, "example.com"), expected);
        }
    }

    #[test]
    fn a_domain_is_written_in_ascii_and_a_name_before_it_must_be() {
        let of = |text| mailbox("", text).unwrap().to_string();
        assert_eq!(
            of("ana@clínica.example.com"),
            "ana@xn--clnica-4va.example.com"
        );
        assert_eq!(of("ana@example.com"), "ana@example.com");
        assert!(is_mail_address("ana@clínica.example.com"));
        assert!(!is_mail_address("joão@example.com"));
    }
}
