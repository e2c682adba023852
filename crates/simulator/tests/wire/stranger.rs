//! A person with a browser who has read the portal's description and none of the project's code.

use std::net::SocketAddr;
use std::sync::{Once, OnceLock};

use agendad_domain::clock::Clock;
use agendad_simulator::{Booking, Examiner, Simulator, SimulatorConfig};
use chrono::NaiveDate;
use encoding_rs::WINDOWS_1252;
use reqwest::header::HeaderMap;
use reqwest::redirect::Policy;
use scraper::{ElementRef, Html, Selector};
use url::Url;

pub(crate) const LOGIN: &str = "/gefor/SGU/login.do";
pub(crate) const ENTRY: &str = "/gefor/SGU/login.do?method=iniciarLogin";
pub(crate) const CHOICE: &str = "/gefor/SGU/login.do?method=openChoice&autenticadoCyberark=false";
pub(crate) const LOGOUT: &str = "/gefor/SGU/login.do?method=finalizarLogin";
pub(crate) const AGENDA: &str = "/gefor/GFR/divisao/divisaoEquitativa.do";
pub(crate) const PSYCHOLOGIST: &str = "Imprimir Agenda Diária do Psicólogo";
pub(crate) const PHYSICIAN: &str = "Imprimir Agenda Diária do Médico";

/// What the entry page's form sends to have the agenda login page.
pub(crate) const ENTRY_FORM: [(&str, &str); 15] = [
    ("method", "iniciarLoginAgenda"),
    ("isCyberark", ""),
    ("codigo", ""),
    ("senha", ""),
    ("autenticadoCyberark", "false"),
    ("cpfStorage", ""),
    ("novaSenha", ""),
    ("novaSenha1", ""),
    ("alteraSenha", "false"),
    ("idGrupoUsuario", "-1"),
    ("idCFC", ""),
    ("idUnidTransito", "-1"),
    ("msgPublicacao", ""),
    ("forceLogout", "false"),
    ("codigo", ""),
];

/// What the agenda login page's form sends besides CPF and password.
pub(crate) const LOGIN_FORM: [(&str, &str); 10] = [
    ("method", "autenticar"),
    ("novaSenha", ""),
    ("novaSenha1", ""),
    ("alteraSenha", "false"),
    ("idGrupoUsuario", "-1"),
    ("idCFC", ""),
    ("idUnidTransito", "-1"),
    ("msgPublicacao", ""),
    ("consultaAgenda", "true"),
    ("autenticadoCyberark", "false"),
];

/// A Tuesday, 9 o'clock in São Paulo.
pub(crate) fn config() -> SimulatorConfig {
    let now = "2026-11-24T12:00:00Z".parse().unwrap();
    SimulatorConfig::new(Clock::fixed(chrono_tz::America::Sao_Paulo, now))
}

