//! Data as no one should write them, and accounts that change hands.

use agendad::domain::RunStatus;
use agendad::simulator::{BookingRequest, SimulatorConfig};

use crate::support::{World, assert_same, clock};

#[tokio::test]
async fn texts_that_the_database_cannot_hold_do_not_fail_the_run() {
    let world = World::new(1).await;
    let today = world.app.syncer.clock.today();
    for nome in [
        "NUL\u{0}BYTE".to_owned(),
        "BEL\u{7} ESC\u{1b} DEL\u{7f}".to_owned(),
        "MUITO ".repeat(100),
        "'; DROP TABLE agenda_slots; --".to_owned(),
        r#"\u0000 {"a": "b"} \\ "aspas""#.to_owned(),
    ] {
        let mut request = BookingRequest::on(today);
        request.nome = Some(nome);
        world.simulator.book(0, request).unwrap();
    }
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    let current = "SELECT count(*) FROM agenda_slots WHERE is_current";
    assert_eq!(world.count(current).await, world.truth(0).len() as i64);
    let again = world.sync(0).await;
    assert_eq!(again.totals.updated, 0, "{again:?}");
    world.close().await;
}

#[tokio::test]
async fn an_account_that_is_given_another_cpf_does_not_use_the_old_ones_session() {
    let mut settings = SimulatorConfig::new(clock());
    settings.examiners = 2;
    let world = World::with(settings, |_| {}).await;
    world.sync(0).await;
    let before = world.truth(0).len() as i64;
    let other = world.simulator.examiners()[1].clone();
    world
        .execute(&format!(
            "UPDATE configuracoes_detran SET cpf = '{}', senha = '{}' WHERE usuario_id = {}",
            other.cpf, other.senha, world.users[0]
        ))
        .await;
    let report = world.sync(0).await;
    assert_eq!(
        (report.session_reused, report.logins),
        (false, 1),
        "{report:?}"
    );
    // His old unit is not listed any more: held back once, then believed.
    assert_eq!(report.status, RunStatus::Partial, "{report:?}");
    assert_eq!((report.totals.removed, report.totals.held), (0, before));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(report.totals.removed, before);
    assert_same(&world.stored(0).await, &world.truth(1));
    world.close().await;
}
