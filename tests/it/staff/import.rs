//! Examiners come from a file: what would change is shown first, and just that is written, all of it or nothing.

use agendad::domain::Role;

use super::{PASSWORD, add, enter};
use crate::dashboard::browser::{Browser, Page};
use crate::http::client::{Client, serving, world};
use crate::support::World;

/// Examiners of the simulator, of whom the first two have accounts.
async fn three_of_whom_two_are_there() -> World {
    let world = world(3).await;
    add(&world, "ana", Role::Operator, None).await;
    let gone = world.users[2];
    for table in ["configuracoes_detran WHERE usuario_id", "usuarios WHERE id"] {
        world
            .execute(&format!("DELETE FROM {table} = {gone}"))
            .await;
    }
    world
}

/// The secret that a confirmation sends along.
fn sealed(page: &Page) -> Option<String> {
    let (_, rest) = page.html.split_once("name=\"arquivo\" value=\"")?;
    Some(rest.split('"').next()?.to_owned())
}

async fn everything(world: &World) -> String {
    sqlx::query_scalar(
        "SELECT string_agg(u::text || c::text, E'\\n' ORDER BY u.id) FROM usuarios u JOIN configuracoes_detran c ON c.usuario_id = u.id",
    )
    .fetch_one(&world.database.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn a_file_of_excel_is_shown_line_by_line_and_then_written_as_it_was_shown() {
    let world = three_of_whom_two_are_there().await;
    let examiners = world.simulator.examiners();
    let [one, two, three] = [&examiners[0], &examiners[1], &examiners[2]];
    let text = format!(
        "Dias;CPF;Senha do portal;Nome;E-mail;Telefone\r\nter, qui;{};{};Conceição Prado;conceicao@example.com;1\r\n;{};;{};;\r\n;{};;{};nova@example.com;\r\n",
        three.cpf, three.senha, one.cpf, one.nome, two.cpf, two.nome
    );
    let (windows_1252, _, _) = encoding_rs::WINDOWS_1252.encode(&text);
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let template = browser.get("/importar/modelo.csv").await;
        assert!(
            template.html.starts_with("\u{feff}nome;cpf;senha"),
            "{template:?}"
        );
        let token = browser.get("/importar").await.token();
        let refused = browser
            .upload("/importar", &token, template.html.as_bytes())
            .await;
        assert!(
            refused.html.contains("o CPF não está certo"),
            "{}",
            refused.html
        );

        let before = everything(&world).await;
        let page = browser.upload("/importar", &token, &windows_1252).await;
        assert_eq!(page.status, 200, "{page:?}");
        for said in [
            "novos: 1 · mudam: 1 · já iguais: 1 · recusados: 0",
            "Conceição Prado",
            "terça, quinta",
            "muda: e-mail",
            "Telefone",
        ] {
            assert!(page.html.contains(said), "{said}: {}", page.html);
        }
        let cpfs = [&one.cpf, &two.cpf, &three.cpf];
        assert!(!page.html.contains(&three.senha), "no password comes back");
        assert!(
            cpfs.iter().all(|cpf| !page.html.contains(cpf.as_str())),
            "CPFs are masked"
        );
        assert_eq!(everything(&world).await, before, "nothing is written yet");

        let sealed = sealed(&page).unwrap();
        let confirm = [("token", token.as_str()), ("arquivo", sealed.as_str())];
        // Another person's browser cannot confirm it, and nobody can change it.
        add(&world, "bia", Role::Operator, None).await;
        let mut other = Browser::of(&client);
        enter(&mut other, "bia", PASSWORD).await;
        let theirs = other.get("/importar").await.token();
        for (browser, token, sealed) in [
            (&mut other, &theirs, sealed.clone()),
            (&mut browser, &token, sealed.replace('A', "B")),
        ] {
            let page = browser
                .send(
                    "/importar/confirmar",
                    &[("token", token), ("arquivo", &sealed)],
                )
                .await;
            assert_eq!(page.status, 422, "{page:?}");
        }
        assert_eq!(everything(&world).await, before);
        // Somebody changes one of them meanwhile: what would change now is shown, and nothing is written.
        world
            .execute(&format!(
                "UPDATE usuarios SET email = 'x@example.com' WHERE id = {}",
                world.users[0]
            ))
            .await;
        world
            .execute(&format!(
                "UPDATE usuarios SET email = 'nova@example.com' WHERE id = {}",
                world.users[1]
            ))
            .await;
        let meanwhile = everything(&world).await;
        let page = browser.send("/importar/confirmar", &confirm).await;
        assert!(
            page.html.contains("Algo mudou desde que você olhou"),
            "{}",
            page.html
        );
        assert_eq!(everything(&world).await, meanwhile);
        let again = self::sealed(&page).unwrap();
        let page = browser
            .send(
                "/importar/confirmar",
                &[("token", &token), ("arquivo", &again)],
            )
            .await;
        assert!(
            page.html.contains("novos: 1 · mudam: 0 · já iguais: 2"),
            "{}",
            page.html
        );
        // Pressed twice, it adds nobody twice.
        let page = browser
            .send(
                "/importar/confirmar",
                &[("token", &token), ("arquivo", &again)],
            )
            .await;
        assert!(
            page.html.contains("não há nada a importar"),
            "{}",
            page.html
        );
    })
    .await;
    let new = "SELECT usuario_id::bigint FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id WHERE u.nome = 'Conceição Prado'
               AND u.email = 'conceicao@example.com' AND c.ativo AND c.dias_trabalho = '[\"terca\",\"quinta\"]' AND c.senha IS NULL";
    let user = world.count(new).await;
    let audit = "SELECT count(*) FROM agendad_audit WHERE actor = 'dashboard:ana' AND action = ";
    for (action, n) in [("users.add", 1), ("users.edit", 0), ("users.import", 1)] {
        assert_eq!(
            world.count(&format!("{audit}'{action}'")).await,
            n,
            "{action}"
        );
    }
    // The password is the right one.
    let said = world
        .program()
        .run(&["sync", "--user", &user.to_string(), "--window", "near"])
        .await;
    assert_eq!(said.code, Some(0), "{said:?}");
    world.close().await;
}

