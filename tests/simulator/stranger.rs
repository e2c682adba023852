//! A person with a browser who has read the portal's description and none of the project's code.

use std::net::SocketAddr;
use std::sync::Once;

use agendad::clock::Clock;
use agendad::simulator::{Examiner, Simulator, SimulatorConfig};
use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use scraper::{ElementRef, Html, Selector};
use url::Url;

pub(crate) const ENTRY: &str = "/gefor/SGU/login.do?method=iniciarLogin";
pub(crate) const AGENDA: &str = "/gefor/GFR/utilitarios/imprimirAgendaDiaria.do";

/// A Tuesday, 9 o'clock in São Paulo.
pub(crate) fn config() -> SimulatorConfig {
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    SimulatorConfig::new(Clock::fixed(chrono_tz::America::Sao_Paulo, now))
}

pub(crate) async fn start(config: SimulatorConfig) -> Simulator {
    let any: SocketAddr = "127.0.0.1:0".parse().unwrap();
    Simulator::start(config, any, any).await.unwrap()
}

/// A browser that keeps cookies and follows no redirect by itself.
#[expect(
    clippy::disallowed_methods,
    reason = "a stranger uses nothing of the project's client"
)]
pub(crate) fn browser() -> reqwest::Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .unwrap();
    });
    reqwest::Client::builder()
        .cookie_store(true)
        .redirect(Policy::none())
        .gzip(false)
        .build()
        .unwrap()
}

/// A page as it arrived.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) html: String,
}

impl Page {
    async fn of(response: reqwest::Response) -> reqwest::Result<Self> {
        let status = response.status().as_u16();
        let headers = response.headers().clone();
        let bytes = response.bytes().await?.to_vec();
        let html = WINDOWS_1252.decode(&bytes).0.into_owned();
        Ok(Self {
            status,
            headers,
            bytes,
            html,
        })
    }

    pub(crate) fn title(&self) -> String {
        self.texts("title").concat()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        self.texts("body").concat().contains(text)
    }

    /// Folded texts of all elements of a kind.
    pub(crate) fn texts(&self, selector: &str) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        document.select(&selector).map(folded).collect()
    }

    /// An attribute of all elements of a kind.
    pub(crate) fn attributes(&self, selector: &str, name: &str) -> Vec<String> {
        let document = Html::parse_document(&self.html);
        let selector = Selector::parse(selector).unwrap();
        let found = document.select(&selector);
        found
            .filter_map(|element| element.attr(name))
            .map(str::to_owned)
            .collect()
    }

    /// `errors[]` of the head's script.
    pub(crate) fn errors(&self) -> Vec<String> {
        let assigned = self.html.split("errors[").skip(1);
        assigned
            .filter_map(|rest| rest.split_once("] = \"")?.1.split_once("\";"))
            .map(|(text, _)| text.to_owned())
            .collect()
    }

    /// Hidden fields of the page's form.
    pub(crate) fn hidden(&self) -> Vec<(String, String)> {
        let document = Html::parse_document(&self.html);
        let selector = Selector::parse("form input[type=hidden]").unwrap();
        let fields = document.select(&selector).map(|field| {
            let text = |name| field.attr(name).unwrap_or_default().to_owned();
            (text("name"), text("value"))
        });
        fields.collect()
    }

    /// Cells of the rows of the result table, without its header.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let document = Html::parse_document(&self.html);
        let [rows, cells] = ["table.grid tr", "td"].map(|text| Selector::parse(text).unwrap());
        let rows = document.select(&rows).skip(1);
        rows.map(|row| row.select(&cells).map(folded).collect())
            .collect()
    }
}

fn folded(element: ElementRef<'_>) -> String {
    let text: Vec<&str> = element.text().collect();
    let words: Vec<&str> = text
        .iter()
        .flat_map(|text| text.split_whitespace())
        .collect();
    words.join(" ")
}

/// The person at the browser.
pub(crate) struct Stranger {
    pub(crate) browser: reqwest::Client,
    pub(crate) base: Url,
}

impl Stranger {
    pub(crate) fn at(simulator: &Simulator) -> Self {
        Self {
            browser: browser(),
            base: simulator.portal_url(),
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Page {
        self.try_get(path).await.unwrap()
    }

    pub(crate) async fn try_get(&self, path: &str) -> reqwest::Result<Page> {
        let url = self.base.join(path).unwrap();
        Page::of(self.browser.get(url).send().await?).await
    }

    /// Sends a form: the page's hidden fields, and these over them, in the page's charset.
    pub(crate) async fn try_submit(
        &self,
        page: &Page,
        fields: &[(&str, &str)],
    ) -> reqwest::Result<Page> {
        let mut all = page.hidden();
        all.retain(|(name, _)| fields.iter().all(|(given, _)| given != name));
        all.extend(
            fields
                .iter()
                .map(|(name, value)| ((*name).into(), (*value).into())),
        );
        let pairs: Vec<String> = all
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let action = page.attributes("form", "action")[0].clone();
        let url = self.base.join(&action).unwrap();
        let request = self
            .browser
            .post(url)
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"));
        Page::of(request.send().await?).await
    }

    pub(crate) async fn submit(&self, page: &Page, fields: &[(&str, &str)]) -> Page {
        self.try_submit(page, fields).await.unwrap()
    }

    pub(crate) async fn try_log_in(&self, cpf: &str, senha: &str) -> Page {
        let page = self.get(AGENDA).await;
        self.submit(&page, &[("codigo", cpf), ("senha", senha)])
            .await
    }

    /// Logs in; gives the search page.
    pub(crate) async fn log_in(&self, examiner: &Examiner) -> Page {
        let page = self.try_log_in(&examiner.cpf, &examiner.senha).await;
        assert!(page.contains("PESQUISA"), "{}", page.html);
        page
    }

    pub(crate) async fn dates(&self, page: &Page, unit: &str, reference: NaiveDate) -> Page {
        let reference = reference.format("%d%m%Y").to_string();
        let fields = [
            ("method", "carregarDatas"),
            ("unidade", unit),
            ("dataReferencia", reference.as_str()),
        ];
        self.submit(page, &fields).await
    }

    pub(crate) async fn try_result(
        &self,
        page: &Page,
        unit: &str,
        date: NaiveDate,
    ) -> reqwest::Result<Page> {
        let date = date.format("%d/%m/%Y").to_string();
        let fields = [
            ("method", "pesquisar"),
            ("unidade", unit),
            ("dataReferencia", date.as_str()),
            ("dataAgendamento", date.as_str()),
        ];
        self.try_submit(page, &fields).await
    }

    pub(crate) async fn result(&self, page: &Page, unit: &str, date: NaiveDate) -> Page {
        self.try_result(page, unit, date).await.unwrap()
    }
}

fn escaped(text: &str) -> String {
    let bytes = WINDOWS_1252.encode(text).0;
    url::form_urlencoded::byte_serialize(&bytes).collect()
}
