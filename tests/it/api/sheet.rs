//! `GET /planilha/{token}.csv`: what a spreadsheet fetches, and what it does not get.

use agendad::store::sheets::NewSheet;
use sha2::{Digest, Sha256};

use crate::http::client::{Client, serving, world};

/// A token as `agendad agenda share` makes it.
const TOKEN: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

#[tokio::test]
async fn an_address_serves_the_days_that_it_was_made_for_until_it_is_revoked() {
    let world = world(2).await;
    world.sync(0).await;
    world.sync(1).await;
    let hash: [u8; 32] = Sha256::digest(TOKEN.as_bytes()).into();
    let store = &world.database.store;
    let mut sheet = NewSheet {
        label: "recepção".to_owned(),
        usuario_ids: Some(vec![world.users[0]]),
        days: 15,
        telephones: false,
        cpfs: false,
    };
    let id = store.make_sheet(&sheet, &hash, "test").await.unwrap();
    serving(&world, async |client: Client| {
        let path = format!("/planilha/{TOKEN}.csv");
        let answer = client.get(&path).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.headers["content-type"], "text/csv; charset=utf-8");
        let csv = answer.body.as_str().unwrap();
        let (head, rows) = csv.split_once("\r\n").unwrap();
        assert_eq!(
            head,
            "Data,Hora,Candidato,Processo,Categoria,Exame médico,Exame psicológico,Situação,Perito,Unidade,Visto desde,Lido em"
        );
        let slots = rows.lines().filter(|line| line.as_bytes().get(13) == Some(&b':')).count();
        assert_eq!(slots, world.truth(0).len(), "{rows}");
        assert!(rows.contains("vazio, lido"), "{rows}");
        for nobodys in [
            "/planilha/x.csv".to_owned(),
            format!("/planilha/{TOKEN}"),
            format!("/planilha/{}.csv", TOKEN.replace("AA", "BA")),
        ] {
            let answer = client.get(&nobodys).await;
            assert_eq!(answer.status, 404, "{nobodys}");
            let said = answer.body.as_str().unwrap_or_default();
            assert!(said.starts_with("Este endereço não existe"), "{answer:?}");
        }
        let recorded = format!("SELECT count(*) FROM agendad_audit WHERE action = 'agenda.export' AND actor = 'sheet:{id}'");
        assert_eq!(world.count(&recorded).await, 1);
        assert!(store.sheets().await.unwrap()[0].last_read_at.is_some());

        assert!(store.revoke_sheet(id, "test").await.unwrap());
        assert_eq!(client.get(&path).await.status, 404);
        sheet.cpfs = true;
        sheet.telephones = true;
        store.make_sheet(&sheet, &hash, "test").await.unwrap();
        let csv = client.get(&format!("{path}?csv=excel")).await.body;
        let csv = csv.as_str().unwrap();
        let cpf = &world.simulator.agenda(0)[0].cpf;
        assert!(csv.contains(cpf) && csv.contains(";Telefones;E-mail;CPF;"), "{csv}");
    })
    .await;
    world.close().await;
}

#[tokio::test]
async fn who_asks_too_often_has_to_wait() {
    let world = world(1).await;
    serving(&world, async |client: Client| {
        let path = format!("/planilha/{TOKEN}.csv");
        for _ in 0..30 {
            assert_eq!(client.get(&path).await.status, 404);
        }
        let refused = client.get(&path).await;
        assert_eq!(refused.status, 429, "{refused:?}");
        assert!(refused.headers.contains_key("retry-after"));
    })
    .await;
    world.close().await;
}
