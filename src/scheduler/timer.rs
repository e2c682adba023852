//! When a window is due. tokio-cron-scheduler looks at the clock twice a second for as long as it runs, and the tasks of
//! one that was shut down stay in the runtime: so it runs only while a tick is near, in a runtime of its own that ends
//! with it.

use std::convert::Infallible;
use std::time::Duration;

use croner::Cron;
use tokio::runtime::{Builder, Runtime};
use tokio::sync::mpsc::UnboundedSender;
use tokio::time::sleep;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};

use crate::clock::Clock;
use crate::domain::Zone;
use crate::domain::ticks::next_tick;

/// So near is a tick that is waited for.
const NEAR: Duration = Duration::from_secs(10);
/// So soon before one it begins.
const AHEAD: Duration = Duration::from_secs(3);
/// A tick that has come is told within this.
const TELLS_WITHIN: Duration = Duration::from_secs(1);
/// How often the clock is looked at, which may be set.
const LOOK: Duration = Duration::from_secs(60);

/// The places of the days of the month and of the week in a cron expression.
const DAY: usize = 3;
const WEEKDAY: usize = 5;

/// The timer failed.
#[derive(Debug, thiserror::Error)]
pub enum TimerError {
    /// It does not take a window's cron expression, or no more of them.
    #[error("the timer failed")]
    Scheduler(#[from] JobSchedulerError),
    #[error("the timer ended")]
    Ended(#[from] tokio::task::JoinError),
}

/// The cron expressions of the windows, in their order.
pub(super) struct Timer {
    crons: Vec<(String, Cron)>,
    clock: Clock,
    near: Duration,
    ahead: Duration,
}

/// Ends with all of its tasks.
struct Own(Option<Runtime>);

impl Drop for Own {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl Timer {
    pub(super) fn of(crons: Vec<(String, Cron)>, zone: Zone) -> Self {
        // The clock of the machine, as the scheduler itself has it.
        let clock = Clock::system(zone);
        Self {
            crons,
            clock,
            near: NEAR,
            ahead: AHEAD,
        }
    }

    /// Tells which window is due, tick by tick.
    pub(super) async fn ring(
        &self,
        due: &UnboundedSender<usize>,
    ) -> Result<Infallible, TimerError> {
        loop {
            self.wait_until_near().await;
            let crons = self.crons.iter().map(|(cron, _)| cron.clone()).collect();
            let runtime = Builder::new_multi_thread()
                .worker_threads(1)
                .thread_name("timer")
                .enable_time()
                .build();
            let runtime = match runtime {
                Ok(runtime) => runtime,
                Err(error) => {
                    // The look every half a minute finds what is due.
                    tracing::warn!(%error, "the timer got no thread, trying again");
                    sleep(LOOK).await;
                    continue;
                }
            };
            let near = self.near;
            let ringing = ring_while_near(crons, self.clock.zone(), due.clone(), near);
            let ringing = runtime.spawn(ringing);
            let _own = Own(Some(runtime));
            ringing.await??;
        }
    }

    async fn wait_until_near(&self) {
        loop {
            let (now, zone) = (self.clock.now(), self.clock.zone());
            let next = self
                .crons
                .iter()
                .filter_map(|(_, cron)| next_tick(cron, now, zone));
            let left = next.min().and_then(|next| (next - now).to_std().ok());
            let wait = left.map_or(LOOK, |left| left.saturating_sub(self.ahead));
            if wait.is_zero() {
                return;
            }
            sleep(wait.min(LOOK)).await;
        }
    }
}

/// Where an expression names days of the month and of the week, either is enough, as everywhere with cron and in
/// [`crate::domain::window::parse_cron`]; the scheduler wants both, unless it is told one at a time.
fn either_day(cron: &str) -> Vec<String> {
    let fields: Vec<&str> = cron.split_whitespace().collect();
    let names_no_day = |at: usize| {
        fields
            .get(at)
            .is_none_or(|field| ["*", "?"].contains(field))
    };
    // Both are meant, and that is understood alike.
    let means_both = fields
        .get(WEEKDAY)
        .is_some_and(|field| field.starts_with('+'));
    if names_no_day(DAY) || names_no_day(WEEKDAY) || means_both {
        return vec![cron.to_owned()];
    }
    let alone = [WEEKDAY, DAY].map(|other| {
        let mut fields = fields.clone();
        fields[other] = "*";
        fields.join(" ")
    });
    alone.into()
}

/// Ends when no tick is near any more.
async fn ring_while_near(
    crons: Vec<String>,
    zone: Zone,
    due: UnboundedSender<usize>,
    near: Duration,
) -> Result<(), JobSchedulerError> {
    let mut timer = JobScheduler::new().await?;
    for (index, cron) in crons.iter().enumerate() {
        for cron in either_day(cron) {
            let due = due.clone();
            let tell = move |_, _| -> std::pin::Pin<Box<dyn Future<Output = ()> + Send>> {
                if due.send(index).is_err() {
                    tracing::debug!("a tick after the stop");
                }
                Box::pin(std::future::ready(()))
            };
            timer
                .add(Job::new_async_tz(cron.as_str(), zone, tell)?)
                .await?;
        }
    }
    timer.start().await?;
    while timer
        .time_till_next_job()
        .await?
        .is_some_and(|left| left < near)
    {
        sleep(near).await;
    }
    // One that has come since is not seen by that question.
    sleep(TELLS_WITHIN).await;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::window::parse_cron;
    use chrono_tz::America::Sao_Paulo;
    use tokio::sync::mpsc;

    #[test]
    fn a_day_of_the_month_or_of_the_week_is_enough() {
        let cron = "0 0 8 1,15 * 1";
        let parts = either_day(cron);
        assert_eq!(parts, ["0 0 8 1,15 * *", "0 0 8 * * 1"]);
        let crons: Vec<Cron> = parts.iter().map(|part| parse_cron(part).unwrap()).collect();
        let cron = parse_cron(cron).unwrap();
        let mut now = chrono::DateTime::UNIX_EPOCH;
        for _ in 0..100 {
            let next = next_tick(&cron, now, Sao_Paulo).unwrap();
            let of_parts = crons
                .iter()
                .filter_map(|part| next_tick(part, now, Sao_Paulo));
            assert_eq!(of_parts.min(), Some(next));
            now = next;
        }
        for whole in [
            "*/20 * * * * *",
            "0 0 8 ? * 1",
            "0 0 8 1 * *",
            "0 0 8 1 * +1",
            "@daily",
        ] {
            assert_eq!(either_day(whole), [whole]);
        }
    }

    /// So far apart that it ends and begins anew between two.
    #[tokio::test]
    async fn each_tick_is_told_once_and_in_time() {
        let cron = "*/6 * * * * *";
        let crons = vec![(cron.to_owned(), parse_cron(cron).unwrap())];
        let timer = Timer {
            near: Duration::from_secs(3),
            ahead: Duration::from_secs(2),
            ..Timer::of(crons, Sao_Paulo.into())
        };
        let (sender, mut due) = mpsc::unbounded_channel();
        let mut told = Vec::new();
        tokio::select! {
            never = timer.ring(&sender) => match never.unwrap() {},
            () = async {
                while told.len() < 3 {
                    assert_eq!(due.recv().await, Some(0));
                    told.push(timer.clock.now().timestamp_millis());
                }
            } => {}
        }
        for at in &told {
            assert!(at % 6_000 < 5_000, "{told:?}");
        }
        let ticks: Vec<i64> = told.iter().map(|at| at / 6_000).collect();
        assert_eq!(ticks, [ticks[0], ticks[0] + 1, ticks[0] + 2]);
    }
}
