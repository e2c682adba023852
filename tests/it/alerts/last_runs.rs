//! What the last run of a window met: until when it is told.

use crate::alerts::cases::{Case, cases, success};
use crate::alerts::rules::prepared;
use crate::alerts::scene::run;

/// What the last run of a window may have met, by rule.
fn of_the_last_run() -> Vec<Case> {
    let mut met = cases();
    met.retain(|case| ["layout", "unread_rows", "held_removals"].contains(&case.rule));
    met.push(Case {
        rule: "appointments",
        title: "Agendamentos recusados pelo sistema da clínica: Perito 1",
        says: "2 agendamentos recusados",
        trouble: "DELETE FROM agenda_sync_runs;".to_owned()
            + &run(1, "success", r#"{"appointments_refused": 2}"#, "{}"),
        cure: success(),
    });
    met
}

/// As the ticks of the schedule do it.
const BY_TICK: &str =
    "UPDATE agenda_sync_runs SET tick = started_at WHERE window_name IS NOT NULL AND tick IS NULL";

#[tokio::test]
async fn a_look_at_one_day_says_nothing_of_a_window_and_one_at_all_its_days_does() {
    for case in of_the_last_run() {
        let name = format!("{}: {}", case.rule, case.says);
        let scene = prepared(case.rule).await;
        let by_hand = |runs: &str| {
            let by_hand = runs.replace("'near'", "NULL");
            by_hand.replace("DELETE FROM agenda_sync_runs;", "")
        };
        let of_one_day = |runs: &str| by_hand(runs).replace("CURRENT_DATE + 3", "CURRENT_DATE");

        // The other window has had no tick yet, so whatever run there is tells of it.
        scene
            .execute("UPDATE configuracoes_detran SET janelas = '{near}'")
            .await;
        scene.execute(&success()).await;
        scene.execute(BY_TICK).await;
        scene.execute(&of_one_day(&case.trouble)).await;
        // What is held back is said of its day, whoever has read it.
        if case.rule != "held_removals" {
            assert_eq!(scene.look().await, [""; 0], "{name}: of one day");
        }
        scene.execute(&by_hand(&case.trouble)).await;
        assert_eq!(scene.look().await.len(), 1, "{name}: of all days");

        scene.execute(&case.trouble).await;
        scene.execute(BY_TICK).await;
        scene.execute(&of_one_day(&case.cure)).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: it lasts");
        scene.execute(&by_hand(&case.cure)).await;
        let over = format!("[agendad] Resolvido: {}", case.title);
        assert_eq!(scene.look().await, [over], "{name}: it is over");
        scene.close().await;
    }
}

#[tokio::test]
async fn removals_that_a_look_at_one_day_holds_back_are_told_until_that_day_is_read_again() {
    let of_day = |run: &str, day: u32| {
        let of_one_day = format!("CURRENT_DATE + {day}, CURRENT_DATE + {day}, NULL");
        run.replace("CURRENT_DATE, CURRENT_DATE + 3, 'near'", &of_one_day)
    };
    let held = run(1, "partial", "{}", r#"{"held": 12}"#);
    // A day of a window, and one beyond all of them.
    for (automatic, day) in [("TRUE", 1), ("TRUE", 20), ("FALSE", 1)] {
        let name = format!("automatic: {automatic}, day {day}");
        let scene = prepared("held_removals").await;
        scene
            .execute(&format!(
                "UPDATE configuracoes_detran SET sincronizacao_automatica = {automatic}"
            ))
            .await;
        scene.execute(&success()).await;
        scene.execute(BY_TICK).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: all is well");
        scene.execute(&of_day(&held, day)).await;
        let told = "[agendad] Remoções retidas: Perito 1";
        assert_eq!(scene.look().await, [told], "{name}: told");
        assert!(scene.last().contains("12 remoções retidas"), "{name}");
        scene.execute(&of_day(&success(), day + 1)).await;
        assert_eq!(scene.look().await, [""; 0], "{name}: it lasts");
        scene.execute(&of_day(&success(), day)).await;
        let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
        assert_eq!(scene.look().await, [over], "{name}: over");
        scene.close().await;
    }
}

#[tokio::test]
async fn removals_that_a_long_look_holds_back_are_over_once_the_days_that_it_names_are_read_again()
{
    let scene = prepared("held_removals").await;
    let named = "jsonb_build_object('noted', jsonb_build_array(
        jsonb_build_object('note', 'removals_held', 'date', (CURRENT_DATE + 1)::text)))";
    let held = run(1, "partial", "DETAILS", r#"{"held": 12}"#).replace("'DETAILS'", named);
    let of_days = |run: &str, days: &str| {
        run.replace(
            "CURRENT_DATE, CURRENT_DATE + 3, 'near'",
            &format!("{days}, NULL"),
        )
    };
    scene
        .execute(&of_days(&held, "CURRENT_DATE, CURRENT_DATE + 60"))
        .await;
    let told = "[agendad] Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [told]);
    scene
        .execute(&of_days(&success(), "CURRENT_DATE + 2, CURRENT_DATE + 60"))
        .await;
    assert_eq!(scene.look().await, [""; 0], "other days");
    scene.execute(&success()).await;
    scene.execute(BY_TICK).await;
    let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [over]);
    scene.close().await;
}

#[tokio::test]
async fn removals_that_are_held_back_of_a_day_that_has_passed_are_over() {
    let scene = prepared("held_removals").await;
    scene
        .execute(&run(1, "partial", "{}", r#"{"held": 12}"#))
        .await;
    assert_eq!(scene.look().await.len(), 1);
    scene
        .execute("UPDATE agenda_sync_runs SET window_start = window_start - 6, window_end = window_end - 6")
        .await;
    let over = "[agendad] Resolvido: Remoções retidas: Perito 1";
    assert_eq!(scene.look().await, [over]);
    scene.close().await;
}

#[tokio::test]
async fn what_is_said_of_a_window_is_over_when_the_account_is_not_read_by_it_any_more() {
    for case in of_the_last_run() {
        for (off, on) in [
            (
                "UPDATE configuracoes_detran SET janelas = '{far}'",
                "UPDATE configuracoes_detran SET janelas = NULL",
            ),
            (
                "UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE",
                "UPDATE configuracoes_detran SET sincronizacao_automatica = TRUE",
            ),
            (
                "UPDATE sync_schedules SET enabled = FALSE WHERE window_name = 'near'",
                "UPDATE sync_schedules SET enabled = TRUE",
            ),
        ] {
            let name = format!("{}: {off}", case.rule);
            if case.rule == "held_removals" && off.contains("sincronizacao_automatica") {
                continue; // the days of whoever is read by hand are read again by hand
            }
            let scene = prepared(case.rule).await;
            scene.execute(&case.trouble).await;
            assert_eq!(scene.look().await.len(), 1, "{name}: told");
            scene.execute(off).await;
            let over = format!("[agendad] Resolvido: {}", case.title);
            assert_eq!(scene.look().await, [over], "{name}: over");
            scene.execute(on).await;
            scene.look().await;
            let open = "SELECT count(*) FROM agendad_alerts WHERE cleared_at IS NULL";
            assert_eq!(scene.count(open).await, 1, "{name}: it is there again");
            scene.close().await;
        }
    }
}
