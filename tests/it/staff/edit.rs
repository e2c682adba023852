//! An examiner is edited, and taken away: in the browser without a script, and by the commands.

use agendad::domain::Role;

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world};
use crate::support::World;

/// Someone who is nobody's examiner.
const OTHER_CPF: &str = "529.982.247-25";

pub(super) async fn field(world: &World, column: &str, user: i32) -> Option<String> {
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!(
        "SELECT ({column})::text FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id WHERE u.id = {user}"
    )))
    .fetch_one(&world.database.pool)
    .await
    .unwrap()
}

async fn fields_written_down(world: &World) -> Vec<serde_json::Value> {
    sqlx::query_scalar(
        "SELECT details->'fields' FROM agendad_audit WHERE action = 'users.edit' ORDER BY id",
    )
    .fetch_all(&world.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn one_form_changes_what_differs_and_another_cpf_needs_its_password() {
    let world = world(2).await;
    add(&world, "ana", Role::Operator, None).await;
    world.sync(0).await;
    let (user, other) = (world.users[0], &world.simulator.examiners()[1]);
    // Nobody reads the other one, so their CPF is free.
    world
        .execute(&format!(
            "DELETE FROM configuracoes_detran WHERE usuario_id = {}",
            world.users[1]
        ))
        .await;
    let path = format!("/peritos/{user}/editar");
    let before = world.portal_saw(1).logins;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let page = browser.get(&path).await;
        assert_eq!(page.status, 200, "{page:?}");
        let cpf = &world.simulator.examiners()[0].cpf;
        assert!(!page.html.contains(cpf.as_str()), "a CPF is shown masked");
        let token = page.token();
        let mut send = async |cpf: &str, password: &str, nome: &str, email: &str| -> Page {
            let fields = [
                ("token", token.as_str()),
                ("nome", nome),
                ("email", email),
                ("cpf", cpf),
                ("senha", password),
                ("dia-terca", "1"),
                ("janela-near", "1"),
            ];
            browser.send(&path, &fields).await
        };
        for (cpf, password, nome, email, said) in [
            ("", "", "", "", "Falta o nome"),
            ("", "", "Ana Prado", "ana", "O e-mail não está certo"),
            (
                "111.111.111-12",
                "x",
                "Ana Prado",
                "",
                "O CPF não está certo",
            ),
            (OTHER_CPF, "", "Ana Prado", "", "preciso digitar a senha"),
        ] {
            let page = send(cpf, password, nome, email).await;
            assert_eq!(page.status, 422, "{said}: {page:?}");
            assert!(page.html.contains(said), "{said}: {}", page.html);
        }
        assert!(fields_written_down(&world).await.is_empty());
        let page = send("", "", "Ana Prado", "ana@example.com").await;
        assert_eq!(
            page.leads_to(),
            format!("/peritos/{user}?aviso=perito-guardado")
        );
        let page = send("", "", "Ana Prado", "ana@example.com").await;
        assert_eq!(page.leads_to(), format!("/peritos/{user}?aviso=nada-mudou"));

        // A login of somebody else: what was kept of the first one is not used for it.
        world
            .execute(&format!(
                "UPDATE configuracoes_detran SET pausa_motivo = 'refused' WHERE usuario_id = {user}"
            ))
            .await;
        let page = send(&other.cpf, &other.senha, "Ana Prado", "").await;
        let tried = format!("/peritos/{user}?aviso=senha-guardada-lendo&execucao=");
        assert!(page.leads_to().starts_with(&tried), "{page:?}");
        assert!(!page.html.contains(&other.senha));
    })
    .await;
    assert_eq!(
        field(&world, "u.nome", user).await.as_deref(),
        Some("Ana Prado")
    );
    assert_eq!(field(&world, "u.email", user).await, None);
    assert_eq!(
        field(&world, "c.janelas", user).await.as_deref(),
        Some("{near}")
    );
    assert_eq!(
        field(&world, "c.dias_trabalho", user).await.as_deref(),
        Some("[\"terca\"]")
    );
    assert_eq!(
        field(&world, "c.pausa_motivo", user).await,
        None,
        "new credentials end a pause"
    );
    let told = fields_written_down(&world).await;
    assert_eq!(told.len(), 2, "{told:?}");
    assert_eq!(
        told[0],
        serde_json::json!(["nome", "email", "dias", "leituras"])
    );
    assert_eq!(told[1], serde_json::json!(["cpf", "senha", "email"]));
    world.sync(0).await;
    assert_eq!(
        world.portal_saw(1).logins,
        before + 1,
        "logged in as the new one, once"
    );
    // The session of the old login is over, and is ended.
    let closed = world.app.syncer.close_sessions(None).await.unwrap();
    assert_eq!(closed.closed, 1, "{closed:?}");
    world.close().await;
}

