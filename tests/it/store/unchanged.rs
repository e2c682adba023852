//! A day that says what is stored already is not stored again: it is noted as seen with the run's record. And no
//! statement of a run is planned for each run anew.

use agendad::domain::slot::slots_of_day;
use agendad::domain::{DayReading, ExamStatuses};
use agendad::store::runs::{Finished, FinishedRun, Noted, Started};
use agendad::store::seen::{self, StoredDay, UnchangedDay};
use agendad::store::slots::Units;
use agendad::store::units::UnitReading;
use agendad::store::{Store, connect};

use crate::store::bench::{Bench, Place, Row, TOMORROW, YESTERDAY, new_run, row, succeeded};

/// All of the slots but when they were last seen, and the change log.
const ALL_ELSE: &str = "SELECT md5((SELECT string_agg((to_jsonb(s) - 'last_seen_at')::text, ',' ORDER BY id) FROM agenda_slots s)
    || (SELECT count(*) FROM agenda_slot_changes))";

#[tokio::test]
async fn days_that_are_as_they_were_are_seen_with_the_runs_record_and_nothing_else_changes() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    for day in [TOMORROW, YESTERDAY] {
        bench.read(place.day(day), &rows).await;
    }
    let before: String = bench.one(ALL_ELSE).await;
    let run = bench.begin(place).await;
    let seen = [TOMORROW, YESTERDAY].map(|day| run.as_stored(place.day(day), &rows));
    let done = bench.end(run.id, &seen.map(Option::unwrap)).await;
    assert_eq!(done.unwrap().unchanged, 4);
    assert_eq!(bench.one::<String>(ALL_ELSE).await, before);
    let all_later = "SELECT bool_and(last_seen_at = (SELECT max(finished_at) FROM agenda_sync_runs)) FROM agenda_slots";
    assert!(bench.one::<bool>(all_later).await);
    let counted = "SELECT totals ->> 'unchanged' FROM agenda_sync_runs ORDER BY id DESC LIMIT 1";
    assert_eq!(bench.one::<String>(counted).await, "4");
    bench.db.close().await;
}

#[tokio::test]
async fn a_day_is_as_it_was_only_if_every_slot_is() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    bench.read(place, &rows).await;
    let run = bench.begin(place).await;
    let reversed = [rows[1].clone(), rows[0].clone()];
    assert!(
        run.as_stored(place, &reversed).is_some(),
        "order is nothing"
    );
    for other in [
        vec![rows[0].clone()],
        vec![rows[0].clone(), rows[1].clone(), row("10:00", 2, "CLARA")],
        vec![rows[0].clone(), row("09:00", 1, "BIA MARIA")],
        vec![rows[0].clone(), rows[1].clone().done()],
        vec![rows[0].clone(), row("09:15", 1, "BIA")],
    ] {
        assert_eq!(run.as_stored(place, &other), None, "{other:?}");
    }
    // Whatever the earlier system left without a hash was never read by us.
    bench
        .person(
            place,
            "UPDATE agenda_slots SET content_hash = NULL WHERE usuario_id = $1 AND hora = '08:00'",
        )
        .await;
    let run = bench.begin(place).await;
    assert_eq!(run.as_stored(place, &rows), None);
    bench.db.close().await;
}

#[tokio::test]
async fn what_somebody_has_edited_in_a_slot_is_read_anew_and_put_right() {
    let mut bench = Bench::new().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    let edits = [
        (
            r#"payload = payload || '{"nome": "ANNA"}'"#,
            r#"changed ANA {"nome": {"new": "ANA", "old": "ANNA"}}"#,
        ),
        (
            "hora = '08:30'",
            r#"changed ANA {"hora": {"new": "08:00", "old": "08:30"}}"#,
        ),
    ];
    for appointments in [true, false] {
        bench.rules.appointments = appointments;
        for (edit, logged) in edits {
            let place = bench.place().await;
            bench.read(place, &rows).await;
            let is_as_stored = async || bench.begin(place).await.as_stored(place, &rows).is_some();
            assert!(is_as_stored().await, "{edit}");
            let sql =
                format!("UPDATE agenda_slots SET {edit} WHERE usuario_id = $1 AND hora = '08:00'");
            assert_eq!(bench.person(place, &sql).await, 1);
            assert!(!is_as_stored().await, "{edit}");
            assert_eq!(bench.read(place, &rows).await.updated, 1, "{edit}");
            assert_eq!(
                bench.slots(place).await,
                [
                    "7 08:00 ANA available current",
                    "7 09:00 BIA available current"
                ],
                "{edit}"
            );
            let changes = bench.changes(place).await;
            assert_eq!(changes[2..], [logged], "{edit}");
            assert!(is_as_stored().await, "{edit}");
        }
    }
    bench.db.close().await;
}

#[tokio::test]
async fn a_slot_that_waits_for_its_appointment_is_told_of() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    bench.read(place, &[row("08:00", 0, "ANA")]).await;
    let waits = async || bench.begin(place).await.days[0].wants_appointment;
    assert!(!waits().await);
    bench.person(
        place,
        "UPDATE agenda_slots SET agendamento_id = NULL, agendamento_state = NULL WHERE usuario_id = $1",
    )
    .await;
    assert!(waits().await);
    bench.db.close().await;
}

