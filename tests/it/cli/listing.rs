//! `agendad runs` and `agendad slots`.

use serde_json::json;

use crate::support::World;

#[tokio::test]
async fn runs_and_slots_show_what_the_database_holds() {
    let world = World::new(2).await;
    let program = world.program();
    let user = world.users[0].to_string();
    world.sync(0).await;
    world.sync(1).await;
    let gone = world.simulator.agenda(0)[0].clone();
    world.simulator.cancel(0, &gone.key()).unwrap();
    world.sync(0).await;

    let runs = program
        .run(&["runs", "--user", &user, "--json"])
        .await
        .json();
    let runs = runs.as_array().unwrap();
    assert_eq!(runs.len(), 2);
    assert_eq!(runs[0]["totals"]["removed"], json!(1), "newest first");
    let limited = program
        .run(&["runs", "--limit", "1", "--json"])
        .await
        .json();
    assert_eq!(limited.as_array().unwrap().len(), 1);
    let none = program
        .run(&["runs", "--status", "failed", "--json"])
        .await
        .json();
    assert_eq!(none, json!([]));

    let slots = ["slots", "--user", &user, "--json"];
    let slots = program.run(&slots).await.json();
    assert_eq!(slots.as_array().unwrap().len(), world.truth(0).len());
    let removed = program.run(&["slots", "--removed", "--json"]).await.json();
    assert_eq!(removed.as_array().unwrap().len(), 1);
    assert_eq!(removed[0]["status"], "removed");
    let day = gone.date.to_string();
    let other_day = [
        "slots",
        "--user",
        &user,
        "--from",
        &day,
        "--to",
        &day,
        "--removed",
        "--json",
    ];
    assert_eq!(program.run(&other_day).await.json(), removed);

    for table in [["runs"].as_slice(), &["slots"], &["slots", "--removed"]] {
        let said = program.run(table).await;
        assert_eq!(said.code, Some(0), "{said:?}");
        assert!(said.out.lines().count() > 1, "{said:?}");
    }
    world.close().await;
}
