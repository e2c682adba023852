//! The start of a daemon whose database is not there yet: tried again for as long as the operator set, with one
//! line a minute. After a power cut the daemon's machine is often up before the database's.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::parts::App;
use crate::config::Config;
use crate::lifecycle;
use crate::store::connect;

/// From one try to the next.
const BETWEEN_TRIES: Duration = Duration::from_secs(3);
/// From one line in the log to the next.
const BETWEEN_LINES: Duration = Duration::from_secs(60);

impl App {
    /// [`App::start`], tried again within `database.start_patience` while the database does not answer, has no
    /// connection to spare, or takes no writes.
    ///
    /// # Errors
    /// Those of the last try; at once what does not pass by itself, such as a wrong password.
    pub async fn start_with_retries(config: Config) -> anyhow::Result<Self> {
        let start_patience = config.database.start_patience;
        let begun = Instant::now();
        let mut line: Option<Instant> = None;
        loop {
            let error = match Box::pin(Self::start(config.clone())).await {
                Err(error) if connect::may_pass_by_itself(error.as_ref()) => error,
                started => return started,
            };
            if begun.elapsed() + BETWEEN_TRIES > start_patience {
                return Err(error);
            }
            if line.is_none_or(|line| line.elapsed() >= BETWEEN_LINES) {
                line = Some(Instant::now());
                let left = start_patience.saturating_sub(begun.elapsed());
                tracing::warn!(
                    error = format!("{error:#}"),
                    left = %humantime::format_duration(Duration::from_secs(left.as_secs())),
                    "not started yet, trying again (database.start_patience)"
                );
            }
            lifecycle::still_starting("waiting for the database", BETWEEN_LINES);
            sleep(BETWEEN_TRIES).await;
        }
    }
}