#[tokio::test]
async fn what_others_change_while_a_run_reads_is_not_noted_as_seen_and_the_next_run_finds_it() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA"), row("09:00", 1, "BIA")];
    for day in [TOMORROW, YESTERDAY] {
        bench.read(place.day(day), &rows).await;
    }
    let run = bench.begin(place).await;
    let seen = [TOMORROW, YESTERDAY].map(|day| run.as_stored(place.day(day), &rows).unwrap());
    bench.person(
        place,
        "UPDATE agenda_slots SET is_current = FALSE, status = 'removed' WHERE usuario_id = $1 AND hora = '08:00' AND data > now()",
    )
    .await;
    let done = bench.end(run.id, &seen).await.unwrap();
    let tomorrow = TOMORROW.parse().unwrap();
    assert_eq!(
        done,
        Finished {
            unchanged: 2,
            differing: vec![tomorrow]
        }
    );
    let seen_again = "SELECT string_agg(DISTINCT data::text, ',') FROM agenda_slots WHERE last_seen_at > first_seen_at";
    assert_eq!(bench.one::<String>(seen_again).await, YESTERDAY);
    let next = bench.begin(place).await;
    assert_eq!(next.as_stored(place, &rows), None);
    bench.db.close().await;
}

#[tokio::test]
async fn a_run_that_was_closed_notes_nothing() {
    let bench = Bench::new().await;
    let place = bench.place().await;
    let rows = [row("08:00", 0, "ANA")];
    bench.read(place, &rows).await;
    let paused = bench.begin(place).await;
    let seen = paused.as_stored(place, &rows).unwrap();
    let next = bench.begin(place).await;
    assert_eq!(
        bench.end(paused.id, std::slice::from_ref(&seen)).await,
        None
    );
    let again = "SELECT count(*) FROM agenda_slots WHERE last_seen_at > first_seen_at";
    assert_eq!(bench.one::<i64>(again).await, 0);
    let units = "SELECT count(*) FROM portal_units";
    assert_eq!(bench.one::<i64>(units).await, 0);
    assert_eq!(bench.end(next.id, &[seen]).await.unwrap().unchanged, 1);
    assert_eq!(bench.one::<i64>(again).await, 1);
    assert_eq!(bench.one::<i64>(units).await, 1);
    bench.db.close().await;
}

/// Planning takes longer than the rest of these statements.
#[tokio::test]
async fn the_statements_of_a_run_are_not_planned_for_each_run_anew() {
    let mut bench = Bench::new().await;
    let place = bench.place().await;
    let one = connect::pool(&bench.db.url, 1).await.unwrap();
    bench.db.store = Store::new(one.clone());
    for round in 0..20 {
        let names = [format!("ANA {round}"), format!("BIA {round}")];
        let rows = [row("08:00", 0, &names[0]), row("09:00", 1, &names[1])];
        assert_eq!(bench.read(place, &rows).await.unchanged, 0);
        let run = bench.begin(place).await;
        let seen = run.as_stored(place, &rows).unwrap();
        assert_eq!(bench.end(run.id, &[seen]).await.unwrap().unchanged, 2);
        bench
            .vacate(
                place.day(YESTERDAY),
                &[YESTERDAY.parse().unwrap()],
                Units::One("7"),
            )
            .await;
    }
    for beginning in [
        "-- Records that a run starts%",
        "-- Stores one reading%",
        "-- Stores that days%",
        "-- Records how a run ended%",
    ] {
        let plans = "SELECT custom_plans, generic_plans FROM pg_prepared_statements WHERE statement LIKE $1";
        let plans = sqlx::query_as(plans).bind(beginning).fetch_one(&one);
        let (custom, generic): (i64, i64) = plans.await.unwrap();
        assert_eq!(
            custom, 5,
            "{beginning}: planned for the values at hand, {generic} times kept"
        );
    }
    one.close().await;
    bench.db.close().await;
}

/// A run that has begun, and what it knows of its days.
struct Begun {
    id: i64,
    days: Vec<StoredDay>,
}

impl Begun {
    /// The day, if it is stored as these rows have it.
    fn as_stored(&self, place: Place, rows: &[Row]) -> Option<UnchangedDay> {
        let reading = place.reading(rows);
        let digest = digest(place, &reading);
        let is_it = |day: &&StoredDay| day.unit == place.unit && day.date == place.date;
        let stored = self.days.iter().find(is_it)?;
        (stored.digest.as_ref() == Some(&digest)).then_some(UnchangedDay {
            unit: reading.unit,
            date: reading.date,
            digest,
        })
    }
}

fn digest(place: Place, reading: &DayReading) -> String {
    let statuses = ExamStatuses::new(&["Realizado".to_owned()], &[]);
    seen::digest(&slots_of_day(place.user, reading, &statuses))
}

impl Bench {
    /// A run of all days, as the user's lock allows it.
    async fn begin(&self, place: Place) -> Begun {
        let run = new_run(
            place.user,
            YESTERDAY.parse().unwrap(),
            TOMORROW.parse().unwrap(),
        );
        match self.db.store.start_run(&run).await.unwrap() {
            Started::Run { id, days, .. } => Begun { id, days },
            Started::TickDone => panic!("no tick was named"),
        }
    }

    async fn end(&self, run_id: i64, seen: &[UnchangedDay]) -> Option<Finished> {
        let unit = UnitReading {
            code: "7".to_owned(),
            complete: true,
            had_slots: true,
        };
        let run = FinishedRun {
            noted: Noted {
                seen: seen.to_vec(),
                units: vec![unit],
                ..Noted::default()
            },
            ..succeeded()
        };
        self.db.store.finish_run(run_id, &run).await.unwrap()
    }

    async fn one<T>(&self, sql: &'static str) -> T
    where
        T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
    {
        sqlx::query_scalar(sql)
            .fetch_one(&self.db.pool)
            .await
            .unwrap()
    }
}
