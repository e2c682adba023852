//! What storing a day does to the application's appointments.

use chrono::NaiveDateTime;

use agendad::store::runs::Started;

use crate::store::bench::{Bench, Place, Row, YESTERDAY, new_run, row};

const HANDMADE: &str = "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento)
    VALUES ($1, 'A MÃO', '52998224725', '2199-11-24 08:00:30')";

async fn states(bench: &Bench, place: Place) -> Vec<String> {
    sqlx::query_scalar(
        "SELECT concat_ws(' ', unidade_code, payload ->> 'nome', coalesce(agendamento_state, '-'),
             CASE WHEN agendamento_id IS NULL THEN 'none' END)
         FROM agenda_slots WHERE usuario_id = $1 ORDER BY hora, unidade_code, payload ->> 'nome'",
    )
    .bind(place.user)
    .fetch_all(&bench.db.pool)
    .await
    .unwrap()
}

#[tokio::test]
async fn an_available_slot_becomes_an_appointment_as_the_application_expects_it() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [
        row("08:00", 0, "ANA").telefone("(11) 2345-6789 / (11) 98765-4321"),
        row("09:00", 1, "BIA").done(),
    ];
    let totals = bench.read(place, &rows).await;
    assert_eq!(totals.appointments_created, 1, "a booked slot needs none");
    let made: (String, String, String, String, NaiveDateTime, String, String, bool) = sqlx::query_as(
        "SELECT nome, cpf, telefone_fixo, telefone_celular, data_agendamento, contexto, status,
             observacoes ~ '^Importado automaticamente do DETRAN em \\d\\d/\\d\\d/\\d{4} \\d\\d:\\d\\d$'
         FROM agendamentos",
    )
    .fetch_one(&bench.db.pool)
    .await
    .unwrap();
    assert_eq!(
        made,
        (
            "ANA".into(),
            "529.982.247-25".into(),
            "1123456789".into(),
            "11987654321".into(),
            "2199-11-24T08:00:00".parse().unwrap(),
            "Trânsito".into(),
            "agendado".into(),
            true
        )
    );
    assert_eq!(
        states(&bench, place).await,
        ["7 ANA created", "7 BIA - none"]
    );
    // Once the exam is open again, it needs one; and never a second.
    for expected in [1, 0] {
        let open = [rows[0].clone(), row("09:00", 1, "BIA")];
        assert_eq!(
            bench.read(place, &open).await.appointments_created,
            expected
        );
    }
    bench.db.close().await;
}

#[tokio::test]
async fn the_row_that_exists_for_candidate_and_minute_is_linked_and_left_alone() {
    let bench = Bench::new().await;
    let (place, other) = (bench.place().await, bench.place().await);
    bench.person(place, HANDMADE).await;
    let rows = [row("08:00", 0, "ANA")];
    let totals = bench.read(place, &rows).await;
    assert_eq!(
        (totals.appointments_created, totals.appointments_linked),
        (0, 1)
    );
    assert_eq!(states(&bench, place).await, ["7 ANA linked"]);
    // Another examiner's appointment of the same candidate is none of theirs.
    assert_eq!(bench.read(other, &rows).await.appointments_created, 1);
    bench.read(place, &[row("08:00", 0, "ANA MARIA")]).await;
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 0);
    assert_eq!(
        bench.appointments(place).await,
        ["A MÃO 2199-11-24 08:00 agendado"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_removed_slot_cancels_its_appointment_and_a_returning_one_revives_it() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA")];
    bench.read(place, &rows).await;
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 1);
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 cancelado"]
    );
    assert_eq!(states(&bench, place).await, ["7 ANA cancelled"]);
    let totals = bench.read(place, &[row("08:00", 0, "ANA MARIA")]).await;
    assert_eq!(
        (totals.appointments_created, totals.appointments_linked),
        (0, 0)
    );
    assert_eq!(
        bench.appointments(place).await,
        ["ANA MARIA 2199-11-24 08:00 agendado"]
    );
    assert_eq!(states(&bench, place).await, ["7 ANA MARIA created"]);
    bench.db.close().await;
}

#[tokio::test]
async fn a_returning_slot_revives_nothing_beside_what_somebody_has_made_meanwhile() {
    let bench = Bench::new().await;
    for (status, revived) in [("confirmado", "cancelado"), ("cancelado", "agendado")] {
        let place = bench.place().await;
        let rows = [row("08:00", 0, "ANA")];
        bench.read(place, &rows).await;
        bench.read(place, &[]).await;
        let made = format!(
            "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento, status)
             VALUES ($1, 'A MÃO', '52998224725', '2199-11-24 08:00:30', '{status}')"
        );
        bench.person(place, &made).await;
        for _ in 0..2 {
            bench.read(place, &rows).await;
            assert_eq!(
                bench.appointments(place).await,
                [
                    format!("ANA 2199-11-24 08:00 {revived}"),
                    format!("A MÃO 2199-11-24 08:00 {status}")
                ]
            );
            assert_eq!(states(&bench, place).await, ["7 ANA created"]);
        }
    }
    bench.db.close().await;
}

