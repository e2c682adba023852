//! Portal passwords at rest: sealing, rotation, and what must not be mistaken for new credentials.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::path::Path;

use agendad::credentials::{self, Changed, CredentialsError, Resealed};
use agendad::domain::{Cpf, FailureKind, PauseReason, RunStatus};
use agendad::sync::{Refusal, SyncOutcome};
use agendad::vault::{Vault, key_file};

use crate::support::{World, pause_of};

/// Puts the password into clear text, as the earlier application writes it.
async fn write_clear(world: &World, index: usize, password: &str) {
    sqlx::query("UPDATE configuracoes_detran SET senha = $2 WHERE usuario_id = $1")
        .bind(world.users[index])
        .bind(password)
        .execute(&world.database.pool)
        .await
        .unwrap();
}

async fn stored(world: &World, index: usize) -> (Option<String>, Option<String>) {
    sqlx::query_as("SELECT senha, senha_cifrada FROM configuracoes_detran WHERE usuario_id = $1")
        .bind(world.users[index])
        .fetch_one(&world.database.pool)
        .await
        .unwrap()
}

#[tokio::test]
async fn sealing_takes_the_clear_text_away_and_the_next_login_works() {
    let world = World::new(2).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let password = world.simulator.examiners()[0].senha.clone();
    write_clear(&world, 0, &password).await;
    let custody = credentials::passwords_at_rest(store, vault).await.unwrap();
    assert_eq!((custody.sealed, custody.clear), (1, 1));
    assert_eq!(custody.warnings().len(), 1, "{:?}", custody.warnings());

    let sealed = credentials::seal_clear(store, vault, "test").await.unwrap();
    assert_eq!(sealed, 1);
    let (clear, kept) = stored(&world, 0).await;
    assert!(clear.is_none() && !kept.unwrap().contains(&password));
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let custody = credentials::passwords_at_rest(store, vault).await.unwrap();
    assert!(custody.warnings().is_empty());
    world.close().await;
}

#[tokio::test]
async fn a_rotation_seals_everything_anew_and_a_running_daemon_follows() {
    let world = World::new(3).await;
    let store = &world.database.store;
    let before = stored(&world, 0).await;
    let rotating = Vault::open(None, &world.app.config().state_dir).unwrap();
    let id = rotating.add_key(|_| false).unwrap().unwrap();
    let done = credentials::reseal(store, &rotating, "test").await.unwrap();
    assert_eq!((done.resealed, done.already), (3, 0));
    assert_ne!(stored(&world, 0).await, before);
    let by = store.sealed_by().await.unwrap();
    assert_eq!((by.len(), by[0].key_id.as_str()), (1, id.as_str()));
    // The daemon's vault still knew the old key only.
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let again = credentials::reseal(store, &rotating, "test").await.unwrap();
    assert_eq!((again.resealed, again.already), (0, 3));
    let audited = world
        .count("SELECT count(*) FROM agendad_audit WHERE action = 'vault.rotate'")
        .await;
    assert_eq!(audited, 2);
    world.close().await;
}

#[tokio::test]
async fn a_password_that_was_accepted_is_known_as_such_by_the_new_key() {
    let world = World::new(1).await;
    let store = &world.database.store;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let rotating = Vault::open(None, &world.app.config().state_dir).unwrap();
    rotating.add_key(|_| false).unwrap();
    credentials::reseal(store, &rotating, "test").await.unwrap();
    let examiner = world.simulator.examiners()[0].clone();
    let cpf = Cpf::parse(&examiner.cpf).unwrap();
    let accepted: Option<String> =
        sqlx::query_scalar("SELECT accepted_password FROM portal_sessions WHERE cpf = $1")
            .bind(cpf.digits())
            .fetch_one(&world.database.pool)
            .await
            .unwrap();
    let by_new = rotating.fingerprint(cpf.digits(), &examiner.senha);
    assert_eq!(accepted, Some(by_new.unwrap()));
    world.close().await;
}

#[tokio::test]
async fn an_interrupted_rotation_leaves_everything_openable() {
    let world = World::new(2).await;
    // The new key is in front, and nothing has been sealed with it yet.
    let rotating = Vault::open(None, &world.app.config().state_dir).unwrap();
    rotating.add_key(|_| false).unwrap();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    let config = world.app.config();
    let restarted = credentials::open_vault(None, &config.state_dir, &world.database.store);
    let restarted = restarted.await.unwrap();
    let done = credentials::reseal(&world.database.store, &restarted, "test").await;
    assert_eq!(
        done.unwrap(),
        Resealed {
            resealed: 2,
            ..Resealed::default()
        }
    );
    world.close().await;
}

