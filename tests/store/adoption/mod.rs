//! `agendad migrate` on the earlier system's database.

mod earlier;
mod end_to_end;

use agendad::domain::slot::sha1_hex;
use agendad::store::adopt::Counts;
use agendad::store::adopt::claim::UNKNOWN_UNIT;
use agendad::store::slots::Units;
use sqlx::{Connection, PgPool};

use crate::desk::{CPFS, Desk, Place, TOMORROW, row};
use crate::support::TestDatabase;
use earlier::{AS_PLANNED, OLDER, Slot, digest, legacy_uid, run, users};

async fn desk_on(tables: &str) -> Desk {
    let db = TestDatabase::empty().await;
    run(&db.pool, tables).await;
    users(&db.pool).await;
    Desk {
        db,
        rules: crate::desk::rules(),
    }
}

fn place(user: i32) -> Place {
    Place {
        user,
        data: TOMORROW.parse().unwrap(),
        unidade: "7",
    }
}

/// Two users who share a candidate, appointments of every origin, duplicates, history, strange rows.
async fn populate(pool: &PgPool) {
    run(
        pool,
        "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento, contexto, observacoes, status) VALUES
           (1, 'ANA', '529.982.247-25', '2199-11-24 08:00', 'Trânsito', 'Importado automaticamente do DETRAN', 'agendado'),
           (1, 'BIA A MÃO', '11144477735', '2199-11-24 09:00:20', 'Particular', NULL, 'confirmado'),
           (2, 'ANA', '529.982.247-25', '2199-11-24 08:00', 'Trânsito', NULL, 'agendado');
         INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, totals, started_at) VALUES
           (1, '2025-11-01', '2025-11-15', 'running', NULL, now() - interval '1 hour'),
           (2, '2025-11-01', '2025-11-15', 'success', '{\"inserted\": 5}', now() - interval '2 hours'),
           (NULL, '2025-11-01', '2025-11-15', 'running', NULL, now() - interval '2 days')",
    )
    .await;
    let slots = [
        // Linked by the earlier system; made by hand and not linked yet; neither.
        Slot {
            agendamento: Some(1),
            ..Slot::new(1, "08:00", 0, "ANA")
        },
        Slot::new(1, "09:00", 1, "BIA"),
        Slot::new(1, "10:00", 2, "CLARA"),
        // One identity three times, by other formulas; the newest is the one.
        Slot {
            uid: legacy_uid(1, "7", "10:00", CPFS[2]),
            last_seen: "2025-11-21 10:00-03",
            ..Slot::new(1, "10:00", 2, "CLARA NOVA")
        },
        Slot {
            uid: legacy_uid(2, "7", "10:00", CPFS[2]),
            last_seen: "2025-11-19 10:00-03",
            status: "removed",
            ..Slot::new(1, "10:00", 2, "CLARA VELHA")
        },
        // A state that only the earlier system knew.
        Slot {
            status: "blocked",
            ..Slot::new(1, "11:00", 3, "DORA")
        },
        // History.
        Slot {
            status: "removed",
            ..Slot::new(1, "12:00", 4, "ELSA")
        },
        // The other examiner, same candidate and hour: the uid had to differ somehow.
        Slot {
            uid: legacy_uid(1, "7", "08:00", CPFS[0]),
            ..Slot::new(2, "08:00", 0, "ANA")
        },
        // Nobody's, but its appointment knows whose; and one of which nobody knows.
        Slot {
            usuario_id: None,
            agendamento: Some(3),
            uid: "x1".into(),
            ..Slot::new(2, "13:00", 0, "ANA")
        },
        Slot {
            usuario_id: None,
            uid: "x2".into(),
            ..Slot::new(2, "14:00", 1, "BIA")
        },
    ];
    for slot in slots {
        slot.insert(pool).await;
    }
    // No CPF anywhere.
    run(pool, "INSERT INTO agenda_slots (usuario_id, unidade_code, data, hora, external_uid) VALUES (1, '7', '2199-11-24', '15:00', 'x3')").await;
}

