//! The daemon as the role of `deploy/postgres/roles.sql`: everything works, and nothing more is allowed.

use std::process::Stdio;
use std::time::Duration;

use agendad::alerts::{Arrival, Arrivals, Channels};
use agendad::app::Roles;
use agendad::domain::RunStatus;
use agendad::store::{Store, connect};
use chrono::Days;
use tokio::process::Command;

use crate::support::{Daemon, TestDatabase, World, clock, eventually, open_booking, simulated};

const SOON: Duration = Duration::from_secs(120);

/// Makes the role as an administrator does it, twice; the address with which it comes in.
async fn role(database: &TestDatabase, name: &str) -> String {
    for _ in 0..2 {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/postgres/roles.sql");
        let psql = Command::new("psql")
            .args(["-X", "-q", "-v", &format!("role={name}"), "-f", file])
            .arg(&database.url)
            .stdin(Stdio::null())
            .output();
        let said = psql.await.unwrap();
        assert!(said.status.success() && said.stderr.is_empty(), "{said:?}");
    }
    let (_, rest) = database.url.split_once('@').unwrap();
    format!("postgres://{name}@{rest}")
}

async fn drop_role(world: &World, name: &str) {
    world.execute(&format!("DROP OWNED BY {name}")).await;
    world.execute(&format!("DROP ROLE {name}")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_daemon_and_its_commands_work_with_no_more_rights_than_they_need() {
    let name = format!("least_{}", std::process::id());
    let database = TestDatabase::new().await;
    let url = role(&database, &name).await;
    let mut settings = simulated();
    settings.examiners = 2;
    settings.empty_day_ratio = 0.0;
    let least = url.clone();
    let mut world = World::on(database, settings, |config| {
        config.secrets.database_url = Some(least.into());
    })
    .await;
    world.last_day = 3;
    // A slot that vanishes, with its appointment. Not of today: an appointment whose hour has passed is not cancelled.
    let tomorrow = open_booking(clock().today() + Days::new(1));
    let gone = world.simulator.book(0, tomorrow).unwrap();
    assert_eq!(world.sync(0).await.status, RunStatus::Success);
    world.simulator.cancel(0, &gone.key()).unwrap();
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_ne!(report.status, RunStatus::Failed, "{report:?}");
    }
    world.assert_true(0).await;
    let cancelled = "SELECT count(*) FROM agendamentos WHERE status = 'cancelado'";
    assert_eq!(world.count(cancelled).await, 1);

    let daemon = Daemon::start(world.daemon_config(), Roles::ALL).await;
    let ticks =
        "SELECT count(*) FROM agenda_sync_runs WHERE origin = 'schedule' AND status = 'success'";
    eventually("ticks run", SOON, async || {
        (world.count(ticks).await >= 4).then_some(())
    })
    .await;
    let evaluated = "SELECT count(evaluated_at) FROM agendad_alert_evaluation";
    eventually("alerts are looked for", SOON, async || {
        (world.count(evaluated).await == 1).then_some(())
    })
    .await;
    daemon.stop().await;

    let program = world.program().env("AGENDAD_DATABASE__URL", &url);
    let user = world.users[0].to_string();
    for arguments in [
        &["check"][..],
        &["users", "list"],
        &["users", "pause", "--user", &user],
        &["users", "resume", "--user", &user],
        &["sync", "--user", &user],
        &["runs"],
        &["slots", "--removed"],
        &["changes"],
        &["stats"],
        &["jobs"],
        &["locks"],
        &["vault", "seal"],
    ] {
        let said = program.run(arguments).await;
        assert_eq!(said.code, Some(0), "{arguments:?}: {said:?}");
    }
    let arguments = ["users", "set-password", "--user", &user];
    let said = program.run_with_input(&arguments, "outra-senha\n").await;
    assert_eq!(said.code, Some(0), "{said:?}");

    let store = Store::new(connect::pool(&url, 2).await.unwrap());
    assert!(store.caller(world.users[0]).await.unwrap().is_some());
    nothing_more(&store).await;
    // After an upgrade whose grants were not renewed nothing is known of arrivals, and the page says so.
    let revoke = format!("REVOKE ALL ON agendad_alert_arrivals FROM {name}");
    world.execute(&revoke).await;
    let mut config = world.app.config().as_ref().clone();
    config.secrets.alerts_slack_webhook = Some("http://127.0.0.1:9/hook".to_owned().into());
    let channels = Channels::of(&config).unwrap();
    let arrivals = Arrivals::new(store.clone(), world.app.syncer.vault.clone());
    let known = arrivals.all(&channels).await.unwrap();
    assert!(matches!(&known[..], [(_, Arrival::Untried)]), "{known:?}");
    store.pool().close().await;
    drop_role(&world, &name).await;
    world.close().await;
}

/// What nobody who has stolen the role's password can do.
async fn nothing_more(store: &Store) {
    for sql in [
        "SELECT senha_hash FROM usuarios",
        "SELECT observacoes FROM agendamentos",
        "UPDATE usuarios SET ativo = FALSE",
        "DELETE FROM agendamentos",
        "DELETE FROM agenda_slots",
        "DELETE FROM agenda_slot_changes",
        "UPDATE agendad_audit SET actor = 'x'",
        "DELETE FROM agendad_audit",
        "DELETE FROM configuracoes_detran",
        "UPDATE _sqlx_migrations SET success = FALSE",
        "DELETE FROM river.river_migration",
        "CREATE TABLE mine (id INT)",
        "CREATE SCHEMA mine",
        "CREATE TABLE river.mine (id INT)",
        "ALTER TABLE agenda_slots ADD COLUMN mine INT",
        "DROP TABLE agenda_slots",
        "TRUNCATE agenda_sync_runs",
    ] {
        let refused = sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(store.pool())
            .await
            .unwrap_err();
        let code = refused
            .into_database_error()
            .and_then(|e| e.code().map(String::from));
        assert_eq!(code.as_deref(), Some("42501"), "{sql}");
    }
}
