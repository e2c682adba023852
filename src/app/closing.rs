//! Logs out at the portal whom nobody needs logged in any more. Beside the janitor: a portal that does not answer takes
//! its time for each of them, and that holds up nothing else.

use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::parts::{App, Ended};
use crate::domain::causes::in_a_line;
use crate::scheduler::liveness::in_step;
use crate::sync::Syncer;

/// How often sessions that are over are looked for: they are to be logged out within a minute.
const LOOK: Duration = Duration::from_secs(50);

impl App {
    /// Who ends sessions. It shows no sign of life: many that are ended one after another may take long.
    pub(super) fn spawn_closing(&self, loops: &mut JoinSet<Ended>, stop: &CancellationToken) {
        let (syncer, stop) = (Arc::clone(&self.syncer), stop.clone());
        loops.spawn(async move {
            let mut looks = in_step(LOOK);
            let closing = async {
                loop {
                    looks.tick().await;
                    close(&syncer).await;
                }
            };
            // Whose session is being ended is left to the next start.
            stop.run_until_cancelled(closing).await;
            Ok("sessions")
        });
    }
}

/// What is left is tried again soon.
async fn close(syncer: &Syncer) {
    match syncer.close_sessions(None).await {
        Ok(closed) if closed.closed > 0 => {
            tracing::info!(
                sessions = closed.closed,
                "ended portal sessions that were over"
            );
        }
        Ok(_) => {}
        Err(error) => {
            let error = in_a_line(&error);
            tracing::warn!(
                error,
                "portal sessions that are over were not ended, trying again"
            );
        }
    }
}