const EXPECTED: Counts = Counts {
    owners_found: 1,
    identities_rewritten: 9,
    duplicates_set_aside: 2,
    unidentified: 2,
    appointments_linked: 2,
    runs_closed: 2,
    users_busy: 0,
};

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_changes_nothing() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    let before = digest(&desk.db.pool).await;
    let said = desk.db.store.migrate_dry_run().await.unwrap();
    assert_eq!(digest(&desk.db.pool).await, before);
    assert_eq!((said.applied.len(), said.adopted), (said.total, EXPECTED));
    assert!(said.queue > 0);

    let done = desk.db.store.migrate().await.unwrap();
    assert_eq!(done, said);
    let after = digest(&desk.db.pool).await;
    for again in [
        desk.db.store.migrate_dry_run().await.unwrap(),
        desk.db.store.migrate().await.unwrap(),
    ] {
        assert_eq!(
            (again.applied.len(), again.queue, again.adopted),
            (0, 0, Counts::default())
        );
    }
    assert_eq!(
        digest(&desk.db.pool).await,
        after,
        "a second time changes nothing"
    );
    desk.db.close().await;
}

#[tokio::test]
async fn every_row_is_kept_and_has_the_identity_of_its_own_columns() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    let kept = "SELECT md5(string_agg(concat_ws(',', id, source, unidade_code, servico_code, data, hora, payload,
                    first_seen_at, last_seen_at), ';' ORDER BY id)) FROM agenda_slots";
    // The one that had no times at all is given them.
    run(&desk.db.pool, "UPDATE agenda_slots SET first_seen_at = '2025-11-02', last_seen_at = '2025-11-03' WHERE external_uid = 'x3'").await;
    let before: String = sqlx::query_scalar(kept)
        .fetch_one(&desk.db.pool)
        .await
        .unwrap();
    desk.db.store.migrate().await.unwrap();
    let after: String = sqlx::query_scalar(kept)
        .fetch_one(&desk.db.pool)
        .await
        .unwrap();
    assert_eq!(before, after);

    let rows: Vec<(String, String, bool, String)> = sqlx::query_as(
        "SELECT external_uid,
             concat_ws('|', usuario_id, unidade_code, 'PERITO', data, hora, regexp_replace(payload ->> 'cpf', '\\D', '', 'g')),
             is_current, status FROM agenda_slots WHERE uid_version = 1 ORDER BY id",
    )
    .fetch_all(&desk.db.pool)
    .await
    .unwrap();
    assert_eq!(rows.len(), 9);
    for (uid, key, is_current, status) in &rows {
        let is_identity = *uid == sha1_hex(key);
        assert!(is_identity || !is_current && status == "removed", "{key}");
    }
    assert_eq!(
        desk.slots(place(1)).await,
        [
            "7 08:00 ANA available current",
            "7 09:00 BIA available current",
            "7 10:00 CLARA removed gone",
            "7 10:00 CLARA NOVA available current",
            "7 10:00 CLARA VELHA removed gone",
            "7 11:00 DORA available current",
            "7 12:00 ELSA removed gone",
            "7 15:00 available current",
        ]
    );
    assert_eq!(
        desk.changes(place(1)).await,
        ["removed CLARA"],
        "set aside while it was listed"
    );
    let accounts: Vec<String> =
        sqlx::query_scalar("SELECT senha FROM configuracoes_detran ORDER BY usuario_id")
            .fetch_all(&desk.db.pool)
            .await
            .unwrap();
    assert_eq!(accounts, ["segredo1", "segredo2"]);
    assert_eq!(
        desk.person(
            place(1),
            "UPDATE configuracoes_detran SET senha = NULL WHERE usuario_id = $1"
        )
        .await,
        1
    );
    desk.db.close().await;
}

#[tokio::test]
async fn the_first_sync_inserts_nothing_twice_and_makes_no_second_appointment() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    desk.db.store.migrate().await.unwrap();
    let agenda = [
        row("08:00", 0, "ANA"),
        row("09:00", 1, "BIA"),
        row("10:00", 2, "CLARA NOVA"),
        row("11:00", 3, "DORA"),
        row("12:00", 4, "ELSA"),
    ];
    let first = desk.read(place(1), &agenda).await;
    assert_eq!(
        (first.inserted, first.updated, first.unchanged),
        (0, 1, 4),
        "ELSA reappeared: {first:?}"
    );
    assert_eq!(
        (first.appointments_created, first.appointments_linked),
        (3, 0)
    );
    let twice: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM (SELECT FROM agenda_slots WHERE is_current AND usuario_id = 1
         GROUP BY data, hora, payload ->> 'cpf' HAVING count(*) > 1) t",
    )
    .fetch_one(&desk.db.pool)
    .await
    .unwrap();
    assert_eq!(twice, 0);
    // What the application and the earlier system made is not the daemon's to cancel or change.
    desk.read(place(1), &[]).await;
    desk.read(place(1), &[]).await;
    assert_eq!(
        desk.appointments(place(1)).await,
        [
            "ANA 2199-11-24 08:00 agendado",
            "BIA A MÃO 2199-11-24 09:00 confirmado",
            "CLARA NOVA 2199-11-24 10:00 cancelado",
            "DORA 2199-11-24 11:00 cancelado",
            "ELSA 2199-11-24 12:00 cancelado",
        ]
    );
    desk.db.close().await;
}

