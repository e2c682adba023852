//! Figures of the installation: who is overdue, who is paused, and who counts for neither.

use agendad::store::figures::{AccountFigures, WindowFigures, WindowLimit};
use chrono::{DateTime, TimeDelta, Utc};

use crate::support::TestDatabase;

const HOUR: TimeDelta = TimeDelta::hours(1);

/// An examiner with an account of these settings, given twenty hours ago.
async fn account(db: &TestDatabase, settings: &str) -> i32 {
    let user: i32 = sqlx::query_scalar("INSERT INTO usuarios (nome) VALUES ('P') RETURNING id")
        .fetch_one(&db.pool)
        .await
        .unwrap();
    db.execute(&format!(
            "INSERT INTO configuracoes_detran (usuario_id, cpf, credencial_mudada_em) VALUES ({user}, lpad({user}::text, 11, '7'), now() - interval '20 hours');
             UPDATE configuracoes_detran SET {settings} WHERE usuario_id = {user}"
        ),
    )
    .await;
    user
}

async fn success(db: &TestDatabase, user: i32, window: &str, ago: TimeDelta) {
    let seconds = ago.num_seconds();
    db.execute(&format!(
        "INSERT INTO sync_schedules (usuario_id, window_name, last_success)
             VALUES ({user}, '{window}', now() - interval '{seconds} seconds')"
    ))
    .await;
}

fn limit(name: &str, now: DateTime<Utc>, ago: TimeDelta) -> WindowLimit {
    WindowLimit {
        name: name.to_owned(),
        late_before: now - ago,
    }
}

#[tokio::test]
async fn overdue_are_those_who_are_scheduled_and_had_no_success_for_too_long() {
    let db = TestDatabase::new().await;
    let now = db.store.now().await.unwrap();
    let fresh = account(&db, "janelas = NULL").await;
    success(&db, fresh, "near", HOUR / 2).await;
    success(&db, fresh, "far", HOUR * 3).await;
    let old = account(&db, "janelas = NULL").await;
    success(&db, old, "near", HOUR * 2).await;
    success(&db, old, "far", HOUR * 9).await;
    // Never had one; the far window is not theirs.
    account(&db, "janelas = '{near}'").await;
    for not_expected in [
        "credencial_mudada_em = now() - interval '5 minutes'",
        "ativo = FALSE",
        "sincronizacao_automatica = FALSE",
        "pausa_motivo = 'refused', pausa_desde = now()",
        "pausa_motivo = 'captcha', pausa_ate = now() + interval '1 hour'",
    ] {
        let user = account(&db, not_expected).await;
        success(&db, user, "near", HOUR * 9).await;
    }
    // Stored by a clock that was ahead: that makes nobody well.
    let ahead = account(
        &db,
        "janelas = '{near}', credencial_mudada_em = now() + interval '1 year'",
    )
    .await;
    success(&db, ahead, "near", HOUR * 9).await;
    // Whose pause is over is expected again.
    let over = account(
        &db,
        "pausa_motivo = 'captcha', pausa_ate = now() - interval '1 minute'",
    )
    .await;
    success(&db, over, "near", HOUR * 9).await;
    success(&db, over, "far", HOUR).await;

    let limits = [limit("near", now, HOUR), limit("far", now, HOUR * 8)];
    let figures = db.store.window_figures(&limits).await.unwrap();
    let told = |figures: &WindowFigures| {
        let age = figures.last_success.map(|last| (now - last).num_minutes());
        (figures.name.clone(), figures.overdue, age)
    };
    let told: Vec<_> = figures.iter().map(told).collect();
    assert_eq!(
        told,
        [
            ("near".to_owned(), 4, Some(29)),
            ("far".to_owned(), 1, Some(59))
        ]
    );
    let accounts = db.store.account_figures().await.unwrap();
    assert_eq!(
        accounts,
        AccountFigures {
            scheduled: 6,
            paused: 2,
            refused: 1,
            blocked: 0,
            change_password: 0,
            unexplained: 0,
            captcha: 1,
            duplicate_cpf: 0,
            manual: 0,
            off: 2,
        }
    );
    db.close().await;
}

#[tokio::test]
async fn an_empty_installation_has_figures_too() {
    let db = TestDatabase::new().await;
    let now = db.store.now().await.unwrap();
    let figures = db.store.window_figures(&[limit("near", now, HOUR)]).await;
    let expected = WindowFigures {
        name: "near".to_owned(),
        last_success: None,
        overdue: 0,
    };
    assert_eq!(figures.unwrap(), [expected]);
    assert_eq!(
        db.store.account_figures().await.unwrap(),
        AccountFigures::default()
    );
    let queue = db.store.queue_figures().await.unwrap();
    assert_eq!((queue.available, queue.oldest_due), (0, None));
    db.close().await;
}
