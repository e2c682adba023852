//! Appointments that the table refuses to change, alters, or will refuse: what is made up for later, and once.

use chrono::NaiveDate;

use agendad::store::runs::Started;
use agendad::store::slots::Units;

use crate::store::bench::{Bench, Row, TOMORROW, new_run, row};
use crate::store::refusing::{english, rows, store};

/// How the table refuses that an appointment of BIA changes, and how that is mended: of one slot, or of the whole day.
const NO_CHANGES: [(&str, &str); 2] = [
    (
        "ALTER TABLE agendamentos ADD CONSTRAINT sem_bia CHECK (nome NOT LIKE 'BIA _%')",
        "ALTER TABLE agendamentos DROP CONSTRAINT sem_bia",
    ),
    (
        "ALTER TABLE agendamentos RENAME COLUMN contexto TO antes",
        "ALTER TABLE agendamentos RENAME COLUMN antes TO contexto",
    ),
];

#[tokio::test]
async fn what_an_appointment_could_not_follow_it_follows_later_and_once() {
    for (refuse, mend) in NO_CHANGES {
        let bench = Bench::new().await;
        let place = bench.place().await;
        let [ana, bia, clara] = rows();
        let day = |bia: &Row| [ana.clone(), bia.clone(), clara.clone()];
        store(&bench, place, &day(&bia)).await;
        let is_owed = async || {
            let run = new_run(place.user, place.date, place.date);
            let started = bench.db.store.start_run(&run).await.unwrap();
            let Started::Run { id, days, .. } = started else {
                panic!("no tick was named")
            };
            assert!(bench.finish(id).await);
            days[0].wants_appointment
        };
        assert!(!is_owed().await);
        bench.db.execute(refuse).await;
        // A telephone with the first change, a name with each.
        let nunes = row("09:00", 1, "BIA NUNES").telefone("(11) 98765-4321");
        let lima = row("09:00", 1, "BIA LIMA").telefone("(11) 98765-4321");
        for (changed, updated) in [(&nunes, 1), (&lima, 1), (&lima, 0)] {
            let stored = store(&bench, place, &day(changed)).await;
            assert_eq!(stored.totals.updated, updated, "{refuse}: {stored:?}");
            assert_eq!(stored.appointments_refused, 1, "{refuse}: {stored:?}");
            assert!(is_owed().await, "{refuse}");
        }
        let appointment = async || -> String {
            let text = "SELECT concat_ws(' ', nome, telefone_celular) FROM agendamentos WHERE nome LIKE 'BIA%'";
            sqlx::query_scalar(text)
                .fetch_one(&bench.db.pool)
                .await
                .unwrap()
        };
        assert_eq!(appointment().await, "BIA");
        bench.db.execute(mend).await;
        let before = bench.changes(place).await;
        let stored = store(&bench, place, &day(&lima)).await;
        let totals = (stored.totals.updated, stored.totals.unchanged);
        assert_eq!(totals, (0, 3), "{refuse}: {stored:?}");
        assert_eq!(appointment().await, "BIA LIMA 11987654321", "{refuse}");
        assert_eq!(bench.changes(place).await, before, "{refuse}");
        assert!(!is_owed().await, "{refuse}");
        // Made up for once: what a person writes then stays.
        let corrected =
            "UPDATE agendamentos SET nome = 'BIA L.' WHERE usuario_id = $1 AND nome = 'BIA LIMA'";
        assert_eq!(bench.person(place, corrected).await, 1);
        store(&bench, place, &day(&lima)).await;
        assert_eq!(appointment().await, "BIA L. 11987654321", "{refuse}");
        bench.db.close().await;
    }
}

#[tokio::test]
async fn what_is_not_to_be_followed_or_was_taken_up_by_a_person_is_not_made_up_for() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    store(&bench, place, &rows()).await;
    let named = |bia, clara| {
        [
            rows()[0].clone(),
            row("09:00", 1, bia),
            row("10:00", 2, clara),
        ]
    };
    // Nobody was to follow this one.
    bench.rules.appointments = false;
    store(&bench, place, &named("BIA NUNES", "CLARA")).await;
    bench.rules.appointments = true;
    let (refuse, mend) = NO_CHANGES[1];
    bench.db.execute(refuse).await;
    store(&bench, place, &named("BIA NUNES", "CLARA NUNES")).await;
    bench.db.execute(mend).await;
    let confirmed =
        "UPDATE agendamentos SET status = 'confirmado' WHERE usuario_id = $1 AND nome = 'CLARA'";
    assert_eq!(bench.person(place, confirmed).await, 1);
    for _ in 0..2 {
        store(&bench, place, &named("BIA NUNES", "CLARA NUNES")).await;
        assert_eq!(
            bench.appointments(place).await,
            [
                "ANA SOUZA 2199-11-24 08:00 agendado",
                "BIA 2199-11-24 09:00 agendado",
                "CLARA 2199-11-24 10:00 confirmado"
            ]
        );
    }
    bench.db.close().await;
}

/// What the table makes of an appointment that is inserted, so that nobody recognises it again.
const ALTERED: [&str; 4] = [
    "NEW.data_agendamento := date_trunc('day', NEW.data_agendamento)",
    "NEW.data_agendamento := NEW.data_agendamento - interval '3 hours'",
    "NEW.cpf := left(md5(NEW.cpf), 14)",
    "NEW.cpf := NULL",
];

