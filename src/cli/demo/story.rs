//! What the demo tells: what happens in the portal, and when the database has followed.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use crate::app::App;
use crate::cli::language::say;
use crate::cli::{listing, output};
use crate::domain::{FailureKind, RunStatus};
use crate::simulator::{AgendaChange, AgendaEvent, Fault, FaultKind, Simulator};
use crate::store::Store;
use crate::store::listing::{ChangeView, RunView};
use crate::words::cli::{demo as words, list};
use crate::words::{Sentence, joined};

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
    windows: Vec<crate::domain::Window>,
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
            windows: app.config().windows.clone(),
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
                    self.say(words::PORTAL, words::HICCUP.into());
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
                self.say(words::PORTAL, words::logs_in(who));
            }
            3 => {
                self.simulator.examiner_logs_out(examiner)?;
                self.say(words::PORTAL, words::logs_out(who));
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
            AgendaChange::Booked => words::BOOKED,
            AgendaChange::Cancelled => words::CANCELLED,
            AgendaChange::Changed => words::CHANGED,
            AgendaChange::Rescheduled { .. } => words::MOVED,
        };
        let AgendaEvent {
            examiner,
            date,
            hour,
            nome,
            ..
        } = event;
        let booking = words::booking(
            what,
            &output::name(nome),
            &moment(*date, *hour),
            examiner + 1,
        );
        self.say(words::PORTAL, booking);
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
        let label = listing::label(run.window_name.as_deref(), &self.windows);
        let ended = words::Ended {
            id: run.id,
            user,
            window,
            label: &label,
            status: run.status,
            totals: run.totals.unwrap_or_default(),
            requests: run.requests.unwrap_or(0),
            retries,
            kind: run.kind,
            error: run.error.as_deref(),
        };
        if run.kind == Some(FailureKind::InUse) {
            return self.say(words::RUN, words::in_use(&ended));
        }
        if first || run.status != RunStatus::Success || retries > 0 {
            self.say(words::RUN, words::ended(&ended));
        }
    }

    fn change(&self, change: &ChangeView) {
        let fields = change
            .fields
            .as_ref()
            .and_then(serde_json::Value::as_object);
        let fields = fields.into_iter().flatten().map(|(name, _)| Sentence {
            pt: list::field(name).pt,
            en: name.clone(),
        });
        let fields = joined(fields.collect(), ", ");
        let told = words::Change {
            slot: change.slot_id,
            name: &change.nome.as_deref().map_or("-".to_owned(), output::name),
            user: change.usuario_id.unwrap_or_default(),
            fields: &fields,
        };
        let when = moment(change.data, change.hora);
        self.say(
            words::DATABASE,
            words::change(words::stored(change.kind), &when, &told),
        );
    }

    fn say(&self, who: Sentence, what: Sentence<String>) {
        let at = self.clock.local_now().format("%H:%M:%S");
        output::line(format!("{at}  {}  {}", say(who), say(what)));
    }
}

fn moment(day: chrono::NaiveDate, hour: chrono::NaiveTime) -> Sentence<String> {
    Sentence {
        pt: format!("{} {}", day.format("%d/%m"), hour.format("%H:%M")),
        en: format!("{day} {}", hour.format("%H:%M")),
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
