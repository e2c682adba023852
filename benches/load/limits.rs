//! What this machine could do at most: the same pages fetched by a bare client, the same statement under
//! pgbench, with as many at once as the daemon has workers.

use std::process::Command;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::plan::Plan;
use super::portal::{Examiner, Portal, client};
use super::server::Server;
use super::tick::Tick;

/// Of each measurement.
const TIME: Duration = Duration::from_secs(10);
const AGENDA: &str = "gefor/GFR/utilitarios/imprimirAgendaDiaria.do";

/// Rates that nothing but the portal's double or the database bounds, and the daemon's beside them.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Limits {
    pub(crate) users: usize,
    /// Pages of a sync fetched by a bare client, without reading them.
    pub(crate) bare_requests_per_second: f64,
    /// A plain statement that notes that the slots of a day were seen.
    pub(crate) pgbench_days_per_second: f64,
    /// If a sync were nothing but those pages and those statements, one after the other.
    pub(crate) combined_syncs_per_second: f64,
    pub(crate) syncs_per_second: f64,
    pub(crate) ratio: f64,
}

pub(crate) async fn measure(
    plan: &Plan,
    identical: &Tick,
    (server, portal): (&Server, &Portal),
) -> Limits {
    let pages = bare_pages(plan, portal).await;
    let days = pgbench(plan, server).await;
    let dates = f64::from(plan.days).min(identical.dates_per_sync);
    let combined = 1.0 / (identical.requests_per_sync / pages + dates / days);
    Limits {
        users: identical.users,
        bare_requests_per_second: pages,
        pgbench_days_per_second: days,
        combined_syncs_per_second: combined,
        syncs_per_second: identical.syncs_per_second,
        ratio: identical.syncs_per_second / combined,
    }
}

/// Each task logs an examiner in and asks for search page, dates and days, over and over.
async fn bare_pages(plan: &Plan, portal: &Portal) -> f64 {
    let examiners = portal.examiners().await;
    let mut tasks = tokio::task::JoinSet::new();
    let started = Instant::now();
    for examiner in examiners.into_iter().take(plan.workers) {
        let walk = Walk {
            url: format!("{}{AGENDA}", portal.url),
            client: client(),
            days: u64::from(plan.days),
        };
        tasks.spawn(async move { walk.until(started + TIME, &examiner).await });
    }
    let requests: usize = tasks.join_all().await.into_iter().sum();
    requests as f64 / started.elapsed().as_secs_f64()
}

struct Walk {
    url: String,
    client: reqwest::Client,
    days: u64,
}

impl Walk {
    async fn until(&self, end: Instant, examiner: &Examiner) -> usize {
        let page = self.get().await;
        let token = token(&page);
        let login = [
            ("codigo", examiner.cpf.as_str()),
            ("senha", &examiner.senha),
        ];
        self.post(&token, &login).await;
        let unit = &examiner.units[0].code;
        let today = agendad::clock::Clock::system(chrono_tz::America::Sao_Paulo).today();
        let reference = today.format("%d/%m/%Y").to_string();
        let mut requests = 2;
        while Instant::now() < end {
            let token = self::token(&self.get().await);
            self.post(&token, &form("carregarDatas", unit, &reference, ""))
                .await;
            for day in 0..self.days {
                let date = today + chrono::Days::new(day);
                let date = date.format("%d/%m/%Y").to_string();
                let form = form("pesquisar", unit, &reference, &date);
                let page = self.post(&token, &form).await;
                assert!(
                    page.contains("DATA:"),
                    "the bare client does not get agendas"
                );
            }
            requests += 2 + self.days as usize;
        }
        requests
    }

    async fn get(&self) -> String {
        let answer = self.client.get(&self.url).send().await.unwrap();
        text(answer).await
    }

    async fn post(&self, token: &str, fields: &[(&str, &str)]) -> String {
        let body = {
            // As browsers send a form of a page in this charset.
            let mut form = url::form_urlencoded::Serializer::new(String::new());
            form.encoding_override(Some(&windows_1252));
            form.append_pair("org.apache.struts.taglib.html.TOKEN", token);
            form.extend_pairs(fields).finish()
        };
        let request = self.client.post(&self.url).body(body);
        let kind = ("content-type", "application/x-www-form-urlencoded");
        text(request.header(kind.0, kind.1).send().await.unwrap()).await
    }
}

fn form<'a>(
    method: &'a str,
    unit: &'a str,
    reference: &'a str,
    date: &'a str,
) -> [(&'static str, &'a str); 4] {
    [
        ("method", method),
        ("unidade", unit),
        ("dataReferencia", reference),
        ("dataAgendamento", date),
    ]
}

fn windows_1252(text: &str) -> std::borrow::Cow<'_, [u8]> {
    encoding_rs::WINDOWS_1252.encode(text).0
}

async fn text(answer: reqwest::Response) -> String {
    String::from_utf8_lossy(&answer.bytes().await.unwrap()).into_owned()
}

fn token(page: &str) -> String {
    let value = page.split_once("TOKEN\" value=\"");
    let (token, _) = value.and_then(|(_, rest)| rest.split_once('"')).unwrap();
    token.to_owned()
}

/// On the rows that the daemon has stored.
async fn pgbench(plan: &Plan, server: &Server) -> f64 {
    sqlx::raw_sql(
        "CREATE TABLE bench_days AS
             SELECT row_number() OVER () AS n, usuario_id, data, unidade_code
             FROM agenda_slots WHERE is_current GROUP BY usuario_id, data, unidade_code LIMIT 2000;
         CREATE UNIQUE INDEX ON bench_days (n); ANALYZE bench_days",
    )
    .execute(&server.pool)
    .await
    .unwrap();
    let days: f64 = server
        .number("SELECT count(*)::float8 FROM bench_days")
        .await;
    let script = server.home.path().join("touch.sql");
    std::fs::write(&script, touch_script(days)).unwrap();
    let run = Command::new(program())
        .args(["-n", "-M", "prepared", "-j", "2", "-T"])
        .arg(TIME.as_secs().to_string())
        .args(["-c", &plan.workers.min(32).to_string(), "-f"])
        .arg(&script)
        .arg(&server.url)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&run.stdout).into_owned();
    let errors = String::from_utf8_lossy(&run.stderr);
    let tps = printed.lines().find_map(|line| line.strip_prefix("tps = "));
    let tps = tps.unwrap_or_else(|| panic!("{printed}{errors}"));
    tps.split(' ').next().unwrap().parse().unwrap()
}

/// That the slots of a day were seen, and nothing else.
fn touch_script(days: f64) -> String {
    format!(
        "\\set n random(1, {days})
         UPDATE agenda_slots a SET last_seen_at = now() FROM bench_days d
         WHERE d.n = :n AND a.usuario_id = d.usuario_id AND a.data = d.data AND a.unidade_code = d.unidade_code
           AND a.is_current;
"
    )
}

fn program() -> String {
    let debian = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut found = debian
        .flatten()
        .map(|version| version.path().join("bin/pgbench"))
        .filter(|file| file.exists());
    found
        .next()
        .map_or("pgbench".to_owned(), |file| file.display().to_string())
}

impl Limits {
    pub(crate) fn print(&self) {
        println!(
            "  limits: {:.0} bare requests/s, {:.0} days/s under pgbench: {:.0} syncs/s at most; the daemon's {:.0} are {:.2} of that",
            self.bare_requests_per_second,
            self.pgbench_days_per_second,
            self.combined_syncs_per_second,
            self.syncs_per_second,
            self.ratio
        );
    }
}
