//! A wire between client and portal that writes down what the client sends.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use url::Url;

/// A request as it left the client.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// From 0, in the order in which they were opened.
    pub(crate) connection: usize,
    pub(crate) line: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Sent {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    /// The fields of the body, in order.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        url::form_urlencoded::parse(self.body.as_bytes())
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect()
    }
}

#[derive(Clone)]
pub(crate) struct Wire {
    pub(crate) url: Url,
    sent: Arc<Mutex<Vec<Sent>>>,
    _forwarding: Arc<JoinSet<()>>,
}

impl Wire {
    pub(crate) async fn to(portal: &Url) -> Self {
        Self::adding(b"", portal).await
    }

    /// One that puts `line` into the head of every answer.
    pub(crate) async fn adding(line: &'static [u8], portal: &Url) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let there = portal.socket_addrs(|| None).unwrap()[0];
        let sent: Arc<Mutex<Vec<Sent>>> = Arc::default();
        let log = Arc::clone(&sent);
        let mut forwarding = JoinSet::new();
        forwarding.spawn(async move {
            let mut connections = JoinSet::new();
            for number in 0.. {
                let (client, _) = listener.accept().await.unwrap();
                let portal = TcpStream::connect(there).await.unwrap();
                let ways = forward(client, portal, number, Arc::clone(&log), line);
                connections.spawn(ways);
            }
        });
        Self {
            url: url.parse().unwrap(),
            sent,
            _forwarding: Arc::new(forwarding),
        }
    }

    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().unwrap().clone()
    }
}

async fn forward(
    client: TcpStream,
    portal: TcpStream,
    connection: usize,
    log: Arc<Mutex<Vec<Sent>>>,
    line: &'static [u8],
) {
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_portal, mut to_portal) = portal.into_split();
    let there = async move {
        let mut unread = Vec::new();
        let mut buffer = [0; 8 * 1024];
        while let Ok(length @ 1..) = from_client.read(&mut buffer).await {
            unread.extend_from_slice(&buffer[..length]);
            while let Some((request, rest)) = parse(&unread, connection) {
                log.lock().unwrap().push(request);
                unread = rest;
            }
            if to_portal.write_all(&buffer[..length]).await.is_err() {
                break;
            }
        }
    };
    let back = async move {
        let mut buffer = [0; 8 * 1024];
        while let Ok(length @ 1..) = from_portal.read(&mut buffer).await {
            let mut bytes = buffer[..length].to_vec();
            if bytes.starts_with(b"HTTP/1.1 ") {
                let end = bytes.windows(2).position(|part| part == b"\r\n").unwrap() + 2;
                bytes.splice(end..end, line.iter().copied());
            }
            if to_client.write_all(&bytes).await.is_err() {
                break;
            }
        }
    };
    tokio::join!(there, back);
}

/// The first whole request of these bytes, and what follows it.
fn parse(bytes: &[u8], connection: usize) -> Option<(Sent, Vec<u8>)> {
    let head = bytes.windows(4).position(|part| part == b"\r\n\r\n")?;
    let text = String::from_utf8(bytes[..head].to_vec()).unwrap();
    let mut lines = text.lines().map(str::to_owned);
    let line = lines.next().unwrap();
    let headers: Vec<(String, String)> = lines
        .map(|line| {
            let (name, value) = line.split_once(':').unwrap();
            (name.to_ascii_lowercase(), value.trim().to_owned())
        })
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.map_or(0, |(_, value)| value.parse().unwrap());
    let end = head + 4 + length;
    let body = bytes.get(head + 4..end)?;
    let sent = Sent {
        connection,
        line,
        headers,
        body: String::from_utf8(body.to_vec()).unwrap(),
    };
    Some((sent, bytes[end..].to_vec()))
}
