//! A mail server as small as one can be: it knows the words that a client needs to hand over a message, with
//! STARTTLS and a login where it was given a certificate, and keeps what it is handed.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use agendad::config::Config;
use agendad::config::alerts::MailSecurity;
use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

/// A message that was handed over.
#[derive(Debug, Clone)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) encrypted: bool,
    /// What the client said of itself: user and password.
    pub(crate) login: Option<String>,
    source: String,
}

/// The server; ends with its value.
pub(crate) struct MailServer {
    pub(crate) address: SocketAddr,
    /// Of its certificate's authority, for those who are to trust it.
    pub(crate) authority: Option<String>,
    kept: Arc<Kept>,
    _tasks: JoinSet<()>,
}

#[derive(Default)]
struct Kept {
    mails: Mutex<Vec<Mail>>,
    /// Recipients that are refused.
    refused: Mutex<HashSet<String>>,
    /// What is not answered: `QUIT`, or `.`, the end of a text.
    unanswered: Mutex<HashSet<&'static str>>,
    refuses_logins: AtomicBool,
    logins: AtomicUsize,
    /// Hangs up instead of answering a text.
    hangs_up: AtomicBool,
    tls: Option<TlsAcceptor>,
}

impl Mail {
    /// A header, decoded.
    pub(crate) fn header(&self, name: &str) -> String {
        let (head, _) = self.source.split_once("\r\n\r\n").unwrap();
        let unfolded = head.replace("\r\n ", " ");
        let prefix = format!("{name}: ");
        let line = unfolded.lines().find_map(|line| line.strip_prefix(&prefix));
        decoded_words(line.unwrap_or_default())
    }

    /// The parts of a mail that has several, decoded.
    pub(crate) fn parts(&self) -> Vec<String> {
        let kind = self.header("Content-Type");
        let (_, boundary) = kind.split_once("boundary=\"").unwrap();
        let boundary = format!("--{}", boundary.trim_end_matches('"'));
        let parts = self.source.split(&boundary).skip(1);
        let parts = parts.filter(|part| !part.starts_with("--"));
        let whole = |part: &str| Self {
            source: part.trim_start_matches("\r\n").to_owned(),
            ..self.clone()
        };
        parts.map(|part| whole(part).body()).collect()
    }

    /// The text, decoded.
    pub(crate) fn body(&self) -> String {
        let (_, body) = self.source.split_once("\r\n\r\n").unwrap();
        let bytes = match self.header("Content-Transfer-Encoding").as_str() {
            "base64" => BASE64.decode(body.replace("\r\n", "")).unwrap(),
            "quoted-printable" => unquoted(body),
            _ => body.as_bytes().to_vec(),
        };
        String::from_utf8(bytes).unwrap().replace("\r\n", "\n")
    }
}

/// `=?utf-8?b?…?=`, the one form that lettre writes. The blank between two such words is none of the text.
fn decoded_words(line: &str) -> String {
    let mut decoded = String::new();
    let mut was_encoded = false;
    for (index, word) in line.split(' ').enumerate() {
        let encoded = word
            .strip_prefix("=?utf-8?b?")
            .and_then(|word| word.strip_suffix("?="));
        if index > 0 && !(was_encoded && encoded.is_some()) {
            decoded.push(' ');
        }
        match encoded {
            Some(word) => decoded += &String::from_utf8(BASE64.decode(word).unwrap()).unwrap(),
            None => decoded += word,
        }
        was_encoded = encoded.is_some();
    }
    decoded
}

fn unquoted(text: &str) -> Vec<u8> {
    let text = text.replace("=\r\n", "");
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&first, others)) = rest.split_first() {
        if first == b'=' {
            let hex = std::str::from_utf8(&others[..2]).unwrap();
            bytes.push(u8::from_str_radix(hex, 16).unwrap());
            rest = &others[2..];
        } else {
            bytes.push(first);
            rest = others;
        }
    }
    bytes
}

impl MailServer {
    /// Mails go out by this server, without encryption.
    pub(crate) fn use_by(&self, config: &mut Config) {
        let email = &mut config.alerts.email;
        email.host = "127.0.0.1".to_owned();
        email.port = self.address.port();
        email.security = MailSecurity::None;
        email.from = "agendad <agendad@example.com>".to_owned();
        email.to = vec!["operador@example.com".to_owned()];
    }

    /// The same with a user and a password.
    pub(crate) fn use_with_login_by(&self, config: &mut Config) {
        self.use_by(config);
        config.secrets.alerts_email_username = Some("agendad".to_owned().into());
        config.secrets.alerts_email_password = Some("s3gredo".to_owned().into());
    }

    /// In clear text.
    pub(crate) async fn start() -> Self {
        Self::serve(None, None).await
    }

