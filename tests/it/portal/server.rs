//! A portal of one examiner on port 0, which misbehaves as it is told and remembers what was asked.

use std::collections::{BTreeMap, HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use chrono::{Days, NaiveDate};
use futures::StreamExt;
use tokio::task::JoinSet;
use url::Url;

use crate::portal::pages;

pub(crate) const CPF: &str = "52998224725";
pub(crate) const SENHA: &str = "Ipê-123";

/// What a request asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Ask {
    Entry,
    LoginPage,
    Login,
    Search,
    Dates,
    Day,
    Logout,
    Other,
}

/// How an answer goes wrong.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    Status(u16, Option<&'static str>),
    /// A page of this text instead.
    Page(String),
    /// The same with another status.
    PageWith(u16, String),
    /// Close without an answer.
    Hangup,
    /// Announce all, send half.
    Truncated,
    /// Send half as if it were all.
    Cut,
    Delay(Duration),
    /// A byte now and then, for ever.
    Drip,
    Expire,
    /// Another day's result.
    WrongDate,
    Redirect(u16, String),
    Body(Vec<u8>, Vec<(&'static str, &'static str)>),
}

impl Fault {
    /// For messages: bodies are long.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Status(..) => "status",
            Self::Page(_) => "page",
            Self::PageWith(..) => "page with a status",
            Self::Hangup => "hangup",
            Self::Truncated => "truncated",
            Self::Cut => "cut",
            Self::Delay(_) => "delay",
            Self::Drip => "drip",
            Self::Expire => "expire",
            Self::WrongDate => "wrong date",
            Self::Redirect(..) => "redirect",
            Self::Body(..) => "body",
        }
    }
}

/// Hour, CPF, name.
pub(crate) type Row = (String, String, String);

#[derive(Default)]
pub(crate) struct Inner {
    pub(crate) agenda: BTreeMap<(String, NaiveDate), Vec<Row>>,
    pub(crate) faults: HashMap<Ask, VecDeque<Fault>>,
    pub(crate) asked: Vec<Ask>,
    pub(crate) forms: Vec<HashMap<String, String>>,
    pub(crate) fragment: bool,
    pub(crate) blocked: bool,
    /// Tokens are good once.
    pub(crate) strict_tokens: bool,
    pub(crate) user_agents: HashSet<String>,
    pub(crate) most_at_once: usize,
    at_once: usize,
    token: u32,
    sessions: HashSet<String>,
    opened: u32,
}

#[derive(Clone)]
pub(crate) struct Fixture {
    pub(crate) url: Url,
    pub(crate) inner: Arc<Mutex<Inner>>,
    _server: Arc<JoinSet<()>>,
}

pub(crate) const UNITS: [(&str, &str); 2] = [("7", "CIR-SAO PAULO"), ("9", "CIR-OSASCO")];

impl Fixture {
    pub(crate) async fn start() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap());
        let inner: Arc<Mutex<Inner>> = Arc::default();
        let router = Router::new()
            .fallback(answer)
            .with_state(Arc::clone(&inner));
        let mut server = JoinSet::new();
        server.spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self {
            url: url.parse().unwrap(),
            inner,
            _server: Arc::new(server),
        }
    }

    pub(crate) fn book(&self, unit: &str, date: NaiveDate, rows: &[(&str, &str, &str)]) {
        let rows = rows
            .iter()
            .map(|(h, c, n)| ((*h).to_owned(), (*c).to_owned(), (*n).to_owned()))
            .collect();
        self.lock().agenda.insert((unit.to_owned(), date), rows);
    }

    pub(crate) fn fault(&self, ask: Ask, fault: Fault, times: usize) {
        let mut inner = self.lock();
        let queue = inner.faults.entry(ask).or_default();
        queue.extend(std::iter::repeat_n(fault, times));
    }

    pub(crate) fn expire_all(&self) {
        self.lock().sessions.clear();
    }

    pub(crate) fn asked(&self) -> Vec<Ask> {
        self.lock().asked.clone()
    }

    pub(crate) fn count(&self, ask: Ask) -> usize {
        self.lock().asked.iter().filter(|a| **a == ask).count()
    }

    pub(crate) fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap()
    }
}

