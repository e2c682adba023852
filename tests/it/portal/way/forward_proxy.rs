//! A proxy as a clinic might run it: HTTP (`CONNECT` and absolute addresses) or SOCKS5, with or without a password, in
//! clear text or over TLS. Wherever it is asked to go, it goes to one address, and writes down where it was asked to go.

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{
    AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader, copy, copy_bidirectional, split,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

#[derive(Clone, Copy)]
pub(crate) enum Speaks {
    Http,
    Socks5,
}

pub(crate) struct ForwardProxy {
    pub(crate) address: SocketAddr,
    asked: Arc<Mutex<Vec<String>>>,
    _accepting: JoinSet<()>,
}

/// What its clients must show: `name:password`, for HTTP as it stands in the header.
pub(crate) struct Manners {
    pub(crate) speaks: Speaks,
    pub(crate) password: Option<&'static str>,
    pub(crate) tls: Option<TlsAcceptor>,
    /// After how many bytes from there the first way stops carrying any, and stays open.
    pub(crate) sticks_after: Option<u64>,
}

impl ForwardProxy {
    pub(crate) async fn to(target: SocketAddr, manners: Manners) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let asked = Arc::new(Mutex::new(Vec::new()));
        let (kept, manners) = (Arc::clone(&asked), Arc::new(manners));
        let mut accepting = JoinSet::new();
        accepting.spawn(async move {
            let mut open = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                let (kept, manners) = (Arc::clone(&kept), Arc::clone(&manners));
                open.spawn(async move {
                    match &manners.tls {
                        None => serve(client, target, &manners, &kept).await.ok(),
                        Some(tls) => match tls.accept(client).await {
                            Ok(client) => serve(client, target, &manners, &kept).await.ok(),
                            Err(_) => None,
                        },
                    }
                });
                while open.try_join_next().is_some() {}
            }
        });
        Self {
            address,
            asked,
            _accepting: accepting,
        }
    }

    /// Where clients asked to go, each time once.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

async fn serve(
    client: impl AsyncRead + AsyncWrite + Unpin,
    target: SocketAddr,
    manners: &Manners,
    asked: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let mut server = TcpStream::connect(target).await?;
    let to = match manners.speaks {
        Speaks::Http => {
            let head = head(&mut client).await?;
            let words: Vec<&str> = head.split(' ').collect();
            let shown = head.lines().find_map(|line| {
                let (name, value) = line.split_once(": ")?;
                name.eq_ignore_ascii_case("proxy-authorization")
                    .then_some(value)
            });
            if manners.password.is_some() && shown != manners.password {
                let refusal =
                    "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n";
                return client.write_all(refusal.as_bytes()).await;
            }
            if words[0] == "CONNECT" {
                client.write_all(b"HTTP/1.1 200 OK\r\n\r\n").await?;
            } else {
                server.write_all(head.as_bytes()).await?;
            }
            words[1].to_owned()
        }
        Speaks::Socks5 => socks(&mut client, manners.password).await?,
    };
    let is_first = {
        let mut asked = asked.lock().unwrap();
        asked.push(to);
        asked.len() == 1
    };
    if let Some(bytes) = manners.sticks_after.filter(|_| is_first) {
        return stick(client, server, bytes).await;
    }
    copy_bidirectional(&mut client, &mut server)
        .await
        .map(|_| ())
}

/// Carries so many bytes to the client and no more, until the client hangs up.
async fn stick(
    client: impl AsyncRead + AsyncWrite,
    server: TcpStream,
    bytes: u64,
) -> io::Result<()> {
    let (mut from_client, mut to_client) = split(client);
    let (from_server, mut to_server) = server.into_split();
    let mut some = from_server.take(bytes);
    let back = async {
        copy(&mut some, &mut to_client).await.ok();
        std::future::pending().await
    };
    tokio::select! {
        done = copy(&mut from_client, &mut to_server) => done.map(|_| ()),
        never = back => never,
    }
}

/// A request's head, to the empty line.
async fn head(client: &mut (impl AsyncRead + Unpin)) -> io::Result<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(client.read_u8().await?);
    }
    Ok(String::from_utf8(head).unwrap())
}

/// RFC 1928 and 1929, as far as a connection to a name or an IPv4 address goes.
async fn socks(
    client: &mut (impl AsyncRead + AsyncWrite + Unpin),
    password: Option<&str>,
) -> io::Result<String> {
    let mut greeting = [0; 2];
    client.read_exact(&mut greeting).await?;
    counted(client, greeting[1]).await?;
    match password {
        None => client.write_all(&[5, 0]).await?,
        Some(password) => {
            client.write_all(&[5, 2]).await?;
            client.read_u8().await?;
            let length = client.read_u8().await?;
            let name = counted(client, length).await?;
            let length = client.read_u8().await?;
            let given = counted(client, length).await?;
            let good = format!("{name}:{given}") == password;
            client.write_all(&[1, u8::from(!good)]).await?;
            if !good {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
        }
    }
    let mut request = [0; 4];
    client.read_exact(&mut request).await?;
    let host = match request[3] {
        1 => {
            let mut address = [0; 4];
            client.read_exact(&mut address).await?;
            std::net::Ipv4Addr::from(address).to_string()
        }
        _ => {
            let length = client.read_u8().await?;
            counted(client, length).await?
        }
    };
    let port = client.read_u16().await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    Ok(format!("{host}:{port}"))
}

async fn counted(client: &mut (impl AsyncRead + Unpin), length: u8) -> io::Result<String> {
    let mut bytes = vec![0; usize::from(length)];
    client.read_exact(&mut bytes).await?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
