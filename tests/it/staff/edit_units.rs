//! Which units an examiner is limited to, by form, command and file.

use agendad::domain::Role;

use super::edit::field;
use super::{PASSWORD, add, enter};
use crate::dashboard::browser::Browser;
use crate::http::client::{Client, serving, world};

#[tokio::test]
async fn a_unit_is_chosen_by_either_of_its_codes_and_ticked_in_the_form() {
    let world = world(1).await;
    add(&world, "ana", Role::Operator, None).await;
    let user = world.users[0];
    world
        .execute(&format!(
            "INSERT INTO portal_units (usuario_id, code, name, choice)
             VALUES ({user}, '18', 'CIR', '718'), ({user}, '19', 'POUPATEMPO', '719')"
        ))
        .await;
    let who = user.to_string();
    let edit = ["users", "edit", "--user", &who, "--units", "718"];
    let said = world.program().run_with_input(&edit, "").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let page = browser.get(&format!("/peritos/{user}/editar")).await;
        for (code, is_ticked) in [("18", true), ("19", false)] {
            let ticked = format!(r#"name="unidade-{code}" value="1" checked"#);
            assert_eq!(page.html.contains(&ticked), is_ticked, "{}", page.html);
        }
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn units_that_cannot_be_read_are_written_anew_by_form_command_and_file() {
    let world = world(1).await;
    add(&world, "ana", Role::Operator, None).await;
    let (user, program) = (world.users[0], world.program());
    let who = user.to_string();
    let file = world.state.path().join("peritos.csv");
    let cpf = &world.simulator.examiners()[0].cpf;
    std::fs::write(&file, format!("cpf;unidades\n{cpf};todas\n")).unwrap();
    let spoil = async || {
        let spoilt = "UPDATE configuracoes_detran SET unidades = '18,781'";
        world.execute(spoilt).await;
    };
    for args in [
        &["users", "edit", "--user", &who, "--units", "all"][..],
        &["users", "import", file.to_str().unwrap(), "--yes"],
    ] {
        spoil().await;
        let said = program.run(args).await;
        assert_eq!(said.code, Some(0), "{args:?}: {said:?}");
        assert_eq!(field(&world, "c.unidades", user).await, None, "{args:?}");
    }
    // Before the first login the form offers no choice of units.
    spoil().await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let path = format!("/peritos/{user}/editar");
        let token = browser.get(&path).await.token();
        let fields = [
            ("token", &*token),
            ("nome", "Ana Prado"),
            ("dia-terca", "1"),
        ];
        let page = browser.send(&path, &fields).await;
        let saved = format!("/peritos/{user}?aviso=perito-guardado");
        assert_eq!(page.leads_to(), saved);
    })
    .await;
    assert_eq!(field(&world, "c.unidades", user).await, None, "the form");
    world.sync(0).await;
    world.close().await;
}
