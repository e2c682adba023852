//! What is known of a day, from the records of the runs.

use agendad::domain::{DayState, FailureKind, PauseReason, UnreadReason, WorkingDays};
use agendad::store::days::{DayWindow, DaysQuery};
use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};

use crate::support::{TestDatabase, clock};

struct Scene {
    db: TestDatabase,
    user: i32,
    today: NaiveDate,
}

impl Scene {
    async fn new() -> Self {
        let db = TestDatabase::new().await;
        let cpf = agendad::domain::Cpf::parse("52998224725").unwrap();
        let user = db
            .store
            .add_user(None, "P", None, &cpf, WorkingDays::ALL)
            .await
            .unwrap();
        let scene = Self {
            db,
            user,
            today: clock().today(),
        };
        scene
            .execute("UPDATE configuracoes_detran SET senha = 'x', ativo = TRUE")
            .await;
        scene
    }

    async fn execute(&self, sql: &str) {
        sqlx::query(sqlx::AssertSqlSafe(sql))
            .execute(&self.db.pool)
            .await
            .unwrap();
    }

    /// A run of the next days that ended so long ago; `read`: as SQL.
    async fn run(&self, status: &str, ago: &str, read: &str, details: &str) {
        let sql = format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, window_name, status, started_at, finished_at,
                 days_read, error_details)
             VALUES ({}, '{}', '{}', 'near', '{status}', now() - interval '{ago}', now() - interval '{ago}', {read}, {details})",
            self.user,
            self.today,
            self.today + Days::new(3)
        );
        self.execute(&sql).await;
    }

    /// Of the day so many days from today.
    async fn state(&self, ahead: u64, late: TimeDelta) -> DayState {
        let window = DayWindow {
            name: "near".to_owned(),
            from_day: 0,
            to_day: 3,
            late_before: clock().now() - late,
        };
        let day = self.today + Days::new(ahead);
        let asked = DaysQuery {
            usuario_ids: &[self.user],
            from: day,
            to: day,
            today: self.today,
            windows: &[window],
        };
        self.db.store.day_states(&asked).await.unwrap()[0].state
    }
}

fn reason(state: DayState) -> Option<UnreadReason> {
    assert!(matches!(state, DayState::Unread { .. }), "{state:?}");
    state.reason()
}

fn is_about(at: Option<DateTime<Utc>>, minutes: i64) -> bool {
    let ago = clock().now() - at.unwrap();
    (ago - TimeDelta::minutes(minutes)).abs() < TimeDelta::minutes(1)
}

#[tokio::test]
async fn the_last_run_that_read_a_day_counts_and_the_last_that_did_not_says_why() {
    let scene = Scene::new().await;
    let late = TimeDelta::hours(1);
    assert_eq!(scene.state(9, late).await, DayState::OutsideWindows);
    assert_eq!(reason(scene.state(1, late).await), None);
    // A run of an earlier release: a success has read all days.
    scene.run("success", "2 minutes", "NULL", "NULL").await;
    let state = scene.state(1, late).await;
    assert!(matches!(state, DayState::Empty { .. }), "{state:?}");
    // A newer one that ended before it came to the third day.
    let read = format!("ARRAY['{}'::date]", scene.today + Days::new(1));
    let failure =
        "'{\"kind\": \"timeout\", \"dates\": [{\"date\": \"x\", \"kind\": \"layout\"}, 7]}'";
    scene.run("partial", "1 minute", &read, failure).await;
    let state = scene.state(1, late).await;
    assert!(
        matches!(state, DayState::Empty { .. }) && is_about(state.read_at(), 1),
        "{state:?}"
    );
    let state = scene.state(3, late).await;
    let timeout = Some(UnreadReason::Failed(FailureKind::Timeout));
    assert_eq!(reason(state), timeout);
    assert!(is_about(state.read_at(), 2), "{state:?}");
    // Too old.
    let state = scene.state(1, TimeDelta::seconds(10)).await;
    assert_eq!(reason(state), None);
    scene.db.close().await;
}

#[tokio::test]
async fn a_password_that_was_stored_by_a_clock_that_was_ahead_is_not_new_for_ever() {
    let scene = Scene::new().await;
    let refused = r#"'{"kind": "auth"}'"#;
    scene.run("failed", "2 minutes", "NULL", refused).await;
    let mut told = Vec::new();
    for stored in [
        "now() - interval '1 hour'",
        "now()",
        "now() + interval '1 year'",
    ] {
        let sql = format!("UPDATE configuracoes_detran SET credencial_mudada_em = {stored}");
        scene.execute(&sql).await;
        told.push(reason(scene.state(1, TimeDelta::hours(1)).await));
    }
    assert_eq!(told[0], Some(UnreadReason::Failed(FailureKind::Auth)));
    assert_ne!(told[1], told[0], "the one before was refused");
    assert_eq!(told[2], told[0], "{told:?}");
    scene.db.close().await;
}

