//! A state machine against the real database: random histories of a portal, of faults and of people,
//! and after every step all that is stored is compared with a model that holds it in memory.
//!
//! `AGENDAD_STORE_SEQUENCES` asks for another number of histories than a thousand.

mod compare;
mod hands;
mod history;
mod model;
mod model_appointments;
mod people;
mod portal;
mod replay;

use agendad::store::{Store, connect};
use proptest::test_runner::{Config, TestCaseError, TestError, TestRunner};

use crate::support::TestDatabase;
use history::History;
use replay::Replay;

/// Threads that replay histories, each with connections of its own, all on one database.
const THREADS: u32 = 2;

#[test]
fn whatever_happens_the_store_holds_what_the_model_holds() {
    let histories = std::env::var("AGENDAD_STORE_SEQUENCES")
        .map_or(1000, |text| text.parse().expect("a number of histories"));
    let runtime = runtime();
    let database = runtime.block_on(TestDatabase::new());
    // Plans that are made now must hold when the tables are full.
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS)
            .map(|_| scope.spawn(|| search(&database.url, histories / THREADS)))
            .collect();
        threads.into_iter().map(|t| t.join().unwrap()).collect()
    });
    for outcome in outcomes {
        if let Err(TestError::Fail(why, (rules, history))) = outcome {
            panic!("{why}\nwith {rules:?}\nafter {history:#?}");
        }
    }
    runtime.block_on(database.close());
}

type Found = Result<(), TestError<(history::Rules, History)>>;

fn search(url: &str, histories: u32) -> Found {
    let runtime = runtime();
    let pool = runtime.block_on(connect::pool(url, 4)).unwrap();
    let store = Store::new(pool);
    let config = Config {
        cases: histories,
        failure_persistence: None,
        max_shrink_iters: 2000,
        ..Config::default()
    };
    let found = TestRunner::new(config).run(
        &(history::rules(), history::history()),
        |(rules, history)| {
            runtime
                .block_on(async {
                    let mut replay = Replay::new(&store, rules).await;
                    for event in &history.0 {
                        replay.step(event).await?;
                    }
                    replay.settle().await
                })
                .map_err(TestCaseError::fail)
        },
    );
    runtime.block_on(store.pool().close());
    found
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap()
}
