//! The application's table refuses appointments: their slots are stored whatever it says.

use chrono::NaiveDate;

use agendad::store::runs::Started;
use agendad::store::slots::{StoreDayOutcome, Units};

use crate::store::bench::{Bench, Place, Row, TOMORROW, new_run, row};

pub(super) fn rows() -> [Row; 3] {
    [
        row("08:00", 0, "ANA SOUZA").telefone("(11) 2345-6789 / (11) 98765-4321"),
        row("09:00", 1, "BIA"),
        row("10:00", 2, "CLARA"),
    ]
}

pub(super) async fn store(bench: &Bench, place: Place, rows: &[Row]) -> StoreDayOutcome {
    let run = bench.run(place).await;
    let stored = bench.store(run, place, &place.reading(rows)).await.unwrap();
    assert!(bench.finish(run).await);
    stored
}

/// How the table may be, how many appointments it takes, and a word of the note.
const TABLES: &[(&str, i64, &str)] = &[
    (
        "ALTER TABLE agendamentos ADD COLUMN convenio TEXT NOT NULL",
        0,
        "convenio",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN nome TYPE VARCHAR(4)",
        3,
        "nome was cut",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN cpf TYPE VARCHAR(11)",
        3,
        "cpf was cut",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN telefone_celular TYPE VARCHAR(8)",
        3,
        "telefone_celular was cut",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN observacoes TYPE VARCHAR(20)",
        0,
        "narrower",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN telefone_fixo SET NOT NULL",
        1,
        "telefone_fixo",
    ),
    (
        "ALTER TABLE agendamentos ADD CONSTRAINT sem_bia CHECK (nome <> 'BIA')",
        2,
        "sem_bia",
    ),
    (
        "CREATE FUNCTION recusa() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.nome = 'BIA' THEN RAISE EXCEPTION 'não quero %', NEW.nome; END IF; RETURN NEW; END $$;
         CREATE TRIGGER recusa BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION recusa()",
        2,
        "a trigger",
    ),
    (
        "CREATE FUNCTION recusa() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.nome = 'BIA' THEN RAISE EXCEPTION 'não quero %', NEW.nome; END IF; RETURN NULL; END $$;
         CREATE CONSTRAINT TRIGGER recusa AFTER INSERT ON agendamentos DEFERRABLE INITIALLY DEFERRED
             FOR EACH ROW EXECUTE FUNCTION recusa()",
        2,
        "09:00: its appointment could not be stored: a trigger",
    ),
    // A code of its own; and one of a server elsewhere, which each row would wait for.
    (
        "CREATE FUNCTION recusa() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             IF NEW.nome = 'BIA' THEN RAISE EXCEPTION 'ocupado' USING ERRCODE = 'PT409'; END IF; RETURN NEW; END $$;
         CREATE TRIGGER recusa BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION recusa()",
        2,
        "agendamentos refuses it [PT409]",
    ),
    (
        "CREATE FUNCTION recusa() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
             RAISE EXCEPTION 'sem conexão' USING ERRCODE = '08001'; END $$;
         CREATE TRIGGER recusa BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION recusa()",
        0,
        "agendamentos refuses it [08001]",
    ),
    (
        "CREATE TYPE situacao AS ENUM ('agendado', 'cancelado');
         ALTER TABLE agendamentos ALTER COLUMN status DROP DEFAULT,
             ALTER COLUMN status TYPE situacao USING status::situacao",
        3,
        "",
    ),
    (
        "CREATE TYPE situacao AS ENUM ('novo');
         ALTER TABLE agendamentos ALTER COLUMN status DROP DEFAULT,
             ALTER COLUMN status TYPE situacao USING status::situacao",
        0,
        "agendamentos refuses it [22P02]",
    ),
    (
        "ALTER TABLE agendamentos ALTER COLUMN categoria_cnh TYPE INTEGER USING NULL",
        0,
        "another type",
    ),
    ("ALTER TABLE agendamentos DROP COLUMN contexto", 0, "a column of agendamentos is missing"),
    (
        "ALTER TABLE agenda_slots DROP CONSTRAINT agenda_slots_agendamento_id_fkey; DROP TABLE agendamentos CASCADE",
        0,
        "agendamentos refuses it [42P01]",
    ),
];

pub(super) fn english(stored: &StoreDayOutcome) -> String {
    let notes: Vec<String> = stored.notes.iter().map(ToString::to_string).collect();
    notes.join("\n")
}

