//! The way to an SMTP server, up to the login.

use std::net::SocketAddr;
use std::time::Duration;

use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, Mechanism};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Tls};
use lettre::transport::smtp::extension::ClientId;

use crate::alerts::delivery::DeliveryError;
use crate::domain::Trouble;
use crate::domain::text::readable;
use crate::trouble;

#[derive(Clone)]
pub(super) struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) tls: Tls,
    pub(super) hello: ClientId,
    pub(super) login: Option<Credentials>,
}

impl Server {
    /// Connects, encrypts and logs in.
    pub(super) async fn connect(
        &self,
        timeout: Duration,
    ) -> Result<AsyncSmtpConnection, DeliveryError> {
        // Looked up here: of a connection nobody can tell whether it is the name that is wrong.
        let found = tokio::net::lookup_host((self.host.as_str(), self.port)).await;
        let addresses: Vec<SocketAddr> = match found {
            Ok(found) => found.collect(),
            Err(error) => {
                return Err(DeliveryError::Unreachable {
                    why: Some(Trouble::NoSuchHost),
                    said: readable(&error.to_string()),
                });
            }
        };
        let connected = self.log_in(&addresses, timeout).await;
        connected.map_err(|error| failure(&error))
    }

    /// Each address has its part of the time: one that swallows what is sent to it leaves some for the next.
    async fn log_in(
        &self,
        addresses: &[SocketAddr],
        timeout: Duration,
    ) -> Result<AsyncSmtpConnection, Error> {
        let wrapped = match &self.tls {
            Tls::Wrapper(parameters) => Some(parameters.clone()),
            Tls::None | Tls::Opportunistic(_) | Tls::Required(_) => None,
        };
        let parts = u32::try_from(addresses.len()).unwrap_or(u32::MAX);
        let part = timeout / parts.max(1);
        let connected =
            AsyncSmtpConnection::connect_tokio1(addresses, Some(part), &self.hello, wrapped, None);
        let mut connection = connected.await?;
        if let Tls::Required(parameters) = &self.tls {
            connection.starttls(parameters.clone(), &self.hello).await?;
        }
        if let Some(login) = &self.login {
            let mechanisms = [Mechanism::Plain, Mechanism::Login];
            connection.auth(&mechanisms, login).await?;
        }
        Ok(connection)
    }
}

/// What kind of failure the library's error is.
pub(super) fn failure(error: &Error) -> DeliveryError {
    if error.is_timeout() {
        return DeliveryError::TimedOut;
    }
    match error.status() {
        Some(code) => DeliveryError::Refused {
            why: trouble::of_smtp(code.into()),
            said: readable(&error.to_string()),
            retry_after: None,
        },
        None => DeliveryError::Unreachable {
            why: trouble::of(error),
            said: readable(&error.to_string()),
        },
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
    use tokio::net::{TcpListener, TcpSocket, TcpStream};

    use super::*;

    const TIMEOUT: Duration = Duration::from_secs(4);

    /// Greets one client.
    async fn greet(listener: &TcpListener) -> BufReader<TcpStream> {
        let (stream, _) = listener.accept().await.unwrap();
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 mail.example.com\r\n").await.unwrap();
        stream.read_line(&mut String::new()).await.unwrap();
        stream.write_all(b"250 mail.example.com\r\n").await.unwrap();
        stream
    }

    #[tokio::test]
    async fn an_address_that_swallows_what_is_sent_to_it_leaves_time_for_the_next() {
        // Once its queue is full, what comes is dropped.
        let swallowing = TcpSocket::new_v4().unwrap();
        swallowing.bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let swallowing = swallowing.listen(1).unwrap();
        let swallows = swallowing.local_addr().unwrap();
        let mut queue = Vec::new();
        let queued = || tokio::time::timeout(TIMEOUT / 8, TcpStream::connect(swallows));
        while let Ok(stream) = queued().await {
            queue.push(stream.unwrap());
        }
        let answering = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = [swallows, answering.local_addr().unwrap()];
        let server = Server {
            host: String::new(),
            port: 0,
            tls: Tls::None,
            hello: ClientId::Domain("clinica.example.com".to_owned()),
            login: None,
        };
        let both = async { tokio::join!(server.log_in(&addresses, TIMEOUT), greet(&answering)) };
        let (connection, _client) = tokio::time::timeout(TIMEOUT, both).await.unwrap();
        assert!(connection.is_ok());
    }
}