    /// With STARTTLS, which it insists on before a message, and a login.
    pub(crate) async fn start_with_tls() -> Self {
        let made = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key)
            .unwrap();
        let acceptor = TlsAcceptor::from(Arc::new(config));
        Self::serve(Some(acceptor), Some(made.cert.pem())).await
    }

    async fn serve(tls: Option<TlsAcceptor>, authority: Option<String>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let kept = Arc::new(Kept {
            tls,
            ..Kept::default()
        });
        let shared = Arc::clone(&kept);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut sessions = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let kept = Arc::clone(&shared);
                // A client that hangs up in the middle is nobody's trouble.
                sessions.spawn(async move { session(stream, &kept).await.ok() });
            }
        });
        Self {
            address,
            authority,
            kept,
            _tasks: tasks,
        }
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.kept.mails.lock().unwrap().clone()
    }

    pub(crate) fn refuse(&self, recipient: &str) {
        self.kept
            .refused
            .lock()
            .unwrap()
            .insert(recipient.to_owned());
    }

    /// Takes this, a `QUIT` or the end of a text (`.`), and does not answer it.
    pub(crate) fn keep_silent_after(&self, word: &'static str) {
        self.kept.unanswered.lock().unwrap().insert(word);
    }

    /// Whether the password is wrong.
    pub(crate) fn refuse_logins(&self, refuses: bool) {
        self.kept.refuses_logins.store(refuses, Ordering::SeqCst);
    }

    /// How often somebody tried to log in.
    pub(crate) fn logins(&self) -> usize {
        self.kept.logins.load(Ordering::SeqCst)
    }

    /// Takes a text, and hangs up without a word.
    pub(crate) fn hang_up_after_a_text(&self) {
        self.kept.hangs_up.store(true, Ordering::Relaxed);
    }

    pub(crate) fn accept_all(&self) {
        self.kept.refused.lock().unwrap().clear();
    }
}

async fn session(mut stream: tokio::net::TcpStream, kept: &Kept) -> std::io::Result<()> {
    stream.write_all(b"220 mail.example.com ESMTP\r\n").await?;
    let wants_tls = talk(&mut stream, kept, false).await?;
    if let (true, Some(tls)) = (wants_tls, &kept.tls) {
        let mut stream = tls.accept(stream).await?;
        talk(&mut stream, kept, true).await?;
    }
    Ok(())
}

/// Until the client hangs up, or wants to go on encrypted (true).
async fn talk(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    kept: &Kept,
    encrypted: bool,
) -> std::io::Result<bool> {
    let (read, mut write) = tokio::io::split(stream);
    let mut lines = BufReader::new(read).lines();
    let (mut login, mut to) = (None, String::new());
    while let Some(line) = lines.next_line().await? {
        let word = line
            .split([' ', ':'])
            .next()
            .unwrap_or_default()
            .to_uppercase();
        let answer = match word.as_str() {
            // As many servers do.
            "EHLO" | "HELO" if !line.contains('.') => {
                "504 5.5.2 need fully-qualified hostname".to_owned()
            }
            "EHLO" if kept.tls.is_some() && !encrypted => {
                "250-mail.example.com\r\n250 STARTTLS".to_owned()
            }
            "EHLO" => "250-mail.example.com\r\n250 AUTH PLAIN".to_owned(),
            "STARTTLS" => {
                write.write_all(b"220 go ahead\r\n").await?;
                return Ok(true);
            }
            "AUTH" => {
                kept.logins.fetch_add(1, Ordering::SeqCst);
                let token = line.rsplit(' ').next().unwrap_or_default();
                let plain = BASE64.decode(token).unwrap_or_default();
                login = Some(
                    String::from_utf8_lossy(&plain)
                        .replace('\0', " ")
                        .trim()
                        .to_owned(),
                );
                if kept.refuses_logins.load(Ordering::SeqCst) {
                    "535 5.7.8 bad credentials".to_owned()
                } else {
                    "235 2.7.0 welcome".to_owned()
                }
            }
            "MAIL" if kept.tls.is_some() && !encrypted => "530 5.7.0 STARTTLS first".to_owned(),
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                if kept.refused.lock().unwrap().contains(&to) {
                    "550 5.1.1 no such user here".to_owned()
                } else {
                    "250 2.1.5 ok".to_owned()
                }
            }
            "DATA" => {
                write.write_all(b"354 go on\r\n").await?;
                let mut source = String::new();
                while let Some(line) = lines.next_line().await? {
                    if line == "." {
                        break;
                    }
                    source += line.strip_prefix('.').unwrap_or(&line);
                    source += "\r\n";
                }
                kept.mails.lock().unwrap().push(Mail {
                    to: to.clone(),
                    encrypted,
                    login: login.clone(),
                    source,
                });
                if kept.hangs_up.load(Ordering::Relaxed) {
                    return Ok(false);
                }
                if kept.unanswered.lock().unwrap().contains(".") {
                    continue;
                }
                "250 2.0.0 ok: queued as 4711".to_owned()
            }
            "QUIT" if kept.unanswered.lock().unwrap().contains("QUIT") => continue,
            "QUIT" => "221 bye".to_owned(),
            "MAIL" | "NOOP" | "RSET" => "250 2.0.0 ok".to_owned(),
            _ => "500 5.5.1 what?".to_owned(),
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(false)
}
