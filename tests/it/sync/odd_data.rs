//! Data as no one should write them, and accounts that change hands.

use agendad::domain::{Note, RunStatus, SlotRemark};
use agendad::simulator::BookingRequest;
use chrono::Days;

use crate::support::{World, assert_same, open_booking, simulated};

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
    let mut settings = simulated();
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
    // Their old unit is not listed any more: held back once, then believed.
    assert_eq!(report.status, RunStatus::Partial, "{report:?}");
    assert_eq!((report.totals.removed, report.totals.held), (0, before));
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(report.totals.removed, before);
    assert_same(&world.stored(0).await, &world.truth(1));
    world.close().await;
}

#[tokio::test]
async fn one_bad_row_freezes_only_the_slots_that_it_could_be() {
    let world = World::new(1).await;
    world.sync(0).await;
    let today = world.app.syncer.clock.today();
    let all = world
        .simulator
        .agenda_between(0, today, today + Days::new(14));
    let date = all.iter().map(|booking| booking.date).find(|date| {
        *date > today && all.iter().filter(|booking| booking.date == *date).count() >= 6
    });
    let day: Vec<_> = all
        .iter()
        .filter(|booking| Some(booking.date) == date)
        .collect();
    let before = world.truth(0).len() as i64;

    // Of one candidate the CPF lost a digit in the middle; two others are cancelled.
    let bad = day[0];
    let of_bad = |cpf: &str| BookingRequest {
        unit: Some(bad.unit.clone()),
        hour: Some(bad.hour),
        cpf: Some(cpf.to_owned()),
        nome: Some(bad.nome.clone()),
        ..BookingRequest::on(bad.date)
    };
    for booking in &day[..3] {
        world.simulator.cancel(0, &booking.key()).unwrap();
    }
    world
        .simulator
        .book(0, of_bad("123.456.78-90-123"))
        .unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Partial, "{report:?}");
    assert_eq!(
        (report.totals.removed, report.totals.held),
        (2, 0),
        "{report:?}"
    );
    let row = report.date_errors[0].row.as_ref().unwrap();
    assert_eq!(
        agendad::words::row::fault(row).pt,
        format!("linha {}: o CPF tem 13 dígitos em vez de 11", row.number)
    );
    let current = "SELECT count(*) FROM agenda_slots WHERE is_current";
    assert_eq!(
        world.count(current).await,
        before - 2,
        "what the row could be stays"
    );
    // All days were read: the agenda is no older for it.
    let read = "SELECT count(*) FROM sync_schedules s, agenda_sync_runs r, configuracoes_detran c
                WHERE r.id = (SELECT max(id) FROM agenda_sync_runs) AND s.last_success = r.finished_at
                  AND c.ultima_sincronizacao = r.finished_at AT TIME ZONE 'America/Sao_Paulo'";
    assert_eq!(world.count(read).await, 2, "near and far");

    // A CPF whose leading zero was lost is that CPF, and the row is read.
    let key = world.simulator.agenda_between(0, bad.date, bad.date);
    let key = key
        .iter()
        .find(|booking| booking.cpf.contains("90-123"))
        .unwrap()
        .key();
    world.simulator.cancel(0, &key).unwrap();
    world.simulator.book(0, of_bad("1234567890")).unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    let whole = "SELECT count(*) FROM agenda_slots WHERE is_current AND payload ->> 'cpf' = '012.345.678-90'";
    assert_eq!(world.count(whole).await, 1);
    assert_eq!(
        (report.totals.inserted, report.totals.removed),
        (1, 1),
        "{report:?}"
    );
    world.close().await;
}

#[tokio::test]
async fn phones_are_read_as_a_person_would_and_the_payload_keeps_what_the_portal_wrote() {
    let world = World::new(1).await;
    let today = world.app.syncer.clock.today();
    let written = "0xx11 98765-4321 e 011 2345-6789 ramal 12 / 0800123456";
    let mut request = open_booking(today + Days::new(1));
    request.nome = Some("MARIA DOS TELEFONES".to_owned());
    request.telefone = Some(written.to_owned());
    world.simulator.book(0, request).unwrap();
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    let both = "SELECT count(*) FROM agendamentos WHERE nome = 'MARIA DOS TELEFONES'
                AND telefone_celular = '11987654321' AND telefone_fixo = '1123456789'";
    assert_eq!(world.count(both).await, 1);
    let kept =
        format!("SELECT count(*) FROM agenda_slots WHERE payload ->> 'telefone' = '{written}'");
    assert_eq!(world.count(&kept).await, 1);
    let impossible = |note: &Note| {
        matches!(
            note,
            Note::Slot {
                remark: SlotRemark::ImpossibleTelephone,
                ..
            }
        )
    };
    assert!(report.notes.0.iter().any(impossible), "{report:?}");
    world.close().await;
}