#[tokio::test]
async fn the_appointments_of_past_slots_are_not_cancelled() {
    let bench = Bench::new().await;
    let place = bench.place().await.day(YESTERDAY);
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let totals = bench.read(place, &[]).await;
    assert_eq!((totals.removed, totals.appointments_cancelled), (1, 0));
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2020-11-24 08:00 agendado"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn what_a_person_has_touched_is_left_alone() {
    let touches = [
        "status = 'confirmado'",
        "convertido_em_paciente = TRUE",
        "data_agendamento = data_agendamento + interval '1 week'",
    ];
    let bench = Bench::new().await;
    for touch in touches {
        let place = bench.place().await;
        bench.read(place, &[row("08:00", 0, "ANA")]).await;
        let update = format!("UPDATE agendamentos SET {touch} WHERE usuario_id = $1");
        bench.person(place, &update).await;
        let before = bench.appointments(place).await;
        bench.read(place, &[row("08:00", 0, "ANA MARIA")]).await;
        assert_eq!(
            bench.appointments(place).await,
            before,
            "{touch}: the name did not follow"
        );
        assert_eq!(
            bench.read(place, &[]).await.appointments_cancelled,
            0,
            "{touch}"
        );
        bench.read(place, &[row("08:00", 0, "ANA MARIA")]).await;
        assert_eq!(bench.appointments(place).await, before, "{touch}");
    }
    bench.db.close().await;
}

#[tokio::test]
async fn what_did_not_change_in_the_slot_stays_as_it_was_corrected_in_the_appointment() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let listed = row("08:00", 0, "ANA").telefone("(11) 2345-6789");
    bench.read(place, std::slice::from_ref(&listed)).await;
    let correct = "UPDATE agendamentos SET nome = 'ANA MARIA', telefone_fixo = '1133334444',
        email = 'ana@example.com', tipo_transito = 'Renovação', categoria_cnh = 'AB' WHERE usuario_id = $1";
    bench.person(place, correct).await;
    let fields = || {
        let fields = sqlx::query_scalar::<_, String>(
            "SELECT concat_ws(' ', nome, telefone_fixo, telefone_celular, email, tipo_transito, categoria_cnh, status)
             FROM agendamentos",
        );
        async { fields.fetch_one(&bench.db.pool).await.unwrap() }
    };
    let corrected = "ANA MARIA 1133334444 ana@example.com Renovação AB agendado";
    // The exam is closed and opened again; the slot vanishes and comes back; it moves to another unit.
    bench.read(place, &[listed.clone().done()]).await;
    assert_eq!(fields().await, corrected);
    bench.read(place, std::slice::from_ref(&listed)).await;
    assert_eq!(fields().await, corrected);
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 1);
    bench.read(place, std::slice::from_ref(&listed)).await;
    assert_eq!(fields().await, corrected);
    bench.read(place, &[]).await;
    let elsewhere = place.unit("8");
    bench.read(elsewhere, std::slice::from_ref(&listed)).await;
    assert_eq!(fields().await, corrected);
    // What does change is followed, and nothing else.
    let moved = listed.clone().telefone("(11) 98765-4321");
    bench.read(elsewhere, std::slice::from_ref(&moved)).await;
    let followed = "ANA MARIA 11987654321 ana@example.com Renovação AB agendado";
    assert_eq!(fields().await, followed);
    let renamed = Row {
        nome: "ANA LIMA".to_owned(),
        ..moved
    };
    bench.read(elsewhere, &[renamed]).await;
    assert_eq!(fields().await, followed.replace("ANA MARIA", "ANA LIMA"));
    bench.db.close().await;
}

#[tokio::test]
async fn an_appointment_that_a_person_cancelled_is_not_revived() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let cancel = "UPDATE agendamentos SET status = 'cancelado' WHERE usuario_id = $1";
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    bench.person(place, cancel).await;
    bench.read(place, &[row("08:00", 0, "ANA MARIA")]).await;
    bench.read(place, &[]).await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 cancelado"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn our_own_cancellation_is_forgotten_once_it_was_taken_back() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA")];
    // The slot moves to another unit: cancelled with the one, revived with the other.
    bench.read(place, &rows).await;
    bench.read(place, &[]).await;
    let moved = bench.read(place.unit("8"), &rows).await;
    assert_eq!(
        (moved.appointments_created, moved.appointments_linked),
        (0, 0)
    );
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    // From now on a cancellation is a person's.
    bench
        .person(
            place,
            "UPDATE agendamentos SET status = 'cancelado' WHERE usuario_id = $1",
        )
        .await;
    bench
        .read(place.unit("8"), &[row("08:00", 0, "ANA MARIA")])
        .await;
    bench.read(place, &rows).await;
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 cancelado"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn an_appointment_that_was_deleted_is_not_created_again() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert_eq!(
        bench
            .person(place, "DELETE FROM agendamentos WHERE usuario_id = $1")
            .await,
        1
    );
    assert_eq!(states(&bench, place).await, ["7 ANA created none"]);
    for rows in [
        vec![row("08:00", 0, "ANA")],
        vec![row("08:00", 0, "ANA MARIA")],
        vec![],
        vec![row("08:00", 0, "ANA")],
    ] {
        let totals = bench.read(place, &rows).await;
        assert_eq!(
            (totals.appointments_created, totals.appointments_cancelled),
            (0, 0)
        );
    }
    assert_eq!(bench.appointments(place).await, [""; 0]);
    bench.db.close().await;
}

