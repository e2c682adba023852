//! What is looked at over and over wakes nobody who has nothing to do.

use std::time::Duration;

use agendad::store::clock::FutureLimits;
use agendad::store::schedules::advance_ticks;
use chrono::{DateTime, Utc};
use sqlx::postgres::PgListener;

use crate::store::bench::Bench;

#[tokio::test]
async fn a_look_that_finds_nothing_tells_nobody_that_accounts_changed() {
    let bench = Bench::new().await;
    for user in [bench.place().await.user, bench.place().await.user] {
        account(&bench, user, &format!("5299822472{user}")).await;
    }
    let mut listener = PgListener::connect(&bench.db.url).await.unwrap();
    listener
        .listen_all(["agendad_accounts", "marker"])
        .await
        .unwrap();
    assert_eq!(bench.db.store.settle_duplicates().await.unwrap(), 0);
    let limits = FutureLimits {
        message: Duration::from_secs(3600),
        captcha: Duration::from_secs(3600),
    };
    bench
        .db
        .store
        .take_back_future_times(limits, 0)
        .await
        .unwrap();
    mark(&bench).await;
    assert_eq!(next(&mut listener).await, "marker");

    bench
        .person_without_place("UPDATE configuracoes_detran SET cpf = '52998224725'")
        .await;
    assert_eq!(
        next(&mut listener).await,
        "agendad_accounts",
        "the change itself"
    );
    assert_eq!(bench.db.store.settle_duplicates().await.unwrap(), 1);
    assert_eq!(
        next(&mut listener).await,
        "agendad_accounts",
        "the second one was paused"
    );
    assert_eq!(bench.db.store.settle_duplicates().await.unwrap(), 0);
    mark(&bench).await;
    assert_eq!(next(&mut listener).await, "marker");

    // A tick that was taken back may be due.
    bench
        .person_without_place(
            "INSERT INTO sync_schedules (usuario_id, window_name, last_tick)
             SELECT usuario_id, 'near', now() + interval '3 hours' FROM configuracoes_detran",
        )
        .await;
    for heard in ["agendad_accounts", "marker"] {
        let taken_back = bench.db.store.take_back_future_times(limits, 0);
        taken_back.await.unwrap();
        if heard == "marker" {
            mark(&bench).await;
        }
        assert_eq!(next(&mut listener).await, heard);
    }
    bench.db.close().await;
}

#[tokio::test]
async fn a_window_is_due_until_every_account_has_had_its_tick() {
    let bench = Bench::new().await;
    let user = bench.place().await.user;
    account(&bench, user, "52998224725").await;
    let tick: DateTime<Utc> = "2025-11-24T10:00:00Z".parse().unwrap();
    let windows = ["near".to_owned(), "far".to_owned()];
    let due = async |ticks: [DateTime<Utc>; 2]| {
        let (due, now) = bench.db.store.windows_due(&windows, &ticks).await.unwrap();
        assert!(now > tick);
        due
    };
    assert_eq!(due([tick, tick]).await, ["near", "far"]);
    let mut tx = bench.db.store.begin().await.unwrap();
    let batch = advance_ticks(&mut tx, "near", tick, i32::MIN, 10)
        .await
        .unwrap();
    assert_eq!(batch.due, [user]);
    tx.commit().await.unwrap();
    assert_eq!(due([tick, tick]).await, ["far"]);
    assert_eq!(
        due([tick + chrono::TimeDelta::minutes(15), tick]).await,
        ["near", "far"]
    );
    bench
        .person_without_place("UPDATE configuracoes_detran SET ativo = FALSE")
        .await;
    assert_eq!(due([tick, tick]).await, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn after_a_look_nobody_is_due_for_whom_there_are_no_ticks() {
    let bench = Bench::new().await;
    let mut users = Vec::new();
    for cpf in [
        "52998224725",
        "529.982.247-25",
        "11144477735",
        "12345678909",
    ] {
        let user = bench.place().await.user;
        account(&bench, user, cpf).await;
        users.push(user);
    }
    // The second account of a person, before and after that is stored; and somebody who is no user any more.
    sqlx::query("UPDATE usuarios SET ativo = FALSE WHERE id = $1")
        .bind(users[2])
        .execute(&bench.db.pool)
        .await
        .unwrap();
    let tick: DateTime<Utc> = "2025-11-24T10:00:00Z".parse().unwrap();
    for (tick, settle) in [(tick, false), (tick + chrono::TimeDelta::minutes(15), true)] {
        if settle {
            assert_eq!(bench.db.store.settle_duplicates().await.unwrap(), 1);
        }
        let is_due = async || {
            let windows = ["near".to_owned()];
            let (due, _) = bench.db.store.windows_due(&windows, &[tick]).await.unwrap();
            !due.is_empty()
        };
        assert!(is_due().await);
        let mut tx = bench.db.store.begin().await.unwrap();
        let batch = advance_ticks(&mut tx, "near", tick, i32::MIN, 10).await;
        assert_eq!(batch.unwrap().due, [users[0], users[3]]);
        tx.commit().await.unwrap();
        assert!(!is_due().await, "settled: {settle}");
    }
    bench.db.close().await;
}

async fn account(bench: &Bench, user: i32, cpf: &str) {
    sqlx::query(
        "INSERT INTO configuracoes_detran (usuario_id, cpf, senha, sincronizacao_automatica, ativo)
         VALUES ($1, $2, 'x', TRUE, TRUE)",
    )
    .bind(user)
    .bind(cpf)
    .execute(&bench.db.pool)
    .await
    .unwrap();
}

async fn mark(bench: &Bench) {
    bench.person_without_place("NOTIFY marker").await;
}

async fn next(listener: &mut PgListener) -> String {
    let heard = tokio::time::timeout(Duration::from_secs(10), listener.recv()).await;
    heard.unwrap().unwrap().channel().to_owned()
}

impl Bench {
    async fn person_without_place(&self, sql: &'static str) {
        sqlx::query(sql).execute(&self.db.pool).await.unwrap();
    }
}
