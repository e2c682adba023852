//! What the program leaves behind: tables, passwords at rest, files.
#![expect(clippy::unwrap_used, reason = "helpers of tests may panic as tests do")]

use crate::cli::program::Place;
use crate::leaks::canaries::Hoard;

/// What is left behind: records, the queue, files.
pub(crate) async fn kept(place: &Place, hoard: &mut Hoard) {
    for table in [
        "agenda_sync_runs",
        "agendad_audit",
        "agendad_calendars",
        "agendad_logouts",
        "sync_schedules",
        "river.river_job",
    ] {
        let sql = format!("SELECT coalesce(string_agg(t::text, E'\\n'), '') FROM {table} t");
        let rows: String = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
            .fetch_one(&place.database.pool)
            .await
            .unwrap();
        hoard.trace(format!("table {table}"), rows);
    }
    let accounts: String = sqlx::query_scalar("SELECT string_agg(concat_ws(' ', senha, senha_cifrada, pausa_motivo), E'\\n') FROM configuracoes_detran")
        .fetch_one(&place.database.pool)
        .await
        .unwrap();
    hoard.trace("passwords at rest", accounts);
    for entry in std::fs::read_dir(place.state.path().join("evidence")).unwrap() {
        let path = entry.unwrap().path();
        hoard.trace(
            format!("evidence {}", path.display()),
            std::fs::read_to_string(&path).unwrap(),
        );
    }
    for entry in std::fs::read_dir(place.state.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            hoard.trace(
                format!("file {}", path.display()),
                std::fs::read_to_string(&path).unwrap(),
            );
        }
    }
}
