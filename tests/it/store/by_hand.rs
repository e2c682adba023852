//! What other programs, and people with psql, write into the shared tables: whatever it is, it can be read.

use agendad::domain::{Cpf, PauseReason, Totals};
use agendad::store::listing::SlotFilter;
use agendad::store::overview::{Order, OverviewFilter, StatusFilter};

use crate::store::bench::{Bench, CPFS, Place, row};
use crate::store::refusing::store;
use crate::support::clock;

/// Times that PostgreSQL takes and no calendar of ours holds, or that are long before anything.
const FAR: [(&str, End); 5] = [
    ("infinity", End::Never),
    ("294276-12-31 00:00+00", End::Never),
    ("270000-01-01 00:00+00", End::Never),
    ("-infinity", End::Over),
    ("0044-03-15 00:00+00 BC", End::Over),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    Never,
    Over,
}

/// Two accounts of one CPF: the first is the one that is written to.
async fn accounts(bench: &Bench) -> [Place; 2] {
    let places = [bench.place().await, bench.place().await];
    for place in places {
        let sql = format!(
            "INSERT INTO configuracoes_detran (usuario_id, cpf, senha) VALUES ({}, '{}', 'x')",
            place.user, CPFS[0]
        );
        bench.db.execute(&sql).await;
    }
    places
}

#[tokio::test]
async fn a_time_without_end_in_an_account_is_a_pause_without_end_wherever_it_is_read() {
    let bench = Bench::new().await;
    let [place, other] = accounts(&bench).await;
    let store = &bench.db.store;
    let today = clock().now().date_naive();
    let all = OverviewFilter {
        search: None,
        status: StatusFilter::All,
        order: Order::Name,
        limit: 9,
        offset: 0,
        usuario_id: Some(place.user),
    };
    for (time, end) in FAR {
        let sql = format!(
            "UPDATE configuracoes_detran SET pausa_motivo = 'manual', pausa_desde = '{time}', pausa_ate = '{time}',
                 credencial_mudada_em = '{time}', ultima_sincronizacao = '{time}' WHERE usuario_id = {}",
            place.user
        );
        bench.db.execute(&sql).await;
        let is_paused = end == End::Never;

        let account = store.account(place.user).await.unwrap().unwrap();
        assert_eq!(account.pause.is_some(), is_paused, "{time}");
        assert!(account.pause.is_none_or(|pause| pause.until.is_none()));
        let settings = store.settings(place.user).await.unwrap().unwrap();
        assert_eq!(settings.pause_reason.is_some(), is_paused, "{time}");
        assert_eq!((settings.pause_since, settings.last_success), (None, None));
        let overview = store.overview(&all, &[], today).await.unwrap();
        let reason = overview.examiners[0].pause_reason;
        assert_eq!(reason == Some(PauseReason::Manual), is_paused, "{time}");
        let listed = store.list_users(today).await.unwrap();
        assert_eq!(listed[0].pause_reason.is_some(), is_paused, "{time}");
        assert_eq!(listed[0].pause_until, None, "{time}");
        assert_eq!(store.existing_accounts().await.unwrap().len(), 2);
        let cpf = Cpf::parse(CPFS[0]).unwrap();
        let standing = store.standing(other.user, &cpf, &[]).await.unwrap();
        assert_eq!(standing.paused_elsewhere.is_some(), is_paused, "{time}");
    }
    bench.db.close().await;
}

#[tokio::test]
async fn a_list_of_windows_is_read_however_it_was_written() {
    let bench = Bench::new().await;
    let [place, _] = accounts(&bench).await;
    for (written, read) in [
        ("{near,NULL}", Some(vec!["near"])),
        ("{NULL,near,NULL,far}", Some(vec!["near", "far"])),
        ("[2:3]={near,far}", Some(vec!["near", "far"])),
        ("{{near},{far}}", Some(vec!["near", "far"])),
        ("{NULL}", None),
        ("{}", Some(vec![])),
    ] {
        let sql = format!(
            "UPDATE configuracoes_detran SET janelas = '{written}' WHERE usuario_id = {}",
            place.user
        );
        bench.db.execute(&sql).await;
        let account = bench.db.store.account(place.user).await.unwrap().unwrap();
        let windows = account.windows.as_ref();
        let windows: Option<Vec<&str>> = windows.map(|w| w.iter().map(String::as_str).collect());
        assert_eq!(windows, read, "{written}");
    }
    bench.db.close().await;
}