async fn answer(State(state): State<Arc<Mutex<Inner>>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap();
    let form = decode(&body);
    let cookie = parts.headers.get(header::COOKIE);
    let session = cookie
        .and_then(|c| c.to_str().unwrap().strip_prefix("JSESSIONID="))
        .map(str::to_owned);
    let (fault, page, set_cookie) = {
        let mut inner = state.lock().unwrap();
        let ask = kind(
            parts.uri.path(),
            &form,
            session.is_some(),
            &inner,
            session.as_deref(),
        );
        inner.asked.push(ask);
        inner.at_once += 1;
        inner.most_at_once = inner.most_at_once.max(inner.at_once);
        let agent = parts.headers.get(header::USER_AGENT);
        inner
            .user_agents
            .extend(agent.map(|a| a.to_str().unwrap().to_owned()));
        inner.forms.push(form.clone());
        let fault = inner.faults.get_mut(&ask).and_then(VecDeque::pop_front);
        if matches!(fault, Some(Fault::Expire)) {
            inner.sessions.clear();
        }
        let set_cookie = session.is_none().then(|| {
            inner.opened += 1;
            format!("JSESSIONID=s{}; Path=/; HttpOnly", inner.opened)
        });
        let wrong_date = matches!(fault, Some(Fault::WrongDate));
        let page = inner.page(ask, &form, session.as_deref(), wrong_date);
        (fault, page, set_cookie)
    };
    let mut response = misbehave(fault, page).await;
    state.lock().unwrap().at_once -= 1;
    if let Some(cookie) = set_cookie {
        response
            .headers_mut()
            .insert(header::SET_COOKIE, cookie.parse().unwrap());
    }
    response
}

fn kind(
    path: &str,
    form: &HashMap<String, String>,
    has_cookie: bool,
    inner: &Inner,
    session: Option<&str>,
) -> Ask {
    let alive = session.is_some_and(|s| inner.sessions.contains(s));
    match (path, form.get("method").map(String::as_str)) {
        (pages::ENTRY | "/", _) => Ask::Entry,
        ("/gefor/sair.do", _) => Ask::Logout,
        (pages::AGENDA, Some("acessar")) => Ask::Login,
        (pages::AGENDA, Some("carregarDatas")) => Ask::Dates,
        (pages::AGENDA, Some("pesquisar")) => Ask::Day,
        (pages::AGENDA, _) if alive => Ask::Search,
        (pages::AGENDA, _) if has_cookie && session.is_some_and(|s| s.starts_with("old")) => {
            Ask::Search
        }
        (pages::AGENDA, _) => Ask::LoginPage,
        _ => Ask::Other,
    }
}

impl Inner {
    fn page(
        &mut self,
        ask: Ask,
        form: &HashMap<String, String>,
        session: Option<&str>,
        wrong_date: bool,
    ) -> String {
        let alive = session.is_some_and(|s| self.sessions.contains(s));
        match ask {
            Ask::Entry => pages::entry(),
            Ask::LoginPage => pages::login(&[]),
            Ask::Login => self.login(form, session),
            Ask::Logout => {
                self.sessions.clear();
                pages::FRAMESET.to_owned()
            }
            Ask::Other => pages::STRANGE.to_owned(),
            _ if !alive => pages::FRAMESET.to_owned(),
            _ if matches!(ask, Ask::Dates | Ask::Day) && !self.token_is_good(form) => {
                self.token += 1;
                pages::search(
                    &["Requisição já processada"],
                    self.token,
                    &UNITS,
                    pages::Asked::default(),
                    &[],
                )
            }
            Ask::Dates => self.dates(form),
            Ask::Day => {
                let date = day(&form["dataAgendamento"]);
                let shown = if wrong_date {
                    date + Days::new(1)
                } else {
                    date
                };
                let rows = self.agenda.get(&(form["unidade"].clone(), shown));
                let page = pages::result(shown, rows.map_or(&[], Vec::as_slice));
                if self.strict_tokens {
                    self.token += 1;
                }
                page
            }
            Ask::Search => pages::search(&[], self.token, &UNITS, pages::Asked::default(), &[]),
        }
    }

