//! A candidate asks what is stored of them, and that it be erased.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use agendad::domain::{Cpf, RunStatus};
use agendad::simulator::{Booking, Change};
use chrono::Days;

use crate::store::bench::{Bench, Row, row};
use crate::support::{World, clock, open_booking};

/// Everything that could give a person away, as texts.
fn traces(booking: &Booking) -> Vec<String> {
    let cpf = Cpf::parse(&booking.cpf).unwrap();
    let digits = |text: &str| {
        text.chars()
            .filter(char::is_ascii_digit)
            .collect::<String>()
    };
    let mut traces = vec![
        cpf.digits().to_owned(),
        cpf.formatted(),
        booking.nome.clone(),
        booking.email.clone(),
    ];
    traces.extend(
        booking
            .telefone
            .split('/')
            .map(str::trim)
            .map(str::to_owned),
    );
    traces.extend(booking.telefone.split('/').map(digits));
    traces.retain(|trace| trace.len() > 5);
    traces
}

/// In which tables of ours and of the application's a text stands.
async fn tables_with(world: &World, text: &str) -> Vec<String> {
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT table_name::text FROM information_schema.tables WHERE table_schema = 'public'",
    )
    .fetch_all(&world.database.pool)
    .await
    .unwrap();
    let mut found = Vec::new();
    for table in tables {
        let sql = format!(
            "SELECT count(*) FROM {table} t WHERE position(lower($1) IN lower(t::text)) > 0"
        );
        let rows: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .bind(text)
            .fetch_one(&world.database.pool)
            .await
            .unwrap();
        if rows > 0 {
            found.push(table);
        }
    }
    found
}

#[tokio::test]
async fn an_erased_candidate_leaves_no_trace_and_the_counts_stay() {
    let world = World::new(2).await;
    // Someone with an e-mail address, a telephone number and a history.
    let mut request = open_booking(clock().today() + Days::new(1));
    request.email = Some("depois@example.com".to_owned());
    request.telefone = Some("(11) 98765-4321/(11) 2345-6789".to_owned());
    let before = world.simulator.book(0, request).unwrap();
    world.sync(0).await;
    world.sync(1).await;
    let change = Change {
        email: Some("antes@example.com".to_owned()),
        categoria: Some("AB".to_owned()),
        ..Change::default()
    };
    let after = world.simulator.change(0, &before.key(), change).unwrap();
    world.sync(0).await;
    // As if its appointment could not follow.
    world
        .execute("UPDATE agenda_slots SET follow_from = payload")
        .await;
    let cpf = Cpf::parse(&before.cpf).unwrap();
    let store = &world.database.store;
    let stored = store.person(&cpf).await.unwrap();
    assert_eq!(
        (
            stored.slots.len(),
            stored.changes.len(),
            stored.appointments.len()
        ),
        (1, 2, 1)
    );
    assert_eq!(stored.slots[0]["payload"]["nome"], after.nome);

    let mut all = traces(&before);
    all.extend(traces(&after));
    let counts = async || {
        let counts = "SELECT (SELECT count(*) FROM agenda_slots) * 1000000 + (SELECT count(*) FROM agenda_slot_changes) * 1000
             + (SELECT count(*) FROM agenda_slots WHERE first_seen_at IS NOT NULL AND last_seen_at IS NOT NULL)";
        world.count(counts).await
    };
    let counted = counts().await;
    let erased = store.erase_person(&cpf, false, "test").await.unwrap();
    assert_eq!(
        (erased.slots, erased.changes, erased.appointments),
        (1, 1, 0)
    );
    for trace in &all {
        let tables = tables_with(&world, trace).await;
        assert!(
            tables.iter().all(|table| table == "agendamentos"),
            "{trace}: {tables:?}"
        );
    }
    assert_eq!(counts().await, counted);
    let uid: String = sqlx::query_scalar("SELECT external_uid FROM agenda_slots WHERE id = $1")
        .bind(stored.slots[0]["id"].as_i64().unwrap())
        .fetch_one(&world.database.pool)
        .await
        .unwrap();
    assert_ne!(uid, stored.slots[0]["external_uid"].as_str().unwrap());
    assert!(
        uid.len() == 40 && uid.bytes().all(|b| b.is_ascii_hexdigit()),
        "{uid}"
    );

    let erased = store.erase_person(&cpf, true, "test").await.unwrap();
    assert_eq!((erased.slots, erased.appointments), (0, 1));
    for trace in &all {
        assert_eq!(
            tables_with(&world, trace).await,
            Vec::<String>::new(),
            "{trace}"
        );
    }
    assert!(store.person(&cpf).await.unwrap().slots.is_empty());
    let audited =
        "SELECT count(*) FROM agendad_audit WHERE action = 'people.erase' AND actor = 'test'";
    assert_eq!(world.count(audited).await, 2);
    world.close().await;
}