#[tokio::test]
async fn one_refused_line_keeps_the_whole_file_out_and_files_that_are_none_are_told_apart() {
    let world = three_of_whom_two_are_there().await;
    let three = world.simulator.examiners()[2].clone();
    let before = everything(&world).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/importar").await.token();
        let file = format!(
            "nome,cpf,dias,senha\nEva,{},terca,{}\nDavi,52998224726,,canary-secret\nZé,,,\nBia,11144477735,,1.23457E+11\n",
            three.cpf, three.senha
        );
        let page = browser.upload("/importar", &token, file.as_bytes()).await;
        assert!(
            page.html
                .contains("novos: 1 · mudam: 0 · já iguais: 0 · recusados: 3"),
            "{}",
            page.html
        );
        assert!(page.html.contains("o Excel mudou a senha"), "{}", page.html);
        assert!(
            sealed(&page).is_none() && !page.html.contains("canary-secret"),
            "{}",
            page.html
        );
        let large = format!("cpf\n{}", "1".repeat(41_000));
        for (file, said) in [
            (&b"PK\x03\x04 a workbook"[..], "Salve-a como CSV"),
            (b"nome;senha\nAna;x", "Nenhuma coluna se chama CPF"),
            (b"cpf;cpf\n1;2", "Duas colunas"),
            (b"cpf\n\"1", "As aspas abertas na linha 2"),
            (b"\xff\xfe", "nenhuma linha abaixo"),
            (large.as_bytes(), "40 mil"),
        ] {
            let page = browser.upload("/importar", &token, file).await;
            assert_eq!(page.status, 422, "{said}");
            assert!(page.html.contains(said), "{said}: {}", page.html);
        }
        assert_eq!(
            browser.upload("/importar", "x", b"cpf\n1").await.status,
            403,
            "without the form's token"
        );
    })
    .await;
    assert_eq!(everything(&world).await, before);
    world.close().await;
}

