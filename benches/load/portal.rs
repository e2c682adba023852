//! The simulated portal as a process of its own.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde::Deserialize;

use super::plan::Plan;
use agendad_test_support::procfs;

pub(crate) struct Portal {
    pub(crate) url: String,
    control: String,
    child: Child,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Examiner {
    pub(crate) nome: String,
    pub(crate) cpf: String,
    pub(crate) senha: String,
}

/// Counters that only grow.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Counters {
    pub(crate) requests: f64,
    pub(crate) logins: f64,
    /// CPU seconds.
    pub(crate) cpu: f64,
}

impl Portal {
    pub(crate) async fn start(plan: &Plan, examiners: usize) -> Self {
        let latency = humantime::format_duration(plan.latency).to_string();
        let mut child = Command::new(env!("CARGO_BIN_EXE_agendad"))
            .args(["simulate-portal", "--listen", "127.0.0.1:0"])
            .args(["--control", "127.0.0.1:0", "--latency", &latency])
            .args(["--examiners", &examiners.to_string()])
            .args(["--slots-per-day", &plan.slots_per_day])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut address = |label: &str| {
            let line = lines
                .by_ref()
                .map(Result::unwrap)
                .find(|line| line.starts_with(label));
            let line = line.unwrap_or_else(|| panic!("the portal does not say its {label}"));
            line.split_whitespace().last().unwrap().to_owned()
        };
        let (url, control) = (address("Simulated portal"), address("Control interface"));
        // What else it says goes nowhere; a closed pipe would end it.
        std::thread::spawn(move || lines.for_each(drop));
        Self {
            url,
            control,
            child,
        }
    }

    pub(crate) async fn examiners(&self) -> Vec<Examiner> {
        self.ask("examiners").await
    }

    pub(crate) async fn counters(&self) -> Counters {
        let stats: serde_json::Value = self.ask("stats").await;
        Counters {
            requests: stats["requests"].as_f64().unwrap(),
            logins: stats["logins"].as_f64().unwrap(),
            cpu: procfs::ticks(&self.child.id().to_string()).unwrap() / 1000.0,
        }
    }

    async fn ask<T: serde::de::DeserializeOwned>(&self, what: &str) -> T {
        let client = client();
        let answer = client.get(format!("{}{what}", self.control)).send().await;
        answer.unwrap().json().await.unwrap()
    }

    pub(crate) fn stop(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

/// A client that has nothing of ours.
#[allow(
    clippy::disallowed_methods,
    reason = "the yardstick uses nothing of the project's client"
)]
pub(crate) fn client() -> reqwest::Client {
    reqwest::Client::builder()
        .cookie_store(true)
        .timeout(Duration::from_secs(60))
        .build()
        .unwrap()
}