#[tokio::test]
async fn nobody_else_is_touched_and_the_next_run_finds_its_way() {
    let world = World::new(1).await;
    world.sync(0).await;
    let someone = world.simulator.agenda(0)[0].clone();
    let cpf = Cpf::parse(&someone.cpf).unwrap();
    let others = async || {
        let rows: Vec<String> = sqlx::query_scalar(
            "SELECT t::text FROM agenda_slots t WHERE payload ->> 'cpf' <> $1 AND payload ->> 'cpf' <> '' ORDER BY id",
        )
        .bind(cpf.formatted())
        .fetch_all(&world.database.pool)
        .await
        .unwrap();
        rows
    };
    let before = others().await;
    let erased = world
        .database
        .store
        .erase_person(&cpf, false, "test")
        .await
        .unwrap();
    assert!(
        erased.slots > 0 && erased.still_listed == erased.slots,
        "{erased:?}"
    );
    assert_eq!(others().await, before);

    // The portal still lists them: they are stored anew, and their appointment is the same one.
    let appointments = world.count("SELECT count(*) FROM agendamentos").await;
    let report = world.sync(0).await;
    assert_eq!(report.status, RunStatus::Success, "{report:?}");
    assert_eq!(
        (report.totals.inserted, report.totals.removed),
        (erased.slots, erased.slots)
    );
    assert_eq!(world.stored(0).await, world.truth(0));
    assert_eq!(
        world.count("SELECT count(*) FROM agendamentos").await,
        appointments
    );
    assert_eq!(
        world
            .count("SELECT count(*) FROM agendamentos WHERE status <> 'agendado'")
            .await,
        0
    );
    world.close().await;
}

#[tokio::test]
async fn a_candidate_whose_cpf_lost_its_zeros_is_found_and_erased() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let listed = Row {
        cpf: "012.345.678-90".to_owned(),
        ..row("08:00", 0, "ANA")
    };
    bench.read(place, &[listed, row("09:00", 1, "BIA")]).await;
    // The earlier system took a CPF for a number; the application does.
    for sql in [
        "UPDATE agenda_slots SET payload = jsonb_set(payload, '{cpf}', '\"1234567890\"')
         WHERE usuario_id = $1 AND payload ->> 'nome' = 'ANA'",
        "UPDATE agendamentos SET cpf = '1234567890' WHERE usuario_id = $1 AND nome = 'ANA'",
    ] {
        assert_eq!(bench.person(place, sql).await, 1);
    }
    let (store, cpf) = (&bench.db.store, Cpf::parse("01234567890").unwrap());
    let stored = store.person(&cpf).await.unwrap();
    let found = (
        stored.slots.len(),
        stored.changes.len(),
        stored.appointments.len(),
    );
    assert_eq!(found, (1, 1, 1));
    let erased = store.erase_person(&cpf, true, "test").await.unwrap();
    assert_eq!((erased.slots, erased.appointments), (1, 1));
    assert_eq!(
        bench.appointments(place).await,
        [
            "(apagado) 2199-11-24 08:00 agendado",
            "BIA 2199-11-24 09:00 agendado"
        ]
    );
    bench.db.close().await;
}