pub(crate) fn today() -> NaiveDate {
    "2026-11-24".parse().unwrap()
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
pub(crate) fn browser(gzip: bool) -> reqwest::Client {
    static TLS: Once = Once::new();
    TLS.call_once(|| {
        rustls::crypto::ring::default_provider()
            .install_default()
            .unwrap();
    });
    // It speaks plain HTTP: reading the system's certificates would take longer than a test's requests.
    reqwest::Client::builder()
        .tls_certs_only([])
        .cookie_store(true)
        .redirect(Policy::none())
        .gzip(gzip)
        .build()
        .unwrap()
}

/// A page as it arrived.
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) bytes: Vec<u8>,
    pub(crate) html: String,
    body: OnceLock<String>,
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
            body: OnceLock::new(),
        })
    }

    pub(crate) fn title(&self) -> String {
        self.texts("title").concat()
    }

    pub(crate) fn contains(&self, text: &str) -> bool {
        let body = self.body.get_or_init(|| self.texts("body").concat());
        body.contains(text)
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

    /// Names and values of the form's inputs, in their order.
    pub(crate) fn inputs(&self) -> Vec<(String, String)> {
        let document = Html::parse_document(&self.html);
        let selector = Selector::parse("form input").unwrap();
        let fields = document.select(&selector).map(|field| {
            let text = |name| field.attr(name).unwrap_or_default().to_owned();
            (text("name"), text("value"))
        });
        fields.collect()
    }

    /// Cells of the rows of the result table, without its header.
    pub(crate) fn rows(&self) -> Vec<Vec<String>> {
        let document = Html::parse_document(&self.html);
        let [rows, cells] = ["table#agenda tr", "td"].map(|text| Selector::parse(text).unwrap());
        let rows = document.select(&rows).skip(1);
        rows.map(|row| row.select(&cells).map(folded).collect())
            .collect()
    }

    /// The dates of a list.
    pub(crate) fn listed(&self) -> Vec<String> {
        let list: Vec<serde_json::Value> = serde_json::from_slice(&self.bytes).unwrap();
        let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        list.iter()
            .map(|offer| {
                assert_eq!(offer["value"], offer["label"]);
                text(&offer["value"])
            })
            .collect()
    }

    pub(crate) fn is_in(&self) -> bool {
        self.status == 200 && (self.contains(PSYCHOLOGIST) || self.contains(PHYSICIAN))
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

/// `52998224725` as a browser sends it: `529.982.247-25`.
pub(crate) fn dotted(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}

/// The person at the browser.
pub(crate) struct Stranger {
    pub(crate) browser: reqwest::Client,
    pub(crate) base: Url,
}

impl Stranger {
    pub(crate) fn at(simulator: &Simulator) -> Self {
        Self {
            browser: browser(false),
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

    /// Posts fields as they are, in the pages' charset.
    pub(crate) async fn try_post(
        &self,
        path: &str,
        fields: &[(&str, &str)],
    ) -> reqwest::Result<Page> {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escaped(name), escaped(value)))
            .collect();
        let request = self
            .browser
            .post(self.base.join(path).unwrap())
            .header("content-type", "application/x-www-form-urlencoded")
            .body(pairs.join("&"));
        Page::of(request.send().await?).await
    }

    pub(crate) async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.try_post(path, fields).await.unwrap()
    }

    /// Entry and agenda login page.
    pub(crate) async fn agenda_login(&self) -> Page {
        self.get(ENTRY).await;
        self.post(LOGIN, &ENTRY_FORM).await
    }

    /// The login form, with other values for some of its fields, and more fields after them.
    pub(crate) async fn authenticate(
        &self,
        codigo: &str,
        password: &str,
        other: &[(&str, &str)],
    ) -> Page {
        let mut fields = LOGIN_FORM.to_vec();
        fields.extend([("codigo", codigo), ("senha", password)]);
        for (name, value) in other {
            match fields.iter_mut().find(|(known, _)| known == name) {
                Some(field) => field.1 = value,
                None => fields.push((name, value)),
            }
        }
        self.post(LOGIN, &fields).await
    }

    pub(crate) async fn try_log_in(&self, cpf: &str, password: &str) -> Page {
        self.agenda_login().await;
        self.authenticate(&dotted(cpf), password, &[]).await
    }

    /// Logs in; gives the search page.
    pub(crate) async fn log_in(&self, examiner: &Examiner) -> Page {
        let page = self.try_log_in(&examiner.cpf, &examiner.senha).await;
        assert!(page.is_in(), "{}", page.html);
        page
    }

    /// Logs in for a unit; gives the search page.
    pub(crate) async fn log_in_for(&self, examiner: &Examiner, unit: &str) -> Page {
        self.try_log_in(&examiner.cpf, &examiner.senha).await;
        let other = [("idUnidTransito", unit)];
        let page = self
            .authenticate(&dotted(&examiner.cpf), &examiner.senha, &other)
            .await;
        assert!(page.is_in(), "{}", page.html);
        page
    }

    pub(crate) async fn dates(&self, examiner: &Examiner, reference: &str) -> Page {
        let fields = [
            ("method", "refreshAgendaMedicaByMedico"),
            ("idUsuarioMedicoConsulta", &examiner.portal_id),
            ("dataReferencia", reference),
        ];
        self.post(AGENDA, &fields).await
    }

    pub(crate) async fn try_result(
        &self,
        examiner: &Examiner,
        unit: &str,
        date: NaiveDate,
    ) -> reqwest::Result<Page> {
        let date = date.format("%d/%m/%Y").to_string();
        let method = if examiner.physician {
            "consultarAgendaMedico"
        } else {
            "consultarAgendaPsicologo"
        };
        let fields = [
            ("method", method),
            ("idUnidadeTransitoConsulta", unit),
            ("idUsuarioMedicoConsulta", &examiner.portal_id),
            ("dataReferencia", date.as_str()),
            ("data", date.as_str()),
        ];
        self.try_post(AGENDA, &fields).await
    }

    pub(crate) async fn result(&self, examiner: &Examiner, unit: &str, date: NaiveDate) -> Page {
        self.try_result(examiner, unit, date).await.unwrap()
    }
}

fn escaped(text: &str) -> String {
    let bytes = WINDOWS_1252.encode(text).0;
    url::form_urlencoded::byte_serialize(&bytes).collect()
}

/// Fields as [`Page::inputs`] says them.
pub(crate) fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

/// A date as the portal writes it.
pub(crate) fn shown(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

/// A booking as a row of the result page.
pub(crate) fn row(booking: &Booking) -> Vec<String> {
    [
        &booking.hour.format("%H:%M").to_string(),
        &booking.cpf,
        &booking.nome,
        &booking.telefone,
        &booking.email,
        &booking.tipo_processo,
        &booking.categoria,
        &booking.status_medico,
        &booking.status_psicologico,
    ]
    .map(String::clone)
    .to_vec()
}

/// The dates of an examiner that have bookings, as the portal writes them.
pub(crate) fn dates_of(
    simulator: &Simulator,
    index: usize,
    from: NaiveDate,
    to: NaiveDate,
) -> Vec<String> {
    let mut dates: Vec<NaiveDate> = simulator
        .agenda_between(index, from, to)
        .iter()
        .map(|booking| booking.date)
        .collect();
    dates.dedup();
    dates.into_iter().map(shown).collect()
}
