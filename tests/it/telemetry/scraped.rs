//! The daemon in a process of its own, and its page of metrics taken apart.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::collections::BTreeMap;
use std::time::Duration;

use nix::sys::signal::Signal;

use crate::support::{Program, Running, World, eventually};

/// No wait of these tests is longer, on a busy machine; the daemon asks the database anew every ten seconds.
const PATIENCE: Duration = Duration::from_secs(120);

/// Two windows that fire every second.
pub(crate) const WINDOWS: &str = r#"
windows = [
    { name = "near", from_day = 0, to_day = 3, cron = "* * * * * *" },
    { name = "far", from_day = 4, to_day = 6, cron = "* * * * * *" },
]
"#;

/// A daemon that can be scraped.
pub(crate) struct Scraped {
    program: Program,
    process: Running,
    address: String,
}

/// The page: each series as it stands there, with its value.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) text: String,
    pub(crate) series: BTreeMap<String, f64>,
}

impl Scraped {
    /// Starts `agendad` with these arguments in the world, and waits until it serves.
    pub(crate) async fn start(world: &World, config: &str, arguments: &[&str]) -> Self {
        let program = world
            .program()
            .env("AGENDAD_HTTP__LISTEN", "127.0.0.1:0")
            .file(config);
        program.forget_log();
        let process = program.start(arguments);
        let address = eventually("the daemon listens", PATIENCE, async || {
            let log = program.log();
            let (_, rest) = log.split_once("http listens")?;
            let (_, rest) = rest.split_once("address=")?;
            Some(rest.split_whitespace().next()?.to_owned())
        });
        let address = address.await;
        Self {
            program,
            process,
            address,
        }
    }

    pub(crate) async fn page(&self) -> Page {
        scrape(&self.address).await
    }

    /// Scrapes until the page is as wanted.
    pub(crate) async fn page_with(&self, what: &str, wanted: impl Fn(&Page) -> bool) -> Page {
        let look = async || {
            let page = self.page().await;
            wanted(&page).then_some(page)
        };
        eventually(what, PATIENCE, look).await
    }

    /// Puts other settings in force.
    pub(crate) fn reload(&self, config: &str) {
        drop(self.program.clone().file(config));
        self.process.signal(Signal::SIGHUP);
    }

    pub(crate) fn log(&self) -> String {
        self.program.log()
    }

    /// Stops it in good order.
    pub(crate) async fn stop(self) {
        let log = self.program.clone();
        let code = self.end_by(Signal::SIGTERM).await;
        assert_eq!(code, Some(0), "{}", log.log());
    }

    /// Its exit code; none if the signal killed it.
    pub(crate) async fn end_by(mut self, signal: Signal) -> Option<i32> {
        self.process.signal(signal);
        self.process.ended().await
    }
}

pub(crate) async fn scrape(address: &str) -> Page {
    let url = format!("http://{address}/metrics");
    let answer = client().get(url).send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = answer.headers()["content-type"].to_str().unwrap();
    assert!(kind.starts_with("text/plain; version=0.0.4"), "{kind}");
    Page::read(answer.text().await.unwrap())
}

impl Page {
    pub(crate) fn read(text: String) -> Self {
        let lines = text.lines().filter(|line| !line.starts_with('#'));
        let series = lines.filter_map(|line| {
            let (name, value) = line.rsplit_once(' ')?;
            Some((name.to_owned(), value.parse().unwrap()))
        });
        Self {
            series: series.collect(),
            text,
        }
    }

    /// The sum of all series of this name whose labels contain these, each as `name="value"`.
    pub(crate) fn sum(&self, name: &str, labels: &[&str]) -> f64 {
        self.matching(name, labels).sum()
    }

    /// The values of all series of this name whose labels contain these.
    pub(crate) fn matching(&self, name: &str, labels: &[&str]) -> impl Iterator<Item = f64> {
        self.series
            .iter()
            .filter(move |(series, _)| {
                let (found, rest) = series.split_once('{').unwrap_or((series, ""));
                found == name && labels.iter().all(|label| rest.contains(label))
            })
            .map(|(_, value)| *value)
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "a test's client is no portal client"
)]
fn client() -> reqwest::Client {
    rustls::crypto::ring::default_provider()
        .install_default()
        .ok();
    // It speaks plain HTTP: reading the system's certificates would take longer than a test's requests.
    reqwest::Client::builder()
        .tls_certs_only([])
        .no_proxy()
        .build()
        .unwrap()
}
