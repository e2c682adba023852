//! How much chaos.

use std::time::Duration;

/// Sizes of the play. `CHAOS=long` is what the project holds itself to; `CHAOS=soak` lasts for hours with
/// little load, and looks for what grows.
#[derive(Debug)]
pub(crate) struct Plan {
    /// Examiners.
    pub(crate) accounts: usize,
    /// Processes of the program.
    pub(crate) daemons: usize,
    /// Runs to be recorded before the play ends.
    pub(crate) runs: i64,
    /// Time from one kill to the next.
    pub(crate) between_kills: Duration,
    /// How often the server is torn down.
    pub(crate) server_restarts: usize,
    /// Time between two changes of agendas.
    pub(crate) churn: Duration,
    /// Seconds between two ticks.
    pub(crate) tick: u32,
    /// Chooses the victims.
    pub(crate) seed: u64,
    /// If set, the play lasts so long, and two daemons live through all of it.
    pub(crate) soak: Option<Duration>,
}

impl Plan {
    pub(crate) fn from_environment() -> Self {
        match std::env::var("CHAOS").as_deref() {
            Ok("long") => Self {
                accounts: 1000,
                daemons: 3,
                runs: 10_000,
                between_kills: Duration::from_secs(20),
                server_restarts: 2,
                churn: Duration::from_millis(200),
                tick: 10,
                seed: 1,
                soak: None,
            },
            Ok("soak") => Self {
                accounts: 60,
                daemons: 3,
                runs: 0,
                between_kills: Duration::from_secs(60),
                server_restarts: 2,
                churn: Duration::from_millis(200),
                tick: 5,
                seed: 1,
                soak: Some(Self::seconds("SOAK_SECONDS").unwrap_or(Duration::from_hours(2))),
            },
            _ => Self {
                accounts: 40,
                daemons: 2,
                runs: 400,
                between_kills: Duration::from_secs(3),
                server_restarts: 1,
                churn: Duration::from_millis(200),
                tick: 2,
                seed: 1,
                soak: None,
            },
        }
    }

    fn seconds(name: &str) -> Option<Duration> {
        let value = std::env::var(name).ok()?;
        Some(Duration::from_secs(value.parse().unwrap()))
    }
}
