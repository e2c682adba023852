//! What `migrate` itself does.

use std::time::Duration;

use agendad::domain::slot::sha1_hex;
use agendad::store::adopt::Counts;
use agendad::store::connect;
use sqlx::{Connection, PgConnection};

use super::earlier::{AS_PLANNED, OLDER, Slot, digest, run};
use super::scene::{EXPECTED, bench_on, place, populate};
use crate::store::bench::{CPFS, TOMORROW, row};
use crate::support::{TestDatabase, eventually};

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_changes_nothing() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    let before = digest(&bench.db.pool).await;
    let said = bench.db.store.migrate_into_dry_run(None).await.unwrap();
    assert_eq!(digest(&bench.db.pool).await, before);
    assert_eq!((said.applied.len(), said.adopted), (said.total, EXPECTED));
    assert!(said.queue > 0);

    let done = bench.db.store.migrate().await.unwrap();
    assert_eq!(done, said);
    let after = digest(&bench.db.pool).await;
    for again in [
        bench.db.store.migrate_into_dry_run(None).await.unwrap(),
        bench.db.store.migrate().await.unwrap(),
    ] {
        assert_eq!(
            (again.applied.len(), again.queue, again.adopted),
            (0, 0, Counts::default())
        );
    }
    assert_eq!(
        digest(&bench.db.pool).await,
        after,
        "a second time changes nothing"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn who_works_on_the_schema_is_named_and_who_keeps_them_waiting() {
    let db = TestDatabase::new().await;
    let mut form = db.pool.begin().await.unwrap();
    sqlx::raw_sql("SET LOCAL application_name = 'open form'; LOCK TABLE usuarios")
        .execute(&mut *form)
        .await
        .unwrap();
    let mut migrating = PgConnection::connect(&db.url).await.unwrap();
    sqlx::raw_sql("SET application_name = 'other daemon'; SELECT pg_advisory_lock(873250, 0)")
        .execute(&mut migrating)
        .await
        .unwrap();
    let waits = sqlx::raw_sql("SELECT FROM usuarios").execute(&mut migrating);
    let named = eventually("both are named", Duration::from_secs(10), async || {
        let found = db.store.at_work_on_schema().await.unwrap();
        (found.len() == 2).then_some(found)
    });
    let named = tokio::select! {
        ended = waits => panic!("it waits: {ended:?}"),
        named = named => named,
    };
    for name in [
        "other daemon active since",
        "open form idle in transaction since",
    ] {
        assert!(named.iter().any(|line| line.contains(name)), "{named:?}");
    }
    form.rollback().await.unwrap();
    migrating.close().await.unwrap();
    db.close().await;
}

#[tokio::test]
async fn every_row_is_kept_and_has_the_identity_of_its_own_columns() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    let kept = "SELECT md5(string_agg(concat_ws(',', id, source, unidade_code, servico_code, data, hora, payload,
                    first_seen_at, last_seen_at), ';' ORDER BY id)) FROM agenda_slots";
    // The one that had no times at all is given them.
    run(&bench.db.pool, "UPDATE agenda_slots SET first_seen_at = '2025-11-02', last_seen_at = '2025-11-03' WHERE external_uid = 'x3'").await;
    let before: String = sqlx::query_scalar(kept)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    bench.db.store.migrate().await.unwrap();
    let after: String = sqlx::query_scalar(kept)
        .fetch_one(&bench.db.pool)
        .await
        .unwrap();
    assert_eq!(before, after);

    let rows: Vec<(String, String, bool, String)> = sqlx::query_as(
        "SELECT external_uid,
             concat_ws('|', usuario_id, unidade_code, 'PERITO', data, hora, regexp_replace(payload ->> 'cpf', '\\D', '', 'g')),
             is_current, status FROM agenda_slots WHERE uid_version = 1 ORDER BY id",
    )
    .fetch_all(&bench.db.pool)
    .await
    .unwrap();
    assert_eq!(rows.len(), 9);
    for (uid, key, is_current, status) in &rows {
        let is_identity = *uid == sha1_hex(key);
        assert!(is_identity || !is_current && status == "removed", "{key}");
    }
    assert_eq!(
        bench.slots(place(1)).await,
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
        bench.changes(place(1)).await,
        ["removed CLARA"],
        "set aside while it was listed"
    );
    let accounts: Vec<String> =
        sqlx::query_scalar("SELECT senha FROM configuracoes_detran ORDER BY usuario_id")
            .fetch_all(&bench.db.pool)
            .await
            .unwrap();
    assert_eq!(accounts, ["segredo1", "segredo2"]);
    assert_eq!(
        bench
            .person(
                place(1),
                "UPDATE configuracoes_detran SET senha = NULL WHERE usuario_id = $1"
            )
            .await,
        1
    );
    bench.db.close().await;
}