#[tokio::test]
async fn slots_are_stored_once_and_whole_whatever_the_table_of_appointments_refuses() {
    for (table, appointments, word) in TABLES {
        let bench = Bench::new().await;
        let place = bench.place().await;
        bench.db.execute(table).await;
        let stored = store(&bench, place, &rows()).await;
        let totals = &stored.totals;
        assert_eq!(totals.inserted, 3, "{table}");
        assert_eq!(
            totals.appointments_created, *appointments,
            "{table}: {stored:?}"
        );
        assert_eq!(
            stored.appointments_refused,
            3 - appointments,
            "{table}: {stored:?}"
        );
        let notes = english(&stored);
        assert!(notes.contains(word), "{table}: {notes}");
        assert!(!notes.contains("BIA"), "{table}: {notes}");
        assert_eq!(
            bench.slots(place).await,
            [
                "7 08:00 ANA SOUZA available current",
                "7 09:00 BIA available current",
                "7 10:00 CLARA available current"
            ],
            "{table}"
        );
        assert_eq!(bench.changes(place).await.len(), 3, "{table}");

        // Again: nothing is doubled, and what is still refused is still told.
        let again = store(&bench, place, &rows()).await;
        assert_eq!(
            (again.totals.inserted, again.totals.unchanged),
            (0, 3),
            "{table}"
        );
        assert_eq!(again.totals.appointments_created, 0, "{table}");
        assert_eq!(again.appointments_refused, 3 - appointments, "{table}");
        // One slot vanishes, one changes: stored all the same.
        let mut fewer = rows()[1..].to_vec();
        fewer[1] = row("10:00", 2, "CLARA NUNES");
        let fewer = store(&bench, place, &fewer).await;
        assert_eq!(
            (fewer.totals.removed, fewer.totals.updated),
            (1, 1),
            "{table}"
        );
        bench.db.close().await;
    }
}

#[tokio::test]
async fn once_the_table_is_mended_the_next_reading_makes_what_was_refused() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench
        .db
        .execute("ALTER TABLE agendamentos ADD COLUMN convenio TEXT NOT NULL")
        .await;
    assert_eq!(store(&bench, place, &rows()).await.appointments_refused, 3);
    bench
        .db
        .execute("ALTER TABLE agendamentos ALTER COLUMN convenio DROP NOT NULL")
        .await;
    let stored = store(&bench, place, &rows()).await;
    assert_eq!(
        (
            stored.totals.appointments_created,
            stored.appointments_refused
        ),
        (3, 0)
    );
    assert_eq!(
        store(&bench, place, &rows())
            .await
            .totals
            .appointments_created,
        0
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_slot_vanishes_although_its_appointment_cannot_be_cancelled() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    store(&bench, place, &rows()).await;
    bench
        .db
        .execute(
            "ALTER TABLE agendamentos ADD CONSTRAINT nunca_cancelado CHECK (status <> 'cancelado')",
        )
        .await;
    let stored = store(&bench, place, &rows()[..2]).await;
    assert_eq!((stored.totals.removed, stored.appointments_refused), (1, 1));
    assert!(english(&stored).contains("nunca_cancelado"), "{stored:?}");
    let days: [NaiveDate; 1] = [TOMORROW.parse().unwrap()];
    let stored = bench.vacate(place, &days, Units::One("7")).await;
    assert_eq!((stored.totals.removed, stored.appointments_refused), (2, 2));
    assert!(english(&stored).contains("nunca_cancelado"), "{stored:?}");
    assert_eq!(
        bench.slots(place).await,
        [
            "7 08:00 ANA SOUZA removed gone",
            "7 09:00 BIA removed gone",
            "7 10:00 CLARA removed gone"
        ]
    );
    bench.db.close().await;
}

async fn cancel_left_over(bench: &Bench, place: Place) -> StoreDayOutcome {
    let run = bench.run(place).await;
    let stored = bench.db.store.cancel_left_over(run, place.user).await;
    assert!(bench.finish(run).await);
    stored.unwrap()
}

#[tokio::test]
async fn what_could_not_be_cancelled_is_cancelled_later_but_for_what_a_person_has_taken_up() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    store(&bench, place, &rows()).await;
    let refuse = "ALTER TABLE agendamentos ADD CONSTRAINT nunca CHECK (status <> 'cancelado')";
    bench.db.execute(refuse).await;
    store(&bench, place, &[]).await;
    let stored = cancel_left_over(&bench, place).await;
    assert_eq!(stored.totals.appointments_cancelled, 0);
    assert_eq!(stored.appointments_refused, 3, "{stored:?}");
    assert!(english(&stored).contains("nunca"), "{stored:?}");

    bench
        .db
        .execute("ALTER TABLE agendamentos DROP CONSTRAINT nunca")
        .await;
    let moved = "UPDATE agendamentos SET convertido_em_paciente = TRUE WHERE usuario_id = $1 AND nome = 'BIA'";
    assert_eq!(bench.person(place, moved).await, 1);
    let stored = cancel_left_over(&bench, place).await;
    let totals = (
        stored.totals.appointments_cancelled,
        stored.appointments_refused,
    );
    assert_eq!(totals, (2, 0), "{stored:?}");
    let status = |lines: Vec<String>| -> Vec<String> {
        let last = |line: &String| line.rsplit(' ').next().unwrap_or_default().to_owned();
        lines.iter().map(last).collect()
    };
    let now = status(bench.appointments(place).await);
    assert_eq!(now, ["cancelado", "agendado", "cancelado"]);

    let reopened =
        "UPDATE agendamentos SET status = 'agendado' WHERE usuario_id = $1 AND nome = 'CLARA'";
    assert_eq!(bench.person(place, reopened).await, 1);
    let stored = cancel_left_over(&bench, place).await;
    assert_eq!(stored.totals.appointments_cancelled, 0, "{stored:?}");
    let run = bench.run(place).await;
    assert!(bench.finish(run).await);
    let late = bench.db.store.cancel_left_over(run, place.user).await;
    assert!(late.is_err(), "the run is over");
    bench.db.close().await;
}

