//! What a run remarks on, in the language of who reads it.

use agendad::simulator::BookingRequest;
use chrono::Days;

use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};

const PT: &str = "o telefone tem um número que não existe na numeração do Brasil";
const EN: &str = "telefone has a number";

#[tokio::test]
async fn a_note_is_read_in_ones_own_language_and_one_of_old_as_it_was_written() {
    let world = world(1).await;
    let tomorrow = world.app.syncer.clock.today() + Days::new(1);
    let mut request = BookingRequest::on(tomorrow);
    request.telefone = Some("0800123456".to_owned());
    world.simulator.book(0, request).unwrap();
    let program = world.program().env("LANG", "pt_BR.UTF-8");
    let user = world.users[0].to_string();
    let said = program
        .run(&["sync", "--user", &user, "--from", "hoje"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let note = format!("  {} ", tomorrow.format("%d/%m/%Y"));
    let mut lines = said.err.lines();
    let is_it = |line: &str| line.starts_with(&note) && line.ends_with(PT);
    assert!(lines.any(is_it), "{said:?}");

    let run = world.count("SELECT max(id) FROM agenda_sync_runs").await;
    let both = "SELECT count(*) FROM agenda_sync_runs
                WHERE error_details -> 'notes' @? '$[*] ? (@ like_regex \"telefone has a number that\")'
                  AND error_details @> '{\"noted\": [{\"note\": \"slot\", \"remark\": \"impossible_telephone\"}]}'";
    assert_eq!(world.count(both).await, 1);
    serving(&world, async |client: Client| {
        let mut browser = Browser::inside(&client).await;
        let page = format!("/execucoes/{run}");
        let html = browser.get(&page).await.html;
        assert!(html.contains(PT) && !html.contains(EN), "{html}");
        // Before notes were kept as what they are.
        let old = "UPDATE agenda_sync_runs SET error_details = error_details - 'noted'";
        world.execute(old).await;
        let html = browser.get(&page).await.html;
        assert!(html.contains("<p class=\"dim\" lang=\"en\">"), "{html}");
        assert!(html.contains(EN) && !html.contains(PT), "{html}");
    })
    .await;
    world.close().await;
}