#[tokio::test]
async fn times_and_lists_that_nobody_can_read_are_put_right_in_a_dry_run_too() {
    let bench = bench_on(AS_PLANNED).await;
    let pool = &bench.db.pool;
    populate(pool).await;
    run(
        pool,
        "UPDATE agenda_slots SET data = 'infinity', last_seen_at = '-infinity' WHERE external_uid = 'x3';
         UPDATE agenda_slots SET first_seen_at = 'infinity', last_seen_at = '270000-01-01' WHERE hora = '11:00';
         INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, totals, started_at, finished_at) VALUES
             (1, '-infinity', '5000000-01-01', 'success', '{\"removed\": \"x\"}', 'infinity', 'infinity'),
             (2, '2025-11-01', '2025-11-15', 'failed', '{\"removed\": 1e300}', '-infinity', '270000-01-01');
         ALTER TABLE configuracoes_detran ADD COLUMN pausa_ate TIMESTAMPTZ, ADD COLUMN janelas TEXT[];
         UPDATE configuracoes_detran SET ultima_sincronizacao = 'infinity', pausa_ate = 'infinity', janelas = '{near,NULL}'
         WHERE usuario_id = 1",
    )
    .await;
    let said = bench.db.store.migrate_into_dry_run(None).await.unwrap();
    let done = bench.db.store.migrate().await.unwrap();
    assert_eq!(done, said);
    let found: Vec<String> = sqlx::query_scalar(
        "SELECT concat_ws(' ', 'slot', data, last_seen_at IS NOT NULL) FROM agenda_slots
         WHERE data > '2200-01-01' OR NOT isfinite(coalesce(first_seen_at, 'epoch')) OR last_seen_at > '2200-01-01'
         UNION ALL
         SELECT concat_ws(' ', 'run', window_start, window_end, started_at, finished_at) FROM agenda_sync_runs
         WHERE totals ? 'removed'
         UNION ALL
         SELECT concat_ws(' ', 'last', run_id) FROM agendad_last_runs WHERE NOT isfinite(started_at)
         UNION ALL
         SELECT concat_ws(' ', 'sum', sum(runs)) FROM agendad_run_sums WHERE NOT isfinite(quarter) HAVING sum(runs) <> 0
         UNION ALL
         SELECT concat_ws(' ', 'account', pausa_ate, ultima_sincronizacao, janelas) FROM configuracoes_detran
         WHERE usuario_id = 1",
    )
    .fetch_all(pool)
    .await
    .unwrap();
    assert_eq!(
        found,
        [
            "slot 9999-12-31 t",
            "run 0001-01-01 9999-12-31",
            "run 2025-11-01 2025-11-15",
            "account {near}",
        ]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn an_older_shape_with_missing_columns_is_brought_up_to_date() {
    let bench = bench_on(OLDER).await;
    let pool = &bench.db.pool;
    run(
        pool,
        "DELETE FROM configuracoes_detran WHERE usuario_id = 2;
         INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento) VALUES
             (2, 'BIA', '111.444.777-35', '2199-11-24 09:00');
         INSERT INTO agenda_sync_runs (usuario_id, status, started_at) VALUES (1, 'running', now()), (1, 'success', NULL), (2, 'done', now());
         INSERT INTO agenda_slots (data, hora, status, external_uid, payload, agendamento_id) VALUES
             ('2199-11-24', '08:00', 'available', 'a', '{\"cpf\": \"52998224725\", \"nome\": \"ANA\"}', NULL),
             ('2199-11-24', '09:00', 'available', 'b', NULL, 1),
             ('2199-11-24', '10:00', 'removed', 'c', '{\"cpf\": \"12345678909\", \"lido_em\": 7}', 4711),
             ('2199-11-24', '08:00', 'available', 'a', '{\"cpf\": \"52998224725\", \"nome\": \"ANA\"}', NULL)",
    )
    .await;
    let said = bench.db.store.migrate_into_dry_run(None).await.unwrap();
    let done = bench.db.store.migrate().await.unwrap();
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
    // A status that is none of ours did not end well, and is not forgotten.
    let done: (String, String) = sqlx::query_as(
        "SELECT status, error_details ->> 'status' FROM agenda_sync_runs WHERE usuario_id = 2",
    )
    .fetch_one(pool)
    .await
    .unwrap();
    assert_eq!(done, ("failed".into(), "done".into()));
    // The ids of these tables are narrower than ours; runs and slots work all the same.
    let read = bench.read(place(1), &[row("10:00", 2, "CLARA")]).await;
    assert_eq!((read.inserted, read.appointments_created), (1, 1));
    assert_eq!(
        bench
            .db
            .store
            .list_runs(Some(1), None, None, 10)
            .await
            .unwrap()
            .len(),
        3
    );
    assert_eq!(bench.db.store.changes_after(0).await.unwrap().len(), 2);
    assert!(bench.db.store.account(1).await.unwrap().is_some());
    bench.db.close().await;
}