#[tokio::test]
async fn a_cancellation_that_is_refused_again_keeps_no_other_back() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    store(&bench, place, &rows()).await;
    let refuse = "ALTER TABLE agendamentos ADD CONSTRAINT nunca CHECK (status <> 'cancelado')";
    bench.db.execute(refuse).await;
    assert_eq!(store(&bench, place, &[]).await.appointments_refused, 3);
    bench
        .db
        .execute(
            "ALTER TABLE agendamentos DROP CONSTRAINT nunca;
             ALTER TABLE agendamentos ADD CONSTRAINT bia_nunca CHECK (nome <> 'BIA' OR status <> 'cancelado')",
        )
        .await;
    for cancelled in [2, 0] {
        let stored = cancel_left_over(&bench, place).await;
        let totals = (
            stored.totals.appointments_cancelled,
            stored.appointments_refused,
        );
        assert_eq!(totals, (cancelled, 1), "{stored:?}");
        assert!(english(&stored).contains("bia_nunca"), "{stored:?}");
    }
    bench
        .db
        .execute("ALTER TABLE agendamentos DROP CONSTRAINT bia_nunca")
        .await;
    let stored = cancel_left_over(&bench, place).await;
    assert_eq!(stored.totals.appointments_cancelled, 1, "{stored:?}");
    bench.db.close().await;
}

#[tokio::test]
async fn only_a_cancellation_that_was_refused_is_made_up_for() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    let [ana, bia, clara] = rows();
    store(&bench, place, &[ana.clone(), bia, clara.clone()]).await;
    // Confirmed by somebody when its slot vanished, and open again later.
    let set = |status| {
        format!(
            "UPDATE agendamentos SET status = '{status}' WHERE usuario_id = $1 AND nome = 'BIA'"
        )
    };
    bench.person(place, &set("confirmado")).await;
    store(&bench, place, &[ana.clone(), clara]).await;
    bench.person(place, &set("agendado")).await;
    // Vanished while appointments were to stay, or were none of our business.
    bench.rules.cancel_on_removed = false;
    store(&bench, place, &[ana]).await;
    bench.rules.appointments = false;
    store(&bench, place, &[]).await;
    (bench.rules.cancel_on_removed, bench.rules.appointments) = (true, true);
    let run = new_run(place.user, place.date, place.date);
    let started = bench.db.store.start_run(&run).await.unwrap();
    let Started::Run { id, left_over, .. } = started else {
        panic!("no tick was named")
    };
    assert!(!left_over, "nothing is owed");
    assert!(bench.finish(id).await);
    let stored = cancel_left_over(&bench, place).await;
    assert_eq!(stored.totals.appointments_cancelled, 0, "{stored:?}");
    let open = bench.appointments(place).await;
    assert!(
        open.iter().all(|line| line.ends_with(" agendado")),
        "{open:?}"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn a_refused_cancellation_is_made_up_for_once_or_not_at_all() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let refuse = "ALTER TABLE agendamentos ADD CONSTRAINT nunca CHECK (status <> 'cancelado')";
    let mend = "ALTER TABLE agendamentos DROP CONSTRAINT nunca";
    let set = |status| format!("UPDATE agendamentos SET status = '{status}' WHERE usuario_id = $1");
    // Somebody has taken it up meanwhile: nothing is owed any more, even if they open it again.
    store(&bench, place, &rows()[..1]).await;
    bench.db.execute(refuse).await;
    assert_eq!(store(&bench, place, &[]).await.appointments_refused, 1);
    bench.db.execute(mend).await;
    bench.person(place, &set("confirmado")).await;
    let cancelled = || async {
        cancel_left_over(&bench, place)
            .await
            .totals
            .appointments_cancelled
    };
    assert_eq!(cancelled().await, 0);
    bench.person(place, &set("agendado")).await;
    assert_eq!(cancelled().await, 0);
    // The slot is back, and vanishes while somebody holds it: that was not refused.
    bench.db.execute(refuse).await;
    store(&bench, place, &rows()[..1]).await;
    assert_eq!(store(&bench, place, &[]).await.appointments_refused, 1);
    bench.db.execute(mend).await;
    store(&bench, place, &rows()[..1]).await;
    bench.person(place, &set("confirmado")).await;
    store(&bench, place, &[]).await;
    bench.person(place, &set("agendado")).await;
    assert_eq!(cancelled().await, 0);
    assert_eq!(
        bench.appointments(place).await,
        ["ANA SOUZA 2199-11-24 08:00 agendado"]
    );
    bench.db.close().await;
}