#[tokio::test]
async fn what_no_key_opens_is_named_and_left_alone() {
    let world = World::new(2).await;
    let mut tx = world.database.pool.begin().await.unwrap();
    sqlx::query(
        "UPDATE configuracoes_detran SET senha_cifrada = 'v1.deadbeef.AAAA' WHERE usuario_id = $1",
    )
    .bind(world.users[1])
    .execute(&mut *tx)
    .await
    .unwrap();
    tx.commit().await.unwrap();
    let rotating = Vault::open(None, &world.app.config().state_dir).unwrap();
    rotating.add_key(|_| false).unwrap();
    let done = credentials::reseal(&world.database.store, &rotating, "test").await;
    let done = done.unwrap();
    assert_eq!((done.resealed, done.unopened), (1, vec![world.users[1]]));

    // No login is attempted, and the reason is one sentence.
    let report = world.sync(1).await;
    let error = report.error.unwrap();
    assert_eq!((error.kind, report.logins), (FailureKind::Vault, 0));
    assert!(error.message.contains("deadbeef"), "{}", error.message);
    assert_eq!(pause_of(&world, 1).await, None);
    world.close().await;
}

#[tokio::test]
async fn sealing_neither_ends_a_pause_nor_hides_a_refusal_in_flight() {
    let world = World::new(2).await;
    let store = &world.database.store;
    write_clear(&world, 0, "wrong").await;
    let used_by_a_run = store.account(world.users[0]).await.unwrap().unwrap();
    let vault = &world.app.syncer.vault;
    credentials::seal_clear(store, vault, "test").await.unwrap();
    vault.add_key(|_| false).unwrap();
    credentials::reseal(store, vault, "test").await.unwrap();
    // The run's answer comes only now: the very same password, however it is stored.
    let fingerprint = vault
        .fingerprint(used_by_a_run.cpf.digits(), "wrong")
        .unwrap();
    let paused = store
        .pause_after_refusal(&used_by_a_run, PauseReason::Refused, None, &fingerprint)
        .await;
    assert!(paused.unwrap());

    vault.add_key(|_| false).unwrap();
    credentials::reseal(store, vault, "test").await.unwrap();
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    assert!(matches!(
        world.try_sync(0).await,
        SyncOutcome::Refused(Refusal::Paused { .. })
    ));
    world.close().await;
}

#[tokio::test]
async fn a_new_password_ends_a_pause_and_the_same_one_does_not() {
    let world = World::new(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let user = world.users[0];
    let set = async |password: &str| {
        let password = password.to_owned().into();
        credentials::set_password(store, vault, user, &password)
            .await
            .unwrap()
    };
    let refusals = || world.simulator.stats().login_refusals;
    assert_eq!(set("wrong").await, Changed::Done);
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    assert_eq!(refusals(), 1);

    assert_eq!(set("wrong").await, Changed::SamePassword);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    world.try_sync(0).await;
    assert_eq!(refusals(), 1, "a refused password is tried once");

    let right = world.simulator.examiners()[0].senha.clone();
    assert_eq!(set(&right).await, Changed::Done);
    assert_eq!(pause_of(&world, 0).await, None);
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn without_the_right_key_nothing_starts_and_the_sentence_says_what_to_do() {
    let world = World::new(1).await;
    let store = &world.database.store;
    let elsewhere = tempfile::tempdir().unwrap();
    let open = async |dir: &Path| credentials::open_vault(None, dir, store).await.unwrap_err();
    let error = open(elsewhere.path()).await;
    assert!(matches!(error, CredentialsError::NoKey { accounts: 1, .. }));
    assert!(
        !key_file(elsewhere.path()).exists(),
        "no key is made where passwords wait for another"
    );
    assert!(error.to_string().contains("put the key into"), "{error}");

    let other = tempfile::tempdir().unwrap();
    let key = Vault::open(None, other.path()).unwrap();
    let error = open(other.path()).await;
    assert!(matches!(
        error,
        CredentialsError::WrongKey { accounts: 1, .. }
    ));

    // An account that can log in is reason enough to run.
    write_clear(&world, 0, "clear").await;
    let vault = credentials::open_vault(None, other.path(), store).await;
    assert_eq!(vault.unwrap().key_id(), key.key_id());
    world.close().await;
}

#[test]
fn a_key_for_containers_that_a_full_disk_left_empty_is_made_anew_and_then_stays() {
    let dir = tempfile::tempdir().unwrap();
    let script = dir.path().join("secrets.sh");
    let ours = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/docker/secrets.sh");
    std::fs::copy(ours, &script).unwrap();
    let secrets = dir.path().join("secrets");
    std::fs::create_dir(&secrets).unwrap();
    std::fs::write(key_file(&secrets), "").unwrap();
    let run = || {
        let status = std::process::Command::new("sh").arg(&script).status();
        assert!(status.unwrap().success());
        std::fs::read_to_string(key_file(&secrets)).unwrap()
    };
    let key = run();
    Vault::open(None, &secrets).unwrap();
    assert_eq!(run(), key);
}
