//! One sync as the pipeline does it, without the portal: lock, account, record, one statement a day with news,
//! record, unlock.

use std::time::{Duration, Instant};

use agendad::domain::{Origin, RunStatus, Totals};
use agendad::store::control::Control;
use agendad::store::runs::{FinishedRun, NewRun, Noted, Started};
use agendad::store::seen::{self, StoredDay, UnchangedDay};
use agendad::store::slots::{DayToStore, StoreRules};
use agendad::store::{Store, connect};
use tokio_util::task::TaskTracker;

use super::fixture::Agenda;
use super::plain::{self, Writes};
use super::rate::{Rate, SHAPE};
use super::server::Server;
use agendad_test_support::procfs;

pub(crate) struct Bench {
    /// One connection, so that the server's counters are those of one session.
    store: Store,
    control: Control,
    tasks: TaskTracker,
    server_counts: bool,
}

/// Of one sync, on average.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    statements: f64,
    wal: f64,
    updated: f64,
    hot: f64,
    wall: f64,
    client: f64,
    server: f64,
}

/// How dates are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// What is stored already, over and over.
    Again,
    /// Of new examiners.
    Fill,
    /// The same with `appointments.enabled = false`.
    FillSlots,
    /// The same by a plain statement for each day.
    Plain(Writes),
}

/// Counters that only grow.
#[derive(Debug, Clone, Copy)]
struct Counters {
    statements: i64,
    wal: i64,
    updated: i64,
    hot: i64,
    at: Instant,
    client: f64,
    server: f64,
}

pub(crate) fn rules() -> StoreRules {
    StoreRules {
        max_removed_ratio: 0.5,
        min_slots: 5,
        confirmations: 1,
        appointments: true,
        cancel_on_removed: true,
        area_code: String::new(),
        timezone: "America/Sao_Paulo".to_owned(),
    }
}

impl Bench {
    pub(crate) async fn new(server: &Server) -> Self {
        let tasks = TaskTracker::new();
        let control = Control::connect(&server.url, "bench", &tasks)
            .await
            .unwrap();
        let extension = "CREATE EXTENSION IF NOT EXISTS pg_stat_statements";
        let counting = "SELECT count(*) FROM pg_stat_statements";
        let made = sqlx::query(extension).execute(&server.pool).await.is_ok();
        let server_counts = made && sqlx::query(counting).execute(&server.pool).await.is_ok();
        println!(
            "statements are counted by {}",
            if server_counts { "the server" } else { "us" }
        );
        Self {
            store: Store::new(connect::pool(&server.url, 1).await.unwrap()),
            control,
            tasks,
            server_counts,
        }
    }

    pub(crate) async fn close(self) {
        self.store.pool().close().await;
        drop(self.control);
        self.tasks.close();
        self.tasks.wait().await;
    }

    pub(crate) async fn new_user(&self) -> i32 {
        let id = "WITH u AS (INSERT INTO usuarios (nome) VALUES ('PERITO') RETURNING id)
                  INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, '52998224725', 'x' FROM u
                  RETURNING usuario_id";
        sqlx::query_scalar(id)
            .fetch_one(self.store.pool())
            .await
            .unwrap()
    }

    pub(crate) async fn checkpoint(&self) {
        sqlx::query("CHECKPOINT")
            .execute(self.store.pool())
            .await
            .unwrap();
    }

    /// One sync of each.
    pub(crate) async fn sync_all(&self, agendas: &[Agenda]) -> Sample {
        let before = self.counters().await;
        let mut statements = 0;
        for agenda in agendas {
            statements += self.sync(agenda).await;
        }
        let after = self.counters().await;
        let per_sync = |amount: f64| amount / agendas.len() as f64;
        let counted = if self.server_counts {
            after.statements - before.statements
        } else {
            statements
        };
        Sample {
            statements: per_sync(counted as f64),
            wal: per_sync((after.wal - before.wal) as f64),
            updated: per_sync((after.updated - before.updated) as f64),
            hot: per_sync((after.hot - before.hot) as f64),
            wall: per_sync((after.at - before.at).as_secs_f64() * 1000.0),
            client: per_sync(after.client - before.client),
            server: per_sync(after.server - before.server),
        }
    }

    /// Returns how many statements it sent.
    async fn sync(&self, agenda: &Agenda) -> i64 {
        let lock = self
            .control
            .try_lock(agenda.usuario_id)
            .await
            .unwrap()
            .unwrap();
        self.store
            .account(agenda.usuario_id)
            .await
            .unwrap()
            .unwrap();
        let news = run(&self.store, agenda, true).await;
        lock.release().await;
        5 + news
    }

    async fn counters(&self) -> Counters {
        let pool = self.store.pool();
        sqlx::query("SELECT pg_stat_force_next_flush()")
            .execute(pool)
            .await
            .unwrap();
        let (wal, updated, hot): (i64, i64, i64) = sqlx::query_as(
            "SELECT (pg_current_wal_insert_lsn() - '0/0')::bigint, n_tup_upd, n_tup_hot_upd
             FROM pg_stat_user_tables WHERE relname = 'agenda_slots'",
        )
        .fetch_one(pool)
        .await
        .unwrap();
        let statements = if self.server_counts {
            sqlx::query_scalar(
                "SELECT sum(calls)::bigint FROM pg_stat_statements
                 WHERE dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
                     AND query !~ 'pg_stat_|CHECKPOINT|INTO usuarios'",
            )
            .fetch_one(pool)
            .await
            .unwrap()
        } else {
            0
        };
        Counters {
            statements,
            wal,
            updated,
            hot,
            at: Instant::now(),
            client: procfs::of_this_process(),
            server: procfs::of_the_server(),
        }
    }

