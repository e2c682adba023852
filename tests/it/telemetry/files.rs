//! The alert rules and the dashboard ask for what the daemon shows: names, labels, values of labels.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::path::{Path, PathBuf};

use agendad::telemetry::metrics::names;
use serde_json::Value;

use crate::support::World;
use crate::telemetry::scraped::{Page, Scraped};

/// What Prometheus adds.
const ADDED: [&str; 3] = ["instance", "job", "le"];

fn file(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("deploy")
        .join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(file(path)).unwrap()
}

#[tokio::test]
async fn rules_and_dashboard_ask_only_for_what_the_daemon_shows() {
    let world = World::new(1).await;
    let daemon = Scraped::start(&world, "", &["run", "--no-schedule", "--no-work"]).await;
    let page = daemon.page().await;
    daemon.stop().await;
    world.close().await;
    let dashboard: Value = serde_json::from_str(&read("grafana/agendad.json")).unwrap();
    let mut asked = queries(&dashboard);
    assert!(asked.len() > 30);
    // Only expressions name metrics there.
    asked.push(read("prometheus/alerts.yaml"));
    let complaints: Vec<String> = asked
        .iter()
        .flat_map(|text| selectors(text))
        .filter_map(|selector| selector.complaint(&page))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn every_rule_has_a_test() {
    let (rules, tests) = (
        read("prometheus/alerts.yaml"),
        read("prometheus/alerts_test.yaml"),
    );
    let names: Vec<&str> = rules
        .lines()
        .filter_map(|line| line.trim().strip_prefix("- alert: "))
        .collect();
    assert!(names.len() > 20);
    for name in names {
        let fires = format!("ALERTS{{alertname=\"{name}\", alertstate=\"firing\", ");
        let fires_always = format!("ALERTS{{alertname=\"{name}\", alertstate=\"firing\"}}'");
        assert!(
            tests.contains(&fires) || tests.contains(&fires_always),
            "{name} is never seen to fire"
        );
    }
}

/// The dashboard's data source is chosen where it is looked at.
#[test]
fn the_dashboard_names_no_data_source_of_its_own() {
    let dashboard: Value = serde_json::from_str(&read("grafana/agendad.json")).unwrap();
    for panel in dashboard["panels"].as_array().unwrap() {
        for target in panel["targets"].as_array().into_iter().flatten() {
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{panel}");
        }
    }
    let variables = dashboard["templating"]["list"].as_array().unwrap();
    assert_eq!(variables[0]["type"], "datasource");
}

/// The queries of all panels.
fn queries(dashboard: &Value) -> Vec<String> {
    let panels = dashboard["panels"].as_array().unwrap();
    let targets = panels.iter().flat_map(|panel| panel["targets"].as_array());
    targets
        .flatten()
        .map(|target| target["expr"].as_str().unwrap().to_owned())
        .collect()
}

/// A metric that a query asks for, with the labels that it must have.
#[derive(Debug)]
struct Selector {
    name: String,
    /// Name, operator and value.
    labels: Vec<(String, String, String)>,
}

fn selectors(text: &str) -> Vec<Selector> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest
        .find("agendad_")
        .into_iter()
        .chain(rest.find("process_"))
        .min()
    {
        let from = &rest[at..];
        let end = from.find(|c| !is_name(c)).unwrap_or(from.len());
        let braces = from[end..]
            .strip_prefix('{')
            .and_then(|inner| inner.split_once('}'));
        found.push(Selector {
            name: from[..end].to_owned(),
            labels: braces.map(|(inner, _)| labels(inner)).unwrap_or_default(),
        });
        rest = &from[end..];
    }
    found
}

fn labels(text: &str) -> Vec<(String, String, String)> {
    let pairs = text.split("\",").filter(|pair| !pair.trim().is_empty());
    pairs
        .map(|pair| {
            let (left, value) = pair.split_once('"').unwrap();
            let at = left.find(['=', '!']).unwrap();
            let (name, operator) = left.split_at(at);
            let parts = [name, operator, value.trim_end_matches('"')];
            let [name, operator, value] = parts.map(|part| part.trim().to_owned());
            (name, operator, value)
        })
        .collect()
}

impl Selector {
    fn complaint(&self, page: &Page) -> Option<String> {
        if self.name.starts_with("process_") {
            let shown = page.matching(&self.name, &[]).next().is_some();
            return (!shown).then(|| format!("{} is not shown", self.name));
        }
        let metric = names::ALL.iter().find(|metric| {
            let rest = self.name.strip_prefix(metric.name);
            let series = match metric.kind.as_str() {
                "histogram" => &["_bucket", "_sum", "_count"][..],
                _ => &[""],
            };
            rest.is_some_and(|rest| series.contains(&rest))
        });
        let Some(metric) = metric else {
            return Some(format!("{} is no metric", self.name));
        };
        for (label, operator, value) in &self.labels {
            if ADDED.contains(&label.as_str()) {
                continue;
            }
            if !metric.labels.contains(&label.as_str()) {
                return Some(format!("{} has no label {label}", self.name));
            }
            let of_few = label != "window";
            for value in value.split('|').filter(|_| of_few) {
                let pair = format!("{label}=\"{value}\"");
                if page.matching(&self.name, &[&pair]).next().is_none() {
                    return Some(format!(
                        "{}: nothing has {label}{operator}{value:?}",
                        self.name
                    ));
                }
            }
        }
        None
    }
}

#[test]
fn a_query_is_taken_apart() {
    let found = selectors(
        r#"sum(rate(agendad_runs_total{job="a", result=~"failed|partial"}[5m])) / process_open_fds"#,
    );
    assert_eq!(found[0].name, "agendad_runs_total");
    let label = |n: &str, o: &str, v: &str| (n.to_owned(), o.to_owned(), v.to_owned());
    assert_eq!(
        found[0].labels,
        [
            label("job", "=", "a"),
            label("result", "=~", "failed|partial")
        ]
    );
    assert_eq!(
        (found.len(), found[1].name.as_str()),
        (2, "process_open_fds")
    );
}