#[tokio::test]
async fn a_linked_appointment_can_be_deleted_by_the_application() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    desk.db.store.migrate().await.unwrap();
    assert_eq!(
        desk.person(place(1), "DELETE FROM agendamentos WHERE usuario_id = $1")
            .await,
        2
    );
    let read = desk
        .read(place(1), &[row("08:00", 0, "ANA"), row("09:00", 1, "BIA")])
        .await;
    assert_eq!(
        (read.appointments_created, read.appointments_linked),
        (0, 0),
        "not created again"
    );
    desk.db.close().await;
}

#[tokio::test]
async fn an_older_shape_with_missing_columns_is_brought_up_to_date() {
    let desk = desk_on(OLDER).await;
    let pool = &desk.db.pool;
    run(
        pool,
        "DELETE FROM configuracoes_detran WHERE usuario_id = 2;
         INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento) VALUES
             (2, 'BIA', '111.444.777-35', '2199-11-24 09:00');
         INSERT INTO agenda_sync_runs (usuario_id, status, started_at) VALUES (1, 'running', now()), (1, 'success', NULL);
         INSERT INTO agenda_slots (data, hora, status, external_uid, payload, agendamento_id) VALUES
             ('2199-11-24', '08:00', 'available', 'a', '{\"cpf\": \"52998224725\", \"nome\": \"ANA\"}', NULL),
             ('2199-11-24', '09:00', 'available', 'b', NULL, 1),
             ('2199-11-24', '10:00', 'removed', 'c', '{\"cpf\": \"12345678909\", \"lido_em\": 7}', 4711),
             ('2199-11-24', '08:00', 'available', 'a', '{\"cpf\": \"52998224725\", \"nome\": \"ANA\"}', NULL)",
    )
    .await;
    let said = desk.db.store.migrate_dry_run().await.unwrap();
    let done = desk.db.store.migrate().await.unwrap();
    assert_eq!(done, said);
    let expected = Counts {
        owners_found: 4,
        identities_rewritten: 4,
        duplicates_set_aside: 1,
        runs_closed: 1,
        ..Counts::default()
    };
    assert_eq!(done.adopted, expected);
    let slots: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', id, usuario_id, unidade_code, servico_code, status, is_current,
             agendamento_id, agendamento_state, first_seen_at IS NOT NULL) FROM agenda_slots ORDER BY id",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(
        slots,
        [
            "1 1 DEFAULT PERITO removed f t",
            "2 2 DEFAULT PERITO available t 1 linked t",
            "3 1 DEFAULT PERITO removed f linked t",
            "4 1 DEFAULT PERITO available t t",
        ]
    );
    // The ids of these tables are narrower than ours; runs and slots work all the same.
    let read = desk.read(place(1), &[row("10:00", 2, "CLARA")]).await;
    assert_eq!((read.inserted, read.appointments_created), (1, 1));
    assert_eq!(
        desk.db
            .store
            .list_runs(Some(1), None, 10)
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(desk.db.store.changes_after(0).await.unwrap().len(), 2);
    assert!(desk.db.store.account(1).await.unwrap().is_some());
    desk.db.close().await;
}

