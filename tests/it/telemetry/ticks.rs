//! Every tick ends, and metrics say how.

use std::time::Duration;

use crate::support::{World, eventually};
use crate::telemetry::scraped::{Scraped, WINDOWS};

const ONE_WINDOW: &str = r#"
windows = [{ name = "near", from_day = 0, to_day = 3, cron = "* * * * * *" }]
"#;
const WAITING: &str = "SELECT count(*) FROM river.river_job WHERE finalized_at IS NULL";

#[tokio::test]
async fn every_tick_is_queued_or_merged_and_ends_as_a_run_or_refused_with_a_reason() {
    let world = World::new(5).await;
    // Nobody works: the first tick of each window is queued, all others are merged into it.
    let firing = Scraped::start(&world, WINDOWS, &["run", "--no-work"]).await;
    let page = firing
        .page_with("merged ticks", |page| {
            let merged = |window| page.sum("agendad_ticks_merged_total", &[window]);
            merged(r#"window="near""#) >= 5.0 && merged(r#"window="far""#) >= 5.0
        })
        .await;
    for window in [r#"window="near""#, r#"window="far""#] {
        assert_eq!(page.sum("agendad_ticks_queued_total", &[window]), 5.0);
    }
    assert_eq!(page.sum("agendad_workers", &[]), 0.0);
    let merged = page.sum("agendad_ticks_merged_total", &[]);
    firing.stop().await;
    let counted = "SELECT sum(merged_ticks)::bigint FROM sync_schedules";
    assert!(world.count(counted).await as f64 >= merged);
    assert_eq!(world.count(WAITING).await, 10);

    // What becomes of them: a run, four refusals, and a window that is gone.
    for (user, change) in world.users[1..].iter().zip([
        "UPDATE configuracoes_detran SET ativo = FALSE",
        "UPDATE configuracoes_detran SET pausa_motivo = 'manual', pausa_desde = now()",
        "UPDATE configuracoes_detran SET sincronizacao_automatica = FALSE",
        "DELETE FROM configuracoes_detran",
    ]) {
        world
            .execute(&format!("{change} WHERE usuario_id = {user}"))
            .await;
    }
    // A younger one would wait for a daemon that has it.
    world
        .execute(
            "UPDATE river.river_job SET created_at = now() - interval '1 hour' WHERE args ->> 'window' = 'far'",
        )
        .await;
    let working = Scraped::start(&world, ONE_WINDOW, &["run", "--no-schedule"]).await;
    eventually("the queue is empty", Duration::from_secs(30), async || {
        (world.count(WAITING).await == 0).then_some(())
    })
    .await;
    let page = working.page().await;
    for reason in ["inactive", "paused", "not_scheduled", "no_account"] {
        let labels = [r#"window="near""#, &format!("reason=\"{reason}\"")];
        let refused = page.sum("agendad_ticks_refused_total", &labels);
        assert_eq!(refused, 1.0, "{reason}");
    }
    let gone = page.sum("agendad_ticks_refused_total", &[r#"reason="no_window""#]);
    let run = page.sum("agendad_ticks_run_total", &[r#"window="near""#]);
    assert_eq!((gone, run), (5.0, 1.0));
    let ended =
        page.sum("agendad_ticks_run_total", &[]) + page.sum("agendad_ticks_refused_total", &[]);
    assert_eq!(ended, 10.0, "all that were queued");
    // The run came late: its tick lay in the time of the first daemon.
    assert_eq!(page.sum("agendad_run_start_lag_seconds_count", &[]), 1.0);
    assert!(page.sum("agendad_run_start_lag_seconds_sum", &[]) > 0.1);
    let accounts = |state| page.sum("agendad_accounts", &[state]);
    assert_eq!(accounts(r#"state="scheduled""#), 1.0, "{}", page.text);
    assert_eq!(accounts(r#"state="paused""#), 1.0);
    assert_eq!(accounts(r#"state="off""#), 2.0);
    let paused = page.sum("agendad_accounts_paused", &[r#"reason="manual""#]);
    assert_eq!(paused, 1.0);
    working.stop().await;
    world.close().await;
}