    fn login(&mut self, form: &HashMap<String, String>, session: Option<&str>) -> String {
        if self.blocked {
            return pages::login(&["Usuário bloqueado."]);
        }
        if form["codigo"] != CPF || form["senha"] != SENHA {
            return pages::login(&["CPF ou senha inválidos."]);
        }
        self.sessions.insert(session.unwrap().to_owned());
        pages::search(&[], self.token, &UNITS, pages::Asked::default(), &[])
    }

    fn dates(&self, form: &HashMap<String, String>) -> String {
        let reference = day(&form["dataReferencia"]);
        let dates: Vec<NaiveDate> = (0..8)
            .map(|n| reference + Days::new(n))
            .filter(|d| self.agenda.contains_key(&(form["unidade"].clone(), *d)))
            .collect();
        if self.fragment {
            pages::options(&dates)
        } else {
            pages::search(
                &[],
                self.token,
                &UNITS,
                pages::Asked::of(&form["unidade"], &form["dataReferencia"]),
                &dates,
            )
        }
    }

    fn token_is_good(&self, form: &HashMap<String, String>) -> bool {
        !self.strict_tokens
            || form.get("org.apache.struts.taglib.html.TOKEN") == Some(&format!("t{}", self.token))
    }
}

async fn misbehave(fault: Option<Fault>, page: String) -> Response {
    let latin = |text: &str| encoding_rs::WINDOWS_1252.encode(text).0.into_owned();
    let html = [(header::CONTENT_TYPE, "text/html")];
    match fault {
        None | Some(Fault::Expire | Fault::WrongDate) => (html, latin(&page)).into_response(),
        Some(Fault::Status(code, retry_after)) => {
            let mut response = StatusCode::from_u16(code).unwrap().into_response();
            if let Some(seconds) = retry_after {
                response
                    .headers_mut()
                    .insert(header::RETRY_AFTER, seconds.parse().unwrap());
            }
            response
        }
        Some(Fault::Page(text)) => (html, latin(&text)).into_response(),
        Some(Fault::PageWith(code, text)) => {
            let status = StatusCode::from_u16(code).unwrap();
            (status, html, latin(&text)).into_response()
        }
        Some(Fault::Hangup) => panic!("the fixture hangs up, as it was told"),
        Some(Fault::Truncated) => {
            let half = latin(&page)[..page.len() / 2].to_vec();
            // While nothing is at hand, what is written is sent: the first half leaves before the connection breaks.
            let stream = futures::stream::iter([Ok(half), Err(std::io::Error::other("cut"))]).then(
                async |part| {
                    tokio::task::yield_now().await;
                    part
                },
            );
            (html, Body::from_stream(stream)).into_response()
        }
        Some(Fault::Cut) => (
            html,
            latin(&page[..page.floor_char_boundary(page.len() / 2)]),
        )
            .into_response(),
        // Here and below: how slowly it answers is the fault.
        Some(Fault::Delay(time)) => {
            tokio::time::sleep(time).await;
            (html, latin(&page)).into_response()
        }
        Some(Fault::Drip) => {
            let drips = futures::stream::unfold((), |()| async {
                tokio::time::sleep(Duration::from_millis(50)).await;
                Some((Ok::<_, std::io::Error>("x"), ()))
            });
            (html, Body::from_stream(drips)).into_response()
        }
        Some(Fault::Redirect(code, to)) => (
            StatusCode::from_u16(code).unwrap(),
            [(header::LOCATION, to)],
        )
            .into_response(),
        Some(Fault::Body(bytes, headers)) => {
            let mut response = (html, bytes).into_response();
            for (name, value) in headers {
                response.headers_mut().insert(name, value.parse().unwrap());
            }
            response
        }
    }
}

fn day(text: &str) -> NaiveDate {
    NaiveDate::parse_from_str(text, "%d/%m/%Y").unwrap()
}

fn decode(body: &[u8]) -> HashMap<String, String> {
    let text = |part: &str| {
        let bytes: Vec<u8> = percent(part);
        encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned()
    };
    std::str::from_utf8(body)
        .unwrap()
        .split('&')
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (text(name), text(value)))
        .collect()
}

fn percent(part: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = part.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let hex = [rest.next().unwrap(), rest.next().unwrap()];
                let hex = std::str::from_utf8(&hex).unwrap();
                bytes.push(u8::from_str_radix(hex, 16).unwrap());
            }
            other => bytes.push(other),
        }
    }
    bytes
}
