//! The application's times without a zone are those of the configured one.

use agendad::store::runs::Started;

use crate::store::bench::{new_run, succeeded};
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
    let run = new_run(1, today, today);
    let Started::Run { id, .. } = store.start_run(&run).await.unwrap() else {
        panic!("no run");
    };
    let done = succeeded();
    assert!(store.finish_run(id, &done).await.unwrap().is_some());
    let right = "SELECT count(*) FROM configuracoes_detran
        WHERE abs(extract(epoch FROM now() AT TIME ZONE 'Asia/Tokyo' - ultima_sincronizacao)) < 60";
    assert_eq!(database.count(right).await, 1);
    let settings = store.settings(1).await.unwrap().unwrap();
    let ago = store.now().await.unwrap() - settings.last_success.unwrap();
    assert!(ago.num_seconds().abs() < 60, "{ago}");
    database.close().await;
}
