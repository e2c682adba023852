//! All examiners at a glance, when there are ten thousand.

use std::time::Instant;

use agendad::domain::RunStatus;
use agendad::store::figures::WindowLimit;
use agendad::store::overview::{Order, OverviewFilter, StatusFilter};
use chrono::{TimeDelta, Utc};

use crate::support::TestDatabase;

const MANY: &str = "
    INSERT INTO usuarios (nome) SELECT 'JOSÉ Nº ' || n FROM generate_series(1, 10000) n;
    INSERT INTO configuracoes_detran (usuario_id, cpf, senha, janelas, credencial_mudada_em)
    SELECT id, '529.982.247-25', 'x', CASE WHEN id % 100 = 0 THEN ARRAY['near'] END, now() - interval '9 days' FROM usuarios;
    INSERT INTO sync_schedules (usuario_id, window_name, last_success)
    SELECT id, w, now() - make_interval(secs => CASE w WHEN 'near' THEN id ELSE 1 END)
    FROM usuarios, unnest(ARRAY['near', 'far']) w;
    INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at, finished_at)
    SELECT id, CURRENT_DATE, CURRENT_DATE, 'success', now() - make_interval(mins => n), now()
    FROM usuarios, generate_series(1, 5) n;
    ANALYZE;";

#[tokio::test]
async fn the_worst_of_ten_thousand_are_found_in_one_statement() {
    let db = TestDatabase::new().await;
    sqlx::raw_sql(MANY).execute(&db.pool).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "relative to the database's clock"
    )]
    let now = Utc::now();
    let limit = |name: &str, hours| WindowLimit {
        name: name.to_owned(),
        late_before: now - TimeDelta::hours(hours),
    };
    let windows = [limit("near", 1), limit("far", 8)];
    let mut filter = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Age,
        limit: 50,
        offset: 0,
        usuario_id: None,
    };
    let started = Instant::now();
    let found = db
        .store
        .overview(&filter, &windows, now.date_naive())
        .await
        .unwrap();
    println!("the worst 50 of 10,000: {:?}", started.elapsed());
    let ids: Vec<i32> = found.examiners.iter().map(|e| e.usuario_id).collect();
    assert_eq!(ids, (9951..=10_000).rev().collect::<Vec<_>>());
    assert_eq!((found.everybody, found.paused, found.off), (10_000, 0, 0));
    // Some seconds pass between the rows and the question.
    assert!((6400..6500).contains(&found.late), "{}", found.late);
    assert!(found.examiners[0].late && !found.examiners[0].has_window("far"));

    filter.offset = 9_990;
    let last = db
        .store
        .overview(&filter, &windows, now.date_naive())
        .await
        .unwrap();
    assert_eq!(
        (last.examiners.len(), last.examiners[9].usuario_id),
        (10, 1)
    );
    filter.offset = 10_000;
    let beyond = db
        .store
        .overview(&filter, &windows, now.date_naive())
        .await
        .unwrap();
    assert_eq!((beyond.examiners.len(), beyond.everybody), (0, 10_000));
    (filter.offset, filter.search) = (0, Some("jose nº 777".to_owned()));
    let searched = db
        .store
        .overview(&filter, &windows, now.date_naive())
        .await
        .unwrap();
    assert_eq!(searched.everybody, 11, "777, and 7770 to 7779");
    db.close().await;
}

const ONE: &str = "
    INSERT INTO usuarios (nome) VALUES ('ANA');
    INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, '529.982.247-25', 'x' FROM usuarios;";

/// A run that has ended so many minutes ago; without a window, one that was asked for by hand.
async fn ran(db: &TestDatabase, window: Option<&str>, status: &str, minutes_ago: i32) {
    let (first, last) = match window {
        Some("near") => (0, 3),
        Some(_) => (4, 14),
        None => (0, 14),
    };
    sqlx::query(
        "INSERT INTO agenda_sync_runs
             (usuario_id, window_start, window_end, window_name, tick, status, started_at, finished_at)
         SELECT id, CURRENT_DATE + $3, CURRENT_DATE + $4, $1,
                CASE WHEN $1 IS NOT NULL THEN t.at END, $2, t.at, t.at
         FROM usuarios, (SELECT now() - make_interval(mins => $5) AS at) t",
    )
    .bind(window)
    .bind(status)
    .bind(first)
    .bind(last)
    .bind(minutes_ago)
    .execute(&db.pool)
    .await
    .unwrap();
}

