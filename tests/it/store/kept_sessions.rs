//! Sessions that are kept in the database, and which of them are to be ended.

use std::time::Duration;

use agendad::domain::Cpf;
use agendad::store::kept_sessions::SessionState;
use agendad::store::ownership::{LoginAnswer, LoginBegun};

use crate::support::TestDatabase;

const TTL: Duration = Duration::from_secs(45 * 60);
const IDLE: Duration = Duration::from_secs(30 * 60);

/// An examiner with an account and an open session.
async fn examiner(db: &TestDatabase, cpf: &str) -> (i32, Cpf, i64) {
    let user: i32 = sqlx::query_scalar(
        "WITH u AS (INSERT INTO usuarios (nome) VALUES ('P') RETURNING id)
         INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, $1, 'x' FROM u RETURNING usuario_id",
    )
    .bind(cpf)
    .fetch_one(&db.pool)
    .await
    .unwrap();
    let cpf = Cpf::parse(cpf).unwrap();
    let begun = begin(db, user).await;
    let answer = LoginAnswer::In { forced: false };
    db.store
        .login_answered(&cpf, begun.generation, answer)
        .await
        .unwrap();
    (user, cpf, begun.generation)
}

async fn begin(db: &TestDatabase, user: i32) -> LoginBegun {
    let account = db.store.account(user).await.unwrap().unwrap();
    let begun = db.store.login_begins(&account, IDLE).await.unwrap();
    begun.unwrap()
}

#[tokio::test]
async fn what_is_kept_belongs_to_one_login_of_one_user_and_is_old_by_its_login() {
    let db = TestDatabase::new().await;
    let (user, cpf, generation) = examiner(&db, "52998224725").await;
    let kept = async |user| {
        let kept = db.store.kept_session(user, &cpf, TTL).await.unwrap();
        kept.map(|kept| (kept.sealed, kept.generation, kept.expired))
    };
    assert_eq!(kept(user).await, None);
    db.store
        .session_used(&cpf, generation, Some("v1.first"))
        .await
        .unwrap();
    let first = Some(("v1.first".to_owned(), generation, false));
    assert_eq!(kept(user).await, first);
    assert_eq!(kept(user + 1).await, None, "not for another user");
    // A run that keeps nothing new leaves it.
    db.store.session_used(&cpf, generation, None).await.unwrap();
    assert_eq!(kept(user).await, first);

    for opened in ["now() - interval '46 minutes'", "now() + interval '1 year'"] {
        db.execute(&format!("UPDATE portal_sessions SET opened_at = {opened}"))
            .await;
        assert_eq!(
            kept(user).await,
            Some(("v1.first".to_owned(), generation, true)),
            "{opened}"
        );
    }
    begin(&db, user).await;
    assert_eq!(kept(user).await, None, "the next login ends it");
    db.close().await;
}

#[tokio::test]
async fn sessions_of_accounts_that_are_off_gone_or_changed_are_to_be_ended_and_old_ones_too() {
    let db = TestDatabase::new().await;
    let users = "UPDATE usuarios SET ativo = FALSE WHERE id = ";
    let account = "UPDATE configuracoes_detran SET";
    let (user, _, _) = examiner(&db, "52998224725").await;
    let to_close = async || db.store.sessions_to_close(TTL, IDLE).await.unwrap();
    assert_eq!(to_close().await, [], "all is well");
    db.execute(&format!(
        "{account} cpf = '529.982.247-25', pausa_motivo = 'manual'"
    ))
    .await;
    assert_eq!(to_close().await, [], "spelling and pause change nothing");

    for (what, back) in [
        (
            format!("{account} ativo = FALSE"),
            format!("{account} ativo = TRUE"),
        ),
        (
            format!("{users}{user}"),
            "UPDATE usuarios SET ativo = TRUE".to_owned(),
        ),
        (
            format!("{account} cpf = '11144477735'"),
            format!("{account} cpf = '52998224725'"),
        ),
        (
            format!("{account} senha = NULL"),
            format!("{account} senha = 'x'"),
        ),
        (
            "UPDATE portal_sessions SET opened_at = now() - interval '46 minutes'".to_owned(),
            "UPDATE portal_sessions SET opened_at = now()".to_owned(),
        ),
        (
            "UPDATE portal_sessions SET opened_at = now() + interval '3 hours'".to_owned(),
            "UPDATE portal_sessions SET opened_at = now()".to_owned(),
        ),
        (
            "DELETE FROM configuracoes_detran".to_owned(),
            format!(
                "INSERT INTO configuracoes_detran (usuario_id, cpf, senha) VALUES ({user}, '52998224725', 'x')"
            ),
        ),
    ] {
        db.execute(&what).await;
        let found = to_close().await;
        assert_eq!(found.len(), 1, "{what}");
        assert_eq!((found[0].usuario_id, found[0].rested), (user, false));
        db.execute(&back).await;
        assert_eq!(to_close().await, [], "{back}");
    }

    assert_eq!(
        db.store
            .ask_to_close_sessions(Some(user + 1))
            .await
            .unwrap(),
        0
    );
    assert_eq!(db.store.ask_to_close_sessions(None).await.unwrap(), 1);
    db.execute("UPDATE portal_sessions SET last_used_at = now() - interval '31 minutes'")
        .await;
    let asked = to_close().await;
    assert!(asked[0].rested, "the portal has ended it by itself");
    db.store
        .session_closed(&asked[0].cpf, asked[0].generation, None)
        .await
        .unwrap();
    assert_eq!(to_close().await, []);

    // The user goes, the session of the person stays to be ended.
    let (user, _, _) = examiner(&db, "11144477735").await;
    db.execute(&format!("DELETE FROM configuracoes_detran WHERE usuario_id = {user}; DELETE FROM usuarios WHERE id = {user}"),
    )
    .await;
    assert_eq!(to_close().await.len(), 1);
    db.close().await;
}

#[tokio::test]
async fn people_see_whose_sessions_are_open_and_where_the_examiner_is_waited_for() {
    let db = TestDatabase::new().await;
    let (open, ..) = examiner(&db, "52998224725").await;
    let (there, cpf, _) = examiner(&db, "11144477735").await;
    let begun = begin(&db, there).await;
    db.store
        .login_answered(&cpf, begun.generation, LoginAnswer::InUse)
        .await
        .unwrap();
    let rule = agendad::store::ownership::OtherSessionRule {
        wait: Some(TTL),
        gap: IDLE,
        timezone: "America/Sao_Paulo",
    };
    db.store.other_session_met(&cpf, &rule).await.unwrap();
    let listed = db.store.list_sessions(TTL, IDLE).await.unwrap();
    let states: Vec<_> = listed.iter().map(|s| (s.usuario_id, s.state)).collect();
    assert_eq!(
        states,
        [(open, SessionState::Open), (there, SessionState::InUse)]
    );
    assert!(listed[0].dies_at.is_some() && listed[0].other_since.is_none());
    assert!(listed[1].dies_at.is_none() && listed[1].other_wait_until.is_some());
    let shown = serde_json::to_string(&listed).unwrap();
    assert!(
        !shown.contains("52998224725") && !shown.contains("sealed"),
        "{shown}"
    );
    db.close().await;
}