/// Whatever else is changed of such a row, the check of the statuses is enforced.
#[tokio::test]
async fn a_status_that_only_the_earlier_system_knew_stops_nothing() {
    let bench = bench_on(AS_PLANNED).await;
    let pool = &bench.db.pool;
    run(
        pool,
        "INSERT INTO agendamentos (usuario_id, nome, cpf, data_agendamento, contexto) VALUES
             (1, 'ANA', '529.982.247-25', '2199-11-24 08:00', 'Trânsito')",
    )
    .await;
    let digits: String = CPFS[1].chars().filter(char::is_ascii_digit).collect();
    let blocked = |slot: Slot<'static>| Slot {
        status: "blocked",
        ..slot
    };
    let slots = [
        // Nobody's, and its appointment knows whose; and one of which nobody knows.
        Slot {
            usuario_id: None,
            agendamento: Some(1),
            ..blocked(Slot::new(1, "08:00", 0, "ANA"))
        },
        Slot {
            usuario_id: None,
            ..blocked(Slot::new(1, "08:30", 0, "ANA"))
        },
        // Holds the identity that the next one gets.
        Slot {
            uid: sha1_hex(&format!("1|7|PERITO|{TOMORROW}|09:00:00|{digits}")),
            ..blocked(Slot::new(1, "10:00", 2, "CLARA"))
        },
        blocked(Slot::new(1, "09:00", 1, "BIA")),
        // With a cell that is stored as nothing from now on, and not listed any more.
        blocked(Slot::new(1, "11:00", 3, "DORA")),
    ];
    for slot in slots {
        slot.insert(pool).await;
    }
    run(
        pool,
        "UPDATE agenda_slots SET payload = payload || '{\"telefone\": \"NÃO INFORMADO\", \"email\": \"NAO INFORMADO\"}',
             is_current = FALSE
         WHERE hora = '11:00'",
    )
    .await;

    let said = bench.db.store.migrate_into_dry_run(None).await.unwrap();
    let done = bench.db.store.migrate().await.unwrap();
    assert_eq!(done, said);
    assert_eq!(
        (done.adopted.owners_found, done.adopted.unidentified),
        (1, 1)
    );
    assert_eq!(
        bench.slots(place(1)).await,
        [
            "7 08:00 ANA available current",
            "7 09:00 BIA available current",
            "7 10:00 CLARA available current",
            "7 11:00 DORA removed gone",
        ]
    );
    let emptied: String =
        sqlx::query_scalar("SELECT payload ->> 'email' FROM agenda_slots WHERE hora = '11:00'")
            .fetch_one(pool)
            .await
            .unwrap();
    assert_eq!(emptied, "", "by migration 0061");
    let nobodys: (String, bool) =
        sqlx::query_as("SELECT status, is_current FROM agenda_slots WHERE usuario_id IS NULL")
            .fetch_one(pool)
            .await
            .unwrap();
    assert_eq!(nobodys, ("available".into(), true));
    bench.db.close().await;
}

/// `0009` is younger than its number.
#[tokio::test]
async fn a_database_that_lacks_a_migration_of_a_lower_number_takes_it_as_its_next_one() {
    let db = TestDatabase::new().await;
    sqlx::query("DELETE FROM _sqlx_migrations WHERE version = 9")
        .execute(&db.pool)
        .await
        .unwrap();
    assert_eq!(db.store.pending_migrations().await.unwrap(), 1);
    let said = db.store.migrate_into_dry_run(None).await.unwrap();
    assert_eq!(said.applied, ["name unknown statuses"]);
    assert_eq!(db.store.migrate().await.unwrap(), said);
    assert_eq!(db.store.pending_migrations().await.unwrap(), 0);
    db.close().await;
}

#[tokio::test]
async fn any_number_of_processes_may_migrate_at_once() {
    let bench = bench_on(AS_PLANNED).await;
    populate(&bench.db.pool).await;
    let store = &bench.db.store;
    let all = futures::future::join_all((0..4).map(|_| store.migrate())).await;
    let mut sum = Counts::default();
    for done in all {
        sum += done.unwrap().adopted;
    }
    assert_eq!(sum, EXPECTED);
    bench.db.close().await;
}

#[tokio::test]
async fn the_patience_that_a_database_was_given_breaks_no_adoption_off() {
    let bench = bench_on(AS_PLANNED).await;
    bench.db.store.migrate().await.unwrap();
    Slot::new(1, "08:00", 0, "ANA").insert(&bench.db.pool).await;
    run(
        &bench.db.pool,
        "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
         VALUES (1, '2025-11-01', '2025-11-15', 'running', now());
         CREATE FUNCTION is_patient() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF current_setting('statement_timeout') <> '0' OR current_setting('lock_timeout') <> '0' THEN
                 RAISE EXCEPTION 'this may be broken off';
             END IF;
             RETURN NEW;
         END $$;
         CREATE TRIGGER is_patient BEFORE UPDATE ON agenda_slots FOR EACH ROW EXECUTE FUNCTION is_patient();
         CREATE TRIGGER is_patient BEFORE UPDATE ON agenda_sync_runs FOR EACH ROW EXECUTE FUNCTION is_patient();
         DO $$ BEGIN
             EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''1h''', current_database());
             EXECUTE format('ALTER DATABASE %I SET lock_timeout = ''1h''', current_database());
         END $$",
    )
    .await;
    // Its connections are new ones.
    let store = connect::store(&bench.db.url, 4).await.unwrap();
    let adopted = store.migrate().await.unwrap().adopted;
    assert_eq!((adopted.identities_rewritten, adopted.runs_closed), (1, 1));
    store.pool().close().await;
    bench.db.close().await;
}
