//! What the demo tells: what happens in the portal, and when the database has followed.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::app::App;
use crate::cli::output;
use crate::domain::{ChangeKind, FailureKind, RunStatus};
use crate::simulator::{AgendaChange, AgendaEvent, Fault, FaultKind, Simulator};
use crate::store::Store;
use crate::store::listing::{ChangeView, RunView};

const LOOK: Duration = Duration::from_millis(500);
const HICCUP_EVERY: Duration = Duration::from_secs(25);
/// One examiner comes to the portal by themself every fourth of these, and stays for one.
const VISIT_BEAT: Duration = Duration::from_secs(20);

/// Tells until it is dropped.
pub(super) struct Story<'a> {
    store: Store,
    simulator: &'a Simulator,
    clock: crate::clock::Clock,
    last_day: chrono::NaiveDate,
}

impl<'a> Story<'a> {
    pub(super) fn new(app: &App, simulator: &'a Simulator) -> Self {
        let clock = app.syncer.clock.clone();
        let reach = app
            .config()
            .windows
            .iter()
            .map(|window| window.to_day)
            .max()
            .unwrap_or(0);
        let last_day = clock.today() + chrono::Days::new(reach.into());
        Self {
            store: app.database.store.clone(),
            simulator,
            clock,
            last_day,
        }
    }

    pub(super) async fn tell(&self) -> anyhow::Result<()> {
        let mut events = self.simulator.subscribe();
        let mut look = tokio::time::interval(LOOK);
        let mut hiccup =
            tokio::time::interval_at(tokio::time::Instant::now() + HICCUP_EVERY, HICCUP_EVERY);
        let mut visit =
            tokio::time::interval_at(tokio::time::Instant::now() + VISIT_BEAT, VISIT_BEAT);
        let mut visits = 0;
        let mut seen = Seen::default();
        loop {
            tokio::select! {
                event = events.recv() => {
                    // A storyteller who falls behind skips; the database does not.
                    if let Ok(event) = event { self.portal(&event) }
                }
                _ = look.tick() => self.database(&mut seen).await?,
                _ = visit.tick() => {
                    visits += 1;
                    self.visit(visits)?;
                }
                _ = hiccup.tick() => {
                    self.say("portal  ", "has a hiccup: its next answer will be an error 503");
                    self.simulator.inject(Fault::next(FaultKind::Status { code: 503, retry_after: None }, 1));
                }
            }
        }
    }

    /// The second examiner logs in themself, which ends our session, and leaves after a while.
    fn visit(&self, beat: u32) -> anyhow::Result<()> {
        let examiner = 1;
        // Who tries the demo with one examiner wants to see that one read.
        if self.simulator.examiners().len() <= examiner {
            return Ok(());
        }
        let who = examiner + 1;
        match beat % 4 {
            2 => {
                self.simulator.examiner_logs_in(examiner)?;
                self.say(
                    "portal  ",
                    &format!("examiner {who} logs in themself; agendad leaves them alone"),
                );
            }
            3 => {
                self.simulator.examiner_logs_out(examiner)?;
                self.say("portal  ", &format!("examiner {who} logs out"));
            }
            _ => {}
        }
        Ok(())
    }

    fn portal(&self, event: &AgendaEvent) {
        if event.date > self.last_day {
            return;
        }
        let what = match &event.what {
            AgendaChange::Booked => "a booking appears",
            AgendaChange::Cancelled => "a booking is cancelled",
            AgendaChange::Changed => "a booking changes",
            AgendaChange::Rescheduled { .. } => "a booking moves",
        };
        let AgendaEvent {
            examiner,
            date,
            hour,
            nome,
            ..
        } = event;
        self.say(
            "portal  ",
            &format!(
                "{what}: {nome}, {date} {}, examiner {}",
                hour.format("%H:%M"),
                examiner + 1
            ),
        );
    }

    async fn database(&self, seen: &mut Seen) -> anyhow::Result<()> {
        for run in self.store.runs_after(seen.run).await? {
            seen.run = run.id;
            self.run(&run, seen);
        }
        for change in self.store.changes_after(seen.change).await? {
            // A run is told before what it changed.
            if change.run_id > Some(seen.run) {
                break;
            }
            seen.change = change.id;
            // The first runs bring hundreds; what is worth telling comes after them.
            if !change
                .run_id
                .is_some_and(|run| seen.first_runs.contains(&run))
            {
                self.change(&change);
            }
        }
        Ok(())
    }

    fn run(&self, run: &RunView, seen: &mut Seen) {
        let user = run.usuario_id.unwrap_or_default();
        let window = run.window_name.as_deref().unwrap_or("-");
        let count = seen.runs.entry((user, window.to_owned())).or_default();
        *count += 1;
        let (first, retries) = (*count <= 1, run.retries.unwrap_or(0));
        if first {
            seen.first_runs.insert(run.id);
        }
        let totals = run.totals.unwrap_or_default();
        if run.kind == Some(FailureKind::InUse) {
            let id = run.id;
            let what = format!(
                "{id} of examiner {user}, window {window}: reads nothing, the examiner is using the portal; the next tick looks again"
            );
            return self.say("run     ", &what);
        }
        if first || run.status != RunStatus::Success || retries > 0 {
            let retried = if retries > 0 {
                format!(", {retries} retried after a hiccup")
            } else {
                String::new()
            };
            let error = run
                .error
                .as_ref()
                .map(|e| format!(" — {e}"))
                .unwrap_or_default();
            self.say(
                "run     ",
                &format!(
                    "{} of examiner {user}, window {window}: {}, {} new slots, {} unchanged, {} requests{retried}{error}",
                    run.id, run.status, totals.inserted, totals.unchanged, run.requests.unwrap_or(0),
                ),
            );
        }
    }

    fn change(&self, change: &ChangeView) {
        let what = match change.kind {
            ChangeKind::Inserted => "slot stored",
            ChangeKind::Removed => "slot marked removed, its history kept",
            ChangeKind::Reappeared => "slot is back",
            ChangeKind::Changed => "slot updated",
        };
        let fields = change
            .fields
            .as_ref()
            .and_then(serde_json::Value::as_object);
        let fields: Vec<&str> = fields
            .map(|f| f.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let fields = if fields.is_empty() {
            String::new()
        } else {
            format!(" ({})", fields.join(", "))
        };
        let nome = change.nome.as_deref().unwrap_or("-");
        let (id, data, hora, user) = (
            change.slot_id,
            change.data,
            change.hora.format("%H:%M"),
            change.usuario_id.unwrap_or_default(),
        );
        self.say(
            "database",
            &format!("{what}: {nome}, {data} {hora}, examiner {user}, slot {id}{fields}"),
        );
    }

    fn say(&self, who: &str, what: &str) {
        output::line(format!(
            "{}  {who}  {what}",
            self.clock.local_now().format("%H:%M:%S")
        ));
    }
}

/// Up to where the database has been told.
#[derive(Default)]
struct Seen {
    run: i64,
    change: i64,
    /// Runs of each examiner and window.
    runs: HashMap<(i32, String), u32>,
    /// The first run of each window of each examiner.
    first_runs: HashSet<i64>,
}
