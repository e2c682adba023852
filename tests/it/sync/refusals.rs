//! A password that the portal has refused is not posted again, whoever saves it, resumes it or brings it, before
//! somebody has asked for just that.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use std::time::Duration;

use agendad::credentials::{self, Changed};
use agendad::domain::{Cpf, FailureKind, PauseReason, RunStatus, WorkingDays};
use agendad::simulator::{Fault, FaultKind, Place};
use agendad::store::pauses::{Resumed, Unexplained};
use agendad::sync::{OwnCredentials, Refusal, SyncOutcome};
use tokio_util::sync::CancellationToken;

use crate::store::control::kill_control_connections;
use crate::support::{World, eventually, pause_of, simulated};

const SOON: Duration = Duration::from_secs(20);

/// The reason for which a run is refused.
fn refused(outcome: &SyncOutcome) -> &str {
    match outcome {
        SyncOutcome::Refused(Refusal::Paused { reason, .. }) => reason.as_str(),
        SyncOutcome::Ran(_)
        | SyncOutcome::Busy
        | SyncOutcome::TickDone
        | SyncOutcome::Refused(_) => panic!("{outcome:?}"),
    }
}

fn posts(world: &World) -> u64 {
    world.simulator.stats().passwords
}

/// A world whose first examiner's password was changed at the portal, and whose account was paused for that.
async fn refused_world(examiners: usize) -> World {
    let world = World::new(examiners).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(posts(&world), 1);
    world
}

#[tokio::test]
async fn whatever_is_written_into_the_row_a_refused_password_is_not_posted_again() {
    let world = refused_world(1).await;
    let cpf = world.simulator.examiners()[0].cpf.clone();
    let old = {
        let account = world.database.store.account(world.users[0]).await;
        let agendad::store::accounts::StoredPassword::Sealed(sealed) =
            account.unwrap().unwrap().password
        else {
            panic!("it is sealed");
        };
        let purpose = agendad::vault::Purpose::Password;
        let vault = &world.app.syncer.vault;
        let password = vault.unseal(purpose, world.users[0], &sealed).unwrap();
        secrecy::ExposeSecret::expose_secret(&password).to_owned()
    };
    let spelt = Cpf::parse(&cpf).unwrap().formatted();
    for sql in [
        "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL".to_owned(),
        "UPDATE configuracoes_detran SET pausa_ate = now() - interval '1 hour'".to_owned(),
        // As the earlier application saves it again.
        format!("UPDATE configuracoes_detran SET senha = '{old}'"),
        format!("UPDATE configuracoes_detran SET senha = 'x'; UPDATE configuracoes_detran SET senha = '{old}'"),
        format!("UPDATE configuracoes_detran SET cpf = '{spelt}'; UPDATE configuracoes_detran SET cpf = '{cpf}'"),
        "UPDATE configuracoes_detran SET cpf = '11144477735'".to_owned()
            + &format!("; UPDATE configuracoes_detran SET cpf = '{cpf}'"),
        format!(
            "DELETE FROM configuracoes_detran;
             INSERT INTO configuracoes_detran (usuario_id, cpf, senha) VALUES ({}, '{spelt}', '{old}')",
            world.users[0]
        ),
    ] {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.clone()))
            .execute(&world.database.pool)
            .await
            .unwrap();
        assert_eq!(refused(&world.try_sync(0).await), "refused", "{sql}");
        assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"), "{sql}");
        assert_eq!(posts(&world), 1, "{sql}");
    }
    world.set_password(0, "Outra-1234").await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn a_refusal_that_cannot_be_written_down_is_kept_and_holds_up_no_run() {
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    // Somebody has opened the account in the application.
    let mut form = world.database.pool.begin().await.unwrap();
    sqlx::query("SELECT FROM configuracoes_detran FOR UPDATE")
        .execute(&mut *form)
        .await
        .unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(pause_of(&world, 0).await, None);
    form.rollback().await.unwrap();
    eventually("it is written down", SOON, async || {
        world.app.syncer.write_refusals(&|| {}).await.ok()
    })
    .await;
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    assert_eq!(posts(&world), 1);
    world.close().await;
}