#[tokio::test]
async fn the_command_shows_the_same_and_writes_only_when_told_to() {
    let world = three_of_whom_two_are_there().await;
    let program = world.program();
    let examiners = world.simulator.examiners();
    let file = world.state.path().join("peritos.csv");
    let file = file.to_str().unwrap();
    let write = |text: String| std::fs::write(file, text).unwrap();
    let run = async |args: &[&str]| {
        program
            .run(&[&["users", "import"][..], args].concat())
            .await
    };
    let template = run(&["--template"]).await;
    assert!(template.out.contains("nome;cpf;senha"), "{template:?}");
    write(format!(
        "cpf;nome;senha\n{};Eva Prado;\n{};;outra-senha\n",
        examiners[2].cpf, examiners[0].cpf
    ));
    let before = everything(&world).await;
    assert_eq!(run(&[file]).await.code, Some(2), "nobody confirms");
    let said = run(&[file, "--dry-run"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.contains("changes: password") && said.out.contains("switched off until"),
        "{said:?}"
    );
    assert_eq!(everything(&world).await, before);
    let typed = async |args: &[&str]| {
        let text = std::fs::read_to_string(file).unwrap();
        let args = [&["users", "import", "-"][..], args].concat();
        program.run_with_input(&args, &text).await
    };
    assert_eq!(typed(&[]).await.code, Some(2), "its end is no answer");
    let said = typed(&["--dry-run"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("switched off until"), "{said:?}");
    assert_eq!(everything(&world).await, before);
    let said = typed(&["--yes", "--json"]).await;
    assert_eq!(said.code, Some(0), "{said:?}");
    let told = said.json();
    assert_eq!(told["written"], true);
    assert_eq!(told["lines"][0]["verdict"], "new_off");
    assert!(!said.out.contains("outra-senha") && !said.out.contains(examiners[0].cpf.as_str()));
    let off = "SELECT count(*) FROM configuracoes_detran c JOIN usuarios u ON u.id = c.usuario_id WHERE u.nome = 'Eva Prado' AND NOT c.ativo";
    assert_eq!(world.count(off).await, 1);
    assert_eq!(
        run(&[file, "--yes"]).await.code,
        Some(0),
        "and a second time nothing is left to do"
    );
    let audit =
        "SELECT count(*) FROM agendad_audit WHERE actor LIKE 'cli:%' AND action = 'users.import'";
    assert_eq!(world.count(audit).await, 1);
    write("cpf;nome\n52998224726;Eva\n".to_owned());
    let said = run(&[file, "--yes"]).await;
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(
        said.out.contains("refused: the CPF is not right"),
        "{said:?}"
    );
    assert_eq!(run(&["/nowhere.csv", "--yes"]).await.code, Some(1));
    world.close().await;
}

#[tokio::test]
async fn what_is_too_large_for_any_form_is_answered_by_a_page_and_for_programs_by_json() {
    let world = three_of_whom_two_are_there().await;
    let before = everything(&world).await;
    serving(&world, async |client: Client| {
        let mut browser = Browser::of(&client);
        enter(&mut browser, "ana", PASSWORD).await;
        let token = browser.get("/importar").await.token();
        let file = "cpf;nome\n".to_owned() + &"1;Conceição\n".repeat(10_000);
        for (path, said) in [
            (
                "/importar",
                [
                    "O envio tem 140.2",
                    "bytes, e o limite é de 65.536",
                    "agendad users import",
                ],
            ),
            (
                "/importar?lang=en",
                [
                    "What was sent has 140,2",
                    "the limit is 65,536",
                    "Split the file",
                ],
            ),
        ] {
            browser.get(path).await;
            let page = browser.upload("/importar", &token, file.as_bytes()).await;
            assert_eq!(page.status, 413, "{page:?}");
            assert!(
                said.iter().all(|said| page.html.contains(said)),
                "{}",
                page.html
            );
            assert!(page.headers.contains_key("content-security-policy"));
        }
        let long = "x".repeat(70_000);
        for path in ["/novo-perito", "/ajustes", "/entrar"] {
            let page = browser
                .send(path, &[("token", &token), ("nome", &long)])
                .await;
            assert_eq!(page.status, 413, "{path}");
            assert!(
                page.html.contains("shorten what you wrote"),
                "{}",
                page.html
            );
        }
        // Larger than what is read of it.
        let page = browser
            .upload("/importar", &token, &vec![b'1'; 20_000_000])
            .await;
        assert!(page.html.contains("20,000,"), "{}", page.html);
        // Nothing at all is no file, and no error of the server's.
        assert_eq!(browser.upload("/importar", &token, b"").await.status, 422);
        let request = client
            .request(reqwest::Method::POST, crate::http::client::SYNC)
            .body(long);
        crate::http::client::send(request)
            .await
            .expect(413, "too_large");
    })
    .await;
    assert_eq!(everything(&world).await, before);
    world.close().await;
}
