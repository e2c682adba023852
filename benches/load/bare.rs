//! A bare client: it asks for what a sync asks for, and reads nothing of it.

use std::time::{Duration, Instant};

use scraper::{Html, Selector};
use tokio::task::JoinSet;

use super::plan::Plan;
use super::portal::{Examiner, Portal, client};

const LOGIN: &str = "gefor/SGU/login.do";
const AGENDA: &str = "gefor/GFR/divisao/divisaoEquitativa.do";

/// As many sessions at once as the daemon has workers ask for lists and days, over and over, for so long.
pub(crate) async fn pages_per_second(plan: &Plan, portal: &Portal, time: Duration) -> f64 {
    let examiners = portal.examiners().await;
    let mut logins = JoinSet::new();
    for examiner in examiners.into_iter().take(plan.workers) {
        let url = portal.url.clone();
        logins.spawn(async move { Session::open(url, &examiner).await });
    }
    let sessions = logins.join_all().await;
    let started = Instant::now();
    let mut tasks = JoinSet::new();
    for session in sessions {
        tasks.spawn(async move { session.ask_until(started + time).await });
    }
    let requests: usize = tasks.join_all().await.into_iter().sum();
    requests as f64 / started.elapsed().as_secs_f64()
}

/// A form's fields, in its order.
type Fields = Vec<(String, String)>;

struct Session {
    client: reqwest::Client,
    url: String,
    /// The search form.
    form: Fields,
}

impl Session {
    /// Ends whatever other session the examiner has.
    async fn open(url: String, examiner: &Examiner) -> Self {
        let client = client();
        let entry = format!("{url}{LOGIN}?method=iniciarLogin");
        let entry = text(client.get(entry).send().await.unwrap()).await;
        let mut session = Self {
            client,
            url,
            form: fields(&entry),
        };
        session.set("method", "iniciarLoginAgenda");
        session.form = fields(&session.post(LOGIN, &session.form).await);
        session.set("codigo", &dotted(&examiner.cpf));
        session.set("senha", &examiner.senha);
        let mut page = session.post(LOGIN, &session.form).await;
        if !page.contains("idUsuarioMedicoConsulta") {
            session.form.push(("forceLogout".into(), "true".into()));
            page = session.post(LOGIN, &session.form).await;
        }
        session.form = fields(&page);
        assert!(
            !session.get("idUsuarioMedicoConsulta").is_empty(),
            "no way in"
        );
        session
    }

    async fn ask_until(&self, end: Instant) -> usize {
        let examiner = self.get("idUsuarioMedicoConsulta");
        let unit = self.get("idUnidadeTransitoConsulta");
        let today = agendad::clock::Clock::system(chrono_tz::America::Sao_Paulo).today();
        let reference = today.format("%d/%m/%Y").to_string();
        let mut requests = 0;
        while Instant::now() < end {
            let list = pairs(&[
                ("method", "refreshAgendaMedicaByMedico"),
                ("idUsuarioMedicoConsulta", examiner),
                ("dataReferencia", &reference),
            ]);
            let offered: Vec<Offered> =
                serde_json::from_str(&self.post(AGENDA, &list).await).unwrap();
            for date in offered.iter().take(4) {
                let day = pairs(&[
                    ("method", self.get("method")),
                    ("idUnidadeTransitoConsulta", unit),
                    ("idUsuarioMedicoConsulta", examiner),
                    ("dataReferencia", &reference),
                    ("data", &date.value),
                ]);
                let page = self.post(AGENDA, &day).await;
                assert!(
                    page.contains("DATA:"),
                    "the bare client does not get agendas"
                );
                requests += 1;
            }
            requests += 1;
        }
        requests
    }

    fn get(&self, name: &str) -> &str {
        let mut found = self.form.iter().filter(|(known, _)| known == name);
        found.next().map_or("", |(_, value)| value)
    }

    fn set(&mut self, name: &str, value: &str) {
        for field in self.form.iter_mut().filter(|(known, _)| known == name) {
            value.clone_into(&mut field.1);
        }
    }

    async fn post(&self, path: &str, fields: &Fields) -> String {
        let body = {
            // As browsers send a form of a page in this charset.
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.encoding_override(Some(&windows_1252));
            form.extend_pairs(fields).finish()
        };
        let request = self.client.post(format!("{}{path}", self.url)).body(body);
        let (name, value) = ("content-type", "application/x-www-form-urlencoded");
        text(request.header(name, value).send().await.unwrap()).await
    }
}

#[derive(serde::Deserialize)]
struct Offered {
    value: String,
}

fn pairs(fields: &[(&str, &str)]) -> Fields {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    fields.iter().map(owned).collect()
}

/// Those of the page's form; of a list the option that is selected.
fn fields(page: &str) -> Fields {
    let page = Html::parse_document(page);
    let select = |css: &str| Selector::parse(css).unwrap();
    let (inputs, option) = (
        select("form input[name], form select[name]"),
        select("option[selected]"),
    );
    page.select(&inputs)
        .map(|input| {
            let chosen = input.select(&option).next();
            let value = chosen.unwrap_or(input).attr("value").unwrap_or_default();
            (input.attr("name").unwrap().to_owned(), value.to_owned())
        })
        .collect()
}

fn dotted(cpf: &str) -> String {
    format!("{}.{}.{}-{}", &cpf[..3], &cpf[3..6], &cpf[6..9], &cpf[9..])
}

fn windows_1252(text: &str) -> std::borrow::Cow<'_, [u8]> {
    encoding_rs::WINDOWS_1252.encode(text).0
}

async fn text(answer: reqwest::Response) -> String {
    let bytes = answer.bytes().await.unwrap();
    encoding_rs::WINDOWS_1252.decode(&bytes).0.into_owned()
}