#[tokio::test]
async fn saving_an_earlier_refused_password_again_keeps_the_account_paused_and_says_so() {
    let world = refused_world(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let user = world.users[0];
    let set = async |password: &str| {
        let password = password.to_owned().into();
        credentials::set_password(store, vault, user, &password)
            .await
            .unwrap()
    };
    assert_eq!(set("errada-1").await, Changed::Done);
    assert_eq!(world.sync(0).await.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(set("errada-2").await, Changed::Done);
    assert_eq!(pause_of(&world, 0).await, None);
    let again = set("errada-1").await;
    assert_eq!(again, Changed::RefusedBefore(PauseReason::Refused));
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 2);
    world.close().await;
}

#[tokio::test]
async fn resuming_a_refused_account_takes_the_wish_to_post_the_same_password() {
    let world = refused_world(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let user = world.users[0];
    let plain = async || store.resume_account(user, "test").await.unwrap();
    let condemned = Resumed::PasswordCondemned(PauseReason::Refused);
    assert_eq!(plain().await, condemned);
    // Pausing it by hand in between is no way round.
    assert!(store.pause_account(user, "test").await.unwrap());
    assert_eq!(plain().await, condemned);
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 1);

    let same = async || {
        credentials::resume_with_same_password(store, vault, user, "test")
            .await
            .unwrap()
    };
    assert_eq!(same().await, Resumed::Done);
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(posts(&world), 2, "once, as was asked for");
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 2);
    let audited: Vec<String> = sqlx::query_scalar("SELECT action FROM agendad_audit ORDER BY id")
        .fetch_all(&world.database.pool)
        .await
        .unwrap();
    assert_eq!(audited, ["users.pause", "users.resume-same-password"]);

    // What was paused for something else goes on as before.
    world.set_password(0, "Outra-1234").await;
    assert!(store.pause_account(user, "test").await.unwrap());
    assert_eq!(plain().await, Resumed::Done);
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    assert_eq!(
        store.resume_account(user + 99, "test").await.unwrap(),
        Resumed::NoAccount
    );
    world.close().await;
}

#[tokio::test]
async fn every_reason_that_condemns_a_password_is_kept_by_cpf_for_every_user() {
    let world = World::new(2).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let examiner = world.simulator.examiners()[0].clone();
    let cpf = Cpf::parse(&examiner.cpf).unwrap();
    let print = vault.fingerprint(cpf.digits(), &examiner.senha).unwrap();
    for &reason in PauseReason::ALL.iter().filter(|r| r.condemns_password()) {
        let account = store.account(world.users[0]).await.unwrap().unwrap();
        let paused = store.pause_after_refusal(&account, reason, None, &print);
        assert!(paused.await.unwrap());
        assert_eq!(refused(&world.try_sync(0).await), reason.as_str());
        // The same person's password, brought for another user.
        let given = OwnCredentials {
            cpf: cpf.clone(),
            password: examiner.senha.clone().into(),
            working_days: WorkingDays::ALL,
        };
        let (request, stop) = (world.request(1), CancellationToken::new());
        let outcome = world
            .app
            .syncer
            .sync_as(&request, Some(&given), &stop, &|_| {});
        assert_eq!(refused(&outcome.await.unwrap()), reason.as_str());
        let resumed = store.resume_account(world.users[0], "test").await.unwrap();
        assert_eq!(resumed, Resumed::PasswordCondemned(reason));
        let resumed =
            credentials::resume_with_same_password(store, vault, world.users[0], "test").await;
        assert_eq!(resumed.unwrap(), Resumed::Done);
    }
    assert_eq!(world.simulator.stats().requests, 0, "nobody was asked");
    world.close().await;
}

