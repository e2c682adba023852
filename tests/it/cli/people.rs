//! `agendad people`: export and erasure as an operator does them.

use crate::cli::program::Place;
use crate::support::{clock, open_booking};

#[tokio::test]
async fn a_candidate_is_exported_and_erased_with_the_pages_that_mention_him() {
    let place = Place::new(1).await;
    let user = place.add_examiners().await[0].to_string();
    let today = open_booking(clock().today());
    let someone = place.simulator.book(0, today).unwrap();
    assert_eq!(place.run(&["sync", "--user", &user]).await.code, 0);
    let evidence = place.state.path().join("evidence");
    std::fs::create_dir_all(&evidence).unwrap();
    let page = |name: &str, text: &str| std::fs::write(evidence.join(name), text).unwrap();
    page("1.html", &format!("<td>{}</td>", someone.cpf));
    page(
        "2.html",
        &format!("<td>{}</td>", someone.nome.to_uppercase()),
    );
    page("3.html", "<td>nobody</td>");

    let exported = place
        .json(&["people", "export", "--cpf", &someone.cpf])
        .await;
    assert_eq!(exported["slots"][0]["payload"]["nome"], someone.nome);
    assert!(!exported["appointments"].as_array().unwrap().is_empty());
    assert_eq!(
        exported["evidence"],
        serde_json::json!(["1.html", "2.html"])
    );

    let erase = ["people", "erase", "--cpf", &someone.cpf, "--appointments"];
    let unconfirmed = place.type_in(&erase, "s\n").await;
    assert_eq!(unconfirmed.code, 2, "{unconfirmed:?}");
    assert!(unconfirmed.err.contains("--yes"), "{unconfirmed:?}");
    assert!(evidence.join("1.html").exists());
    let said = place.run(&[&erase[..], &["--yes"]].concat()).await;
    assert_eq!(said.code, 0, "{said:?}");
    assert!(said.out.contains("2 evidence pages deleted"), "{said:?}");
    assert!(said.err.contains("still listed by the portal"), "{said:?}");
    assert!(!said.out.contains(&someone.cpf) && !said.err.contains(&someone.cpf));
    assert!(evidence.join("3.html").exists() && !evidence.join("1.html").exists());
    let exported = place
        .json(&["people", "export", "--cpf", &someone.cpf])
        .await;
    for what in ["slots", "changes", "appointments", "evidence"] {
        assert_eq!(exported[what], serde_json::json!([]), "{what}");
    }
    let slots = place.json(&["slots"]).await;
    assert!(
        slots
            .as_array()
            .unwrap()
            .iter()
            .any(|slot| slot["nome"] == "(apagado)")
    );
    assert_eq!(
        place.run(&["people", "erase", "--cpf", "529"]).await.code,
        2
    );
    place.close().await;
}