#[tokio::test]
async fn a_day_of_which_single_rows_were_not_understood_was_read_all_the_same() {
    let scene = Scene::new().await;
    let (late, today) = (TimeDelta::hours(1), scene.today);
    scene.run("success", "9 minutes", "NULL", "NULL").await;
    let row = r#"{"number": 4, "problem": "cpf_letters"}"#;
    let of = |row: &str| format!(r#"{{"date": "{today}", "kind": "layout", "row": {row}}}"#);
    let details = |dates: &[String]| {
        let dates = dates.join(", ");
        format!(r#"'{{"kind": "layout", "dates": [{dates}]}}'"#)
    };
    let rows = details(&[of(row), of(row)]);
    scene
        .run("partial", "2 minutes", "ARRAY[]::date[]", &rows)
        .await;
    let state = scene.state(0, late).await;
    assert_eq!(reason(state), Some(UnreadReason::Rows));
    assert!(is_about(state.read_at(), 2), "{state:?}");
    // The unit of which no page was understood was not read.
    let page = details(&[of(row), of("null")]);
    scene
        .run("partial", "1 minute", "ARRAY[]::date[]", &page)
        .await;
    let layout = Some(UnreadReason::Failed(FailureKind::Layout));
    let state = scene.state(0, late).await;
    assert_eq!(reason(state), layout);
    assert!(is_about(state.read_at(), 9), "{state:?}");
    scene.db.close().await;
}

#[tokio::test]
async fn while_the_first_run_is_under_way_a_day_is_being_read_and_not_unread() {
    let scene = Scene::new().await;
    let (late, being_read) = (TimeDelta::hours(1), Some(UnreadReason::BeingRead));
    let running = async |from: u64, to: u64| {
        let sql = format!(
            "INSERT INTO agenda_sync_runs (usuario_id, window_start, window_end, window_name, status)
             VALUES ({}, '{}', '{}', 'x', 'running')",
            scene.user,
            scene.today + Days::new(from),
            scene.today + Days::new(to)
        );
        scene.execute(&sql).await;
    };
    // The very first: the days that it does not read come next.
    running(0, 1).await;
    for ahead in [1, 3] {
        assert_eq!(
            reason(scene.state(ahead, late).await),
            being_read,
            "{ahead}"
        );
    }
    scene.execute("DELETE FROM agenda_sync_runs").await;
    // Others have ended, and the one under way reads a day that none of them was to read.
    scene.run("success", "2 days", "NULL", "NULL").await;
    scene
        .execute("UPDATE agenda_sync_runs SET window_end = window_start")
        .await;
    running(1, 2).await;
    assert_eq!(reason(scene.state(1, late).await), being_read);
    assert_eq!(reason(scene.state(3, late).await), None);
    // One that was tried and not read is unread until it is read.
    scene.execute("DELETE FROM agenda_sync_runs").await;
    scene
        .run("failed", "1 minute", "NULL", "'{\"kind\": \"timeout\"}'")
        .await;
    running(0, 3).await;
    let timeout = Some(UnreadReason::Failed(FailureKind::Timeout));
    assert_eq!(reason(scene.state(1, late).await), timeout);
    scene.db.close().await;
}

#[tokio::test]
async fn an_account_that_is_not_read_says_so_once_its_reading_is_old() {
    let scene = Scene::new().await;
    scene.run("success", "2 hours", "NULL", "NULL").await;
    let (late, fresh) = (TimeDelta::hours(1), TimeDelta::hours(3));
    for (sql, expected) in [
        (
            "UPDATE configuracoes_detran SET pausa_motivo = 'refused', pausa_desde = now()",
            UnreadReason::Paused(PauseReason::Refused),
        ),
        (
            "UPDATE configuracoes_detran SET pausa_motivo = NULL, pausa_desde = NULL, senha = NULL",
            UnreadReason::NoPassword,
        ),
        (
            "UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE",
            UnreadReason::SwitchedOff,
        ),
    ] {
        scene.execute(sql).await;
        let state = scene.state(1, fresh).await;
        assert!(matches!(state, DayState::Empty { .. }), "{sql}: {state:?}");
        assert_eq!(reason(scene.state(1, late).await), Some(expected), "{sql}");
    }
    scene.db.close().await;
}

#[tokio::test]
async fn of_several_units_the_one_that_was_read_the_longest_ago_says_since_when_a_day_is_empty() {
    let scene = Scene::new().await;
    scene.run("success", "2 minutes", "NULL", "NULL").await;
    let late = TimeDelta::hours(1);
    for (code, ago) in [("18", 2), ("781", 50)] {
        scene
            .execute(&format!(
                "INSERT INTO portal_units (usuario_id, code, name, last_complete_at, had_slots)
                 VALUES ({user}, '{code}', '{code}', now() - interval '{ago} minutes', FALSE)",
                user = scene.user
            ))
            .await;
        let state = scene.state(1, late).await;
        assert!(
            matches!(state, DayState::Empty { .. }) && is_about(state.read_at(), ago),
            "{state:?}"
        );
    }
    scene.db.close().await;
}
