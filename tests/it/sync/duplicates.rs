//! Two accounts with one CPF are one person: only one of them is scheduled, and never do two run at once.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::credentials::{self};
use agendad::domain::{Cpf, PauseOf, RunStatus, WorkingDays};
use agendad::store::StoreError;
use agendad::store::pauses::Resumed;
use agendad::store::schedules::advance_ticks;
use agendad::store::settings::SettingsChange;
use agendad::sync::{OwnCredentials, Refusal, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::support::{TestDatabase, World, eventually};

/// A second user with the first examiner's CPF, spelt another way, made by plain SQL.
async fn second(world: &World) -> i32 {
    let examiner = &world.simulator.examiners()[0];
    let cpf = Cpf::parse(&examiner.cpf).unwrap().formatted();
    sqlx::query_scalar(
        "WITH u AS (INSERT INTO usuarios (nome) VALUES ('Outra conta') RETURNING id)
         INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, $1, $2 FROM u RETURNING usuario_id",
    )
    .bind(cpf)
    .bind(&examiner.senha)
    .fetch_one(&world.database.pool)
    .await
    .unwrap()
}

async fn pause_of(world: &World, user: i32) -> Option<String> {
    sqlx::query_scalar("SELECT pausa_motivo FROM configuracoes_detran WHERE usuario_id = $1")
        .bind(user)
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}

/// Who has a tick now; nobody has had one afterwards.
async fn due(world: &World) -> Vec<i32> {
    let mut tx = world.database.store.begin().await.unwrap();
    let now = world.database.store.now().await.unwrap();
    let batch = advance_ticks(&mut tx, "near", now, i32::MIN, 1000).await;
    batch.unwrap().due
}

async fn sync(world: &World, user: i32) -> SyncOutcome {
    let mut request = world.request(0);
    request.usuario_id = user;
    let stop = CancellationToken::new();
    let syncer = &world.app.syncer;
    syncer.sync(&request, &stop, &|_| {}).await.unwrap()
}

#[tokio::test]
async fn a_second_scheduled_account_of_a_cpf_is_refused_naming_the_first() {
    let world = World::new(2).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let [first, other] = [world.users[0], world.users[1]];
    let cpf = Cpf::parse(&world.simulator.examiners()[0].cpf).unwrap();
    let taken = |error: &StoreError| {
        assert!(
            matches!(error, StoreError::CpfTaken { usuario_id } if *usuario_id == first),
            "{error}"
        );
    };
    taken(
        &store
            .add_user(None, "Ana", None, &cpf, WorkingDays::ALL)
            .await
            .unwrap_err(),
    );
    let nobody = "SELECT count(*) FROM usuarios WHERE nome = 'Ana'";
    assert_eq!(world.count(nobody).await, 0);

    let change = SettingsChange {
        cpf: Some(&cpf),
        ..SettingsChange::default()
    };
    let changed = credentials::change_account(store, vault, other, &change, None).await;
    let Err(credentials::CredentialsError::Store(error)) = changed else {
        panic!("{changed:?}");
    };
    taken(&error);

    // While the first is switched off, its CPF is free; it cannot come back before the second is off.
    store.set_active(first, false).await.unwrap();
    let second = store
        .add_user(None, "Ana", None, &cpf, WorkingDays::ALL)
        .await
        .unwrap();
    store.set_active(second, true).await.unwrap();
    let back = store.set_active(first, true).await;
    assert!(matches!(back, Err(StoreError::CpfTaken { usuario_id }) if usuario_id == second));
    let on = SettingsChange {
        active: Some(true),
        ..SettingsChange::default()
    };
    let back = store.change_settings(first, &on).await;
    assert!(matches!(back, Err(StoreError::CpfTaken { .. })), "{back:?}");
    store.set_active(second, false).await.unwrap();
    assert!(store.set_active(first, true).await.unwrap());
    world.close().await;
}

/// One switches on what is there, the other one names the CPF that is there.
#[tokio::test]
async fn two_that_schedule_an_account_at_once_are_both_served() {
    let world = World::new(1).await;
    let (store, user) = (&world.database.store, world.users[0]);
    let cpf = Cpf::parse(&world.simulator.examiners()[0].cpf).unwrap();
    let mut holder = world.database.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM configuracoes_detran WHERE usuario_id = $1 FOR UPDATE")
        .bind(user)
        .execute(&mut *holder)
        .await
        .unwrap();
    let wait = async |how_many: i64| {
        let waiting = "SELECT count(*) FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock'";
        eventually("they wait", Duration::from_secs(60), async || {
            (world.count(waiting).await == how_many).then_some(())
        })
        .await;
    };
    let naming = async {
        wait(1).await;
        let change = SettingsChange {
            cpf: Some(&cpf),
            ..SettingsChange::default()
        };
        store.change_settings(user, &change).await
    };
    let letting_go = async {
        wait(2).await;
        holder.rollback().await
    };
    let (switched, named, let_go) = tokio::join!(store.set_active(user, true), naming, letting_go);
    let_go.unwrap();
    assert!(switched.unwrap() && named.unwrap());
    world.close().await;
}

#[tokio::test]
async fn of_two_that_are_added_at_once_one_is_refused() {
    let world = World::new(1).await;
    let store = &world.database.store;
    let cpf = Cpf::parse("52998224725").unwrap();
    let add = async || {
        let user = store
            .add_user(None, "Ana", None, &cpf, WorkingDays::ALL)
            .await?;
        store.set_active(user, true).await
    };
    let (one, other) = tokio::join!(add(), add());
    assert_eq!(
        [one, other].iter().filter(|added| added.is_ok()).count(),
        1,
        "exactly one is scheduled"
    );
    assert_eq!(store.duplicates().await.unwrap(), []);
    world.close().await;
}

#[tokio::test]
async fn one_that_was_made_by_sql_is_not_scheduled_and_paused_until_the_first_goes_or_changes() {
    let world = World::new(1).await;
    let store = &world.database.store;
    let first = world.users[0];
    let second = second(&world).await;
    assert_eq!(due(&world).await, [first], "before anybody has marked it");
    let outcome = sync(&world, second).await;
    assert!(
        matches!(&outcome, SyncOutcome::Refused(Refusal::Paused { reason, pause_of, .. })
            if reason.as_str() == "duplicate_cpf" && *pause_of == PauseOf::Older(first)),
        "{outcome:?}"
    );
    assert_eq!(
        pause_of(&world, second).await.as_deref(),
        Some("duplicate_cpf")
    );
    assert_eq!(pause_of(&world, first).await, None);
    assert_eq!(
        store.resume_account(second, "test").await.unwrap(),
        Resumed::CpfTaken(first)
    );
    let listed = store
        .list_users(world.app.syncer.clock.today())
        .await
        .unwrap();
    assert_eq!(listed[1].duplicate_of, Some(first));
    assert!(!listed[1].scheduled);

    let cpf = &world.simulator.examiners()[0].cpf;
    for (goes, comes) in [
        (
            format!("UPDATE configuracoes_detran SET ativo = FALSE WHERE usuario_id = {first}"),
            "UPDATE configuracoes_detran SET ativo = TRUE".to_owned(),
        ),
        (
            format!("UPDATE usuarios SET ativo = FALSE WHERE id = {first}"),
            "UPDATE usuarios SET ativo = TRUE".to_owned(),
        ),
        (
            format!(
                "UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE WHERE usuario_id = {first}"
            ),
            "UPDATE configuracoes_detran SET sincronizacao_automatica = TRUE".to_owned(),
        ),
        (
            format!(
                "UPDATE configuracoes_detran SET cpf = '11144477735' WHERE usuario_id = {first}"
            ),
            format!("UPDATE configuracoes_detran SET cpf = '{cpf}' WHERE usuario_id = {first}"),
        ),
    ] {
        world.database.execute(&goes).await;
        assert!(due(&world).await.contains(&second), "{goes}");
        store.settle_duplicates().await.unwrap();
        assert_eq!(pause_of(&world, second).await, None, "{goes}");
        world.database.execute(&comes).await;
        assert_eq!(due(&world).await, [first], "{comes}");
        store.settle_duplicates().await.unwrap();
        assert_eq!(
            pause_of(&world, second).await.as_deref(),
            Some("duplicate_cpf")
        );
        assert_eq!(
            store.settle_duplicates().await.unwrap(),
            0,
            "nothing more to do"
        );
    }
    world
        .database
        .execute(&format!("DELETE FROM usuarios WHERE id = {first}"))
        .await;
    let outcome = sync(&world, second).await;
    assert!(
        matches!(&outcome, SyncOutcome::Ran(report) if report.status == RunStatus::Success),
        "{outcome:?}"
    );
    assert_eq!(pause_of(&world, second).await, None);
    world.close().await;
}

#[tokio::test]
async fn accounts_without_a_cpf_are_nobodys_second_account() {
    let db = TestDatabase::new().await;
    for cpf in ["", "", "000", "abc", "5299822472", "05299822472"] {
        sqlx::query(
            "WITH u AS (INSERT INTO usuarios (nome) VALUES ('P') RETURNING id)
             INSERT INTO configuracoes_detran (usuario_id, cpf, senha) SELECT id, $1, 'x' FROM u",
        )
        .bind(cpf)
        .execute(&db.pool)
        .await
        .unwrap();
    }
    let duplicates = db.store.duplicates().await.unwrap();
    assert_eq!(
        duplicates.len(),
        1,
        "a lost leading zero makes nobody another person: {duplicates:?}"
    );
    db.close().await;
}

#[tokio::test]
async fn two_users_with_one_cpf_exclude_each_other_in_this_process_and_in_another() {
    let world = World::new(2).await;
    let elsewhere = world.second_app().await;
    let examiner = world.simulator.examiners()[0].clone();
    let cpf = Cpf::parse(&examiner.cpf).unwrap();
    let given = OwnCredentials {
        cpf: cpf.clone(),
        password: examiner.senha.into(),
        working_days: WorkingDays::ALL,
    };
    let as_other_user = async |app: &agendad::app::App| {
        let (request, stop) = (world.request(1), CancellationToken::new());
        let outcome = app.syncer.sync_as(&request, Some(&given), &stop, &|_| {});
        outcome.await.unwrap()
    };
    let control = &world.app.syncer.control;
    let lock = control.try_lock(world.users[0]).await.unwrap().unwrap();
    assert!(lock.try_person(&cpf).await.unwrap());
    assert!(lock.try_person(&cpf).await.unwrap(), "it has it already");
    for app in [&world.app, &elsewhere] {
        let outcome = as_other_user(app).await;
        assert!(matches!(outcome, SyncOutcome::Busy), "{outcome:?}");
    }
    assert_eq!(world.simulator.stats().requests, 0);
    lock.release().await;
    let outcome = as_other_user(&elsewhere).await;
    assert!(matches!(outcome, SyncOutcome::Ran(_)), "{outcome:?}");

    // It goes with the user's lock, dropped or released, and is not left behind.
    for _ in 0..3 {
        let lock = control.try_lock(world.users[0]).await.unwrap().unwrap();
        assert!(lock.try_person(&cpf).await.unwrap());
        drop(lock);
        let other = control.try_lock(world.users[1]).await.unwrap().unwrap();
        assert!(other.try_person(&cpf).await.unwrap());
        other.release().await;
    }
    elsewhere.close().await.unwrap();
    world.close().await;
}
