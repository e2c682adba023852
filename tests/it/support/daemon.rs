//! The daemon in this process: [`App::run`] until told to stop.

use std::time::{Duration, Instant};

use agendad::app::{App, Roles};
use agendad::config::Config;
use agendad::domain::Window;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

/// A running daemon. Stop it with [`Daemon::stop`].
pub struct Daemon {
    pub instance: String,
    stop: CancellationToken,
    task: JoinSet<anyhow::Result<()>>,
}

impl Daemon {
    pub async fn start(config: Config, roles: Roles) -> Self {
        let app = App::start(config)
            .await
            .unwrap_or_else(|error| panic!("{error:#}"));
        let instance = app.syncer.control.instance().to_owned();
        let stop = CancellationToken::new();
        let told = stop.clone();
        let mut task = JoinSet::new();
        task.spawn(async move {
            let ran = app.run(roles, &told).await;
            app.close().await?;
            ran
        });
        Self {
            instance,
            stop,
            task,
        }
    }

    /// Tells it to stop and waits for its end; how long that took.
    pub async fn stop(mut self) -> Duration {
        let (took, ended) = self.tell_to_stop().await;
        ended.unwrap_or_else(|e| panic!("{e:#}"));
        took
    }

    /// The same where trouble is expected.
    pub async fn tell_to_stop(&mut self) -> (Duration, anyhow::Result<()>) {
        self.stop.cancel();
        let start = Instant::now();
        let ended = self.ended().await;
        (start.elapsed(), ended)
    }

    /// Waits for its end, whatever the cause.
    pub async fn ended(&mut self) -> anyhow::Result<()> {
        let ended = tokio::time::timeout(Duration::from_secs(40), self.task.join_next());
        let ended = ended.await.expect("the daemon does not end");
        ended.expect("joined once").expect("the daemon panicked")
    }
}

/// One window of the next days that fires every second.
pub fn fast_window(name: &str) -> Window {
    Window {
        name: name.to_owned(),
        from_day: 0,
        to_day: 3,
        cron: "* * * * * *".to_owned(),
    }
}