#[tokio::test]
async fn a_form_that_was_open_while_somebody_else_saved_overwrites_nothing() {
    let world = world(1).await;
    add(&world, "ana", Role::Operator, None).await;
    let user = world.users[0];
    let path = format!("/peritos/{user}/editar");
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let seen = |page: &Page| -> String {
            let (_, rest) = page.html.split_once(r#"name="visto" value=""#).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        let page = browser.get(&path).await;
        let (token, at_first) = (page.token(), seen(&page));
        assert_eq!(seen(&browser.get(&path).await), at_first);
        let mut send = async |seen: &str, nome: &str, email: &str, day: &str| -> Page {
            let fields = [
                ("token", token.as_str()),
                ("visto", seen),
                ("nome", nome),
                ("email", email),
                (day, "1"),
            ];
            browser.send(&path, &fields).await
        };
        let saved = format!("/peritos/{user}?aviso=perito-guardado");
        let page = send(&at_first, "Ana Prado", "ana@example.com", "dia-terca").await;
        assert_eq!(page.leads_to(), saved);
        // The second one knows nothing of the e-mail.
        let page = send(&at_first, "Ana Prado Lima", "", "dia-quarta").await;
        assert_eq!(page.status, 422, "{page:?}");
        assert!(
            page.html.contains("Alguém mudou este perito"),
            "{}",
            page.html
        );
        assert!(
            page.html.contains(r#"value="ana@example.com""#),
            "{}",
            page.html
        );
        let email = field(&world, "u.email", user).await;
        assert_eq!(email.as_deref(), Some("ana@example.com"));
        // What is wrong with the form alone changes nothing of what was seen.
        let now = seen(&page);
        let page = send(&now, "", "ana@example.com", "dia-quarta").await;
        assert_eq!((page.status.as_u16(), seen(&page)), (422, now.clone()));
        let page = send(&now, "Ana Prado Lima", "ana@example.com", "dia-quarta").await;
        assert_eq!(page.leads_to(), saved);
    })
    .await;
    let nome = field(&world, "u.nome", user).await;
    assert_eq!(nome.as_deref(), Some("Ana Prado Lima"));
    world.close().await;
}

#[tokio::test]
async fn the_command_edits_as_the_form_does_and_says_what_is_wrong() {
    let world = World::new(1).await;
    let program = world.program();
    let user = world.users[0];
    let who = user.to_string();
    let edit = async |args: &[&str], input: &str| {
        let all = [&["users", "edit", "--user", &who][..], args].concat();
        program.run_with_input(&all, input).await
    };
    for (args, word) in [
        (&[][..], "--name"),
        (&["--email", "ana"], "--email"),
        (&["--days", "tuesday"], "--days"),
        (&["--windows", "never"], "near, far"),
        (&["--cpf", "52998224726"], "check digits"),
        (&["--cpf", OTHER_CPF], "password is empty"),
    ] {
        let said = edit(args, "").await;
        assert_eq!(said.code, Some(2), "{args:?}: {said:?}");
        assert!(said.err.contains(word), "{args:?}: {said:?}");
    }
    assert!(fields_written_down(&world).await.is_empty());
    let all = [
        "--name",
        "Bia Prado",
        "--email",
        "bia@example.com",
        "--days",
        "quinta",
        "--windows",
        "far",
        "--units",
        "18",
    ];
    let said = edit(&all, "").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(edit(&all, "").await.out.contains("nothing changed"));
    assert_eq!(
        field(&world, "c.unidades", user).await.as_deref(),
        Some("[\"18\"]")
    );
    assert_eq!(
        field(&world, "c.janelas", user).await.as_deref(),
        Some("{far}")
    );
    let said = edit(
        &[
            "--windows",
            "all",
            "--units",
            "all",
            "--email",
            "",
            "--days",
            "",
        ],
        "",
    )
    .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    for column in ["c.unidades", "c.janelas", "u.email"] {
        assert_eq!(field(&world, column, user).await, None, "{column}");
    }
    world
        .execute(&format!("INSERT INTO sync_schedules (usuario_id, window_name, last_tick) VALUES ({user}, 'near', now())"))
        .await;
    let said = edit(&["--cpf", OTHER_CPF], "nova-senha\n").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("tries it presently"), "{said:?}");
    let waits = "SELECT count(last_tick) FROM sync_schedules";
    assert_eq!(world.count(waits).await, 0, "the next look reads it");
    assert_eq!(
        field(&world, "c.cpf", user).await.as_deref(),
        Some(OTHER_CPF)
    );
    // Once the portal has offered units, one that it has not is a slip.
    world
        .execute(&format!("INSERT INTO portal_units (usuario_id, code, name) VALUES ({user}, '18', 'CIR-SAO PAULO')"))
        .await;
    let said = edit(&["--units", "99"], "").await;
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("CIR-SAO PAULO (18)"), "{said:?}");
    let said = program
        .run(&["users", "edit", "--user", "999", "--name", "x"])
        .await;
    assert_eq!(said.code, Some(1), "{said:?}");
    world.close().await;
}

