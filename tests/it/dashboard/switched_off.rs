//! Slots of examiners whom nobody reads any more, in the clinic's day.

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};

#[tokio::test]
async fn slots_of_whom_nobody_reads_any_more_say_so_on_the_page_on_paper_and_in_files() {
    let world = world(2).await;
    world.sync(0).await;
    world.sync(1).await;
    let today = world.app.syncer.clock.today();
    let [read, off] = [world.users[0], world.users[1]];
    let sql = format!(
        "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, payload, uid_version)
         VALUES ({off}, '{today}', '00:01', 'first', '{{\"nome\": \"RUI LIMA\"}}', 1)"
    );
    world.execute(&sql).await;
    let days = format!(
        "SELECT count(DISTINCT data) FROM agenda_slots WHERE usuario_id = {off} AND is_current"
    );
    let days = usize::try_from(world.count(&days).await).unwrap();
    let later = today + chrono::Days::new(20);
    let aged = format!(
        "UPDATE agenda_sync_runs SET started_at = started_at - interval '2 days', finished_at = finished_at - interval '2 days'
         WHERE usuario_id = {off}"
    );
    world.execute(&aged).await;
    const OFF: &str = "a leitura automática deste perito está desligada";
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        for switched_off in [
            format!("UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = {off}"),
            format!("UPDATE usuarios SET ativo = FALSE WHERE id = {off}"),
            format!("DELETE FROM configuracoes_detran WHERE usuario_id = {off}"),
        ] {
            world.execute(&switched_off).await;
            let html = browser.get("/agenda").await.html;
            let (above, list) = html.split_once("<table").unwrap();
            assert!(
                above.contains(OFF) && list.contains("Rui Lima"),
                "{switched_off}: {html}"
            );
            assert!(
                above.contains(&format!("href=\"/peritos/{off}\"")),
                "{above}"
            );
            let ticked = format!("name=\"perito\" value=\"{read}\"");
            assert!(html.contains(&ticked), "{html}");
            let ticked = format!("name=\"perito\" value=\"{off}\"");
            assert!(!html.contains(&ticked), "nobody to choose: {html}");
            for address in ["?imprimir=lista", "?imprimir=perito", "/planilha.csv"] {
                let said = browser.get(&format!("/agenda{address}")).await.html;
                assert!(said.contains(OFF), "{switched_off}: {address}: {said}");
            }
            let html = browser
                .get(&format!("/agenda?de={today}&ate={later}"))
                .await
                .html;
            let said = html.matches(OFF).count();
            assert!(
                (1..=days).contains(&said),
                "only of days with slots: {html}"
            );
        }
    })
    .await;
    world.close().await;
}