#[tokio::test]
async fn slots_of_an_unknown_unit_go_to_the_unit_on_whose_page_they_stand() {
    let desk = desk_on(AS_PLANNED).await;
    for (hora, candidate, nome) in [
        ("08:00", 0, "ANA"),
        ("09:00", 1, "BIA"),
        ("10:00", 2, "CLARA"),
    ] {
        Slot {
            unidade: UNKNOWN_UNIT,
            ..Slot::new(1, hora, candidate, nome)
        }
        .insert(&desk.db.pool)
        .await;
    }
    desk.db.store.migrate().await.unwrap();
    let names = [UNKNOWN_UNIT.to_owned()];
    for (unit, rows, claimed) in [
        (
            "7",
            vec![row("08:00", 0, "ANA"), row("08:00", 0, "ANA B")],
            1,
        ),
        ("8", vec![row("09:00", 1, "BIA"), row("08:00", 0, "ANA")], 1),
        (
            "7",
            vec![row("08:00", 0, "ANA"), row("08:00", 0, "ANA B")],
            0,
        ),
    ] {
        let place = place(1).unit(unit);
        let run_id = desk.run(place).await;
        let reading = place.reading(&rows);
        let slots = agendad::domain::slot::slots_of_day(1, &reading, &[]);
        let day = agendad::store::slots::DayToStore {
            run_id,
            usuario_id: 1,
            data: place.data,
            unidade: unit,
            complete: true,
            slots: &slots,
        };
        assert_eq!(
            desk.db.store.claim_slots(&day, &names).await.unwrap(),
            claimed
        );
        let stored = desk.db.store.store_day(&day, &desk.rules).await.unwrap();
        assert_eq!(stored.totals.inserted, if claimed > 0 { 1 } else { 0 });
        assert!(desk.finish(run_id).await);
        assert!(
            desk.db.store.claim_slots(&day, &names).await.is_err(),
            "the fence"
        );
    }
    // What stands on no page vanishes like the slots of any unit that is not listed.
    let listed = ["7".to_owned(), "8".to_owned()];
    for _ in 0..2 {
        desk.vacate(place(1), &[place(1).data], Units::AllBut(&listed))
            .await;
    }
    assert_eq!(
        desk.slots(place(1)).await,
        [
            "7 08:00 ANA B available current",
            "7 08:00 ANA available current",
            "8 08:00 ANA available current",
            "8 09:00 BIA available current",
            "DEFAULT 10:00 CLARA removed gone",
        ]
    );
    desk.db.close().await;
}

#[tokio::test]
async fn what_the_earlier_system_writes_later_is_adopted_before_the_next_run() {
    let desk = desk_on(AS_PLANNED).await;
    desk.db.store.migrate().await.unwrap();
    let agenda = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    desk.read(place(1), &agenda[..1]).await;
    // Both are in service: it knows neither our uids nor our slots.
    Slot::new(1, "08:00", 0, "ANA").insert(&desk.db.pool).await;
    Slot::new(1, "09:00", 1, "BIA").insert(&desk.db.pool).await;
    let read = desk.read(place(1), &agenda).await;
    assert_eq!((read.inserted, read.unchanged, read.removed), (0, 2, 0));
    assert_eq!(
        desk.slots(place(1)).await,
        [
            "7 08:00 ANA available current",
            "7 08:00 ANA removed gone",
            "7 09:00 BIA available current"
        ]
    );
    desk.db.close().await;
}

#[tokio::test]
async fn a_user_who_is_being_synchronised_is_left_to_his_next_run() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    let mut other = sqlx::PgConnection::connect(&desk.db.url).await.unwrap();
    sqlx::query("SELECT pg_advisory_lock(873251 + 1)")
        .execute(&mut other)
        .await
        .unwrap();
    let said = desk.db.store.migrate_dry_run().await.unwrap().adopted;
    assert_eq!(said.runs_closed, EXPECTED.runs_closed - 1);
    let done = desk.db.store.migrate().await.unwrap().adopted;
    assert_eq!(
        (done.users_busy, done.runs_closed),
        (1, 1),
        "his run is alive"
    );
    other.close().await.unwrap();
    let read = desk
        .read(place(1), &[row("08:00", 0, "ANA"), row("09:00", 1, "BIA")])
        .await;
    assert_eq!((read.inserted, read.appointments_created), (0, 0));
    assert_eq!(
        desk.db.store.migrate().await.unwrap().adopted,
        Counts::default()
    );
    desk.db.close().await;
}

#[tokio::test]
async fn any_number_of_processes_may_migrate_at_once() {
    let desk = desk_on(AS_PLANNED).await;
    populate(&desk.db.pool).await;
    let store = &desk.db.store;
    let all = futures::future::join_all((0..4).map(|_| store.migrate())).await;
    let mut sum = Counts::default();
    for done in all {
        sum += done.unwrap().adopted;
    }
    assert_eq!(sum, EXPECTED);
    desk.db.close().await;
}
