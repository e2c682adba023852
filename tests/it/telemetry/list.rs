//! `docs/metrics.md` lists what is declared in the code.

#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::fmt::Write;
use std::path::Path;

use agendad::telemetry::metrics::names;

const BEGIN: &str = "<!-- the list: written by a test, see below -->\n";
const END: &str = "<!-- end of the list -->\n";

#[test]
fn the_documented_list_is_what_the_code_declares() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/metrics.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = text.split_once(BEGIN).unwrap();
    let (_, after) = rest.split_once(END).unwrap();
    let right = format!("{before}{BEGIN}{}{END}{after}", list());
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &right).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert!(
        text == right,
        "docs/metrics.md is not what the code declares; write it: UPDATE_DOCS=1 cargo test --test it telemetry::list"
    );
}

fn list() -> String {
    let mut list = String::from("\n| metric | type | labels | meaning |\n|---|---|---|---|\n");
    for metric in names::ALL {
        let labels: Vec<String> = metric.labels.iter().map(|l| format!("`{l}`")).collect();
        let (name, kind) = (metric.name, metric.kind.as_str());
        let (labels, help) = (labels.join(", "), metric.help);
        writeln!(list, "| `{name}` | {kind} | {labels} | {help} |").unwrap();
    }
    list.push('\n');
    list
}