#[tokio::test]
async fn a_slot_that_comes_back_gets_an_appointment_where_the_one_we_cancelled_was_deleted() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let open = row("08:00", 0, "ANA");
    bench.read(place, std::slice::from_ref(&open)).await;
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 1);
    let tidy = "DELETE FROM agendamentos WHERE usuario_id = $1 AND status = 'cancelado'";
    assert_eq!(bench.person(place, tidy).await, 1);
    // It needs none while its exam is done, and is no reason to store its day again.
    for (row, created) in [(open.clone().done(), 0), (open.clone(), 1), (open, 0)] {
        let totals = bench.read(place, &[row]).await;
        assert_eq!(totals.appointments_created, created);
        let run = new_run(place.user, place.date, place.date);
        let Started::Run { days, .. } = bench.db.store.start_run(&run).await.unwrap() else {
            panic!("no tick was named")
        };
        assert!(days.iter().all(|day| !day.wants_appointment), "{days:?}");
    }
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    assert_eq!(states(&bench, place).await, ["7 ANA created"]);
    bench.db.close().await;
}

#[tokio::test]
async fn two_rows_of_one_candidate_and_minute_share_an_appointment_while_one_is_listed() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let both = [row("08:00", 0, "ANA"), row("08:00", 0, "ANA B")];
    assert_eq!(bench.read(place, &both).await.appointments_created, 1);
    assert_eq!(
        states(&bench, place).await,
        ["7 ANA created", "7 ANA B created"]
    );
    assert_eq!(
        bench.read(place, &both[..1]).await.appointments_cancelled,
        0
    );
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    // The last one takes it along; either brings it back.
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 1);
    bench.read(place, &both).await;
    assert_eq!(
        states(&bench, place).await,
        ["7 ANA created", "7 ANA B created"]
    );
    let agenda = bench.appointments(place).await;
    assert!(
        agenda.len() == 1 && agenda[0].ends_with("agendado"),
        "{agenda:?}"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn rows_of_two_units_share_an_appointment_while_one_is_listed() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA")];
    bench.read(place, &rows).await;
    assert_eq!(
        bench
            .read(place.unit("8"), &rows)
            .await
            .appointments_created,
        0
    );
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 0);
    assert_eq!(
        bench
            .read(place.unit("8"), &[])
            .await
            .appointments_cancelled,
        1
    );
    // The first that comes back revives it, and the marks of both are gone.
    bench.read(place, &rows).await;
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    assert_eq!(
        states(&bench, place).await,
        ["7 ANA created", "8 ANA created"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn on_removed_keep_leaves_appointments_of_removed_slots() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    bench.rules.cancel_on_removed = false;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 0);
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn switched_off_nothing_happens_to_appointments_and_switched_on_all_is_made_up_for() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &rows[..1]).await;
    bench.read(place, &[]).await;
    bench.rules.appointments = false;
    let off = bench.read(place, &rows).await;
    assert_eq!(off.appointments_created, 0);
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 cancelado"]
    );
    bench.rules.appointments = true;
    let on = bench.read(place, &rows).await;
    assert_eq!(
        (on.appointments_created, on.updated, on.unchanged),
        (1, 0, 2)
    );
    assert_eq!(
        bench.appointments(place).await,
        [
            "ANA 2199-11-24 08:00 agendado",
            "BIA 2199-11-24 09:00 agendado"
        ]
    );
    let changes = bench.changes(place).await.len();
    bench.read(place, &rows).await;
    assert_eq!(bench.changes(place).await.len(), changes);
    bench.db.close().await;
}

#[tokio::test]
async fn a_cancellation_that_was_not_taken_back_while_switched_off_is_taken_back_later() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA")];
    bench.read(place, &rows).await;
    bench.read(place, &[]).await;
    bench.rules.appointments = false;
    bench.read(place, &rows).await;
    assert_eq!(states(&bench, place).await, ["7 ANA cancelled"]);
    // The day is as it was, but its appointment is not.
    bench.rules.appointments = true;
    bench.read(place, &rows).await;
    assert_eq!(
        bench.appointments(place).await,
        ["ANA 2199-11-24 08:00 agendado"]
    );
    assert_eq!(states(&bench, place).await, ["7 ANA created"]);
    bench.db.close().await;
}

#[tokio::test]
async fn rows_of_an_older_application_without_defaults_are_understood() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    sqlx::query("ALTER TABLE agendamentos ALTER convertido_em_paciente DROP NOT NULL")
        .execute(&bench.db.pool)
        .await
        .unwrap();
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    bench
        .person(
            place,
            "UPDATE agendamentos SET convertido_em_paciente = NULL WHERE usuario_id = $1",
        )
        .await;
    assert_eq!(bench.read(place, &[]).await.appointments_cancelled, 1);
    bench.db.close().await;
}