#[tokio::test]
async fn whoever_has_no_cpf_is_not_the_candidate_of_zeros() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let agenda = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &agenda).await;
    // Hers is not stored; the other one was taken for a number.
    for sql in [
        "UPDATE agenda_slots SET payload = jsonb_set(payload, '{cpf}',
             CASE WHEN payload ->> 'nome' = 'ANA' THEN '\"\"'::jsonb ELSE '\"0\"'::jsonb END)
         WHERE usuario_id = $1",
        "UPDATE agendamentos SET cpf = CASE WHEN nome = 'ANA' THEN '' ELSE '0' END WHERE usuario_id = $1",
    ] {
        assert_eq!(bench.person(place, sql).await, 2);
    }
    let (store, cpf) = (&bench.db.store, Cpf::parse("00000000000").unwrap());
    let stored = store.person(&cpf).await.unwrap();
    let found = (
        stored.slots.len(),
        stored.changes.len(),
        stored.appointments.len(),
    );
    assert_eq!(found, (1, 1, 1));
    let erased = store.erase_person(&cpf, true, "test").await.unwrap();
    assert_eq!((erased.slots, erased.appointments), (1, 1));
    assert_eq!(
        bench.appointments(place).await,
        [
            "ANA 2199-11-24 08:00 agendado",
            "(apagado) 2199-11-24 09:00 agendado"
        ]
    );
    // Nor is the appointment theirs.
    let zeros = Row {
        cpf: "000.000.000-00".to_owned(),
        ..row("08:00", 0, "ZÉLIA")
    };
    let read = bench.read(place, &[zeros]).await;
    assert_eq!(
        (read.appointments_created, read.appointments_linked),
        (1, 0)
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_slot_without_a_cpf_is_its_appointments_candidates() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let agenda = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &agenda).await;
    let without = "UPDATE agenda_slots SET payload = payload - 'cpf' WHERE usuario_id = $1";
    assert_eq!(bench.person(place, without).await, 2);
    let (store, cpf) = (&bench.db.store, Cpf::parse(&agenda[0].cpf).unwrap());
    let stored = store.person(&cpf).await.unwrap();
    assert_eq!((stored.slots.len(), stored.changes.len()), (1, 1));
    assert_eq!(stored.slots[0]["payload"]["nome"], "ANA");
    let erased = store.erase_person(&cpf, false, "test").await.unwrap();
    assert_eq!((erased.slots, erased.appointments), (1, 0));
    let names = "SELECT payload ->> 'nome' FROM agenda_slots WHERE usuario_id = $1 ORDER BY hora";
    assert_eq!(bench.lines(names, place).await, ["(apagado)", "BIA"]);
    // Their appointment was left to the application, and names the blanked slot no more.
    assert!(store.person(&cpf).await.unwrap().slots.is_empty());
    bench.db.close().await;
}

#[tokio::test]
async fn an_erasure_takes_its_time_whatever_patience_the_database_was_given() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let agenda = [row("08:00", 0, "ANA")];
    bench.read(place, &agenda).await;
    // The database's setting holds for new connections.
    let mut only = bench.db.pool.acquire().await.unwrap();
    for sql in [
        "CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$
         BEGIN PERFORM pg_sleep(1); RETURN NEW; END $$",
        "CREATE TRIGGER dawdle BEFORE UPDATE ON agenda_slots FOR EACH ROW EXECUTE FUNCTION dawdle()",
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET statement_timeout = ''300ms''', current_database()); END $$",
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
    ] {
        sqlx::query(sql).execute(&mut *only).await.unwrap();
    }
    only.close().await.unwrap();
    let (store, cpf) = (&bench.db.store, Cpf::parse(&agenda[0].cpf).unwrap());
    let erased = store.erase_person(&cpf, false, "test").await.unwrap();
    assert_eq!(erased.slots, 1);
    bench.db.close().await;
}
