//! Counters, gauges and histograms that know their name, their meaning and their labels. The only file
//! that speaks to the crate `metrics`.

use std::time::Duration;

use metrics::Label;

/// What is known of a metric beforehand.
#[derive(Debug)]
pub struct Described {
    /// Its name, as Prometheus sees it.
    pub name: &'static str,
    /// What it says, one sentence.
    pub help: &'static str,
    /// The names of its labels.
    pub labels: &'static [&'static str],
    pub kind: Kind,
}

/// What a metric is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// Only grows, until the process ends.
    Counter,
    /// Goes up and down.
    Gauge,
    /// Counts observations up to each of these bounds.
    Histogram(&'static [f64]),
}

impl Kind {
    /// As Prometheus calls it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Counter => "counter",
            Self::Gauge => "gauge",
            Self::Histogram(_) => "histogram",
        }
    }
}

/// Only grows. `N` labels.
#[derive(Debug)]
pub struct Counter<const N: usize>(Described, [&'static str; N]);

/// Goes up and down. `N` labels.
#[derive(Debug)]
pub struct Gauge<const N: usize>(Described, [&'static str; N]);

/// Durations, in seconds. `N` labels.
#[derive(Debug)]
pub struct Histogram<const N: usize>(Described, [&'static str; N]);

impl<const N: usize> Counter<N> {
    pub(super) const fn new(
        name: &'static str,
        labels: &'static [&'static str; N],
        help: &'static str,
    ) -> Self {
        Self(described(name, labels, help, Kind::Counter), *labels)
    }

    /// One more, with a value for each label.
    pub fn one(&self, values: [&str; N]) {
        self.add(values, 1);
    }

    /// So many more; none makes it visible.
    pub fn add(&self, values: [&str; N], count: u64) {
        metrics::counter!(self.0.name, labels(self.1, values)).increment(count);
    }

    /// Its name, as Prometheus sees it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    pub(super) const fn described(&self) -> &Described {
        &self.0
    }
}

impl<const N: usize> Gauge<N> {
    pub(super) const fn new(
        name: &'static str,
        labels: &'static [&'static str; N],
        help: &'static str,
    ) -> Self {
        Self(described(name, labels, help, Kind::Gauge), *labels)
    }

    /// What it is now; not a number: not known.
    pub fn set(&self, values: [&str; N], value: f64) {
        metrics::gauge!(self.0.name, labels(self.1, values)).set(value);
    }

    /// One more, until what is returned is dropped.
    pub fn hold(&self, values: [&str; N]) -> Held {
        let gauge = metrics::gauge!(self.0.name, labels(self.1, values));
        gauge.increment(1.0);
        Held(gauge)
    }

    /// Its name, as Prometheus sees it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    pub(super) const fn described(&self) -> &Described {
        &self.0
    }
}

/// One of what a gauge counts, while it lasts.
#[must_use]
pub struct Held(metrics::Gauge);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.decrement(1.0);
    }
}

impl<const N: usize> Histogram<N> {
    pub(super) const fn new(
        name: &'static str,
        labels: &'static [&'static str; N],
        bounds: &'static [f64],
        help: &'static str,
    ) -> Self {
        Self(
            described(name, labels, help, Kind::Histogram(bounds)),
            *labels,
        )
    }

    /// It took so long.
    pub fn took(&self, values: [&str; N], duration: Duration) {
        metrics::histogram!(self.0.name, labels(self.1, values)).record(duration.as_secs_f64());
    }

    /// Makes it visible, without an observation.
    pub(super) fn show(&self, values: [&str; N]) {
        drop(metrics::histogram!(self.0.name, labels(self.1, values)));
    }

    /// Its name, as Prometheus sees it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        self.0.name
    }

    pub(super) const fn described(&self) -> &Described {
        &self.0
    }
}

impl Described {
    /// Tells the recorder what it means.
    pub(super) fn describe(&self) {
        match self.kind {
            Kind::Counter => metrics::describe_counter!(self.name, self.help),
            Kind::Gauge => metrics::describe_gauge!(self.name, self.help),
            Kind::Histogram(_) => metrics::describe_histogram!(self.name, self.help),
        }
    }
}

const fn described<const N: usize>(
    name: &'static str,
    labels: &'static [&'static str; N],
    help: &'static str,
    kind: Kind,
) -> Described {
    Described {
        name,
        help,
        labels,
        kind,
    }
}

fn labels<const N: usize>(names: [&'static str; N], values: [&str; N]) -> Vec<Label> {
    let pairs = names.into_iter().zip(values);
    pairs
        .map(|(name, value)| Label::new(name, value.to_owned()))
        .collect()
}