#[tokio::test]
async fn slots_and_runs_hold_no_time_that_cannot_be_read() {
    let bench = Bench::new().await;
    let user = bench.place().await.user;
    let slot = |day: &str, seen: &str| {
        format!(
            "INSERT INTO agenda_slots (usuario_id, data, hora, external_uid, last_seen_at)
             VALUES ({user}, '{day}', '24:00', '{day}', '{seen}')"
        )
    };
    let run = |day: &str, start: &str| {
        format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at)
             VALUES ({user}, '{day}', '{day}', 'success', '{start}')"
        )
    };
    for far in ["infinity", "-infinity", "270000-01-01"] {
        for refused in [
            slot(far, "2026-11-24"),
            slot("2026-11-24", far),
            run(far, "2026-11-24"),
            run("2026-11-24", far),
        ] {
            let refused = sqlx::AssertSqlSafe(refused);
            let error = sqlx::query(refused).execute(&bench.db.pool).await;
            let error = error.unwrap_err().to_string();
            assert!(error.contains("_times_check"), "{far}: {error}");
        }
    }
    for odd in ["0044-03-15 BC", "199999-12-31"] {
        bench.db.execute(&slot(odd, odd)).await;
        bench.db.execute(&run(odd, odd)).await;
    }
    let store = &bench.db.store;
    let slots = store.list_slots(&SlotFilter::default(), 9).await.unwrap();
    let runs = store.list_runs(None, None, None, 9).await.unwrap();
    assert_eq!((slots.len(), runs.len()), (2, 2));
    bench.db.close().await;
}

#[tokio::test]
async fn the_views_pass_over_counts_that_are_none() {
    let bench = Bench::new().await;
    let user = bench.place().await.user;
    for count in [r#""x""#, "1e300", "1.5", "[3]", "null", "7"] {
        let sql = format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, status, started_at, totals)
             VALUES ({user}, '2026-11-24', '2026-11-24', 'success', '2026-11-24 12:00-03',
                     '{{\"inserted\": {count}, \"updated\": {count}, \"unchanged\": {count}, \"removed\": {count},
                        \"held\": {count}, \"skipped\": {count}}}')"
        );
        bench.db.execute(&sql).await;
    }
    for (sql, expected) in [
        (
            "SELECT concat_ws(' ', count(*), sum(inserted), sum(updated), sum(unchanged), sum(removed), sum(held), sum(skipped))
             FROM v_agenda_last_runs",
            "6 7 7 7 7 7 7",
        ),
        (
            "SELECT concat_ws(' ', dia, runs, inserted, updated, removed) FROM v_agenda_daily_stats",
            "2026-11-24 6 7 7 7",
        ),
    ] {
        let found: String = sqlx::query_scalar(sql)
            .fetch_one(&bench.db.pool)
            .await
            .unwrap();
        assert_eq!(found, expected);
    }
    let runs = bench.db.store.list_runs(None, None, None, 9).await.unwrap();
    assert_eq!(runs[0].totals.unwrap().inserted, 7);
    assert_eq!(runs[5].totals, Some(Totals::default()));
    bench.db.close().await;
}

#[tokio::test]
async fn slots_that_were_moved_come_home_with_the_next_reading_and_keep_nothing_from_being_stored()
{
    let mut bench = Bench::new().await;
    for appointments in [true, false] {
        bench.rules.appointments = appointments;
        let other = bench.place().await.user;
        for moved in [
            "unidade_code = '9'".to_owned(),
            "data = data + 1, hora = '08:30'".to_owned(),
            format!("usuario_id = {other}"),
        ] {
            let place = bench.place().await;
            let rows = [
                row("08:00", 0, "ANA"),
                row("09:00", 1, "BIA"),
                row("10:00", 2, "CLARA"),
            ];
            store(&bench, place, &rows[..2]).await;
            let sql =
                format!("UPDATE agenda_slots SET {moved} WHERE usuario_id = $1 AND hora = '08:00'");
            assert_eq!(bench.person(place, &sql).await, 1);
            for (inserted, unchanged) in [(1, 2), (0, 3)] {
                let stored = store(&bench, place, &rows).await;
                let totals = (stored.totals.inserted, stored.totals.unchanged);
                assert_eq!(totals, (inserted, unchanged), "{moved}: {stored:?}");
                assert_eq!(stored.appointments_refused, 0, "{moved}: {stored:?}");
                assert!(stored.notes.is_empty(), "{moved}: {stored:?}");
            }
            let day = "SELECT concat_ws(' ', data, unidade_code, hora) FROM agenda_slots WHERE usuario_id = $1 ORDER BY hora";
            assert_eq!(
                bench.lines(day, place).await,
                [
                    "2199-11-24 7 08:00:00",
                    "2199-11-24 7 09:00:00",
                    "2199-11-24 7 10:00:00"
                ],
                "{moved}"
            );
        }
    }
    bench.db.close().await;
}
