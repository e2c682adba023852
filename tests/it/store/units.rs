//! The units of an examiner, as the portal offers them and as they were read.

use agendad::store::runs::{NewRun, Started};
use agendad::store::units::{UnitOffered, UnitReading, UnitRecord};
use agendad::store::{Store, StoreError};

use crate::store::bench::{TOMORROW, new_run, succeeded};
use crate::support::TestDatabase;

fn offered(code: &str, choice: Option<&str>) -> UnitOffered {
    UnitOffered {
        code: code.to_owned(),
        name: format!("UNIDADE {code}"),
        choice: choice.map(str::to_owned),
    }
}

async fn user(db: &TestDatabase) -> i32 {
    sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('P') RETURNING id")
        .fetch_one(&db.pool)
        .await
        .unwrap()
}

async fn codes(store: &Store, user: i32) -> Vec<(String, bool)> {
    let units = store.units(user, "near").await.unwrap();
    let codes = units.into_iter().map(|unit| (unit.code, unit.offered));
    codes.collect()
}

/// Begins a run, and what is known of the units at its start.
async fn begin(store: &Store, user: i32) -> (i64, Vec<UnitRecord>) {
    let day = TOMORROW.parse().unwrap();
    let run = NewRun {
        window_name: Some("near"),
        ..new_run(user, day, day)
    };
    match store.start_run(&run).await.unwrap() {
        Started::Run { id, units, .. } => (id, units),
        Started::TickDone => panic!("no tick was named"),
    }
}

async fn one(store: &Store, user: i32, code: &str) -> UnitRecord {
    let units = store.units(user, "near").await.unwrap();
    units.into_iter().find(|unit| unit.code == code).unwrap()
}

#[tokio::test]
async fn what_is_no_longer_offered_is_missing_since_then_and_comes_back() {
    let db = TestDatabase::new().await;
    let (user, other) = (user(&db).await, user(&db).await);
    let store = &db.store;
    let both = [offered("18", Some("18")), offered("781", Some("781"))];
    store.units_offered(user, &both).await.unwrap();
    store.units_offered(other, &both).await.unwrap();
    store.units_offered(user, &both[..1]).await.unwrap();
    let gone = one(store, user, "781").await;
    assert!(!gone.offered && gone.missing_since.is_some());
    store.units_offered(user, &both[..1]).await.unwrap();
    let still = one(store, user, "781").await;
    assert_eq!(still.missing_since, gone.missing_since);
    assert!(one(store, other, "781").await.offered, "of that user only");
    store.units_offered(user, &both).await.unwrap();
    let back = one(store, user, "781").await;
    assert_eq!((back.offered, back.missing_since), (true, None));
    assert_eq!(back.first_seen_at, gone.first_seen_at);
    db.close().await;
}

#[tokio::test]
async fn a_choice_keeps_the_code_of_the_search_form_once_that_is_known() {
    let db = TestDatabase::new().await;
    let user = user(&db).await;
    let store = &db.store;
    // A form was read before there was a choice.
    store
        .units_offered(user, &[offered("4711", None)])
        .await
        .unwrap();
    let choice = [offered("18", Some("18")), offered("781", Some("781"))];
    store.units_offered(user, &choice).await.unwrap();
    store.unit_code_learned(user, "18", "4711").await.unwrap();
    store.units_offered(user, &choice).await.unwrap();
    assert_eq!(
        codes(store, user).await,
        [("4711".to_owned(), true), ("781".to_owned(), true)]
    );
    let learned = one(store, user, "4711").await;
    assert_eq!(learned.choice.as_deref(), Some("18"));
    assert_eq!(learned.name, "UNIDADE 18");
    store.unit_code_learned(user, "18", "4711").await.unwrap();
    assert_eq!(codes(store, user).await.len(), 2, "known already");
    db.close().await;
}

#[tokio::test]
async fn a_run_does_not_count_on_what_was_read_with_other_credentials() {
    let db = TestDatabase::new().await;
    let user = user(&db).await;
    let store = &db.store;
    let account = format!(
        "INSERT INTO configuracoes_detran (usuario_id, cpf) VALUES ({user}, '52998224725')"
    );
    db.execute(&account).await;
    let is_known_as_read = async || begin(store, user).await.1[0].complete_ago.is_some();
    let reading = unit_reading(true, true);
    for at_once in [true, false] {
        let read = async |run_id| {
            if at_once {
                store.unit_read(run_id, "near", &reading).await.unwrap();
                return;
            }
            let mut end = succeeded();
            end.noted.units = vec![reading.clone()];
            end.noted.window = "near".to_owned();
            assert!(store.finish_run(run_id, &end).await.unwrap().is_some());
        };
        read(begin(store, user).await.0).await;
        assert!(is_known_as_read().await);
        db.execute("UPDATE configuracoes_detran SET cpf = '11144477735'")
            .await;
        assert!(!is_known_as_read().await);
        let (run_id, _) = begin(store, user).await;
        db.execute("UPDATE configuracoes_detran SET cpf = '52998224725'")
            .await;
        read(run_id).await;
        assert!(!is_known_as_read().await, "the run began with the other");
        read(begin(store, user).await.0).await;
        assert!(is_known_as_read().await);
    }
    // By a clock that was ahead.
    db.execute("UPDATE configuracoes_detran SET credencial_mudada_em = now() + interval '1 hour'")
        .await;
    assert!(is_known_as_read().await);
    db.close().await;
}

#[tokio::test]
async fn a_run_that_was_closed_has_read_no_unit() {
    let db = TestDatabase::new().await;
    let user = user(&db).await;
    let store = &db.store;
    let (closed, _) = begin(store, user).await;
    let (next, _) = begin(store, user).await;
    let reading = unit_reading(true, true);
    let late = store.unit_read(closed, "near", &reading).await;
    assert!(matches!(late, Err(StoreError::RunClosed { run_id }) if run_id == closed));
    assert!(codes(store, user).await.is_empty());
    store.unit_read(next, "near", &reading).await.unwrap();
    assert_eq!(codes(store, user).await, [("18".to_owned(), true)]);
    db.close().await;
}

#[tokio::test]
async fn a_complete_reading_says_whether_there_were_slots_and_a_part_of_one_says_nothing() {
    let db = TestDatabase::new().await;
    let user = user(&db).await;
    let store = &db.store;
    let (run_id, _) = begin(store, user).await;
    store
        .unit_read(run_id, "near", &unit_reading(false, true))
        .await
        .unwrap();
    let unit = one(store, user, "18").await;
    assert!(unit.last_read_at.is_some() && unit.complete_ago.is_none());
    assert_eq!(unit.had_slots, None);
    store
        .unit_read(run_id, "near", &unit_reading(true, false))
        .await
        .unwrap();
    store
        .unit_read(run_id, "near", &unit_reading(false, true))
        .await
        .unwrap();
    let unit = one(store, user, "18").await;
    assert_eq!(unit.had_slots, Some(false), "of the last complete reading");
    assert!(unit.complete_ago.is_some());
    sqlx::query("UPDATE portal_unit_readings SET complete_at = now() + interval '1 year'")
        .execute(&db.pool)
        .await
        .unwrap();
    let unit = one(store, user, "18").await;
    assert_eq!(unit.complete_ago, None, "a stamp from the future is none");
    db.close().await;
}

fn unit_reading(complete: bool, had_slots: bool) -> UnitReading {
    UnitReading {
        code: "18".to_owned(),
        complete,
        had_slots,
    }
}