    /// Runs by so many tasks, over and over: of agendas that are stored already, or each of a new examiner's.
    pub(crate) async fn dates_per_second(
        &self,
        url: &str,
        tasks: usize,
        time: Duration,
        way: Way,
    ) -> Rate {
        let fill = way != Way::Again;
        let pool = connect::pool(url, u32::try_from(tasks).unwrap())
            .await
            .unwrap();
        let store = Store::new(pool);
        let mut agendas = Vec::new();
        for _ in 0..tasks {
            let mut of_task = Vec::new();
            // More examiners than a task can fill in the time.
            for _ in 0..if fill { 40 * time.as_secs() } else { 1 } {
                let agenda = Agenda::new(self.new_user().await, SHAPE);
                if !fill {
                    for _ in 0..3 {
                        run(&store, &agenda, true).await;
                    }
                }
                of_task.push(agenda);
            }
            agendas.push(of_task);
        }
        let wal = self.counters().await.wal;
        let (server, client) = (procfs::of_the_server(), procfs::of_this_process());
        let started = Instant::now();
        let mut workers = tokio::task::JoinSet::new();
        for of_task in agendas {
            let store = store.clone();
            workers.spawn(async move {
                let mut dates = 0;
                for agenda in of_task.iter().cycle() {
                    if started.elapsed() >= time || (fill && dates as usize == of_task.len() * 15) {
                        break;
                    }
                    match way {
                        Way::Again | Way::Fill => {
                            run(&store, agenda, true).await;
                        }
                        Way::FillSlots => {
                            run(&store, agenda, false).await;
                        }
                        Way::Plain(writes) => plain::run(store.pool(), agenda, writes).await,
                    }
                    dates += 15;
                }
                dates
            });
        }
        let dates = f64::from(workers.join_all().await.into_iter().sum::<u32>());
        let rate = Rate {
            per_second: dates / started.elapsed().as_secs_f64(),
            server: (procfs::of_the_server() - server) / dates,
            client: (procfs::of_this_process() - client) / dates,
            wal: (self.counters().await.wal - wal) as f64 / dates / 1000.0,
        };
        store.pool().close().await;
        rate
    }

    pub(crate) async fn wal(&self) -> i64 {
        self.counters().await.wal
    }
}

impl Sample {
    pub(crate) fn cells(&self) -> Vec<String> {
        let hot = if self.updated > 0.0 {
            format!("{:.0} %", 100.0 * self.hot / self.updated)
        } else {
            "-".to_owned()
        };
        vec![
            format!("{:.1}", self.statements),
            format!("{:.1}", self.wal / 1000.0),
            format!("{:.0}", self.updated),
            hot,
            format!("{:.1}", self.wall),
            format!("{:.1}", self.client),
            format!("{:.1}", self.server),
        ]
    }
}

/// A run, from record to record. Returns on how many days there was something to store.
async fn run(store: &Store, agenda: &Agenda, appointments: bool) -> i64 {
    let (run_id, days) = start(store, agenda).await;
    let (mut seen, mut news) = (Vec::new(), 0);
    let rules = StoreRules {
        appointments,
        ..rules()
    };
    for (day, reading) in agenda.readings.iter().enumerate() {
        let slots = agenda.slots(day);
        let digest = seen::digest(&slots);
        let is_it = |stored: &&StoredDay| stored.date == reading.date;
        let stored = days.iter().find(is_it);
        if stored.is_some_and(|stored| stored.digest.as_ref() == Some(&digest)) {
            seen.push(UnchangedDay {
                unit: reading.unit.clone(),
                date: reading.date,
                digest,
            });
            continue;
        }
        let day = DayToStore {
            run_id,
            usuario_id: agenda.usuario_id,
            date: reading.date,
            unit: &reading.unit,
            unread: &[],
            slots: &slots,
            is_new: stored.is_none(),
        };
        let stored = store.store_day(&day, &rules).await.unwrap().totals;
        assert_eq!(
            stored.inserted > 0 && appointments,
            stored.appointments_created > 0
        );
        news += 1;
    }
    finish(store, run_id, seen).await;
    news
}

async fn start(store: &Store, agenda: &Agenda) -> (i64, Vec<StoredDay>) {
    let dates = agenda.readings.iter().map(|reading| reading.date);
    let run = NewRun {
        usuario_id: agenda.usuario_id,
        window_start: dates.clone().min().unwrap(),
        window_end: dates.max().unwrap(),
        window_name: None,
        tick: None,
        origin: Origin::Cli,
        instance: "bench",
        session: None,
    };
    match store.start_run(&run).await.unwrap() {
        Started::Run { id, days, .. } => (id, days),
        Started::TickDone => panic!("no tick was named"),
    }
}

async fn finish(store: &Store, run_id: i64, seen: Vec<UnchangedDay>) {
    let run = FinishedRun {
        status: RunStatus::Success,
        totals: Totals::default(),
        error: None,
        error_details: None,
        requests: 17,
        retries: 0,
        logins: 0,
        session_reused: true,
        windows: Vec::new(),
        but_for_rows: false,
        tells_account: true,
        noted: Noted {
            seen,
            ..Noted::default()
        },
    };
    assert!(store.finish_run(run_id, &run).await.unwrap().is_some());
}