#[tokio::test]
async fn an_appointment_that_nobody_recognises_once_it_is_inserted_is_not_made_again_and_again() {
    let trigger = |does: &str| {
        format!(
            "CREATE FUNCTION altera() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {does}; RETURN NEW; END $$;
             CREATE TRIGGER altera BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION altera()"
        )
    };
    let mut tables: Vec<String> = ALTERED.into_iter().map(trigger).collect();
    tables.push("ALTER TABLE agendamentos ALTER COLUMN data_agendamento TYPE DATE".to_owned());
    for table in tables {
        let bench = Bench::new().await;
        let place = bench.place().await;
        bench.db.execute(&table).await;
        for inserted in [3, 0] {
            let stored = store(&bench, place, &rows()).await;
            let totals = (stored.totals.inserted, stored.totals.appointments_created);
            assert_eq!(totals, (inserted, 0), "{table}: {stored:?}");
            assert_eq!(stored.appointments_refused, 3, "{table}: {stored:?}");
            let notes = english(&stored);
            assert!(
                notes.contains("changes the day, the time or the CPF"),
                "{table}: {notes}"
            );
            assert_eq!(bench.appointments(place).await, [""; 0], "{table}");
        }
        bench.db.close().await;
    }
}

#[tokio::test]
async fn an_appointment_that_a_trigger_drops_without_a_word_is_told_and_keeps_no_other_back() {
    let mut bench = Bench::new().await;
    bench
        .db
        .execute(
            "CREATE FUNCTION descarta() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 IF NEW.nome = 'BIA' THEN RETURN NULL; END IF; RETURN NEW; END $$;
             CREATE TRIGGER descarta BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION descarta()",
        )
        .await;
    for is_new in [true, false] {
        bench.is_new = is_new;
        let place = bench.place().await;
        for (inserted, created) in [(3, 2), (0, 0)] {
            let stored = store(&bench, place, &rows()).await;
            let totals = (stored.totals.inserted, stored.totals.appointments_created);
            assert_eq!(totals, (inserted, created), "{stored:?}");
            assert_eq!(stored.appointments_refused, 1, "{stored:?}");
            let notes = english(&stored);
            assert!(
                notes.contains("09:00: its appointment") && notes.contains("or drops it"),
                "{notes}"
            );
            assert_eq!(
                bench.appointments(place).await,
                [
                    "ANA SOUZA 2199-11-24 08:00 agendado",
                    "CLARA 2199-11-24 10:00 agendado"
                ]
            );
        }
    }
    bench.db.close().await;
}

#[tokio::test]
async fn an_appointment_whose_cpf_loses_its_zeros_is_recognised_as_ours() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench
        .db
        .execute(
            "CREATE FUNCTION numero() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                 NEW.cpf := regexp_replace(NEW.cpf, '[^0-9]', '', 'g')::bigint;
                 NEW.data_agendamento := NEW.data_agendamento + interval '30 seconds'; RETURN NEW; END $$;
             CREATE TRIGGER numero BEFORE INSERT ON agendamentos FOR EACH ROW EXECUTE FUNCTION numero()",
        )
        .await;
    let listed = Row {
        cpf: "012.345.678-90".to_owned(),
        ..row("08:00", 0, "ANA")
    };
    let stored = store(&bench, place, std::slice::from_ref(&listed)).await;
    assert_eq!(stored.totals.appointments_created, 1, "{stored:?}");
    let stored = store(&bench, place, &[listed]).await;
    assert_eq!(
        (
            stored.totals.appointments_created,
            stored.totals.appointments_linked
        ),
        (0, 0),
        "{stored:?}"
    );
    let stored = store(&bench, place, &[]).await;
    assert_eq!(
        stored.totals.appointments_cancelled, 1,
        "it is ours: {stored:?}"
    );
    bench.db.close().await;
}

#[tokio::test]
async fn switched_off_appointments_need_no_table_at_all() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    bench.rules.appointments = false;
    bench.db.execute("ALTER TABLE agenda_slots DROP CONSTRAINT agenda_slots_agendamento_id_fkey; DROP TABLE agendamentos CASCADE",
    )
    .await;
    let stored = store(&bench, place, &rows()).await;
    assert_eq!(
        (stored.totals.inserted, stored.appointments_refused),
        (3, 0)
    );
    let days: [NaiveDate; 1] = [TOMORROW.parse().unwrap()];
    let stored = bench.vacate(place, &days, Units::One("7")).await;
    assert_eq!(stored.totals.removed, 3);
    assert!(stored.notes.is_empty(), "{stored:?}");
    bench.db.close().await;
}

#[tokio::test]
async fn what_the_table_will_refuse_is_foreseen() {
    let bench = Bench::new().await;
    assert_eq!(bench.db.store.preflight_appointments().await.unwrap(), []);
    bench.db.execute("ALTER TABLE agendamentos ADD COLUMN convenio TEXT NOT NULL, ADD COLUMN filial INT NOT NULL DEFAULT 1,
             ALTER COLUMN nome TYPE VARCHAR(60), ALTER COLUMN observacoes TYPE VARCHAR(20),
             ALTER COLUMN email SET NOT NULL, ALTER COLUMN data_agendamento TYPE TIMESTAMPTZ",
    )
    .await;
    let foreseen = bench.db.store.preflight_appointments().await.unwrap();
    let of = |word: &str| {
        foreseen
            .iter()
            .find(|f| f.to_string().contains(word))
            .unwrap()
    };
    assert_eq!(foreseen.len(), 5, "{foreseen:#?}");
    assert!(of("convenio").is_of_all() && of("observacoes").is_of_all());
    assert!(!of("nome").is_of_all() && of("nome").to_string().contains("60"));
    assert!(!of("email").is_of_all());
    let zone = of("data_agendamento");
    assert!(!zone.is_of_all() && zone.to_string().contains("America/Sao_Paulo"));
    assert_eq!(
        bench
            .db
            .store
            .migrate_into_dry_run(None)
            .await
            .unwrap()
            .foreseen,
        foreseen
    );
    bench.db.close().await;
}