/// What is there of an examiner, beside the history.
const TRACES: &str = "SELECT (SELECT count(*) FROM configuracoes_detran WHERE usuario_id = $1)
    + (SELECT count(*) FROM agendad_people WHERE usuario_id = $1) + (SELECT count(*) FROM agendad_calendars WHERE usuario_id = $1)
    + (SELECT count(*) FROM agendad_tomorrow_mails WHERE usuario_id = $1) + (SELECT count(*) FROM agendad_change_mails WHERE usuario_id = $1) + (SELECT count(*) FROM portal_units WHERE usuario_id = $1)
    + (SELECT count(*) FROM sync_schedules WHERE usuario_id = $1) + (SELECT count(*) FROM portal_sessions WHERE usuario_id = $1)
    + (SELECT count(*) FROM agendad_sheets WHERE usuario_ids @> ARRAY[$1])";

async fn traces(world: &World, user: i32) -> i64 {
    sqlx::query_scalar(TRACES)
        .bind(user)
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}

/// Everything that an examiner may have.
async fn furnish(world: &World, user: i32, other: i32) {
    for sql in [
        format!("INSERT INTO agendad_calendars (usuario_id, token_hash) VALUES ({user}, '\\x01')"),
        format!("INSERT INTO agendad_tomorrow_mails (usuario_id, email, created_by) VALUES ({user}, 'p@example.com', 't')"),
        format!("INSERT INTO agendad_change_mails (usuario_id, email, created_by, seen_change) VALUES ({user}, 'p@example.com', 't', 0)"),
        format!("INSERT INTO sync_schedules (usuario_id, window_name) VALUES ({user}, 'near') ON CONFLICT DO NOTHING"),
        format!("INSERT INTO agendad_sheets (token_hash, label, usuario_ids, days, telephones, cpfs, created_by)
                 VALUES ('\\x02', 'mine', '{{{user}}}', 7, FALSE, FALSE, 't'), ('\\x03', 'ours', '{{{user},{other}}}', 7, FALSE, FALSE, 't')"),
    ] {
        world.execute(&sql).await;
    }
}

#[tokio::test]
async fn removing_asks_for_the_name_waits_for_no_sync_and_leaves_the_history() {
    let world = world(2).await;
    add(&world, "ana", Role::Operator, None).await;
    let (user, other) = (world.users[0], world.users[1]);
    add(&world, "perita", Role::Examiner, Some(user)).await;
    world.sync(0).await;
    world.sync(1).await;
    furnish(&world, user, other).await;
    let slots = world
        .count(&format!(
            "SELECT count(*) FROM agenda_slots WHERE usuario_id = {user}"
        ))
        .await;
    assert!(slots > 0 && traces(&world, user).await > 6);
    let others = traces(&world, other).await;
    let nome = world.simulator.examiners()[0].nome.to_lowercase();
    let path = format!("/peritos/{user}/remover");
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let mut their_browser = Browser::of(&client);
        enter(&mut their_browser, "perita", PASSWORD).await;
        assert_eq!(their_browser.get("/conta").await.status, 200);
        let page = browser.get(&path).await;
        assert!(page.html.contains("Ficam:"), "{}", page.html);
        let token = page.token();
        let mut send = async |typed: &str| {
            browser
                .send(&path, &[("token", &token), ("nome", typed)])
                .await
        };
        assert_eq!(send("Outra Pessoa").await.status, 422);
        assert_eq!(send("").await.status, 422);
        let lock = world
            .app
            .syncer
            .control
            .try_lock(user)
            .await
            .unwrap()
            .unwrap();
        let page = send(&nome).await;
        assert_eq!(page.status, 409, "{page:?}");
        assert!(page.html.contains("em andamento"), "{}", page.html);
        lock.release().await;
        assert!(traces(&world, user).await > 6, "nothing is done by halves");
        let page = send(&nome).await;
        assert_eq!(page.status, 200, "{page:?}");
        assert!(
            page.html.contains(&format!("{slots} horários")),
            "{}",
            page.html
        );
        assert_eq!(
            their_browser.get("/conta").await.status,
            303,
            "their session is over"
        );
        assert_eq!(browser.get(&format!("/peritos/{user}")).await.status, 404);
        assert_eq!(browser.get("/agenda").await.status, 200);
    })
    .await;
    assert_eq!(traces(&world, user).await, 0);
    // The address of both serves the other one still.
    assert_eq!(traces(&world, other).await, others);
    let count = async |table: &str| {
        world
            .count(&format!(
                "SELECT count(*) FROM {table} WHERE usuario_id = {user}"
            ))
            .await
    };
    assert_eq!(count("agenda_slots").await, slots);
    assert_eq!(count("agenda_sync_runs").await, 1);
    let logouts = world.simulator.stats().by_kind["logout"];
    assert_eq!(logouts, 1, "and the session at the portal is ended");
    let audit = "SELECT count(*) FROM agendad_audit WHERE action = 'users.remove' AND actor = 'dashboard:ana' AND usuario_id = ";
    assert_eq!(world.count(&format!("{audit}{user}")).await, 1);
    let named = "SELECT count(*) FROM usuarios WHERE id = ";
    assert_eq!(
        world.count(&format!("{named}{user}")).await,
        1,
        "the name stays with the history"
    );
    world.close().await;
}