#[tokio::test]
async fn the_worst_window_tells_how_an_examiner_stands() {
    let db = TestDatabase::new().await;
    sqlx::raw_sql(ONE).execute(&db.pool).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "relative to the database's clock"
    )]
    let now = Utc::now();
    let windows = ["near", "far"].map(|name| WindowLimit {
        name: name.to_owned(),
        late_before: now - TimeDelta::hours(8),
    });
    let filter = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Id,
        limit: 1,
        offset: 0,
        usuario_id: None,
    };
    let stands = async || {
        let found = db.store.overview(&filter, &windows, now.date_naive()).await;
        let run = found.unwrap().examiners.remove(0).worst_run;
        run.map(|run| run.status)
    };
    assert_eq!(stands().await, None);
    ran(&db, Some("near"), "success", 60).await;
    ran(&db, Some("near"), "failed", 50).await;
    assert_eq!(stands().await, Some(RunStatus::Failed));
    ran(&db, Some("far"), "success", 40).await;
    assert_eq!(stands().await, Some(RunStatus::Failed), "far hides near");
    ran(&db, Some("near"), "partial", 30).await;
    assert_eq!(stands().await, Some(RunStatus::Partial));
    // Read by hand since, all days of it.
    ran(&db, None, "success", 20).await;
    assert_eq!(stands().await, Some(RunStatus::Success));
    ran(&db, None, "failed", 10).await;
    assert_eq!(stands().await, Some(RunStatus::Failed));
    ran(&db, Some("near"), "success", 5).await;
    ran(&db, Some("far"), "success", 5).await;
    assert_eq!(stands().await, Some(RunStatus::Success));
    // A window that does not apply to them says nothing of them.
    ran(&db, Some("far"), "failed", 4).await;
    ran(&db, Some("near"), "success", 3).await;
    assert_eq!(stands().await, Some(RunStatus::Failed));
    sqlx::raw_sql("UPDATE configuracoes_detran SET janelas = ARRAY['near']")
        .execute(&db.pool)
        .await
        .unwrap();
    assert_eq!(stands().await, Some(RunStatus::Success));
    db.close().await;
}

#[tokio::test]
async fn a_password_that_was_stored_by_a_clock_that_was_ahead_makes_nobody_well() {
    let db = TestDatabase::new().await;
    sqlx::raw_sql(ONE).execute(&db.pool).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "relative to the database's clock"
    )]
    let now = Utc::now();
    let limit = |name: &str| WindowLimit {
        name: name.to_owned(),
        late_before: now - TimeDelta::hours(8),
    };
    let filter = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Age,
        limit: 1,
        offset: 0,
        usuario_id: None,
    };
    ran(&db, Some("near"), "failed", 60).await;
    db.execute(r#"UPDATE agenda_sync_runs SET error_details = '{"kind": "auth"}'"#)
        .await;
    // One that was just stored has its time yet, and what the portal said of the one before says nothing of it.
    for (stored, is_new) in [("now()", true), ("now() + interval '1 year'", false)] {
        let update = format!("UPDATE configuracoes_detran SET credencial_mudada_em = {stored}");
        db.execute(&update).await;
        for windows in [&["near", "far", "next"][..], &["far", "next", "near"]] {
            let windows: Vec<WindowLimit> = windows.iter().map(|name| limit(name)).collect();
            let found = db.store.overview(&filter, &windows, now.date_naive()).await;
            let mut found = found.unwrap();
            assert_eq!(found.late, i64::from(!is_new), "{stored}: {windows:?}");
            let examiner = found.examiners.remove(0);
            assert_eq!(
                (
                    examiner.late,
                    examiner.new_password,
                    examiner.worst_run.is_none()
                ),
                (!is_new, is_new, is_new),
                "{stored}: {windows:?}"
            );
        }
    }
    db.close().await;
}

#[tokio::test]
async fn an_examiner_whose_windows_are_not_configured_is_not_well() {
    let db = TestDatabase::new().await;
    sqlx::raw_sql(ONE).execute(&db.pool).await.unwrap();
    #[expect(
        clippy::disallowed_methods,
        reason = "relative to the database's clock"
    )]
    let now = Utc::now();
    let configured = ["near".to_owned(), "far".to_owned()];
    let windows = configured.each_ref().map(|name| WindowLimit {
        name: name.clone(),
        late_before: now - TimeDelta::hours(8),
    });
    let filter = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Id,
        limit: 1,
        offset: 0,
        usuario_id: None,
    };
    ran(&db, Some("near"), "success", 60).await;
    for (janelas, is_read) in [
        ("NULL", true),
        ("'{manha}'", false),
        ("'{}'", false),
        ("'{manha,far}'", true),
    ] {
        let update = format!("UPDATE configuracoes_detran SET janelas = {janelas}");
        db.execute(&update).await;
        let found = db.store.overview(&filter, &windows, now.date_naive()).await;
        let mut found = found.unwrap();
        let unread = i64::from(!is_read);
        assert_eq!((found.late, found.problem), (unread, unread), "{janelas}");
        let examiner = found.examiners.remove(0);
        assert_eq!(
            (examiner.late, examiner.windowless),
            (!is_read, !is_read),
            "{janelas}"
        );
        let windowless = db.store.windowless(&configured).await.unwrap();
        assert_eq!(windowless.len(), usize::from(!is_read), "{janelas}");
    }
    // Nobody is to read those.
    for off in [
        "ativo = FALSE",
        "ativo = TRUE, sincronizacao_automatica = FALSE",
    ] {
        let update = format!("UPDATE configuracoes_detran SET janelas = '{{}}', {off}");
        db.execute(&update).await;
        assert_eq!(db.store.windowless(&configured).await.unwrap(), [], "{off}");
    }
    db.close().await;
}