#[tokio::test]
async fn a_refused_password_is_recognised_after_the_key_was_rotated() {
    let world = refused_world(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    for _ in 0..3 {
        vault.add_key(|_| false).unwrap();
        credentials::reseal(store, vault, "test").await.unwrap();
        sqlx::query("UPDATE configuracoes_detran SET pausa_motivo = NULL")
            .execute(&world.database.pool)
            .await
            .unwrap();
        assert_eq!(refused(&world.try_sync(0).await), "refused");
    }
    assert_eq!(posts(&world), 1);
    world.close().await;
}

#[tokio::test]
async fn a_password_that_is_stored_with_a_byte_order_mark_is_recognised_as_it_is_posted() {
    for in_clear_text in [false, true] {
        let world = World::new(1).await;
        let (store, vault) = (&world.database.store, &world.app.syncer.vault);
        let user = world.users[0];
        let marked = "\u{feff}errada-1";
        if in_clear_text {
            let sql = format!("UPDATE configuracoes_detran SET senha = '{marked}'");
            world.execute(&sql).await;
        } else {
            world.set_password(0, marked).await;
        }
        assert_eq!(world.sync(0).await.error.unwrap().kind, FailureKind::Auth);
        // What is released is what was refused.
        let resumed = credentials::resume_with_same_password(store, vault, user, "test").await;
        assert_eq!(resumed.unwrap(), Resumed::Done);
        assert_eq!(world.sync(0).await.error.unwrap().kind, FailureKind::Auth);
        assert_eq!(posts(&world), 2, "once more, as was asked for");

        vault.add_key(|_| false).unwrap();
        credentials::reseal(store, vault, "test").await.unwrap();
        let by_new_key = format!(
            "SELECT count(*) FROM portal_refusals WHERE fingerprint LIKE 'f1.{}.%'",
            vault.key_id()
        );
        assert_eq!(world.count(&by_new_key).await, 1);
        assert_eq!(refused(&world.try_sync(0).await), "refused");
        assert_eq!(posts(&world), 2);
        world.close().await;
    }
}

#[tokio::test]
async fn an_unexplained_answer_condemns_a_new_password_at_once_and_a_proven_one_at_the_second() {
    let world = World::new(2).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let unexplained = async |index: usize, in_a_row: i32| {
        let account = store.account(world.users[index]).await.unwrap().unwrap();
        let print = vault.fingerprint(account.cpf.digits(), "x").unwrap();
        let counted = store.login_unexplained(&account, &print, in_a_row);
        counted.await.unwrap()
    };
    let idle = Duration::from_secs(60);
    let before = async |index: usize| {
        let account = store.account(world.users[index]).await.unwrap().unwrap();
        let login = store.login_begins(&account, idle).await.unwrap();
        login.unwrap().unexplained_before
    };
    assert_eq!(unexplained(0, 1).await, Unexplained::Condemned);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("unexplained"));

    assert_eq!(world.sync(1).await.status, RunStatus::Success);
    assert_eq!(before(1).await, 0);
    for _ in 0..3 {
        let again = "written again and again it counts once";
        assert_eq!(unexplained(1, 1).await, Unexplained::Tolerated, "{again}");
    }
    assert_eq!((before(1).await, pause_of(&world, 1).await), (1, None));
    // An accepted login in between ends the row.
    let account = store.account(world.users[1]).await.unwrap().unwrap();
    store.credentials_accepted(&account).await.unwrap();
    assert_eq!(before(1).await, 0);
    assert_eq!(unexplained(1, 1).await, Unexplained::Tolerated);
    assert_eq!(unexplained(1, 2).await, Unexplained::Condemned);
    assert_eq!(pause_of(&world, 1).await.as_deref(), Some("unexplained"));
    world.close().await;
}

#[tokio::test]
async fn what_an_earlier_release_has_paused_is_remembered_at_the_next_start() {
    let world = refused_world(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    sqlx::query("DELETE FROM portal_refusals")
        .execute(&world.database.pool)
        .await
        .unwrap();
    let remember = async || credentials::remember_refusals(store, vault).await.unwrap();
    assert_eq!((remember().await, remember().await), (1, 0));
    sqlx::query("UPDATE configuracoes_detran SET pausa_motivo = NULL")
        .execute(&world.database.pool)
        .await
        .unwrap();
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 1);
    world.close().await;
}

#[tokio::test]
async fn no_fingerprint_tells_password_or_cpf() {
    let world = refused_world(1).await;
    let examiner = &world.simulator.examiners()[0];
    let rows: Vec<(String, String)> =
        sqlx::query_as("SELECT fingerprint, reason FROM portal_refusals")
            .fetch_all(&world.database.pool)
            .await
            .unwrap();
    let [(fingerprint, reason)] = rows.as_slice() else {
        panic!("{rows:?}");
    };
    assert_eq!(reason, "refused");
    assert!(fingerprint.starts_with(&format!("f1.{}.", world.app.syncer.vault.key_id())));
    assert!(!fingerprint.contains(&examiner.cpf) && !fingerprint.contains(&examiner.senha));
    world.close().await;
}

/// Has the database undo whatever a trigger of this description meets.
async fn undo(world: &World, trigger: &str) {
    for sql in [
        "CREATE FUNCTION undo() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '40P01'; END $$",
        &format!("CREATE TRIGGER undo {trigger} EXECUTE FUNCTION undo()"),
    ] {
        world.execute(sql).await;
    }
}

#[tokio::test]
async fn a_refusal_counts_although_the_database_does_not_take_the_answer_to_the_login() {
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    let answered = "BEFORE UPDATE ON portal_sessions FOR EACH ROW WHEN (NEW.answer = 'not_in')";
    undo(&world, answered).await;
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 1);
    world.close().await;
}

