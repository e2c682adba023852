//! Appointments that the application's table refuses, and rights that the daemon lacks: noted, and told.

use agendad::alerts::{Channels, Evaluator};
use agendad::domain::RunStatus;
use agendad::store::{Store, connect};

use crate::support::{World, open_booking, simulated};

async fn open_alerts(world: &World, store: &Store) -> Vec<(String, String)> {
    let config = world.app.config();
    world
        .execute("UPDATE agendad_alert_evaluation SET evaluated_at = NULL")
        .await;
    let evaluator = Evaluator::new(store.clone(), "maquina/1234");
    let channels = Channels::of(&config).unwrap();
    evaluator.evaluate(&config, &channels).await.unwrap();
    let alerts = world
        .database
        .store
        .list_alerts(false, 10, 0)
        .await
        .unwrap();
    alerts
        .into_iter()
        .map(|alert| (alert.rule.to_string(), alert.note))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn slots_are_stored_the_run_notes_what_is_refused_and_an_alert_lasts_until_it_is_mended() {
    let mut settings = simulated();
    settings.empty_day_ratio = 0.0;
    let mut world = World::with(settings, |_| {}).await;
    world.last_day = 3;
    world
        .execute("ALTER TABLE agendamentos ADD COLUMN convenio TEXT NOT NULL")
        .await;
    let store = world.database.store.clone();
    let available = "SELECT count(*) FROM agenda_slots WHERE status = 'available'";
    for _ in 0..2 {
        let report = world.sync(0).await;
        assert_eq!(report.status, RunStatus::Success, "{report:?}");
        world.assert_true(0).await;
        let refused = world.count(available).await;
        assert!(refused > 0);
        assert_eq!(report.appointments_refused, refused, "{report:?}");
        assert!(
            report
                .notes
                .0
                .iter()
                .map(ToString::to_string)
                .all(|note| note.contains("convenio") || note.contains("telefone has a number")),
            "{report:?}"
        );
        let alerts = open_alerts(&world, &store).await;
        let note = format!("{refused} agendamentos recusados");
        assert_eq!(alerts, [("appointments".to_owned(), note)]);
    }
    world
        .execute("ALTER TABLE agendamentos ALTER COLUMN convenio DROP NOT NULL")
        .await;
    let report = world.sync(0).await;
    assert_eq!(
        report.totals.appointments_created,
        world.count(available).await
    );
    assert_eq!(open_alerts(&world, &store).await, []);
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_appointment_that_could_not_be_cancelled_is_cancelled_by_the_next_run_that_can() {
    let world = World::new(1).await;
    let tomorrow = open_booking(world.app.syncer.clock.today() + chrono::Days::new(1));
    let gone = world.simulator.book(0, tomorrow).unwrap();
    world.sync(0).await;
    world
        .execute("ALTER TABLE agendamentos ADD CONSTRAINT nunca CHECK (status <> 'cancelado')")
        .await;
    world.simulator.cancel(0, &gone.key()).unwrap();
    for removed in [1, 0] {
        let report = world.sync(0).await;
        assert_eq!(report.totals.removed, removed, "{report:?}");
        assert_eq!(report.totals.appointments_cancelled, 0, "{report:?}");
        assert_eq!(report.appointments_refused, 1, "{report:?}");
    }
    world
        .execute("ALTER TABLE agendamentos DROP CONSTRAINT nunca")
        .await;
    for cancelled in [1, 0] {
        let report = world.sync(0).await;
        assert_eq!(
            report.totals.appointments_cancelled, cancelled,
            "{report:?}"
        );
        assert_eq!(report.appointments_refused, 0, "{report:?}");
    }
    world.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn examiners_whom_row_level_security_hides_are_told_from_none() {
    let world = World::new(1).await;
    let role = format!("hidden_{}", std::process::id());
    for sql in [
        format!("CREATE ROLE {role} LOGIN"),
        format!("GRANT USAGE ON SCHEMA public, river TO {role}"),
        format!("GRANT ALL ON ALL TABLES IN SCHEMA public, river TO {role}"),
        format!("GRANT ALL ON ALL SEQUENCES IN SCHEMA public, river TO {role}"),
    ] {
        world.execute(&sql).await;
    }
    let (_, rest) = world.database.url.split_once('@').unwrap();
    let store = Store::new(
        connect::pool(&format!("postgres://{role}@{rest}"), 2)
            .await
            .unwrap(),
    );
    assert_eq!(open_alerts(&world, &store).await, []);
    world
        .execute("ALTER TABLE configuracoes_detran ENABLE ROW LEVEL SECURITY")
        .await;
    let alerts = open_alerts(&world, &store).await;
    let [(rule, note)] = &alerts[..] else {
        panic!("{alerts:?}")
    };
    assert_eq!(rule, "access");
    assert!(
        note.contains(&role) && note.contains("configuracoes_detran"),
        "{note}"
    );
    assert!(note.contains("visíveis 0"), "{note}");
    world
        .execute("ALTER TABLE configuracoes_detran DISABLE ROW LEVEL SECURITY")
        .await;
    assert_eq!(open_alerts(&world, &store).await, []);
    store.pool().close().await;
    world.execute(&format!("DROP OWNED BY {role}")).await;
    world.execute(&format!("DROP ROLE {role}")).await;
    world.close().await;
}
