//! What is counted and measured, by name. Every metric of the daemon is declared in [`names`], with what
//! it means and which labels it has; whoever counts names the constant and gives a value for each label.
//! The page is rendered by [`render`]; where no recorder was [started](start) (commands, tests of parts),
//! counting does nothing.
//!
//! Architecture invariant: a label's values are few and known beforehand. Never a user, an address, a text
//! of the portal.

mod meter;
pub mod names;
mod zero;

use std::sync::OnceLock;

use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};
use metrics_process::Collector;

pub use meter::{Counter, Described, Gauge, Histogram, Kind};
pub use zero::{NO_KIND, NO_WINDOW, UNKNOWN_WINDOW, start_at_zero};

/// The recorder cannot be started.
#[derive(Debug, thiserror::Error)]
#[error("metrics cannot be recorded")]
pub struct RecorderError(#[source] Box<dyn std::error::Error + Send + Sync>);

/// There is one recorder in a process; [`start`] sets it.
static RECORDER: OnceLock<PrometheusHandle> = OnceLock::new();

/// Starts recording; a second call changes nothing.
///
/// # Errors
/// [`RecorderError`] if somebody else records in this process.
pub fn start() -> Result<(), RecorderError> {
    if RECORDER.get().is_some() {
        return Ok(());
    }
    let recorder = recorder()?;
    let handle = recorder.handle();
    if metrics::set_global_recorder(recorder).is_ok() {
        RECORDER.get_or_init(|| handle);
        for metric in names::ALL {
            metric.describe();
        }
        Collector::default().describe();
        names::BUILD_INFO.set([env!("CARGO_PKG_VERSION")], 1.0);
        return Ok(());
    }
    // Two that start at once: the other one has been faster, or is about to say so.
    match RECORDER.get() {
        Some(_) => Ok(()),
        None => Err(RecorderError(
            "another recorder is installed in this process".into(),
        )),
    }
}

fn recorder() -> Result<metrics_exporter_prometheus::PrometheusRecorder, RecorderError> {
    let mut builder = PrometheusBuilder::new();
    for metric in names::ALL {
        if let Kind::Histogram(buckets) = metric.kind {
            let name = Matcher::Full(metric.name.to_owned());
            builder = builder
                .set_buckets_for_metric(name, buckets)
                .map_err(|error| RecorderError(error.into()))?;
        }
    }
    Ok(builder.build_recorder())
}

/// The page for Prometheus, with the process's own figures as they are now; empty before [`start`].
#[must_use]
pub fn render() -> String {
    let Some(recorder) = RECORDER.get() else {
        return String::new();
    };
    Collector::default().collect();
    recorder.render()
}

/// To be called now and then: what was observed is kept one by one until it is rendered or this is called,
/// and a daemon that nobody scrapes would grow.
pub fn upkeep() {
    if let Some(recorder) = RECORDER.get() {
        recorder.run_upkeep();
    }
}