#[tokio::test]
async fn the_command_removes_by_the_name_and_a_refused_password_stays_remembered() {
    let world = World::new(2).await;
    let program = world.program();
    let user = world.users[0];
    let who = user.to_string();
    let examiner = world.simulator.examiners()[0].clone();
    world.set_password(0, "errada").await;
    world.try_sync(0).await;
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    furnish(&world, user, world.users[1]).await;
    let remove = ["users", "remove", "--user", &who];
    let other = program.run_with_input(&remove, "Outra\n").await;
    assert_eq!(other.code, Some(2), "{other:?}");
    assert_eq!(program.run_with_input(&remove, "").await.code, Some(2));
    let lock = world
        .app
        .syncer
        .control
        .try_lock(user)
        .await
        .unwrap()
        .unwrap();
    let busy = program
        .run_with_input(&remove, &format!("{}\n", examiner.nome))
        .await;
    assert_eq!(busy.code, Some(75), "{busy:?}");
    lock.release().await;
    let said = program
        .run_with_input(&remove, &format!("{}\n", examiner.nome))
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(traces(&world, user).await, 0);
    let gone = program
        .run_with_input(&remove, &format!("{}\n", examiner.nome))
        .await;
    assert_eq!(gone.code, Some(1), "{gone:?}");
    // Added once more with the same wrong password: it is not posted again.
    let add = ["users", "add", "--user", &who, "--cpf", &examiner.cpf];
    let said = program.run_with_input(&add, "errada\n").await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert_eq!(program.run(&["sync", "--user", &who]).await.code, Some(1));
    assert_eq!(world.portal_saw(0).login_refusals, 1);
    world.close().await;
}
