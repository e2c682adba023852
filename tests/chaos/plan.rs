//! How much chaos.

use std::time::Duration;

/// Sizes of the play. `CHAOS=long` is what the project holds itself to.
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
            },
        }
    }
}
