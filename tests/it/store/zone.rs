//! The application's times without a zone are those of the configured one.

use agendad::domain::{Origin, RunStatus, Totals};
use agendad::store::runs::{FinishedRun, NewRun, Noted, Started};

use crate::support::TestDatabase;

#[tokio::test]
async fn the_last_success_is_written_and_read_in_the_configured_zone() {
    let database = TestDatabase::new().await;
    database
        .execute(
            "INSERT INTO usuarios (id, nome) VALUES (1, 'Perito');
         INSERT INTO configuracoes_detran (usuario_id, cpf) VALUES (1, '52998224725')",
        )
        .await;
    // Far from São Paulo, and from UTC.
    let store = database
        .store
        .clone()
        .in_zone(chrono_tz::Asia::Tokyo.into());
    let today = "2026-11-25".parse().unwrap();
    let run = NewRun {
        usuario_id: 1,
        window_start: today,
        window_end: today,
        window_name: None,
        tick: None,
        origin: Origin::Cli,
        instance: "test/1",
        session: None,
    };
    let Started::Run { id, .. } = store.start_run(&run).await.unwrap() else {
        panic!("no run");
    };
    let done = FinishedRun {
        status: RunStatus::Success,
        totals: Totals::default(),
        error: None,
        error_details: None,
        requests: 0,
        retries: 0,
        logins: 0,
        session_reused: false,
        windows: Vec::new(),
        noted: Noted::default(),
    };
    assert!(store.finish_run(id, &done).await.unwrap().is_some());
    let right = "SELECT count(*) FROM configuracoes_detran
        WHERE abs(extract(epoch FROM now() AT TIME ZONE 'Asia/Tokyo' - ultima_sincronizacao)) < 60";
    assert_eq!(database.count(right).await, 1);
    let settings = store.settings(1).await.unwrap().unwrap();
    let ago = store.now().await.unwrap() - settings.last_success.unwrap();
    assert!(ago.num_seconds().abs() < 60, "{ago}");
    database.close().await;
}
