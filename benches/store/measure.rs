//! One sync as the pipeline does it, without the portal: lock, account, record, one statement a day,
//! record, unlock.

use std::time::{Duration, Instant};

use agendad::domain::{RunStatus, Totals};
use agendad::store::control::Control;
use agendad::store::runs::{FinishedRun, NewRun, Noted, Started};
use agendad::store::slots::{DayToStore, StoreRules};
use agendad::store::{Store, connect};
use tokio_util::task::TaskTracker;

use super::fixture::{Agenda, Shape};
use super::pgbench::Rate;
use super::procfs;
use super::server::Server;

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
        let run_id = start(&self.store, agenda).await;
        let mut statements = 5;
        for day in 0..agenda.readings.len() {
            let stored = store_day(&self.store, run_id, agenda, day).await;
            // Where there is news, the statement that would only touch comes first and in vain.
            statements += if stored.inserted + stored.updated > 0 {
                2
            } else {
                1
            };
        }
        finish(&self.store, run_id).await;
        lock.release().await;
        statements
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

    /// An examiner whose agenda is stored, and a run of him that is open.
    pub(crate) async fn open_run(&self, shape: Shape) -> (i32, i64) {
        let agenda = Agenda::new(self.new_user().await, shape);
        let run_id = start(&self.store, &agenda).await;
        for _ in 0..3 {
            for day in 0..agenda.readings.len() {
                store_day(&self.store, run_id, &agenda, day).await;
            }
        }
        (agenda.usuario_id, run_id)
    }

    /// Identical readings stored over and over by so many tasks.
    pub(crate) async fn dates_per_second(&self, url: &str, tasks: usize, time: Duration) -> Rate {
        let pool = connect::pool(url, u32::try_from(tasks).unwrap())
            .await
            .unwrap();
        let store = Store::new(pool);
        let mut runs = Vec::new();
        for _ in 0..tasks {
            let agenda = Agenda::new(
                self.new_user().await,
                Shape {
                    days: 15,
                    slots: 40,
                },
            );
            let run_id = start(&store, &agenda).await;
            for _ in 0..3 {
                for day in 0..agenda.readings.len() {
                    store_day(&store, run_id, &agenda, day).await;
                }
            }
            runs.push((agenda, run_id));
        }
        let (server, client) = (procfs::of_the_server(), procfs::of_this_process());
        let started = Instant::now();
        let mut workers = tokio::task::JoinSet::new();
        for (agenda, run_id) in runs {
            let store = store.clone();
            workers.spawn(async move {
                let mut dates = 0u32;
                while started.elapsed() < time {
                    let day = dates as usize % agenda.readings.len();
                    store_day(&store, run_id, &agenda, day).await;
                    dates += 1;
                }
                dates
            });
        }
        let dates = f64::from(workers.join_all().await.into_iter().sum::<u32>());
        let rate = Rate {
            per_second: dates / started.elapsed().as_secs_f64(),
            server: (procfs::of_the_server() - server) / dates,
            client: (procfs::of_this_process() - client) / dates,
        };
        store.pool().close().await;
        rate
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

async fn start(store: &Store, agenda: &Agenda) -> i64 {
    let dates = agenda.readings.iter().map(|reading| reading.data);
    let run = NewRun {
        usuario_id: agenda.usuario_id,
        window_start: dates.clone().min().unwrap(),
        window_end: dates.max().unwrap(),
        window_name: None,
        tick: None,
        origin: "cli",
        instance: "bench",
        session: None,
    };
    match store.start_run(&run).await.unwrap() {
        Started::Run { id, .. } => id,
        Started::TickDone => panic!("no tick was named"),
    }
}

async fn store_day(store: &Store, run_id: i64, agenda: &Agenda, day: usize) -> Totals {
    let reading = &agenda.readings[day];
    let slots = agenda.slots(day);
    let day = DayToStore {
        run_id,
        usuario_id: agenda.usuario_id,
        data: reading.data,
        unidade: &reading.unidade,
        unread: &[],
        slots: &slots,
    };
    store.store_day(&day, &rules()).await.unwrap().totals
}

async fn finish(store: &Store, run_id: i64) {
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
        noted: Noted::default(),
    };
    assert!(store.finish_run(run_id, &run).await.unwrap().is_some());
}