#[tokio::test]
async fn a_refusal_that_the_database_does_not_take_is_kept_until_it_does() {
    let world = World::new(1).await;
    world.simulator.set_password(0, "Outra-1234").unwrap();
    undo(&world, "BEFORE INSERT ON portal_refusals FOR EACH ROW").await;
    let report = world.sync(0).await;
    assert_eq!(report.error.unwrap().kind, FailureKind::Auth);
    assert_eq!(pause_of(&world, 0).await, None);
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert!(world.app.syncer.write_refusals(&|| {}).await.is_err());
    assert_eq!(refused(&world.try_sync(0).await), "refused");
    assert_eq!(posts(&world), 1);

    world.execute("DROP TRIGGER undo ON portal_refusals").await;
    world.app.syncer.write_refusals(&|| {}).await.unwrap();
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    let other = world.second_app().await;
    assert_eq!(refused(&world.sync_in(&other, 0).await), "refused");
    other.close().await.unwrap();
    assert_eq!(posts(&world), 1);
    world.set_password(0, "Outra-1234").await;
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.close().await;
}

#[tokio::test]
async fn what_the_portal_says_to_a_password_is_taken_whatever_ends_the_run_meanwhile() {
    // What comes before the password fits into the time-out, and its answer does not.
    for (what_ends_it, latency) in [("a stop", 4), ("a lost lock", 4), ("its time-out", 9)] {
        let mut settings = simulated();
        settings.examiners = 1;
        let world = World::with(settings, |config| {
            if what_ends_it == "its time-out" {
                config.scheduler.run_timeout = Duration::from_secs(8);
            }
        })
        .await;
        world.simulator.set_password(0, "Outra-1234").unwrap();
        let slow = FaultKind::Latency(Duration::from_secs(latency));
        let slow = Fault::always(slow).at(Place::Login);
        world.simulator.inject(slow);
        let stop = CancellationToken::new();
        let ends = async {
            eventually("it is posted", SOON, async || {
                (posts(&world) == 1).then_some(())
            })
            .await;
            match what_ends_it {
                "a stop" => stop.cancel(),
                "a lost lock" => {
                    assert_eq!(kill_control_connections(&world.database).await, 1);
                }
                _ => {}
            }
        };
        let request = world.request(0);
        let run = world.app.syncer.sync(&request, &stop, &|_| {});
        let (outcome, ()) = tokio::join!(run, ends);
        let SyncOutcome::Ran(report) = outcome.unwrap() else {
            panic!("no run");
        };
        let kind = report.error.as_ref().map(|error| error.kind);
        assert_eq!(kind, Some(FailureKind::Auth), "{what_ends_it}");
        let pause = pause_of(&world, 0).await;
        assert_eq!(pause.as_deref(), Some("refused"), "{what_ends_it}");
        world.simulator.clear_faults();
        let other = world.second_app().await;
        assert_eq!(refused(&world.sync_in(&other, 0).await), "refused");
        other.close().await.unwrap();
        assert_eq!(posts(&world), 1, "{what_ends_it}");
        world.close().await;
    }
}

#[tokio::test]
async fn a_captcha_that_a_run_meets_does_not_end_the_pause_that_a_person_made() {
    let world = World::new(1).await;
    let (store, vault) = (&world.database.store, &world.app.syncer.vault);
    let account = store.account(world.users[0]).await.unwrap().unwrap();
    let print = vault.fingerprint(account.cpf.digits(), "x").unwrap();
    let rest = Some(Duration::from_secs(60));
    let captcha = async || {
        let paused = store.pause_after_refusal(&account, PauseReason::Captcha, rest, &print);
        paused.await.unwrap()
    };
    assert!(captcha().await);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("captcha"));
    assert!(store.pause_account(world.users[0], "test").await.unwrap());
    assert!(!captcha().await);
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("manual"));
    let endless = "SELECT count(*) FROM configuracoes_detran WHERE pausa_ate IS NULL";
    assert_eq!(world.count(endless).await, 1);
    // A refused password is worth more.
    let refused = store.pause_after_refusal(&account, PauseReason::Refused, None, &print);
    assert!(refused.await.unwrap());
    assert_eq!(pause_of(&world, 0).await.as_deref(), Some("refused"));
    world.close().await;
}

#[tokio::test]
async fn new_credentials_are_not_paused_for_those_that_were_looked_at_before() {
    let world = World::new(1).await;
    let (store, user) = (&world.database.store, world.users[0]);
    let looked_at = store.account(user).await.unwrap().unwrap();
    world.set_password(0, "Outra-1234").await;
    let again = async |since| {
        let again = store.pause_again(user, since, PauseReason::Refused);
        again.await.unwrap();
        pause_of(&world, 0).await
    };
    assert_eq!(again(looked_at.credentials_since).await, None);
    let present = store.account(user).await.unwrap().unwrap();
    let paused = again(present.credentials_since).await;
    assert_eq!(paused.as_deref(), Some("refused"));
    world.close().await;
}
